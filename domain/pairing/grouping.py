"""Grouping: mentees to hosts, co-hosts to groups, and whom no host took to groups of peers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from domain.matching_settings import HardRule, Objective
from domain.pairing import locks
from domain.pairing.compiled import Compiled
from domain.pairing.grid import Grid
from domain.pairing.hosting import Guests, Hosting
from domain.pairing.lots import drawn_order
from domain.pairing.market import IndexPair
from domain.pairing.peers import circles, likeness
from domain.pairing.pool import Pair, Person
from domain.pairing.seating import NOWHERE

PEERS_AT_ONCE: Final = 2_000
"""Beyond so many, circles are sought within parts of the pool: of people whose clocks and languages are
near.
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Indices into the compiled pool; the first of `mentors` is the host."""

    mentors: tuple[int, ...]
    mentees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """`dissolved` are people whose group closed and who found no other, `closed` the hosts of such groups."""

    groups: tuple[Group, ...]
    dissolved: frozenset[int]
    closed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Decided:
    """What an administrator decided beforehand, by index."""

    locked: frozenset[IndexPair]
    forbidden: frozenset[IndexPair]

    @classmethod
    def of(cls, compiled: Compiled, locked: frozenset[Pair], forbidden: frozenset[Pair]) -> "Decided":
        """Raises a Refusal where a locked pair cannot stand; a host has as many places as a group holds."""
        pairs = frozenset[IndexPair]().union(
            *(locks.accepted(compiled, frozenset({pair}), forbidden) for pair in locked)
        )
        kind = compiled.terms.type
        for side, most in enumerate((kind.mentors.most, kind.mentees.most)):
            if any(count > most for count in Counter(pair[side] for pair in pairs).values()):
                raise locks.LockedPairsNeedMorePlaces(places=most)
        return cls(pairs, locks.known(compiled, forbidden))


def grouped(grid: Grid, seed: int, decided: Decided) -> Grouped:
    compiled = grid.compiled
    kind = compiled.terms.type
    hosting = _hosted(grid, seed, decided)
    found = _with_cohosts(hosting, grid, kind.mentors.least, kind.mentors.most, decided)
    if kind.mentors.least:
        return Grouped(tuple(found), *_dissolved(hosting))
    rest = np.flatnonzero((hosting.table < 0) & (compiled.mentee_places > 0)).tolist()
    found += _peers(grid, rest, seed)
    return Grouped(tuple(found), *_dissolved(hosting))


def _dissolved(hosting: Hosting) -> tuple[frozenset[int], frozenset[int]]:
    had = hosting.at_first != NOWHERE
    hosts = np.unique(hosting.at_first[had])
    return (
        frozenset(np.flatnonzero(had & (hosting.table == NOWHERE)).tolist()),
        frozenset(hosts[~hosting.open[hosts]].tolist()),
    )


def _hosted(grid: Grid, seed: int, decided: Decided) -> Hosting:
    settings, kind = grid.compiled.terms.settings, grid.compiled.terms.type
    by_score = settings.objective is Objective.SCORE_FIRST
    guests = Guests(
        grid=grid,
        seed=seed,
        minimum=settings.minimum_score if by_score else 0,
        forbidden=decided.forbidden,
        locked=dict(sorted(decided.locked, reverse=True)),
    )
    hosting = Hosting(guests, kind.mentees, everybody=not by_score)
    hosting.solve(lambda done, of: grid.tell("groups", done, of))
    return hosting


def _with_cohosts(hosting: Hosting, grid: Grid, least: int, most: int, decided: Decided) -> list[Group]:
    """Groups that lack a mentor they must have close, the smallest first, until there are enough for the
    rest.
    """
    while True:
        company = _cohosts(hosting, grid, most, decided)
        lacking = [host for host in hosting.hosts() if len(company[host]) < least]
        if not lacking:
            break
        sizes = hosting.sizes()
        hosting.close_for_good(
            min(lacking, key=lambda host: (hosting.last[host], sizes[host], hosting.order[host]))
        )
        hosting.solve(lambda done, of: grid.tell("groups", done, of))
    return [Group(company[host], tuple(hosting.members(host).tolist())) for host in hosting.hosts()]


def _cohosts(hosting: Hosting, grid: Grid, most: int, decided: Decided) -> dict[int, tuple[int, ...]]:
    """One co-host more for each group in turn, as the mean scores with all its members assign them."""
    hosts = hosting.hosts()
    company: dict[int, tuple[int, ...]] = {host: (host,) for host in hosts}
    if most == 1 or not hosts:
        return company
    free = sorted(set(np.flatnonzero(grid.compiled.mentor_places > 0).tolist()) - set(hosts))
    worth = np.array([_worth(hosting, grid, host, decided)[free] for host in hosts])
    for _ in range(most - 1):
        rows, columns = linear_sum_assignment(worth, maximize=True)
        taken = [(row, column) for row, column in zip(rows, columns, strict=True) if worth[row, column] >= 0]
        for row, column in taken:
            company[hosts[row]] += (free[column],)
            worth[:, column] = _NEVER
    return company


_NEVER: Final = -(10**9)
_LOCKED: Final = 10**6


def _worth(hosting: Hosting, grid: Grid, host: int, decided: Decided) -> NDArray[np.int64]:
    """Of every mentor as a co-host: the mean score with the members; never, where one of them is barred."""
    members = hosting.members(host).tolist()
    rows = np.array([grid.row(mentee) for mentee in members], dtype=np.int64)
    mean = np.where((rows >= 0).all(axis=0), rows.sum(axis=0) // len(members), _NEVER)
    for mentee, mentor in decided.forbidden:
        if mentee in members:
            mean[mentor] = _NEVER
    for mentee, mentor in decided.locked:
        if mentee in members and mean[mentor] >= 0:
            mean[mentor] += _LOCKED
    return mean


def _peers(grid: Grid, people: Sequence[int], seed: int) -> list[Group]:
    """Compiled again they keep their order, which is that of ids."""
    found: list[Group] = []
    compiled, parts = grid.compiled, _parts(grid.compiled, people, seed)
    for done, part in enumerate(parts):
        grid.tell("circles", done, len(parts))
        everybody = peers(compiled, [compiled.mentees[one] for one in part])
        like = likeness(everybody.scores(np.arange(len(part))))
        ranks = drawn_order(seed, everybody.mentees)
        seated = circles(like, ranks, compiled.terms.type.mentees)
        found += [Group((), tuple(part[one] for one in circle)) for circle in seated]
    return found


def peers(compiled: Compiled, people: Sequence[Person]) -> Compiled:
    """The same people on both sides, by the same criteria; what only sets mentors above mentees does not
    count.
    """
    settings = compiled.terms.settings
    rules = tuple(rule for rule in settings.hard_rules if rule is not HardRule.MENTOR_IS_SENIOR)
    terms = replace(
        compiled.terms, settings=settings.model_copy(update={"hard_rules": rules, "pair_rules": ()})
    )
    here = {person.id for person in people}
    # a list that names mentors only says nothing about peers
    both = tuple(
        replace(person, wished=tuple(one for one in person.wished if one in here)) for person in people
    )
    return Compiled(replace(compiled.pool, mentees=both, mentors=both), terms)


def _parts(compiled: Compiled, people: Sequence[int], seed: int) -> list[list[int]]:
    count = -(-len(people) // PEERS_AT_ONCE)
    if count < 2:
        return [list(people)] if people else []
    drawn = drawn_order(seed, [compiled.mentees[one] for one in people]).tolist()
    near = sorted(
        zip(people, drawn, strict=True), key=lambda one: (*_whereabouts(compiled.mentees[one[0]]), one[1])
    )
    return [sorted(one for one, _ in part) for part in _split(near, count)]


def _whereabouts(person: Person) -> tuple[int, tuple[str, ...]]:
    return person.utc_offset or 0, tuple(sorted(person.languages))


def _split(listed: Sequence[tuple[int, int]], count: int) -> list[Sequence[tuple[int, int]]]:
    cuts = [len(listed) * at // count for at in range(count + 1)]
    return [listed[begin:end] for begin, end in pairwise(cuts)]
