"""Searching the directory of experts over HTTP: a page of twenty, how many there are, and all facets."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx

from domain.participant import PARTICIPANT
from domain.permissions import Role
from domain.store import Database
from projections import directory, profiles, runner
from projections.directory_facets import MOST_COUNTED
from tests.benchmarks import processes
from tests.benchmarks.bench import Bench
from tests.benchmarks.experts import Crowd, Expected, Person, Question
from tests.benchmarks.figures import Goal, Incomplete, Row, Work, percentile
from tests.benchmarks.organisation import AT_ONCE, Organisation, record

GROUP = "directory"
SHARE: Final = 5
"""One person of so many is an expert, before all are."""
LIMIT: Final = Goal("<=", 50)
DOCUMENT: Final = """
query ($search: String, $filter: DirectoryFilter, $orderBy: DirectoryOrder) {
  directory(search: $search, filter: $filter, orderBy: $orderBy, first: 20) {
    totalCount
    nodes { headline topics languages location rating ratings available excerpt
      participant { name jobTitle } }
    facets { topics { value count } languages { value count } locations { value count }
      available { value count } complete }
  }
}
"""


def measure(bench: Bench) -> Iterator[Row]:
    crowd = Crowd(bench.people)
    bench.say(f"directory: making up {bench.people:,} people")
    everybody = crowd.everybody
    asked = Organisation(Database(bench.server.database("directory")), people=[], populated=False)
    bench.say(f"directory: registering {bench.people:,} people")
    _record(asked, everybody, lambda person: person.told)
    before = len(everybody) // SHARE
    for listed, more in ((before, everybody[:before]), (len(everybody), everybody[before:])):
        bench.say(f"directory: listing {listed:,} experts")
        _record(asked, more, lambda person: person.listed)
        yield from _searched(bench, asked, crowd, everybody[:listed])


def _record(asked: Organisation, people: Sequence[Person], told: Any) -> None:
    streams = [(PARTICIPANT.stream(person.id), told(person)) for person in people]
    with asked.store() as store:
        for start in range(0, len(streams), AT_ONCE):
            record(store, streams[start : start + AT_ONCE])
        runner.catch_up(asked.database, store, (profiles.PROJECTION, directory.PROJECTION))
    with asked.database.connect() as connection:
        connection.execute("ANALYZE")


def _searched(bench: Bench, asked: Organisation, crowd: Crowd, experts: Sequence[Person]) -> Iterator[Row]:
    questions, what = crowd.questions(experts), f"{len(experts):,} experts of {len(crowd.everybody):,} people"
    expected = Expected(experts)
    process = processes.chiron({**asked.environment(), "CHIRON_BLOBS": str(bench.folder / "blobs")})
    try:
        rounds = bench.interleaved(
            f"directory: {what}", {"Chiron": lambda: _round(process.port, asked, questions, expected)}
        )["Chiron"]
    finally:
        process.close()
    waited = sorted(one for waits in rounds for one in waits)
    checked = (
        f"of {len(questions):,} questions a round the totals are those counted without a database,"
        " where nothing is misspelled; each misspelled word finds somebody"
    )
    name = f"directory: search of {what}, with counts and facets"
    yield Work(GROUP, f"{name}, 95th percentile", "ms", LIMIT).alone(percentile(waited, 0.95), checked)
    yield Work(GROUP, f"{name}, median", "ms").alone(percentile(waited, 0.5), checked)
    yield Work(GROUP, f"{name}, longest", "ms").alone(waited[-1], checked)


def _round(port: int, asked: Organisation, questions: Sequence[Question], expected: Expected) -> list[float]:
    waits: list[float] = []
    token = asked.token(Role.ORGANISATION_ADMIN)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=processes.headers(token)) as client:
        for question in questions:
            variables = {name: value for name, value in question.items() if name != "misspelled"}
            body = json.dumps({"query": DOCUMENT, "variables": variables})
            began = time.perf_counter()
            answer = client.post("/graphql", content=body)
            waits.append((time.perf_counter() - began) * 1000)
            _check(question, answer.json(), expected)
    return waits


def _check(question: Question, answer: Any, expected: Expected) -> None:
    if "errors" in answer:
        raise Incomplete(str(answer["errors"])[:500])
    found = answer["data"]["directory"]
    if question.get("misspelled"):
        if not found["totalCount"] and not question["filter"]:
            raise Incomplete(f"nothing is found for {question}")
        return
    wanted = min(expected.count(question), MOST_COUNTED)
    if found["totalCount"] != wanted or len(found["nodes"]) != min(wanted, 20):
        raise Incomplete(f"{found['totalCount']} instead of {wanted} are found for {question}")
