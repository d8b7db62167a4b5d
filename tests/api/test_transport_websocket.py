"""The graphql-transport-ws protocol, message by message."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.app import Options
from api.limits import Limits
from domain.permissions import Role
from tests.api.serving import Served, bare_organisation, serving
from tests.api.small_schema import GRAPHQL

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 20


@pytest.fixture(scope="module")
def served(postgres_url: str) -> Iterator[Served]:
    options = Options(limits=Limits(body_bytes=4_096), init_seconds=0.3)
    with bare_organisation(postgres_url) as database, serving(database, options, GRAPHQL) as running:
        yield running


@pytest.fixture
def socket(served: Served) -> Iterator[ClientConnection]:
    with opened(served) as connection:
        yield connection


def opened(served: Served, **headers: str) -> ClientConnection:
    return connect(
        f"{served.websocket_url}/graphql", subprotocols=[PROTOCOL], additional_headers=headers, max_size=2**24
    )


def say(socket: ClientConnection, kind: str, **more: Any) -> None:
    socket.send(json.dumps({"type": kind, **more}))


def hear(socket: ClientConnection) -> Any:
    return json.loads(socket.recv(timeout=PATIENCE))


def initialise(served: Served, socket: ClientConnection) -> None:
    say(socket, "connection_init", payload=served.authorization(Role.ORGANISATION_ADMIN))
    assert hear(socket) == {"type": "connection_ack"}


def subscribe(socket: ClientConnection, operation_id: str, query: str, **more: Any) -> None:
    say(socket, "subscribe", id=operation_id, payload={"query": query, **more})


def closing(socket: ClientConnection) -> tuple[int | None, str | None]:
    """The code and reason, after whatever still came before."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(timeout=PATIENCE)
    return socket.close_code, socket.close_reason


def test_streams_results_and_completes(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "a", "subscription ($n: Int!) { count(to: $n) }", variables={"n": 2})
    assert hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 1}}}
    assert hear(socket) == {"id": "a", "type": "next", "payload": {"data": {"count": 2}}}
    assert hear(socket) == {"id": "a", "type": "complete"}


def test_answers_queries_and_mutations_too(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "q", "query A { hello } query B { who }", operationName="B")
    assert hear(socket) == {"id": "q", "type": "next", "payload": {"data": {"who": "tester"}}}
    assert hear(socket) == {"id": "q", "type": "complete"}
    subscribe(socket, "q", 'mutation { shout(word: "ho") }')
    assert hear(socket) == {"id": "q", "type": "next", "payload": {"data": {"shout": "HO"}}}
    assert hear(socket) == {"id": "q", "type": "complete"}


def test_the_token_may_come_with_the_upgrade_request(served: Served) -> None:
    with opened(served, **served.authorization()) as socket:
        say(socket, "connection_init")
        assert hear(socket) == {"type": "connection_ack"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "SYNTAX_ERROR"),
        ("subscription { nobody }", "INVALID_DOCUMENT"),
        ("{ nobody }", "INVALID_DOCUMENT"),
    ],
)
def test_a_request_error_ends_the_operation_only(
    served: Served, socket: ClientConnection, query: str, code: str
) -> None:
    initialise(served, socket)
    subscribe(socket, "x", query)
    message = hear(socket)
    assert (message["id"], message["type"]) == ("x", "error")
    assert [error["extensions"]["code"] for error in message["payload"]] == [code]
    subscribe(socket, "x", "{ hello }")
    assert hear(socket)["payload"] == {"data": {"hello": "hello world"}}


def test_a_stream_that_breaks_is_masked(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "x", "subscription { breaks }")
    assert hear(socket)["payload"] == {"data": {"breaks": 1}}
    message = hear(socket)
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "INTERNAL"
    assert "Ada" not in json.dumps(message)


def test_complete_from_the_client_stops_the_operation_and_frees_its_id(
    served: Served, socket: ClientConnection
) -> None:
    initialise(served, socket)
    subscribe(socket, "s", "subscription { silence }")
    say(socket, "complete", id="s")
    say(socket, "complete", id="never subscribed")
    subscribe(socket, "s", "subscription { count(to: 1) }")
    assert hear(socket)["payload"] == {"data": {"count": 1}}
    assert hear(socket) == {"id": "s", "type": "complete"}


def test_what_depends_on_who_asks_is_shown_to_each_as_their_own(served: Served) -> None:
    """Both follow the same item by the same document, at the same time."""
    with opened(served) as first, opened(served) as second:
        for socket, name in ((first, "ada"), (second, "noor")):
            token = served.tokens.issue(name, [Role.AUDITOR])
            say(socket, "connection_init", payload={"authorization": f"Bearer {token}"})
            assert hear(socket) == {"type": "connection_ack"}
            subscribe(
                socket, "i", "subscription { items { ... on Item { __typename position owner { id } } } }"
            )
        told = [hear(socket)["payload"]["data"]["items"]["owner"]["id"] for socket in (first, second)]
    assert told == ["ada", "noor"]


def test_the_same_asked_twice_is_told_twice(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    for n in ("1", "2"):
        subscribe(socket, n, "subscription { items { position owner { id } } }")
    told = {message["id"]: message["payload"] for message in (hear(socket), hear(socket))}
    assert told["1"] == told["2"] == {"data": {"items": {"position": 1, "owner": {"id": "tester"}}}}


def test_a_client_that_vanishes_disturbs_nobody(served: Served) -> None:
    with opened(served) as steady:
        initialise(served, steady)
        for _ in range(5):
            with opened(served) as vanishing:
                initialise(served, vanishing)
                subscribe(vanishing, "c", "subscription { count(to: 1000000) }")
                hear(vanishing)
                vanishing.socket.shutdown(2)
        subscribe(steady, "q", "{ hello }")
        assert hear(steady)["payload"] == {"data": {"hello": "hello world"}}


def test_pings_are_answered_at_any_time(served: Served, socket: ClientConnection) -> None:
    say(socket, "ping", payload={"some": "thing"})
    assert hear(socket) == {"type": "pong"}
    say(socket, "pong", payload={})
    initialise(served, socket)
    say(socket, "ping")
    assert hear(socket) == {"type": "pong"}


def test_other_subprotocols_are_not_acceptable(served: Served) -> None:
    with connect(f"{served.websocket_url}/graphql", subprotocols=[Subprotocol("graphql-ws")]) as socket:
        assert closing(socket)[0] == 4406


def test_whoever_says_nothing_is_timed_out(socket: ClientConnection) -> None:
    assert closing(socket) == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("payload", [{}, {"authorization": "Bearer nonsense"}, {"Authorization": 5}])
def test_without_a_valid_token_the_connection_is_forbidden(socket: ClientConnection, payload: Any) -> None:
    say(socket, "connection_init", payload=payload)
    assert closing(socket) == (4403, "Forbidden")


def test_the_connection_ends_with_its_token(served: Served, socket: ClientConnection) -> None:
    say(socket, "connection_init", payload=served.authorization(seconds=2))
    assert hear(socket) == {"type": "connection_ack"}
    subscribe(socket, "s", "subscription { silence }")
    assert closing(socket) == (4403, "The bearer token has expired")


def test_subscribing_before_the_acknowledgement_is_unauthorised(socket: ClientConnection) -> None:
    subscribe(socket, "a", "{ hello }")
    assert closing(socket) == (4401, "Unauthorized")


def test_an_id_in_use_is_refused(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "s", "subscription { silence }")
    subscribe(socket, "s", "subscription { silence }")
    assert closing(socket) == (4409, "Subscriber for s already exists")


def test_a_second_initialisation_is_too_many(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    say(socket, "connection_init")
    assert closing(socket) == (4429, "Too many initialisation requests")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "nonsense",
        "[]",
        '"ping"',
        "{}",
        '{"type": "unknown"}',
        '{"type": 5}',
        '{"type": "ping", "payload": []}',
        '{"type": "connection_init", "payload": "token"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "a", "payload": []}',
        '{"type": "complete"}',
        b"bytes",
    ],
)
def test_what_is_no_message_of_the_protocol_closes_it(socket: ClientConnection, message: str | bytes) -> None:
    socket.send(message)
    assert closing(socket) == (4400, "Invalid message received")


@pytest.mark.parametrize("payload", [{}, {"query": 5}, {"query": "{ hello }", "variables": []}])
def test_a_malformed_operation_closes_the_connection(
    served: Served, socket: ClientConnection, payload: dict[str, Any]
) -> None:
    initialise(served, socket)
    say(socket, "subscribe", id="a", payload=payload)
    assert closing(socket)[0] == 4400


def test_an_id_too_long_closes_the_connection(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "x" * 129, "{ hello }")
    assert closing(socket)[0] == 4400


def test_a_message_too_big_closes_the_connection(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    subscribe(socket, "a", "{ hello } #" + "x" * 5_000)
    assert closing(socket) == (1009, "Message too big")


def test_operations_on_a_connection_are_limited(served: Served, socket: ClientConnection) -> None:
    initialise(served, socket)
    for n in range(64):
        subscribe(socket, str(n), "subscription { silence }")
    subscribe(socket, "one more", "subscription { silence }")
    message = hear(socket)
    assert (message["id"], message["type"]) == ("one more", "error")
    assert message["payload"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS", "limit": 64}
    say(socket, "complete", id="0")
    subscribe(socket, "in its place", "subscription { count(to: 1) }")
    assert hear(socket)["payload"] == {"data": {"count": 1}}


def test_a_stopping_process_says_so(postgres_url: str) -> None:
    with bare_organisation(postgres_url) as database, serving(database, graphql=GRAPHQL) as running:
        with opened(running) as socket:
            initialise(running, socket)
            subscribe(socket, "s", "subscription { silence }")
            running.server.should_exit = True
            assert closing(socket)[0] == 1012
        running.thread.join(PATIENCE)
        assert not running.thread.is_alive()


def test_whoever_comes_while_a_process_stops_is_sent_on(postgres_url: str) -> None:
    with bare_organisation(postgres_url) as database, serving(database, graphql=GRAPHQL) as running:
        running.server._app.state.drain.drain()
        with opened(running) as socket:
            assert closing(socket) == (1012, "Service restart")
