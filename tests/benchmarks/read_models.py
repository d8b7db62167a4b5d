"""Keeping one read model up with the log, exactly once."""

import time
from collections.abc import Iterator
from contextlib import closing

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Row, Work
from tests.benchmarks.library import Library
from tests.benchmarks.notebook import Notebook

GROUP = "read models"
OURS = 30_000
THEIRS = 3_000
"""Fewer, because the library would take half a minute a round; both are rates of whole logs."""
PEER = "eventsourcing's ProjectionRunner"
WORK = Work(GROUP, "keep one read model up, exactly once", "events/s", Goal(">=", 30))


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("read models: writing the logs to follow")
    with (
        closing(Notebook(bench.server, "read_models", OURS)) as ours,
        closing(Library(bench.server, "library_read_models", THEIRS)) as library,
    ):
        rates = bench.interleaved(
            WORK.name, {"Chiron": lambda: _rate(ours, OURS), PEER: lambda: _rate(library, THEIRS)}
        )
        checked = f"{ours.check_kept()}; peer: {library.check_kept()}"
    yield WORK.against(PEER, rates["Chiron"], rates[PEER], checked)


def _rate(side: Notebook | Library, events: int) -> float:
    side.start_over()
    began = time.perf_counter()
    side.keep_up()
    took = time.perf_counter() - began
    side.check_kept()
    return events / took
