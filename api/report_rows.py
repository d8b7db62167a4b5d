"""The lines of a programme's reports as the API shows them; null, and `suppressed`, where few people are."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Optional
from uuid import UUID

import strawberry

from api.context import Info
from api.loading import load
from api.match_fairness import GroupAnswer
from projections.report_equity import MEASURES, Told
from projections.report_figures import Beside
from projections.report_lists import Worry
from projections.reporting import SUPPRESSED, Report, Row

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

BEFORE: Final = "The same as of compareTo; null without it, and where there was none."
HIDDEN: Final = "What would tell of fewer than five people, also by subtraction, is null."


@strawberry.type(description="A key figure, what it is made of, and what it was before.")
class ReportFigure:
    key: str
    title: str
    unit: str = strawberry.field(description="share from 0 to 1, count, score, days or hours.")
    value: float | None
    previous: float | None = strawberry.field(description="As of compareTo.")
    change: float | None
    n: int | None = strawberry.field(description="Of how many people, relationships or things.")
    target: float | None
    reached: bool | None
    suppressed: bool = strawberry.field(description=HIDDEN)


@strawberry.type(description="How many people have come so far.")
class FunnelStage:
    stage: str
    title: str
    people: int | None
    of_before: float | None = strawberry.field(description="The share of the stage that it follows.")
    of_first: float | None = strawberry.field(description="The share of all who could take part.")
    median_days: float | None = strawberry.field(description="From the stage that it follows.")
    p90_days: float | None
    suppressed: bool = strawberry.field(description=HIDDEN)


@strawberry.type(description="Relationships that began in one quarter.")
class CohortFigures:
    cohort: str = strawberry.field(description="As 2026-Q1.")
    relationships: int | None
    open_relationships: int | None
    concluded: int | None
    ended_early: int | None
    early_closure: float | None
    health: float | None
    at_risk: int | None
    meeting_cadence: float | None
    session_completion: float | None
    check_in_rate: float | None
    goal_progress: float | None
    milestones_on_time: float | None
    learning_completion: float | None
    response_time: float | None
    satisfaction: float | None
    hours_mentored: float | None
    suppressed: bool = strawberry.field(description=HIDDEN)


async def _mentorship(root: Any, info: Info) -> Any:
    return await load(info, "Mentorship", root.mentorship_id)


async def _mentor(root: Any, info: Info) -> Any:
    return await load(info, "Participant", root.mentor)


OfMentorship = Annotated["Mentorship", strawberry.lazy("api.mentorship")]


@strawberry.type(description="A relationship that needs somebody's look, and why.")
class RelationshipAtRisk:
    verdict: str = strawberry.field(description="at_risk or needs_check_in.")
    health: int
    days_since_activity: float
    reasons: list[str]
    previous_health: int | None = strawberry.field(
        description="As of compareTo; null where it was too early."
    )
    previous_verdict: str | None = strawberry.field(description="Also on_track or too_early.")
    mentorship_id: strawberry.Private[UUID]

    mentorship: OfMentorship | None = strawberry.field(resolver=_mentorship)


@strawberry.type(description="What one mentor offers and carries.")
class MentorLoad:
    capacity: int
    places_taken: int
    places_free: int
    relationships: int = strawberry.field(description="Those under way.")
    hours: float = strawberry.field(description="Since the beginning of the period.")
    open_requests: int
    mentor: strawberry.Private[UUID]
    previous: Optional["MentorLoad"] = strawberry.field(default=None, description=BEFORE)

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=_mentor
    )


@strawberry.type(description="How mentees fare who say the same of themselves.")
class EquityGroup:
    answers: list[GroupAnswer]
    n: int | None
    matched_rate: float | None
    matched_rate_gap: float | None = strawberry.field(description="Behind the group that fares best.")
    goal_progress: float | None
    goal_progress_gap: float | None
    health: float | None
    health_gap: float | None
    suppressed: bool = strawberry.field(description=HIDDEN)


@strawberry.type(description="What is shared, asked and worked on about something.")
class LearningFigures:
    topic: str | None = strawberry.field(description="Null: about everything.")
    relationships: int | None
    documents: int | None
    links: int | None
    published: int | None
    questions: int | None
    answered: int | None
    accepted: int | None
    library: int | None = strawberry.field(description="What is published, and answers that are accepted.")
    library_growth: int | None = strawberry.field(description="Since the beginning of the period.")
    assignments_given: int | None
    assignments_completed: int | None
    assignments_overdue: int | None
    suppressed: bool = strawberry.field(description=HIDDEN)


@strawberry.type(description="How much mentoring there was in a month.")
class MonthOfHours:
    month: date = strawberry.field(description="Its first day.")
    meetings: int | None
    hours: float | None
    people: int | None
    relationships: int | None
    suppressed: bool = strawberry.field(description=HIDDEN)


@strawberry.type(description="All that is measured of one relationship, but for what its members answered.")
class RelationshipFigures:
    settings_version: int
    kind: str
    state: str
    began_at: datetime
    planned_end: date
    ended_at: datetime | None
    outcome: str | None
    end_reason: str | None
    active_days: float
    cadence_days: int
    members: int
    held: int
    missed: int
    late_cancelled: int
    expected: int
    check_ins: int
    check_ins_due: int
    goals: int
    goals_achieved: int
    milestones_due: int
    milestones_on_time_count: int
    assignments_due: int
    assignments_completed: int
    replies: int
    last_activity_at: datetime | None
    health: int | None
    verdict: str | None
    meeting_cadence: float | None
    session_completion: float | None
    check_in_rate: float | None
    goal_progress: float | None
    milestones_on_time: float | None
    learning_completion: float | None
    response_time: float | None
    hours_mentored: float | None
    mentorship_id: strawberry.Private[UUID]
    previous: Optional["RelationshipFigures"] = strawberry.field(default=None, description=BEFORE)

    mentorship: OfMentorship | None = strawberry.field(resolver=_mentorship)


def line(type_: Any, report: Report, row: Row) -> Any:
    """A row of the report as the type that has a field a column."""
    said = dict(zip((column.name for column in report.columns), row, strict=True))
    return type_(**_plain(said), suppressed=SUPPRESSED in row)


def mentor_load(report: Report, row: Row, before: Row | None = None) -> MentorLoad:
    previous = mentor_load(report, before) if before else None
    said = dict(zip((column.name for column in report.columns), row, strict=True))
    return MentorLoad(**said, previous=previous)


def relationship(found: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> RelationshipFigures:
    previous = relationship(before) if before else None
    told = {name: value for name, value in found.items() if name != "satisfaction"}
    return RelationshipFigures(**told, previous=previous)


def at_risk(found: Worry, before: Mapping[str, Any]) -> RelationshipAtRisk:
    """`before` is empty where it had not begun, or nothing is compared."""
    return RelationshipAtRisk(
        verdict=found.verdict,
        health=found.health,
        days_since_activity=found.days_since_activity,
        reasons=list(found.reasons),
        previous_health=before.get("health"),
        previous_verdict=before.get("verdict"),
        mentorship_id=found.mentorship,
    )


def figure(found: Beside) -> ReportFigure:
    now = found.now
    told = {"value": now.value, "previous": found.previous, "change": found.change}
    return ReportFigure(
        key=now.key,
        title=now.title,
        unit=now.kind.value,
        **_plain(told),
        n=now.n,
        target=now.target,
        reached=now.reached,
        suppressed=SUPPRESSED in told.values(),
    )


def equity_group(found: Told) -> EquityGroup:
    told = dict(zip(MEASURES, found.values, strict=True))
    gaps = {f"{name}_gap": gap for name, gap in zip(MEASURES, found.gaps, strict=True)}
    figures = {"n": found.n, **told, **gaps}
    return EquityGroup(
        answers=[GroupAnswer(question=question, answer=answer) for question, answer in found.answers],
        **_plain(figures),
        suppressed=SUPPRESSED in figures.values(),
    )


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is SUPPRESSED else value for name, value in figures.items()}
