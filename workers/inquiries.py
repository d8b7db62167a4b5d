"""Closes the questions of whoever has left: nobody waits for an answer that cannot come.

Each decision reads everything as it is now. Taken again, by whomever, it decides nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final
from uuid import UUID

import psycopg

from domain import inquiry, participant
from domain.aggregate import Step
from domain.guards import same_person
from domain.ids import InquiryId
from domain.inquiry import INQUIRY
from domain.participant import PARTICIPANT, Status
from domain.store import RecordedEvent, Store
from projections import inquiries, parking
from projections.projection import parked_streams
from workers.causes import Causes, Following
from workers.tasks import Task, by_rule, in_batches, last_of, persist, walk, work_off

NAME: Final = "consulting"
READ: Final = (inquiries.PROJECTION.name,)
CAUSES: Final = frozenset(kind.event_name for kind in (participant.Left, participant.Erased))

CONCERNED: Final = """
SELECT i.inquiry_id, g.person
  FROM unnest(%(gone)s::uuid[]) AS g (person)
  JOIN inquiries i ON g.person IN (i.asker_id, i.expert_id)
 WHERE i.state IN ('waiting', 'answered')
"""


class Inquiries(Following):
    """Follows the log as far as the read model does: whose questions are open is told there."""

    def __init__(self, connection: psycopg.Connection, store: Store) -> None:
        super().__init__(Causes(connection, store, NAME, CAUSES, READ))

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        yield from walk(self._causes, self._asked_for)

    def _asked_for(self, page: Sequence[RecordedEvent]) -> Iterator[Sequence[Task]]:
        return in_batches(self._concerned(last_of(page, CAUSES)))

    def _concerned(self, causes: Mapping[UUID, RecordedEvent]) -> list[Task]:
        found = self.connection.execute(CONCERNED, {"gone": list(causes)}).fetchall()
        found.sort(key=lambda row: causes[row[1]].position)
        last = {InquiryId(id_): causes[by] for id_, by in found}
        return [self._to_close(id_, cause) for id_, cause in last.items()]

    def _to_close(self, id_: InquiryId, cause: RecordedEvent) -> Task:
        return Task(id_, cause.position, partial(self._close, id_, cause))

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            (cause,) = self._store.page(parked.position - 1, 1)
            if work_off(NAME, self.connection, [self._to_close(InquiryId(parked.stream_id), cause)]):
                parking.release(self.connection, NAME, parked.stream_id)
            yield True

    def _close(self, id_: InquiryId, cause: RecordedEvent) -> None:
        def attempt() -> None:
            if gone := self._gone(id_):
                closing = Step(INQUIRY.stream(id_), inquiry.let_go)
                self._store.act_together(by_rule(NAME, id_, cause), closing, *gone)

        persist(attempt)

    def _gone(self, id_: InquiryId) -> list[Step]:
        """Guards that whoever of the two is not there stays away."""
        asked = self._store.load(INQUIRY.stream(id_)).state.asked
        people = [PARTICIPANT.stream(who) for who in (asked.by, asked.expert)] if asked else []
        loaded = self._store.load_all(people)
        return [
            Step(who, same_person, {"held": loaded[who.id].state}, guard=True)
            for who in people
            if loaded[who.id].state.status is not Status.ACTIVE
        ]
