"""The stable objective: nobody would rather change, and find who would rather change with them.

Mentees ask in the order of their own view, mentors keep the best by theirs (Gale and Shapley, with places).
Of all stable results it is the one that every mentee likes best, whatever the order in which they ask.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from heapq import heappush, heappushpop
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing import locks
from domain.pairing.alone import Alone
from domain.pairing.compiled import Compiled
from domain.pairing.edges import Edges, first_edges
from domain.pairing.grid import Grid, Indices, OnProgress, silent
from domain.pairing.marginal import Bound
from domain.pairing.market import IndexPair, Market, by_mentee
from domain.pairing.marks import Marks
from domain.pairing.outcome import Outcome, Seat, Telling
from domain.pairing.pool import Pair, Pool
from domain.pairing.ranks import Ranks
from domain.pairing.settling import polish
from domain.pairing.standing import moved
from domain.pairing.terms import Terms
from domain.pairing.views import View, Views

Places = NDArray[np.int64]
Choice = tuple[int, tuple[int, int]]
"""A mentor, and how the mentor ranks the mentee: by view, then by lot. More is better."""

Choices = Callable[[int], Iterator[Choice]]


_LOT_BITS: Final = 48
"""A score stands above its lot in one number of 63 bits."""
_OFTEN: Final = 1_024
"""Questions between two looks at whether somebody cancelled."""
FIRST: Final = 64
"""So many choices are kept of each mentee; whoever exhausts them is ranked again."""


def compute_stable(
    pool: Pool,
    terms: Terms,
    seed: int,
    *,
    locked: frozenset[Pair] = frozenset(),
    forbidden: frozenset[Pair] = frozenset(),
    incumbents: frozenset[Pair] = frozenset(),
    on_progress: OnProgress = silent,
) -> Outcome:
    """Locked pairs stand and take no part; the rest is stable among itself. Raises a Refusal as bulk does.

    `incumbents` weigh nothing here, or it would not be stable: who has others than before is counted.
    """
    grid = Grid(Compiled(pool, terms), on_progress)
    compiled, edges = grid.compiled, first_edges(grid)
    settled, closed = locks.accepted(compiled, locked, forbidden), locks.known(compiled, forbidden)
    marks = Marks(compiled.mentees, compiled.mentors, seed)
    choices = Preferences(Views.of(compiled), marks, by_mentee(settled | closed))
    left = (_left(compiled.mentee_places, settled, 0), _left(compiled.mentor_places, settled, 1))
    found = sorted(settled | accepted(choices, *left, on_progress))
    ranks = Ranks(grid, edges).of(found, closed)
    seats = [
        Seat(*pair, turn, rank, pair in settled)
        for pair, turn, rank in zip(found, _turns(found), ranks, strict=True)
    ]
    without = Alone(grid, edges, 0).without(found, closed)
    changed = moved(found, locks.known(compiled, incumbents))
    return Telling(compiled).outcome(seats, without, _missing(grid, edges, found), changed)


def _left(places: Places, settled: Collection[IndexPair], side: int) -> Places:
    taken = np.array([pair[side] for pair in settled], dtype=np.intp)
    return places - np.bincount(taken, minlength=places.size)


def _turns(found: Iterable[IndexPair]) -> Iterator[int]:
    """A mentee's mentors, numbered from 0 on."""
    seen: Counter[int] = Counter()
    for mentee, _ in found:
        yield seen[mentee]
        seen[mentee] += 1


def _missing(grid: Grid, edges: Edges, found: Iterable[IndexPair]) -> int:
    """How much more the best total could be, stable or not: by the prices of the best."""
    compiled = grid.compiled
    prices = polish(Market(grid, compiled.mentee_places > 0, compiled.mentor_places), edges)[2].mentors
    named = {mentor.id: price for mentor, price in zip(compiled.mentors, prices.tolist(), strict=True)}
    return max(0, Bound(compiled, named).total - sum(compiled.score(*pair).score for pair in found))


def accepted(choices: Choices, mentees: Places, mentors: Places, on_progress: OnProgress) -> set[IndexPair]:
    """Deferred acceptance. `mentees` and `mentors` are the places of each."""
    asking = {mentee: choices(mentee) for mentee in range(mentees.size)}
    waiting = deque(np.repeat(np.arange(mentees.size), mentees).tolist())
    kept: dict[int, list[tuple[tuple[int, int], int]]] = {}
    asked, everybody = 0, len(waiting)
    while waiting:
        if asked % _OFTEN == 0:
            on_progress("stable", everybody - len(waiting), everybody)
        asked += 1
        mentee = waiting.popleft()
        if (choice := next(asking[mentee], None)) is None:
            continue
        mentor, rank = choice
        held = kept.setdefault(mentor, [])
        if len(held) < mentors[mentor]:
            heappush(held, (rank, mentee))
        else:
            waiting.append(heappushpop(held, (rank, mentee))[1])
    return {(mentee, mentor) for mentor, held in kept.items() for _, mentee in held}


class Preferences:
    """The choices of every mentee, by their view and then by lot, without the pairs in `closed`."""

    def __init__(self, views: Views, marks: Marks, closed: Mapping[int, Indices]) -> None:
        self._views, self._marks, self._closed = views, marks, closed
        every = np.arange(len(views.signature_of))
        self._first = {
            mentee: self._ranked(mentee, mine, theirs, FIRST)
            for mentee, mine, theirs in views.each_view(every)
        }

    def __call__(self, mentee: int) -> Iterator[Choice]:
        yield from self._first[mentee]
        if len(self._first[mentee]) == FIRST:
            mine, theirs = self._views.view(mentee)
            yield from self._ranked(mentee, mine, theirs, mine.size)[FIRST:]

    def _ranked(self, mentee: int, mine: View, theirs: View, most: int) -> list[Choice]:
        eligible = mine >= 0
        eligible[self._closed.get(mentee, [])] = False
        mentors = np.flatnonzero(eligible)
        lots = self._marks.of(Edges(np.full(mentors.size, mentee), mentors, mine[mentors]), _LOT_BITS)
        keys = (mine[mentors] << _LOT_BITS) + lots
        best = np.argpartition(keys, keys.size - most)[-most:] if most < keys.size else np.arange(keys.size)
        ranked = best[np.argsort(keys[best])[::-1]]
        ranks = zip(theirs[mentors[ranked]].tolist(), lots[ranked].tolist(), strict=True)
        return list(zip(mentors[ranked].tolist(), ranks, strict=True))
