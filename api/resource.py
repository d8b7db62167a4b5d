"""A document or a link as the API shows it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import ResourceAudience, ResourceKind, ResourceState
from api.loading import fresh_arguments, load, resolve, row_of
from api.log import LogEntry
from api.plan_sql import forbidden
from api.refusals import Problem
from api.relay import Connection, Node, parse_global_id
from api.scalars import Position
from projections.resource_shapes import CONTENT_OF
from projections.shape import One

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

CONTENT = "For members, and whoever the programme trusts with documents; for others where it is published."


@strawberry.type(
    description="A document or a link that somebody has shared. The content of documents is at /documents."
)
class Resource(Node):
    id: strawberry.ID
    kind: ResourceKind
    state: ResourceState
    title: str | None = strawberry.field(
        description=f"What it was described as, else the name it came with. {CONTENT}"
    )
    name: str | None = strawberry.field(description="A document's own, with its ending.")
    description: str | None
    topics: list[str] | None
    url: str | None = strawberry.field(description="Where a link leads.")
    media_type: str | None
    bytes: int | None
    sha256: str | None = strawberry.field(description="Of a document's content, in hexadecimal.")
    audience: ResourceAudience = strawberry.field(description="Who finds it.")
    named: bool = strawberry.field(description="Whether it is published together with the sharer's name.")
    shared_at: datetime
    published_at: datetime | None = strawberry.field(description="When its audience was last chosen.")
    withdrawn_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge, description="Null for who only sees what is published."
    )
    shared_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Null where it is published without their name."
    )
    log: Connection[LogEntry] | None = edges.log_field()


async def resources_of_mentorship(
    root: Any,
    info: Info,
    *,
    kinds: list[ResourceKind] | None = UNSET,
    states: list[ResourceState] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


@strawberry.type(description="An address that needs no token. It is for you alone, and soon out of date.")
class DocumentLink:
    url: str = strawberry.field(description="Relative to the address of this API.")
    expires_at: datetime


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _document_link(
    info: Info,
    resource: strawberry.ID,
    min_position: Position | None = UNSET,
) -> DocumentLink | None:
    await fresh_arguments(info)
    context, key = info.context, UUID(parse_global_id(resource, "Resource").key)
    if forbidden(context.actor, One(CONTENT_OF.name), CONTENT_OF):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    found = await row_of(context, CONTENT_OF, key)
    if found is None or found["kind"] != "document" or found["state"] != "shared":
        return None
    link = context.links.issue(context.actor, key)
    return DocumentLink(url=link.url, expires_at=link.expires_at)


@strawberry.type
class ResourceQueries:
    resource: Resource | None = strawberry.field(resolver=_one, description="One document or link.")
    document_link: DocumentLink | None = strawberry.field(
        resolver=_document_link, description="Where a browser can fetch a document that you may see."
    )


async def load_resource(info: Info, key: UUID) -> Resource | None:
    found: Resource | None = await load(info, "Resource", key)
    return found
