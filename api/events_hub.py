"""One tail of the log in a process, shared by all who follow it: an event is read, decoded and held once."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import structlog

from api.refusals import Problem, where
from domain.store import RecordedEvent, Store

log = structlog.get_logger(__name__)

Shown = TypeVar("Shown")

BUFFER: Final = 4_096
PATIENCE_SECONDS: Final = 2.0
HANDFUL: Final = 32
PAGE: Final = 500
PAGES: Final = 16
BACKFILLS: Final = 4
RETRY_SECONDS: Final = 1.0


class SlowConsumer(Problem):
    """Too far behind to be waited for; `lastCursor` is where to go on."""

    def __init__(self, last: int) -> None:
        sentence = "You are reading too slowly. Subscribe again after the last cursor."
        super().__init__("SLOW_CONSUMER", sentence, lastCursor=str(last), retryable=True)
        self.last = last


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
    """Holds the last `buffer` events in a ring; a follower is a position in it, and waits for free.

    A follower whom the ring has overtaken reads on from the log; but if it was itself who kept us waiting
    for longer than `patience` to hand over an event, it is cut off. Who has not caught up yet may take time.
    """

    def __init__(
        self, store: Store, *, buffer: int = BUFFER, poll: float = 0.2, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._store, self._poll, self._patience = store, poll, patience
        self._ring: list[Published[Any] | None] = [None] * buffer
        self._pages: OrderedDict[int, asyncio.Task[list[Published[Any]]]] = OrderedDict()
        self._reads = asyncio.Semaphore(BACKFILLS)
        self._changed = asyncio.Event()
        self._stop = threading.Event()
        self._first = 1
        self.head = 0

    async def __aenter__(self) -> Self:
        self.head = await asyncio.to_thread(self._store.head)
        self._first = self.head + 1
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._tail, args=(loop,), name="events-hub", daemon=True)
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    async def follow(
        self, after: int | None, names: Collection[str] = ()
    ) -> AsyncGenerator[Published[Any], None]:
        """Events after a position (None: from now on), exactly once and in order; raises SlowConsumer."""
        clock = asyncio.get_running_loop().time
        wanted = frozenset(names)
        position = self.head if after is None else after
        live, kept_waiting = False, 0.0
        while True:
            if position + 1 < self._first:
                if live and kept_waiting >= self._patience:
                    raise SlowConsumer(position)
                some, position = await self._backfill(position, wanted)
            elif position < self.head:
                some, position = self._held(position, wanted)
            else:
                live, kept_waiting = True, 0.0
                await self._changed.wait()
                continue
            for published in some:
                handed = clock()
                yield published
                kept_waiting = max(kept_waiting, clock() - handed)

    def _held(self, after: int, wanted: frozenset[str]) -> tuple[list[Published[Any]], int]:
        """Some of what the ring holds, and the position up to which nothing is missing then."""
        end = min(after + HANDFUL, self.head)
        held = (self._ring[position % len(self._ring)] for position in range(after + 1, end + 1))
        return [one for one in held if one and (not wanted or one.recorded.name in wanted)], end

    async def _backfill(self, after: int, wanted: frozenset[str]) -> tuple[list[Published[Any]], int]:
        """Some of what the ring no longer holds, and the position up to which nothing is missing then."""
        end = (after // PAGE + 1) * PAGE
        if not wanted and end < self._first:
            page = await asyncio.shield(self._page(end))
            return [published for published in page if published.recorded.position > after], end
        known = self._first - 1
        found = await self._read(after, sorted(wanted))
        last = found[-1].recorded.position if found else 0
        return found, last if len(found) == PAGE else max(known, last)

    def _page(self, end: int) -> asyncio.Task[list[Published[Any]]]:
        """The whole page that ends there, read once for all who go through it at about the same time."""
        page = self._pages.get(end)
        if page is None or (page.done() and page.exception() is not None):
            page = self._pages[end] = asyncio.create_task(self._read(end - PAGE, ()))
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        return page

    async def _read(self, after: int, names: Collection[str]) -> list[Published[Any]]:
        async with self._reads:
            return [Published(one) for one in await asyncio.to_thread(self._store.page, after, PAGE, names)]

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
