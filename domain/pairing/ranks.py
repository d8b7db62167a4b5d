"""A mentor's place among all whom the rules leave a mentee."""

from collections.abc import Iterable

import numpy as np

from domain.pairing.edges import Edges, listed
from domain.pairing.grid import Grid, Indices
from domain.pairing.market import IndexPair, by_mentee


class Ranks:
    """The first edges hold each mentee's best: a mentor with fewer than these above needs no other look."""

    def __init__(self, grid: Grid, edges: Edges) -> None:
        self._grid = grid
        self._first = np.searchsorted(edges.mentees, np.arange(grid.shape[0] + 1))
        self._edges = edges
        self._listed = listed(grid)
        self._known: dict[IndexPair, int] = {}

    def of(self, pairs: Iterable[IndexPair], forbidden: frozenset[IndexPair]) -> list[int]:
        """1 is the best; those with the same score share a rank. Forbidden pairs are out of the race."""
        wanted = list(pairs)
        missing = [pair for pair in wanted if pair not in self._known]
        far = [pair for pair in missing if not self._near(*pair)]
        mentors: dict[int, list[int]] = {}
        for mentee, mentor in far:
            mentors.setdefault(mentee, []).append(mentor)
        for mentee, row in self._grid.each(np.fromiter(mentors, np.intp)):
            for mentor in mentors[mentee]:
                self._known[mentee, mentor] = 1 + int((row > row[mentor]).sum())
        gone = by_mentee(forbidden)
        return [self._known[pair] - self._better(pair, gone.get(pair[0])) for pair in wanted]

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
