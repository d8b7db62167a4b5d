"""What one pair or one place more would change: exactly, by solving again, or at least, by prices."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

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
    """What no pairing can exceed, by weak duality: places at their prices, and what each mentee has beyond
    them.

    True for any prices of 0 and more; the nearer they are to the true ones, the tighter.
    """

    def __init__(self, compiled: Compiled, prices: Prices) -> None:
        self._compiled = compiled
        self._prices = np.array([max(0, prices.get(one.id, 0)) for one in compiled.mentors], dtype=np.int64)
        self.total = int(self._prices @ compiled.mentor_places) + sum(
            _best(worth, places) for _, worth, places in self._worths()
        )

    def least_loss(self, total: int, mentee: int, mentor: int) -> int:
        """So many points at least has any pairing with this pair less than the one whose total this is.

        The price of this one mentor is set anew, as high as proves most: the places that the pair leaves are
        worth what they are to those who gain most by them. Takes a look at all pairs.
        """
        places = self._compiled.mentor_places
        most = int(self._prices @ places) - int(self._prices[mentor] * places[mentor])
        gains: list[int] = []
        for one, worth, wanted in self._worths():
            own = int(worth[mentor] + self._prices[mentor])
            worth[mentor] = 0
            rest, others = _best(worth, wanted - 1), _best(worth, wanted)
            if one == mentee:
                most += own + rest
            else:
                most += others
                gains.append(own + rest - others)
        best = sorted((gain for gain in gains if gain > 0), reverse=True)
        return max(0, total - most - sum(best[: int(places[mentor]) - 1]))

    def _worths(self) -> Iterator[tuple[int, NDArray[np.int64], int]]:
        """Of each mentee: what every mentor is worth beyond the price, and how many the mentee wants."""
        for mentee, row in self._compiled.sweep.each(np.arange(len(self._compiled.mentees))):
            worth = np.where(row >= 0, row, 0) - self._prices
            yield mentee, worth, int(self._compiled.mentee_places[mentee])


def _best(worth: NDArray[np.int64], places: int) -> int:
    """The sum of so many, at most, that are worth anything."""
    if places <= 0 or not worth.size:
        return 0
    if places == 1:
        return max(0, int(worth.max()))
    return int(np.sort(worth[worth > 0])[-places:].sum())
