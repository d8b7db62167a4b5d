"""GraphQL over server-sent events, each operation on a connection of its own."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from api.app import Options
from api.sse import last_event_id
from domain.permissions import Role
from tests.api.serving import Served, bare_organisation, serving
from tests.api.small_schema import GRAPHQL

STREAM = {"accept": "text/event-stream"}


class Event(NamedTuple):
    kind: str
    id: str | None
    data: Any


@pytest.fixture(scope="module")
def served(postgres_url: str) -> Iterator[Served]:
    options = Options(keep_alive_seconds=0.1)
    with bare_organisation(postgres_url) as database, serving(database, options, GRAPHQL) as running:
        yield running


def events(response: httpx.Response) -> Iterator[Event]:
    """As the HTML standard has it; comments are skipped."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif not line and fields:
            data = json.loads(fields["data"]) if fields["data"] else None
            yield Event(fields["event"], fields.get("id"), data)
            fields = {}


def streamed(served: Served, query: str, **variables: Any) -> list[Event]:
    body = {"query": query, "variables": variables}
    with served.client() as client, client.stream("POST", "/graphql", json=body, headers=STREAM) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["x-accel-buffering"] == "no"
        return list(events(response))


COMPLETE = Event("complete", None, None)


def test_streams_results_and_completes(served: Served) -> None:
    found = streamed(served, "subscription ($n: Int!) { count(to: $n) }", n=2)
    counted = [Event("next", None, {"data": {"count": n}}) for n in (1, 2)]
    assert found == [*counted, COMPLETE]


def test_streams_by_get(served: Served) -> None:
    params = {"query": "subscription { count(to: 1) }"}
    with (
        served.client() as client,
        client.stream("GET", "/graphql", params=params, headers=STREAM) as response,
    ):
        assert list(events(response)) == [Event("next", None, {"data": {"count": 1}}), COMPLETE]


def test_a_query_is_a_stream_of_one(served: Served) -> None:
    assert streamed(served, "{ hello }") == [
        Event("next", None, {"data": {"hello": "hello world"}}),
        COMPLETE,
    ]


def test_a_client_that_takes_both_gets_the_stream_for_a_subscription_only(served: Served) -> None:
    headers = {"accept": "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8"}
    with served.client() as client:
        query = client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
        subscription = client.post(
            "/graphql", json={"query": "subscription { count(to: 1) }"}, headers=headers
        )
        mistake = client.post("/graphql", json={"query": "subscription {"}, headers=headers)
    assert query.json() == {"data": {"hello": "hello world"}}
    assert subscription.headers["content-type"].startswith("text/event-stream")
    assert (mistake.status_code, mistake.json()["errors"][0]["extensions"]["code"]) == (400, "SYNTAX_ERROR")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "SYNTAX_ERROR"),
        ("subscription { nobody }", "INVALID_DOCUMENT"),
        ("subscription { count(to: 1) events { position } }", "INVALID_DOCUMENT"),
        ("{ nobody }", "INVALID_DOCUMENT"),
        ("subscription ($n: Int!) { count(to: $n) }", "BAD_REQUEST"),
        ('subscription { events(after: "99") { position } }', "POSITION_UNKNOWN"),
    ],
)
def test_a_request_error_comes_through_the_stream(served: Served, query: str, code: str) -> None:
    told, ending = streamed(served, query)
    assert (told.kind, ending) == ("next", COMPLETE)
    assert [error["extensions"]["code"] for error in told.data["errors"]] == [code]


def test_a_stream_that_breaks_is_masked(served: Served) -> None:
    first, broken, ending = streamed(served, "subscription { breaks }")
    assert (first.data, ending) == ({"data": {"breaks": 1}}, COMPLETE)
    assert broken.data["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "Ada" not in json.dumps(broken.data)


def test_what_is_no_request_at_all_is_refused_as_ever(served: Served) -> None:
    with served.client() as client:
        malformed = client.post("/graphql", json={}, headers=STREAM)
        mutation = client.get("/graphql", params={"query": 'mutation { shout(word: "a") }'}, headers=STREAM)
    stranger = httpx.post(f"{served.url}/graphql", json={"query": "{ hello }"}, headers=STREAM)
    assert [malformed.status_code, mutation.status_code, stranger.status_code] == [400, 405, 401]


def test_a_quiet_stream_is_kept_alive(served: Served) -> None:
    body = {"query": "subscription { silence }"}
    with served.client() as client, client.stream("POST", "/graphql", json=body, headers=STREAM) as response:
        lines = response.iter_lines()
        assert [next(lines) for _ in range(4)] == [":", "", ":", ""]


def test_a_stream_ends_with_its_token(served: Served) -> None:
    body = {"query": "subscription { silence }"}
    headers = STREAM | served.authorization(Role.AUDITOR, seconds=2)
    with httpx.stream("POST", f"{served.url}/graphql", json=body, headers=headers, timeout=30) as response:
        (told, ending) = events(response)
    assert told.data["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert ending == COMPLETE


def test_a_stopping_process_ends_streams_without_completing_them(postgres_url: str) -> None:
    body = {"query": "subscription { silence }"}
    with (
        bare_organisation(postgres_url) as database,
        serving(database, graphql=GRAPHQL) as running,
        running.client() as client,
        client.stream("POST", "/graphql", json=body, headers=STREAM) as response,
    ):
        running.server.should_exit = True
        assert list(events(response)) == []


@pytest.mark.parametrize(
    ("header", "position"), [("17", 17), ("0", 0), ("", None), ("-1", None), ("١", None), ("9" * 19, None)]
)
def test_only_our_own_event_ids_resume_a_stream(header: str, position: int | None) -> None:
    assert last_event_id(header) == position
