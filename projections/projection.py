"""A read model: its tables, the events it reads, and how each event becomes rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from domain.store import Database
from domain.store.records import RecordedEvent
from projections import mail_log, match_progress, webhook_log
from projections.statements import Statements


@dataclass(frozen=True, slots=True)
class Projection:
    """A higher `version` (changed tables, changed rows) is rebuilt beside the live one, then takes its place.

    `ddl` creates `tables`, naming no schema; `retired` are tables of earlier versions, dropped with the swap:
    no erasure would reach them any more. `apply` gets only events in `names`. What it does for
    participant.erased must hold in any order: that event reaches even a parked stream, and again its retry.
    """

    name: str
    version: int
    ddl: str
    tables: tuple[str, ...]
    names: frozenset[str]
    apply: Callable[[Statements, RecordedEvent], None]
    retired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parked:
    """A stream that one read model no longer follows, from the event at `position` on."""

    stream_id: UUID
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """`seconds_behind` is the age of the oldest event not applied; `rebuilt_to` None: none under way."""

    name: str
    version: int
    position: int
    head: int
    seconds_behind: float
    rebuilt_to: int | None
    parked: tuple[Parked, ...]

    @property
    def lag(self) -> int:
        return self.head - self.position


CONTROL_TABLES: Final = """
CREATE TABLE IF NOT EXISTS projections (
    name       text        PRIMARY KEY,
    version    int         NOT NULL,
    position   bigint      NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS parked_streams (
    projection text        NOT NULL,
    stream_id  uuid        NOT NULL,
    position   bigint      NOT NULL,
    reason     text        NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, stream_id)
);
"""
ENROL: Final = """
INSERT INTO projections (name, version) VALUES (%(name)s, %(version)s) ON CONFLICT (name) DO NOTHING
"""
INSTALLING: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended('install read models in ' || current_schema(), 0))"
)
STATUS: Final = """
SELECT p.name, p.version, p.position, h.head,
       coalesce(extract(epoch FROM clock_timestamp() - (
           SELECT e.recorded_at FROM events e WHERE e.position = p.position + 1)), 0)::float8
  FROM projections p,
       (SELECT coalesce((SELECT position FROM events ORDER BY position DESC LIMIT 1), 0)) h (head)
 ORDER BY p.name
"""
REBUILDS: Final = "SELECT name, position FROM projections"
PARKED: Final = """
SELECT stream_id, position, reason FROM parked_streams WHERE projection = %(name)s ORDER BY position
"""


def connect(database: Database, *, rebuilding: bool = False) -> psycopg.Connection:
    """A connection that keeps read models; `rebuilding` sees the tables beside the live ones, and only those.

    Commits are not waited for: after a crash of PostgreSQL rows and position go back together.
    """
    connection = database.connect()
    connection.execute("SET synchronous_commit = off")
    if rebuilding:
        shadow = sql.Identifier(database.shadow_schema)
        connection.execute(sql.SQL("SET search_path TO {}").format(shadow))
    return connection


def install(database: Database, projections: Iterable[Projection]) -> None:
    """Create what is not there yet. A read model of another version stays as it is until it is rebuilt."""
    with connect(database) as connection, connection.transaction():
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(INSTALLING)
        connection.execute(CONTROL_TABLES)
        connection.execute(match_progress.DDL)
        connection.execute(mail_log.DDL)
        connection.execute(webhook_log.DDL)
        for projection in projections:
            if enrol(connection, projection):
                connection.execute(projection.ddl)


def enrol(connection: psycopg.Connection, projection: Projection) -> bool:
    """Whether it is new here."""
    enrolled = connection.execute(ENROL, {"name": projection.name, "version": projection.version})
    return enrolled.rowcount == 1


def status(database: Database) -> list[Status]:
    """How every read model stands, by name."""
    with connect(database) as connection:
        rows = connection.execute(STATUS).fetchall()
        parked = {row[0]: parked_streams(connection, row[0]) for row in rows}
    rebuilds = _rebuilds(database)
    return [
        Status(name, version, position, head, seconds, rebuilds.get(name), parked[name])
        for name, version, position, head, seconds in rows
    ]


def parked_streams(connection: psycopg.Connection, name: str) -> tuple[Parked, ...]:
    with connection.cursor(row_factory=class_row(Parked)) as cursor:
        return tuple(cursor.execute(PARKED, {"name": name}))


def _rebuilds(database: Database) -> dict[str, int]:
    with connect(database, rebuilding=True) as connection:
        if connection.execute("SELECT to_regclass('projections')").fetchone() == (None,):
            return {}
        return dict(connection.execute(REBUILDS).fetchall())
