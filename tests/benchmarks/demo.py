"""The demo's ninety days: how many relationships and events there are in the end, and how long it took."""

import time
from collections.abc import Iterator
from typing import Final

from deploy import demo, wiring
from deploy.settings import Settings
from domain.store import Database
from projections import catalogue, projection
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work

GROUP = "demo"
PLAYING: Final = "Playing"
COUNTED: Final = """
SELECT count(*), max(position), count(*) FILTER (WHERE name = 'mentorship.began'),
       count(*) FILTER (WHERE recorded_at > clock_timestamp()),
       (SELECT count(*) FROM (SELECT FROM events GROUP BY stream_id HAVING max(version) <> count(*)) AS torn)
  FROM events
"""


def measure(bench: Bench) -> Iterator[Row]:
    settings = _settings(bench)
    begun: dict[str, float] = {}

    def tell(said: str) -> None:
        begun[said.partition(" ")[0]] = time.perf_counter()
        bench.say(f"demo: {said}")

    began = time.perf_counter()
    demo.play_the_past(settings, tell)
    past = time.perf_counter()
    demo.play_today(settings, tell)
    ended = time.perf_counter()
    events, relationships, checked = _whole(wiring.database(settings))
    yield Work(GROUP, "relationships that were lived", "", Goal(">=", 300)).alone(relationships, checked)
    yield Work(GROUP, "events of all, import included", "events", Goal(">=", 55_000)).alone(events, checked)
    played = past - begun[PLAYING]
    yield Work(GROUP, "ninety days played, read models included", "s", Goal("<=", 60)).alone(played, checked)
    yield Work(GROUP, "import and matching before them", "s").alone(begun[PLAYING] - began, checked)
    yield Work(GROUP, "today, by the API, after them", "s").alone(ended - past, checked)


def _settings(bench: Bench) -> Settings:
    database = Database(bench.server.database("demo"))
    given = Settings.model_validate(
        {"database_url": database.url, "organisation": database.schema, "data_folder": bench.folder / "demo"}
    )
    database.install()
    projection.install(database, catalogue.ALL)
    wiring.make_keys(given)
    return given


def _whole(database: Database) -> tuple[int, int, str]:
    """Raises Incomplete where something is missing, torn, parked or of tomorrow."""
    with database.connect() as connection:
        row = connection.execute(COUNTED).fetchone()
    assert row
    events, last, relationships, tomorrow, torn = row
    kept = {one.name for one in catalogue.ALL}
    views = [view for view in projection.status(database) if view.name in kept]
    behind = [view.name for view in views if view.lag or view.parked]
    if (events, 0, 0) != (last, tomorrow, torn) or behind:
        raise Incomplete(f"{events} up to {last}, {tomorrow} of tomorrow, {torn} torn, behind: {behind}")
    return events, relationships, f"{events:,} events, positions gapless, versions whole, nothing parked"
