"""How fresh the read models are, and who waits for what."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import psycopg

from api.context import Services, open_services
from domain.permissions import Actor, Role
from domain.store import Database, KeyRing

PATIENCE = 30


def running(database: Database, test: Callable[[Services], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with (
            asyncio.timeout(PATIENCE),
            open_services(database, KeyRing.random(), b"c" * 32, **options) as services,
        ):
            await test(services)

    asyncio.run(main())


def advance(database: Database, name: str, position: int) -> None:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        connection.execute(
            "UPDATE projections SET position = %(position)s WHERE name = %(name)s",
            {"position": position, "name": name},
        )


def test_waits_until_every_read_model_shows_the_position(organisation: Database) -> None:
    async def test(services: Services) -> None:
        advance(organisation, "profiles", 7)
        assert await services.freshness.wait(["profiles"], 7)
        both = asyncio.ensure_future(services.freshness.wait(["profiles", "programs"], 7))
        advance(organisation, "programs", 6)
        done, _ = await asyncio.wait([both], timeout=0.05)
        assert not done
        advance(organisation, "programs", 7)
        assert await both

    running(organisation, test)


def test_a_request_has_its_own_ids_and_its_own_moment(organisation: Database) -> None:
    async def test(services: Services) -> None:
        ada = Actor("ada", frozenset({Role.AUDITOR}))
        first, second = services.context(ada), services.context(ada)
        assert first.actor is ada
        assert first.request_id != second.request_id
        assert first.new_id().version == 7
        assert first.now().utcoffset() == timedelta(0)
        first.loaders["place"] = "of its own"
        assert second.loaders == {}

    running(organisation, test)


def test_a_statement_may_not_run_for_ever(organisation: Database) -> None:
    async def test(services: Services) -> None:
        async with services.pool.connection() as connection:
            found = await (await connection.execute("SHOW statement_timeout")).fetchone()
        assert found == ("1500ms",)

    running(organisation, test, statement_seconds=1.5)
