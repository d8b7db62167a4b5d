"""The directory of experts as the API shows it: who is found, and how many there are of each kind."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import strawberry
from psycopg import AsyncConnection
from strawberry import UNSET

from api import edges
from api.arguments import LONGEST_PAGE, PAGE
from api.arguments import text as storable
from api.context import Context, Info
from api.loading import fresh_arguments
from api.plan_sql import refuse_forbidden
from api.refusals import Problem
from api.relay import Edge, PageInfo
from api.roots import SHAPES, by_id
from api.scalars import Position
from projections import directory_facets, directory_search
from projections.directory_facets import Facet
from projections.directory_search import DirectoryOrder, Found, Listing, Search, Wanted

if TYPE_CHECKING:
    from api.participant import Participant

strawberry.enum(
    DirectoryOrder, description="Where nothing is searched, the best rated are the most relevant."
)

LONGEST_SEARCH: Final = 200
MOST_VALUES: Final = 50


@strawberry.type(description="Somebody who answers questions.")
class DirectoryEntry:
    headline: str | None
    topics: list[str]
    languages: list[str]
    location: str | None
    rating: float | None = strawberry.field(
        description="The mean of 1 to 5; null until there are three ratings, so that none can be told."
    )
    ratings: int = strawberry.field(description="How many have rated an answer or a session.")
    available: bool = strawberry.field(description="Whether you can ask them now.")
    guest: bool = strawberry.field(description="Whether they come from outside the organisation.")
    excerpt: str | None = strawberry.field(description="Where what was searched stands, as plain text.")
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="One value that can be filtered by.")
class FacetValue:
    value: str
    count: int = strawberry.field(
        description="How many would be found by it, all other conditions being the same."
    )


@strawberry.type(description="What can be filtered by: of each kind the twenty most frequent values.")
class DirectoryFacets:
    topics: list[FacetValue]
    languages: list[FacetValue]
    locations: list[FacetValue]
    available: list[FacetValue]
    complete: bool = strawberry.field(
        description="Otherwise more than 2,000 fit, and only so many of them were counted."
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A search and whose connection pool it goes through, for the fields that count."""

    context: Context
    search: Search


async def _total(root: Any) -> int:
    async with root.asked.context.pool.connection() as connection:
        return await directory_facets.total(connection, root.asked.search)


async def _facets(root: Any) -> DirectoryFacets:
    async with root.asked.context.pool.connection() as connection:
        found = await directory_facets.facets(connection, root.asked.search)
    values: dict[Facet, list[FacetValue]] = {facet: [] for facet in Facet}
    for tally in found.tallies:
        values[Facet(tally.facet)].append(FacetValue(value=tally.value, count=tally.experts))
    return DirectoryFacets(
        topics=values[Facet.TOPIC],
        languages=values[Facet.LANGUAGE],
        locations=values[Facet.LOCATION],
        available=values[Facet.AVAILABLE],
        complete=found.complete,
    )


@strawberry.type
class DirectoryEntryConnection:
    edges: list[Edge[DirectoryEntry]]
    nodes: list[DirectoryEntry]
    page_info: PageInfo
    asked: strawberry.Private[Asked]

    total_count: int = strawberry.field(
        resolver=_total, description="How many are found; from 10,000 on nobody counts."
    )
    facets: DirectoryFacets = strawberry.field(resolver=_facets)


@strawberry.input(description="All conditions given must hold; of several values any is enough.")
class DirectoryFilter:
    topics: list[str] | None = UNSET
    languages: list[str] | None = UNSET
    locations: list[str] | None = UNSET
    available: bool | None = UNSET
    min_rating: float | None = strawberry.field(
        default=UNSET, description="Whose rating is shown, and is at least this."
    )
    guests: bool | None = strawberry.field(default=UNSET, description="Only guests, or nobody who is one.")


async def _directory(
    info: Info,
    *,
    search: str | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    order_by: DirectoryOrder | None = UNSET,
    filter: DirectoryFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> DirectoryEntryConnection | None:
    shape, context = SHAPES["DirectoryEntry"], info.context
    refuse_forbidden(context.actor, by_id(shape), shape)
    await fresh_arguments(info)
    size = _size(_given(first))
    text, chosen = _searched(_given(search)), _given(filter) or DirectoryFilter()
    async with context.pool.connection() as connection:
        asked = await _prepared(context, connection, text, chosen)
        way = directory_search.listing(asked, _given(order_by) or DirectoryOrder.RELEVANCE)
        keys = _opened(context, way, _given(after))
        found = await directory_search.page(connection, asked, way, size + 1, keys)
    return _shown(context, asked, way, found, size, goes_on=bool(keys))


async def _prepared(
    context: Context, connection: AsyncConnection[Any], text: str, chosen: DirectoryFilter
) -> Search:
    wanted = Wanted(
        search=text,
        topics=_values(chosen.topics),
        languages=_values(chosen.languages),
        locations=_values(chosen.locations),
        available=_given(chosen.available),
        least_rating=_given(chosen.min_rating),
        guests=_given(chosen.guests),
        apart=await directory_search.apart_from(connection, context.actor.participant),
    )
    return await directory_search.prepared(connection, wanted)


def _given(value: Any) -> Any:
    return None if value is UNSET else value


def _size(first: int | None) -> int:
    size = PAGE if first is None else first
    if not 0 <= size <= LONGEST_PAGE:
        raise Problem("BAD_PAGE", f"A page holds 0 to {LONGEST_PAGE} items.")
    return size


def _searched(search: str | None) -> str:
    if len(search or "") > LONGEST_SEARCH:
        raise Problem("BAD_TEXT", f"A search has at most {LONGEST_SEARCH} characters.")
    return storable(search or "")


def _values(chosen: Any) -> list[str] | None:
    given: list[str] | None = _given(chosen)
    if given is None:
        return None
    if len(given) > MOST_VALUES:
        raise Problem("BAD_TEXT", f"At most {MOST_VALUES} values can be asked for at once.")
    return [storable(value) for value in given]


def _tag(way: Listing) -> str:
    return f"Query.directory.{way.keys[0]}"


def _opened(context: Context, way: Listing, after: str | None) -> list[str]:
    return [] if after is None else context.cursors.open(_tag(way), after)


def _shown(
    context: Context, search: Search, way: Listing, found: list[Found], size: int, *, goes_on: bool
) -> DirectoryEntryConnection:
    seal = partial(context.cursors.seal, _tag(way).encode())
    listed = [Edge(node=_entry(one), cursor=seal(orjson.dumps(one.keys)).decode()) for one in found[:size]]
    return DirectoryEntryConnection(
        edges=listed,
        nodes=[one.node for one in listed],
        page_info=PageInfo(
            has_next_page=len(found) > size,
            has_previous_page=goes_on,
            start_cursor=listed[0].cursor if listed else None,
            end_cursor=listed[-1].cursor if listed else None,
        ),
        asked=Asked(context, search),
    )


def _entry(found: Found) -> DirectoryEntry:
    return DirectoryEntry(
        headline=found.headline,
        topics=found.topics,
        languages=found.languages,
        location=found.location,
        rating=found.rating,
        ratings=found.ratings,
        available=found.available,
        guest=found.guest,
        excerpt=found.excerpt,
        key=str(found.participant),
    )


@strawberry.type
class DirectoryQueries:
    directory: DirectoryEntryConnection | None = strawberry.field(
        resolver=_directory, description="Experts whom you can ask, the most relevant first."
    )
