"""Trusted documents: off, preferred, or nothing else."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.app import Options, create_app
from api.context import Services
from api.tokens import Tokens
from api.trusted import BadManifest, Mode, TrustedDocuments
from tests.api.serving import TOKEN_KEY, Served, bare_organisation, serving
from tests.api.small_schema import GRAPHQL

HELLO = "query Hello($n: String!) { hello(name: $n) }"
COUNT = "subscription { count(to: 1) }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(folder: Path, *documents: str) -> Path:
    file = folder / "trusted.json"
    file.write_bytes(orjson.dumps({digest(one): one for one in documents}))
    return file


@pytest.fixture(scope="module", params=["prefer", "only"])
def served(
    postgres_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    trusted = TrustedDocuments.read(request.param, manifest(tmp_path_factory.mktemp("trusted"), HELLO, COUNT))
    with (
        bare_organisation(postgres_url) as database,
        serving(database, Options(trusted=trusted), GRAPHQL) as running,
    ):
        yield running


def ask(served: Served, **body: Any) -> Any:
    headers = {"accept": "application/graphql-response+json"}
    with served.client() as client:
        return client.post("/graphql", json=body, headers=headers).json()


def code(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": f"sha256:{digest(HELLO)}"},
        {"documentId": digest(HELLO).upper()},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(HELLO)}}},
    ],
)
def test_a_document_is_named_by_its_hash(served: Served, named: dict[str, Any]) -> None:
    assert ask(served, **named, variables={"n": "Noor"}) == {"data": {"hello": "hello Noor"}}
    assert ask(served, **named, query=HELLO, variables={"n": "Sam"}) == {"data": {"hello": "hello Sam"}}
    assert code(ask(served, **named, query="{ who }")) == "DOCUMENT_HASH_MISMATCH"


def test_a_name_in_letters_that_no_hash_has_is_refused(served: Served) -> None:
    assert code(ask(served, documentId="sha256:é", query=HELLO)) == "DOCUMENT_HASH_MISMATCH"


def test_a_document_is_named_by_get_too(served: Served) -> None:
    params = {"documentId": f"sha256:{digest(HELLO)}", "variables": '{"n": "Ada"}'}
    with served.client() as client:
        assert client.get("/graphql", params=params).json() == {"data": {"hello": "hello Ada"}}


def test_a_name_that_nobody_knows_is_refused(served: Served) -> None:
    assert code(ask(served, documentId=digest("{ who }"))) == "PERSISTED_QUERY_NOT_FOUND"


def test_other_texts_are_executed_only_where_trusted_ones_are_merely_preferred(
    served: Served, request: pytest.FixtureRequest
) -> None:
    answers = [
        ask(served, query="{ who }"),
        ask(served, query="{ who }", extensions={"persistedQuery": {"sha256Hash": digest("{ who }")}}),
    ]
    if request.node.callspec.params["served"] == "prefer":
        assert answers == [{"data": {"who": "tester"}}] * 2
    else:
        assert [code(answer) for answer in answers] == ["DOCUMENT_NOT_TRUSTED", "PERSISTED_QUERY_NOT_FOUND"]


def test_switched_off_only_texts_count(postgres_url: str) -> None:
    with bare_organisation(postgres_url) as database, serving(database, graphql=GRAPHQL) as running:
        assert code(ask(running, documentId=digest(HELLO))) == "PERSISTED_QUERY_NOT_SUPPORTED"
        # As clients expect that try a hash first, by its message.
        named = {"persistedQuery": {"version": 1, "sha256Hash": digest(HELLO)}}
        assert ask(running, extensions=named)["errors"][0]["message"] == "PersistedQueryNotSupported"
        assert ask(running, query="{ who }") == {"data": {"who": "tester"}}


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (None, "not a readable JSON file"),
        (b"{", "not a readable JSON file"),
        (b"[]", "not a JSON object of hash to document"),
        (b'{"abc": 5}', "not a JSON object of hash to document"),
        (b'{"abc": "{ who }"}', "abc is not the SHA-256 of its document"),
    ],
)
def test_a_bad_manifest_is_refused_at_once(tmp_path: Path, content: bytes | None, finding: str) -> None:
    file = tmp_path / "trusted.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadManifest, match=finding):
        TrustedDocuments.read("only", file)


class Unopened:
    """Services that an application which does not start never opens."""

    async def __aenter__(self) -> Services:
        raise AssertionError

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError


@pytest.mark.parametrize(
    ("document", "finding"),
    [
        ("{ nobody }", "Cannot query field 'nobody'"),
        ("{", "Syntax Error"),
        ("{" + "hello " * 300 + "}", "again"),
    ],
)
@pytest.mark.parametrize("mode", ["prefer", "only"])
def test_a_trusted_document_that_could_never_be_executed_stops_the_start(
    tmp_path: Path, mode: Mode, document: str, finding: str
) -> None:
    trusted = TrustedDocuments.read(mode, manifest(tmp_path, HELLO, document))
    with pytest.raises(BadManifest, match=finding):
        create_app(Unopened(), Tokens(TOKEN_KEY), Options(trusted=trusted), GRAPHQL)


def test_the_limits_hold_for_trusted_documents_too(served: Served) -> None:
    """They are checked at the start for what they say, and at each request for what their variables ask."""
    answer: httpx.Response
    with served.client() as client:
        answer = client.post(
            "/graphql", json={"documentId": digest(HELLO), "variables": {"n": "x" * 300_000}}
        )
    assert (answer.status_code, code(answer.json())) == (413, "BODY_TOO_LARGE")
