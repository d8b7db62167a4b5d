"""What waits for somebody, as the API shows it, each with the command that settles it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import InboxKind
from api.loading import resolve
from api.relay import Connection
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.program import Program


@strawberry.type(description="Something that waits for you.")
class InboxItem:
    kind: InboxKind
    about: strawberry.ID = strawberry.field(
        description="What the command takes: a global id, or a question's, an answer's or a concern's own."
    )
    about_type: str = strawberry.field(description="What that is, such as Meeting or Question.")
    title: str | None = strawberry.field(description="Its name, or the first words of it.")
    since: datetime = strawberry.field(description="When it began to wait.")
    due_at: datetime | None
    overdue: bool
    command: str = strawberry.field(description="The mutation that settles it.")
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.input(description="All conditions given must hold.")
class InboxFilter:
    kinds: list[InboxKind] | None = UNSET


async def _inbox(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: InboxFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class InboxQueries:
    inbox: Connection[InboxItem] | None = strawberry.field(
        resolver=_inbox, description="What waits for you; what began to wait last comes first."
    )
