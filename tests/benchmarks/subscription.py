"""From a command's acknowledgement to its subscribers, who sit at another process."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

import psutil
import psycopg

from domain.permissions import Role
from projections import projection
from tests.benchmarks import organisation, processes
from tests.benchmarks.bench import Bench
from tests.benchmarks.commands import Acknowledged, Acting, Mutating, wishes
from tests.benchmarks.figures import Goal, Incomplete, Row, Work, percentile
from tests.benchmarks.organisation import Organisation

GROUP = "subscription"
MANY: Final = 500
EVENTS: Final = 20
EVENTS_A_SECOND: Final = 5.0
WARM_UP: Final = 500
START_SECONDS: Final = 60
MUTATIONS: Final = 500
HALF = Work(GROUP, "command acknowledged to subscriber, half load, p99", "ms", Goal("<=", 50))
CUT_OFF = Work(GROUP, "the same with NOTIFY cut off, p99", "ms", Goal("<=", 300))
FAN_OUT = Work(GROUP, f"{MANY} subscribers x {EVENTS} events, p99", "ms", Goal("<=", 150))
MEMORY = Work(GROUP, "memory of one more subscriber", "kB", Goal("<=", 40))
MUTATE = Work(GROUP, "commands as GraphQL mutations, 8 callers, answered when readable", "commands/s")
LISTENERS: Final = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %%' AND datname = %(database)s"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Milliseconds from acknowledgement to arrival, of every event at every subscriber."""

    late_ms: list[float]
    commands_a_second: float
    grown_bytes: int

    @property
    def p99(self) -> float:
        return percentile(self.late_ms, 0.99)


class Scene:
    """Commands are given in this process, subscribers sit at an API process."""

    def __init__(self, asked: Organisation, stack: ExitStack) -> None:
        self.asked = asked
        self.token = asked.token(Role.ORGANISATION_ADMIN)
        self.serving = processes.chiron(asked.environment())
        stack.callback(self.serving.close)
        self.wished = wishes(asked.people)
        self.acting = Acting(stack.enter_context(asked.store()), self.wished)

    def deliver(self, clients: int, events: int, rate: float | None) -> Delivery:
        before = processes.memory_bytes(self.serving.pid)
        with self._subscribed(clients, events) as (subscribers, after):
            acknowledged = self.acting.send(events, rate)
            arrivals = json.loads(_line(subscribers))
            late = _lateness(acknowledged, arrivals, after)
            grown = processes.memory_bytes(self.serving.pid) - before
            return Delivery(late, acknowledged.rate, grown)

    def mutate(self, count: int) -> float:
        """As clients do, with the workers at work: an answer waits until the read models show the command."""
        after = self._head()
        acknowledged = Mutating(self.serving.port, self.token, self.wished).send(count)
        if sorted(acknowledged.moments) != list(range(after + 1, after + 1 + count)):
            raise Incomplete("a mutation was acknowledged but not recorded, or recorded twice")
        return acknowledged.rate

    def wait_for_read_models(self) -> None:
        until = time.monotonic() + START_SECONDS
        while any(view.lag for view in projection.status(self.asked.database)):
            if time.monotonic() > until:
                raise RuntimeError("the workers do not keep the read models up")
            time.sleep(0.1)

    @contextmanager
    def _subscribed(self, clients: int, events: int) -> Iterator[tuple["subprocess.Popen[str]", int]]:
        after = self._head()
        command = [sys.executable, "-m", "tests.benchmarks.subscribers"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            told = {"port": self.serving.port, "token": self.token, "clients": clients}
            _tell(process, json.dumps({**told, "after": after, "events": events}))
            if _line(process) != "ready":
                raise RuntimeError("the subscribers did not get ready")
            yield process, after
            _tell(process, "done")

    def _head(self) -> int:
        with self.asked.database.connect() as connection:
            row = connection.execute("SELECT max(position) FROM events").fetchone()
        return int(row[0]) if row else 0


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("subscription: building an organisation")
    asked = organisation.build(bench.server, "subscription")
    with ExitStack() as stack:
        scene = Scene(asked, stack)
        scene.deliver(1, WARM_UP, None)
        bench.say("subscription: commands as fast as they go")
        full = median(scene.deliver(1, round(bench.seconds * 500), None).commands_a_second for _ in range(3))
        events = round(full / 2 * bench.seconds)
        rounds = bench.interleaved(
            GROUP,
            {
                "half load": lambda: scene.deliver(1, events, full / 2),
                "NOTIFY cut off": lambda: _cut_off(scene, events, full / 2),
                "fan-out": lambda: scene.deliver(MANY, EVENTS, EVENTS_A_SECOND),
            },
        )
        checked = f"{events} events a round at {full / 2:,.0f} commands/s (store.act), each once, in order"
        yield HALF.alone(median(one.p99 for one in rounds["half load"]), checked)
        yield CUT_OFF.alone(median(one.p99 for one in rounds["NOTIFY cut off"]), checked)
        spread = (
            f"{MANY * EVENTS:,} deliveries a round, {EVENTS_A_SECOND:g} events a second, each once, in order"
        )
        yield FAN_OUT.alone(median(one.p99 for one in rounds["fan-out"]), spread)
        yield _memory(asked)
        bench.say("subscription: mutations")
        with processes.working(asked.environment()):
            scene.wait_for_read_models()
            mutations = [scene.mutate(MUTATIONS) for _ in range(bench.rounds)]
        yield MUTATE.alone(median(mutations), f"{MUTATIONS} commands a round, each recorded once")


def _memory(asked: Organisation) -> Row:
    """In a fresh process: one that has worked before has memory left over, which would hide the growth."""
    with ExitStack() as stack:
        scene = Scene(asked, stack)
        scene.deliver(1, EVENTS, EVENTS_A_SECOND)
        grown = scene.deliver(MANY, EVENTS, EVENTS_A_SECOND).grown_bytes
    return MEMORY.alone(grown / MANY / 1000, f"growth of a fresh API process by {MANY} subscribers")


def _cut_off(scene: Scene, events: int, rate: float) -> Delivery:
    """The listeners' connections stay open and silent, as behind a broken network; polling alone is left."""
    with psycopg.connect(scene.asked.database.url) as connection:
        database = {"database": connection.info.dbname}
        pids = [pid for (pid,) in connection.execute(LISTENERS, database).fetchall()]
    if not pids:
        raise Incomplete("no process listens, so there is nothing to cut off")
    with ExitStack() as stack:
        for pid in pids:
            backend = psutil.Process(pid)
            backend.suspend()
            stack.callback(backend.resume)
        return scene.deliver(1, events, rate)


def _lateness(
    acknowledged: Acknowledged, arrivals: list[tuple[list[int], list[float]]], after: int
) -> list[float]:
    """Raises Incomplete unless every subscriber has got exactly what was acknowledged, in order."""
    wanted = sorted(acknowledged.moments)
    if wanted != list(range(after + 1, after + 1 + len(wanted))):
        raise Incomplete("somebody else has recorded events meanwhile")
    for positions, _ in arrivals:
        if positions != wanted:
            raise Incomplete(f"a subscriber got {len(positions)} of {len(wanted)} events, or out of order")
    return sorted(
        max(0.0, arrived - acknowledged.moments[position]) * 1000
        for positions, moments in arrivals
        for position, arrived in zip(positions, moments, strict=True)
    )


def _tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the subscribers' process has ended")
    return line.strip()
