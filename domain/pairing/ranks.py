"""A mentor's place among all whom the rules leave a mentee."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from domain.pairing.edges import Edges, Plain, listed
from domain.pairing.grid import Grid, Half, Indices
from domain.pairing.market import IndexPair, by_mentee
from domain.pairing.narrow import FAR, Pairs, Scores


class Ranks:
    """The first edges hold each mentee's best: a mentor with fewer than these above needs no other look."""

    def __init__(self, grid: Grid, edges: Edges) -> None:
        self._grid = grid
        self._first = np.searchsorted(edges.mentees, np.arange(grid.shape[0] + 1))
        self._edges = edges
        self._listed = listed(grid)
        self._known: dict[IndexPair, int] = {}

    def of(
        self,
        pairs: Iterable[IndexPair],
        forbidden: frozenset[IndexPair],
        scores: Mapping[IndexPair, int] = MappingProxyType({}),
    ) -> list[int]:
        """1 is the best; those with the same score share a rank. Forbidden pairs are out of the race.

        `scores` are those that are known already.
        """
        wanted = list(pairs)
        missing = [pair for pair in wanted if pair not in self._known]
        far = [pair for pair in missing if not self._near(*pair)]
        if far:
            self._count(far, scores)
        gone = by_mentee(forbidden)
        return [self._known[pair] - self._better(pair, gone.get(pair[0])) for pair in wanted]

    def _count(self, far: list[IndexPair], known: Mapping[IndexPair, int]) -> None:
        """Whoever scores more than the pairs themselves."""
        scores: dict[int, dict[int, int]] = {}
        for mentee, mentor in far:
            score = known[mentee, mentor] if (mentee, mentor) in known else self._score(mentee, mentor)
            scores.setdefault(mentee, {})[mentor] = score
        floors = np.full(self._grid.shape[0], FAR, np.int64)
        floors[list(scores)] = [1 + min(of.values()) for of in scores.values()]

        def count(half: Half) -> None:
            for pairs in half.above(Plain(floors, self._grid.shape[1])):
                for mentee, better in _by_mentee(pairs):
                    found.setdefault(mentee, []).append(better)

        found: dict[int, list[Scores]] = {}
        self._grid.halves("ranks", np.fromiter(scores, np.intp), count)
        for mentee, of in scores.items():
            better = np.concatenate(found.get(mentee, [np.empty(0, np.int64)]))
            for mentor, score in of.items():
                self._known[mentee, mentor] = 1 + int((better > score).sum())

    def _score(self, mentee: int, mentor: int) -> int:
        if self._grid.held is not None:
            return int(self._grid.held[mentee, mentor])
        return self._grid.compiled.score(mentee, mentor).score

    def _better(self, pair: IndexPair, gone: Indices | None) -> int:
        """How many of the forbidden would have stood above."""
        if gone is None:
            return 0
        row = self._grid.row(pair[0])
        return int((row[gone] > row[pair[1]]).sum())

    def _near(self, mentee: int, mentor: int) -> bool:
        """Known from the edges alone?"""
        at = slice(int(self._first[mentee]), int(self._first[mentee + 1]))
        scores = self._edges.scores[at]
        held = np.flatnonzero(self._edges.mentors[at] == mentor)
        if not len(held):
            return False
        above = int((scores > scores[held[0]]).sum())
        if above < self._listed:
            self._known[mentee, mentor] = 1 + above
        return above < self._listed


def _by_mentee(pairs: Pairs) -> Iterator[tuple[int, Scores]]:
    order = np.argsort(pairs.mentees, kind="stable")
    mentees, begins = np.unique(pairs.mentees[order], return_index=True)
    yield from zip(mentees.tolist(), np.split(pairs.scores[order], begins[1:]), strict=bool(len(mentees)))
