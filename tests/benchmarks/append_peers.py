"""The peers of the append rows: one small event a call, ten to a stream, checked for whole work."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, StoredEvent

from tests.benchmarks import callers, node
from tests.benchmarks.figures import Incomplete, Load
from tests.benchmarks.notes import EVENTS_A_STREAM, TEXT
from tests.benchmarks.server import BINARIES, Server

STATE = json.dumps({"text": TEXT}).encode()
MOST_CALLERS = 32


class Side(Protocol):
    name: str

    def round(self, callers: int, seconds: float) -> Load: ...

    def check(self, appended: int) -> str:
        """What was compared; raises Incomplete unless exactly `appended` events lie there in order."""

    def close(self) -> None: ...


def numbered(append: Callable[[UUID, int], object]) -> callers.Operation:
    """Versions 1 to 10 of one new stream after another."""
    stream, version = uuid4(), 0

    def operation() -> None:
        nonlocal stream, version
        if version == EVENTS_A_STREAM:
            stream, version = uuid4(), 0
        version += 1
        append(stream, version)

    return operation


def counted(url: str, statement: str, appended: int) -> str:
    """`statement` returns how many events, how many distinct, and how many streams have a gap."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()
    if row is None or tuple(row) != (appended, appended, 0):
        raise Incomplete(f"acknowledged {appended}, but (stored, distinct, streams with a gap) = {row}")
    return f"{appended:,} acknowledged = stored, versions whole"


class Eventsourcing:
    """The library's own PostgreSQL recorder with its own settings; more connections would slow it."""

    name = "eventsourcing's PostgreSQL recorder"

    def __init__(self, server: Server, database: str = "eventsourcing") -> None:
        self.url = server.database(database)
        self.factory: Any = InfrastructureFactory.construct(environment(server, database))
        self.recorder: ApplicationRecorder = self.factory.application_recorder()

    def append(self, stream: UUID, version: int) -> None:
        self.recorder.insert_events([StoredEvent(stream, version, "note:made", STATE)])

    def append_many(self, size: int) -> callers.Operation:
        def operation() -> None:
            stream = uuid4()
            events = [StoredEvent(stream, version, "note:made", STATE) for version in range(1, size + 1)]
            self.recorder.insert_events(events)

        return operation

    def round(self, callers_: int, seconds: float) -> Load:
        return callers.call([numbered(self.append) for _ in range(callers_)], seconds)

    def batches(self, callers_: int, size: int, seconds: float) -> Load:
        return callers.call([self.append_many(size) for _ in range(callers_)], seconds)

    def check(self, appended: int) -> str:
        return counted(
            self.url,
            "SELECT sum(n)::bigint, sum(distinct_versions)::bigint, count(*) FILTER (WHERE last <> n) FROM ("
            " SELECT count(*) AS n, count(DISTINCT originator_version) AS distinct_versions,"
            " max(originator_version) AS last FROM stored_events GROUP BY originator_id) AS streams",
            appended,
        )

    def close(self) -> None:
        self.factory.close()


def environment(server: Server, database: str) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": database,
        "POSTGRES_HOST": server.socket,
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "",
    }


TABLE = """
CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    state bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (stream_id, version)
)
"""
WHOLE = """
SELECT sum(n)::bigint, sum(distinct_versions)::bigint, count(*) FILTER (WHERE last <> n) FROM (
    SELECT count(*) AS n, count(DISTINCT version) AS distinct_versions, max(version) AS last
    FROM events GROUP BY stream_id) AS streams
"""


class HandWritten:
    """What one writes by hand: a prepared INSERT on a connection of one's own, one commit each."""

    name = "hand-written prepared INSERT (psycopg)"
    INSERT = "INSERT INTO events (stream_id, version, name, state) VALUES (%s, %s, %s, %b)"

    def __init__(self, server: Server) -> None:
        self.url = server.database("handwritten")
        self.connections = [psycopg.connect(self.url, autocommit=True) for _ in range(MOST_CALLERS)]
        self.connections[0].execute(TABLE)

    def appending(self, connection: psycopg.Connection[Any]) -> callers.Operation:
        def append(stream: UUID, version: int) -> None:
            connection.execute(self.INSERT, (stream, version, "note.made", STATE), prepare=True)

        return numbered(append)

    def round(self, callers_: int, seconds: float) -> Load:
        return callers.call(
            [self.appending(connection) for connection in self.connections[:callers_]], seconds
        )

    def check(self, appended: int) -> str:
        return counted(self.url, WHOLE, appended)

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


class Pgbench:
    """PostgreSQL's own load generator with the same prepared INSERT: the limit of one commit an event."""

    name = "pgbench, prepared INSERT"
    SCRIPT = (
        "\\set stream :n / {events}\n"
        "\\set version :n % {events} + 1\n"
        "\\set n :n + 1\n"
        "INSERT INTO events (stream_id, version, name, state) VALUES"
        " (md5(:run::text || '-' || :client_id::text || '-' || :stream::text)::uuid,"
        " :version::bigint, 'note.made', convert_to(:text, 'UTF8'));\n"
    )

    def __init__(self, server: Server, folder: Path) -> None:
        self.url, self.server, self.runs = server.database("pgbench"), server, count(1)
        self.script = folder / "insert.sql"
        self.script.write_text(self.SCRIPT.format(events=EVENTS_A_STREAM))
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(TABLE)

    def round(self, callers_: int, seconds: float) -> Load:
        told = self.server.run(
            str(BINARIES / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            f"--client={callers_}",
            "--jobs=2",
            f"--time={max(1, round(seconds))}",
            f"--file={self.script}",
            "--define=n=0",
            f"--define=run={next(self.runs)}",
            f"--define=text={STATE.decode()}",
            "pgbench",
        )
        done = re.search(r"actually processed: (\d+)", told)
        rate = re.search(r"tps = ([\d.]+)", told)
        mean = re.search(r"latency average = ([\d.]+)", told)
        if not (done and rate and mean):
            raise RuntimeError(f"pgbench said something unexpected: {told[-300:]}")
        return Load(int(done[1]), int(done[1]) / float(rate[1]), float(mean[1]), float("nan"))

    def check(self, appended: int) -> str:
        return counted(self.url, WHOLE, appended)

    def close(self) -> None:
        """Nothing stays open between rounds."""


class Emmett:
    name = "Emmett (npm)"

    def __init__(self, server: Server) -> None:
        self.url = server.database("emmett")
        self.process = node.Appender("emmett.mjs", self.url, MOST_CALLERS, TEXT)
        self.round, self.close = self.process.round, self.process.close

    def check(self, appended: int) -> str:
        return counted(
            self.url,
            "SELECT sum(n)::bigint, sum(distinct_positions)::bigint, count(*) FILTER (WHERE last <> n) FROM ("
            " SELECT count(*) AS n, count(DISTINCT stream_position) AS distinct_positions,"
            " max(stream_position) AS last FROM emt_messages GROUP BY stream_id) AS streams",
            appended,
        )


class MessageDb:
    name = "message-db (npm)"

    def __init__(self, server: Server, folder: Path) -> None:
        database = folder / "message-db"
        shutil.copytree(
            node.installed() / "node_modules/@eventide/message-db/database", database, dirs_exist_ok=True
        )
        # It asks pgcrypto for gen_random_uuid() alone, which PostgreSQL has had built in since 13.
        (database / "extensions" / "pgcrypto.sql").write_text("")
        server.run("bash", str(database / "install.sh"))
        self.url = server.url_of("message_store")
        self.process = node.Appender("message_db.mjs", self.url, MOST_CALLERS, TEXT)
        self.round, self.close = self.process.round, self.process.close

    def check(self, appended: int) -> str:
        return counted(
            self.url,
            "SELECT sum(n)::bigint, sum(distinct_positions)::bigint, count(*) FILTER (WHERE last <> n) FROM ("
            " SELECT count(*) AS n, count(DISTINCT position) AS distinct_positions, max(position) + 1 AS last"
            " FROM message_store.messages GROUP BY stream_name) AS streams",
            appended,
        )
