"""One round of a run: who still wants somebody, which places are left, and what a pair gains there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE
from domain.pairing.edges import Edges
from domain.pairing.grid import Grid, Indices
from domain.pairing.sides import Row

Gains = NDArray[np.int64]
IndexPair = tuple[int, int]

_NOBODY: Final = np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class Market:
    """`wanting` mentees want one mentor each. A pair below `least`, or one that is `closed`, is none.

    `reward` is what placing somebody gains by itself: zero, or more than any sum of scores could outweigh.
    A pair of `kept` gains the `bonus`: what was together stays so unless something else is better by more.
    `kept_by` and `closed_by` say the same by mentor.
    """

    grid: Grid
    wanting: NDArray[np.bool_]
    places: NDArray[np.int64]
    least: int = 0
    reward: int = 0
    bonus: int = 0
    kept: Mapping[int, Indices] = field(default_factory=dict)
    closed: Mapping[int, Indices] = field(default_factory=dict)
    kept_by: Mapping[int, Indices] = field(default_factory=dict)
    closed_by: Mapping[int, Indices] = field(default_factory=dict)

    def above(self, least: int) -> "Market":
        return replace(self, least=least)

    @property
    def most(self) -> int:
        """No more than so many can be placed."""
        return int(min(self.wanting.sum(), self.places.sum()))

    @property
    def decisive(self) -> int:
        """A reward that no difference of scores outweighs."""
        return (WHOLE + self.bonus + 1) * (self.most + 1)

    def gains(self, mentee: int, row: Row) -> Gains:
        """Of a row; -1 where there is no pair."""
        return self._gains(row, self.kept.get(mentee), self.closed.get(mentee))

    def gains_of_mentor(self, mentor: int, column: Row) -> Gains:
        return self._gains(column, self.kept_by.get(mentor), self.closed_by.get(mentor))

    def _gains(self, scores: Row, kept: Indices | None, closed: Indices | None) -> Gains:
        gains = np.where(scores >= self.least, scores, -1).astype(np.int64)
        if kept is not None:
            gains[kept] += np.where(gains[kept] >= 0, self.bonus, 0)
        if closed is not None:
            gains[closed] = -1
        return gains

    def open(self, edges: Edges) -> Edges:
        """The edges that are pairs of this round."""
        wanted = self.wanting[edges.mentees] & (self.places[edges.mentors] > 0) & (edges.scores >= self.least)
        if self.closed:
            wanted &= ~_among(edges, self.closed, self.grid.shape[1])
        return edges.only(wanted)

    def gained(self, edges: Edges) -> Gains:
        if not self.kept:
            return edges.scores
        return edges.scores + self.bonus * _among(edges, self.kept, self.grid.shape[1])


def by_mentee(pairs: Iterable[IndexPair]) -> dict[int, Indices]:
    gathered: dict[int, list[int]] = defaultdict(list)
    for mentee, mentor in pairs:
        gathered[mentee].append(mentor)
    return {mentee: np.array(sorted(mentors), np.intp) for mentee, mentors in gathered.items()}


def by_mentor(pairs: Iterable[IndexPair]) -> dict[int, Indices]:
    return by_mentee((mentor, mentee) for mentee, mentor in pairs)


def _among(edges: Edges, pairs: Mapping[int, Indices], mentors: int) -> NDArray[np.bool_]:
    keys = [np.int64(mentee) * mentors + found for mentee, found in pairs.items()]
    return np.isin(edges.keys(mentors), np.concatenate([_NOBODY, *keys]))
