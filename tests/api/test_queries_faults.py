"""What a reader notices of trouble in the database: as little as possible, and never a lie."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from tests.api.world import ADMIN, World, answered, opened

PLANNED = "{ viewer { actor } participants { totalCount } }"
EXECUTED = '{ viewer { actor } participants { totalCount } __type(name: "Query") { name } }'
END = "SELECT pg_terminate_backend(pid) FROM unnest(%(pids)s::int[]) pid"


@pytest.fixture
def own(postgres_url: str) -> Iterator[World]:
    with opened(postgres_url) as one:
        yield one


async def idle(world: World) -> list[int]:
    """The backends of every connection that the pool holds."""
    pool = world.services.pool
    async with AsyncExitStack() as held:
        every = [
            await held.enter_async_context(pool.connection()) for _ in range(pool.get_stats()["pool_size"])
        ]
        return [one.info.backend_pid for one in every]


def codes(answer: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


@pytest.mark.parametrize("ask", [PLANNED, EXECUTED], ids=["planned", "executed"])
def test_a_connection_lost_while_idle_is_not_noticed(own: World, postgres_url: str, ask: str) -> None:
    before = own.data(ask)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        ended = connection.execute(END, {"pids": own.run(idle(own))}).fetchall()
    assert set(ended) == {(True,)}
    assert own.data(ask) == before


@pytest.mark.parametrize("ask", [PLANNED, EXECUTED], ids=["planned", "executed"])
def test_a_database_that_is_gone_is_told_as_such(own: World, ask: str) -> None:
    async def said() -> bytes:
        nowhere = "host=/nowhere dbname=nothing"
        async with AsyncConnectionPool(nowhere, min_size=0, max_size=1, timeout=0.05, open=False) as gone:
            services = replace(own.services, pool=gone)
            return await answered(services.context(ADMIN), ask)

    body = own.run(said())
    assert b'"code":"UNAVAILABLE","retryable":true' in body
    assert b"nowhere" not in body


@pytest.mark.parametrize("ask", [PLANNED, EXECUTED], ids=["planned", "executed"])
def test_a_statement_that_takes_too_long_is_ended(own: World, ask: str) -> None:
    async def hurry() -> None:
        async with own.services.pool.connection() as connection:
            await connection.execute("SELECT set_config('statement_timeout', '40ms', false)")

    own.run(hurry())
    with psycopg.connect(own.database.url) as other:
        other.execute(
            psycopg.sql.SQL("LOCK TABLE {}.profiles").format(psycopg.sql.Identifier(own.database.schema))
        )
        answer = own.answer(ask)
        other.rollback()
    assert codes(answer) == {"TIMEOUT"}
    assert own.data(ask)["participants"] == {"totalCount": 7}


def test_a_read_model_that_is_swapped_is_read_on(own: World) -> None:
    """A rebuild puts other tables in the place of those that plans were prepared for."""
    before = own.data(PLANNED)
    with own.database.connect() as connection:
        connection.execute("CREATE TABLE fresh (LIKE profiles INCLUDING ALL)")
        connection.execute("INSERT INTO fresh SELECT * FROM profiles WHERE name IS NOT NULL")
        connection.execute("DROP TABLE profiles")
        connection.execute("ALTER TABLE fresh RENAME TO profiles")
    assert own.data(PLANNED) == {**before, "participants": {"totalCount": 6}}
