"""Appending: one event a command by 32, 8 and 1 callers, and a hundred events at once by 8."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

from tests.benchmarks import append_peers as peers
from tests.benchmarks.append_ours import Ours
from tests.benchmarks.append_peers import Side
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Load, NotMeasured, Row, Work

GROUP = "append"
SINGLE = "single-event commands, 32 callers"
ACTS = "commands through store.act"
BATCH = 100
GOALS = {
    peers.Eventsourcing.name: Goal(">=", 12),
    peers.HandWritten.name: Goal(">=", 1.15),
    peers.Pgbench.name: Goal(">=", 0.6),
    peers.Emmett.name: Goal(">=", 5),
    peers.MessageDb.name: Goal(">=", 5),
}


class Tally:
    """Every event a side acknowledged, over all rounds, for the check at the end."""

    def __init__(self) -> None:
        self.appended: dict[str, int] = {}

    def counting(self, side: str, measure: Callable[[], Load], events: int = 1) -> Callable[[], Load]:
        def measured() -> Load:
            load = measure()
            self.appended[side] = self.appended.get(side, 0) + load.count * events
            return load

        return measured


def measure(bench: Bench) -> Iterator[Row]:
    with ExitStack() as stack:
        ours, library = Ours(bench.server), peers.Eventsourcing(bench.server)
        others, missing = _others(bench)
        sides: list[Side] = [ours, library, *others]
        for side in sides:
            stack.callback(side.close)
        tally = Tally()
        singles = _singles(bench, tally, ours, sides)
        few = {callers: _few(bench, tally, ours, library, callers) for callers in (8, 1)}
        batches = _batches(bench, tally, ours, library)
        checks = {side.name: side.check(tally.appended[side.name]) for side in sides}

    yield from _rows_of_singles(singles, checks, ours.name)
    for name, why in missing.items():
        yield Work(GROUP, SINGLE, "events/s", GOALS[name]).unmeasured(name, why)
    both = f"{checks[ours.name]}; peer: {checks[library.name]}"
    for callers, goal in ((8, Goal(">=", 6)), (1, Goal(">=", 2))):
        work = Work(GROUP, f"single-event commands, {_callers(callers)}", "events/s", goal)
        yield work.against(
            library.name, _rates(few[callers][ours.name]), _rates(few[callers][library.name]), both
        )
    calm = Work(GROUP, "p99 at 32 callers", "ms", Goal("<=", 0.2))
    yield calm.against(library.name, _p99s(singles[ours.name]), _p99s(singles[library.name]), both)
    bulk = Work(GROUP, f"{BATCH}-event appends, 8 callers", "events/s", Goal(">=", 4))
    yield bulk.against(
        library.name, _rates(batches[ours.name], BATCH), _rates(batches[library.name], BATCH), both
    )
    yield from _rows_of_acts(singles[ACTS], checks[ours.name])


def _rows_of_singles(singles: dict[str, list[Load]], checks: dict[str, str], ours: str) -> Iterator[Row]:
    for peer, loads in singles.items():
        if peer in GOALS:
            checked = f"{checks[ours]}; peer: {checks[peer]}"
            work = Work(GROUP, SINGLE, "events/s", GOALS[peer])
            yield work.against(peer, _rates(singles[ours]), _rates(loads), checked)


def _rows_of_acts(acts: list[Load], checked: str) -> Iterator[Row]:
    """What the product does: read the stream, fold, decide, append."""
    yield Work(GROUP, f"{ACTS}, 32 callers", "commands/s").alone(median(_rates(acts)), checked)
    yield Work(GROUP, f"p50 of {ACTS}, 32 callers", "ms").alone(median(load.p50_ms for load in acts), checked)
    yield Work(GROUP, f"p99 of {ACTS}, 32 callers", "ms").alone(median(_p99s(acts)), checked)


def _callers(number: int) -> str:
    return "1 caller" if number == 1 else f"{number} callers"


def _rates(loads: list[Load], events: int = 1) -> list[float]:
    return [load.rate * events for load in loads]


def _p99s(loads: list[Load]) -> list[float]:
    return [load.p99_ms for load in loads]


def _others(bench: Bench) -> tuple[list[Side], dict[str, str]]:
    """The peers that can be had here, and why the others cannot."""
    sides: list[Side] = [peers.HandWritten(bench.server), peers.Pgbench(bench.server, bench.folder)]
    missing: dict[str, str] = {}
    npm: dict[str, Callable[[], Side]] = {
        peers.Emmett.name: lambda: peers.Emmett(bench.server),
        peers.MessageDb.name: lambda: peers.MessageDb(bench.server, bench.folder),
    }
    for name, start in npm.items():
        try:
            sides.append(start())
        except NotMeasured as reason:
            missing[name] = str(reason)
    return sides, missing


def _singles(bench: Bench, tally: Tally, ours: Ours, sides: list[Side]) -> dict[str, list[Load]]:
    rounds: dict[str, Callable[[], Load]] = {
        side.name: tally.counting(side.name, lambda side=side: side.round(32, bench.seconds))  # type: ignore[misc]  # mypy cannot type a lambda's default
        for side in sides
    }
    rounds[ACTS] = tally.counting(ours.name, lambda: ours.acts(32, bench.seconds))
    for side in sides:
        tally.counting(side.name, lambda side=side: side.round(32, 0.5))()  # type: ignore[misc]  # as above
    return bench.interleaved(SINGLE, rounds)


def _few(bench: Bench, tally: Tally, ours: Ours, library: Side, callers: int) -> dict[str, list[Load]]:
    return bench.interleaved(
        f"single-event commands, {_callers(callers)}",
        {
            ours.name: tally.counting(ours.name, lambda: ours.round(callers, bench.seconds)),
            library.name: tally.counting(library.name, lambda: library.round(callers, bench.seconds)),
        },
    )


def _batches(bench: Bench, tally: Tally, ours: Ours, library: peers.Eventsourcing) -> dict[str, list[Load]]:
    return bench.interleaved(
        f"{BATCH}-event appends",
        {
            ours.name: tally.counting(ours.name, lambda: ours.batches(8, BATCH, bench.seconds), BATCH),
            library.name: tally.counting(
                library.name, lambda: library.batches(8, BATCH, bench.seconds), BATCH
            ),
        },
    )
