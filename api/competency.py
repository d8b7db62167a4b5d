"""An entry of the catalogue of competencies as the API shows it, and how one is found."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.arguments import text as storable
from api.context import Info
from api.enums import FoundBy
from api.loading import load, resolve
from api.log import LogEntry
from api.plan_sql import refuse_forbidden
from api.refusals import Problem
from api.relay import Connection, Node
from api.roots import SHAPES, by_id
from api.scalars import Position
from projections.competency_search import search

MOST_SUGGESTIONS: Final = 20
LONGEST_TEXT: Final = 200


@strawberry.type(description="What another catalogue calls the entry.")
class ExternalId:
    scheme: str = strawberry.field(description="The other catalogue, such as esco.")
    external_id: str
    key: strawberry.Private[str | None] = None


@strawberry.type(description="An entry of the organisation's catalogue of competencies.")
class Competency(Node):
    id: strawberry.ID
    label: str
    synonyms: list[str] = strawberry.field(description="Other words by which it is found.")
    path: list[str] = strawberry.field(description="The labels from the root of the catalogue down to it.")
    retired: bool = strawberry.field(description="Offered to nobody any more; whoever names it keeps it.")
    defined_at: datetime
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    parent: "Competency | None" = strawberry.field(resolver=edges.edge)
    children: "Connection[Competency] | None" = strawberry.field(resolver=edges.page)
    external_ids: list[ExternalId] = strawberry.field(resolver=edges.edge)
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.type(description="An entry that a text may mean.")
class CompetencySuggestion:
    competency: Competency
    found_by: FoundBy
    nearness: int = strawberry.field(description="0 to 10,000, which is the word itself.")


@strawberry.input(description="All conditions given must hold.")
class CompetencyFilter:
    text: str | None = strawberry.field(default=UNSET, description="Stands in the label or a synonym.")
    parent: strawberry.ID | None = strawberry.field(default=UNSET, description="Stands right below it.")
    scheme: str | None = strawberry.field(default=UNSET, description="Has an id in this other catalogue.")
    external_id: str | None = strawberry.field(default=UNSET, description="Has this id in any of them.")
    retired: bool | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: CompetencyFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


async def _suggestions(info: Info, text: str, first: int = 5) -> Any:
    shape = SHAPES["Competency"]
    refuse_forbidden(info.context.actor, by_id(shape), shape)
    if not 0 <= first <= MOST_SUGGESTIONS:
        raise Problem("BAD_PAGE", f"Ask for at most {MOST_SUGGESTIONS} suggestions.")
    if len(text) > LONGEST_TEXT:
        raise Problem("BAD_TEXT", f"A competency is named in at most {LONGEST_TEXT} characters.")
    async with info.context.pool.connection() as connection:
        found = await search(connection, storable(text), first)
    entries = [await load_competency(info, one.competency) for one in found]
    return [
        CompetencySuggestion(competency=entry, found_by=FoundBy(one.found_by), nearness=one.nearness)
        for one, entry in zip(found, entries, strict=True)
        if entry is not None
    ]


@strawberry.type
class CompetencyQueries:
    competency: Competency | None = strawberry.field(resolver=_one, description="One entry.")
    competencies: Connection[Competency] | None = strawberry.field(
        resolver=_many, description="The catalogue, by label."
    )
    competency_suggestions: list[CompetencySuggestion] | None = strawberry.field(
        resolver=_suggestions,
        description="Which entries in use a text may mean, the best first: for whoever types a competency.",
    )


async def load_competency(info: Info, key: UUID) -> Competency | None:
    found: Competency | None = await load(info, "Competency", key)
    return found
