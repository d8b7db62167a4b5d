"""Relationships in which nobody does anything, and whoever looks what is due."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain.accountability_settings import AccountabilitySettings, Degree
from domain.event import DomainEvent
from domain.ids import MentorshipId
from domain.meeting import Held, Proposed, Slot
from domain.mentorship import Began
from domain.program import AccountabilitySet, AgreementSet, CommunicationsSet, Drafted, PlanSet
from domain.program_settings import (
    AgreementSettings,
    CommunicationsSettings,
    Milestone,
    PlanSettings,
    Reminder,
)
from domain.store import Database, Store
from projections import catalogue, due, due_surveys, runner
from projections.due import Found
from projections.projection import connect
from tests.domain.related import mentee, mentor
from tests.people import ADA, KIM, NOOR, ONBOARDING, SAM, Person
from tests.programs import OPENED, PAIR
from tests.projections.given import happened

READ: Final = tuple(one for one in catalogue.ALL if one.name in due.READ)
START: Final = datetime(2030, 1, 1, 9, tzinfo=UTC)
US: Final = MentorshipId(UUID(int=0x05))
AGREED: Final = AgreementSettings(required=True, text="We meet every other week.")
PLAN: Final = PlanSettings(
    milestones=(
        Milestone(id="plan", title="A plan", due_day=60),
        Milestone(id="goals", title="Goals are set", due_day=10),
    )
)
EVERYBODY: Final = frozenset({ADA.id, NOOR.id})


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def programme(
    degree: Degree = Degree.STANDARD,
    *ladders: Reminder,
    agreement: AgreementSettings = AGREED,
    plan: PlanSettings = PLAN,
    **accountability: Any,
) -> tuple[DomainEvent, ...]:
    followed = AccountabilitySettings(degree=degree, **accountability)
    terms = (
        AgreementSet(settings=agreement),
        PlanSet(settings=plan),
        CommunicationsSet(settings=CommunicationsSettings(reminders=ladders)),
        AccountabilitySet(settings=followed),
    )
    drafted, *opened = OPENED
    assert isinstance(drafted, Drafted)
    return (drafted, *terms, *opened)


@dataclass(frozen=True)
class Undone:
    """Ada mentors Noor since the first day; Sam facilitates, Kim administers."""

    database: Database
    store: Store
    seen: list[int] = field(default_factory=lambda: [-1], kw_only=True)
    """Up to where it is shown."""

    def begins(self, *terms: DomainEvent, mentorship: MentorshipId = US, at: float = 0, **more: Any) -> None:
        happened(self.store, ONBOARDING, *(terms or programme()), at=day(-30))
        for who in (ADA, NOOR, SAM, KIM):
            happened(self.store, who.id, who.registered, at=day(-30))
        self.pair(mentorship, at, **more)

    def pair(self, mentorship: MentorshipId = US, at: float = 0, **more: Any) -> None:
        fields = {"program": ONBOARDING, "settings_version": 1, "planned_end": date(2031, 1, 1), **more}
        began = Began(type=PAIR, members=(mentor(ADA), mentee(NOOR)), **fields)
        happened(self.store, mentorship, began, at=day(at))

    def lives(self, at: float, *events: DomainEvent, stream: UUID = US) -> None:
        happened(self.store, stream, *events, at=day(at))

    def meets(self, at: float, meeting: UUID, by: Person = ADA) -> None:
        """For half an hour; it is recorded at once."""
        slot = Slot(starts_at=day(at), minutes=30)
        proposed = Proposed(mentorship=US, by=by.id, slots=(slot,), time_zone="UTC")
        held = Held(by=by.id, started_at=day(at), duration_minutes=30, attendance=(ADA.id, NOOR.id))
        happened(self.store, meeting, proposed, held, at=day(at))

    def shown(self) -> None:
        if self.seen != [head := self.store.head()]:
            runner.catch_up(self.database, self.store, READ)
            self.seen[0] = head

    def found(self, now: float, limit: int = 100) -> list[Found]:
        self.shown()
        with connect(self.database) as connection:
            return due.reminders(connection, due.asked(day(now), limit))

    def due(self, now: float) -> dict[tuple[str, str], frozenset[UUID]]:
        """Whom to remind of what."""
        told: dict[tuple[str, str], frozenset[UUID]] = {}
        for one in self.found(now):
            key = (one.occasion, one.detail)
            told[key] = told.get(key, frozenset()) | {one.to_id}
        return told

    def silent(self, now: float) -> list[MentorshipId]:
        self.shown()
        with connect(self.database) as connection:
            return [one.mentorship_id for one in due.silent(connection, due.asked(day(now), 100))]

    def to_ask(self, now: float) -> list[tuple[str, MentorshipId]]:
        self.shown()
        with connect(self.database) as connection:
            found = due_surveys.to_ask(connection, due.asked(day(now), 100))
        return [(one.kind, one.mentorship_id) for one in found]
