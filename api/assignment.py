"""A learning assignment as the API shows it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import AssignmentState
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.resource import Resource
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

Person = Annotated["Participant", strawberry.lazy("api.participant")]
WORDS = "For members, and whoever the programme trusts with goals."


@strawberry.type(description="Something that a member is to learn or do, suggested or assigned.")
class Assignment(Node):
    id: strawberry.ID
    state: AssignmentState | None = strawberry.field(description="Null for who had left before it changed.")
    title: str | None = strawberry.field(description=WORDS)
    description: str | None = strawberry.field(description=WORDS)
    task: str | None = strawberry.field(description="The task of the programme's plan that it is, by its id.")
    due: date | None = strawberry.field(description="Days of a pause do not count: they move it.")
    overdue: bool | None = strawberry.field(description="Not submitted, and the day is over.")
    given_at: datetime
    assigned_at: datetime | None = strawberry.field(description="Null: it is only suggested.")
    started_at: datetime | None
    submitted_at: datetime | None
    submission: str | None = strawberry.field(description=f"What was submitted last. {WORDS}")
    returned_at: datetime | None
    reason: str | None = strawberry.field(description=f"Why it was returned last. {WORDS}")
    ended_at: datetime | None = strawberry.field(description="When it was completed or dropped.")
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    assignee: Person | None = strawberry.field(resolver=edges.edge, description="Whom it is for.")
    given_by: Person | None = strawberry.field(
        resolver=edges.edge, description="Who suggested it, or assigned it last."
    )
    resource: Resource | None = strawberry.field(resolver=edges.edge, description="What to work with.")
    submission_resource: Resource | None = strawberry.field(
        resolver=edges.edge, description="What was made of it."
    )
    returned_by: Person | None = strawberry.field(resolver=edges.edge)
    ended_by: Person | None = strawberry.field(resolver=edges.edge)
    log: Connection[LogEntry] | None = edges.log_field()


async def assignments_of_mentorship(
    root: Any,
    info: Info,
    *,
    states: list[AssignmentState] | None = UNSET,
    assignee: strawberry.ID | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


@strawberry.type
class AssignmentQueries:
    assignment: Assignment | None = strawberry.field(resolver=_one, description="One assignment.")


async def load_assignment(info: Info, key: UUID) -> Assignment | None:
    found: Assignment | None = await load(info, "Assignment", key)
    return found
