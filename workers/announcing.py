"""Tells everybody in a programme what is announced there: each person once, in their own notifications.

Whoever was in when it was announced, and is still when it is told. Told again, by whomever, it tells nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

import psycopg

from domain import notification
from domain.ids import NotificationId, ParticipantId, ProgramId, notification_id
from domain.notification import NOTIFICATION, Sent
from domain.occasions import Occasion
from domain.program import AnnouncementMade
from domain.store import RecordedEvent, Store
from projections import parking, programs
from projections.projection import parked_streams
from workers.causes import Causes, Following
from workers.tasks import Task, by_rule, in_batches, walk, work_off

NAME: Final = "announcing"
READ: Final = (programs.PROJECTION.name,)
CAUSES: Final = frozenset({AnnouncementMade.event_name})

CONCERNED: Final = """
SELECT e.participant_id, g.settings_version
  FROM programs g JOIN enrollments e ON e.program_id = g.program_id
 WHERE g.program_id = %(program)s AND e.state IN ('approved', 'paused') AND e.decided_at <= %(at)s
   AND (%(side)s::text IS NULL OR e.role = %(side)s)
 ORDER BY e.enrollment_id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is to be told."""

    id: NotificationId
    sent: Sent


class Announcing(Following):
    """Follows the log as far as the read model does: who is in which programme is told there."""

    def __init__(self, connection: psycopg.Connection, store: Store) -> None:
        super().__init__(Causes(connection, store, NAME, CAUSES, READ))

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        yield from walk(self._causes, self._asked_for)

    def _asked_for(self, page: Sequence[RecordedEvent]) -> Iterator[Sequence[Task]]:
        for cause in page:
            yield from in_batches([self._task(told, cause) for told in self._concerned(cause)])

    def _concerned(self, cause: RecordedEvent) -> list[Told]:
        made, program = cause.event, ProgramId(cause.stream_id)
        assert isinstance(made, AnnouncementMade)  # noqa: S101 CAUSES are nothing else
        asked = {"program": program, "at": cause.recorded_at, "side": made.side}
        found = self.connection.execute(CONCERNED, asked).fetchall()
        return [_told(made, program, version, ParticipantId(person)) for person, version in found]

    def _task(self, told: Told, cause: RecordedEvent) -> Task:
        return Task(told.id, cause.position, partial(self._tell, told, cause))

    def _tell(self, told: Told, cause: RecordedEvent) -> None:
        command = by_rule(NAME, told.id, cause)
        self._store.act(command, NOTIFICATION.stream(told.id), notification.send, sent=told.sent)

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            (cause,) = self._store.page(parked.position - 1, 1)
            concerned = [told for told in self._concerned(cause) if told.id == parked.stream_id]
            if work_off(NAME, self.connection, [self._task(told, cause) for told in concerned]):
                parking.release(self.connection, NAME, parked.stream_id)
            yield True


def _told(made: AnnouncementMade, program: ProgramId, version: int, to: ParticipantId) -> Told:
    about: UUID = made.announcement
    sent = Sent(to=to, occasion=Occasion.ANNOUNCEMENT, about=about, program=program, settings_version=version)
    return Told(notification_id(about, Occasion.ANNOUNCEMENT, to), sent)
