"""Renders shapes as SQL whose result is finished JSON text; plans and resolvers both read through here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from api.arguments import Arguments, Bind, Request, limit, text
from api.refusals import Problem
from api.relay import open_cursor
from domain.permissions import Actor, Role, scopes_for
from projections.shape import (
    Column,
    Conditions,
    Connection,
    Edge,
    Filter,
    Guard,
    Key,
    Kind,
    Many,
    One,
    Order,
    Shape,
)

CONCAT_ARGUMENTS: Final = 90
"""PostgreSQL takes at most 100 arguments in a call."""


Way = TypeVar("Way", One, Many, Connection)


class Literal(str):
    """SQL text of a string constant; neighbours are merged."""

    __slots__ = ()


def literal(text: str) -> Literal:
    return Literal("'" + text.replace("'", "''") + "'")


def joined(parts: Iterable[str]) -> str:
    """One text expression of many; none of them may be NULL, because concat() would swallow it."""
    merged: list[str] = []
    for part in parts:
        if merged and isinstance(part, Literal) and isinstance(merged[-1], Literal):
            merged[-1] = Literal(merged[-1][:-1] + part[1:])
        else:
            merged.append(part)
    while len(merged) > 1:
        runs = [merged[at : at + CONCAT_ARGUMENTS] for at in range(0, len(merged), CONCAT_ARGUMENTS)]
        merged = [f"concat({', '.join(run)})" for run in runs]
    return merged[0]


JSON_OF: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "to_json({c})::text",
    Kind.INT: "({c})::text",
    Kind.BOOL: "({c})::text",
    Kind.ID: "'\"' || {c} || '\"'",
    Kind.UUID: "'\"' || ({c})::text || '\"'",
    Kind.DATE: "'\"' || to_char({c}, 'YYYY-MM-DD') || '\"'",
    Kind.TIMESTAMP: "'\"' || to_char(({c}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || '\"'",
    Kind.JSON: "({c})::text",
    Kind.ENUM: "'\"' || upper({c}) || '\"'",
    Kind.TEXTS: "array_to_json({c})::text",
    Kind.ENUMS: "array_to_json(upper(({c})::text)::text[])::text",
    Kind.POSITION: "'\"' || ({c})::text || '\"'",
}
RAW_JSON_OF: Final[Mapping[Kind, str]] = {
    **JSON_OF,
    Kind.JSON: "to_json(({c})::text)::text",
    Kind.ENUM: JSON_OF[Kind.TEXT],
    Kind.ENUMS: JSON_OF[Kind.TEXTS],
}
"""For resolvers: enums by their value, JSON as the text that will leave unchanged."""

SEARCHED: Final = Filter("", "text")
GLOBAL_ID: Final = "encode(convert_to('{of}:' || ({c})::text, 'UTF8'), 'base64')"


class Sql:
    """One statement being written: its aliases and its parameters."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.binds: list[Bind] = []
        self._ambient: dict[str, str] = {}
        self._aliases = 0

    def alias(self) -> str:
        self._aliases += 1
        return f"t{self._aliases}"

    def parameter(self, bind: Bind, sql_type: str) -> str:
        self.binds.append(bind)
        return f"${len(self.binds)}::{sql_type}"

    def fill(self, fragment: str, **names: str) -> str:
        return fragment.format_map(_Names(self, names))

    def ambient(self, name: str) -> str:
        """A parameter that says who asks; one however often it is used."""
        if name not in self._ambient:
            self._ambient[name] = self.parameter(*AMBIENT[name])
        return self._ambient[name]

    def allowed(self, guards: Iterable[Guard], **names: str) -> str:
        """Whether any of the guards lets the actor through, as a condition on the row.

        No way is filled in before it is known to be asked: a parameter that no statement names has no type.
        """
        ways = [way for guard in guards for way in self._ways(guard)]
        if any(way == "true" for way, _ in ways):
            return "true"
        asked = [self.fill(way, **names, role=f"'{role.value}'") for way, role in ways]
        return f"({' OR '.join(asked)})" if asked else "false"

    def _ways(self, guard: Guard) -> Iterable[tuple[str, Role]]:
        for role, scope in sorted(scopes_for(self.actor, guard.action)):
            way = {"any": "true", "own": guard.own, "staffed": guard.staffed, "opened": guard.opened}[scope]
            both = [part for part in (way, guard.when) if part != "true"]
            if "false" not in both:
                yield " AND ".join(both) or "true", role

    def leaf(self, column: Column, alias: str, kinds: Mapping[Kind, str] = JSON_OF) -> str:
        """A column as JSON text; null where it has no value, or none for this actor."""
        value = self.fill(column.sql, t=alias, **self._conditions(column.conditions, alias))
        if column.of:
            value = GLOBAL_ID.format(of=column.of, c=value)
        shown = f"coalesce({kinds[column.kind].format(c=value)}, 'null')"
        condition = self.allowed((column.guard,), t=alias) if column.guard else "true"
        if condition == "false":
            return literal("null")
        return shown if condition == "true" else f"CASE WHEN {condition} THEN {shown} ELSE 'null' END"

    def _conditions(self, conditions: Conditions, alias: str) -> dict[str, str]:
        return {name: self.allowed(guards, t=alias) for name, guards in conditions.items()}

    def rows(self, step: "Step[Any]", alias: str) -> str:
        """FROM and WHERE: the rows at the other end of an edge that this actor may see."""
        edge, seen = step.edge, step.shape.seen
        conditions = [self.fill(edge.on, t=alias, p=step.parent)]
        if seen:
            conditions.append(self.allowed(seen, t=alias))
        if edge.guard:
            conditions.append(self.allowed((edge.guard,), t=alias, p=step.parent))
        if not isinstance(edge, Many):
            for name, one in edge.filters.items():
                if step.given.has(name):
                    value = self.parameter(step.given.filter(name, one), one.type)
                    names = self._conditions(one.conditions, alias)
                    found = self.fill(one.sql, t=alias, v=value, **names)
                    conditions += [self._searchable(one, alias, value), found]
        where = " AND ".join(condition for condition in conditions if condition != "true") or "true"
        return f"FROM {self._table(step)} {alias} WHERE {where}"

    def _table(self, step: "Step[Any]") -> str:
        search = step.edge.search if isinstance(step.edge, Connection) else None
        if search and step.given.has(search.argument):
            found = self.parameter(step.given.filter(search.argument, SEARCHED), "text")
            return self.fill(search.table, **{search.argument: found})
        wanted: Mapping[str, Filter] = step.edge.given if isinstance(step.edge, Many) else {}
        given = {name: self.parameter(step.given.filter(name, one), one.type) for name, one in wanted.items()}
        return self.fill(step.shape.table, **given)

    def _searchable(self, one: Filter, alias: str, value: str) -> str:
        if one.guard is None:
            return "true"
        if not scopes_for(self.actor, one.guard.action):
            raise Problem("FORBIDDEN", "You are not allowed to search by this.")
        return self.allowed((one.guard,), t=alias, v=value)

    def key(self, key: Key, alias: str) -> str:
        """What rows are ordered by, as far as this actor may see it."""
        value = self.fill(key.sql, t=alias)
        seen = self.allowed((key.guard,), t=alias) if key.guard else "true"
        return value if seen == "true" else f"CASE WHEN {seen} THEN {value} ELSE {key.hidden} END"

    def one(self, step: "Step[One]", body: "Body") -> str:
        alias = self.alias()
        return f"coalesce((SELECT {body(step.shape, alias)} {self.rows(step, alias)}), 'null')"

    def many(self, step: "Step[Many]", body: "Body") -> str:
        alias = self.alias()
        order = self.fill(step.edge.order, t=alias, p=step.parent)
        items = f"string_agg({body(step.shape, alias)}, ',' ORDER BY {order})"
        return f"(SELECT '[' || coalesce({items}, '') || ']' {self.rows(step, alias)})"

    def total(self, step: "Step[Connection]") -> str:
        alias = self.alias()
        rows = self.rows(step, alias)
        count = self.fill(step.edge.count, t=alias) if rows.endswith(" WHERE true") else "count(*)"
        return f"(SELECT ({count})::text {rows})"

    def tally(self, step: "Step[Connection]", texts: str, most: int) -> str:
        """A statement: how many rows have each text in a column of lists, the most frequent first."""
        alias = self.alias()
        each = f"SELECT unnest({self.fill(texts, t=alias)}) AS text {self.rows(step, alias)}"
        return f"""
            SELECT coalesce(json_agg(json_build_array(text, n)), '[]')
              FROM (SELECT min(text), count(*) FROM ({each}) e
                     GROUP BY lower(text) ORDER BY 2 DESC, 1 LIMIT {most}) b (text, n)
        """  # noqa: S608 only static parts meet here, and a whole number

    def page(self, step: "Step[Connection]") -> "Page":
        inner, outer = self.alias(), self.alias()
        word, order = step.given.order(step.edge.orders)
        tag = f"{step.name}.{word}"
        size, backward = limit(step.given)
        direction = " DESC" if order.descending is not backward else ""
        keys = ", ".join(self.key(key, inner) + direction for key in order.keys)
        bounds = [
            self._beyond(order, inner, step.given, side, tag)
            for side in ("after", "before")
            if step.given.has(side)
        ]
        source = (
            f"(SELECT {inner}.*, row_number() OVER (ORDER BY {keys}) AS nth"
            f" {' AND '.join([self.rows(step, inner), *bounds])} ORDER BY {keys} LIMIT {size + 1}) {outer}"
        )
        more = f"(count(*) > {size})::text"
        return Page(
            source=source,
            shown=f"{outer}.nth <= {size}",
            order=f"{outer}.nth DESC" if backward else f"{outer}.nth",
            reverse=f"{outer}.nth" if backward else f"{outer}.nth DESC",
            alias=outer,
            cursor=open_cursor(tag, [self.key(key, outer) for key in order.keys]),
            has_next=_flag(step.given.has("before")) if backward else more,
            has_previous=more if backward else _flag(step.given.has("after")),
        )

    def _beyond(self, order: Order, alias: str, given: Arguments, side: str, tag: str) -> str:
        keys = ", ".join(self.key(key, alias) for key in order.keys)
        ends = ", ".join(
            self.parameter(given.cursor(side, tag, at, len(order.keys)), key.type)
            for at, key in enumerate(order.keys)
        )
        return f"({keys}) {'<' if order.descending is (side == 'after') else '>'} ({ends})"


Body = Callable[[Shape, str], str]
"""The JSON of a row of that shape under that alias."""


@dataclass(frozen=True, slots=True)
class Step(Generic[Way]):
    """An edge followed from the row under the alias `parent`; `name` is the field's, with its type."""

    edge: Way
    shape: Shape
    parent: str
    given: Arguments
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """The pieces a connection's JSON is made of. `source` holds one row more than is `shown`."""

    source: str
    shown: str
    order: str
    reverse: str
    alias: str
    cursor: str
    has_next: str
    has_previous: str

    def listed(self, body: str) -> str:
        items = f"string_agg({body}, ',' ORDER BY {self.order}) FILTER (WHERE {self.shown})"
        return f"'[' || coalesce({items}, '') || ']'"

    @property
    def row_cursor(self) -> str:
        return f"'\"' || {self.cursor} || '\"'"

    @property
    def info(self) -> Mapping[str, str]:
        """The fields of PageInfo."""
        return {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": self._outermost(self.order),
            "endCursor": self._outermost(self.reverse),
        }

    def _outermost(self, order: str) -> str:
        """The cursor of the first row in that order."""
        first = f"(array_agg({self.cursor} ORDER BY {order}) FILTER (WHERE {self.shown}))[1]"
        return f"coalesce('\"' || {first} || '\"', 'null')"


class _Names(dict[str, str]):
    def __init__(self, sql: Sql, names: Mapping[str, str]) -> None:
        super().__init__(names)
        self._sql = sql

    def __missing__(self, name: str) -> str:
        return self._sql.ambient(name)


def _flag(value: bool) -> str:
    return literal(str(value).lower())


def forbidden(actor: Actor, edge: Edge, shape: Shape) -> bool:
    """Whether no row at all could ever be seen: that is told, instead of an emptiness that would be a lie."""
    ways = [guard for guard in shape.seen if scopes_for(actor, guard.action)]
    return (bool(shape.seen) and not ways) or (
        edge.guard is not None and not scopes_for(actor, edge.guard.action)
    )


def refuse_forbidden(actor: Actor, edge: Edge, shape: Shape) -> None:
    if forbidden(actor, edge, shape):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")


def _viewer(request: Request) -> str | None:
    return str(request.actor.participant) if request.actor.participant else None


AMBIENT: Final[Mapping[str, tuple[Bind, str]]] = {
    "viewer": (_viewer, "uuid"),
    "actor": (lambda request: text(request.actor.id), "text"),
    "roles": (lambda request: sorted(role.value for role in request.actor.roles), "text[]"),
}
