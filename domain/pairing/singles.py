"""Bars that name people: avoided, declined for good, in each other's line. A few for each mentee."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.ids import ParticipantId
from domain.matching_settings import HardRule
from domain.pairing.pool import Pair, Person, Pool
from domain.pairing.terms import Terms


class Singled:
    """Which mentors a mentee is barred from by name."""

    def __init__(self, mentors: Sequence[Person], pool: Pool, terms: Terms) -> None:
        wanted = terms.settings.hard_rules
        self._index = {mentor.id: at for at, mentor in enumerate(mentors)}
        self._in_line = HardRule.NOT_IN_REPORTING_LINE in wanted
        self._same_manager = HardRule.NOT_SAME_MANAGER in wanted
        people = tuple(enumerate(mentors))
        self._avoiding = _by((other, at) for at, mentor in people for other in mentor.avoided)
        self._managed = _by((boss, at) for at, mentor in people for boss in mentor.managers[:2])
        self._reporting = _by((boss, at) for at, mentor in people for boss in mentor.managers[:1])
        before = pool.matched_before if HardRule.NOT_MATCHED_BEFORE in wanted else frozenset()
        self._pairs = _by(self._known(pool.declined | before))

    def barred(self, mentee: Person) -> NDArray[np.intp]:
        return np.fromiter(set(self._barred(mentee)), np.intp)

    def _barred(self, mentee: Person) -> Iterator[int]:
        yield from self._of({mentee.id, *mentee.avoided})
        yield from self._avoiding.get(mentee.id, ())
        yield from self._pairs.get(mentee.id, ())
        if self._in_line:
            yield from self._of(mentee.managers[:2])
            yield from self._managed.get(mentee.id, ())
        if self._same_manager and mentee.managers:
            yield from self._reporting.get(mentee.managers[0], ())

    def _of(self, people: Iterable[ParticipantId]) -> Iterator[int]:
        return (self._index[person] for person in people if person in self._index)

    def _known(self, pairs: Iterable[Pair]) -> Iterator[tuple[UUID, int]]:
        return ((mentee, self._index[mentor]) for mentee, mentor in pairs if mentor in self._index)


def _by(held: Iterable[tuple[UUID, int]]) -> dict[UUID, list[int]]:
    gathered: dict[UUID, list[int]] = defaultdict(list)
    for person, at in held:
        gathered[person].append(at)
    return dict(gathered)
