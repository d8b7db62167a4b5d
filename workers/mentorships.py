"""Moves relationships on when nobody does: a pause ends on its day, and who has gone is in none any more.

Who has left the organisation is taken out of all relationships, who is out of a programme out of those in it.
A group that is large enough goes on; anything else ends, and that is nobody's fault. Each decision reads
everything as it is now. Taken again, by whomever, it decides nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid5

import psycopg

from domain import enrollment, participant, program
from domain.aggregate import Step
from domain.command import Command
from domain.course import resume_in_time
from domain.enrollment import ENROLLMENT
from domain.guards import same_archive
from domain.ids import MentorshipId, ParticipantId, enrollment_id
from domain.mentorship import MENTORSHIP, Mentorship, relationship
from domain.participant import PARTICIPANT
from domain.parting import Leaver, leaver, losing
from domain.program import PROGRAM, Program
from domain.program_settings import Settings, Stage
from domain.relationship import RUNNING, Relationship
from domain.store import RecordedEvent, Store
from projections import parking
from projections.projection import parked_streams
from workers.causes import Causes, Following
from workers.clock import utc_now
from workers.tasks import BATCH, Task, by_rule, in_batches, last_of, persist, walk, work_off

NAME: Final = "accompanying"
READ: Final = ("programs", "relationships")

CAUSES: Final = frozenset(
    kind.event_name
    for kind in (participant.Left, participant.Erased, enrollment.Withdrawn, enrollment.Removed)
)
"""Somebody goes. Who leaves, or is outside an audience, is withdrawn or removed as well."""

# What could not be dealt with is tried again when the next process begins, not all the time. What a read
# model has set aside seems to be paused there, whatever has become of it.
DUE: Final = """
SELECT m.mentorship_id
  FROM mentorships m LEFT JOIN programs p USING (program_id)
 WHERE m.state = 'paused' AND m.paused_until <= %(today)s AND p.state IS DISTINCT FROM 'archived'
   AND NOT EXISTS (SELECT FROM parked_streams s
                    WHERE s.projection = ANY (%(names)s) AND s.stream_id IN (m.mentorship_id, m.program_id))
 ORDER BY m.paused_until, m.mentorship_id LIMIT %(limit)s
"""
CONCERNED: Final = """
SELECT w.mentorship_id, w.participant_id
  FROM mentorship_members w JOIN mentorships m USING (mentorship_id)
 WHERE w.participant_id = ANY (%(gone)s) AND w.left_at IS NULL AND m.state IN ('running', 'paused')
UNION
SELECT w.mentorship_id, e.enrollment_id
  FROM enrollments e
  JOIN mentorship_members w ON w.participant_id = e.participant_id AND w.program_id = e.program_id
  JOIN mentorships m ON m.mentorship_id = w.mentorship_id
 WHERE e.enrollment_id = ANY (%(gone)s) AND w.left_at IS NULL AND m.state IN ('running', 'paused')
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A relationship as the log has it, and the programme that it belongs to, if any."""

    held: Mentorship
    version: int
    within: Relationship

    @property
    def rests(self) -> bool:
        """Nothing becomes of it any more."""
        return self.held.status not in RUNNING or self.within.archived


class Mentorships(Following):
    """Follows the log as far as the read models do: who is in which relationship is told there."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(Causes(connection, store, NAME, CAUSES, READ))
        self._now = now

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        yield from walk(self._causes, self._asked_for, self._due)

    def _due(self) -> list[Task]:
        today = self._now().date()
        asked = {"today": today, "names": [NAME, *READ], "limit": BATCH}
        found = [MentorshipId(id_) for (id_,) in self.connection.execute(DUE, asked)]
        return [Task(id_, self.position, partial(self._resume, id_, today)) for id_ in found]

    def _asked_for(self, page: Sequence[RecordedEvent]) -> Iterator[Sequence[Task]]:
        return in_batches(self._concerned(last_of(page, CAUSES)))

    def _concerned(self, causes: Mapping[UUID, RecordedEvent]) -> list[Task]:
        """Of each relationship that somebody has gone from, by what happened last."""
        found = self.connection.execute(CONCERNED, {"gone": list(causes)}).fetchall()
        found.sort(key=lambda row: causes[row[1]].position)
        last = {MentorshipId(id_): causes[by] for id_, by in found}
        return [self._to_settle(id_, cause) for id_, cause in last.items()]

    def _to_settle(self, id_: MentorshipId, cause: RecordedEvent) -> Task:
        return Task(id_, cause.position, partial(self._settle, id_, cause))

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            id_ = MentorshipId(parked.stream_id)
            (cause,) = self._store.page(max(parked.position - 1, 0), 1)
            late = Task(id_, parked.position, partial(self._resume, id_, self._now().date()))
            if work_off(NAME, self.connection, [self._to_settle(id_, cause), late]):
                parking.release(self.connection, NAME, id_)
            yield True

    def _resume(self, id_: MentorshipId, today: date) -> None:
        found = self._found(id_)
        if found.rests or not resume_in_time(found.held, today=today):
            return
        command = Command(uuid5(id_, f"{NAME} resume {found.version}"), NAME, cause="timer")
        resumes = Step(MENTORSHIP.stream(id_), resume_in_time, {"today": today})
        self._store.act_together(command, resumes, *_unarchived(found.within))

    def _settle(self, id_: MentorshipId, cause: RecordedEvent) -> None:
        """Without those who are gone, by everything as it is now and still is then."""

        def attempt() -> None:
            found = self._found(id_)
            if not found.rests and (gone := self._gone(found)):
                parting = losing(found.within, found.held, gone)
                self._store.act_together(by_rule(NAME, id_, cause), *parting)

        persist(attempt)

    def _found(self, id_: MentorshipId) -> Found:
        loaded = self._store.load(MENTORSHIP.stream(id_))
        held: Mentorship = loaded.state
        program_id = held.began.program if held.began else None
        state = self._store.load(PROGRAM.stream(program_id)).state if program_id else Program()
        settings = program.settings_at(state, held.settings_version) if program_id else Settings()
        archived = state.stage is Stage.ARCHIVED
        return Found(held, loaded.version, relationship(held, id_, settings, archived=archived))

    def _gone(self, found: Found) -> dict[ParticipantId, Leaver]:
        members, program_id = found.held.members, found.within.program
        persons = {who: PARTICIPANT.stream(who) for who in members}
        parts = {who: ENROLLMENT.stream(enrollment_id(program_id, who)) for who in members if program_id}
        loaded = self._store.load_all([*persons.values(), *parts.values()])
        gone = {}
        for who, side in members.items():
            part = loaded[parts[who].id].state if who in parts else None
            if one := leaver(loaded[persons[who].id].state, part, side):
                gone[who] = one
        return gone


def _unarchived(within: Relationship) -> Sequence[Step]:
    if within.program is None:
        return ()
    return (Step(PROGRAM.stream(within.program), same_archive, {"archived": False}, guard=True),)
