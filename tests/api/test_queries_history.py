"""The history of a relationship as clients read it: in order, by kind, as of a past day, by its words."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from psycopg import AsyncRawCursor

from api.execution import NO_VARIABLES, PLANS, bound
from api.relay import global_id
from domain.permissions import Actor, Role
from tests.api import world as cast
from tests.api.history_told import HIKE, SESSION, tell_much
from tests.api.world import ADMIN, AS_MAX, AS_NOOR, AS_SAM, AUDITOR, START, World, mid, opened

OURS: Final = mid(HIKE)
AS_ADA: Final = Actor("ada", frozenset({Role.PARTICIPANT}), cast.ADA)
AS_LIN: Final = Actor("lin", frozenset({Role.PARTICIPANT}), cast.LIN)
AS_GUEST: Final = Actor("guest", frozenset({Role.GUEST}), cast.NOOR)
MANY: Final = 5_000


def history(world: World, actor: Actor, fields: str, of: str = OURS, **given: Any) -> list[Any]:
    """All pages in turn: the nodes' only field, or the nodes."""
    types = {
        "kinds": "[HistoryKind!]",
        "from": "DateTime",
        "to": "DateTime",
        "asOf": "AsOf",
        "search": "String",
    }
    declared = "".join(f", ${name}: {types[name]}" for name in given)
    passed = "".join(f", {name}: ${name}" for name in given)
    ask = f"""query ($id: ID!, $after: String{declared}) {{ mentorship(id: $id) {{
      history(first: 9, after: $after{passed}) {{
        totalCount nodes {{ {fields} }} pageInfo {{ endCursor hasNextPage }} }} }} }}"""
    found: list[Any] = []
    after: str | None = None
    while True:
        page = world.data(ask, actor, id=of, after=after, **given)["mentorship"]["history"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return [next(iter(node.values())) if len(node) == 1 else node for node in found]


def found(world: World, actor: Actor, search: str, fields: str = "text") -> list[Any]:
    """What is found in all relationships, the latest first."""
    ask = f"query ($search: String!) {{ history(search: $search) {{ totalCount nodes {{ {fields} }} }} }}"
    page = world.data(ask, actor, search=search)["history"]
    assert page["totalCount"] == len(page["nodes"])
    return [next(iter(node.values())) for node in page["nodes"]]


def test_entries_come_in_order_each_with_its_sentence(world: World) -> None:
    told = history(world, AS_NOOR, "position sentence")
    assert [int(entry["position"]) for entry in told] == sorted(int(entry["position"]) for entry in told)
    sentences = [entry["sentence"] for entry in told]
    assert sentences[0] == "The relationship of Ada Lovelace, Noor Bakker began."
    for sentence in (
        "Noor Bakker set a goal, due on 1 March 2026.",
        "Ada Lovelace saw a goal 50 % reached.",
        "The relationship was paused until 1 February 2026.",
        "Ada Lovelace proposed a meeting: 2 March 2026, 09:00 UTC or 3 March 2026, 09:00 UTC.",
        "Noor Bakker confirmed a meeting on 3 March 2026, 09:00 UTC.",
        "A meeting was held on 3 March 2026, 09:00 UTC, for 45 minutes, by Ada Lovelace, Noor Bakker.",
        "A meeting was cancelled.",
        "Ada Lovelace gave Noor Bakker an assignment, due on 1 April 2026.",
    ):
        assert sentence in sentences


def test_nothing_that_was_said_stands_in_a_sentence(world: World) -> None:
    entries = history(world, AS_NOOR, "sentence text")
    assert all(entry["text"] not in entry["sentence"] for entry in entries if entry["text"])


def test_an_entry_leads_to_who_did_it_and_to_what_it_is_about(world: World) -> None:
    fields = "id name kind about actor { name } mentorship { id }"
    asked = next(
        one for one in history(world, AS_NOOR, fields) if one["name"] == "conversation.question_asked"
    )
    assert (asked["kind"], asked["actor"]["name"]) == ("QUESTION", "Noor Bakker")
    assert asked["mentorship"]["id"] == OURS
    again = "query ($id: ID!) { node(id: $id) { ... on HistoryEntry { name about } } }"
    assert world.data(again, AS_NOOR, id=asked["id"])["node"] == {
        "name": asked["name"],
        "about": asked["about"],
    }
    assert world.data(again, AS_SAM, id=asked["id"])["node"] is None


def test_a_flash_session_begins_with_the_inquiry_that_led_to_it(world: World) -> None:
    told = history(world, AS_ADA, "name text", mid(SESSION))
    inquiry = [entry for entry in told if entry["name"].startswith("inquiry.")]
    assert [entry["text"] for entry in inquiry] == ["May I ask?", None, None, None]
    assert [entry["name"] for entry in inquiry][:2] == ["inquiry.asked", "inquiry.session_agreed"]
    rated = history(world, AS_NOOR, "name text", mid(SESSION))[-1]
    assert rated == {"name": "inquiry.rated", "text": "Thanks"}


def test_kinds_and_times_leave_the_rest_out(world: World) -> None:
    assert set(history(world, AS_NOOR, "kind", kinds=["MEETING", "NOTE"])) == {"MEETING", "NOTE"}
    at = [entry for entry in history(world, AS_NOOR, "at name") if entry["name"] == "meeting.confirmed"]
    first, last = at[0]["at"], at[-1]["at"]
    between = history(world, AS_NOOR, "at", **{"from": first, "to": last})
    assert (between[0], max(between) < last) == (first, True)


def test_as_of_a_position_or_a_moment_it_is_as_it_was_then(world: World) -> None:
    told = history(world, AS_NOOR, "position at")
    middle = told[len(told) // 2]
    before = [entry["position"] for entry in told if int(entry["position"]) <= int(middle["position"])]
    assert history(world, AS_NOOR, "position", asOf=middle["position"]) == before
    assert history(world, AS_NOOR, "position", asOf=middle["at"]) == before
    assert history(world, AS_NOOR, "position", asOf=START.isoformat()) == []


@pytest.mark.parametrize("as_of", ["yesterday", "-1", "9" * 20, "2026-01-31", ""])
def test_as_of_anything_else_is_refused(world: World, as_of: str) -> None:
    ask = "query ($asOf: AsOf) { history(filter: {asOf: $asOf}) { totalCount } }"
    [error] = world.answer(ask, AS_NOOR, asOf=as_of)["errors"]
    assert error["extensions"]["code"] == "BAD_VARIABLES"


def test_who_has_left_sees_what_was_until_then(world: World) -> None:
    assert history(world, AS_LIN, "name")[-1] == "mentorship.member_left"


def test_a_guest_sees_their_own_relationship_and_the_names_in_it(world: World) -> None:
    assert history(world, AS_GUEST, "sentence") == history(world, AS_NOOR, "sentence")


def test_staff_sees_that_it_happened_and_content_by_the_policy(world: World) -> None:
    by_name = {entry["name"]: entry for entry in history(world, AS_MAX, "name text facts sentence")}
    assert by_name["mentorship.goal_set"]["text"] == "Climb"
    assert by_name["mentorship.member_left"]["text"] == "No boots"
    for name in ("conversation.message_sent", "mentorship.checked_in", "resource.link_shared"):
        assert by_name[name]["text"] is None
    assert by_name["mentorship.checked_in"]["facts"] == {}
    shared = by_name["resource.document_shared"]
    assert (shared["facts"], shared["sentence"]) == ({}, "Noor Bakker shared a document.")
    assert history(world, AS_NOOR, "facts", kinds=["CHECK_IN"]) == [{"ratings": {"progress": 4}}]


def test_a_note_and_a_concern_are_seen_by_whom_they_are_for(world: World) -> None:
    def read(actor: Actor, kind: str) -> list[str | None]:
        return history(world, actor, "text", kinds=[kind])

    assert read(AS_NOOR, "NOTE") == ["Jotted for author", "Jotted for members", "Jotted for staff"]
    assert read(AS_ADA, "NOTE") == ["Jotted for members", "Jotted for staff"]
    assert read(AS_MAX, "NOTE") == read(ADMIN, "NOTE") == [None, None]
    assert (
        read(AS_ADA, "CONCERN")
        == read(AS_MAX, "CONCERN")
        == ["We leave tardily", "I am afraid", "We leave earlier"]
    )
    assert read(AS_NOOR, "CONCERN") == ["We leave tardily", "We leave earlier"]
    assert read(ADMIN, "CONCERN") == [None, None, None]


def test_who_came_is_told_to_whoever_may_read_of_meetings(world: World) -> None:
    def held(actor: Actor) -> tuple[str, bool]:
        [entry] = [
            one for one in history(world, actor, "name sentence facts") if one["name"] == "meeting.held"
        ]
        return entry["sentence"], "attendance" in entry["facts"]

    held_by = "A meeting was held on 3 March 2026, 09:00 UTC, for 45 minutes, by Ada Lovelace, Noor Bakker."
    assert held(AS_NOOR) == held(AS_MAX) == (held_by, True)
    assert held(ADMIN) == ("A meeting was held on 3 March 2026, 09:00 UTC, for 45 minutes.", False)


def test_without_a_right_to_names_nobody_is_named(world: World) -> None:
    sentences = history(world, AUDITOR, "sentence")
    assert sentences[0] == "The relationship of Somebody, Somebody began."
    assert not [one for one in sentences if "Lovelace" in one or "Bakker" in one]


def test_what_is_said_is_found_by_its_words(world: World) -> None:
    assert found(world, AS_NOOR, "climber") == ["How do climbers rest?"]
    assert found(world, AS_NOOR, "hurry OR snoozing") == ["They snooze.", 'Hurrying "tardily" <b>today</b>']
    assert found(world, AS_NOOR, '"climbers rest" -tardily') == ["How do climbers rest?"]
    assert history(world, AS_NOOR, "text", search="snooze") == ["They snooze."]
    for nothing in ("", "!!", "unheard", "'); --"):
        assert found(world, AS_NOOR, nothing) == []


def test_what_may_not_be_seen_cannot_be_found(world: World) -> None:
    assert found(world, AS_ADA, "jotted author") == []
    assert found(world, AS_NOOR, "jotted author") == ["Jotted for author"]
    assert found(world, AS_NOOR, "afraid") == []
    assert found(world, AS_MAX, "afraid") == ["I am afraid"]
    for actor in (AS_MAX, ADMIN, AUDITOR, AS_SAM, AS_LIN):
        assert found(world, actor, "snooze OR tardily") == (
            ["We leave tardily"] if actor in {AS_MAX, AS_LIN} else []
        )
    assert found(world, AS_NOOR, "meant") == []


def test_an_excerpt_shows_what_was_looked_for_as_plain_text(world: World) -> None:
    [excerpt] = found(world, AS_NOOR, "hurrying", 'excerpt(search: "hurry today") { text found }')
    assert excerpt == [
        {"text": "Hurrying", "found": True},
        {"text": ' "tardily"  ', "found": False},
        {"text": "today", "found": True},
    ]
    ask = 'query ($id: ID!) { node(id: $id) { ... on HistoryEntry { excerpt(search: "snooze") { text } } } }'
    [answer] = found(world, AS_NOOR, "snooze", "id")
    assert world.data(ask, AS_MAX, id=answer)["node"]["excerpt"] == []


def test_the_history_of_everything_can_be_of_one_relationship(world: World) -> None:
    ask = "query ($id: ID!) { history(filter: {mentorship: $id}, first: 2) { nodes { position } } }"
    newest = [entry["position"] for entry in world.data(ask, AS_NOOR, id=OURS)["history"]["nodes"]]
    assert newest == list(reversed(history(world, AS_NOOR, "position")[-2:]))
    assert world.data(ask, AS_SAM, id=OURS)["history"]["nodes"] == []


def test_no_node_stands_at_a_position_without_an_entry(world: World) -> None:
    ask = "query ($id: ID!) { node(id: $id) { id } }"
    assert world.data(ask, ADMIN, id=global_id("HistoryEntry", 1))["node"] is None


@pytest.fixture(scope="module")
def long_lived(postgres_url: str) -> Iterator[World]:
    """One relationship in which much has been said, beside many others."""
    with opened(postgres_url) as one:
        one.run(tell_much(one.services, MANY))
        yield one


def read_rows(world: World, actor: Actor, query: str) -> int:
    """How many rows of the history the plan of a query reads."""

    async def explained() -> Any:
        plan = PLANS.plan(query, None, PLANS.document(query).operation(None), NO_VARIABLES, actor)
        assert plan is not None
        explain = b"EXPLAIN (ANALYZE, FORMAT JSON) " + plan.statement
        context = world.context(actor)
        values = await bound(context, plan, NO_VARIABLES)
        async with world.services.pool.connection() as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(explain, values)
            return await cursor.fetchone()

    ((tree,),) = world.run(explained())
    return sum(_read(tree["Plan"]))


def _read(node: dict[str, Any]) -> Iterator[int]:
    if node.get("Relation Name") == "history":
        each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield round(each * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from _read(below)


@pytest.mark.parametrize("page", ["first: 20", "last: 20", 'last: 20, asOf: "2026-01-05T12:00:00Z"'])
@pytest.mark.parametrize("actor", [AS_NOOR, AS_MAX, ADMIN], ids=lambda actor: actor.id)
def test_a_page_reads_no_more_of_a_long_history_than_of_a_short_one(
    long_lived: World, actor: Actor, page: str
) -> None:
    ask = f'{{ mentorship(id: "{OURS}") {{ history({page}) {{ nodes {{ sentence text }} }} }} }}'
    assert read_rows(long_lived, actor, ask) <= 25


def test_the_latest_of_ones_own_reads_nothing_of_others(long_lived: World) -> None:
    ask = "{ history(first: 20) { nodes { sentence } } }"
    as_max = Actor("max", frozenset({Role.PARTICIPANT}), cast.MAX)
    assert len(long_lived.data(ask, as_max)["history"]["nodes"]) == read_rows(long_lived, as_max, ask) > 0


def test_a_seldom_word_is_found_without_reading_the_others(long_lived: World) -> None:
    ask = '{ history(search: "4248") { nodes { text } } }'
    assert [node["text"] for node in long_lived.data(ask, AS_NOOR)["history"]["nodes"]] == [
        "They snooze. 4248"
    ]
    assert read_rows(long_lived, AS_NOOR, ask) <= 5
