"""An enrollment as the API shows it: one person in one programme."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import EnrollmentState, Side
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Json, Position
from projections.waitlist_shapes import FEWEST

if TYPE_CHECKING:
    from api.participant import Participant
    from api.program import Program
    from api.proposal import Proposal


@strawberry.type(
    description="How long the wait for a place may be yet: four times out of five it is between these days."
)
class WaitlistEstimate:
    from_days: int | None = strawberry.field(description="Null while too few places have come.")
    to_days: int | None
    based_on: int = strawberry.field(
        description=f"How many places came in the last 90 days; with fewer than {FEWEST} no days are told."
    )
    past_error_days: int | None = strawberry.field(
        description="How far off that was, in the middle, for those who have got a place."
    )
    key: strawberry.Private[str | None] = None


@strawberry.type(description="One person in one programme.")
class Enrollment(Node):
    id: strawberry.ID
    role: Side
    state: EnrollmentState
    answers: Json | None = strawberry.field(description="What they answered when they applied.")
    question: str | None = strawberry.field(description="What staff asked after they had applied.")
    answer: str | None
    reason: str | None = strawberry.field(description="Why they were rejected or removed.")
    waitlist_position: int | None = strawberry.field(
        description="1 is next, among those who wait for the same role."
    )
    places_reserved: int
    hours_reserved: int
    open_requests: int = strawberry.field(description="Their own proposals that wait for an answer.")
    preference: Json | None = strawberry.field(
        description="What they wish the other side to have said of themself; for nobody else's eyes."
    )
    paused_until: date | None
    invited_at: datetime | None
    applied_at: datetime | None
    decided_at: datetime | None
    waitlisted_at: datetime | None
    ended_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    waitlist_estimate: WaitlistEstimate | None = strawberry.field(
        resolver=edges.edge, description="Null for whom does not wait for a place."
    )
    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )
    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )
    wishes: list[Annotated["Participant", strawberry.lazy("api.participant")]] | None = strawberry.field(
        resolver=edges.edge, description="Whom they would like, the best first."
    )
    proposals: Connection[Annotated["Proposal", strawberry.lazy("api.proposal")]] | None = strawberry.field(
        resolver=edges.proposals, description="What they are proposed in here; the newest first."
    )
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class EnrollmentFilter:
    program: strawberry.ID | None = UNSET
    participant: strawberry.ID | None = UNSET
    role: Side | None = UNSET
    states: list[EnrollmentState] | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: EnrollmentFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class EnrollmentQueries:
    enrollment: Enrollment | None = strawberry.field(resolver=_one, description="One enrollment.")
    enrollments: Connection[Enrollment] | None = strawberry.field(
        resolver=_many,
        description="Who is in which programme: your own, and those of the programmes you staff.",
    )


async def load_enrollment(info: Info, key: UUID) -> Enrollment | None:
    found: Enrollment | None = await load(info, "Enrollment", key)
    return found
