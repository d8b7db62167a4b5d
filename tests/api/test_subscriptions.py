"""Following the log through the API: by WebSocket and by server-sent events."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from domain.permissions import Role
from domain.store import KeyRing, Store
from tests.api.registering import register_people
from tests.api.serving import Served, bare_organisation, serving

PATIENCE = 30
FOLLOW = """
    subscription Follow($after: String, $names: [String!]) {
      events(after: $after, names: $names) { position name }
    }
"""
EVERYTHING = (
    "id position name stream streamId version schemaVersion recordedAt actor commandId correlationId cause"
    " payload withheld"
)
BUFFER = 64
SMALLEST = 4_096


@dataclass(frozen=True)
class House:
    served: Served
    store: Store


@pytest.fixture
def house(postgres_url: str) -> Iterator[House]:
    keys = KeyRing.random()
    with (
        bare_organisation(postgres_url) as database,
        Store.open(database, keys) as store,
        serving(database, keys=keys, buffer=BUFFER, patience=0.05) as served,
    ):
        yield House(served, store)


class Follower:
    """A subscription over a WebSocket of its own, which takes in little that is not read."""

    def __init__(
        self, house: House, stack: ExitStack, *roles: Role, query: str = FOLLOW, **variables: Any
    ) -> None:
        address = httpx.URL(house.served.url)
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
        line.connect((address.host, address.port))
        url = f"{house.served.websocket_url}/graphql"
        connection = connect(url, sock=line, subprotocols=[Subprotocol("graphql-transport-ws")])
        self.socket: ClientConnection = stack.enter_context(connection)
        self._say(type="connection_init", payload=house.served.authorization(*roles))
        assert self.hear() == {"type": "connection_ack"}
        self._say(type="subscribe", id="1", payload={"query": query, "variables": variables})
        # Messages are taken in order: the answer to this one says that the subscription stands.
        self._say(type="ping")
        self.early: list[Any] = []
        while (message := self.hear())["type"] != "pong":
            self.early.append(message)

    def _say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self) -> Any:
        return json.loads(self.socket.recv(timeout=PATIENCE))

    def next(self) -> Any:
        return self.early.pop(0) if self.early else self.hear()

    def events(self, count: int) -> list[Any]:
        return [self.next()["payload"]["data"]["events"] for _ in range(count)]

    def positions(self, count: int) -> list[int]:
        return [int(event["position"]) for event in self.events(count)]


def ask(house: House, query: str, *roles: Role) -> Any:
    with house.served.client(*roles) as client:
        answer = client.post("/graphql", json={"query": query}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_backfills_and_follows_and_everybody_gets_everything(house: House) -> None:
    register_people(house.store, 5)
    with ExitStack() as stack:
        early = [Follower(house, stack, after="0") for _ in range(20)]
        late = [Follower(house, stack, after="3") for _ in range(20)]
        register_people(house.store, 20)
        assert [one.positions(25) for one in early] == [list(range(1, 26))] * 20
        assert [one.positions(22) for one in late] == [list(range(4, 26))] * 20


def test_shows_what_the_query_shows(house: House) -> None:
    register_people(house.store, 3)
    listed = ask(house, f"{{ events(first: 3) {{ nodes {{ {EVERYTHING} }} edges {{ cursor }} }} }}")["events"]
    query = f"subscription ($after: String) {{ events(after: $after) {{ {EVERYTHING} }} }}"
    with ExitStack() as stack:
        assert Follower(house, stack, query=query, after="0").events(3) == listed["nodes"]
        cursor = listed["edges"][0]["cursor"]
        assert Follower(house, stack, query=query, after=cursor).events(2) == listed["nodes"][1:]
    assert all(node["withheld"] == ["name"] or "name" in node["withheld"] for node in listed["nodes"])
    assert "Person" not in json.dumps(listed)


def test_only_the_names_asked_for(house: House) -> None:
    with ExitStack() as stack:
        left = Follower(house, stack, after="0", names=["participant.left"])
        registered = Follower(house, stack, after="0", names=["participant.registered", "participant.left"])
        register_people(house.store, 2)
        assert registered.positions(2) == [1, 2]
        assert left.early == []


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.FACILITATOR, Role.ADMINISTRATOR, Role.SERVICE])
def test_who_may_not_see_the_log_may_not_follow_it(house: House, role: Role) -> None:
    with ExitStack() as stack:
        message = Follower(house, stack, role, after="0").next()
    assert (message["id"], message["type"]) == ("1", "error")
    assert [error["extensions"]["code"] for error in message["payload"]] == ["FORBIDDEN"]


def test_an_auditor_may(house: House) -> None:
    register_people(house.store, 1)
    with ExitStack() as stack:
        assert Follower(house, stack, Role.AUDITOR, after="0").positions(1) == [1]


@pytest.mark.parametrize(
    ("after", "code"),
    [("7", "POSITION_UNKNOWN"), ("-1", "BAD_CURSOR"), ("nonsense", "BAD_CURSOR"), ("٣", "BAD_CURSOR")],
)
def test_a_place_that_is_none_of_ours_is_refused(house: House, after: str, code: str) -> None:
    with ExitStack() as stack:
        message = Follower(house, stack, after=after).next()
    assert message["type"] == "error"
    assert [error["extensions"]["code"] for error in message["payload"]] == [code]


def test_a_slow_consumer_is_cut_off_by_a_code_and_resumes_without_a_gap(house: House) -> None:
    """It does not read while so much happens that neither the sockets' buffers nor ours can hold it."""
    wide = "subscription ($after: String) { events(after: $after) { position "
    wide += " ".join(f"a{n}: payload" for n in range(50)) + " } }"
    with ExitStack() as stack:
        slow, quick = Follower(house, stack, query=wide), Follower(house, stack)
        total = 1_500
        for begun in range(0, total, 100):
            register_people(house.store, 100)
            assert quick.positions(100) == list(range(begun + 1, begun + 101))
        got: list[int] = []
        while (message := slow.next())["type"] == "next":
            got.append(int(message["payload"]["data"]["events"]["position"]))
        assert message["type"] == "error"
        told = message["payload"][0]["extensions"]
        assert told == {"code": "SLOW_CONSUMER", "lastCursor": str(got[-1]), "retryable": True}
        again = Follower(house, stack, after=told["lastCursor"])
        assert got + again.positions(total - got[-1]) == list(range(1, total + 1))


def sse(house: House, **headers: str) -> list[tuple[str, str]]:
    """The (id, position) of each event, until the server has no more in its log."""
    body = {"query": FOLLOW, "variables": {"after": "0"}}
    accept = {"accept": "text/event-stream", **headers}
    found: list[tuple[str, str]] = []
    last = str(house.store.head())
    with (
        house.served.client() as client,
        client.stream("POST", "/graphql", json=body, headers=accept) as response,
    ):
        event_id = ""
        for line in response.iter_lines():
            if line.startswith("id: "):
                event_id = line[4:]
            elif line.startswith("data: "):
                found.append((event_id, json.loads(line[6:])["data"]["events"]["position"]))
                if event_id == last:
                    break
    return found


def test_a_broken_stream_is_resumed_by_its_last_event_id(house: House) -> None:
    register_people(house.store, 6)
    assert sse(house) == [(str(n), str(n)) for n in range(1, 7)]
    assert sse(house, **{"last-event-id": "4"}) == [("5", "5"), ("6", "6")]


def test_different_questions_about_one_event_are_answered_each_in_its_own_way(house: House) -> None:
    first = "subscription { events { position } }"
    second = "subscription { entry: events { at: position ...Kind } }"
    second += " fragment Kind on LogEntry { __typename name }"
    with ExitStack() as stack:
        followers = [Follower(house, stack, query=query) for query in (first, second, first, second)]
        register_people(house.store, 1)
        told = [follower.next()["payload"]["data"] for follower in followers]
    plain = {"events": {"position": "1"}}
    named = {"entry": {"at": "1", "__typename": "LogEntry", "name": "participant.registered"}}
    assert told == [plain, named, plain, named]
