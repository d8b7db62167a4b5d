"""Which pairs are looked at first: all of a small pool; of a large one each person's best on the other side.

Lists of both sides matter most where places are scarce. What is left out, the price scan finds.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.grid import Grid, Half, Indices
from domain.pairing.sweep import LOOSE, Row

BEST: Final = 32
BEST_OF_MANY: Final = 12
"""Of a pool too large to be held: memory goes by the edges, and the price scan finds what is left out."""
EVERY_PAIR: Final = 2_000 * 2_000
"""Pools with no more pairs are solved over all of them."""
MOST_GATHERED: Final = 1_000_000
_SCORE_BITS: Final = 14
_SCORE_MASK: Final = (1 << _SCORE_BITS) - 1
_PERSON_BITS: Final = 24
_PERSON_MASK: Final = (1 << _PERSON_BITS) - 1


@dataclass(frozen=True, slots=True)
class Edges:
    """Sorted by mentee, then mentor; each pair once."""

    mentees: Indices
    mentors: Indices
    scores: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.mentees)

    def only(self, wanted: NDArray[np.bool_] | Indices) -> "Edges":
        return Edges(self.mentees[wanted], self.mentors[wanted], self.scores[wanted])

    def joined(self, other: "Edges", mentors: int) -> "Edges":
        keys = np.concatenate([self.keys(mentors), other.keys(mentors)])
        scores = np.concatenate([self.scores, other.scores])
        keys, at = np.unique(keys, return_index=True)
        return Edges(keys // mentors, keys % mentors, scores[at])

    def keys(self, mentors: int) -> NDArray[np.int64]:
        return self.mentees.astype(np.int64) * mentors + self.mentors


def none() -> Edges:
    return Edges(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.int64))


def listed(grid: Grid) -> int:
    """How many of each person's best are among the first edges."""
    return BEST if grid.held is not None else BEST_OF_MANY


def first_edges(grid: Grid) -> Edges:
    mentees, mentors = grid.shape
    if grid.held is not None and mentees * mentors <= EVERY_PAIR:
        at, to = np.nonzero(grid.held >= 0)
        return Edges(at, to, grid.held[at, to].astype(np.int64))
    most = listed(grid)
    found = grid.halves("edges", np.arange(mentees), lambda half: _best(half, mentors, most))
    keys = np.concatenate([mine for mine, _ in found])
    of_mentors = _of_mentor(np.concatenate([theirs for _, theirs in found]), most)
    return _edges(keys, _turned(of_mentors), mentors)


def _best(half: Half, mentors: int, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The best of each mentee, keys of pair and score, and of each mentor, of mentor, score and mentee."""
    mine: list[NDArray[np.int64]] = []
    theirs = _Best(mentors, most)
    for mentee, found, scores in half.picks(lambda _, row: theirs.promising(row)):
        theirs.take(mentee, found, scores)
        chosen = best_of(scores, mentee, most)
        mine.append((np.int64(mentee) * mentors + found[chosen]) << _SCORE_BITS | scores[chosen])
    return np.concatenate([np.empty(0, np.int64), *mine]), theirs.keys()


def best_of(row: Row, mentee: int, most: int = BEST) -> Indices:
    """The best mentors of a row; of the last equals others for each mentee, or all would ask the same few."""
    if len(row) <= most:
        return np.flatnonzero(row >= 0)
    least = int(np.partition(row, len(row) - most)[len(row) - most])
    if least < 0:
        return np.flatnonzero(row >= 0)
    better, equal = np.flatnonzero(row > least), np.flatnonzero(row == least)
    start = mentee * 2_654_435_761 % len(equal)
    return np.concatenate([better, np.roll(equal, -start)[: most - len(better)]])


class _Best:
    """The best mentees of each mentor so far. Rows come in a fixed order: of equals the first ones stay."""

    def __init__(self, mentors: int, most: int) -> None:
        self._most = most
        self._least = np.full(mentors, -1, np.int16)
        self._parts: list[NDArray[np.int64]] = []
        self._gathered, self._rows, self._due = 0, 0, 2 * most

    def promising(self, row: NDArray[np.integer]) -> Indices:
        """Who may be among the best of this mentee, or have this mentee among their own."""
        least = 0
        if len(row) > self._most:
            least = max(0, int(np.partition(row, len(row) - self._most)[len(row) - self._most]) - LOOSE)
        return np.flatnonzero((row >= least) | (row > self._least))

    def take(self, mentee: int, mentors: Indices, scores: Row) -> None:
        wanted = scores > self._least[mentors]
        better = mentors[wanted]
        scrambled = mentee ^ _scramble(better)
        left = (better << _SCORE_BITS | _SCORE_MASK - scores[wanted].astype(np.int64)) << _PERSON_BITS
        self._parts.append(left | scrambled)
        self._gathered += len(better)
        self._rows += 1
        if self._rows == self._due or self._gathered > MOST_GATHERED:
            self._shrink()
            self._due *= 2

    def keys(self) -> NDArray[np.int64]:
        self._shrink()
        return self._parts[0]

    def _shrink(self) -> None:
        kept = _of_mentor(np.concatenate([np.empty(0, np.int64), *self._parts]), self._most)
        self._parts, self._gathered = [kept], 0
        mentors, counts = np.unique(kept >> _SCORE_BITS + _PERSON_BITS, return_counts=True)
        last = np.cumsum(counts) - 1
        full = counts == self._most
        worst = _SCORE_MASK - (kept[last[full]] >> _PERSON_BITS & _SCORE_MASK)
        self._least[mentors[full]] = worst


def _of_mentor(keys: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The best of each mentor: keys sort by mentor, then score from the top."""
    keys = np.sort(keys)
    mentors = keys >> _SCORE_BITS + _PERSON_BITS
    # Whose entry so many places before belongs to the same mentor, has so many above.
    kept = np.ones(len(keys), np.bool_)
    kept[most:] = mentors[most:] != mentors[:-most]
    return keys[kept]


def _scramble(mentors: NDArray[np.int64] | Indices) -> NDArray[np.int64]:
    """Of equal mentees others for each mentor; taken with `^`, it can be taken back."""
    return (mentors.astype(np.int64) * 2_654_435_761 >> 7) & _PERSON_MASK


def _turned(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    mentor = keys >> _SCORE_BITS + _PERSON_BITS
    score = _SCORE_MASK - (keys >> _PERSON_BITS & _SCORE_MASK)
    mentee = (keys & _PERSON_MASK) ^ _scramble(mentor)
    return np.stack([mentee, mentor, score])


def _edges(mine: NDArray[np.int64], theirs: NDArray[np.int64], mentors: int) -> Edges:
    mentee, mentor, score = theirs
    keys = np.unique(np.concatenate([mine, (mentee * mentors + mentor) << _SCORE_BITS | score]))
    pairs = keys >> _SCORE_BITS
    return Edges(pairs // mentors, pairs % mentors, keys & _SCORE_MASK)
