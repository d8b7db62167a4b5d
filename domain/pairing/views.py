"""Views: what each side of a pair thinks of the other, before the two are made one score."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from domain.pairing.competence import Indices
from domain.pairing.compiled import Compiled
from domain.pairing.sides import Row, Side
from domain.pairing.signatures import Ints
from domain.pairing.sweep import BARRED, Sweep

View = NDArray[np.int64]
"""Of one mentee: a number for every mentor, BARRED where something bars the pair."""


class Views(Sweep):
    """A side that can say nothing sees the pair's score."""

    @classmethod
    def of(cls, compiled: Compiled) -> "Views":
        return cls(compiled.mentees, compiled.mentors, compiled.pool, compiled.yardstick)

    def each_view(self, mentees: Indices) -> Iterator[tuple[int, View, View]]:
        """Those of one signature together: the mentee's view of each mentor, and each mentor's of the
        mentee.
        """
        for mentee, signature, mentors, scores in self.changes(mentees):
            row = signature.plain.copy()
            row[mentors] = scores
            alike = self._alike([mentee])
            mine, theirs = self._personal(self._mentees[mentee], None if alike is None else alike[0])
            yield mentee, _view(row, signature.mentee, mine), _view(row, signature.mentor, theirs)

    def view(self, mentee: int) -> tuple[View, View]:
        _, mine, theirs = next(self.each_view(np.array([mentee])))
        return mine, theirs


def _view(row: Row, side: Side, personal: Ints | None) -> View:
    found = side.at(np.arange(row.size), personal)
    view = found.values.astype(np.int64)
    if found.untold is not None:
        view[found.untold] = row[found.untold]
    view[row == BARRED] = BARRED
    return view
