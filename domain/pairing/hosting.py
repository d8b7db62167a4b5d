"""Hosting: mentees to the groups of mentors, each between a least and a most; who cannot fill a group
closes it.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE
from domain.pairing import edges
from domain.pairing.grid import Grid
from domain.pairing.lots import drawn_order
from domain.pairing.market import IndexPair
from domain.pairing.marks import Marks
from domain.pairing.seating import NOWHERE, TIE_BITS, Edges, Numbers, Seated, Seats, joined, seated
from domain.program_settings import Size

LOCKED: Final = 2 * WHOLE
"""What a lock adds to a score: more than any other pair can be worth."""

VAIN: Final = 64
"""After so many tries of other hosts in vain, they stay as they are."""
FEW: Final = 20_000
"""Up to so many edges, a try is worth what it comes to at its best; beyond, only who gets a seat is looked
at.
"""


@dataclass(frozen=True)
class Guests:
    """What hosting reads of the pool. Marks decide where scores do not.

    A mentee who is locked to a host has nobody else to go to. Pairs below `minimum` are as good as barred.
    """

    grid: Grid
    seed: int
    minimum: int
    forbidden: frozenset[IndexPair]
    locked: Mapping[int, int]

    def first(self) -> Edges:
        found = edges.first_edges(self.grid)
        own = [self.of(mentee) for mentee in sorted(self.locked)]
        return joined([self._marked(found.only(~np.isin(found.mentees, list(self.locked)))), *own])

    def of(self, mentee: int) -> Edges:
        """All of one mentee."""
        row = self.grid.row(mentee)
        mentors = np.flatnonzero(row >= 0)
        if mentee in self.locked:
            mentors = mentors[mentors == self.locked[mentee]]
        return self._marked(
            edges.Edges(np.full(mentors.size, mentee), mentors, row[mentors].astype(np.int64))
        )

    def _marked(self, found: edges.Edges) -> Edges:
        width = self.grid.shape[1]
        kept = found.scores >= self.minimum
        kept &= ~np.isin(found.keys(width), [mentee * width + mentor for mentee, mentor in self.forbidden])
        found = found.only(kept)
        bonus = np.where(np.isin(found.mentees, list(self.locked)), LOCKED, 0)
        return Edges(found.mentees, found.mentors, found.scores + bonus, self._marks.of(found, TIE_BITS))

    @cached_property
    def _marks(self) -> Marks:
        return Marks(self.grid.compiled.mentees, self.grid.compiled.mentors, self.seed)


class Hosting:
    """`table` is the host of each mentee, NOWHERE without one; `open` says which mentors host.

    Those to whom somebody is locked close after all others (`last`); `barred` ones never open again.
    `at_first` is the host of each while every group, however small, is open.
    """

    def __init__(self, guests: Guests, size: Size, *, everybody: bool) -> None:
        self.guests, self.size, self.everybody = guests, size, everybody
        self.people, self.mentors = guests.grid.shape
        self.order = drawn_order(guests.seed, guests.grid.compiled.mentors)
        self.last = np.isin(np.arange(self.mentors), list(guests.locked.values()))
        self.barred = np.zeros(self.mentors, dtype=np.bool_)
        self.offers = guests.first()
        self.open = np.ones(self.mentors, dtype=np.bool_)
        self.table = self._seated(self.open, least=0).table
        self.at_first = self.table.copy()
        self.open = self.sizes() > 0

    def solve(self, on_closing: Callable[[int, int], None]) -> None:
        """The smallest closes until none is short; then one more or one less is tried where it may be
        better.
        """
        of = int(self.open.sum())
        while (short := self._smallest()) is not None:
            self.close(short)
            on_closing(of - int(self.open.sum()), of)
        self._try_others()
        self.table = self._raised(self.open).table

    def sizes(self) -> Numbers:
        return np.bincount(self.table[self.table != NOWHERE], minlength=self.mentors)

    def members(self, host: int) -> Numbers:
        return np.flatnonzero(self.table == host)

    def hosts(self) -> list[int]:
        found: list[int] = np.flatnonzero(self.open).tolist()
        return found

    def close(self, host: int) -> None:
        """Its members look for room with others: as many as can."""
        members = self.members(host)
        self.open[host], self.table[members] = False, NOWHERE
        free = np.where(self.open, self.size.most - self.sizes(), 0)
        found = joined([self.guests.of(mentee) for mentee in members.tolist()])
        found = found.where(free[found.table] > 0)
        self.offers = joined([self.offers, found])
        local = Edges(np.searchsorted(members, found.person), found.table, found.score, found.tie)
        seats = Seats(np.zeros(self.mentors, int), free)
        self.table[members] = seated(members.size, local, seats, everybody=self.everybody).table

    def close_for_good(self, host: int) -> None:
        self.barred[host] = True
        self.close(host)

    def _seated(self, hosts: NDArray[np.bool_], least: int, above: int = 0) -> Seated:
        found = self.offers.where(hosts[self.offers.table] & (self.offers.score >= above))
        seats = Seats(np.where(hosts, least, 0), np.where(hosts, self.size.most, 0))
        return seated(self.people, found, seats, everybody=self.everybody)

    def _smallest(self) -> int | None:
        sizes = self.sizes()
        short = np.flatnonzero(self.open & (sizes < self.size.least))
        if short.size == 0:
            return None
        return int(short[np.lexsort((self.order[short], sizes[short], self.last[short]))[0]])

    def _raised(self, hosts: NDArray[np.bool_]) -> Seated:
        """The highest floor under all scores that costs nobody a seat, found by halving; then the best
        total.
        """
        best = self._seated(hosts, self.size.least)
        levels = np.unique(self.offers.score)
        low, high = 0, levels.size if self.everybody and self._holds(hosts, best) else 0
        while high - low > 1:
            middle = (low + high) // 2
            tried = self._seated(hosts, self.size.least, above=int(levels[middle]))
            if self._holds(hosts, tried) and tried.worth[0] == best.worth[0]:
                low, best = middle, tried
            else:
                high = middle
        return best

    def _holds(self, hosts: NDArray[np.bool_], found: Seated) -> bool:
        return bool((found.sizes(self.mentors)[hosts] >= self.size.least).all())

    def _try_others(self) -> None:
        """Opens, closes or exchanges hosts, as long as more get a seat, or as many a better one."""
        vain, best = 0, self._tried(self.open, at_least=0)
        tries = deque(self._changes())
        while tries and vain < VAIN:
            hosts = self.open.copy()
            change = list(tries.popleft())
            hosts[change] = ~hosts[change]
            found = self._tried(hosts, at_least=best.worth[0] if self.everybody else 0)
            vain += 1
            if self._holds(hosts, found) and self._worth(found) > self._worth(best):
                self.open, self.table, best, vain = hosts, found.table, found, 0
                tries = deque(self._changes())

    def _tried(self, hosts: NDArray[np.bool_], at_least: int) -> Seated:
        """A large pool, or one that seats too few, is not looked at more closely."""
        found = self._seated(hosts, self.size.least)
        if self.offers.person.size > FEW or not self._holds(hosts, found) or found.worth[0] < at_least:
            return found
        return self._raised(hosts)

    def _worth(self, found: Seated) -> tuple[int, ...]:
        return found.worth if self.everybody else found.worth[2:]

    def _changes(self) -> list[tuple[int, ...]]:
        """Closed hosts whom those without a seat could fill, most of them first; in a small pool, then all
        others.
        """
        without = self.table[self.offers.person] == NOWHERE
        pairs = np.unique(self.offers.table[without] * self.people + self.offers.person[without])
        takers = np.bincount(pairs // max(self.people, 1), minlength=self.mentors)
        ranked = [host for host in np.lexsort((self.order, -takers)).tolist() if not self.barred[host]]
        shut = [host for host in ranked if not self.open[host]]
        if self.offers.person.size > FEW:
            return [(host,) for host in shut if takers[host]]
        running = [host for host in ranked if self.open[host]]
        alone = ((host,) for host in (*shut, *running))
        return list(islice(chain(alone, product(shut, running), combinations(ranked, 3)), VAIN))
