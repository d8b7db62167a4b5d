"""A question to an expert as the API shows it to the two whom it concerns."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import InquiryState, InquiryWordsKind
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant


@strawberry.type(description="What one of the two has said.")
class InquiryWords:
    kind: InquiryWordsKind
    text: str | None = strawberry.field(description="Null once who said it is erased.")
    said_at: datetime
    key: strawberry.Private[str]

    by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="A question to an expert. Only the two see it.")
class Inquiry(Node):
    id: strawberry.ID
    topics: list[str]
    session_wished: bool = strawberry.field(description="Whoever asks would like to meet.")
    state: InquiryState
    decline_reason: str | None
    rating: int | None = strawberry.field(description="1 to 5, by who asked.")
    comment: str | None
    asked_at: datetime
    ended_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    expert: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )
    asker: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )
    words: list[InquiryWords] = strawberry.field(resolver=edges.edge, description="In their order.")
    session: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge, description="The flash session that was agreed upon."
    )
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class InquiryFilter:
    states: list[InquiryState] | None = UNSET
    expert: strawberry.ID | None = UNSET
    asker: strawberry.ID | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: InquiryFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class InquiryQueries:
    inquiry: Inquiry | None = strawberry.field(resolver=_one, description="One question to an expert.")
    inquiries: Connection[Inquiry] | None = strawberry.field(
        resolver=_many, description="What you have asked and were asked; the newest first."
    )


async def load_inquiry(info: Info, key: UUID) -> Inquiry | None:
    found: Inquiry | None = await load(info, "Inquiry", key)
    return found
