"""Webhooks through the API: who is told of what, with which secret, and what has become of it."""

import asyncio
from typing import Any, Final
from uuid import uuid4

import orjson
import pytest

from api.context import open_services
from api.execution import execute
from api.relay import global_id
from domain.permissions import Actor, Role
from domain.store import Database, KeyRing
from domain.webhook import ReplayAsked
from projections import webhook_secrets
from tests.api.webhooks_told import HELD, deliver, owed
from tests.house import Caller, House, Json, key_of

URL: Final = "https://crm.example.org/hooks"
ALL: Final = "url types description paused pausedAt generation waiting failed lastDeliveredAt version"
SHOWN: Final = f"webhook {{ id {ALL} secret }}"
READ: Final = f"query ($id: ID!) {{ webhook(id: $id) {{ {ALL} registeredAt secret }} }}"
DELIVERIES: Final = """
query ($id: ID!, $state: WebhookDeliveryState, $first: Int, $after: String) {
    webhook(id: $id) { deliveries(state: $state, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage }
        nodes { position replay eventId type state attempts status code dueAt settledAt } } } }"""


def registered(house: House, **more: Any) -> Json:
    given = {"url": URL, "types": [HELD], **more}
    made = house.done(house.registrar, "registerWebhook", given, f"{SHOWN} secret")
    return {**made["webhook"], "given": made["secret"]}


def read(house: House, webhook: Json, caller: Caller | None = None) -> Any:
    return house.ask(caller or house.registrar, READ, id=webhook["id"])["webhook"]


def refusal(house: House, command: str, given: Json) -> tuple[str, str, list[str]]:
    error = house.refused(house.registrar, command, given)
    return error["__typename"], error["code"], error["path"]


def test_what_is_registered_reads_as_it_was_said_and_gives_its_secret(house: House) -> None:
    made = registered(house, types=[HELD, "org.chiron.mentorship.*"], description="The CRM")
    found = read(house, made)
    assert found.pop("registeredAt")
    assert found == {
        "url": URL, "types": [HELD, "org.chiron.mentorship.*"], "description": "The CRM", "paused": None,
        "pausedAt": None, "generation": 1, "waiting": 0, "failed": 0, "lastDeliveredAt": None, "version": 1,
        "secret": made["given"],
    }  # fmt: skip
    assert len(webhook_secrets.key_of(made["given"])) == 32
    assert registered(house)["given"] != made["given"]


def test_an_auditor_sees_all_but_the_secret(house: House) -> None:
    made = registered(house)
    found = read(house, made, house.caller(Role.AUDITOR))
    assert (found["url"], found["secret"]) == (URL, None)


def test_it_is_changed_in_what_is_said(house: House) -> None:
    made = registered(house, description="The CRM")
    given = {"webhook": made["id"], "types": ["*"], "expectedVersion": 1}
    changed = house.done(house.registrar, "changeWebhook", given, SHOWN)["webhook"]
    assert (changed["url"], changed["types"], changed["description"]) == (URL, ["*"], "The CRM")
    given = {"webhook": made["id"], "url": "https://desk.example.org/"}
    changed = house.done(house.registrar, "changeWebhook", given, SHOWN)["webhook"]
    assert (changed["url"], changed["types"], changed["version"]) == ("https://desk.example.org/", ["*"], 3)


def test_it_is_paused_and_resumed(house: House) -> None:
    webhook = {"webhook": registered(house)["id"]}
    paused = house.done(house.registrar, "pauseWebhook", webhook, SHOWN)["webhook"]
    assert paused["paused"] == "ASKED"
    assert paused["pausedAt"]
    assert refusal(house, "pingWebhook", webhook)[1] == "WEBHOOK_IS_PAUSED"
    resumed = house.done(house.registrar, "resumeWebhook", webhook, SHOWN)["webhook"]
    assert (resumed["paused"], resumed["pausedAt"]) == (None, None)


def test_a_secret_is_replaced_once_by_whoever_replaces_it_first(house: House) -> None:
    made = registered(house)
    given = {"webhook": made["id"], "generation": 1}
    first = house.done(house.registrar, "rotateWebhookSecret", given, f"{SHOWN} secret")
    assert first["webhook"]["generation"] == 2
    assert first["secret"] == first["webhook"]["secret"] != made["given"]
    second = house.done(house.registrar, "rotateWebhookSecret", given, "secret")
    assert second["secret"] == first["secret"]
    unknown = {**given, "generation": 3}
    assert refusal(house, "rotateWebhookSecret", unknown) == ("RefusalError", "SECRET_IS_UNKNOWN", [])


def test_what_has_happened_is_sent_again_once_a_key(house: House) -> None:
    made, head = registered(house), house.store.head()
    given = {"webhook": made["id"], "after": str(head - 1), "idempotencyKey": str(uuid4())}
    first = house.done(house.registrar, "replayWebhook", given)
    assert house.done(house.registrar, "replayWebhook", given)["position"] == first["position"]
    (told,) = house.events_since(head)
    assert isinstance(told.event, ReplayAsked)
    assert (told.stream_id, told.event.after) == (key_of(made["id"]), head - 1)
    ahead = {"webhook": made["id"], "after": str(house.store.head())}
    assert refusal(house, "replayWebhook", ahead) == ("RefusalError", "REPLAY_IS_AHEAD", [])


def test_a_ping_is_sent_once_a_key(house: House) -> None:
    made, head = registered(house), house.store.head()
    given = {"webhook": made["id"], "idempotencyKey": str(uuid4())}
    first, second = (house.done(house.registrar, "pingWebhook", given) for _ in range(2))
    assert first["position"] == second["position"]
    assert [one.name for one in house.events_since(head)] == ["webhook.pinged"]


def test_every_command_with_the_same_key_answers_the_first_receipt(house: House) -> None:
    webhook = {"webhook": registered(house)["id"]}
    wishes: dict[str, Json] = {
        "registerWebhook": {"url": URL, "types": ["*"]},
        "changeWebhook": {**webhook, "types": ["*"]},
        "pauseWebhook": webhook,
        "resumeWebhook": webhook,
        "rotateWebhookSecret": {**webhook, "generation": 1},
        "removeWebhook": webhook,
    }
    for command, given in wishes.items():
        keyed = {**given, "idempotencyKey": str(uuid4())}
        first, head = house.done(house.registrar, command, keyed), house.store.head()
        assert house.done(house.registrar, command, keyed) == first, command
        assert house.store.head() == head


def test_a_removed_one_is_shown_to_nobody(house: House) -> None:
    made = registered(house)
    webhook = {"webhook": made["id"]}
    assert house.done(house.registrar, "removeWebhook", webhook, SHOWN)["webhook"] is None
    assert read(house, made) is None
    assert refusal(house, "pauseWebhook", webhook)[1] == "WEBHOOK_IS_UNKNOWN"


def test_they_are_listed_page_by_page_the_oldest_first(house: House) -> None:
    made = [registered(house)["id"] for _ in range(3)]
    query = """query ($after: String) { webhooks(first: 2, after: $after) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } }"""
    listed: list[str] = []
    after, more = None, True
    while more:
        page = house.ask(house.registrar, query, after=after)["webhooks"]
        listed += [one["id"] for one in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len(listed) == page["totalCount"]
    assert listed[-3:] == made


def test_it_tells_what_was_sent_and_what_waits(house: House) -> None:
    made, other = registered(house), registered(house)
    key = key_of(made["id"])
    deliver(
        house.database,
        owed(key, 3, "delivered", attempts=1, status=204),
        owed(key, 4, "failed", attempts=9, status=500),
        owed(key, 4, round=90),
        owed(key, 5, attempts=2, code="timeout"),
        owed(key_of(other["id"]), 5),
    )
    found = read(house, made)
    told = (found["waiting"], found["failed"], found["lastDeliveredAt"])
    assert told == (2, 1, "2026-01-06T09:03:00.000000Z")
    page = house.ask(house.registrar, DELIVERIES, id=made["id"])["webhook"]["deliveries"]
    assert [(one["position"], one["replay"], one["state"]) for one in page["nodes"]] == [
        ("5", None, "WAITING"), ("4", "90", "WAITING"), ("4", None, "FAILED"), ("3", None, "DELIVERED"),
    ]  # fmt: skip
    assert page["nodes"][0] == {
        "position": "5", "replay": None, "eventId": f"{key}.5", "type": HELD, "state": "WAITING",
        "attempts": 2, "status": None, "code": "TIMEOUT", "dueAt": "2026-01-06T09:00:00.000000Z",
        "settledAt": None,
    }  # fmt: skip
    last = page["nodes"][3]
    assert (last["status"], last["dueAt"], last["settledAt"]) == (204, None, "2026-01-06T09:03:00.000000Z")


def test_what_was_sent_is_paged_by_state(house: House) -> None:
    made = registered(house)
    key = key_of(made["id"])
    deliver(house.database, *(owed(key, n, "failed" if n % 2 else "waiting") for n in range(1, 8)))
    found, after = [], None
    for _ in range(2):
        variables = {"id": made["id"], "state": "FAILED", "first": 2, "after": after}
        page = house.ask(house.registrar, DELIVERIES, **variables)["webhook"]["deliveries"]
        found += [one["position"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (found, page["totalCount"]) == (["7", "5", "3", "1"], 4)
    assert page["pageInfo"]["hasNextPage"] is False


BAD: Final[list[tuple[Json, str, list[str]]]] = [
    ({"url": ""}, "VALUE_ERROR", ["input", "url"]),
    ({"url": "ftp://crm.example.org/"}, "VALUE_ERROR", ["input", "url"]),
    ({"url": "https://ada:x@crm.example.org/"}, "VALUE_ERROR", ["input", "url"]),
    ({"url": "https://crm.example.org/" + "x" * 2_000}, "STRING_TOO_LONG", ["input", "url"]),
    ({"url": "http://crm.example.org/"}, "ADDRESS_IS_NOT_SECURE", []),
    ({"url": "https://crm.example.org/#a"}, "ADDRESS_HAS_FRAGMENT", []),
    ({"url": "https://crm.example.org:99999/"}, "ADDRESS_HAS_NO_HOST", []),
    ({"types": []}, "TOO_SHORT", ["input", "types"]),
    ({"types": [HELD, ""]}, "VALUE_ERROR", ["input", "types", "1"]),
    ({"types": [HELD, "Meeting"]}, "VALUE_ERROR", ["input", "types", "1"]),
    ({"types": [HELD, HELD]}, "VALUE_ERROR", ["input", "types"]),
    ({"types": [f"a.b{n}" for n in range(51)]}, "TOO_LONG", ["input", "types"]),
    ({"types": ["org.chiron.meeting.unheard_of.v1"]}, "TYPE_IS_UNKNOWN", []),
    ({"types": ["meeting.*"]}, "TYPE_IS_UNKNOWN", []),
    ({"description": ""}, "STRING_TOO_SHORT", ["input", "description"]),
    ({"description": "x" * 201}, "STRING_TOO_LONG", ["input", "description"]),
    ({"description": "two\nlines"}, "VALUE_ERROR", ["input", "description"]),
]


@pytest.mark.parametrize(("bad", "code", "path"), BAD, ids=lambda value: str(value)[:40])
def test_what_nobody_could_be_told_by_is_refused_where_it_stands(
    house: House, bad: Json, code: str, path: list[str]
) -> None:
    made = registered(house)
    kind = "InputError" if path else "RefusalError"
    good = {"url": URL, "types": [HELD]}
    assert refusal(house, "registerWebhook", {**good, **bad}) == (kind, code, path)
    assert refusal(house, "changeWebhook", {"webhook": made["id"], **bad}) == (kind, code, path)


@pytest.mark.parametrize("command", ["changeWebhook", "pauseWebhook", "resumeWebhook", "pingWebhook"])
def test_what_was_never_registered_is_unknown(house: House, command: str) -> None:
    nowhere = {"webhook": global_id("Webhook", uuid4())}
    assert refusal(house, command, nowhere) == ("RefusalError", "WEBHOOK_IS_UNKNOWN", [])


@pytest.mark.parametrize(("allowed", "codes"), [(True, []), (False, ["ADDRESS_IS_NOT_SECURE"])])
def test_an_address_without_tls_is_for_where_the_settings_allow_it(
    organisation: Database, allowed: bool, codes: list[str]
) -> None:
    document = """mutation { registerWebhook(input: {
        url: "http://127.0.0.1:9000/", types: ["*"] }) { position errors { code } } }"""

    async def told() -> Any:
        keys, admin = KeyRing.random(), Actor("admin", frozenset({Role.ORGANISATION_ADMIN}))
        async with open_services(organisation, keys, b"c" * 32, private_webhooks=allowed) as services:
            answer = await execute(services.context(admin), document, None, None)
        return orjson.loads(answer.body)

    found = asyncio.run(told())["data"]["registerWebhook"]
    assert [error["code"] for error in found["errors"]] == codes
    assert (found["position"] == "1") is allowed
