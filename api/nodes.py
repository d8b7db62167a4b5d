"""`node` and `nodes`: an id says by itself where to look."""

from dataclasses import dataclass

from api.arguments import LONGEST_PAGE, Arguments, Bind, Request
from api.plan_sql import Body, Sql, forbidden
from api.refusals import Problem
from api.relay import GlobalId, parse_global_id
from api.roots import NODES, by_id
from domain.permissions import Actor
from projections.shape import Shape


@dataclass(frozen=True, slots=True)
class NodeArguments:
    """The types and the keys of the ids asked for, as two parameters."""

    types: Bind
    keys: Bind


def node_arguments(field: str, given: Arguments) -> NodeArguments:
    many = field == "nodes"
    read = given.value("ids" if many else "id")

    def ids(request: Request) -> list[GlobalId]:
        found = read(request)
        return checked(request.actor, list(found) if many else [found])

    return NodeArguments(
        lambda request: [one.type_name for one in ids(request)],
        lambda request: [one.key for one in ids(request)],
    )


def checked(actor: Actor, ids: list[str]) -> list[GlobalId]:
    if len(ids) > LONGEST_PAGE:
        raise Problem("BAD_PAGE", f"Ask for at most {LONGEST_PAGE} at once.")
    found = [parse_global_id(one) for one in ids]
    closed = {shape.name for shape in NODES if forbidden(actor, by_id(shape), shape)}
    if any(one.type_name in closed for one in found):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    return found


def node_branches(sql: Sql, ids: NodeArguments, many: bool, body: Body) -> str:
    """One row an id, looked up in its own type's table only."""
    asked = sql.alias()
    types, keys = sql.parameter(ids.types, "text[]"), sql.parameter(ids.keys, "text[]")
    branches = " ".join(_branch(sql, shape, asked, body) for shape in NODES)
    row = f"coalesce(CASE {asked}.type {branches} END, 'null')"
    if many:
        row = f"'[' || coalesce(string_agg({row}, ',' ORDER BY {asked}.n), '') || ']'"
    rows = f"unnest({types}, {keys}) WITH ORDINALITY {asked} (type, key, n)"
    return f"(SELECT {row} FROM {rows})"  # noqa: S608 only static parts meet here


def _branch(sql: Sql, shape: Shape, asked: str, body: Body) -> str:
    alias = sql.alias()
    same = f"{sql.fill(shape.key, t=alias)} = {asked}.key::{shape.key_type}"
    found = f"FROM {shape.table} {alias} WHERE {same} AND {sql.allowed(shape.seen, t=alias)}"
    return f"WHEN '{shape.name}' THEN (SELECT {body(shape, alias)} {found})"
