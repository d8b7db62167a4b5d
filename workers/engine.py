"""The pairing engine at work for one run, watched by whoever may stop it."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from domain.ids import MatchRunId
from domain.matching_settings import Objective
from domain.store import Store
from projections.match_progress import Progress
from projections.run_inputs import PAIRS, RunInputs, computed_again

if TYPE_CHECKING:  # with it come the solvers, which a worker without runs does not need
    from domain.pairing.bulk import Bulk
    from domain.pairing.outcome import Outcome

EVERY: Final = 0.1
"""Seconds between two reports of progress."""


class Watch:
    """Reports progress; stops a computation that nobody waits for any more: cancelled, discarded, revised."""

    def __init__(
        self, run: MatchRunId, store: Store, progress: Progress, stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._run, self._store, self._progress, self._stop = run, store, progress, stop
        self._clock, self._told, self._stage = clock, 0.0, ""
        self.version = 0

    def __call__(self, stage: str, done: int, of: int) -> None:
        now = self._clock()
        if stage == self._stage and done < of and now - self._told < EVERY:
            return
        self._told, self._stage = now, stage
        if self._stop.is_set() or self._is_out_of_date():
            from domain.pairing.grid import Cancelled  # noqa: PLC0415 as above

            raise Cancelled
        self._progress.reached(self._run, stage, done, of)

    def _is_out_of_date(self) -> bool:
        """Nothing that happens to a run while it is computed lets its pairs be of use."""
        return next(self._store.history(self._run, self.version), None) is not None


class Engine:
    """Keeps what it knows of the pool, so that a lock or a bar is solved again at once."""

    def __init__(self, inputs: RunInputs, watch: Watch) -> None:
        self.inputs, self._watch = inputs, watch
        self._bulk: Bulk | None = None

    def solve(self, inputs: RunInputs) -> "Outcome":
        """Raises Cancelled; what is known may then be half of it."""
        self.inputs, self._watch.version = inputs, inputs.version
        settings, kind = inputs.terms.settings, inputs.terms.type.kind
        if kind not in PAIRS or settings.objective is Objective.STABLE:
            return computed_again(inputs, on_progress=self._watch)
        return self._kept().solve(locked=inputs.locked, forbidden=inputs.forbidden)

    def _kept(self) -> "Bulk":
        if self._bulk is None:
            from domain.pairing.bulk import Bulk  # noqa: PLC0415 as above

            known = self.inputs
            self._bulk = Bulk(known.pool, known.terms, known.seed, known.incumbents, self._watch)
        return self._bulk
