"""How far the read models are: whoever keeps one says so, whoever needs one at a position waits for it."""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.store import Database

POSITIONS: Final = "SELECT name, position FROM projections"
ANNOUNCE: Final = "SELECT pg_notify(%(channel)s, %(hint)s)"

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]


def channel(database: Database) -> str:
    """Where hints that a read model has moved on are sent, as `name:position`."""
    return f"{database.schema}_projected"


def announce(connection: psycopg.Connection, database: Database, name: str, position: int) -> None:
    """After the commit: NOTIFY inside it would make committing transactions wait for each other."""
    hint = {"channel": channel(database), "hint": f"{name}:{position}"}
    connection.execute(ANNOUNCE, hint)


class Freshness:
    """Waits for read models. However many wait, one statement at a time asks the database.

    Hints spare most of the asking; since they may be lost or late, it is asked every `poll` seconds as well.
    """

    def __init__(self, pool: Pool, *, poll: float = 0.02, patience: float = 5.0) -> None:
        self._pool, self._poll, self.patience = pool, poll, patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._known: dict[str, int] = {}
        self._moved = asyncio.Event()
        self._one_looks = asyncio.Lock()
        self._looks = 0
        self._asked = 0.0
        self.waiting = 0

    async def wait(self, names: Collection[str], position: int) -> bool:
        """True once all of these read models show `position`; False when they have not in time."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.patience):
                await self._look()
                while not self._shown(names, position):
                    await self._moved_or_asked()
        except TimeoutError:
            return False
        return True

    def hint(self, payload: str) -> None:
        """A hint as it came over the channel; from any thread. Before anybody has waited, it helps nobody."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._heed, payload)

    def _heed(self, payload: str) -> None:
        name, _, position = payload.rpartition(":")
        if position.isdecimal():
            self._known[name] = max(self._known.get(name, 0), int(position))
        self._moved.set()
        self._moved = asyncio.Event()

    def _shown(self, names: Collection[str], position: int) -> bool:
        return all(self._known.get(name, -1) >= position for name in names)

    async def _moved_or_asked(self) -> None:
        """Until a hint comes; when none has come for `poll` seconds, or none that helped, ask."""
        self.waiting += 1
        try:
            async with asyncio.timeout_at(self._asked + self._poll):
                await self._moved.wait()
        except TimeoutError:
            await self._look()
        finally:
            self.waiting -= 1

    async def _look(self) -> None:
        """See the positions as they are now, or as somebody saw them who began to look after we asked."""
        asked = self._looks
        async with self._one_looks:
            if self._looks > asked:
                return
            self._looks += 1
            self._asked = asyncio.get_running_loop().time()
            async with self._pool.connection() as connection:
                found = await connection.execute(POSITIONS)
                self._known.update(await found.fetchall())
