"""Files of the lake are written again as they were, and merged, and no event is lost or doubled by that."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from domain.store import Database, Store
from projections import projection
from projections.projection import connect
from tests.projections.given import eventually
from tests.workers import at_lake
from tests.workers.at_lake import writer
from tests.workers.lain import everything, holds, lies, lives, messages, read, write
from tests.workers.locks import cut_off, held_up, waiting_for
from tests.workers.test_publisher import live
from workers import consumer
from workers.consumer import Message
from workers.lake import Lake


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


def kill_before_it_notes(database: Database, folder: Path) -> None:
    """A writer that has put a file in its place, and is killed before the database knows."""
    before = lies(folder)
    with held_up(database, "lake_files"):
        child = subprocess.Popen(
            [sys.executable, "-m", at_lake.__name__, database.url, database.schema, str(folder)]
        )
        try:
            eventually(lambda: len(lies(folder)) > len(before))
            eventually(lambda: waiting_for(database, "lake_files"))
        finally:
            child.kill()
            child.wait()
        cut_off(database, "lake_files")


def test_killed_between_file_and_note_the_same_file_is_written_again(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    read(installed, told)
    files = writer(installed, folder)
    while not planned(files.connection):
        files.advance()
    files.connection.close()
    kill_before_it_notes(installed, folder)
    (left,) = lies(folder).items()
    half = folder / f"{left[0]}#1"
    half.write_bytes(b"PAR1")
    live(store)
    read(installed, messages(store))
    write(installed, folder)
    assert lies(folder)[left[0]] == left[1]
    assert holds(folder) == everything(store)
    assert not half.exists()


def planned(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT FROM lake_files").fetchone() is not None


def of_yesterday(database: Database) -> None:
    with connect(database) as connection:
        connection.execute("UPDATE lake_messages SET date = date - 1")


def scattered(database: Database, some: Sequence[Message], folder: Path) -> None:
    """Yesterday, each in a file of its own, in no order."""
    for message in sorted(some, key=lambda one: one.position % 3):
        read(database, [message], topic=f"of {message.position}")
        of_yesterday(database)
        files = writer(database, folder, 0)
        while files.advance():
            pass
        files.connection.close()


def test_small_files_of_days_that_are_over_are_merged(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    scattered(installed, told, folder)
    assert len(lies(folder)) == len(told)
    write(installed, folder)
    assert len(lies(folder)) == len({message.name for message in told})
    assert holds(folder) == everything(store)
    with connect(installed) as connection:
        noted = connection.execute("SELECT path, rows FROM lake_files").fetchall()
    assert {f"velmora/{path}" for path, _ in noted} == lies(folder).keys()
    assert sum(rows for _, rows in noted) == len(told)


def test_what_is_large_together_is_left_apart(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    answered = [message for message in told if message.name == "meeting.answered"]
    scattered(installed, answered, folder)
    size = max(len(content) for content in lies(folder).values())
    write(installed, folder, 2 * size)
    assert len(lies(folder)) == len(answered) / 2 == 2
    assert holds(folder) == [message.position for message in answered]


def test_killed_while_it_merges_nothing_is_lost_or_doubled(
    installed: Database, store: Store, told: list[Message], folder: Path
) -> None:
    scattered(installed, told, folder)
    files = writer(installed, folder)
    while not merging(files.connection):
        files.advance()
    files.connection.close()
    kill_before_it_notes(installed, folder)
    assert len(holds(folder)) > store.head(), "for the moment, what is merged stands there twice"
    write(installed, folder)
    assert holds(folder) == everything(store)


def merging(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT FROM lake_files WHERE merged_into IS NOT NULL").fetchone() is not None
