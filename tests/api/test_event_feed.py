"""GET /events: all of the log as messages, for those who may read it, and following it by Last-Event-ID."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from api.app import Options
from domain.command import Command
from domain.event import DomainEvent
from domain.participant import PARTICIPANT, Left, Registered
from domain.permissions import Role
from domain.profile import LeavingReason
from domain.store import KeyRing, Store
from tests.api.serving import Served, bare_organisation, serving
from tests.domain.samples import revived

KEYS = KeyRing.random()
REGISTERED, LEFT = "org.chiron.participant.registered.v1", "org.chiron.participant.left.v1"
NDJSON, STREAM = {"accept": "application/x-ndjson"}, {"accept": "text/event-stream"}


class Feed:
    """A served organisation of which one can tell, and its feed as a client reads it."""

    def __init__(self, served: Served, store: Store, organisation: str) -> None:
        self.served, self.store, self.organisation = served, store, organisation

    def tell(self, *events: DomainEvent) -> UUID:
        stream = PARTICIPANT.stream(uuid4())
        self.store.act(Command(uuid4(), "tester"), stream, lambda _: events)
        return stream.id

    def get(self, query: str = "", role: Role = Role.AUDITOR, accept: str = "*/*") -> httpx.Response:
        authorization = self.served.authorization(role)
        with httpx.Client(base_url=self.served.url, timeout=30) as client:
            return client.get(f"/events{query}", headers={**authorization, "accept": accept})

    def messages(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.get(query, accept="application/x-ndjson")
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "application/x-ndjson; charset=utf-8",
        )
        return [orjson.loads(line) for line in answer.content.splitlines()]

    @contextmanager
    def following(self, query: str = "", **headers: str) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
        authorization = self.served.authorization(Role.AUDITOR)
        with (
            httpx.Client(base_url=self.served.url, timeout=60) as client,
            client.stream("GET", f"/events{query}", headers={**authorization, **STREAM, **headers}) as answer,
        ):
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            yield events(answer)


def events(answer: httpx.Response) -> Iterator[tuple[int, dict[str, Any]]]:
    position = 0
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            position = int(value)
        elif name == "data":
            yield position, orjson.loads(value)


@pytest.fixture(scope="module")
def feed(postgres_url: str) -> Iterator[Feed]:
    """Of a log in which three have come and one has gone again."""
    with (
        bare_organisation(postgres_url) as database,
        serving(database, Options(keep_alive_seconds=0.1), keys=KEYS) as served,
        Store.open(database, KEYS) as store,
    ):
        one = Feed(served, store, database.schema)
        registered = revived("participant.registered", 1)
        for _ in range(3):
            one.tell(registered)
        one.tell(registered, Left(reason=LeavingReason.OWN_WISH))
        yield one


def test_all_of_the_log_are_messages_in_order(feed: Feed) -> None:
    found = feed.messages()[:5]
    assert [int(message["sequence"]) for message in found] == [1, 2, 3, 4, 5]
    assert [message["type"] for message in found] == [*[REGISTERED] * 4, LEFT]
    assert {message["source"] for message in found} == {f"/organisations/{feed.organisation}"}
    assert not {field for message in found for field in message["data"]} & Registered.personal_fields


def test_a_part_of_it_is_asked_by_position_and_type(feed: Feed) -> None:
    assert [int(message["sequence"]) for message in feed.messages("?after=2")][:3] == [3, 4, 5]
    assert feed.messages(f"?type={LEFT}")[0]["sequence"].endswith("5")
    assert len(feed.messages(f"?type={LEFT},{REGISTERED}&after=3")) >= 2


def test_it_is_followed_and_taken_up_again(feed: Feed) -> None:
    with feed.following("?after=4") as found:
        assert next(found)[0] == 5
        stream = feed.tell(revived("participant.registered", 1))
        position, message = next(found)
        assert (position, message["subject"]) == (int(message["sequence"]), str(stream))
    feed.tell(Left(reason=LeavingReason.OWN_WISH))
    with feed.following(**{"last-event-id": str(position)}) as found:
        assert next(found)[0] == position + 1


def test_only_some_types_are_followed(feed: Feed) -> None:
    with feed.following(f"?after=0&type={LEFT}") as found:
        assert next(found)[1]["type"] == LEFT


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("?after=-1", "*/*", (400, "BAD_ARGUMENT")),
        ("?after=many", "*/*", (400, "BAD_ARGUMENT")),
        ("?after=999999", "*/*", (400, "POSITION_UNKNOWN")),
        ("?type=org.chiron.nothing.v1", "*/*", (400, "BAD_ARGUMENT")),
        ("?before=3", "*/*", (400, "BAD_ARGUMENT")),
        ("", "text/html", (406, "NOT_ACCEPTABLE")),
    ],
)
def test_what_cannot_be_understood_is_told(
    feed: Feed, query: str, accept: str, expected: tuple[int, str]
) -> None:
    answer = feed.get(query, accept=accept)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == expected


def test_it_is_only_read_and_only_by_whom_the_whole_log_is_for(feed: Feed) -> None:
    assert feed.get(role=Role.ORGANISATION_ADMIN).status_code == 200
    for role in (Role.PARTICIPANT, Role.FACILITATOR, Role.ADMINISTRATOR, Role.GUEST, Role.SERVICE):
        assert feed.get(role=role).json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    with httpx.Client(base_url=feed.served.url) as client:
        assert client.get("/events").status_code == 401
        answer = client.post("/events", headers=feed.served.authorization(Role.AUDITOR))
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
