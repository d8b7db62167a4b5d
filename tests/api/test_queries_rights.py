"""Who sees what: rows, fields and whole lists, by the table of permissions."""

from dataclasses import replace
from typing import Any

import pytest

from api.execution import execute
from api.relay import parse_global_id
from projections.freshness import Freshness
from tests.api import world as cast
from tests.api.world import (
    ACTORS,
    ADMIN,
    AS_MAX,
    AS_NOOR,
    AS_SAM,
    AUDITOR,
    NOBODY,
    SERVICE,
    World,
    eid,
    gid,
    pid,
)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def person(world: World, who: str, fields: str, actor: Any) -> Any:
    return world.data(f"query ($id: ID!) {{ participant(id: $id) {{ {fields} }} }}", actor, id=who)[
        "participant"
    ]


PERSONAL = "name biography workHistory email contact externalId source sources demographics expertHeadline"


def shown(one: dict[str, Any]) -> set[str]:
    return {name for name, value in one.items() if value is not None}


COLLEAGUES = {"name", "biography", "workHistory", "expertHeadline"}
CONTACT = {"email", "contact"}
RECORD = {"externalId", "source", "sources"}


@pytest.mark.parametrize(
    ("actor", "fields"),
    [
        (ADMIN, COLLEAGUES | CONTACT | RECORD),
        (AUDITOR, RECORD),
        (AS_NOOR, COLLEAGUES),
        (AS_SAM, COLLEAGUES | CONTACT),
        (AS_MAX, COLLEAGUES | CONTACT),
        (SERVICE, set[str]()),
    ],
    ids=["admin", "auditor", "participant", "administrator", "facilitator", "service"],
)
def test_what_one_sees_of_somebody_else(world: World, actor: Any, fields: set[str]) -> None:
    assert shown(person(world, pid(cast.ADA), PERSONAL, actor)) == fields


def test_one_sees_everything_of_oneself(world: World) -> None:
    ada = replace(AS_NOOR, participant=cast.ADA)
    assert shown(person(world, pid(cast.ADA), PERSONAL, ada)) == COLLEAGUES | CONTACT | RECORD | {
        "demographics"
    }


@pytest.mark.parametrize("actor", [AUDITOR, SERVICE], ids=lambda actor: actor.id)
def test_a_name_that_cannot_be_seen_cannot_be_searched_nor_told_from_the_order(
    world: World, actor: Any
) -> None:
    assert codes(world.answer('{ participants(filter: {text: "Ada"}) { totalCount } }', actor)) == [
        "FORBIDDEN"
    ]
    ask = """query ($after: String) { participants(first: 4, orderBy: NAME, after: $after) {
        nodes { id } pageInfo { endCursor } } }"""
    upward = world.data(ask, actor)["participants"]
    rest = world.data(ask, actor, after=upward["pageInfo"]["endCursor"])["participants"]
    found = [node["id"] for node in (*upward["nodes"], *rest["nodes"])]
    assert found == sorted(found, key=lambda one: parse_global_id(one).key)
    assert len(found) == 7


def test_an_avoided_person_is_never_told(world: World) -> None:
    ask = "query ($id: ID!) { participant(id: $id) { avoids { id } } }"
    assert world.data(ask, AS_NOOR, id=pid(cast.NOOR))["participant"]["avoids"] == [{"id": pid(cast.MAX)}]
    assert world.data(ask, AS_NOOR, id=pid(cast.ADA))["participant"]["avoids"] == []
    for actor in (ADMIN, AUDITOR, AS_MAX):
        answer = world.answer(ask, actor, id=pid(cast.NOOR))
        assert codes(answer) == ["FORBIDDEN"]
        assert answer["data"] == {"participant": {"avoids": None}}


def test_a_draft_is_seen_by_its_own_staff_only(world: World) -> None:
    ask = "{ programs { totalCount nodes { name } } }"
    everything = ["Leadership", "Onboarding", "Retired"]
    for actor, seen in ((ADMIN, everything), (AUDITOR, everything), (AS_MAX, everything)):
        assert [node["name"] for node in world.data(ask, actor)["programs"]["nodes"]] == seen
    for actor in (AS_NOOR, AS_SAM):
        page = world.data(ask, actor)["programs"]
        assert [node["name"] for node in page["nodes"]] == ["Leadership", "Retired"]
        assert page["totalCount"] == 2
        assert (
            world.data("query ($id: ID!) { node(id: $id) { id } }", actor, id=gid(cast.ONBOARDING))["node"]
            is None
        )


def test_settings_are_for_staff(world: World) -> None:
    ask = "query ($id: ID!) { program(id: $id) { settings { version } } }"
    assert world.data(ask, AS_SAM, id=gid(cast.LEADERSHIP))["program"]["settings"] == {"version": 2}
    assert world.data(ask, AS_SAM, id=gid(cast.RETIRED))["program"]["settings"] is None
    assert codes(world.answer(ask, AS_NOOR, id=gid(cast.LEADERSHIP))) == ["FORBIDDEN"]


def test_a_participant_sees_their_own_enrollments_only(world: World) -> None:
    page = world.data("{ enrollments { totalCount nodes { id answers } } }", AS_NOOR)["enrollments"]
    assert {node["id"] for node in page["nodes"]} == {
        eid(cast.LEADERSHIP, cast.NOOR),
        eid(cast.RETIRED, cast.NOOR),
    }
    assert all(node["answers"] == {"why": 'To "learn"'} for node in page["nodes"])
    ask = 'query ($id: ID!) { enrollment(id: $id) { id } program(id: "%s") { roster { totalCount } } }'
    found = world.data(ask % gid(cast.LEADERSHIP), AS_NOOR, id=eid(cast.LEADERSHIP, cast.ADA))
    assert found == {"enrollment": None, "program": {"roster": {"totalCount": 1}}}


def test_an_auditor_sees_enrollments_without_personal_words(world: World) -> None:
    nodes = world.data("{ enrollments { nodes { state answers reason } } }", AUDITOR)["enrollments"]["nodes"]
    assert len(nodes) == 7
    assert {(node["answers"], node["reason"]) for node in nodes} == {(None, None)}
    reasons = world.data("{ enrollments { nodes { reason } } }", AS_SAM)["enrollments"]["nodes"]
    assert {node["reason"] for node in reasons} == {None, "No place"}


@pytest.mark.parametrize("actor", [AS_NOOR, AS_SAM, AS_MAX, SERVICE, NOBODY])
@pytest.mark.parametrize("field", ["events { totalCount }", "readModels { name }"])
def test_the_log_and_the_read_models_are_for_auditors(world: World, actor: Any, field: str) -> None:
    answer = world.answer(f"{{ {field} viewer {{ actor }} }}", actor)
    assert codes(answer) == ["FORBIDDEN"]
    assert answer["data"] == {field.split(maxsplit=1)[0]: None, "viewer": {"actor": actor.id}}


def test_a_log_entry_by_id_is_as_forbidden(world: World) -> None:
    ask = 'query ($id: ID!) { node(id: "TG9nRW50cnk6MQ==") { id } person: node(id: $id) { id } }'
    answer = world.answer(ask, AS_NOOR, id=pid(cast.ADA))
    assert codes(answer) == ["FORBIDDEN"]
    assert answer["data"] == {"node": None, "person": {"id": pid(cast.ADA)}}


def test_who_has_no_role_sees_nothing(world: World) -> None:
    for root in ("participants", "programs", "enrollments", "events"):
        assert codes(world.answer(f"{{ {root} {{ totalCount }} }}", NOBODY)) == ["FORBIDDEN"]
    assert world.data(
        "{ viewer { actor roles participant { id } } }", replace(NOBODY, roles=AS_NOOR.roles)
    ) == {"viewer": {"actor": "nobody", "roles": ["PARTICIPANT"], "participant": None}}


def test_a_service_sees_what_its_scopes_say(world: World) -> None:
    assert world.data("{ participants { totalCount } }", SERVICE)["participants"] == {"totalCount": 7}
    assert codes(world.answer("{ programs { totalCount } }", SERVICE)) == ["FORBIDDEN"]
    unscoped = replace(SERVICE, scopes=frozenset())
    assert codes(world.answer("{ participants { totalCount } }", unscoped)) == ["FORBIDDEN"]


@pytest.mark.parametrize("actor", [one for one in ACTORS if one is not NOBODY], ids=lambda one: one.id)
def test_of_an_erased_person_nothing_is_left(world: World, actor: Any) -> None:
    fields = "erased status name email jobTitle department location biography contact demographics externalId"
    found = person(world, pid(cast.EVE), fields, actor)
    assert found.pop("erased") is True
    assert found.pop("status") == "ERASED"
    assert set(found.values()) == {None}


def test_min_position_waits_for_the_read_models_or_says_stale(world: World) -> None:
    head = world.store.head()
    ask = "query ($p: Position) { participants(minPosition: $p) { totalCount } viewer { actor } }"
    assert world.data(ask, p=str(head))["participants"] == {"totalCount": 7}
    impatient = replace(world.services, freshness=Freshness(world.services.pool, patience=0.05))
    found = world.run(execute(impatient.context(ADMIN), ask, {"p": str(head + 1)}, None)).body
    assert b'"participants":null,"viewer":{"actor":"admin"}' in found
    assert b'"code":"STALE","retryable":true' in found


@pytest.mark.parametrize("position", ["-1", "x", "9223372036854775808"])
def test_a_position_that_cannot_be_is_refused(world: World, position: str) -> None:
    answer = world.answer("query ($p: Position) { viewer(minPosition: $p) { actor } }", p=position)
    assert codes(answer) == ["BAD_VARIABLES"]
