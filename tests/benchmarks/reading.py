"""Reading the whole log, every event decoded."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work
from tests.benchmarks.library import Library
from tests.benchmarks.notebook import Notebook
from tests.benchmarks.notes import TEXT

GROUP = "reading"
EVENTS = 20_000
WORK = Work(GROUP, "read the whole log, decoded", "events/s", Goal(">=", 4))


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("reading: writing the logs to read")
    with (
        closing(Notebook(bench.server, "reading", EVENTS)) as ours,
        closing(Library(bench.server, "library_reading", EVENTS)) as library,
    ):
        sides: dict[str, Callable[[], float]] = {
            "Chiron": lambda: _rate(_ours(ours)),
            "eventsourcing's mapper": lambda: _rate((position, e.text) for position, e in library.log()),
        }
        for side in sides.values():
            side()
        rates = bench.interleaved(WORK.name, sides)
    checked = f"{EVENTS:,} events a round on either side, positions 1..n gapless, each text as written"
    yield WORK.against("eventsourcing's mapper", rates["Chiron"], rates["eventsourcing's mapper"], checked)


def _ours(notebook: Notebook) -> Iterator[tuple[int, str]]:
    for recorded in notebook.store.log():
        yield recorded.position, recorded.event.text  # type: ignore[attr-defined]  # every event here is a note


def _rate(events: Iterable[tuple[int, str]]) -> float:
    """The check is part of the loop: it costs both sides the same."""
    began = time.perf_counter()
    last = 0
    for position, text in events:
        if position != last + 1 or text != TEXT:
            raise Incomplete(f"position {position} follows {last}")
        last = position
    took = time.perf_counter() - began
    if last != EVENTS:
        raise Incomplete(f"read {last} of {EVENTS} events")
    return last / took
