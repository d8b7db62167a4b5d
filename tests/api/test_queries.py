"""What the queries answer, said by hand: lists and their pages, filters, orders, nodes."""

from typing import Any

import pytest

from api.relay import global_id
from projections import catalogue
from tests.api import world as cast
from tests.api.world import ADMIN, AS_NOOR, World, eid, gid, pid


def names(page: Any) -> list[str | None]:
    return [node["name"] for node in page["nodes"]]


def code(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    return str(error["extensions"]["code"])


def people(world: World, arguments: str = "", **variables: Any) -> list[str | None]:
    return names(
        world.data(f"{{ participants{arguments} {{ nodes {{ name }} }} }}", **variables)["participants"]
    )


IN_ORDER = [
    None,
    "Ada Lovelace",
    "Ada Lovelace",
    "Gus Guest",
    "Lin Chen",
    "Noor Bakker",
    'Sam "the" Coordinator',
]


@pytest.mark.parametrize("size", [1, 2, 4, 6, 100])
@pytest.mark.parametrize("order", ["NAME", "NAME_DESC", "REGISTERED_AT", "REGISTERED_AT_DESC"])
def test_pages_forward_show_everybody_once_and_in_order(world: World, size: int, order: str) -> None:
    ask = """query ($first: Int, $after: String, $order: ParticipantOrder) {
      participants(first: $first, after: $after, orderBy: $order) {
        totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    whole = world.data(ask, first=100, order=order)["participants"]
    found: list[Any] = []
    after = None
    while True:
        page = world.data(ask, first=size, after=after, order=order)["participants"]
        assert page["totalCount"] == 7
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert len(page["nodes"]) == size
    assert found == whole["nodes"]
    assert len({node["id"] for node in found}) == 7


@pytest.mark.parametrize("size", [1, 2, 4])
def test_pages_backward_show_the_same_from_the_end(world: World, size: int) -> None:
    ask = """query ($last: Int, $before: String) { participants(last: $last, before: $before) {
        nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor } } }"""
    found: list[Any] = []
    before = None
    while True:
        page = world.data(ask, last=size, before=before)["participants"]
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        found = names(page) + found
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert found == IN_ORDER


def test_a_page_between_two_cursors(world: World) -> None:
    edges = world.data("{ participants { edges { cursor node { name } } } }")["participants"]["edges"]
    ask = (
        "query ($a: String, $b: String) { participants(after: $a, before: $b, first: %d) { nodes { name } } }"
    )
    page = world.data(ask % 9, a=edges[0]["cursor"], b=edges[4]["cursor"])["participants"]
    assert names(page) == IN_ORDER[1:4]
    assert (
        names(world.data(ask % 2, a=edges[0]["cursor"], b=edges[4]["cursor"])["participants"])
        == IN_ORDER[1:3]
    )


def test_a_page_of_none_says_whether_there_are_any(world: World) -> None:
    page = world.data(
        """{ participants(first: 0) { nodes { id } edges { cursor } totalCount
             pageInfo { hasNextPage startCursor endCursor } } }"""
    )
    assert page["participants"] == {
        "nodes": [],
        "edges": [],
        "totalCount": 7,
        "pageInfo": {"hasNextPage": True, "startCursor": None, "endCursor": None},
    }


def test_a_page_holds_twenty_unless_asked_otherwise(world: World) -> None:
    page = world.data("{ events { nodes { position } pageInfo { hasNextPage } } }")["events"]
    assert [node["position"] for node in page["nodes"]] == [str(n) for n in range(1, 21)]
    assert page["pageInfo"]["hasNextPage"] is True


@pytest.mark.parametrize("arguments", ["(first: 101)", "(first: -1)", "(last: 101)", "(first: 1, last: 1)"])
def test_a_page_that_cannot_be_is_refused(world: World, arguments: str) -> None:
    answer = world.answer(f"{{ participants{arguments} {{ totalCount }} }}")
    assert code(answer) == "BAD_PAGE"
    assert answer["data"] == {"participants": None}
    assert answer["errors"][0]["path"] == ["participants"]


def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    page = world.data("{ participants { pageInfo { endCursor } } }")["participants"]
    ask = "query ($after: String) { participants(orderBy: REGISTERED_AT, after: $after) { totalCount } }"
    assert code(world.answer(ask, after=page["pageInfo"]["endCursor"])) == "BAD_CURSOR"
    assert code(world.answer(ask, after="nonsense")) == "BAD_CURSOR"


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"text": "ADA l"}, ["Ada Lovelace", "Ada Lovelace"]),
        ({"text": "sales"}, ["Noor Bakker"]),
        ({"text": "%"}, []),
        ({"department": "Research"}, ["Ada Lovelace"]),
        ({"location": "Zürich"}, ["Ada Lovelace", "Noor Bakker"]),
        ({"location": "Zürich", "department": "Sales"}, ["Noor Bakker"]),
        ({"timeZone": "Europe/Zurich"}, ["Ada Lovelace"]),
        ({"language": "de-CH"}, ["Ada Lovelace"]),
        ({"status": "LEFT"}, ["Lin Chen"]),
        ({"status": "ERASED"}, [None]),
        ({"accepting": False}, [None]),
        ({"expert": True}, ["Ada Lovelace", "Gus Guest"]),
        ({"manager": pid(cast.SAM)}, ["Ada Lovelace", "Noor Bakker"]),
        ({"competencyOffered": "python"}, ["Ada Lovelace"]),
        ({"competencySought": "PYTHON"}, ["Noor Bakker"]),
        ({"competencySought": "Looms"}, []),
        ({}, IN_ORDER),
        ({"text": None}, IN_ORDER),
        (None, IN_ORDER),
    ],
)
def test_people_are_found_by(world: World, conditions: Any, found: list[str]) -> None:
    ask = "query ($filter: ParticipantFilter) { participants(filter: $filter) { totalCount nodes { name } } }"
    page = world.data(ask, filter=conditions)["participants"]
    assert names(page) == found
    assert page["totalCount"] == len(found)


def test_filters_take_variables_in_the_middle_of_literals(world: World) -> None:
    ask = (
        'query ($d: String) { participants(filter: {location: "Zürich", department: $d}) { nodes { name } } }'
    )
    assert names(world.data(ask, d="Sales")["participants"]) == ["Noor Bakker"]
    assert names(world.data(ask)["participants"]) == ["Ada Lovelace", "Noor Bakker"]


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800"])
def test_a_text_that_cannot_be_is_refused(world: World, text: str) -> None:
    ask = "query ($t: String) { participants(filter: {text: $t}) { totalCount } }"
    assert code(world.answer(ask, t=text)) == "BAD_TEXT"


@pytest.mark.parametrize(
    ("moment", "after"),
    [("2000-01-01T00:00:00+16:00", True), ("9000-01-01T00:00:00-23:59", False), ("0001-01-01T00:00Z", True)],
)
def test_a_moment_is_a_moment_wherever_its_clock_stands(world: World, moment: str, after: bool) -> None:
    ask = "query ($m: DateTime) { events(filter: {since: $m}) { totalCount } }"
    assert (world.data(ask, m=moment)["events"]["totalCount"] > 0) is after


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "2026-01-01"])
def test_a_moment_out_of_time_is_refused(world: World, moment: str) -> None:
    ask = "query ($m: DateTime) { events(filter: {since: $m}) { totalCount } }"
    assert code(world.answer(ask, m=moment)) == "BAD_VARIABLES"


def test_nodes_come_in_the_order_asked_for(world: World) -> None:
    ids = [
        global_id("LogEntry", 3),
        pid(cast.NOOR),
        gid(cast.LEADERSHIP),
        pid(cast.STRANGER),
        eid(cast.LEADERSHIP, cast.ADA),
        pid(cast.NOOR),
    ]
    ask = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
      ... on Participant { name } ... on Program { title: name }
      ... on Enrollment { role } ... on LogEntry { position } } }"""
    log, noor, program, nobody, enrollment, again = world.data(ask, ids=ids)["nodes"]
    assert log == {"__typename": "LogEntry", "id": ids[0], "position": "3"}
    assert noor == again == {"__typename": "Participant", "id": ids[1], "name": "Noor Bakker"}
    assert program == {"__typename": "Program", "id": ids[2], "title": "Leadership"}
    assert nobody is None
    assert enrollment == {"__typename": "Enrollment", "id": ids[4], "role": "MENTOR"}


def test_any_node_is_found_again_by_its_id(world: World) -> None:
    ask = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for one in (pid(cast.ADA), gid(cast.RETIRED), eid(cast.RETIRED, cast.NOOR), global_id("LogEntry", 1)):
        assert world.data(ask, id=one)["node"]["id"] == one
    assert world.data(ask, id=pid(cast.STRANGER))["node"] is None
    assert world.data(ask, id=global_id("LogEntry", 10**9))["node"] is None


def test_an_id_that_is_none_of_ours_is_told(world: World) -> None:
    answer = world.answer('{ a: node(id: "nonsense") { id } b: viewer { actor } }')
    assert code(answer) == "BAD_ID"
    assert answer["data"] == {"a": None, "b": {"actor": "admin"}}
    assert (
        code(world.answer("query ($id: ID!) { participant(id: $id) { id } }", id=gid(cast.LEADERSHIP)))
        == "BAD_ID"
    )
    assert code(world.answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"])) == "BAD_ID"
    assert (
        code(world.answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[pid(cast.ADA)] * 101))
        == "BAD_PAGE"
    )


def test_the_viewer_is_who_asks(world: World) -> None:
    ask = "{ viewer { actor roles participant { name email } } }"
    assert world.data(ask)["viewer"] == {
        "actor": "admin",
        "roles": ["ORGANISATION_ADMIN"],
        "participant": None,
    }
    assert world.data(ask, AS_NOOR)["viewer"] == {
        "actor": "noor",
        "roles": ["PARTICIPANT"],
        "participant": {"name": "Noor Bakker", "email": "noor@example.org"},
    }


def test_aliases_fragments_and_directives_keep_the_order_written(world: World) -> None:
    ask = """query ($id: ID!, $no: Boolean!) { participant(id: $id) {
        b: name ...more a: name @skip(if: $no) name @include(if: $no) ...more
        ... @include(if: true) { department __typename } b: name } }
      fragment more on Participant { location manager { id } manager { name } }"""
    one = world.data(ask, id=pid(cast.NOOR), no=True)["participant"]
    assert list(one) == ["b", "location", "manager", "name", "department", "__typename"]
    assert list(one["manager"]) == ["id", "name"]


def test_read_models_say_how_far_they_are(world: World) -> None:
    models = world.data("{ readModels { name version position lag parked updatedAt } }", ADMIN)["readModels"]
    assert [model["name"] for model in models] == sorted(view.name for view in catalogue.ALL)
    assert {model["lag"] for model in models} == {"0"}
    assert {model["position"] for model in models} == {str(world.store.head())}


def test_a_cursor_with_keys_of_another_order_is_refused(world: World) -> None:
    """As one from before an order was changed."""
    cursor = world.services.cursors.seal(b"Query.participants.name", b'["Ada"]').decode()
    ask = "query ($after: String) { participants(after: $after) { totalCount nodes { id } } }"
    assert code(world.answer(ask, after=cursor)) == "BAD_CURSOR"
