"""Waiting for read models: told by a hint, or seen by asking; never said before it is so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from domain.store import Database, Store
from projections import runner
from projections.freshness import Freshness, Pool, announce, channel
from projections.projection import connect
from tests.projections import tally
from tests.projections.given import ADA, NOOR
from tests.projections.tally import TALLY, offer

SOON, NEVER = 60.0, 3600.0


class CountingPool:
    """The pool, and how often it was asked for a connection."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self.asked = pool, 0

    def connection(self) -> object:
        self.asked += 1
        return self._pool.connection()


@contextlib.asynccontextmanager
async def pooled(database: Database) -> AsyncIterator[Pool]:
    pool: Pool = AsyncConnectionPool(
        database.conninfo, kwargs={"autocommit": True}, min_size=1, max_size=4, open=False
    )
    async with pool:
        yield pool


def run(database: Database, trial: Callable[[Pool], Awaitable[None]]) -> None:
    async def with_pool() -> None:
        async with pooled(database) as pool:
            await trial(pool)

    asyncio.run(with_pool())


def test_what_is_shown_already_is_not_waited_for(organisation: Database, store: Store) -> None:
    tally.install(organisation)
    offer(store, ADA, 1)
    last = offer(store, NOOR, 1)
    runner.catch_up(organisation, store, [TALLY])

    async def trial(pool: Pool) -> None:
        freshness = Freshness(pool, poll=NEVER, patience=SOON)
        freshness.hint("tally:1000")
        assert await freshness.wait(["tally"], last)
        assert await freshness.wait(["tally", "profiles"], 0)

    run(organisation, trial)


def test_without_hints_it_is_seen_by_asking_again(organisation: Database, store: Store) -> None:
    tally.install(organisation)
    last = offer(store, ADA, 1, 2)

    async def trial(pool: Pool) -> None:
        freshness = Freshness(pool, poll=0.001, patience=SOON)
        waiting = asyncio.create_task(freshness.wait(["tally"], last))
        await asyncio.to_thread(runner.catch_up, organisation, store, [TALLY])
        assert await waiting

    run(organisation, trial)


def test_a_hint_spares_asking(organisation: Database, store: Store) -> None:
    tally.install(organisation)

    async def trial(pool: Pool) -> None:
        counting = CountingPool(pool)
        freshness = Freshness(counting, poll=NEVER, patience=SOON)  # type: ignore[arg-type]  # all it asks of one
        waiting = [asyncio.create_task(freshness.wait(["tally"], position)) for position in (7, 9)]
        while freshness.waiting < len(waiting):  # noqa: ASYNC110 nothing tells that a task has come to wait
            await asyncio.sleep(0)
        await asyncio.to_thread(freshness.hint, "tally:8")
        assert await waiting[0]
        assert not waiting[1].done()
        freshness.hint("")
        freshness.hint("profiles:9")
        freshness.hint("tally:9")
        assert await waiting[1]
        assert counting.asked <= len(waiting)

    run(organisation, trial)


def test_what_is_not_shown_in_time_is_not_said_to_be(organisation: Database, store: Store) -> None:
    tally.install(organisation)
    last = offer(store, ADA, 1, 2)

    async def trial(pool: Pool) -> None:
        freshness = Freshness(pool, poll=0.001, patience=0.05)
        assert not await freshness.wait(["tally"], last)
        freshness.hint("tally:1")
        assert not await freshness.wait(["tally"], last)
        assert not await freshness.wait(["there is no such read model"], 0)

    run(organisation, trial)


def test_the_announcement_reaches_who_listens(organisation: Database) -> None:
    with connect(organisation) as listening, connect(organisation) as keeping:
        listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(organisation))))
        announce(keeping, organisation, "tally", 3)
        announce(keeping, organisation, "profiles", 4)
        heard = [notify.payload for notify in listening.notifies(timeout=30, stop_after=2)]
    assert heard == ["tally:3", "profiles:4"]
