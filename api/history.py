"""The history of relationships as the API shows it: one timeline of all that happened, searchable."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import HistoryKind
from api.loading import resolve
from api.relay import Connection, Node
from api.scalars import AsOf, Json, Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant


@strawberry.type(description="A piece of what was said.")
class HistoryFragment:
    text: str
    found: bool = strawberry.field(description="Whether it is what was looked for.")
    key: strawberry.Private[str | None] = None


async def _excerpt(root: Any, info: Info, *, search: str = "") -> Any:
    return await resolve(root, info)


@strawberry.type(description="Something that happened in a relationship.")
class HistoryEntry(Node):
    id: strawberry.ID
    position: Position
    at: datetime
    kind: HistoryKind
    name: str = strawberry.field(description="The event's, permanent, such as meeting.confirmed.")
    about: strawberry.ID | None = strawberry.field(description="What it happened to, such as the meeting.")
    sentence: str = strawberry.field(description="What happened, in English; never what was said.")
    text: str | None = strawberry.field(
        description="What was said: for whom the programme's confidentiality policy names, until it is "
        "withdrawn or erased."
    )
    facts: Json = strawberry.field(
        description="The event's fields that are not personal, as far as you see them."
    )
    key: strawberry.Private[str]

    actor: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Who did it, where that is a person."
    )
    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    excerpt: list[HistoryFragment] = strawberry.field(
        resolver=_excerpt, description="The text around what is looked for, in pieces; plain text, no markup."
    )


SEARCH = 'Words of a text, as in a search engine: "a phrase", or, -not. What you may not read is not found.'
AS_OF = (
    "As it was at that position or moment: the answer stays the same, but for what is withdrawn or erased."
)

From = Annotated[datetime | None, strawberry.argument(name="from")]
To = Annotated[datetime | None, strawberry.argument(name="to", description="Before this moment.")]
Until = Annotated[AsOf | None, strawberry.argument(description=AS_OF)]
Search = Annotated[str | None, strawberry.argument(description=SEARCH)]


async def _of_one(
    root: Any,
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    kinds: list[HistoryKind] | None = UNSET,
    since: From = UNSET,
    until: To = UNSET,
    as_of: Until = UNSET,
    search: Search = UNSET,
) -> Any:
    return await resolve(root, info)


def history_field() -> Any:
    return strawberry.field(
        resolver=_of_one, description="All that happened in it, in order; `last: 5` are the latest five."
    )


@strawberry.input(description="All conditions given must hold.")
class HistoryFilter:
    mentorship: strawberry.ID | None = UNSET
    kinds: list[HistoryKind] | None = UNSET
    since: datetime | None = strawberry.field(name="from", default=UNSET)
    until: datetime | None = strawberry.field(name="to", default=UNSET, description="Before this moment.")
    as_of: AsOf | None = strawberry.field(default=UNSET, description=AS_OF)


async def _of_all(
    info: Info,
    *,
    search: Search = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: HistoryFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class HistoryQueries:
    history: Connection[HistoryEntry] | None = strawberry.field(
        resolver=_of_all, description="What happened in all relationships that you see, the latest first."
    )
