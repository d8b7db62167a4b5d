"""`chiron import` of a large organisation: how many people a second, and how much memory it takes at most."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from domain.store import Database
from projections import catalogue, projection, runner
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work
from tests.benchmarks.organisation import Organisation

GROUP = "import"
SAMPLE: Final = Path("deploy/sample/people.csv")
PERSONAL_TO_A_COPY: Final = ("external_id", "email", "manager")
WHOLE: Final = """
SELECT count(*) FILTER (WHERE name = 'participant.registered'), count(*), max(position),
       (SELECT count(*) FROM (SELECT FROM events GROUP BY stream_id HAVING max(version) <> count(*)) AS torn)
  FROM events
"""


@dataclass(frozen=True, slots=True)
class Imported:
    seconds: float
    peak_bytes: int
    events: int
    checked: str


def measure(bench: Bench) -> Iterator[Row]:
    bench.say(f"import: writing a file of {bench.people:,} people")
    file = write(bench.folder / "people.csv", bench.people)
    asked = Organisation(Database(bench.server.database("import")), people=[], populated=False)
    bench.say(f"import: importing {bench.people:,} people")
    imported = run(asked, file, bench.people)
    name = f"import of {bench.people:,} people in one command"
    speed = bench.people / imported.seconds
    yield Work(GROUP, name, "people/s", Goal(">=", 1000)).alone(speed, imported.checked)
    yield Work(GROUP, "its peak memory", "MB").alone(
        imported.peak_bytes / 1e6, "resident, as the system saw it"
    )
    yield Work(GROUP, "its events", "events/s").alone(imported.events / imported.seconds, imported.checked)
    bench.say("import: keeping the read models up")
    began = time.perf_counter()
    with asked.store() as store:
        runner.catch_up(asked.database, store, catalogue.ALL)
    rate = imported.events / (time.perf_counter() - began)
    yield Work(GROUP, "read models of profiles and programmes after it", "events/s").alone(
        rate, check_profiles(asked, bench.people)
    )


def write(to: Path, people: int) -> Path:
    """The sample organisation many times over: every copy with its own ids, addresses and managers."""
    with (
        SAMPLE.open(newline="", encoding="utf-8") as sample,
        to.open("w", newline="", encoding="utf-8") as file,
    ):
        rows = list(csv.DictReader(sample))
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for number in range(people):
            copy, row = divmod(number, len(rows))
            marks = {key: f"c{copy}-{rows[row][key]}" for key in PERSONAL_TO_A_COPY if rows[row][key]}
            writer.writerow({**rows[row], **marks})
    return to


def run(asked: Organisation, file: Path, people: int) -> Imported:
    command = [sys.executable, "-m", "deploy.cli", "import", str(file), "--show", "5"]
    began = time.perf_counter()
    with (file.parent / "import.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, env=asked.environment(), stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - began
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"the import ended with {process.returncode}: {said.read()[-1500:]}")
    with asked.database.connect() as connection:
        row = connection.execute(WHOLE).fetchone()
    assert row
    registered, events, last, torn = row
    if (registered, last, torn) != (people, events, 0):
        raise Incomplete(
            f"{registered} of {people} people registered; {events} events up to {last}, {torn} torn"
        )
    checked = f"{people:,} registered in {events:,} events, positions 1..n gapless, versions whole"
    return Imported(took, usage.ru_maxrss * 1024, events, checked)


def check_profiles(asked: Organisation, people: int) -> str:
    with asked.database.connect() as connection:
        counted = connection.execute("SELECT count(*) FROM profiles WHERE status = 'active'").fetchone()
        parked = projection.status(asked.database)
    if counted != (people,) or any(view.parked or view.lag for view in parked):
        raise Incomplete(f"the read model holds {counted} of {people} people")
    return f"{people:,} profiles, nothing parked, no lag"
