"""The scores of all pairs, row after row: held where they fit in memory, computed again where they do not."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.pairing.compiled import Compiled
from domain.pairing.narrow import FAR, Asked, Floors, Pairs, highest
from domain.pairing.sides import Row

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

    def rest(self) -> None:
        """Lets go of what the rows of a large pool were made with; it is made again when it is asked for."""
        if self._held is None:
            self.compiled.sweep.rest()

    def row(self, mentee: int) -> Row:
        return self.compiled.row(mentee) if self._held is None else self._held[mentee]

    def above(self, mentees: Indices, asked: Asked) -> Iterator[tuple[Indices, Pairs]]:
        """Some mentees at a time, and all their pairs that reach what is asked; perhaps some more."""
        if self._held is None:
            yield from self.compiled.sweep.above(mentees, asked)
            return
        for part in _parts(mentees[np.argsort(asked.floors[mentees], kind="stable")]):
            least = np.clip(asked.needed(int(asked.floors[part].min())), 0, FAR).astype(np.int16)
            rows, mentors = np.nonzero(self._held[part] >= least)
            yield part, Pairs(part[rows], mentors, self._held[part[rows], mentors].astype(np.int64))

    def floors(self, mentees: Indices, most: int, out: NDArray[np.bool_]) -> Iterator[tuple[Indices, Floors]]:
        """Of some mentees at a time, what so many who are not `out` reach."""
        if self._held is None:
            yield from self.compiled.sweep.floors(mentees, most, out)
            return
        inside = np.flatnonzero(~out) if out.any() else slice(None)
        for part in _parts(mentees):
            yield part, highest(self._held[part][:, inside], most, most)

    def halves(self, stage: str, mentees: Indices, work: "Callable[[Half], Found]") -> tuple[Found, Found]:
        """Both halves at once, always cut at the same place, so that the outcome is always the same.

        numpy lets go of the interpreter while it computes: two threads keep two cores busy.
        """
        ordered = mentees[np.argsort(self.compiled.sweep.signature_of[mentees], kind="stable")]
        first, second = np.array_split(ordered, 2)
        stop = Event()

        def tell(done: int) -> None:
            self.tell(stage, min(2 * done, len(mentees)), len(mentees))

        def heed(_: int) -> None:
            if stop.is_set():
                raise Cancelled

        with ThreadPoolExecutor(1) as beside:
            other = beside.submit(work, Half(self, second, heed))
            try:
                mine = work(Half(self, first, tell))
            except BaseException:
                stop.set()
                raise
            found = mine, other.result()
        self.tell(stage, len(mentees), len(mentees))
        return found

    def _computed(self) -> NDArray[np.int16]:
        scores = np.zeros(self.shape, np.int16)

        def fill(half: Half) -> None:
            for mentee, row in half.rows():
                scores[mentee] = row

        self.halves("scores", np.arange(self.shape[0]), fill)
        return scores


@dataclass(frozen=True, slots=True)
class Half:
    """The mentees of one thread; `beat` is called every so often with how many are done."""

    grid: Grid
    mentees: Indices
    beat: Callable[[int], None]

    def rows(self) -> Iterator[tuple[int, Row]]:
        for done, (mentee, row) in enumerate(self.grid.each(self.mentees)):
            if done % OFTEN == 0:
                self.beat(done)
            yield mentee, row

    def above(self, asked: Asked) -> Iterator[Pairs]:
        return self._beating(self.grid.above(self.mentees, asked))

    def floors(self, most: int, out: NDArray[np.bool_]) -> Floors:
        found = Floors(*(np.full(self.grid.shape[0], -1, np.int64) for _ in range(2)))
        for part, floors in self.grid.floors(self.mentees, most, out):
            self.beat(0)
            found.likely[part], found.certain[part] = floors
        return found

    def only(self, mentees: Indices) -> "Half":
        """These alone, without telling how many are done."""
        return Half(self.grid, mentees, lambda _: self.beat(0))

    def _beating(self, parts: Iterator[tuple[Indices, Found]]) -> Iterator[Found]:
        done = 0
        for mentees, found in parts:
            self.beat(done)
            yield found
            done += len(mentees)


def _parts(mentees: Indices) -> list[Indices]:
    return [mentees[begin : begin + OFTEN] for begin in range(0, len(mentees), OFTEN)]
