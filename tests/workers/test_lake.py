"""The lake holds the log: every event in one file, once, whoever was killed and whatever came again."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import orjson
import psycopg
import pytest

from deploy import trouble, wiring
from deploy.settings import Settings
from domain.store import Database, Store
from projections import projection
from projections.projection import connect
from tests.projections.given import eventually
from tests.workers.at_work import RING
from tests.workers.brokers import SOURCE, small_broker
from tests.workers.lain import (
    TOPIC,
    asked,
    everything,
    holds,
    lies,
    lives,
    queries,
    reached,
    read,
    write,
)
from tests.workers.test_publisher import live, publish
from tests.workers.wired import working
from workers import consumer, lake
from workers.consumer import Message
from workers.lake import Lake
from workers.lake_files import LakeFiles
from workers.lake_place import LakeUnavailable, Place
from workers.publisher import EventStream


@pytest.fixture
def installed(organisation: Database) -> Database:
    projection.install(organisation, [])
    consumer.install(organisation, [Lake()])
    return organisation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def told(store: Store) -> list[Message]:
    return lives(store)


def test_every_event_is_a_row_of_its_day_and_type(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    read(installed, told)
    write(installed, folder)
    (held,) = [name for name in lies(folder) if "type=meeting.held" in name]
    first, last = [message.position for message in told if message.name == "meeting.held"]
    day = told[0].time.date()
    assert held == f"velmora/date={day}/type=meeting.held/{first:020}-{last:020}-2.parquet"
    assert holds(folder) == everything(store)
    assert reached(installed) == store.head()
    with connect(installed) as connection:
        assert connection.execute("SELECT count(*) FROM lake_messages").fetchone() == (0,)


def test_a_row_says_what_the_message_said(installed: Database, told: list[Message], folder: Path) -> None:
    read(installed, told)
    write(installed, folder)
    message = next(one for one in told if one.name == "meeting.held")
    sent = orjson.loads(message.raw)
    with duckdb.connect() as analyst:
        found = analyst.execute(
            "SELECT * FROM read_parquet(?, hive_partitioning = true) WHERE position = ?",
            [str(folder / "velmora/*/type=meeting.held/*.parquet"), message.position],
        )
        names = [column[0] for column in found.description or ()]
        row = dict(zip(names, found.fetchall()[0], strict=True))
    assert orjson.loads(row.pop("data")) == sent["data"]
    assert row.pop("data_started_at") == datetime.fromisoformat(sent["data"]["started_at"])
    assert row.pop("time") == message.time
    assert row.pop("data_attendance") == sent["data"]["attendance"]
    assert row == {
        "position": message.position,
        "id": message.id,
        "type": "meeting.held",
        "date": message.time.date(),
        "stream": str(message.stream),
        "version": sent["streamversion"],
        "key": str(message.key),
        "actor": sent["actor"],
        "cause": sent["cause"],
        "command": sent["commandid"],
        "correlation": sent["correlationid"],
        "data_by": sent["data"]["by"],
        "data_duration_minutes": sent["data"]["duration_minutes"],
    }


def test_the_documented_queries_answer(installed: Database, told: list[Message], folder: Path) -> None:
    read(installed, told)
    write(installed, folder)
    _, days, hours, there, first, members, whole = queries()
    relationships = {str(message.key) for message in told}
    assert sum(events for _, _, events in asked(folder, days)) == len(told)
    held = [message for message in told if message.name == "meeting.held"]
    assert sorted(asked(folder, hours)) == sorted(
        (str(one.key), 1, one.data["duration_minutes"] / 60) for one in held
    )
    assert len(asked(folder, there)) == sum(len(one.data["attendance"]) for one in held)
    assert {(key, days) for key, days in asked(folder, first)} == {(key, 0) for key in relationships}
    assert {row[0] for row in asked(folder, members)} == relationships
    assert {len(row) for row in asked(folder, members)} == {3}
    assert asked(folder, whole) == [(True, True)]


def test_what_comes_again_is_held_once(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    """By another topic, too, before it is written and after."""
    read(installed, told[:4])
    read(installed, told[:6], topic="anew")
    write(installed, folder)
    before = lies(folder)
    read(installed, told[:6], topic="again")
    write(installed, folder)
    assert lies(folder) == before
    read(installed, told[8:], topic="again")
    write(installed, folder)
    assert reached(installed) == 6, "two are missing, and what is behind them is remembered"
    read(installed, told, topic="whole")
    write(installed, folder)
    assert holds(folder) == everything(store)
    assert reached(installed) == store.head()


def test_rubbish_is_parked_and_the_rest_goes_on(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    positions = everything(store)
    odd = [dict(orjson.loads(message.raw)) for message in told[:5]]
    odd[0]["data"] = {"planned_end": "someday"}
    odd[1]["type"] = "org.chiron.../../etc/passwd.v1"
    del odd[2]["actor"]
    odd[3]["data"] = {"by": {"not": "text"}}
    odd[4]["type"] = "org.chiron.moon.landed.v1"
    read(installed, [Message.of(orjson.dumps(one)) for one in odd] + told[5:])
    write(installed, folder)
    with connect(installed) as connection:
        parked = consumer.parked(connection, lake.NAME)
    assert [one.position for one in parked] == [1, 2, 3, 4]
    assert all("someday" not in one.reason for one in parked)
    assert holds(folder) == positions[4:], "also what a later version has told"
    assert reached(installed) == 0
    assert consumer.retry(installed, store, Lake(), SOURCE) == (4, 0)
    write(installed, folder)
    assert holds(folder) == positions
    assert reached(installed) == store.head()


def test_what_is_little_waits_for_more(installed: Database, told: list[Message], folder: Path) -> None:
    now = datetime.now(UTC)
    with connect(installed) as connection:
        files = LakeFiles(
            connection, Place.at(str(folder), "velmora"), after=timedelta(minutes=5), now=lambda: now, most=8
        )
        read(installed, told[:7])
        while files.advance():
            pass
        assert not lies(folder)
        read(installed, told[:8])
        while files.advance():
            pass
        assert len(holds(folder)) == 8
        read(installed, told[:9])
        while files.advance():
            pass
        assert len(holds(folder)) == 8
        now += timedelta(minutes=6)
        while files.advance():
            pass
        assert len(holds(folder)) == 9


def test_what_happened_while_nobody_read_comes_afterwards(
    organisation: Database, folder: Path, tmp_path: Path
) -> None:
    """From the settings to the files."""
    settings = Settings.model_validate({"lake": str(folder), "organisation": "velmora"})
    with small_broker(tmp_path) as broker, Store.open(organisation, RING) as store:
        live(store)
        publish(organisation, store, EventStream(broker, TOPIC, SOURCE))
        with working(organisation, RING, EventStream(broker, TOPIC, SOURCE), settings):
            live(store)
            eventually(lambda: has_waited(organisation) == store.head())
        assert holds(folder) == everything(store)


def has_waited(database: Database) -> int:
    """For what waits it is an hour later; up to where the lake is whole."""
    with connect(database) as connection, contextlib.suppress(psycopg.errors.UndefinedTable):
        connection.execute(
            "UPDATE lake_messages SET read_at = read_at - interval '1 hour' WHERE path IS NULL"
        )
        return reached(database)
    return 0


@pytest.mark.parametrize("address", ["{file}", "s3://", "s3:///prefix"])
def test_a_place_that_is_none_is_told(tmp_path: Path, memory_store: Store, address: str) -> None:
    file = tmp_path / "file"
    file.touch()
    settings = Settings.model_construct(
        lake=address.format(file=file), organisation="velmora", lake_minutes=5
    )
    with pytest.raises(trouble.LakeUnreachable, match="where CHIRON_LAKE says"):
        wiring.following(settings, memory_store)


def test_a_place_that_cannot_be_reached_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket where nobody listens."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "REGION"):
        monkeypatch.setenv(f"AWS_{name}", "a")
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:1")
    place = Place.at("s3://bucket/prefix/", "velmora")
    place.destroy_halves()
    works: list[Callable[[], object]] = [
        lambda: place.put("a", b"b"),
        lambda: place.read("a"),
        lambda: place.destroy("a"),
    ]
    for work in works:
        with pytest.raises(LakeUnavailable, match=r"Error$"):
            work()


def test_what_is_gone_can_be_destroyed_again(folder: Path) -> None:
    place = Place.at(str(folder), "velmora")
    place.put("date=2026-03-02/type=a.b/1.parquet", b"b")
    for _ in range(2):
        place.destroy("date=2026-03-02/type=a.b/1.parquet")
    assert not lies(folder)
