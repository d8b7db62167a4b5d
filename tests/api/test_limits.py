"""What a document may cost: each limit by itself, at its edge."""

from typing import Any

import pytest
from graphql import build_schema, get_introspection_query

from api.limits import Gate, Limits
from api.refusals import Problem

SCHEMA = build_schema(
    """
    interface Named { name: String }
    type Thing implements Named { name: String parts(first: Int, last: Int): ThingConnection tags: [Thing!]! }
    type ThingEdge { node: Thing }
    type ThingConnection { nodes: [Thing!]! edges: [ThingEdge!]! totalCount: Int }
    type Query {
      thing: Thing named: Named words(given: [[String]]): String
      things(first: Int, last: Int): ThingConnection chosen(ids: [ID!]!): [Thing!]!
    }
    """
)


def gate(**limits: Any) -> Gate:
    return Gate(SCHEMA, Limits(**limits))


def refusal(found: Gate, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    with pytest.raises(Problem) as refused:
        found.charge(found.admit(text), None, variables)
    return dict(refused.value.extensions or {})


def cost(text: str, variables: dict[str, Any] | None = None) -> int:
    found = gate()
    return found.charge(found.admit(text), None, variables)


@pytest.mark.parametrize(
    ("limit", "just", "over", "code"),
    [
        ({"characters": 20}, "{ thing { name } }  ", "{ thing { name } }   ", "DOCUMENT_TOO_LONG"),
        ({"tokens": 6}, "{ thing { name } }", "{ a: thing { name } }", "TOO_MANY_TOKENS"),
        ({"tokens": 8}, "#a\n#b\n{ thing { name } }", "#a\n#b\n#c\n{ thing { name } }", "TOO_MANY_TOKENS"),
        ({"nesting": 4}, "{ words(given: [[]]) }", "{ words(given: [[[]]]) }", "TOO_DEEP"),
        ({"depth": 2}, "{ thing { ... { name } } }", "{ thing { parts { totalCount } } }", "TOO_DEEP"),
        ({"aliases": 1}, "{ a: thing { name } }", "{ a: thing { b: name } }", "TOO_MANY_ALIASES"),
        (
            {"directives": 1},
            "{ thing @skip(if: true) { name } }",
            "query ($a: Int @x) { thing @skip(if: true) { name } }",
            "TOO_MANY_DIRECTIVES",
        ),
        (
            {"directives": 2},
            "query @x { ... @y { thing { name } } }",
            "query @x { ...F @y } fragment F on Query @z { thing { name } }",
            "TOO_MANY_DIRECTIVES",
        ),
        ({"fields": 2}, "{ thing { name } }", "{ thing { name tags { name } } }", "TOO_MANY_FIELDS"),
        (
            {"fields": 4},
            "{ ...F ...F } fragment F on Query { thing { name } }",
            "{ ...F ...F ...F } fragment F on Query { thing { name } }",
            "TOO_MANY_FIELDS",
        ),
        ({"repeats": 1}, "{ thing { name name } }", "{ thing { name name name } }", "TOO_MANY_REPEATS"),
        (
            {"fragments": 1},
            "{ ...F } fragment F on Query { thing { name } }",
            "{ ...F } fragment F on Query { thing { name } } fragment G on Thing { name }",
            "TOO_MANY_FRAGMENTS",
        ),
        (
            {"cost": 41},
            "{ things { nodes { name } } }",
            "{ things { nodes { name } totalCount } }",
            "TOO_COSTLY",
        ),
    ],
)
def test_every_limit_is_exact_and_says_its_figure(
    limit: dict[str, int], just: str, over: str, code: str
) -> None:
    found = gate(**limit)
    found.charge(found.admit(just), None, None)
    told = refusal(gate(**limit), over)
    assert told["code"] == code
    assert told["limit"] == next(iter(limit.values()))
    assert told["figure"] is None or told["figure"] > told["limit"]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("{ thing { name } }", {}, 2),
        ("{ things { totalCount } }", {}, 21),
        ("{ things(first: 3) { nodes { name } } }", {}, 7),
        ("{ things(last: 3) { edges { node { name } } } }", {}, 10),
        ("{ things(first: null) { totalCount } }", {}, 21),
        ("query ($n: Int) { things(first: $n) { totalCount } }", {"n": 7}, 8),
        ("query ($n: Int = 4) { things(first: $n) { totalCount } }", {}, 5),
        ("query ($n: Int = 4) { things(first: $n) { totalCount } }", {"n": None}, 21),
        (
            "{ things(first: 3) { nodes { parts(first: 4) { nodes { name } } } } }",
            {},
            1 + 3 * (1 + 1 + 4 * 2),
        ),
        ("{ thing { tags { name } } }", {}, 1 + 1 + 5),
        ('{ chosen(ids: ["a", "b"]) { name } }', {}, 3),
        ("query ($ids: [ID!]!) { chosen(ids: $ids) { name } }", {"ids": ["a"] * 9}, 10),
        ("{ ...F ...F } fragment F on Query { things(first: 3) { totalCount } }", {}, 8),
        ("{ named { ... on Thing { tags { name } } } }", {}, 7),
        ("{ ... { nobody { at { all } } } ...Nowhere }", {}, 3),
        ("{ things(first: 999999999999999999999) { totalCount } }", {}, None),
    ],
)
def test_the_cost_is_the_fields_times_the_items_of_their_lists(
    text: str, variables: dict[str, Any], expected: int | None
) -> None:
    if expected is None:
        assert refusal(gate(), text)["code"] == "TOO_COSTLY"
    else:
        assert cost(text, variables) == expected


def test_a_remembered_document_costs_what_its_variables_say_each_time() -> None:
    found = gate()
    text = "query ($n: Int) { things(first: $n) { totalCount } }"
    assert found.admit(text) is found.admit(text)
    assert [found.charge(found.admit(text), None, {"n": n}) for n in range(1, 50)] == list(range(2, 51))
    assert found.charge(found.admit(text), None, {"n": 3}) == 4


def test_a_page_size_with_a_fraction_of_nothing_costs_what_it_means() -> None:
    found, sized = gate(), "query ($n: Int) { things(first: $n) { nodes { name } } }"
    admitted = found.admit(sized)
    for given in (7, 100.0, 30):
        assert found.charge(admitted, None, {"n": given}) == cost(sized, {"n": int(given)})


def test_a_long_text_is_taken_but_not_remembered() -> None:
    found = gate()
    text = "{ thing { name } } #" + "x" * 10_000
    assert found.admit(text).document == found.admit(text).document
    assert found.admit(text) is not found.admit(text)


def test_a_fragment_bomb_is_counted_without_being_expanded() -> None:
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    bomb = f"{{ ...F0 }} {doubling} fragment F40 on Query {{ thing {{ name }} }}"
    assert refusal(gate(), bomb) == {"code": "TOO_MANY_FIELDS", "limit": 600, "figure": 1_000_000_000}


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ thing { name } } fragment F on Query { ...G } fragment G on Query { thing { ... { ...F } } }",
    ],
)
def test_a_fragment_cycle_is_refused_used_or_not(text: str) -> None:
    with pytest.raises(Problem) as refused:
        gate().admit(text)
    assert refused.value.extensions == {"code": "FRAGMENT_CYCLE"}


def test_the_usual_introspection_passes_and_a_circular_one_does_not() -> None:
    found = gate()
    usual = get_introspection_query(
        input_value_deprecation=True, specified_by_url=True, schema_description=True
    )
    assert found.admit(usual).introspects
    circular = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert refusal(found, circular) == {"code": "INTROSPECTION_TOO_DEEP", "limit": 2, "figure": 3}


def test_introspection_can_be_switched_off() -> None:
    closed = Gate(SCHEMA, Limits(), introspection=False)
    for text in (
        "{ __schema { types { name } } }",
        '{ ...F } fragment F on Query { __type(name: "A") { name } }',
    ):
        assert refusal(closed, text) == {"code": "INTROSPECTION_DISABLED"}
    closed.admit("{ __typename thing { __typename } }")


def test_a_syntax_error_says_where_and_quotes_little() -> None:
    with pytest.raises(Problem) as refused:
        gate().admit("{ thing " + "x" * 5_000 + "(")
    assert refused.value.extensions == {"code": "SYNTAX_ERROR"}
    assert refused.value.locations == [(1, 5010)]
    with pytest.raises(Problem) as quoted:
        gate().admit("{" + "x" * 5_000 + " $" + "y" * 5_000 + "}")
    assert len(quoted.value.message) <= 200


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        (None, "query A { thing { name } } query B { thing { name } }", "OPERATION_NAME_MISSING"),
        ("C", "query A { thing { name } } query B { thing { name } }", "OPERATION_UNKNOWN"),
        (None, "fragment F on Query { thing { name } }", "OPERATION_MISSING"),
    ],
)
def test_there_must_be_one_operation_to_execute(name: str | None, text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        gate().admit(text).operation(name)
    assert (refused.value.extensions or {})["code"] == code


def test_variables_are_nested_only_so_deep() -> None:
    found = gate(variable_depth=4)
    found.check_variables({"a": [[{"b": 1}]], "c": [1, 2]})
    with pytest.raises(Problem) as refused:
        found.check_variables({"a": [[[{"b": 1}]]]})
    assert (refused.value.extensions or {})["code"] == "VARIABLES_TOO_DEEP"
