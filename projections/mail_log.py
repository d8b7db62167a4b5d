"""What has become of mails: of each notification one row, and nobody's address or words.

Not made from events: the consumer of notifications and the sender of mails write it, whoever was told reads
it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import class_row

DDL: Final = """
CREATE TABLE IF NOT EXISTS mails (
    notification_id uuid        PRIMARY KEY,
    position        bigint      NOT NULL,
    told_at         timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'waiting'
                    CHECK (state IN ('waiting', 'sent', 'unsent', 'failed')),
    code            text,
    attempts        int         NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL,
    settled_at      timestamptz
);
CREATE INDEX IF NOT EXISTS mails_waiting ON mails (position, due_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS mails_aging ON mails (told_at) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS mails_failed ON mails (code) WHERE state = 'failed';
"""

QUIET: Final = "quiet_hours"
NOT_SHOWN: Final = "not_shown"
"""Why a mail waits that no server has refused: the latter where its read model no longer follows it."""

AWAIT: Final = """
INSERT INTO mails (notification_id, position, told_at, due_at)
VALUES (%(notification)s, %(position)s, %(told_at)s, %(told_at)s)
ON CONFLICT (notification_id) DO NOTHING
"""
DUE: Final = """
SELECT notification_id AS notification, position, attempts FROM mails
 WHERE state = 'waiting' AND position <= %(shown)s AND due_at <= %(now)s
 ORDER BY position LIMIT %(most)s
"""
# What the server had something against has failed, with its last word; all the rest was never tried.
GIVE_UP: Final = """
UPDATE mails SET state = CASE WHEN attempts > 0 THEN 'failed' ELSE 'unsent' END,
                 code = CASE WHEN attempts > 0 THEN code ELSE 'too_old' END, settled_at = %(now)s
 WHERE state = 'waiting' AND told_at < %(before)s
"""
SETTLE: Final = """
UPDATE mails SET state = %(state)s, code = %(code)s, attempts = attempts + %(tried)s, settled_at = %(now)s
 WHERE notification_id = %(notification)s AND state = 'waiting'
"""
POSTPONE: Final = """
UPDATE mails SET due_at = %(due_at)s, attempts = attempts + %(tried)s,
                 code = CASE WHEN %(tried)s > 0 OR attempts = 0 THEN %(code)s ELSE code END
 WHERE notification_id = %(notification)s AND state = 'waiting'
"""
COUNTED: Final = """
SELECT state, coalesce(code, '') AS code, count(*) AS count
  FROM (SELECT state, code FROM mails WHERE state = 'waiting'
        UNION ALL
        SELECT state, code FROM mails WHERE state = 'failed') some_of_them
 GROUP BY state, code ORDER BY state, code
"""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Due:
    notification: UUID
    position: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many mails wait, or have failed, for the reason that `code` names."""

    state: str
    code: str
    count: int


def wait(connection: Connection, told: Iterable[tuple[UUID, int, datetime]]) -> None:
    """A notification, the position at which it was sent, and when; once each, however often it comes."""
    with connection.cursor() as cursor:
        rows = [{"notification": one, "position": position, "told_at": at} for one, position, at in told]
        cursor.executemany(AWAIT, rows)


def due(connection: Connection, shown: int, now: datetime, most: int) -> Sequence[Due]:
    """The next that can be sent, in the order in which they were told."""
    with connection.cursor(row_factory=class_row(Due)) as cursor:
        return cursor.execute(DUE, {"shown": shown, "now": now, "most": most}).fetchall()


def give_up(connection: Connection, before: datetime, now: datetime) -> None:
    """What was told before a moment is not sent any more."""
    connection.execute(GIVE_UP, {"before": before, "now": now})


def sent(connection: Connection, notification: UUID, now: datetime) -> None:
    _settle(connection, notification, now, "sent", None, tried=1)


def failed(connection: Connection, notification: UUID, now: datetime, code: str) -> None:
    _settle(connection, notification, now, "failed", code, tried=1)


def unsent(connection: Connection, notification: UUID, now: datetime, code: str) -> None:
    """It was never tried, and never will be."""
    _settle(connection, notification, now, "unsent", code, tried=0)


def _settle(
    connection: Connection, notification: UUID, now: datetime, state: str, code: str | None, *, tried: int
) -> None:
    row = {"notification": notification, "now": now, "state": state, "code": code, "tried": tried}
    connection.execute(SETTLE, row)


def postpone(
    connection: Connection, notification: UUID, due_at: datetime, code: str, *, tried: bool = True
) -> None:
    """What has been tried keeps the code of that."""
    row = {"notification": notification, "due_at": due_at, "code": code, "tried": int(tried)}
    connection.execute(POSTPONE, row)


def counted(connection: Connection) -> list[Counted]:
    with connection.cursor(row_factory=class_row(Counted)) as cursor:
        return cursor.execute(COUNTED).fetchall()
