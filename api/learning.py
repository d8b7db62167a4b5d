"""The library as the API shows it: what was learned in relationships, and can be learned from them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
import strawberry
from strawberry import UNSET

from api import edges
from api.arguments import Request, limit
from api.context import Info
from api.conversation import Answer, Question
from api.enums import LibraryKind
from api.loading import fetched, fresh_arguments, resolve
from api.mentorship import Mentorship
from api.plan_sql import Sql, Step, refuse_forbidden
from api.relay import Connection
from api.roots import SHAPES
from api.scalars import Position
from projections.learning_shapes import LIBRARY

if TYPE_CHECKING:
    from api.participant import Participant
    from api.resource import Resource

Person = Annotated["Participant", strawberry.lazy("api.participant")]


@strawberry.type(description="A piece of what an entry says.")
class LibraryFragment:
    text: str
    found: bool = strawberry.field(description="Whether it is what was looked for.")
    key: strawberry.Private[str | None] = None


async def _excerpt(root: Any, info: Info, *, search: str = "") -> Any:
    return await resolve(root, info)


@strawberry.type(description="An accepted answer or a shared resource.")
class LibraryEntry:
    entry_id: UUID
    kind: LibraryKind
    title: str | None = strawberry.field(
        description="The question of an answer, until its author is erased; a resource's own title."
    )
    text: str | None = strawberry.field(description="The answer; what a resource is described by.")
    topics: list[str]
    rank: int = strawberry.field(description="How well it fits what was searched for, 0 to 10,000.")
    listed_at: datetime
    key: strawberry.Private[str]

    author: Person | None = strawberry.field(
        resolver=edges.edge, description="Who answered or shared, for members and where they are named."
    )
    asker: Person | None = strawberry.field(
        resolver=edges.edge, description="Who asked, for members and where they are named."
    )
    mentorship: Mentorship | None = strawberry.field(resolver=edges.edge, description="For its members.")
    question: Question | None = strawberry.field(resolver=edges.edge, description="For members.")
    answer: Answer | None = strawberry.field(resolver=edges.edge, description="For members.")
    resource: Annotated["Resource", strawberry.lazy("api.resource")] | None = strawberry.field(
        resolver=edges.edge
    )
    excerpt: list[LibraryFragment] = strawberry.field(
        resolver=_excerpt, description="The text around what is looked for, in pieces; plain text, no markup."
    )


@strawberry.type(description="What entries of the library are about.")
class LibraryTopic:
    topic: str
    count: int = strawberry.field(description="How many of the entries found.")


@strawberry.input(description="All conditions given must hold.")
class LibraryFilter:
    program: strawberry.ID | None = UNSET
    topics: list[str] | None = strawberry.field(default=UNSET, description="Is about any of these.")
    kinds: list[LibraryKind] | None = UNSET


async def _library(
    info: Info,
    *,
    search: str | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: LibraryFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


async def _topics(
    info: Info,
    *,
    search: str | None = UNSET,
    first: int | None = UNSET,
    filter: LibraryFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> list[LibraryTopic]:
    context, shape = info.context, SHAPES[LIBRARY.target]
    refuse_forbidden(context.actor, LIBRARY, shape)
    given = await fresh_arguments(info)
    sql, (most, _) = Sql(context.actor), limit(given)
    found = sql.tally(Step(LIBRARY, shape, "", given, "Query.libraryTopics"), "{t}.topics", most)
    request = Request(context.actor, context.cursors)
    told = await fetched(context, found.encode(), [bind(request) for bind in sql.binds])
    return [LibraryTopic(topic=topic, count=count) for topic, count in orjson.loads(told)]


@strawberry.type
class LearningQueries:
    library: Connection[LibraryEntry] | None = strawberry.field(
        resolver=_library,
        description='What you may learn from: by `search` (words, "phrases", -not) the best first, else the'
        " newest. A word misspelt is found in titles and topics.",
    )
    library_topics: list[LibraryTopic] | None = strawberry.field(
        resolver=_topics, description="What the entries found are about, the most frequent first."
    )
