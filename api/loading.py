"""Resolvers: the same shapes as a plan's, one level at a time, each level of all parents in one statement."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
import psycopg
import psycopg_pool
from graphql import GraphQLResolveInfo, get_argument_values
from psycopg import AsyncRawCursor
from strawberry.dataloader import DataLoader

from api.arguments import Arguments, Request
from api.context import Context, Info
from api.nodes import checked, node_arguments, node_branches
from api.plan_sql import RAW_JSON_OF, Sql, Step, joined, literal, refuse_forbidden
from api.refusals import Problem
from api.relay import Connection, Edge, PageInfo
from api.roots import READ_MODELS, SHAPES, edges_of
from projections import shape as shapes
from projections.shape import Column, Kind, Shape


async def fetched(context: Context, statement: bytes, values: list[Any]) -> bytes:
    """The one value of a statement's one row, as PostgreSQL wrote it.

    Raises a Problem where the database cannot be reached or takes too long. A connection that was lost while
    it lay idle is no reason to fail.
    """
    try:
        try:
            return await _value(context, statement, values)
        except psycopg.OperationalError as error:
            if isinstance(error, psycopg.errors.QueryCanceled | psycopg_pool.PoolTimeout):
                raise
            await context.pool.check()
            return await _value(context, statement, values)
    except psycopg.errors.QueryCanceled:
        raise Problem("TIMEOUT", "This took too long to read. Ask for less at once.") from None
    except psycopg.OperationalError:
        raise Problem(
            "UNAVAILABLE", "The data cannot be reached now. Try again soon.", retryable=True
        ) from None


async def _value(context: Context, statement: bytes, values: list[Any]) -> bytes:
    async with context.pool.connection() as connection:
        cursor = AsyncRawCursor(connection)
        await cursor.execute(statement, values)
        return (cursor.pgresult.get_value(0, 0) if cursor.pgresult else None) or b"null"


async def resolve(root: Any, info: Info) -> Any:
    """The other end of the field's edge: a row, a list of rows or a page."""
    raw = graphql_info(info)
    edge = edges_of(raw.parent_type.name)[raw.field_name]
    shape = SHAPES[edge.target]
    refuse_forbidden(info.context.actor, edge, shape)
    given = await fresh_arguments(info)
    name = f"{raw.parent_type.name}.{raw.field_name}"
    read = partial(_read, parent=raw.parent_type.name, root=root)
    match edge:
        case shapes.One():
            one = lambda sql, parent: sql.one(Step(edge, shape, parent, given, name), partial(_row, sql))
            return entity(info, shape, await read(info, write=one))
        case shapes.Many():
            many = lambda sql, parent: sql.many(Step(edge, shape, parent, given, name), partial(_row, sql))
            return [entity(info, shape, row) for row in await read(info, write=many)]
        case shapes.Connection():
            page = lambda sql, parent: _page_level(sql, Step(edge, shape, parent, given, name))
            count = lambda sql, parent: sql.total(Step(edge, shape, parent, given, name))
            return _page(info, shape, await read(info, write=page), partial(read, write=count))


async def resolve_nodes(info: Info) -> list[Any]:
    """`node` and `nodes`, in the order asked for."""
    raw = graphql_info(info)
    given = await fresh_arguments(info)
    ids = node_arguments(raw.field_name, given)
    asked = checked(info.context.actor, _asked(given))
    found = await _at_root(info, lambda sql, _: node_branches(sql, ids, True, partial(_row, sql)))
    return [entity(info, SHAPES[one.type_name], row) for one, row in zip(asked, found, strict=True)]


def _asked(given: Arguments) -> list[str]:
    return list(given.sample["ids"]) if "ids" in given.sample else [given.sample["id"]]


def graphql_info(info: Info) -> GraphQLResolveInfo[Any]:
    return info._raw_info  # noqa: SLF001 strawberry shows the document in no other way


async def fresh_arguments(info: Info) -> Arguments:
    """The arguments as the document gives them, once the read models show the position asked for."""
    raw = graphql_info(info)
    values = get_argument_values(
        raw.parent_type.fields[raw.field_name], raw.field_nodes[0], raw.variable_values
    )
    minimum = values.get("minPosition")
    if minimum is not None and not await caught_up(info.context, minimum):
        raise Problem("STALE", "The read models have not caught up with that position yet.", retryable=True)
    return Arguments.fixed(values)


async def caught_up(context: Context, position: int) -> bool:
    """Whether the read models show it; a request waits for a position once and then knows."""
    if ("stale", position) in context.loaders:
        return False
    if await context.caught_up(READ_MODELS, position):
        return True
    context.loaders["stale", position] = None
    return False


Write = Callable[[Sql, str], str]


async def _read(info: Info, *, parent: str, root: Any, write: Write) -> Any:
    """What is written, for the root or for the row of that type; siblings are read in one statement."""
    if root is None:
        return await _at_root(info, write)
    place = (parent, *(step for step in graphql_info(info).path.as_list() if isinstance(step, str)))
    loaders = info.context.loaders
    if place not in loaders:
        loaders[place] = DataLoader(partial(_follow, info.context, SHAPES[parent], write), cache=False)
    return await loaders[place].load(root.key)


async def _at_root(info: Info, write: Write) -> Any:
    sql = Sql(info.context.actor)
    return await _run(info.context, sql, f"SELECT {write(sql, '')}")


async def _follow(context: Context, shape: Shape, write: Write, keys: list[str]) -> list[Any]:
    sql = Sql(context.actor)
    wanted = sql.parameter(lambda _: keys, f"{shape.key_type}[]")
    alias = sql.alias()
    each = f"string_agg(coalesce({write(sql, alias)}, 'null'), ',' ORDER BY k.n)"
    parent = f"LEFT JOIN {sql.fill(shape.table)} {alias} ON {sql.fill(shape.key, t=alias)} = k.key"
    rows = f"SELECT '[' || {each} || ']' FROM unnest({wanted}) WITH ORDINALITY k (key, n) {parent}"  # noqa: S608 only static parts meet here
    found: list[Any] = await _run(context, sql, rows)
    return found


async def _run(context: Context, sql: Sql, statement: str) -> Any:
    request = Request(context.actor, context.cursors)
    found = await fetched(context, statement.encode(), [bind(request) for bind in sql.binds])
    return orjson.loads(context.cursors.fill(found))


def _page_level(sql: Sql, step: Step[shapes.Connection]) -> str:
    """A page as JSON, with everything that can be read from its rows alone."""
    page = sql.page(step)
    row = _row(sql, step.shape, page.alias)
    edge = joined([literal('{"cursor":'), page.row_cursor, literal(',"row":'), row, literal("}")])
    info = [part for name, value in page.info.items() for part in (literal(f',"{name}":'), value)]
    body = joined([literal('{"rows":'), page.listed(edge), *info, literal("}")])
    return f"(SELECT {body} FROM {page.source})"  # noqa: S608 only static parts meet here


def _row(sql: Sql, shape: Shape, alias: str) -> str:
    parts: list[str] = [literal("{")]
    for column in shape.columns:
        parts += [literal(f'"{column.name}":'), sql.leaf(column, alias, RAW_JSON_OF), literal(",")]
    key = (
        f"coalesce(to_json(({sql.fill(shape.key, t=alias)})::text)::text, 'null')"
        if shape.key
        else literal("null")
    )
    return joined([*parts, literal('"key":'), key, literal("}")])


def _json(text: str) -> orjson.Fragment:
    """Leaves as PostgreSQL wrote it."""
    return orjson.Fragment(text.encode())


PYTHON_OF: Final[Mapping[Kind, Callable[[Any], Any]]] = {
    Kind.DATE: date.fromisoformat,
    Kind.TIMESTAMP: datetime.fromisoformat,
    Kind.POSITION: int,
    Kind.UUID: UUID,
    Kind.JSON: _json,
}


def entity(info: Info, shape: Shape, row: Mapping[str, Any] | None) -> Any:
    """The row as the strawberry type of the shape's name."""
    if row is None:
        return None
    definition: Any = info.schema.get_type_by_name(shape.name)
    values = {column.name: _python(column, row[column.name]) for column in shape.columns}
    return definition.origin(**values, key=row["key"])


def _python(column: Column, value: Any) -> Any:
    convert = PYTHON_OF.get(column.kind)
    return value if value is None or convert is None else convert(value)


def _page(info: Info, shape: Shape, found: Any, count: Callable[[Info], Awaitable[str]]) -> Any:
    async def total(info: Info) -> int:
        return int(await count(info))

    edges = [Edge(node=entity(info, shape, row["row"]), cursor=row["cursor"]) for row in found["rows"]]
    page = PageInfo(
        has_next_page=found["hasNextPage"],
        has_previous_page=found["hasPreviousPage"],
        start_cursor=found["startCursor"],
        end_cursor=found["endCursor"],
    )
    return Connection(edges=edges, nodes=[one.node for one in edges], page_info=page, count=total)


async def load(info: Info, type_name: str, key: UUID) -> Any:
    """One entity by its key, as this actor may see it; None where they may not."""
    shape = SHAPES[type_name]
    return entity(info, shape, await row_of(info.context, shape, key))


async def row_of(context: Context, shape: Shape, key: UUID) -> Any:
    """The same as a mapping; the shape need be none that a query can ask for."""
    sql = Sql(context.actor)
    one = shapes.One(shape.name, filters={"id": shapes.Filter(shape.key + " = {v}", shape.key_type)})
    step = Step(one, shape, "", Arguments.fixed({"id": str(key)}), shape.name)
    return await _run(context, sql, f"SELECT {sql.one(step, partial(_row, sql))}")
