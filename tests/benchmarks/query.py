"""A nested question over HTTP: its cost to the processor, next to PostGraphile and a bare handler."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

import psycopg

from api.relay import global_id
from domain.permissions import Role
from tests.benchmarks import node, organisation, processes
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, NotMeasured, Row, Work
from tests.benchmarks.organisation import Organisation

GROUP = "query"
NAME = "query: 20 relationships, names, last 5 history entries"
CALLERS = 8
POSTGRAPHILE = "PostGraphile 5 (npm, Node 22)"
RAW = "raw ASGI handler, one SQL"
AGAINST_POSTGRAPHILE = Work(GROUP, NAME, "ms CPU", Goal("<=", 0.6))
AGAINST_RAW = Work(GROUP, NAME, "ms CPU", Goal("<=", 3))
IDLE = Work(GROUP, "idle API process", "MB", Goal("<=", 150))

OURS: Final = """
query Relationships($program: ID!) {
  enrollments(filter: {program: $program}, first: 20) {
    nodes {
      role state
      participant { name jobTitle manager { name } }
      program { name }
      log(last: 5) { nodes { position name recordedAt } }
    }
  }
}
"""
THEIRS: Final = """
query Relationships($program: UUID!) {
  allEnrollments(condition: {programId: $program}, first: 20, orderBy: PRIMARY_KEY_ASC) {
    nodes {
      role state
      profileByParticipantId { name jobTitle profileByManagerId { name } }
      programByProgramId { name }
      eventsByStreamId(first: 5, orderBy: VERSION_DESC) { nodes { position name recordedAt } }
    }
  }
}
"""
# Read models have no foreign keys; these tell PostGraphile which there would be.
SMART_TAGS: Final = """
COMMENT ON TABLE profiles IS '@foreignKey (manager_id) references profiles (participant_id)';
COMMENT ON TABLE enrollments IS '@foreignKey (participant_id) references profiles (participant_id)
@foreignKey (program_id) references programs (program_id)';
COMMENT ON TABLE events IS '@foreignKey (stream_id) references enrollments (enrollment_id)';
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A server that answers the question, and how to read its answer."""

    name: str
    pid: int
    port: int
    request: str
    read: Callable[[Any], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Cost:
    """One round: milliseconds of processor a request, of the server and of PostgreSQL's processes."""

    server_ms: float
    postgres_ms: float
    rate: float
    answers: list[str]


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("query: building an organisation")
    asked = organisation.build(bench.server, "query")
    with ExitStack() as stack:
        sides, idle, missing = _sides(asked, stack)
        load = stack.enter_context(_load())
        for side in sides:
            _round(bench, load, side)
        costs = bench.interleaved(
            NAME,
            {side.name: lambda side=side: _round(bench, load, side) for side in sides},  # type: ignore[misc]  # mypy cannot type a lambda's default
        )
    checked = _check_equal(sides, costs)
    cpu = {name: [cost.server_ms for cost in rounds] for name, rounds in costs.items()}
    if missing:
        yield AGAINST_POSTGRAPHILE.unmeasured(POSTGRAPHILE, missing)
    else:
        yield AGAINST_POSTGRAPHILE.against(POSTGRAPHILE, cpu["Chiron"], cpu[POSTGRAPHILE], checked)
    yield AGAINST_RAW.against(RAW, cpu["Chiron"], cpu[RAW], checked)
    for name, rounds in costs.items():
        yield from _informing(name, rounds, checked)
    yield IDLE.alone(idle / 1e6, "resident memory of `chiron serve` after its first answers")


def _informing(name: str, rounds: list[Cost], checked: str) -> Iterator[Row]:
    """What the goals do not ask for: the database's share, and how fast it all is."""
    postgres = median(cost.postgres_ms for cost in rounds)
    yield Work(GROUP, f"its PostgreSQL: {name}", "ms CPU").alone(postgres, checked)
    rate = median(cost.rate for cost in rounds)
    yield Work(GROUP, f"its rate, one process, {CALLERS} callers: {name}", "requests/s").alone(rate, checked)


def _sides(asked: Organisation, stack: ExitStack) -> tuple[list[Side], float, str]:
    """The servers, the memory of ours before any load, and why PostGraphile is missing, if it is."""
    token = asked.token(Role.ORGANISATION_ADMIN)
    variables = {"program": global_id("Program", asked.program)}
    ours = processes.chiron(asked.environment())
    stack.callback(ours.close)
    body = {"query": OURS, "variables": variables}
    processes.post(ours.port, body, token)
    idle = processes.memory_bytes(ours.pid)
    sides = [Side("Chiron", ours.pid, ours.port, processes.raw_request(body, token), _ours_read)]

    port = processes.free_port()
    raw = processes.ServerProcess(
        [sys.executable, "-m", "tests.benchmarks.raw_asgi", asked.database.conninfo, str(port)], port
    )
    stack.callback(raw.close)
    sides.append(Side(RAW, raw.pid, port, processes.raw_request({"program": str(asked.program)}), _ours_read))
    try:
        sides.append(_postgraphile(asked, stack))
    except NotMeasured as reason:
        return sides, idle, str(reason)
    return sides, idle, ""


def _postgraphile(asked: Organisation, stack: ExitStack) -> Side:
    in_schema = f"-c search_path={organisation.SCHEMA}"
    with psycopg.connect(asked.database.url, autocommit=True, options=in_schema) as connection:
        connection.execute(SMART_TAGS)
    port = processes.free_port()
    process = node.started("postgraphile.mjs", asked.database.url, organisation.SCHEMA, str(port))
    stack.callback(process.communicate)
    request = processes.raw_request({"query": THEIRS, "variables": {"program": str(asked.program)}})
    return Side(POSTGRAPHILE, process.pid, port, request, _theirs_read)


def _load() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.http_load"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _round(bench: Bench, load: subprocess.Popen[str], side: Side) -> Cost:
    assert load.stdin
    assert load.stdout
    order = {"port": side.port, "request": side.request, "callers": CALLERS, "seconds": bench.seconds}
    before = processes.cpu_seconds(side.pid), bench.server.cpu_seconds()
    load.stdin.write(json.dumps(order) + "\n")
    load.stdin.flush()
    done: Mapping[str, Any] = json.loads(load.stdout.readline())
    after = processes.cpu_seconds(side.pid), bench.server.cpu_seconds()
    server, postgres = ((then - now) * 1000 / done["count"] for now, then in zip(before, after, strict=True))
    return Cost(server, postgres, done["count"] / done["seconds"], done["bodies"])


def _check_equal(sides: list[Side], costs: dict[str, list[Cost]]) -> str:
    """Every answer of every round says the same, on every side."""
    said: dict[str, list[dict[str, Any]]] = {}
    for side in sides:
        bodies = {body for cost in costs[side.name] for body in cost.answers}
        if len(bodies) != 1:
            raise Incomplete(f"{side.name} gave {len(bodies)} different answers to one question")
        said[side.name] = side.read(json.loads(bodies.pop())["data"])
    answers = list(said.values())
    if any(answer != answers[0] for answer in answers) or len(answers[0]) != 20:
        raise Incomplete(f"the sides answer differently: {[str(answer[:1]) for answer in answers]}")
    if any(len(node["log"]) != 5 or not node["manager"] for node in answers[0][1:]):
        raise Incomplete("an answer lacks names or history entries")
    same = f"every answer of {len(sides)} servers holds the same 20 rows, names and 100 entries"
    return f"{same}; ours as an organisation admin, checked in the SQL"


def _ours_read(data: Any) -> list[dict[str, Any]]:
    return [
        _node(
            node, node["participant"], node["participant"]["manager"], node["program"], node["log"]["nodes"]
        )
        for node in data["enrollments"]["nodes"]
    ]


def _theirs_read(data: Any) -> list[dict[str, Any]]:
    nodes = data["allEnrollments"]["nodes"]
    people = [node["profileByParticipantId"] for node in nodes]
    return [
        _node(
            node,
            person,
            person["profileByManagerId"],
            node["programByProgramId"],
            node["eventsByStreamId"]["nodes"],
        )
        for node, person in zip(nodes, people, strict=True)
    ]


def _node(node: Any, person: Any, manager: Any, program: Any, entries: Any) -> dict[str, Any]:
    return {
        "role": node["role"].lower(),
        "state": node["state"].lower(),
        "person": (person["name"], person["jobTitle"]),
        "manager": manager and manager["name"],
        "program": program["name"],
        "log": sorted(
            (int(entry["position"]), entry["name"], datetime.fromisoformat(entry["recordedAt"]))
            for entry in entries
        ),
    }
