"""A programme that is lived through day by day, told in the events of its streams: what reports are about."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from domain import enrollment as e
from domain import meeting as m
from domain import mentorship as r
from domain import participant as p
from domain import program as g
from domain.accountability_settings import AccountabilitySettings, Degree
from domain.event import DomainEvent
from domain.ids import (
    MeetingId,
    MentorshipId,
    ParticipantId,
    ProgramId,
    ProposalId,
    enrollment_id,
)
from domain.program_settings import (
    Capacity,
    EnrollmentSettings,
    Kind,
    RelationshipType,
    Side,
)
from domain.relationship import Member
from domain.store import Database, Store
from projections import catalogue, runner
from projections.projection import connect
from projections.reporting import Report, Row, Scope
from tests.projections.given import happened

GROWTH: Final = ProgramId(UUID(int=0x6A))
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair", cadence_days=14)
ENGINEERING, SALES, FINANCE = "Engineering", "Sales", "Finance"
BERLIN, PARIS = "Berlin", "Paris"


def day(month: int, number: int) -> datetime:
    """At noon, in 2023."""
    return datetime(2023, month, number, 12, tzinfo=UTC)


@dataclass
class Played:
    """What has happened so far; `pairs` knows who is in each relationship."""

    database: Database
    store: Store
    pairs: dict[MentorshipId, tuple[ParticipantId, ParticipantId]] = field(default_factory=dict)
    _ids: int = 0x1000

    def new(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def tell(self, stream: UUID, at: datetime, *events: DomainEvent) -> None:
        happened(self.store, stream, *events, at=at)

    def draft(self, at: datetime, degree: Degree = Degree.LIGHT, **rules: str) -> None:
        settings = EnrollmentSettings(capacity=Capacity(mentees_per_mentor=2, hours_a_month=2))
        limits = [g.AudienceLimited(role=Side(side), rule=rule) for side, rule in rules.items()]
        measures = g.AccountabilitySet(settings=AccountabilitySettings(degree=degree))
        types = g.RelationshipTypesSet(types=(PAIR,))
        drafted = (g.Drafted(name="Growth", purpose=None), types, g.EnrollmentConfigured(settings=settings))
        self.tell(GROWTH, at, *drafted, *limits, measures, g.Opened())

    def person(
        self,
        at: datetime,
        department: str,
        location: str = BERLIN,
        *,
        hours: int | None = None,
        said: dict[str, str] | None = None,
    ) -> ParticipantId:
        who = ParticipantId(self.new())
        self.tell(who, at, p.Registered(name="Somebody", source="hr"))
        self.moves(who, at, department, location)
        if hours is not None:
            self.tell(who, at, p.AvailabilitySet(hours_a_month=hours))
        if said:
            self.tell(who, at, p.ProfileDescribed(changed=("demographics",), demographics=said))
        return who

    def people(
        self, number: int, at: datetime, department: str, location: str = BERLIN, **said: str
    ) -> list[ParticipantId]:
        return [self.person(at, department, location, said=said) for _ in range(number)]

    def moves(self, who: ParticipantId, at: datetime, department: str, location: str) -> None:
        synced = p.RecordSynced(
            source="hr", changed=("department", "location"), department=department, location=location
        )
        self.tell(who, at, synced)

    def enrolls(self, who: ParticipantId, side: Side, at: datetime, approved: datetime | None = None) -> None:
        applied = e.Applied(program=GROWTH, participant=who, role=side)
        self.tell(enrollment_id(GROWTH, who), at, applied)
        self.tell(enrollment_id(GROWTH, who), approved or at, e.Approved())

    def of(self, who: ParticipantId, at: datetime, event: e.EnrollmentEvent) -> None:
        self.tell(enrollment_id(GROWTH, who), at, event)

    def pair(self, mentor: ParticipantId, mentee: ParticipantId, at: datetime) -> MentorshipId:
        mentorship, proposal = MentorshipId(self.new()), ProposalId(self.new())
        for who in (mentor, mentee):
            self.of(who, at, e.PlaceReserved(proposal=proposal, hours_a_month=2))
        members = (
            Member(participant=mentor, role=Side.MENTOR),
            Member(participant=mentee, role=Side.MENTEE),
        )
        began = r.Began(
            program=GROWTH,
            settings_version=1,
            type=PAIR,
            members=members,
            planned_end=date(2023, 12, 31),
            proposal=proposal,
        )
        self.tell(mentorship, at, began)
        self.pairs[mentorship] = (mentor, mentee)
        return mentorship

    def meets(self, mentorship: MentorshipId, at: datetime, minutes: int = 60) -> None:
        meeting, (mentor, mentee) = MeetingId(self.new()), self.pairs[mentorship]
        slot = m.Slot(starts_at=at - timedelta(hours=2), minutes=60)
        proposed = m.Proposed(mentorship=mentorship, by=mentor, slots=(slot,), time_zone="Europe/Berlin")
        held = m.Held(
            by=mentor,
            started_at=slot.starts_at,
            duration_minutes=minutes,
            attendance=(mentor, mentee),
        )
        self.tell(meeting, at - timedelta(days=1), proposed)
        self.tell(meeting, at, held)

    def ends(self, mentorship: MentorshipId, at: datetime, outcome: r.Outcome | None = None) -> None:
        """Without an outcome, early."""
        mentor, _ = self.pairs[mentorship]
        early = r.EndedEarly(by=mentor, reason=r.EndReason.NO_TIME, no_fault=False)
        self.tell(mentorship, at, early if outcome is None else r.Concluded(outcome=outcome))

    def ask(self, report: Report, as_of: datetime, **part: object) -> list[Row]:
        runner.catch_up(self.database, self.store, catalogue.ALL)
        scope = Scope(GROWTH, as_of, **part)  # type: ignore[arg-type]  # named as its fields
        with connect(self.database) as connection:
            return list(report.rows(connection, scope))


def rows_by_name(rows: list[Row]) -> dict[Any, Row]:
    return {row[0]: row[1:] for row in rows}


def value_of(rows: list[Row], figure: str) -> object:
    """Of the dashboard."""
    return rows_by_name(rows)[figure][2]
