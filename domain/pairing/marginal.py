"""What one pair or one place more would change: exactly, by solving again, or at least, by prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.ids import ParticipantId
from domain.match_outcome import Totals
from domain.pairing.compiled import Compiled
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pair, Person, Pool

Prices = Mapping[ParticipantId, int]

Locking = Callable[[frozenset[Pair]], Outcome]
"""The same run with these pairs locked as well."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How many more are placed, and by how much the total of scores is higher; less than 0 is fewer and
    lower.
    """

    placed: int
    total: int


def difference(before: Totals, after: Totals) -> Difference:
    return Difference(after.placed - before.placed, after.total - before.total)


def with_pair(outcome: Outcome, pair: Pair, again: Locking) -> Difference:
    """Exactly what it costs to have this pair."""
    return difference(outcome.totals, again(frozenset({pair})).totals)


def with_place(
    pool: Pool, outcome: Outcome, mentor: ParticipantId, again: Callable[[Pool], Outcome]
) -> Difference:
    """Exactly what one more place of this mentor brings."""
    return difference(outcome.totals, again(one_more_place(pool, mentor)).totals)


def one_more_place(pool: Pool, mentor: ParticipantId) -> Pool:
    return replace(pool, mentors=tuple(_roomier(one) if one.id == mentor else one for one in pool.mentors))


def _roomier(mentor: Person) -> Person:
    return replace(mentor, places=mentor.places + 1)


class Bound:
    """What no pairing can exceed, by weak duality: places at their price, and what each mentee has beyond
    it.

    True for any prices of 0 and more; the nearer they are to the true ones, the tighter. Computed once, and
    then any pair's least loss in two rows.
    """

    def __init__(self, compiled: Compiled, prices: Prices) -> None:
        self._compiled = compiled
        self._prices = np.array([max(0, prices.get(one.id, 0)) for one in compiled.mentors], dtype=np.int64)
        mentees = np.arange(len(compiled.mentees))
        self.total = int(self._prices @ compiled.mentor_places) + sum(
            self._beyond(row, int(compiled.mentee_places[mentee]))
            for mentee, row in compiled.sweep.each(mentees)
        )

    def least_loss(self, total: int, mentee: int, mentor: int) -> int:
        """So many points at least has any pairing with this pair less than the one whose total this is."""
        row = self._compiled.scores(np.array([mentee]))[0].astype(np.int64)
        places = int(self._compiled.mentee_places[mentee])
        own, price = self._compiled.score(mentee, mentor).score, int(self._prices[mentor])
        free = self._beyond(row, places)
        row[mentor] = -1
        forced = own - price + self._beyond(row, places - 1)
        return max(0, total - (self.total - free + forced))

    def _beyond(self, row: NDArray[np.integer[Any]], places: int) -> int:
        """The most that so many mentors are worth to one mentee beyond their prices."""
        worth = np.where(row >= 0, row - self._prices, 0)
        worth = worth[worth > 0]
        if places <= 0 or worth.size == 0:
            return 0
        if worth.size > places:
            worth = np.partition(worth, worth.size - places)[-places:]
        return int(worth.sum())
