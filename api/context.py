"""What a request has at hand: who asks, the log, the read models, and how fresh they are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import strawberry
from psycopg import AsyncConnection, Connection
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from uuid_utils.compat import uuid7

from api.calendar_address import CalendarAddresses
from api.document_links import Links
from api.events_hub import BUFFER, PATIENCE_SECONDS, EventsHub
from api.kept_pools import KeptPools
from api.relay import Cursors
from api.runs import Runs
from domain.permissions import Actor
from domain.store import Database, KeyRing, Store
from domain.store.listener import Listener
from projections.blobs import Blobs
from projections.freshness import Freshness, channel

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]
Readers = ConnectionPool[Connection[tuple[Any, ...]]]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Services:
    """What all requests of a process share. `readers` are for what is read step by step, in a thread."""

    store: Store
    pool: Pool
    readers: Readers
    freshness: Freshness
    cursors: Cursors
    hub: EventsHub
    runs: Runs
    pools: KeptPools
    links: Links
    calendars: CalendarAddresses
    blobs: Blobs
    organisation: str
    private_webhooks: bool

    def context(
        self, actor: Actor, request_id: UUID | None = None, resume_after: int | None = None
    ) -> "Context":
        return Context(
            actor,
            self.store,
            self.pool,
            self.readers,
            self.freshness,
            self.cursors,
            self.hub,
            self.runs,
            self.pools,
            self.links,
            self.calendars,
            self.private_webhooks,
            request_id or uuid7(),
            resume_after,
        )


@dataclass(frozen=True, slots=True)
class Context:
    """`request_id` is the correlation id of what the request causes, `resume_after` an SSE client's last
    event; `loaders` batch what resolvers read. `private_webhooks`: these may have addresses of the house
    itself, and such as do without TLS."""

    actor: Actor
    store: Store
    pool: Pool
    readers: Readers
    freshness: Freshness
    cursors: Cursors
    hub: EventsHub
    runs: Runs
    pools: KeptPools
    links: Links
    calendars: CalendarAddresses
    private_webhooks: bool
    request_id: UUID
    resume_after: int | None = None
    loaders: dict[Any, Any] = field(default_factory=dict)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    @staticmethod
    def new_id() -> UUID:
        return uuid7()

    async def in_thread(self, read: Callable[[Store, Connection[tuple[Any, ...]]], Read]) -> Read:
        """What is read from the log and the read models by turns."""

        def reading() -> Read:
            with self.readers.connection() as connection:
                return read(self.store, connection)

        return await asyncio.to_thread(reading)

    async def caught_up(self, names: Collection[str], position: int) -> bool:
        return await self.freshness.wait(names, position)


Info = strawberry.Info[Context, None]

READERS: Final = 4


def _readers(database: Database) -> Readers:
    """None is opened before it is needed."""
    return ConnectionPool(
        database.conninfo,
        kwargs={"autocommit": True},
        min_size=0,
        max_size=READERS,
        open=False,
        name="readers",
    )


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
    blobs: Blobs | None = None,
    private_webhooks: bool = False,
) -> AsyncIterator[Services]:
    """Open the log, the pool and the hub, and close them in the opposite order. No `blobs`: in memory."""

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
        readers = stack.enter_context(_readers(database))
        hub = await stack.enter_async_context(EventsHub(store, buffer=buffer, poll=poll, patience=patience))
        fresh = Freshness(pool)
        hints = Listener(database, channel(database))
        hints.subscribe(fresh.hint)
        stack.callback(hints.close)
        runs = Runs(database)
        stack.callback(runs.close)
        pools = KeptPools(store, readers)
        stack.callback(pools.close)
        links, kept = Links(cursor_key), blobs or Blobs.in_memory()
        yield Services(
            store, pool, readers, fresh, Cursors(cursor_key), hub, runs, pools, links,
            CalendarAddresses(cursor_key), kept, database.schema, private_webhooks,
        )  # fmt: skip
