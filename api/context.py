"""What a request has at hand: who asks, the log, the read models, and how fresh they are."""

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

from api.events_hub import BUFFER, PATIENCE_SECONDS, EventsHub
from api.relay import Cursors
from domain.permissions import Actor
from domain.store import Database, KeyRing, Store
from domain.store.listener import Listener
from projections.freshness import Freshness, channel

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]


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
    patience: float = PATIENCE_SECONDS,
    statement_seconds: float = 10.0,
) -> AsyncIterator[Services]:
    """Open the log, the pool and the hub, and close them in the opposite order."""

    async def configure(connection: AsyncConnection[tuple[Any, ...]]) -> None:
        connection.prepare_threshold = 0
        await connection.execute(
            "SELECT set_config('statement_timeout', %(limit)s, false), set_config('jit', 'off', false)",
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
        hub = await stack.enter_async_context(EventsHub(store, buffer=buffer, poll=poll, patience=patience))
        fresh = Freshness(pool)
        hints = Listener(database, channel(database))
        hints.subscribe(fresh.hint)
        stack.callback(hints.close)
        yield Services(store, pool, fresh, Cursors(cursor_key), hub)
