"""GraphQL over HTTP: methods, media types, status codes, and what a request may look like."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, LiteralString
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql

from api.app import Options
from api.context import Context
from api.limits import Limits
from api.negotiation import negotiate
from api.operations import Answer
from domain.permissions import Role
from domain.store import Database
from tests.api.serving import Served, bare_organisation, serving
from tests.api.small_schema import GRAPHQL, SMALL

RESPONSE = "application/graphql-response+json"


@pytest.fixture(scope="module")
def served(postgres_url: str) -> Iterator[Served]:
    options = Options(limits=Limits(seconds=0.2, body_bytes=4_096), introspection=True, access_log=True)
    with bare_organisation(postgres_url) as database, serving(database, options, GRAPHQL) as running:
        yield running


def ask(served: Served, body: Any, **headers: str) -> httpx.Response:
    with served.client() as client:
        return client.post("/graphql", json=body, headers=headers)


def code_of(response: httpx.Response) -> str:
    answer = response.json()
    assert "data" not in answer
    return str(answer["errors"][0]["extensions"]["code"])


def test_answers_what_was_asked(served: Served) -> None:
    response = ask(served, {"query": "query Q($n: String!) { hello(name: $n) }", "variables": {"n": "Noor"}})
    assert response.status_code == 200
    assert response.json() == {"data": {"hello": "hello Noor"}}
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_long_header_is_read_but_not_remembered(served: Served) -> None:
    long = f"{RESPONSE}, text/{'x' * 40_000}"
    response = ask(served, {"query": "{ hello }"}, accept=long)
    assert response.headers["content-type"] == f"{RESPONSE}; charset=utf-8"
    assert negotiate(long) is not negotiate(long)
    assert negotiate(RESPONSE) is negotiate(RESPONSE)


@pytest.mark.parametrize("head", [b"x-a: " + b"a" * 1_000_000, b"x-a: a\r\n" * 200_000], ids=["long", "many"])
def test_headers_without_end_are_cut_off(served: Served, head: bytes) -> None:
    port = int(served.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(30)
        with suppress(ConnectionError):  # cut while we are still talking
            connection.sendall(b"POST /graphql HTTP/1.1\r\nhost: a\r\n" + head)
        with suppress(ConnectionError):
            while connection.recv(1_000):
                pass
    body = {"query": "{ hello }", "variables": {"ignored": "a" * 3_000}}
    with served.client() as client:  # all of it over one connection
        assert [client.post("/graphql", json=body).status_code for _ in range(40)] == [200] * 40


def test_answers_a_query_by_get_and_refuses_a_mutation_there(served: Served) -> None:
    with served.client() as client:
        params = {"query": "query Q($n: String!) { hello(name: $n) }", "variables": '{"n": "Sam"}'}
        assert client.get("/graphql", params=params).json() == {"data": {"hello": "hello Sam"}}
        refused = client.get("/graphql", params={"query": 'mutation { shout(word: "a") }'})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert code_of(refused) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_not_allowed(served: Served, method: str) -> None:
    response = httpx.request(method, f"{served.url}/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, application/json", RESPONSE),
        (f"application/json, {RESPONSE}", RESPONSE),
        (f"{RESPONSE};q=0.5, application/json;q=0.9", "application/json"),
        (f"application/json;q=0.5, {RESPONSE};q=0.9", RESPONSE),
        (f"{RESPONSE};charset=utf-8, application/json;charset=utf-8;q=0.9", RESPONSE),
        (f"{RESPONSE};charset=latin-1, application/json", "application/json"),
        (f"{RESPONSE};q=0, */*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        (f"APPLICATION/JSON;Q=0.4, {RESPONSE};q=nonsense", "application/json"),
    ],
)
def test_the_media_type_is_negotiated(served: Served, accept: str, content_type: str) -> None:
    response = ask(served, {"query": "{ hello }"}, accept=accept)
    assert response.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert response.headers["vary"] == "accept"


def test_nothing_acceptable_is_refused(served: Served) -> None:
    response = ask(served, {"query": "{ hello }"}, accept="text/plain, application/json;q=0")
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "SYNTAX_ERROR"),
        ("{ nobody }", "INVALID_DOCUMENT"),
        ("query A { hello } query B { hello }", "OPERATION_NAME_MISSING"),
        ("fragment F on Query { hello }", "OPERATION_MISSING"),
        ("query ($n: String!) { hello(name: $n) }", "BAD_VARIABLES"),
    ],
)
def test_a_request_error_is_400_but_for_older_clients(served: Served, query: str, code: str) -> None:
    modern, older = (ask(served, {"query": query}, accept=kind) for kind in (RESPONSE, "application/json"))
    assert (modern.status_code, older.status_code) == (400, 200)
    assert code_of(modern) == code_of(older) == code
    assert "Did you mean" not in modern.text


def test_an_unknown_operation_name_is_refused(served: Served) -> None:
    response = ask(served, {"query": "query A { hello }", "operationName": "B"}, accept=RESPONSE)
    assert (response.status_code, code_of(response)) == (400, "OPERATION_UNKNOWN")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_JSON"),
        (b"{", "BAD_JSON"),
        (b'{"query": "\xff"}', "BAD_JSON"),
        (b'{"query": "\\ud800"}', "BAD_JSON"),
        (b"[" * 3_000, "BAD_JSON"),
        (b"null", "BAD_REQUEST"),
        (b'"{ hello }"', "BAD_REQUEST"),
        (b"{}", "QUERY_MISSING"),
        (b'{"query": null}', "QUERY_MISSING"),
        (b'{"query": 1}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "operationName": {}}', "BAD_REQUEST"),
        (b'{"query": "{ hello }", "extensions": "x"}', "BAD_REQUEST"),
        (b'[{"query": "{ hello }"}, {"query": "{ hello }"}]', "BATCHING_NOT_SUPPORTED"),
    ],
)
def test_what_is_no_graphql_request_is_400(served: Served, body: bytes, code: str) -> None:
    with served.client() as client:
        response = client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, code_of(response)) == (400, code)


@pytest.mark.parametrize(
    ("query_string", "code"),
    [
        ("query=%FF", "BAD_REQUEST"),
        ("query={hello}&query={hello}", "BAD_REQUEST"),
        ("query={hello}&variables={", "BAD_JSON"),
        ("query={hello}&variables=[]", "BAD_REQUEST"),
        ("&".join(f"a{n}=1" for n in range(20)), "BAD_REQUEST"),
        ("variables={}", "QUERY_MISSING"),
        ("", "QUERY_MISSING"),
    ],
)
def test_a_query_string_that_is_no_request_is_400(served: Served, query_string: str, code: str) -> None:
    with served.client() as client:
        response = client.get(f"/graphql?{query_string}")
    assert (response.status_code, code_of(response)) == (400, code)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": ""},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_a_body_of_another_kind_is_refused(served: Served, headers: dict[str, str]) -> None:
    with served.client() as client:
        response = client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_in_named_utf8_is_taken(served: Served) -> None:
    body = json.dumps({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": "Zoë 🏊"}})
    with served.client() as client:
        headers = {"content-type": 'application/json; charset="UTF-8"'}
        response = client.post("/graphql", content=body.encode(), headers=headers)
    assert response.json() == {"data": {"hello": "hello Zoë 🏊"}}


def test_a_body_too_large_is_refused_announced_or_not(served: Served) -> None:
    body = json.dumps({"query": "{ hello }", "extensions": {"filler": "x" * 5_000}}).encode()
    headers = {"content-type": "application/json"}
    with served.client() as client:
        announced = client.post("/graphql", content=body, headers=headers)
        pieces = (body[n : n + 512] for n in range(0, len(body), 512))
        streamed = client.post("/graphql", content=pieces, headers=headers)
    for response in (announced, streamed):
        assert (response.status_code, code_of(response)) == (413, "BODY_TOO_LARGE")
        assert response.json()["errors"][0]["extensions"]["limit"] == 4_096


def test_who_has_no_valid_token_is_challenged(served: Served) -> None:
    expired = served.authorization(seconds=-1)
    none = httpx.post(f"{served.url}/graphql", json={"query": "{ hello }"})
    assert (none.status_code, code_of(none)) == (401, "UNAUTHENTICATED")
    assert none.headers["www-authenticate"] == 'Bearer realm="chiron"'
    for headers in (expired, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"}):
        bad = httpx.post(f"{served.url}/graphql", json={"query": "{ hello }"}, headers=headers)
        assert (bad.status_code, code_of(bad)) == (401, "UNAUTHENTICATED")
        assert bad.headers["www-authenticate"] == 'Bearer realm="chiron", error="invalid_token"'


def test_the_actor_is_who_the_token_names(served: Served) -> None:
    with served.client(Role.AUDITOR) as client:
        assert client.post("/graphql", json={"query": "{ who }"}).json() == {"data": {"who": "tester"}}


def test_a_bug_is_masked(served: Served) -> None:
    response = ask(served, {"query": "{ broken hello }"})
    answer = response.json()
    assert response.status_code == 200
    assert answer["data"] == {"broken": None, "hello": "hello world"}
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert UUID(answer["errors"][0]["extensions"]["errorId"]).version == 4
    assert "Ada" not in response.text
    assert "Traceback" not in response.text


def test_what_takes_too_long_is_given_up(served: Served) -> None:
    response = ask(served, {"query": "{ endless }"})
    assert (response.status_code, code_of(response)) == (503, "TIMEOUT")
    assert response.json()["errors"][0]["extensions"]["retryable"] is True
    assert ask(served, {"query": "{ hello }"}).json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT pg_sleep(60)", "TIMEOUT"),
        ("DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$", "UNAVAILABLE"),
        ("SELECT 'Ada Lovelace'::int", "INTERNAL"),
    ],
)
def test_what_the_database_cannot_do_now_is_told_apart_from_bugs(
    postgres_url: str, statement: LiteralString, code: str
) -> None:
    async def execute(
        context: Context,
        query_text: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
    ) -> Answer:
        async with context.pool.connection() as connection:
            await connection.execute(statement)
        raise AssertionError

    with (
        bare_organisation(postgres_url) as database,
        serving(database, graphql=(SMALL, execute), statement_seconds=0.2) as running,
    ):
        response = ask(running, {"query": "{ hello }"})
    assert (response.status_code, code_of(response)) == (500 if code == "INTERNAL" else 503, code)
    assert "Ada" not in response.text


def test_a_plan_that_takes_the_database_too_long_is_no_fault_of_the_request(
    organisation: Database,
) -> None:
    with serving(organisation, statement_seconds=0.2) as running, psycopg.connect(organisation.url) as other:
        other.execute(sql.SQL("LOCK TABLE {}.profiles").format(sql.Identifier(organisation.schema)))
        response = ask(running, {"query": "{ participants { totalCount } }"}, accept=RESPONSE)
        other.rollback()
    assert (response.status_code, code_of(response)) == (503, "TIMEOUT")


def test_a_subscription_needs_a_stream(served: Served) -> None:
    response = ask(served, {"query": "subscription { count(to: 1) }"}, accept="application/json")
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


def test_the_request_id_is_the_clients_where_it_is_a_uuid(served: Served) -> None:
    own = "018f2c2e-7c1a-7000-8000-000000000001"
    assert ask(served, {"query": "{ hello }"}, **{"x-request-id": own}).headers["x-request-id"] == own
    given = ask(served, {"query": "{ hello }"}, **{"x-request-id": "ada@example.com"}).headers["x-request-id"]
    assert UUID(given).version == 7
