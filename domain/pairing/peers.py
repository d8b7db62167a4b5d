"""Peers: people sorted into groups without a host, so that those in a group are like each other both ways."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.seating import NOWHERE, TIE_BITS, Edges, Numbers, Seats, seated
from domain.program_settings import Size

BARRED: Final = -(10**9)
"""So far below every likeness that no exchange can make up for a pair that a rule bars."""

_MOST_ROUNDS: Final = 30
"""Of exchanges; each one only improves the total, so stopping early costs a little of it and nothing else."""


def likeness(scores: NDArray[np.int32]) -> Numbers:
    """What two are to each other: the mean of both directions, BARRED where one of them is."""
    both = np.minimum(scores, scores.T) >= 0
    mean = (scores.astype(np.int64) + scores.T) // 2
    like = np.where(both, mean, BARRED)
    np.fill_diagonal(like, 0)
    return like


def circles(like: Numbers, order: Numbers, size: Size) -> list[list[int]]:
    """Groups of `size`, each one's people in order of index. `order` ranks the people where all else is
    equal.
    """
    least, people = max(size.least, 2), len(like)
    tables = _how_many(people, least, size.most)
    if tables == 0:
        return []
    round_table = _Circles(like, order, least, size.most)
    round_table.seat(np.array(_far_apart(like, order, tables)))
    round_table.part_the_barred()
    round_table.close_the_short()
    round_table.exchange()
    return round_table.groups()


def _how_many(people: int, least: int, most: int) -> int:
    """So many that the middle size comes about, within what the bounds allow."""
    fewest, highest = -(-people // most), people // least
    wanted = round(Fraction(2 * people, least + most))
    return min(max(wanted, fewest), highest)


def _far_apart(like: Numbers, order: Numbers, tables: int) -> list[int]:
    """First who is least like all, then whoever is least like the nearest of those chosen before."""
    totals = np.maximum(like, 0).sum(axis=1)
    chosen = [_least(totals, order)]
    nearest = like[chosen[0]].copy()
    for _ in range(tables - 1):
        nearest[chosen] = np.iinfo(np.int64).max
        chosen.append(_least(nearest, order))
        nearest = np.maximum(nearest, like[chosen[-1]])
    return chosen


def _least(values: Numbers, order: Numbers) -> int:
    return int(np.lexsort((order, values))[0])


@dataclass
class _Circles:
    """`table` of each person. While they exchange: `sums` how like each is to the people of each table,
    `totals` how like those of each table are to each other, each pair counted twice.
    """

    like: Numbers
    order: Numbers
    least: int
    most: int

    def seat(self, hosts: Numbers) -> None:
        """Everybody to one of those chosen, as flow has it; a table begins with its one."""
        people, tables = len(self.like), hosts.size
        self.table = np.full(people, NOWHERE, dtype=np.int64)
        self.table[hosts] = np.arange(tables)
        guests = np.flatnonzero(self.table == NOWHERE)
        likes = self.like[np.ix_(guests, hosts)]
        guest, host = np.nonzero(likes >= 0)
        # spread so that of equals not all go to the same tables
        ties = self.order[guests[guest]] * (2 * host + 1) % (1 << TIE_BITS)
        found = Edges(guest, host, likes[guest, host], ties)
        seats = Seats(np.full(tables, self.least - 1), np.full(tables, self.most - 1))
        self.table[guests] = seated(guests.size, found, seats).table
        self.tables = tables

    def part_the_barred(self) -> None:
        """Whoever is barred by most of their table leaves it, until none is; then looks for another."""
        out: list[int] = []
        for table in range(self.tables):
            while (members := self._members(table)).size and (conflicts := self._conflicts(members)).any():
                leaver = members[np.lexsort((self.order[members], -conflicts))[0]]
                self.table[leaver] = NOWHERE
                out.append(int(leaver))
        self._find_room(out)

    def _conflicts(self, members: Numbers) -> Numbers:
        conflicts: Numbers = (self.like[np.ix_(members, members)] < 0).sum(axis=1)
        return conflicts

    def close_the_short(self) -> None:
        """The smallest first: its people may fill the next."""
        while (short := self._shortest()) is not None:
            leavers = self._members(short)
            self.table[leavers] = NOWHERE
            self.table[self.table > short] -= 1
            self.tables -= 1
            self._find_room(leavers.tolist())

    def _shortest(self) -> int | None:
        sizes = self._sizes()
        short = np.flatnonzero(sizes < self.least)
        if short.size == 0:
            return None
        return int(short[np.lexsort((short, sizes[short]))[0]])

    def _find_room(self, people: list[int]) -> None:
        """One after the other, to the table that is most like them on the whole, where none bars them."""
        for person in sorted(people, key=lambda one: int(self.order[one])):
            sizes, sums = self._sizes(), self._sums(self.like[person])
            open_to = (sums >= 0) & (sizes > 0) & (sizes < self.most)
            if open_to.any():
                mean = np.where(open_to, sums / np.maximum(sizes, 1), -1.0)
                self.table[person] = int(np.argmax(mean))

    def _members(self, table: int) -> Numbers:
        return np.flatnonzero(self.table == table)

    def _sizes(self) -> Numbers:
        return np.bincount(self.table[self.table >= 0], minlength=self.tables)

    def _sums(self, row: Numbers) -> Numbers:
        """By table: how like its people are to the one whose row it is, in sum."""
        sums = np.zeros(self.tables, dtype=np.int64)
        held = self.table >= 0
        np.add.at(sums, self.table[held], row[held])
        return sums

    def exchange(self) -> None:
        """Two change tables, or one moves, wherever that improves the total: until nothing does."""
        if self.tables < 2:
            return
        at = (self.table[:, None] == np.arange(self.tables)).astype(np.float64)
        # doubles hold these sums exactly, and multiply many times faster
        self.sums = (self.like.astype(np.float64) @ at).astype(np.int64)
        self.totals = np.array([self.sums[self._members(table), table].sum() for table in range(self.tables)])
        people, rounds = np.argsort(self.order).tolist(), 0
        while sum(map(self._changes, people)) and rounds < _MOST_ROUNDS:
            rounds += 1

    def _changes(self, person: int) -> bool:
        if self.table[person] == NOWHERE:
            return False
        return self._swaps(person) or self._moves(person)

    def _swaps(self, person: int) -> bool:
        """With the one of another table with whom it gains most; sums of a table count each pair twice."""
        mine, theirs, sizes = self.table[person], self.table, self._sizes()
        others = np.flatnonzero((theirs != NOWHERE) & (theirs != mine))
        to, like = theirs[others], self.like[person, others]
        here = self.sums[others, mine] - like - self.sums[person, mine]
        there = self.sums[person, to] - like - self.sums[others, to]
        # over the sizes, without a division: exact whatever the machine
        gain = here * (sizes[to] - 1) + there * (sizes[mine] - 1)
        best = int(np.argmax(gain / (sizes[to] - 1)))
        if gain[best] <= 0:
            return False
        self._put(person, int(to[best]))
        self._put(int(others[best]), int(mine))
        return True

    def _moves(self, person: int) -> bool:
        mine, sizes = int(self.table[person]), self._sizes()
        if sizes[mine] <= self.least:
            return False
        open_to = (sizes < self.most) & (np.arange(self.tables) != mine)
        if not open_to.any():
            return False
        gains = self.totals + 2 * self.sums[person]
        won = np.where(open_to, gains / sizes - self.totals / np.maximum(sizes - 1, 1), -np.inf)
        best = int(np.argmax(won))
        if self._gain(person, best, sizes) <= 0:
            return False
        self._put(person, best)
        return True

    def _gain(self, person: int, table: int, sizes: Numbers) -> Fraction:
        """Of the sum over both tables of everybody's mean likeness to the others: exact, whatever the
        machine.
        """
        mine = int(self.table[person])
        left, came = int(sizes[mine]), int(sizes[table])
        leaves, joins = int(self.sums[person, mine]), int(self.sums[person, table])
        here, there = int(self.totals[mine]), int(self.totals[table])
        lost = Fraction(here, left - 1) - Fraction(here - 2 * leaves, left - 2)
        won = Fraction(there + 2 * joins, came) - Fraction(there, came - 1)
        return won - lost

    def _put(self, person: int, table: int) -> None:
        old = int(self.table[person])
        self.totals[old] -= 2 * self.sums[person, old]
        self.sums[:, old] -= self.like[person]
        self.totals[table] += 2 * self.sums[person, table]
        self.sums[:, table] += self.like[person]
        self.table[person] = table

    def groups(self) -> list[list[int]]:
        return sorted(self._members(table).tolist() for table in range(self.tables))
