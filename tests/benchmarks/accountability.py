"""The metrics read model: how fast it follows the log, and how soon a dashboard is there, as of any day."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.accountability_settings import Metric
from domain.measuring import counts, values
from domain.store import Database, KeyRing, Store
from projections import (
    accountability,
    catalogue,
    profile_shapes,
    program_shapes,
    projection,
    relationship_shapes,
    reports,
    runner,
)
from projections.measured import measured
from projections.projection import connect
from projections.report_dashboard import figures
from projections.reporting import Scope
from projections.settling import settle
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work, percentile
from tests.benchmarks.mentored import LAST, PROGRAM, SETTINGS, Mentored
from workers.settling import AT_ONCE

GROUP: Final = "accountability"
RELATIONSHIPS: Final = 10_000
ASKED: Final = 10
PAST: Final = tuple(LAST - timedelta(days=days) for days in (30, 60, 90, 120, 150, 180, 240, 300, 360, 420))
KEPT_UP: Final = Work(GROUP, "the metrics of relationships follow the log", "events/s", Goal(">=", 15_000))
DASHBOARD: Final = Work(GROUP, "a programme's dashboard as of now, p95", "ms", Goal("<=", 200))
OF_THE_PAST: Final = Work(GROUP, "the same as of ten days of the past, p95", "ms", Goal("<=", 1.25))
TODAY: Final = "as of now"
READ: Final = {*reports.MODELS, *program_shapes.MODELS, *relationship_shapes.MODELS, *profile_shapes.MODELS}
OF_SOME: Final = measured("%(at)s::timestamptz", "m.mentorship_id = ANY (%(some)s)")


@dataclass
class Asked:
    """An organisation in which all that has happened can be read."""

    database: Database
    store: Store
    mentored: Mentored
    events: int

    def close(self) -> None:
        self.store.close()

    def dashboard(self, at: datetime) -> float:
        """Milliseconds."""
        with connect(self.database) as connection:
            figures(connection, Scope(PROGRAM, at))
            took = []
            for _ in range(ASKED):
                began = time.perf_counter()
                figures(connection, Scope(PROGRAM, at))
                took.append((time.perf_counter() - began) * 1000)
        return percentile(sorted(took), 0.95)


def measure(bench: Bench) -> Iterator[Row]:
    bench.say("accountability: writing what happened in ten thousand relationships")
    with closing(_lived(bench)) as asked:
        bench.say(f"accountability: following {asked.events:,} events")
        rate = _followed(asked)
        yield KEPT_UP.alone(rate, f"{asked.events:,} events, and {_checked(asked)}")
        yield from _asked(bench, asked, _settled(asked))


def _lived(bench: Bench) -> Asked:
    database = Database(bench.server.database(GROUP))
    database.install()
    projection.install(database, catalogue.ALL)
    store = Store.open(database, KeyRing.random())
    mentored = Mentored(RELATIONSHIPS)
    asked = Asked(database, store, mentored, mentored.write(database, store))
    _tidied(asked)
    return asked


def _followed(asked: Asked) -> float:
    """Events a second; the other read models of a dashboard are kept up before, and cleaned up after."""
    others = [one for one in catalogue.ALL if one.name in READ and one is not accountability.PROJECTION]
    runner.catch_up(asked.database, asked.store, others)
    _tidied(asked)
    began = time.perf_counter()
    runner.catch_up(asked.database, asked.store, [accountability.PROJECTION])
    took = time.perf_counter() - began
    return asked.events / took


def _tidied(asked: Asked) -> None:
    """What autovacuum would do, at a moment that is not measured."""
    with psycopg.connect(asked.database.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _settled(asked: Asked) -> int:
    """How many are over, and kept as a worker keeps them."""
    with connect(asked.database) as connection:
        settled = sum(iter(lambda: settle(connection, AT_ONCE), 0))
    _tidied(asked)
    if not settled:
        raise Incomplete("nothing could be settled")
    return settled


def _asked(bench: Bench, asked: Asked, settled: int) -> Iterator[Row]:
    times: dict[str, list[float]] = bench.interleaved(
        DASHBOARD.name,
        {
            TODAY: lambda: asked.dashboard(LAST),
            "past": lambda: max(asked.dashboard(at) for at in PAST),
        },
    )
    checked = f"of {RELATIONSHIPS:,} relationships, {settled:,} of them over, and {asked.events:,} events"
    yield DASHBOARD.alone(median(times[TODAY]), checked)
    yield OF_THE_PAST.against(TODAY, times["past"], times[TODAY], "the slowest of the ten days")


def _checked(asked: Asked) -> str:
    """Every hundredth relationship is told as plain arithmetic tells it, today and of old."""
    some = list(asked.mentored.sample)
    for at in (LAST, LAST - timedelta(days=200)):
        with connect(asked.database) as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(OF_SOME, {"at": at, "some": some}).fetchall()
        for row in found:
            _compare(row, asked.mentored, at)
    return f"{len(some)} relationships equal to plain arithmetic"


def _compare(row: dict[str, Any], mentored: Mentored, at: datetime) -> None:
    wanted = values(counts(mentored.sample[row["mentorship_id"]], SETTINGS, at))
    for metric in Metric:
        told, meant = row[metric], wanted.get(metric)
        if (told is None) != (meant is None) or abs((told or 0) - (meant or 0)) > 1e-6:
            raise Incomplete(f"{metric} is {told}, and should be {meant}")
