"""Matching from a frozen pool to the outcome, each size in a process of its own."""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any, Final

from domain.ids import ParticipantId
from domain.match_outcome import Reason
from domain.pairing.bulk import Bulk, Outcome
from domain.pairing.compiled import Compiled
from domain.pairing.pool import Pool
from domain.pairing.suggest import prices, suggest
from domain.program_settings import Side
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work
from tests.domain.pairing import pools
from tests.domain.pairing.pools import Shape

GROUP = "matching"
SEED: Final = 1
SIZES: Final[Mapping[Shape, float]] = {
    Shape(1_000, 1_000, 1_000): 1,
    Shape(3_000, 3_000, 3_000): 2,
    Shape(10_000, 4_000, 12_000): 3,
    Shape(100_000, 30_000, 125_000): 60,
}
"""With the seconds they may take. Places are about those asked for: the largest has 119,000."""
AGAIN: Final = Shape(10_000, 4_000, 12_000)
MANY_MENTORS: Final = Shape(1_000, 30_000, 119_000)
REQUESTS: Final = Shape(3_000, 1_200, 3_600)
PROVEN: Final = (
    "every mentee whom no rule bars is placed, no place is given twice, the bound is over all pairs"
)


def measure(bench: Bench) -> Iterator[Row]:
    for shape, limit in SIZES.items():
        bench.say(f"matching: {_told(shape)}")
        yield from _size(shape, limit)
    bench.say("matching: solving again")
    again = _child("again", AGAIN)
    work = Work(GROUP, f"{_told(AGAIN)}: lock or forbid a pair, solve again", "ms", Goal("<=", 100))
    yield work.alone(again["ms"], "the outcome equals that of a run from the beginning")
    bench.say("matching: suggestions")
    work = Work(
        GROUP, f"suggestions for one person among {MANY_MENTORS.mentors:,} mentors", "ms", Goal("<=", 20)
    )
    yield work.alone(_child("suggestions", MANY_MENTORS)["ms"], "five eligible mentors, best first")
    requests = _child("requests", REQUESTS)
    for name, goal in (("raw", None), ("priced", Goal("<=", 10))):
        work = Work(GROUP, f"first requests over capacity, {name} lists", "%", goal)
        yield work.alone(100 * requests[name], f"{_told(REQUESTS)}: everybody asks the first of their list")


def _size(shape: Shape, limit: float) -> Iterator[Row]:
    run = _child("run", shape)
    if run["left"] or run["twice"] or run["bound"] < run["total"]:
        raise Incomplete(f"{_told(shape)}: {run}")
    name = _told(shape)
    yield Work(GROUP, name, "s", Goal("<=", limit)).alone(run["seconds"], PROVEN)
    yield Work(GROUP, f"{name}: processor time", "s").alone(run["cpu"], PROVEN)
    memory = Goal("<=", 1_000) if shape.mentees == max(one.mentees for one in SIZES) else None
    yield Work(GROUP, f"{name}: peak memory", "MB", memory).alone(run["peak"], PROVEN)
    gap = 100 * (run["bound"] - run["total"]) / run["bound"]
    yield Work(GROUP, f"{name}: proven gap to the optimum", "%", Goal("<=", 0.05)).alone(gap, PROVEN)


def _told(shape: Shape) -> str:
    return f"{shape.mentees:,} x {shape.mentors:,}"


def _child(task: str, shape: Shape) -> dict[str, Any]:
    told = json.dumps([task, shape.mentees, shape.mentors, shape.places])
    command = [sys.executable, "-m", "tests.benchmarks.matching", told]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run(pool: Pool) -> dict[str, Any]:
    began, used = time.perf_counter(), time.process_time()
    outcome = Bulk(pool, pools.terms(), SEED).solve()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    taken = Counter(found.mentors[0] for found in outcome.found)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "peak": _peak_bytes() / 1e6,
        "total": outcome.totals.total,
        "bound": outcome.totals.bound,
        "left": len(_placeable_left(outcome)),
        "twice": sum(taken[mentor.id] > mentor.places for mentor in pool.mentors),
    }


def _placeable_left(outcome: Outcome) -> list[ParticipantId]:
    """Mentees without anybody, where enough places are left. In the square pools all places can be taken."""
    if outcome.totals.placed == outcome.totals.places:
        return []
    left = (one for one in outcome.unmatched if one.side is Side.MENTEE)
    return [one.participant for one in left if one.reason is not Reason.BARRED_BY_RULES]


def _peak_bytes() -> int:
    """Linux tells kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _again(pool: Pool) -> dict[str, Any]:
    bulk = Bulk(pool, pools.terms(), SEED)
    free = bulk.solve()
    pairs = [(one.mentees[0], one.mentors[0]) for one in free.found[:: len(free.found) // 10]]
    seconds = []
    for pair in pairs:
        began = time.perf_counter()
        found = bulk.solve(forbidden=frozenset({pair}))
        middle = time.perf_counter()
        bulk.solve(locked=frozenset({pair}))
        seconds += [middle - began, time.perf_counter() - middle]
    fresh = Bulk(pool, pools.terms(), SEED).solve(forbidden=frozenset({pairs[-1]}))
    if fresh.digest != found.digest:
        raise Incomplete("solving again found something else than a run from the beginning")
    return {"ms": 1_000 * median(seconds)}


def _suggestions(pool: Pool) -> dict[str, Any]:
    compiled = Compiled(pool, pools.terms())
    dear = prices(compiled)
    seconds = []
    for mentee in compiled.mentees[:101]:
        began = time.perf_counter()
        found = suggest(compiled, mentee.id, dear, 5)
        seconds.append(time.perf_counter() - began)
        if len(found) < 5:
            raise Incomplete("fewer suggestions than asked for")
    return {"ms": 1_000 * median(seconds)}


def _requests(pool: Pool) -> dict[str, Any]:
    compiled = Compiled(pool, pools.terms())
    return {"raw": over_capacity(compiled, {}), "priced": over_capacity(compiled, prices(compiled))}


def over_capacity(compiled: Compiled, dear: Mapping[ParticipantId, int]) -> float:
    """The share of first requests for places that are not there, were everybody to ask their first."""
    lists = (suggest(compiled, mentee.id, dear, 1) for mentee in compiled.mentees)
    asked = Counter(found[0].mentor for found in lists if found)
    places = dict(zip(compiled.mentor_index, compiled.mentor_places.tolist(), strict=True))
    over = sum(max(0, count - int(places[mentor])) for mentor, count in asked.items())
    return over / asked.total()


_TASKS: Final[Mapping[str, Callable[[Pool], dict[str, Any]]]] = {
    "run": _run,
    "again": _again,
    "suggestions": _suggestions,
    "requests": _requests,
}

if __name__ == "__main__":
    name, *size = json.loads(sys.argv[1])
    print(json.dumps(_TASKS[name](pools.pool(Shape(*size), SEED))))
