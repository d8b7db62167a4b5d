"""What a request has at hand: who asks, the log, the read models, and how fresh they are."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import strawberry
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from uuid_utils.compat import uuid7

from api.events_hub import BUFFER, EventsHub
from api.relay import Cursors
from domain.permissions import Actor
from domain.store import Database, KeyRing, Store

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

CATCH_UP_SECONDS = 5.0
POSITIONS = "SELECT name, position FROM projections"


class Freshness:
    """How far the read models are. However many wait, one statement at a time asks the database."""

    def __init__(self, pool: Pool, *, poll: float = 0.01, patience: float = CATCH_UP_SECONDS) -> None:
        self._pool, self._poll, self.patience = pool, poll, patience
        self._known: dict[str, int] = {}
        self._one_looks = asyncio.Lock()
        self._looks = 0

    async def wait(self, names: Collection[str], position: int) -> bool:
        """True once all of these read models show `position`; False when they have not in time."""
        if self._shown(names, position):
            return True
        try:
            async with asyncio.timeout(self.patience):
                await self._look()
                while not self._shown(names, position):
                    await asyncio.sleep(self._poll)
                    await self._look()
        except TimeoutError:
            return False
        return True

    def _shown(self, names: Collection[str], position: int) -> bool:
        return all(self._known.get(name, -1) >= position for name in names)

    async def _look(self) -> None:
        """See the positions as they are now, or as somebody saw them who began to look after we asked."""
        asked = self._looks
        async with self._one_looks:
            if self._looks > asked:
                return
            self._looks += 1
            async with self._pool.connection() as connection:
                found = await connection.execute(POSITIONS)
                self._known.update(await found.fetchall())


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests of a process share."""

    store: Store
    pool: Pool
    freshness: Freshness
    cursors: Cursors
    hub: EventsHub

    def context(
        self, actor: Actor, request_id: UUID | None = None, resume_after: int | None = None
    ) -> "Context":
        return Context(
            actor,
            self.store,
            self.pool,
            self.freshness,
            self.cursors,
            self.hub,
            request_id or uuid7(),
            resume_after,
        )


@dataclass(frozen=True, slots=True)
class Context:
    """`request_id` is the correlation id of what the request causes, `resume_after` an SSE client's last
    event; `loaders` batch what resolvers read."""

    actor: Actor
    store: Store
    pool: Pool
    freshness: Freshness
    cursors: Cursors
    hub: EventsHub
    request_id: UUID
    resume_after: int | None = None
    loaders: dict[Any, Any] = field(default_factory=dict)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    @staticmethod
    def new_id() -> UUID:
        return uuid7()

    async def caught_up(self, names: Collection[str], position: int) -> bool:
        return await self.freshness.wait(names, position)


Info = strawberry.Info[Context, None]


@asynccontextmanager
async def open_services(
    database: Database,
    keys: KeyRing,
    cursor_key: bytes,
    *,
    connections: int = 8,
    buffer: int = BUFFER,
    poll: float = 0.2,
    statement_seconds: float = 10.0,
) -> AsyncIterator[Services]:
    """Open the log, the pool and the hub, and close them in the opposite order."""

    async def configure(connection: AsyncConnection[tuple[Any, ...]]) -> None:
        connection.prepare_threshold = 0
        await connection.execute(
            "SELECT set_config('statement_timeout', %(limit)s, false)",
            {"limit": f"{int(statement_seconds * 1000)}ms"},
        )

    pool: Pool = AsyncConnectionPool(
        database.conninfo,
        kwargs={"autocommit": True},
        min_size=1,
        max_size=connections,
        open=False,
        configure=configure,
        name="read models",
    )
    async with AsyncExitStack() as stack:
        store = stack.enter_context(Store.open(database, keys))
        await stack.enter_async_context(pool)
        hub = await stack.enter_async_context(EventsHub(store, buffer=buffer, poll=poll))
        yield Services(store, pool, Freshness(pool), Cursors(cursor_key), hub)
