"""One tail of the log in a process, shared by all who follow it: an event is read, decoded and held once."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import structlog

from api.refusals import Problem, where
from domain.store import RecordedEvent, Store

log = structlog.get_logger(__name__)

Shown = TypeVar("Shown")

BUFFER = 4_096
PAGE = 500
BACKFILLS = 4
RETRY_SECONDS = 1.0


class SlowConsumer(Problem):
    """Too far behind to be waited for; `lastCursor` is where to go on."""

    def __init__(self, last: int) -> None:
        sentence = "You are reading too slowly. Subscribe again after the last cursor."
        super().__init__("SLOW_CONSUMER", sentence, lastCursor=str(last), retryable=True)


class Published(Generic[Shown]):
    """An event in the hub; what it is shown as is made once for all who follow."""

    __slots__ = ("_shown", "recorded")

    def __init__(self, recorded: RecordedEvent) -> None:
        self.recorded = recorded
        self._shown: Shown | None = None

    def shown(self, by: Callable[[RecordedEvent], Shown]) -> Shown:
        if self._shown is None:
            self._shown = by(self.recorded)
        return self._shown


class EventsHub:
    """Holds the last `buffer` events in a ring; a follower is a position in it, and waits for free."""

    def __init__(self, store: Store, *, buffer: int = BUFFER, poll: float = 0.2) -> None:
        self._store, self._poll = store, poll
        self._ring: list[Published[Any] | None] = [None] * buffer
        self._changed = asyncio.Event()
        self._backfills = asyncio.Semaphore(BACKFILLS)
        self._stop = threading.Event()
        self._first = 1
        self.head = 0
        self.alive = False

    async def __aenter__(self) -> Self:
        self.head = await asyncio.to_thread(self._store.head)
        self._first = self.head + 1
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._tail, args=(loop,), name="events-hub", daemon=True)
        self._thread.start()
        self.alive = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.alive = False
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    async def follow(
        self, after: int | None, names: Collection[str] = ()
    ) -> AsyncGenerator[Published[Any], None]:
        """Events after a position (None: from now on), exactly once and in order; raises SlowConsumer."""
        wanted = frozenset(names)
        position = self.head if after is None else after
        live = False
        while True:
            if position + 1 < self._first:
                if live:
                    raise SlowConsumer(position)
                page, position = await self._backfill(position, wanted)
                for recorded in page:
                    yield Published(recorded)
                continue
            while self._first <= position + 1 <= self.head:
                position += 1
                held = self._ring[position % len(self._ring)]
                if held is not None and (not wanted or held.recorded.name in wanted):
                    yield held
            if position >= self.head:
                live = True
                await self._changed.wait()

    async def _backfill(self, after: int, names: frozenset[str]) -> tuple[list[RecordedEvent], int]:
        """A page of what the ring no longer holds, and the position up to which nothing is missing then."""
        known = self._first - 1
        async with self._backfills:
            page = await asyncio.to_thread(self._store.page, after, PAGE, sorted(names))
        if len(page) == PAGE:
            return page, page[-1].position
        return page, max(known, page[-1].position if page else 0)

    def _tail(self, loop: asyncio.AbstractEventLoop) -> None:
        after = self.head
        while not self._stop.is_set():
            try:
                for page in self._store.follow(after, self._stop, poll=self._poll):
                    after = page[-1].position
                    loop.call_soon_threadsafe(self._publish, page)
            except Exception as bug:  # noqa: BLE001 the tail of every subscriber goes on, whatever happened
                log.error(  # noqa: TRY400 an exception's text may hold what is personal
                    "the tail of the log broke", traceback=where(bug)
                )
                self._stop.wait(RETRY_SECONDS)

    def _publish(self, page: Sequence[RecordedEvent]) -> None:
        for recorded in page:
            self._ring[recorded.position % len(self._ring)] = Published(recorded)
        self.head = page[-1].position
        self._first = max(self._first, self.head - len(self._ring) + 1)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
