"""A participant as the API shows them, and how they are found."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.accountability import PersonAccountability, accountability_field
from api.context import Info
from api.enums import Occasion, ParticipantOrder, ParticipantStatus
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Json, Position

if TYPE_CHECKING:
    from api.enrollment import Enrollment
    from api.mentorship import Mentorship
    from api.proposal import Proposal


@strawberry.type(description="Something that somebody can teach.")
class CompetencyOffer:
    competency: str
    level: int = strawberry.field(description="1 to 5.")
    key: strawberry.Private[str | None] = None


@strawberry.type(description="Something that somebody wishes to learn.")
class CompetencyWish:
    competency: str
    level: int = strawberry.field(description="The level wished for, 1 to 5.")
    priority: int = strawberry.field(description="1 is the most wanted, 5 the least.")
    key: strawberry.Private[str | None] = None


@strawberry.type
class Consent:
    policy: str
    version: int
    given_at: datetime
    withdrawn_at: datetime | None
    key: strawberry.Private[str | None] = None


@strawberry.type(description="What you are told by mail, and when; the inbox has everything.")
class NotificationPreferences:
    mail: bool
    muted: list[Occasion] = strawberry.field(description="What does not come by mail.")
    quiet_since: str | None = strawberry.field(description="From then on mail waits, by your own clock.")
    quiet_until: str | None
    key: strawberry.Private[str | None] = None


@strawberry.type(description="What somebody from outside is invited for.")
class GuestInvitation:
    until: date = strawberry.field(description="The last day on which it can be accepted.")
    headline: str | None
    topics: list[str]
    key: strawberry.Private[str | None] = None


@strawberry.type(
    description="A person of the organisation. What you may not see, or what was erased, is null."
)
class Participant(Node):
    id: strawberry.ID
    name: str | None
    job_title: str | None
    department: str | None
    location: str | None
    time_zone: str | None
    languages: list[str]
    biography: str | None
    work_history: Json | None
    email: str | None
    contact: Json | None
    external_id: str | None = strawberry.field(description="Their id in the system of record.")
    source: str | None = strawberry.field(description="The system of record they came from.")
    sources: Json | None = strawberry.field(
        description="Who said which field: a system of record, or `self`."
    )
    demographics: Json | None
    hours_a_month: int | None
    accepting: bool
    available_until: date | None
    status: ParticipantStatus
    erased: bool
    expert_headline: str | None
    expert_topics: list[str] | None
    registered_at: datetime
    left_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    manager: "Participant | None" = strawberry.field(resolver=edges.edge)
    reports: "Connection[Participant] | None" = strawberry.field(resolver=edges.page)
    competencies_offered: list[CompetencyOffer] = strawberry.field(resolver=edges.edge)
    competencies_sought: list[CompetencyWish] = strawberry.field(resolver=edges.edge)
    guest_invitation: GuestInvitation | None = strawberry.field(
        resolver=edges.edge, description="Where they come from outside; accepted by listing as an expert."
    )
    avoids: "list[Participant] | None" = strawberry.field(
        resolver=edges.edge, description="Whom they never want to be matched with; for nobody else's eyes."
    )
    consents: list[Consent] | None = strawberry.field(resolver=edges.edge)
    notification_preferences: NotificationPreferences | None = strawberry.field(
        resolver=edges.edge, description="What they are told by mail, and when; for nobody else's eyes."
    )
    enrollments: Connection[Annotated["Enrollment", strawberry.lazy("api.enrollment")]] | None = (
        strawberry.field(resolver=edges.enrollments)
    )
    proposals: Connection[Annotated["Proposal", strawberry.lazy("api.proposal")]] | None = strawberry.field(
        resolver=edges.proposals,
        description="What they are proposed in, as far as you may know; the newest first.",
    )
    mentorships: Connection[Annotated["Mentorship", strawberry.lazy("api.mentorship")]] | None = (
        strawberry.field(resolver=edges.mentorships)
    )
    accountability: PersonAccountability | None = accountability_field()
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class ParticipantFilter:
    text: str | None = strawberry.field(
        default=UNSET, description="Stands in name, job title, department or location."
    )
    department: str | None = UNSET
    location: str | None = UNSET
    time_zone: str | None = UNSET
    language: str | None = UNSET
    status: ParticipantStatus | None = UNSET
    accepting: bool | None = UNSET
    expert: bool | None = UNSET
    manager: strawberry.ID | None = UNSET
    competency_offered: str | None = UNSET
    competency_sought: str | None = UNSET
    mentors_in: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="A programme that you are in or staff of: who could be asked there to be a mentor now.",
    )


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: ParticipantFilter | None = UNSET,  # noqa: A002 the argument's public name
    order_by: ParticipantOrder | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class ParticipantQueries:
    participant: Participant | None = strawberry.field(resolver=_one, description="One person.")
    participants: Connection[Participant] | None = strawberry.field(
        resolver=_many, description="The people of the organisation, by name."
    )


async def load_participant(info: Info, key: UUID) -> Participant | None:
    found: Participant | None = await load(info, "Participant", key)
    return found
