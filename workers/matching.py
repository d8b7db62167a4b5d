"""Computes the runs that somebody has requested, locked or barred pairs in: each once, whoever else is at it.

A run that is cancelled, or revised while it is computed, is let go at the next sign of progress. The engines
of the last runs are kept, so that a lock is solved again at once.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid5

import psycopg
import structlog

from domain import match_run
from domain.command import Command
from domain.ids import MatchRunId
from domain.match_outcome import Found
from domain.match_run import (
    MATCH_RUN,
    Computed,
    Failed,
    MatchRun,
    PairForbidden,
    PairLocked,
    PairReleased,
    Requested,
    Status,
)
from domain.pairing.terms import ENGINE
from domain.pairing.veil import veiled, veiled_parts
from domain.refusal import Refusal
from domain.store import Conflict, Database, Decision, EventUnreadable, Loaded, RecordedEvent, Store
from projections import parking
from projections.match_progress import Progress
from projections.run_inputs import RunInputs, last_erasure, load_inputs
from workers.causes import Causes, Following
from workers.engine import Engine, Watch

if TYPE_CHECKING:  # with it come the solvers, which a worker without runs does not need
    from domain.pairing.outcome import Outcome

NAME: Final = "matching"
LONGEST: Final = 200
"""What a reason may hold in characters."""
ENGINES: Final = 2
"""So many are kept; that of the largest runs takes some hundred megabytes."""

CAUSES: Final = frozenset(kind.event_name for kind in (Requested, PairLocked, PairForbidden, PairReleased))
READ: Final = ("competencies", "meanings", "programs", "proposals", "relationships")
"""The read models that a pool is read from."""

log = structlog.get_logger()


class EngineFailed(Refusal):
    """The engine could not compute this run: {reason}."""


class Matching(Following):
    """Follows the log as far as the read models show it: who takes part is found there."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, database: Database, stop: threading.Event
    ) -> None:
        super().__init__(Causes(connection, store, NAME, CAUSES, READ))
        self._stop = stop
        self._progress = Progress(connection, database)
        self._engines: OrderedDict[MatchRunId, Engine] = OrderedDict()

    def advance(self) -> bool:
        """The next run, or the next page of the log; False: the end of what the read models show."""
        return next(self._steps, False)

    def _walk(self) -> Iterator[bool]:
        """Of each run the last cause of a page: a later revision makes an earlier one out of date."""
        while True:
            reached, page = self._causes.page()
            for run, cause in {MatchRunId(cause.stream_id): cause for cause in page}.items():
                self._settle(run, cause)
                if self._stop.is_set():
                    return
                yield True
            yield self._causes.move_on(reached)

    def _settle(self, run: MatchRunId, cause: RecordedEvent) -> None:
        loaded = readable(self._store, run)
        if loaded is None:
            return
        if loaded.state.status is not Status.COMPUTING:
            self._progress.ended(run)
            return
        try:
            self._compute(run, loaded, cause)
        except Conflict:
            raise
        except Exception as error:
            if not parking.is_poison(error):
                raise
            if not _is_cancelled(error):
                self._fail(run, loaded, cause, error)
        self._progress.ended(run)

    def _compute(self, run: MatchRunId, loaded: Loaded[MatchRun], cause: RecordedEvent) -> None:
        began = time.monotonic()
        self._forget()
        engine = self._engines.pop(run, None) or self._engine(run, loaded)
        inputs = engine.inputs.revised(loaded)
        found = engine.solve(inputs)
        self._record(run, cause, match_run.record_computed, computed=_computed(inputs, found))
        self._engines[run] = engine
        if len(self._engines) > ENGINES:
            self._engines.popitem(last=False)
        seconds = round(time.monotonic() - began, 3)
        log.info("match_run.computed", run=str(run), placed=found.totals.placed, seconds=seconds)

    def _forget(self) -> None:
        """Engines that may know something of somebody who has been erased since."""
        last = last_erasure(self.connection)
        for run in [run for run, engine in self._engines.items() if engine.inputs.erasure < last]:
            del self._engines[run]

    def _engine(self, run: MatchRunId, loaded: Loaded[MatchRun]) -> Engine:
        inputs = load_inputs(self._store, self.connection, run, loaded)
        return Engine(inputs, Watch(run, self._store, self._progress, self._stop))

    def _fail(
        self, run: MatchRunId, loaded: Loaded[MatchRun], cause: RecordedEvent, error: Exception
    ) -> None:
        """For good: whatever it is, the same run would fail again."""
        told = _as_it_may_be_told(error)
        log.warning("match_run.failed", run=str(run), code=told.code, reason=told.sentence)
        reason = shorten(told.sentence, LONGEST)
        failed = Failed(revision=loaded.state.revision, code=told.code, reason=reason)
        self._record(run, cause, match_run.record_failed, failed=failed)

    def _record(self, run: MatchRunId, cause: RecordedEvent, decision: Decision, **arguments: Any) -> None:
        """However many do this at once, or again, it is one command."""
        command = Command(
            uuid5(cause.command_id, f"{NAME} {cause.position}"),
            NAME,
            correlation_id=cause.correlation_id,
            cause="rule",
        )
        self._store.act(command, MATCH_RUN.stream(run), decision, **arguments)


def readable(store: Store, run: MatchRunId) -> Loaded[MatchRun] | None:
    """None: nothing can be done about it, nor recorded in its stream; the other runs go on."""
    try:
        return store.load(MATCH_RUN.stream(run))
    except EventUnreadable as error:
        log.warning("match_run.unreadable", run=str(run), reason=parking.reason_of(error))
        return None


def _is_cancelled(error: Exception) -> bool:
    from domain.pairing.grid import Cancelled  # noqa: PLC0415 as above

    return isinstance(error, Cancelled)


def _as_it_may_be_told(error: Exception) -> Refusal:
    """That somebody avoids somebody is nobody's business, not even where the pair is locked."""
    if not isinstance(error, Refusal):
        return EngineFailed(reason=parking.reason_of(error))
    if "rules" not in error.details:
        return error
    rules = ", ".join(veiled(error.details["rules"].split(", ")))
    return type(error)(**{**error.details, "rules": rules})


def _computed(inputs: RunInputs, found: "Outcome") -> Computed:
    """The log, which is for ever, tells of nobody's avoidance or preference either; the digest is of what was
    found.
    """
    unmatched = [one.model_copy(update={"rules": veiled(one.rules)}) for one in found.unmatched]
    return Computed(
        engine=ENGINE,
        revision=inputs.revision,
        inputs_digest=inputs.digest,
        digest=found.digest,
        pairs=tuple(map(_as_it_is_told, found.found)),
        unmatched=tuple(unmatched),
        totals=found.totals,
    )


def _as_it_is_told(pair: Found) -> Found:
    parts = veiled_parts(pair.parts)
    return pair if len(parts) == len(pair.parts) else pair.model_copy(update={"parts": parts})
