"""What a lake holds, as an analyst sees it, and how tests lay it down."""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from domain.meeting import MEETING
from domain.store import Database, Store
from projections import cloud_events, projection
from tests.domain.samples import revived
from tests.npm import ROOT
from tests.workers.at_lake import writer
from tests.workers.brokers import SOURCE
from tests.workers.test_publisher import live, tell
from workers import lake
from workers.broker import Topic
from workers.consumer import Message, Reader
from workers.lake import Lake
from workers.lake_files import SMALL

TOPIC = Topic("velmora.events", partitions=3)


def messages(store: Store, after: int = 0) -> list[Message]:
    """As they stand in the topic."""
    keys, page = cloud_events.Keys(store.beginnings), store.page(after, 10_000, sealed=True)
    return [Message.of(cloud_events.message(one, keys.of([one])[one.raw_stream_id], SOURCE)) for one in page]


def read(database: Database, some: Sequence[Message], topic: str = TOPIC.name) -> None:
    reader = Reader(database, Lake(), topic)
    reader.read(0, some)
    reader.close()


def write(database: Database, folder: Path, small: int = SMALL) -> None:
    files = writer(database, folder, small)
    while files.advance():
        pass
    files.connection.close()


def lies(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}


def asked(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Of the lake, beside which the analyst stands."""
    with contextlib.chdir(folder.parent), duckdb.connect() as analyst:
        analyst.execute(queries()[0])
        return analyst.execute(query).fetchall()


def queries() -> list[str]:
    """Those in the documentation."""
    return re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "lake.md").read_text(), re.DOTALL)


def holds(folder: Path) -> list[int]:
    """The positions in all files, each as often as it stands there."""
    return [position for (position,) in asked(folder, "SELECT position FROM events ORDER BY position")]


def everything(store: Store) -> list[int]:
    return list(range(1, store.head() + 1))


def reached(database: Database) -> int:
    (status,) = [one for one in projection.status(database) if one.name == lake.NAME]
    return status.position


def lives(store: Store) -> list[Message]:
    """Two relationships with meetings that were held; all messages by then."""
    for _ in range(2):
        mentorship = live(store, meetings=2)
        meeting = uuid4()
        proposed = revived("meeting.proposed", 1).model_copy(update={"mentorship": mentorship})
        tell(store, MEETING.stream(meeting), proposed)
        tell(store, MEETING.stream(meeting), revived("meeting.held", 1))
    return messages(store)
