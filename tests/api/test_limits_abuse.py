"""The public catalogue of abusive requests: each is refused by a code, and nobody else notices."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.app import Options
from domain.permissions import Role
from tests.api.serving import Served, bare_organisation, serving

RESPONSE = "application/graphql-response+json"


@pytest.fixture(scope="module")
def served(postgres_url: str) -> Iterator[Served]:
    with (
        bare_organisation(postgres_url) as database,
        serving(database, Options(introspection=True)) as running,
    ):
        yield running


def post(served: Served, body: bytes) -> httpx.Response:
    headers = {"content-type": "application/json", "accept": RESPONSE}
    with served.client(Role.ORGANISATION_ADMIN) as client:
        return client.post("/graphql", content=body, headers=headers)


def asked(query: str, **more: Any) -> bytes:
    return json.dumps({"query": query, **more}).encode()


def many(count: int, text: str) -> str:
    return " ".join(text.format(n=n) for n in range(count))


PEOPLE = "participants(first: 100) {{ nodes {{ {inner} }} }}"
NESTED = "name"
for _ in range(3):
    NESTED = f"reports(first: 100) {{ nodes {{ {NESTED} }} }}"
CIRCULAR = "name"
for _ in range(4):
    CIRCULAR = f"fields {{ type {{ {CIRCULAR} }} }}"

ABUSE = {
    "alias overloading": (asked("{" + many(100, "a{n}: __typename") + "}"), "TOO_MANY_ALIASES"),
    "aliased costly fields": (
        asked("{" + many(50, "a{n}: participants(first: 100) {{ nodes {{ name id status }} }}") + "}"),
        "TOO_COSTLY",
    ),
    "directive overloading": (asked("{ __typename " + "@aa" * 500 + " }"), "TOO_MANY_DIRECTIVES"),
    "known directives again and again": (
        asked("{ __typename " + "@include(if: true)" * 100 + " }"),
        "TOO_MANY_DIRECTIVES",
    ),
    "field duplication": (asked("{" + "__typename " * 500 + "}"), "TOO_MANY_REPEATS"),
    "field duplication by fragments": (
        asked("{" + "...F " * 200 + "} fragment F on Query { a: __typename b: __typename c: __typename }"),
        "TOO_MANY_ALIASES",
    ),
    "very many fields": (asked("{" + "a " * 5_000 + "}"), "TOO_MANY_TOKENS"),
    "depth": (asked("{ viewer " * 20 + "{ actor" + " }" * 21), "TOO_DEEP"),
    "depth beyond any stack": (asked("{ a" * 10_000), "TOO_DEEP"),
    "depth by fragments": (
        asked("{ viewer { ...F0 } }" + many(40, "fragment F{n} on Viewer {{ a {{ ...F{n}1 }} }}")),
        "INVALID_DOCUMENT",
    ),
    "nested connections": (asked("{" + PEOPLE.format(inner=NESTED) + "}"), "TOO_COSTLY"),
    "nested connections by variables": (
        asked(
            "query ($n: Int) { participants(first: $n) { nodes { reports(first: $n) { nodes { name } } } } }",
            variables={"n": 1_000_000},
        ),
        "TOO_COSTLY",
    ),
    "fragment cycle": (
        asked("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"),
        "FRAGMENT_CYCLE",
    ),
    "fragment spreading itself": (asked("{ ...A } fragment A on Query { ...A }"), "FRAGMENT_CYCLE"),
    "fragment bomb": (
        asked(
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
            + " fragment F40 on Query { __typename }"
        ),
        "TOO_MANY_FIELDS",
    ),
    "very many fragments": (
        asked("{" + many(60, "...F{n}") + "}" + many(60, "fragment F{n} on Query {{ __typename }}")),
        "TOO_MANY_FRAGMENTS",
    ),
    "circular introspection": (
        asked("{ __schema { types { " + CIRCULAR + " } } }"),
        "INTROSPECTION_TOO_DEEP",
    ),
    "array batching": (json.dumps([{"query": "{ __typename }"}] * 100).encode(), "BATCHING_NOT_SUPPORTED"),
    "very many operations": (asked(many(500, "query Q{n} {{ __typename }}")), "TOO_MANY_TOKENS"),
    "huge body": (asked("{ __typename }", extensions={"x": "x" * 20_000_000}), "BODY_TOO_LARGE"),
    "huge document": (asked("{ __typename } #" + "x" * 100_000), "DOCUMENT_TOO_LONG"),
    "very many comments": (asked("#\n" * 19_000 + "{ __typename }"), "TOO_MANY_TOKENS"),
    "unterminated string": (asked('{ participant(id: "' + "x" * 39_000), "SYNTAX_ERROR"),
    "unterminated block string": (asked('{ participant(id: """' + "\\" * 39_000), "SYNTAX_ERROR"),
    "very many quotes": (asked('{ participant(id: "' + '"' * 39_000), "SYNTAX_ERROR"),
    "deep list value": (asked("{ nodes(ids: " + "[" * 1_500), "TOO_DEEP"),
    "deep object value": (asked("{ nodes(ids: " + "{a:" * 600), "TOO_DEEP"),
    "deep list type": (asked("query ($a: " + "[" * 900 + "Int" + "]" * 900 + ") { __typename }"), "TOO_DEEP"),
    "deep variables": (
        asked("query ($a: Json) { __typename }", variables={"a": json.loads("[" * 200 + "]" * 200)}),
        "VARIABLES_TOO_DEEP",
    ),
    "variables deeper than JSON is read": (
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        "BAD_JSON",
    ),
    "very many variables": (
        asked("query (" + many(600, "$v{n}: Int") + ") { __typename }"),
        "TOO_MANY_TOKENS",
    ),
    "very many mistakes": (asked("{" + many(400, "no{n}") + "}"), "INVALID_DOCUMENT"),
    "unicode junk": (asked("{ \u202e\ufeff\u0000\ud7ff\U0010ffff }"), "SYNTAX_ERROR"),
    "lone surrogate in the document": (asked('{ participant(id: "\\ud800") { name } }'), "SYNTAX_ERROR"),
    "lone surrogate in JSON": (b'{"query": "{ \\udfff }"}', "BAD_JSON"),
    "bytes that are no text": (bytes(range(256)) * 20, "BAD_JSON"),
    "control characters": (asked("{ \x00\x01\x02 }"), "SYNTAX_ERROR"),
    "a number too long": (
        asked("{ participants(first: " + "9" * 30_000 + ") { totalCount } }"),
        "TOO_COSTLY",
    ),
    "type system definitions": (asked("type Query { a: Int } { __typename }"), "INVALID_DOCUMENT"),
    "a subscription to everything": (
        asked("subscription { " + many(30, "a{n}: events {{ position }}") + " }"),
        "NOT_ACCEPTABLE",
    ),
}


@pytest.mark.parametrize(("body", "code"), ABUSE.values(), ids=ABUSE.keys())
def test_an_abusive_request_is_refused_by_a_code(served: Served, body: bytes, code: str) -> None:
    response = post(served, body)
    answer = response.json()
    assert 400 <= response.status_code < 500
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code
    assert len(response.content) < 20_000
    assert "Did you mean" not in response.text
    assert "Traceback" not in response.text


def test_other_clients_are_answered_meanwhile(served: Served) -> None:
    """Abuse from two sides; every honest request in between is answered rightly, and none is dropped."""
    stop = threading.Event()
    codes: list[str] = []

    def abuse() -> None:
        while not stop.is_set():
            for body, _ in ABUSE.values():
                codes.append(post(served, body).json()["errors"][0]["extensions"]["code"])

    abusers = [threading.Thread(target=abuse) for _ in range(2)]
    for abuser in abusers:
        abuser.start()
    with served.client(Role.ORGANISATION_ADMIN) as client:
        answers = [client.post("/graphql", json={"query": "{ viewer { actor } }"}).json() for _ in range(50)]
    stop.set()
    for abuser in abusers:
        abuser.join()
    assert answers == [{"data": {"viewer": {"actor": "tester"}}}] * 50
    assert codes[: len(ABUSE)].count("INTERNAL") == 0
