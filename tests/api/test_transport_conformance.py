"""Public audits and other people's clients against the real endpoint. They need Node 20 or newer, and npm."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from api.app import Options
from domain.command import Command
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT, register
from domain.permissions import Role
from domain.store import KeyRing, Store
from tests import npm
from tests.api.serving import Served, bare_organisation, serving

SCRIPTS = Path(__file__).parent / "conformance"
BACKLOG = 7


@pytest.fixture(scope="module")
def served(postgres_url: str) -> Iterator[Served]:
    """With a log of BACKLOG events."""
    keys = KeyRing.random()
    with bare_organisation(postgres_url) as database:
        with Store.open(database, keys) as store:
            for n in range(BACKLOG):
                person = PARTICIPANT.stream(ParticipantId(uuid4()))
                store.act(Command(uuid4(), "import"), person, register, name=f"Person {n}", source="csv")
        with serving(database, Options(introspection=True), keys=keys) as running:
            yield running


@pytest.fixture(scope="module")
def installed(worker_id: str) -> Path:
    return npm.installed(SCRIPTS, worker_id)


def authorization(served: Served) -> str:
    return served.authorization(Role.ORGANISATION_ADMIN)["authorization"]


def test_passes_every_audit_of_graphql_over_http(served: Served, installed: Path) -> None:
    results = npm.ran(installed, "audit.mjs", f"{served.url}/graphql", authorization(served))
    assert len(results) >= 60
    assert [result for result in results if result["status"] != "ok"] == []


def test_the_graphql_ws_client_is_served(served: Served, installed: Path) -> None:
    url = f"{served.websocket_url}/graphql"
    assert npm.ran(installed, "websocket.mjs", url, authorization(served), str(BACKLOG)) == {
        "query": [{"data": {"__typename": "Query"}}],
        "refused": ["INVALID_DOCUMENT"],
        "positions": [str(n) for n in range(1, BACKLOG + 1)],
        "closed": 4403,
    }


def test_the_graphql_sse_client_is_served(served: Served, installed: Path) -> None:
    url = f"{served.url}/graphql"
    assert npm.ran(installed, "sse.mjs", url, authorization(served), str(BACKLOG)) == {
        "query": [{"data": {"__typename": "Query"}}],
        "refused": ["INVALID_DOCUMENT"],
        "positions": [str(n) for n in range(1, BACKLOG + 1)],
    }
