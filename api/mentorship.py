"""A mentorship as the API shows it: a relationship, its terms, who is in it, and what came of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.accountability import RelationshipHealth, RelationshipMetrics, health_field, metrics_field
from api.assignment import Assignment, assignments_of_mentorship
from api.attainments import CheckIn, Concern, Goal, MentorshipAgreement, MentorshipMilestone
from api.context import Info
from api.conversation import Conversation
from api.enums import EndReason, Kind, MentorshipOrder, MentorshipState, Outcome, Side
from api.history import HistoryEntry, history_field
from api.loading import load, resolve
from api.log import LogEntry
from api.meeting import Meeting, meetings_of_mentorship
from api.relay import Connection, Node
from api.resource import Resource, resources_of_mentorship
from api.scalars import Json, Position
from api.survey import Survey, surveys_of_mentorship

if TYPE_CHECKING:
    from api.inquiry import Inquiry
    from api.participant import Participant
    from api.program import Program
    from api.proposal import Proposal


@strawberry.type(description="One person in a relationship, or who was.")
class MentorshipMember:
    role: Side
    joined_at: datetime
    left_at: datetime | None
    leaving_reason: str | None = strawberry.field(
        description="For who left, and for the staff that sees concerns."
    )
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="A time that counts against nobody.")
class MentorshipPause:
    paused_at: datetime
    until: date = strawberry.field(description="The first day on which it runs again by itself.")
    ended_at: datetime | None
    key: strawberry.Private[str | None] = None


@strawberry.type(description="Somebody from outside read what only members may.")
class BrokenGlass:
    actor: str = strawberry.field(description="Who did it, as the log names them.")
    broken_at: datetime
    until: datetime = strawberry.field(description="From then on it is closed to them again.")
    reason: str | None = strawberry.field(description="For the members, and for who did it.")
    key: strawberry.Private[str]

    person: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Null where it was nobody of ours."
    )


@strawberry.type(description="A relationship between mentors and mentees.")
class Mentorship(Node):
    id: strawberry.ID
    kind: Kind
    type: Json = strawberry.field(description="The terms it began with: sizes, duration, cadence.")
    state: MentorshipState
    settings_version: int = strawberry.field(description="The version of the programme it keeps.")
    began_at: datetime
    planned_end: date
    paused_until: date | None = strawberry.field(
        description="The first day on which it runs again by itself."
    )
    ended_at: datetime | None
    outcome: Outcome | None = strawberry.field(description="Where it was concluded.")
    end_reason: EndReason | None = strawberry.field(description="Where it ended early.")
    no_fault: bool | None = strawberry.field(description="Whether its early end marks nobody.")
    end_words: str | None = strawberry.field(
        description="For who ended it, and for the staff that sees concerns."
    )
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge, description="Null for a flash session with an expert."
    )
    proposal: Annotated["Proposal", strawberry.lazy("api.proposal")] | None = strawberry.field(
        resolver=edges.edge, description="What it came of."
    )
    inquiry: Annotated["Inquiry", strawberry.lazy("api.inquiry")] | None = strawberry.field(
        resolver=edges.edge, description="What a flash session came of; only the two see it."
    )
    predecessor: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge, description="What it goes on from, where it was handed over."
    )
    successor: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge, description="What it goes on as."
    )
    ended_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Null where a rule ended it. For members and whoever sees concerns."
    )
    members: list[MentorshipMember] = strawberry.field(
        resolver=edges.edge, description="Mentors first, then whoever joined; those who left are among them."
    )
    agreement: MentorshipAgreement | None = strawberry.field(
        resolver=edges.edge, description="Null where the programme has none."
    )
    goals: Connection[Goal] | None = strawberry.field(
        resolver=edges.page, description="In the order they were set."
    )
    milestones: list[MentorshipMilestone] = strawberry.field(resolver=edges.edge)
    check_ins: Connection[CheckIn] | None = strawberry.field(
        resolver=edges.page, description="The newest first."
    )
    resources: Connection[Resource] | None = strawberry.field(
        resolver=resources_of_mentorship, description="Documents and links; what was shared last comes first."
    )
    concerns: Connection[Concern] | None = strawberry.field(
        resolver=edges.page, description="In the order they were raised."
    )
    assignments: Connection[Assignment] | None = strawberry.field(
        resolver=assignments_of_mentorship, description="In the order they were given."
    )
    conversation: Conversation | None = strawberry.field(resolver=edges.edge)
    meetings: Connection[Meeting] | None = strawberry.field(
        resolver=meetings_of_mentorship, description="Whichever is farthest ahead comes first."
    )
    surveys: Connection[Survey] | None = strawberry.field(
        resolver=surveys_of_mentorship, description="What was asked last comes first."
    )
    pauses: list[MentorshipPause] = strawberry.field(resolver=edges.edge)
    glass_broken: list[BrokenGlass] = strawberry.field(
        resolver=edges.edge, description="Who has read it from outside, and why; the last first."
    )
    metrics: RelationshipMetrics | None = metrics_field()
    health: RelationshipHealth | None = health_field()
    history: Connection[HistoryEntry] | None = history_field()
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class MentorshipFilter:
    program: strawberry.ID | None = UNSET
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Somebody who is or was a member."
    )
    states: list[MentorshipState] | None = UNSET
    kinds: list[Kind] | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: MentorshipFilter | None = UNSET,  # noqa: A002 the argument's public name
    order_by: MentorshipOrder | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class MentorshipQueries:
    mentorship: Mentorship | None = strawberry.field(resolver=_one, description="One relationship.")
    mentorships: Connection[Mentorship] | None = strawberry.field(
        resolver=_many, description="Your own, and those of the programmes you staff; the newest first."
    )


async def load_mentorship(info: Info, key: UUID) -> Mentorship | None:
    found: Mentorship | None = await load(info, "Mentorship", key)
    return found
