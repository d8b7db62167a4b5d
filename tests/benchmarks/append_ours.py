"""Our side of the append rows: at the peers' level (the recorder), and through `store.act`."""

from uuid import UUID, uuid4

import uuid_utils.compat
from eventsourcing.persistence import StoredEvent

from domain.command import Command
from domain.store import Database, KeyRing, Store
from tests.benchmarks import callers
from tests.benchmarks.append_peers import STATE, counted, numbered
from tests.benchmarks.figures import Load
from tests.benchmarks.notes import NOTES, note
from tests.benchmarks.server import Server

GAPLESS = """
SELECT sum(n)::bigint,
       (SELECT CASE WHEN min(position) = 1 AND max(position) = count(DISTINCT position) THEN max(position) END
          FROM events),
       count(*) FILTER (WHERE last <> n)
  FROM (SELECT count(*) AS n, max(version) AS last FROM events GROUP BY stream_id) AS streams
"""


class Ours:
    name = "Chiron's recorder"

    def __init__(self, server: Server, database: str = "chiron") -> None:
        self.database = Database(server.database(database))
        self.database.install()
        self.store = Store.open(self.database, KeyRing.random())
        self.recorder = self.store._recorder

    def append(self, stream: UUID, version: int) -> None:
        self.recorder.insert_events([StoredEvent(stream, version, "benchmark.noted", STATE)])  # type: ignore[attr-defined]  # the PostgreSQL one also speaks the library's language

    def append_many(self, size: int) -> callers.Operation:
        def operation() -> None:
            stream = uuid4()
            events = [
                StoredEvent(stream, version, "benchmark.noted", STATE) for version in range(1, size + 1)
            ]
            self.recorder.insert_events(events)  # type: ignore[attr-defined]  # as above

        return operation

    def act(self, stream: UUID, version: int) -> None:
        command = Command(uuid_utils.compat.uuid7(), "benchmark")
        self.store.act(command, NOTES.stream(stream), note, person=stream)

    def round(self, callers_: int, seconds: float) -> Load:
        return callers.call([numbered(self.append) for _ in range(callers_)], seconds)

    def acts(self, callers_: int, seconds: float) -> Load:
        return callers.call([numbered(self.act) for _ in range(callers_)], seconds)

    def batches(self, callers_: int, size: int, seconds: float) -> Load:
        return callers.call([self.append_many(size) for _ in range(callers_)], seconds)

    def check(self, appended: int) -> str:
        counted(self.database.conninfo, GAPLESS, appended)
        return f"{appended:,} acknowledged = stored, positions 1..n gapless, versions whole"

    def close(self) -> None:
        self.store.close()
