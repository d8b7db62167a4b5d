"""A mentorship as the API shows it: a relationship, its terms and who is in it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import Kind, MentorshipState, Side
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Json, Position

if TYPE_CHECKING:
    from api.participant import Participant
    from api.program import Program
    from api.proposal import Proposal


@strawberry.type(description="One person in a relationship.")
class MentorshipMember:
    role: Side
    joined_at: datetime
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
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
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )
    proposal: Annotated["Proposal", strawberry.lazy("api.proposal")] | None = strawberry.field(
        resolver=edges.edge, description="What it came of."
    )
    members: list[MentorshipMember] = strawberry.field(resolver=edges.edge, description="Mentors first.")
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class MentorshipFilter:
    program: strawberry.ID | None = UNSET
    participant: strawberry.ID | None = strawberry.field(default=UNSET, description="A member.")
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
