"""The pools of a few programmes, kept in the process: the first question waits, the later ones do not."""

import asyncio
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from domain.ids import ProgramId
from domain.store import Store
from projections.suggesting import KeptPool, keep_pool, shown

if TYPE_CHECKING:
    from api.context import Readers

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 3.0
"""So long a pool is taken as it was read."""
SPARING: Final = 10
"""It is read again at most in so many times what reading it takes."""
QUICK_SECONDS: Final = 1.0
"""What takes no longer is waited for; else the old one answers until the new one is there."""
PROGRAMS: Final = 4
PEOPLE: Final = 200_000
"""So many people are kept in all; they take some kilobytes each."""


@dataclass(slots=True)
class Shelf:
    """`looked` is when it was last known to be what the read models show."""

    pool: KeptPool
    looked: float


class KeptPools:
    """Used from one event loop; what is computed runs in a thread of its own, one pool at a time."""

    def __init__(self, store: Store, readers: "Readers", *, fresh: float = FRESH_SECONDS) -> None:
        self.fresh = fresh
        self._store, self._readers = store, readers
        self._shelves: OrderedDict[ProgramId, Shelf] = OrderedDict()
        self._coming: dict[ProgramId, asyncio.Future[Shelf]] = {}
        self._stopped = threading.Event()
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="pools")

    async def of(self, program: ProgramId) -> KeptPool:
        shelf = self._shelves.get(program)
        if shelf is not None and not self._is_stale(shelf):
            self._shelves.move_to_end(program)
            return shelf.pool
        coming = self._refreshed(program, shelf)
        if shelf is not None and shelf.pool.seconds > QUICK_SECONDS:
            return shelf.pool
        # Whoever stops waiting must not stop it for the others.
        return (await asyncio.shield(coming)).pool

    def close(self) -> None:
        self._stopped.set()
        self._maker.shutdown(cancel_futures=True)

    def _is_stale(self, shelf: Shelf) -> bool:
        return time.monotonic() - shelf.looked > max(self.fresh, SPARING * shelf.pool.seconds)

    def _refreshed(self, program: ProgramId, shelf: Shelf | None) -> "asyncio.Future[Shelf]":
        if program not in self._coming:
            loop = asyncio.get_running_loop()
            coming = loop.run_in_executor(self._maker, partial(self._make, program, shelf))
            coming.add_done_callback(partial(self._arrived, program))
            self._coming[program] = coming
        return self._coming[program]

    def _make(self, program: ProgramId, shelf: Shelf | None) -> Shelf:
        """The kept one where nothing has happened since."""
        with self._readers.connection() as connection:
            begun = time.monotonic()
            if shelf is not None and shown(connection) == shelf.pool.position:
                return Shelf(shelf.pool, begun)
            return Shelf(keep_pool(self._store, connection, program, stopped=self._stopped.is_set), begun)

    def _arrived(self, program: ProgramId, coming: "asyncio.Future[Shelf]") -> None:
        """The oldest give way. What failed is told to whoever waits, and tried again by the next who asks."""
        del self._coming[program]
        if coming.cancelled():
            return
        if (fault := coming.exception()) is not None:
            log.warning("a pool could not be read", program=str(program), kind=type(fault).__qualname__)
            return
        self._shelves[program] = coming.result()
        self._shelves.move_to_end(program)
        while len(self._shelves) > 1 and self._is_too_much():
            self._shelves.popitem(last=False)

    def _is_too_much(self) -> bool:
        people = sum(shelf.pool.people for shelf in self._shelves.values())
        return len(self._shelves) > PROGRAMS or people > PEOPLE
