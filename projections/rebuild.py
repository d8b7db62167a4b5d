"""Building a read model anew beside the live one, which is served meanwhile, then swapping the two."""

import threading
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import errors, sql

from domain.refusal import Refusal
from domain.store import Database, Store
from projections import parking
from projections.projection import CONTROL_TABLES, Projection, connect, enrol, parked_streams
from projections.runner import Runner, lead

OnProgress = Callable[[int, int], None]
"""Called with the position reached and the log's head."""

FOUND: Final = "SELECT version FROM projections WHERE name = %(name)s"
HOLD_LIVE: Final = "SELECT position FROM projections WHERE name = %(name)s FOR UPDATE"
PATIENCE: Final = "SET LOCAL lock_timeout = '1s'"
DROP: Final = sql.SQL("DROP TABLE IF EXISTS {}")
ANALYZE: Final = sql.SQL("ANALYZE {}")
MOVE: Final = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
LOOK_IN: Final = sql.SQL("SET LOCAL search_path TO {}")
FORGET: Final = (
    "DELETE FROM parked_streams WHERE projection = %(name)s",
    "DELETE FROM projections WHERE name = %(name)s",
)
TAKE_OVER: Final = """
INSERT INTO projections (name, version, position) VALUES (%(name)s, %(version)s, %(position)s)
ON CONFLICT (name) DO UPDATE
   SET version = excluded.version, position = excluded.position, updated_at = clock_timestamp()
"""


class RebuildIsRunning(Refusal):
    """The read model {name} is already being rebuilt."""


def rebuild(
    database: Database,
    store: Store,
    projection: Projection,
    on_progress: OnProgress = lambda position, head: None,
    stop: threading.Event | None = None,
) -> bool:
    """Whether it is done; False: stopped. Stopped or killed, the next call goes on from there."""
    with connect(database, rebuilding=True) as connection:
        if not lead(connection, projection.name):
            raise RebuildIsRunning(name=projection.name)
        _begin_or_resume(connection, projection)
        runner = Runner(connection, store, projection)
        on_progress(runner.position, store.head())
        while not (stop and stop.is_set()):
            if runner.advance():
                on_progress(runner.position, runner.head)
            elif _swap(connection, database, projection, runner):
                return True
    return False


def is_outdated(connection: psycopg.Connection, projection: Projection) -> bool:
    """An older program made it. A newer one's is left alone: during a rollout both run for a while."""
    found = connection.execute(FOUND, {"name": projection.name}).fetchone()
    return found is not None and found[0] < projection.version


def _begin_or_resume(connection: psycopg.Connection, projection: Projection) -> None:
    """What was begun for this version is worth going on with; for another one it is not."""
    with connection.transaction():
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(CONTROL_TABLES)
        found = connection.execute(FOUND, {"name": projection.name}).fetchone()
        if found == (projection.version,):
            return
        for statement in FORGET:
            connection.execute(statement, {"name": projection.name})
        for table in projection.tables:
            connection.execute(DROP.format(sql.Identifier(table)))
        enrol(connection, projection)
        connection.execute(projection.ddl)


def _swap(connection: psycopg.Connection, database: Database, projection: Projection, runner: Runner) -> bool:
    """In one transaction: a reader sees the old one or the new one. False: a reader would not let go."""
    for table in projection.tables:
        connection.execute(ANALYZE.format(sql.Identifier(table)))
    try:
        with connection.transaction():
            connection.execute(PATIENCE)
            _look_in(connection, database.schema)
            live = connection.execute(HOLD_LIVE, {"name": projection.name}).fetchone()
            _look_in(connection, database.shadow_schema)
            # Whoever has seen the live one at a position must not see the new one before it.
            while live is not None and runner.position < live[0]:
                runner.advance()
            _replace(connection, database, projection, runner.position)
    except errors.LockNotAvailable:
        runner.start_again()
        return False
    return True


def _replace(
    connection: psycopg.Connection, database: Database, projection: Projection, position: int
) -> None:
    name = {"name": projection.name}
    parked = parked_streams(connection, projection.name)
    for statement in FORGET:
        connection.execute(statement, name)
    _look_in(connection, database.schema)
    for table in (*projection.tables, *projection.retired):
        connection.execute(DROP.format(sql.Identifier(table)))
    connection.execute(FORGET[0], name)
    connection.execute(TAKE_OVER, {**name, "version": projection.version, "position": position})
    for stream in parked:
        parking.park(connection, projection.name, stream.stream_id, stream.position, stream.reason)
    _look_in(connection, database.shadow_schema)
    for table in projection.tables:
        connection.execute(MOVE.format(sql.Identifier(table), sql.Identifier(database.schema)))


def _look_in(connection: psycopg.Connection, schema: str) -> None:
    connection.execute(LOOK_IN.format(sql.Identifier(schema)))
