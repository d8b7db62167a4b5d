"""What is planned, what is not, and whom a plan serves."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    extend_schema,
    find_schema_changes,
    get_named_type,
    parse,
)

from api import schema
from api.execution import coerced, execute
from api.plan_cache import REMEMBERED_CHARACTERS, Latest, PlanCache, outline
from api.planner import COLUMNS, Plan
from api.roots import QUERY, SHAPES
from api.schema import GRAPHQL
from domain.permissions import Actor, Role
from projections.shape import Connection
from tests.api import world as cast
from tests.api.queries import COMPUTED, COMPUTED_OF
from tests.api.world import ADMIN, AS_NOOR, NOBODY, World, pid

PEOPLE = """query ($first: Int, $filter: ParticipantFilter) {
  participants(first: $first, filter: $filter) { nodes { name } } }"""


@pytest.fixture
def plans() -> PlanCache:
    return PlanCache(GRAPHQL)


def plan(
    plans: PlanCache, text: str, actor: Actor = ADMIN, name: str | None = None, **variables: Any
) -> Plan | None:
    operation = plans.document(text).operation(name)
    values = coerced(operation, variables)
    assert not isinstance(values, list), values
    return plans.plan(text, name, operation, values, actor)


def test_a_plan_serves_other_values_and_others_with_the_same_rights(plans: PlanCache) -> None:
    one = plan(plans, PEOPLE, AS_NOOR, first=3, filter={"text": "a"})
    assert one is not None
    lin = replace(AS_NOOR, id="lin", participant=cast.LIN)
    assert plan(plans, PEOPLE, lin, first=3, filter={"text": "b"}) is one


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"first": 1},
        {"first": 2, "filter": {"text": "a"}},
        {"first": None, "filter": {"text": "a"}},
        {"first": 1, "filter": {"department": "a"}},
    ],
)
def test_what_is_given_and_what_is_not_are_different_plans(
    plans: PlanCache, variables: dict[str, Any]
) -> None:
    assert plan(plans, PEOPLE, first=1, filter={"text": "a"}) is not plan(plans, PEOPLE, **variables)


def test_another_role_is_another_plan(plans: PlanCache) -> None:
    ask = "{ participants { nodes { email } } }"
    as_admin, as_noor = plan(plans, ask), plan(plans, ask, AS_NOOR)
    assert as_admin
    assert as_noor
    assert b"CASE WHEN" not in as_admin.statement
    assert b"CASE WHEN (t2.participant_id = $1::uuid) THEN" in as_noor.statement


def test_authorisation_is_part_of_the_statement(plans: PlanCache) -> None:
    found = plan(plans, "{ programs { nodes { name } } }", AS_NOOR)
    assert found is not None
    assert b"t1.state <> 'draft'" in found.statement


@pytest.mark.parametrize(
    "ask",
    [
        "{ __schema { types { name } } }",
        '{ viewer { actor } __type(name: "Participant") { name } }',
        'mutation { draftProgram(input: {name: "x"}) { position } }',
        "subscription { events { name } }",
    ],
)
def test_introspection_and_what_writes_are_not_planned(plans: PlanCache, ask: str) -> None:
    assert not plans.document(ask).errors
    assert plan(plans, ask) is None


@pytest.mark.parametrize(
    "ask",
    [
        "{ moonPhase }",
        "{ viewer { participant { starSign } } }",
        "{ participants { averageAge } }",
        "{ viewer { actor } participants { edges { node { manager { starSign } } } } }",
    ],
)
def test_a_field_that_no_shape_describes_is_left_to_its_resolver(ask: str) -> None:
    more = """extend type Query { moonPhase: String } extend type Participant { starSign: String }
              extend type ParticipantConnection { averageAge: Int }"""
    plans = PlanCache(extend_schema(GRAPHQL, parse(more)))
    assert not plans.document(ask).errors
    assert plan(plans, ask) is None


def test_what_is_forbidden_is_left_to_resolvers(plans: PlanCache) -> None:
    assert plan(plans, "{ events { totalCount } }", AS_NOOR) is None
    assert plan(plans, "{ viewer { participant { avoids { id } } } }", ADMIN) is None
    assert plan(plans, "{ viewer { actor } }", NOBODY) is not None


def test_introspection_is_answered_all_the_same(world: World) -> None:
    found = world.data('{ viewer { actor } __type(name: "Participant") { name } __typename }')
    assert found == {"viewer": {"actor": "admin"}, "__type": {"name": "Participant"}, "__typename": "Query"}


def test_the_operation_is_chosen_by_name(world: World) -> None:
    both = "query A { viewer { actor } } query B { viewer { roles } }"
    assert world.answer(both, operation_name="B")["data"] == {"viewer": {"roles": ["ORGANISATION_ADMIN"]}}
    assert world.answer(both)["errors"][0]["extensions"]["code"] == "OPERATION_NAME_MISSING"
    assert world.answer(both, operation_name="C")["errors"][0]["extensions"]["code"] == "OPERATION_UNKNOWN"


@pytest.mark.parametrize(
    ("ask", "variables", "code"),
    [
        ("{ nothing }", {}, "INVALID_DOCUMENT"),
        ("{ viewer { actor }", {}, "SYNTAX_ERROR"),
        ("query ($id: ID!) { node(id: $id) { id } }", {}, "BAD_VARIABLES"),
        (PEOPLE, {"first": "many"}, "BAD_VARIABLES"),
        (PEOPLE, {"filter": {"color": "red"}}, "BAD_VARIABLES"),
    ],
)
def test_a_bad_request_is_not_executed(world: World, ask: str, variables: dict[str, Any], code: str) -> None:
    answer = world.run(execute(world.context(), ask, variables, None))
    assert answer.executed is False
    assert f'"code":"{code}"'.encode() in answer.body
    assert b"Did you mean" not in answer.body


def test_a_known_text_is_read_once_and_a_long_one_is_not_kept(plans: PlanCache) -> None:
    assert plans.document(PEOPLE) is plans.document(PEOPLE)
    long = PEOPLE + " " * REMEMBERED_CHARACTERS
    assert plans.document(long) is not plans.document(long)
    assert plan(plans, long) is not plan(plans, long)


def test_only_the_latest_are_kept() -> None:
    kept: Latest[int] = Latest(2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.get("a") == 1
    kept.keep("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_an_outline_tells_what_is_given_but_not_its_value() -> None:
    assert outline({"a": "x", "b": None, "c": True}) == outline({"c": True, "b": None, "a": "y"})
    assert outline({"first": 20}) != outline({"first": 21})
    assert outline({"minPosition": 1_000}) == outline({"minPosition": 1_001})
    assert outline({"a": True}) != outline({"a": False})
    assert outline({"a": Role.AUDITOR}) != outline({"a": Role.SERVICE})
    assert outline({"a": {"b": "x"}}) != outline({"a": {"c": "x"}})
    assert outline({"a": ["x"]}) == outline({"a": ["x", "y"]})


FOUND_BY_SEARCH = {"DirectoryEntry"}
"""What a resolver finds and fills; only the edges that lead on are planned."""
PAGE = {"first", "after", "last", "before", "orderBy", "filter", "minPosition"}
EITHER_ID = {("InboxItem", "about"), ("Notification", "about")}
"""A global id or one within a relationship, made whole by its SQL."""


@pytest.mark.parametrize("name", [*SHAPES, "Query"])
def test_every_field_has_a_shape_and_every_shape_a_field(name: str) -> None:
    """Or else a field would quietly fall back to resolvers, or find none at all."""
    type_ = GRAPHQL.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    shape = QUERY if name == "Query" else SHAPES[name]
    columns = set(COLUMNS.get(name, ()))
    others = {"node", "nodes", *COMPUTED} if name == "Query" else COMPUTED_OF.get(name, set())
    if name in FOUND_BY_SEARCH:
        assert not columns
        others = set(type_.fields) - set(shape.edges)
    assert {*columns, *shape.edges, *others} == set(type_.fields)


@pytest.mark.parametrize("name", [*SHAPES, "Query"])
def test_every_argument_of_a_connection_means_something(name: str) -> None:
    type_ = GRAPHQL.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    for field, edge in (QUERY if name == "Query" else SHAPES[name]).edges.items():
        if isinstance(edge, Connection):
            conditions: Any = type_.fields[field].args.get("filter")
            filters = set(type_.fields[field].args) - PAGE | set(conditions.type.fields if conditions else ())
            searched = {edge.search.argument} if edge.search else set()
            assert filters == {*edge.filters, *searched}, field
            if order := type_.fields[field].args.get("orderBy"):
                assert {one.value for one in order.type.values.values()} == set(edge.orders), field


def test_scalars_of_columns_are_those_of_the_schema() -> None:
    expected = {
        "text": "String", "int": "Int", "bool": "Boolean", "id": "ID", "uuid": "UUID", "date": "Date",
        "timestamp": "DateTime", "json": "JSON", "texts": "String", "position": "Position",
    }  # fmt: skip
    for name, columns in COLUMNS.items():
        type_ = GRAPHQL.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        for field, column in columns.items():
            shown = get_named_type(type_.fields[field].type)
            if (name, field) in EITHER_ID:
                assert (column.kind, str(shown)) == ("text", "ID")
            elif isinstance(shown, GraphQLScalarType):
                assert shown.name == expected[column.kind], (name, field)
            else:
                assert column.kind in ("enum", "enums"), (name, field)


def test_one_query_of_everything_is_one_statement(plans: PlanCache, world: World) -> None:
    """However much is asked, the plan is one statement, and it is the one that answers."""
    ask = """query ($id: ID!) {
        participant(id: $id) { name manager { name reports { nodes { enrollments { nodes { program { name
          roster { edges { cursor node { participant { name } } } } } } } } } } }
        programs { totalCount } viewer { actor } nodes(ids: [$id]) { id } }"""
    found = plan(plans, ask, id=pid(cast.ADA))
    assert found is not None
    assert found.statement.startswith(b"SELECT concat(")
    assert b";" not in found.statement
    assert world.data(ask, id=pid(cast.ADA))["participant"]["manager"]["reports"]["nodes"]


def test_the_schema_can_be_written_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["schema", str(tmp_path / "schema.graphql")])
    schema.main()
    monkeypatch.setattr("sys.argv", ["schema"])
    schema.main()
    written = (tmp_path / "schema.graphql").read_text()
    assert written == capsys.readouterr().out
    assert find_schema_changes(build_schema(written), GRAPHQL) == []
