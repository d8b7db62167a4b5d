"""The scores of all pairs, row after row: held where they fit in memory, computed again where they do not."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.pairing.compiled import Compiled
from domain.pairing.sweep import Row

OnProgress = Callable[[str, int, int], None]
"""Stage, done, of. May raise Cancelled, which stops the computation at once."""
Indices = NDArray[np.intp]
Found = TypeVar("Found")

HELD: Final = 2**26
"""Pairs whose scores are held: 128 MB."""
OFTEN: Final = 64
"""Rows between two looks at whether somebody cancelled."""


class Cancelled(Exception):
    """The computation was stopped by whoever asked for it."""


def silent(stage: str, done: int, of: int) -> None:
    """Tells nobody."""


class Grid:
    def __init__(self, compiled: Compiled, on_progress: OnProgress = silent) -> None:
        self.compiled = compiled
        self.shape = len(compiled.mentees), len(compiled.mentors)
        self.tell = on_progress
        self._held: NDArray[np.int16] | None = None
        if self.shape[0] * self.shape[1] <= HELD:
            self._held = self._computed()

    @property
    def held(self) -> NDArray[np.int16] | None:
        return self._held

    def each(self, mentees: Indices) -> Iterator[tuple[int, Row]]:
        """Rows are to be read, not changed."""
        if self._held is None:
            yield from self.compiled.sweep.each(mentees)
        else:
            for mentee in mentees.tolist():
                yield mentee, self._held[mentee]

    def row(self, mentee: int) -> Row:
        return self.compiled.row(mentee) if self._held is None else self._held[mentee]

    def halves(
        self, stage: str, mentees: Indices, work: Callable[[Iterator[tuple[int, Row]]], Found]
    ) -> tuple[Found, Found]:
        """Both halves at once, always cut at the same place, so that the outcome is always the same.

        numpy lets go of the interpreter while it computes: two threads keep two cores busy.
        """
        ordered = mentees[np.argsort(self.compiled.sweep.signature_of[mentees], kind="stable")]
        first, second = np.array_split(ordered, 2)
        stop = Event()
        with ThreadPoolExecutor(1) as beside:
            other = beside.submit(lambda: work(self._stoppable(second, stop)))
            try:
                mine = work(self._told(stage, first, len(mentees)))
            except BaseException:
                stop.set()
                raise
            return mine, other.result()

    def _told(self, stage: str, mentees: Indices, of: int) -> Iterator[tuple[int, Row]]:
        for done, found in enumerate(self.each(mentees)):
            if done % OFTEN == 0:
                self.tell(stage, 2 * done, of)
            yield found
        self.tell(stage, of, of)

    def _stoppable(self, mentees: Indices, stop: Event) -> Iterator[tuple[int, Row]]:
        for found in self.each(mentees):
            if stop.is_set():
                raise Cancelled
            yield found

    def _computed(self) -> NDArray[np.int16]:
        scores = np.zeros(self.shape, np.int16)

        def fill(rows: Iterator[tuple[int, Row]]) -> None:
            for mentee, row in rows:
                scores[mentee] = row

        self.halves("scores", np.arange(self.shape[0]), fill)
        return scores
