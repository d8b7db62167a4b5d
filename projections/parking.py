"""An event that cannot be applied: its own fault or a bad moment, and the reason without personal data."""

import traceback
from typing import Final
from uuid import UUID

import psycopg
from psycopg import errors

from domain.refusal import Refusal
from domain.store import EventUnreadable, StoreUnavailable

PARK: Final = """
INSERT INTO parked_streams (projection, stream_id, position, reason)
VALUES (%(projection)s, %(stream)s, %(position)s, %(reason)s) ON CONFLICT (projection, stream_id) DO NOTHING
"""
STREAMS: Final = "SELECT stream_id FROM parked_streams WHERE projection = %(projection)s"
RELEASE: Final = """
DELETE FROM parked_streams WHERE projection = %(projection)s AND stream_id = %(stream)s RETURNING position
"""

NOT_THE_EVENTS_FAULT: Final = (
    psycopg.OperationalError,  # connection lost, deadlock, disk full, server stopping
    psycopg.InterfaceError,
    psycopg.InternalError,  # a standby that takes no writes, a damaged index
    errors.UndefinedTable,
    errors.InvalidSqlStatementName,  # somebody deallocated what was prepared
    errors.InsufficientPrivilege,
    StoreUnavailable,
    OSError,
    MemoryError,
)
LIMIT_EXCEEDED: Final = "54"
"""The class of errors that psycopg calls operational but a too large value causes."""


def is_poison(error: Exception) -> bool:
    """The same event would fail again, and others would not."""
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(LIMIT_EXCEEDED):
        return True
    return not isinstance(error, NOT_THE_EVENTS_FAULT)


def reason_of(error: Exception) -> str:
    """For an operator. Never the error's own text, unless it is known to hold no value of the event."""
    if isinstance(error, (EventUnreadable, Refusal)):
        return str(error)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        place = ".".join(
            filter(None, (error.diag.table_name, error.diag.column_name or error.diag.constraint_name))
        )
        return f"{type(error).__name__} ({error.sqlstate})" + (f" at {place}" if place else "")
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def park(connection: psycopg.Connection, projection: str, stream: UUID, position: int, reason: str) -> None:
    row = {"projection": projection, "stream": stream, "position": position, "reason": reason}
    connection.execute(PARK, row)


def parked(connection: psycopg.Connection, projection: str) -> set[UUID]:
    return {row[0] for row in connection.execute(STREAMS, {"projection": projection})}


def release(connection: psycopg.Connection, projection: str, stream: UUID) -> int | None:
    """From which position on the stream has been missed; None: it is not parked."""
    row = connection.execute(RELEASE, {"projection": projection, "stream": stream}).fetchone()
    return row[0] if row else None
