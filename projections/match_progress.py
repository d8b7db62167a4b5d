"""What the worker says of runs: how far a computation is, and which pairs could not be proposed, and why.

Not made from events: who computes writes it, whoever waits reads it, and a lost row tells nothing wrong.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.store import Database

DDL: Final = """
CREATE TABLE IF NOT EXISTS match_progress (
    run_id     uuid        PRIMARY KEY,
    stage      text        NOT NULL,
    done       int         NOT NULL,
    total      int         NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS match_not_proposed (
    run_id uuid NOT NULL,
    number int  NOT NULL,
    code   text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (run_id, number)
);
"""

REACHED: Final = """
INSERT INTO match_progress (run_id, stage, done, total) VALUES (%(run)s, %(stage)s, %(done)s, %(total)s)
ON CONFLICT (run_id) DO UPDATE
   SET stage = excluded.stage, done = excluded.done, total = excluded.total, updated_at = clock_timestamp()
"""
ENDED: Final = "DELETE FROM match_progress WHERE run_id = %(run)s"
FOUND: Final = "SELECT stage, done, total FROM match_progress WHERE run_id = %(run)s"
HINT: Final = "SELECT pg_notify(%(channel)s, %(run)s)"
NOT_PROPOSED: Final = """
INSERT INTO match_not_proposed (run_id, number, code, reason)
VALUES (%(run)s, %(number)s, %(code)s, %(reason)s)
ON CONFLICT (run_id, number) DO UPDATE SET code = excluded.code, reason = excluded.reason
"""
PROPOSED: Final = "DELETE FROM match_not_proposed WHERE run_id = %(run)s AND number = %(number)s"

Connection = psycopg.Connection[tuple[Any, ...]]


def channel(database: Database) -> str:
    """Where hints are sent that something is new about a run: its id."""
    return f"{database.schema}_matching"


class Progress:
    """Of runs, over one connection."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection, self._channel = connection, channel(database)

    def reached(self, run: UUID, stage: str, done: int, total: int) -> None:
        self._tell(REACHED, {"run": run, "stage": stage, "done": done, "total": total})

    def ended(self, run: UUID) -> None:
        self._tell(ENDED, {"run": run})

    def _tell(self, statement: str, row: Mapping[str, Any]) -> None:
        self._connection.execute(statement, row)
        self._connection.execute(HINT, {"channel": self._channel, "run": str(row["run"])})


def not_proposed(connection: Connection, run: UUID, number: int, code: str, reason: str) -> None:
    row = {"run": run, "number": number, "code": code, "reason": reason}
    connection.execute(NOT_PROPOSED, row)


def proposed(connection: Connection, run: UUID, number: int) -> None:
    """After all: what was told before holds no longer."""
    connection.execute(PROPOSED, {"run": run, "number": number})
