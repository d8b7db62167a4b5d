"""What a process knows of match runs beside the board: hints of progress, and the pools of a few."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from api.refusals import Problem
from domain.ids import MatchRunId, ParticipantId
from domain.match_run import MATCH_RUN, Computed, Requested, Status
from domain.store import Database, Store
from domain.store.listener import Listener
from projections.match_progress import channel
from projections.run_inputs import (
    Connection,
    RunInputs,
    last_computed,
    last_erasure,
    load_inputs,
    outcome_of,
)

if TYPE_CHECKING:  # with it come numpy and the solvers, which a process that reports nothing does not need
    from api.context import Context
    from domain.pairing.compiled import Compiled
    from domain.pairing.marginal import Bound
    from domain.pairing.outcome import Outcome

KEPT: Final = 3
"""So many runs' pools are held; the largest take some hundred megabytes."""

Found = TypeVar("Found")
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ComputedRun:
    """A run as its pairs are shown, and all that they were found in."""

    inputs: RunInputs
    requested: Requested
    computed: Computed

    @cached_property
    def compiled(self) -> "Compiled":
        from domain.pairing.compiled import Compiled  # noqa: PLC0415 as above

        return Compiled(self.inputs.pool, self.inputs.terms)

    @cached_property
    def outcome(self) -> "Outcome":
        return outcome_of(self.computed)

    @cached_property
    def prices(self) -> Mapping[ParticipantId, int]:
        """What a place of each mentor is worth to others."""
        from domain.pairing.suggest import prices  # noqa: PLC0415 as above

        return prices(self.compiled)

    @cached_property
    def bound(self) -> "Bound":
        from domain.pairing.marginal import Bound  # noqa: PLC0415 as above

        return Bound(self.compiled, self.prices)


async def one_at_a_time(lock: asyncio.Lock, work: Coroutine[Any, Any, Found]) -> Found:
    """A thread goes on when nobody waits for it any more: the next one begins when it has ended."""
    try:
        await lock.acquire()
    except asyncio.CancelledError:
        work.close()
        raise
    working = asyncio.ensure_future(work)

    def ended(done: "asyncio.Future[Found]") -> None:
        lock.release()
        if not done.cancelled():
            done.exception()  # looked at, though nobody may wait for it

    working.add_done_callback(ended)
    return await asyncio.shield(working)


class Runs:
    """Nothing is opened before somebody asks."""

    def __init__(self, database: Database) -> None:
        self._hints = Listener(database, channel(database))
        self._held: OrderedDict[tuple[MatchRunId, int], ComputedRun] = OrderedDict()
        self._one_loads, self._one_computes = asyncio.Lock(), asyncio.Lock()

    async def computed(self, context: "Context", run: MatchRunId) -> ComputedRun:
        """Raises a Problem where no pairs are there, or are being solved again. One at a time is loaded."""
        return await one_at_a_time(self._one_loads, context.in_thread(partial(self._computed, run)))

    def _computed(self, run: MatchRunId, store: Store, connection: Connection) -> ComputedRun:
        self._forget(last_erasure(connection))
        loaded = store.load(MATCH_RUN.stream(run))
        key = (run, loaded.state.revision)
        if held := self._held.pop(key, None):
            self._held[key] = held
            return held
        asked = loaded.state.requested
        computed = None if loaded.state.status is Status.COMPUTING else last_computed(store, run)
        if asked is None or computed is None or computed.revision != loaded.state.revision:
            sentence = f"This match run is {loaded.state.status}: wait until its pairs are there."
            raise Problem("RUN_IS_NOT_READY", sentence, retryable=True)
        inputs = load_inputs(store, connection, run, loaded)
        found = self._held[key] = ComputedRun(inputs, asked, computed)
        if len(self._held) > KEPT:
            self._held.popitem(last=False)
        return found

    def _forget(self, last: int) -> None:
        """Pools that may know something of somebody who has been erased since."""
        for key in [key for key, held in self._held.items() if held.inputs.erasure < last]:
            del self._held[key]

    @asynccontextmanager
    async def hints(self, run: UUID) -> AsyncGenerator[asyncio.Event, None]:
        """Set whenever something may be new about the run's progress."""
        loop, moved, name = asyncio.get_running_loop(), asyncio.Event(), str(run)

        def heed(payload: str) -> None:
            if payload in ("", name):
                loop.call_soon_threadsafe(moved.set)

        unsubscribe = self._hints.subscribe(heed)
        try:
            yield moved
        finally:
            unsubscribe()

    async def compute(self, work: Callable[[OnProgress], Found]) -> Found:
        """Long work in a thread, one at a time; where nobody waits for it, it stops at the next progress."""
        given_up = threading.Event()

        def go_on(*_: Any) -> None:
            if given_up.is_set():
                from domain.pairing.grid import Cancelled  # noqa: PLC0415 as above

                raise Cancelled

        try:
            return await one_at_a_time(self._one_computes, asyncio.to_thread(work, go_on))
        finally:
            given_up.set()

    def close(self) -> None:
        self._hints.close()
