"""What stands around GraphQL: health, GraphiQL, an orderly start and stop."""

import re
import threading
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from psycopg import sql

from api.app import Options
from domain.store import Database
from tests.api.serving import Served, bare_organisation, serving
from tests.api.small_schema import GRAPHQL
from tests.projections.given import eventually

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with bare_organisation(postgres_url) as bare:
        yield bare


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    with serving(database, Options(graphiql=True, introspection=True), GRAPHQL) as running:
        yield running


def test_is_live_and_ready(served: Served) -> None:
    for word in ("live", "ready"):
        answer = httpx.get(f"{served.url}/health/{word}")
        assert (answer.status_code, answer.json()) == (200, {"status": word})


def test_is_not_ready_without_its_database_but_lives(served: Served, database: Database) -> None:
    role, away = sql.Identifier(database.app_role), sql.Identifier(f"{database.app_role}_away")
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(role, away))
        try:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %(name)s",
                {"name": database.name},
            )
            answer = httpx.get(f"{served.url}/health/ready", timeout=30)
            with served.client() as client:
                query = client.post("/graphql", json={"query": "{ hello }"})
        finally:
            connection.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(away, role))
    assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})
    assert query.json() == {"data": {"hello": "hello world"}}
    assert httpx.get(f"{served.url}/health/live").status_code == 200


def test_is_not_ready_while_it_stops(served: Served) -> None:
    served.server._app.state.drain.drain()
    answer = httpx.get(f"{served.url}/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "stopping"})


def test_graphiql_is_served_to_browsers_with_everything_it_needs(served: Served) -> None:
    page = httpx.get(f"{served.url}/graphql", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert all(one.startswith(("/graphiql/", "data:")) for one in assets)
    for asset in [*assets, "/graphiql/index.html"]:
        if asset.startswith("/"):
            part = httpx.get(f"{served.url}{asset}")
            assert (part.status_code, part.headers["content-security-policy"]) == (200, policy)
            assert part.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_a_browsers_query_is_still_a_query(served: Served) -> None:
    with served.client() as client:
        answer = client.get("/graphql", params={"query": "{ hello }"}, headers=BROWSER)
    assert answer.json() == {"data": {"hello": "hello world"}}


def test_graphiql_is_absent_where_it_is_not_enabled(database: Database) -> None:
    with serving(database, graphql=GRAPHQL) as running:
        assert httpx.get(f"{running.url}/graphql", headers=BROWSER).status_code == 401
        assert httpx.get(f"{running.url}/graphiql/page.js").status_code == 404


def test_a_request_under_way_is_answered_before_the_stop(served: Served) -> None:
    begun, sent = threading.Event(), []

    def slowly() -> Iterator[bytes]:
        yield b'{"query": '
        begun.set()
        served.thread.join(0.3)
        yield b'"{ hello }"}'

    def ask() -> None:
        with served.client() as client:
            headers = {"content-type": "application/json"}
            sent.append(client.post("/graphql", content=slowly(), headers=headers).json())

    asking = threading.Thread(target=ask)
    asking.start()
    begun.wait()
    eventually(lambda: served.server.server_state.tasks)
    served.server.should_exit = True
    asking.join()
    served.thread.join()
    assert sent == [{"data": {"hello": "hello world"}}]


def test_unknown_paths_are_not_found(served: Served) -> None:
    assert httpx.get(f"{served.url}/").status_code == 404
    assert httpx.get(f"{served.url}/graphiql/../app.py").status_code == 404
