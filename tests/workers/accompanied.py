"""Relationships that run, a clock that is moved, and whoever moves them on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID, uuid4

from domain import course, enrollment, participant
from domain.command import Command
from domain.enrollment import ENROLLMENT, PlaceReserved
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProposalId, mentorship_id
from domain.mentorship import MENTORSHIP, Began, Mentorship
from domain.profile import LeavingReason
from domain.program_settings import RelationshipType
from domain.store import Database, RecordedEvent, Store
from projections import programs, projection, relationships, runner
from projections.projection import connect
from tests.domain.related import FLASH, began, mentee, mentor
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.programs import PAIR
from tests.projections.given import happened
from tests.workers.wishing import CIRCLE, MENTORS, Clock
from workers.leader import Leader
from workers.mentorships import NAME, Mentorships

READ: Final = (programs.PROJECTION, relationships.PROJECTION)
LEFT: Final = participant.Left(reason=LeavingReason.LEFT_ORGANISATION)
WITHDRAWN: Final = enrollment.Withdrawn()


@dataclass(frozen=True)
class Companion:
    """Tells what happens to relationships, and moves them on."""

    database: Database
    store: Store
    clock: Clock

    def begun(
        self, kind: RelationshipType, *people: Person, since: tuple[DomainEvent, ...] = ()
    ) -> MentorshipId:
        """With everybody's place; mentors are who is one in the programme."""
        one = ProposalId(uuid4())
        for who in people:
            reserved = PlaceReserved(proposal=one, hours_a_month=2)
            happened(self.store, who.in_program(ONBOARDING), reserved)
        return self._begun(mentorship_id(one), kind, *people, since=since, proposal=one)

    def pair(self, *people: Person, since: tuple[DomainEvent, ...] = ()) -> MentorshipId:
        return self.begun(PAIR, *(people or (ADA, NOOR)), since=since)

    def circle(self) -> MentorshipId:
        return self.begun(CIRCLE, ADA, NOOR, SAM, OLA)

    def session(self) -> MentorshipId:
        """Outside any programme: Kim asks Lin."""
        outside = {"program": None, "settings_version": 0}
        id_ = MentorshipId(uuid4())
        happened(self.store, id_, began(FLASH, mentor(LIN), mentee(KIM), proposal=None, **outside))
        return id_

    def _begun(
        self, id_: MentorshipId, kind: RelationshipType, *people: Person, since: Any, **more: Any
    ) -> MentorshipId:
        members = (mentor(who) if who in MENTORS else mentee(who) for who in people)
        first: Began = began(kind, *members, **more)
        happened(self.store, id_, first, *since)
        return id_

    def goes(self, who: Person, event: DomainEvent = WITHDRAWN) -> None:
        """From the programme, or from the organisation."""
        stream: UUID = who.in_program(ONBOARDING) if event.event_name.startswith("enrollment.") else who.id
        happened(self.store, stream, event)

    def held(self, id_: MentorshipId) -> Mentorship:
        return self.store.load(MENTORSHIP.stream(id_)).state

    def became(self, id_: MentorshipId) -> list[RecordedEvent]:
        """Since it began."""
        return list(self.store.history(id_))[1:]

    def events(self, id_: MentorshipId) -> list[DomainEvent]:
        return [told.event for told in self.became(id_)]

    def holding(self) -> set[ParticipantId]:
        """Who has a place for anything."""
        cast = (ADA, KIM, LIN, NOOR, SAM, OLA)
        parts = {who: self.store.load(ENROLLMENT.stream(who.in_program(ONBOARDING))).state for who in cast}
        return {who.id for who, part in parts.items() if part.places}

    def resume(self, id_: MentorshipId) -> None:
        """By hand."""
        decision: Any = course.resume_in_time
        today = self.clock().date()
        self.store.act(Command(uuid4(), "tester"), MENTORSHIP.stream(id_), decision, today=today)

    def shown(self) -> None:
        runner.catch_up(self.database, self.store, READ)

    def move_on(self) -> None:
        """Until nothing is left to be done."""
        with connect(self.database) as connection:
            worker = Mentorships(connection, self.store, self.clock)
            while True:
                self.shown()
                if not worker.advance() and worker.position == self.store.head():
                    return


def parked(database: Database) -> list[tuple[UUID, str]]:
    (found,) = (status for status in projection.status(database) if status.name == NAME)
    return [(one.stream_id, one.reason) for one in found.parked]


@contextmanager
def accompanying(database: Database, store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Meanwhile, in a thread; somebody else keeps the read models."""
    stop = Event()
    leader = Leader(database, store, NAME, lambda connection, _: Mentorships(connection, store, clock))
    thread = Thread(target=leader.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
