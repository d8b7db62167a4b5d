"""Holds enrollments to their rules: a person changes, or an audience, and who may be in is decided anew.

Each decision reads the person, the programme and the enrollment as they are now, and is recorded only
while they are so. Taken again, by whomever, it decides nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from psycopg.rows import class_row

from domain import enrollment, participant, program
from domain.aggregate import Stream
from domain.enrollment import ENROLLMENT, Applied, Invited
from domain.guards import StillChanging, same_facts, same_terms
from domain.ids import EnrollmentId, ParticipantId, ProgramId
from domain.participant import PARTICIPANT
from domain.profile import AUDIENCE_FIELDS
from domain.program import PROGRAM, AudienceLimited
from domain.refusal import Refusal
from domain.store import Conflict, EventUnreadable, Loaded, RecordedEvent, Step, Store, SubjectForgotten
from projections import parking, programs
from projections.projection import parked_streams
from workers.causes import Causes, Following
from workers.tasks import by_rule

NAME: Final = "membership"
BATCH: Final = 250
CALLERS: Final = 8
ATTEMPTS: Final = 5

CAUSES: Final = frozenset(
    kind.event_name
    for kind in (
        participant.RecordSynced,
        participant.ProfileDescribed,
        participant.CompetencyOffered,
        participant.CompetencyOfferWithdrawn,
        participant.CompetencySought,
        participant.CompetencyNoLongerSought,
        participant.AvailabilitySet,
        participant.ListedAsExpert,
        participant.UnlistedAsExpert,
        participant.Left,
        participant.Erased,
        AudienceLimited,
    )
)
"""What can put somebody outside. Registering and returning cannot."""
FIELDS: Final = AUDIENCE_FIELDS.keys() | {"manager"}

ENROLLED: Final = """
SELECT enrollment_id AS enrollment, program_id AS program, participant_id AS person
  FROM enrollments
 WHERE participant_id = ANY (%(changed)s)
   AND state IN ('invited', 'applied', 'information_requested', 'waitlisted', 'approved', 'paused')
UNION
SELECT enrollment_id, program_id, participant_id
  FROM enrollments
 WHERE program_id = ANY (%(changed)s)
   AND state IN ('invited', 'applied', 'information_requested', 'waitlisted', 'approved', 'paused')
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in a programme, and what decides about it."""

    enrollment: EnrollmentId
    program: ProgramId
    person: ParticipantId

    @property
    def streams(self) -> tuple[Stream[Any], ...]:
        return (
            ENROLLMENT.stream(self.enrollment),
            PROGRAM.stream(self.program),
            PARTICIPANT.stream(self.person),
        )

    def rules(self, loaded: Mapping[UUID, Loaded[Any]]) -> dict[str, Any]:
        return {
            "program": program.terms(loaded[self.program].state, self.program),
            "person": participant.facts(loaded[self.person].state, self.person),
        }

    def steps(self, loaded: Mapping[UUID, Loaded[Any]]) -> tuple[Step, ...]:
        own, program_, person = self.streams
        rules = self.rules(loaded)
        return (
            Step(own, enrollment.recheck, rules),
            Step(program_, same_terms, {"terms": rules["program"]}, guard=True),
            Step(person, same_facts, {"facts": rules["person"]}, guard=True),
        )

    def ends(self, loaded: Mapping[UUID, Loaded[Any]]) -> bool:
        return bool(enrollment.recheck(loaded[self.enrollment].state, **self.rules(loaded)))


class Membership(Following):
    """Follows the log only as far as the roster does: whoever was in before a change is found there."""

    def __init__(self, connection: psycopg.Connection, store: Store) -> None:
        super().__init__(Causes(connection, store, NAME, CAUSES, [programs.PROJECTION.name]))

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        while True:
            reached, page = self._causes.page()
            causes = {recorded.stream_id: recorded for recorded in page if _matters(recorded)}
            if causes:
                for parts in self._concerned(causes):
                    self._hold(parts, causes)
                    yield True
            yield self._causes.move_on(reached)

    def _concerned(self, causes: Mapping[UUID, RecordedEvent]) -> Iterator[list[Part]]:
        """One query, however many they are, read piece by piece."""
        with self.connection.cursor(NAME, row_factory=class_row(Part), withhold=True) as enrolled:
            enrolled.execute(ENROLLED, {"changed": list(causes)})
            while parts := enrolled.fetchmany(BATCH):
                yield parts
        yield [part for part in self._missing_in_roster() if causes.keys() & {part.person, part.program}]

    def _missing_in_roster(self) -> Iterator[Part]:
        """What the roster could not apply, it may not show, or not as it is."""
        for stream in sorted(parking.parked(self.connection, programs.PROJECTION.name)):
            if part := self._part(stream):
                yield part

    def _part(self, stream: UUID) -> Part | None:
        """Every enrollment begins with an invitation or an application, which say whose part it is."""
        first = next(self._store.history(stream), None)
        try:
            event = first.event if first else None
        except EventUnreadable:
            return None
        if not isinstance(event, Invited | Applied):
            return None
        return Part(EnrollmentId(stream), event.program, event.participant)

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be decided before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            (cause,) = self._store.page(parked.position - 1, 1)
            part = self._part(parked.stream_id)
            if part and self._hold([part], {part.person: cause}):
                parking.release(self.connection, NAME, parked.stream_id)
            yield True

    def _hold(self, parts: Sequence[Part], causes: Mapping[UUID, RecordedEvent]) -> bool:
        """Whether all could be decided about; whoever could not is parked."""
        suspects = [(part, _cause(part, causes)) for part in self._suspects(parts)]
        if not suspects:
            return True
        with ThreadPoolExecutor(CALLERS, thread_name_prefix=NAME) as callers:
            faults = list(callers.map(self._try_to_settle, suspects))
        for (part, cause), fault in zip(suspects, faults, strict=True):
            if fault is not None:
                self._park(part, cause, fault)
        failed = len(faults) - faults.count(None)
        log.info("membership.held", looked_at=len(parts), settled=len(faults) - failed, parked=failed)
        return failed == 0

    def _suspects(self, parts: Sequence[Part]) -> Sequence[Part]:
        """Whose part has to end. All of them, where one cannot be read: each is then looked at alone."""
        streams = {stream.id: stream for part in parts for stream in part.streams}
        try:
            loaded = self._store.load_all(list(streams.values()))
            return [part for part in parts if part.ends(loaded)]
        except Exception as error:
            if not parking.is_poison(error):
                raise
            return parts

    def _try_to_settle(self, suspect: tuple[Part, RecordedEvent]) -> Exception | None:
        """The fault that lies in the streams themselves; what passes is raised, and all is tried again."""
        try:
            self._settle(*suspect)
        except (StillChanging, Conflict):
            raise
        except Exception as error:
            if not parking.is_poison(error):
                raise
            return error
        return None

    def _settle(self, part: Part, cause: RecordedEvent) -> None:
        """Forgotten in between, somebody reads as erased the next time: a leaver, of whom nothing is said."""
        lost: Refusal = StillChanging()
        for _ in range(ATTEMPTS):
            loaded = self._store.load_all(part.streams)
            if not part.ends(loaded):
                return
            try:
                self._store.act_together(by_rule(NAME, part.enrollment, cause), *part.steps(loaded))
            except (StillChanging, SubjectForgotten, Conflict) as refusal:
                lost = refusal
                continue
            return
        raise lost

    def _park(self, part: Part, cause: RecordedEvent, fault: Exception) -> None:
        reason, stream, position = parking.reason_of(fault), part.enrollment, cause.position
        log.warning("membership.parked", stream=str(stream), position=position, reason=reason)
        parking.park(self.connection, NAME, stream, position, reason)


def _matters(recorded: RecordedEvent) -> bool:
    """What cannot be read may matter."""
    try:
        event = recorded.event
    except EventUnreadable:
        return True
    if isinstance(event, participant.RecordSynced | participant.ProfileDescribed):
        return not FIELDS.isdisjoint(event.changed)
    return True


def _cause(part: Part, causes: Mapping[UUID, RecordedEvent]) -> RecordedEvent:
    """The last one: a later change is another command, whatever the first one has brought about."""
    of_both = (causes[of] for of in (part.person, part.program) if of in causes)
    return max(of_both, key=lambda recorded: recorded.position)
