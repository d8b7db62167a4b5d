"""What webhooks are owed and what has become of it: of each webhook, event and round one row, no message.

Not made from events: the consumer of the event stream and the sender write it, administrators read it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import class_row

KEPT: Final = timedelta(days=30)
"""How long a delivery stands here, and how old an event may be that is still sent as it happened."""
LOOKED_AT: Final = 500

# `round` is 0 where an event is sent as it happened, else the position at which a replay was asked for.
DDL: Final = """
CREATE TABLE IF NOT EXISTS webhook_deliveries (
    webhook_id uuid        NOT NULL,
    position   bigint      NOT NULL,
    round      bigint      NOT NULL DEFAULT 0,
    event_id   text        NOT NULL,
    type       text        NOT NULL,
    key        uuid        NOT NULL,
    state      text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts   int         NOT NULL DEFAULT 0,
    status     int,
    code       text,
    owed_at    timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    tried_at   timestamptz,
    settled_at timestamptz,
    PRIMARY KEY (webhook_id, position, round)
);
CREATE INDEX IF NOT EXISTS webhook_deliveries_by_state ON webhook_deliveries
    (webhook_id, state, position, round);
CREATE INDEX IF NOT EXISTS webhook_deliveries_delivered ON webhook_deliveries (webhook_id, settled_at)
 WHERE state = 'delivered';
CREATE INDEX IF NOT EXISTS webhook_deliveries_held ON webhook_deliveries (webhook_id, key, due_at)
 WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS webhook_deliveries_unsettled ON webhook_deliveries (state)
 WHERE state <> 'delivered';
CREATE INDEX IF NOT EXISTS webhook_deliveries_aging ON webhook_deliveries (owed_at);
CREATE TABLE IF NOT EXISTS webhook_standing (
    webhook_id    uuid PRIMARY KEY,
    failing_since timestamptz
);
CREATE TABLE IF NOT EXISTS webhook_replays (
    webhook_id uuid   NOT NULL,
    round      bigint NOT NULL,
    reached    bigint NOT NULL,
    PRIMARY KEY (webhook_id, round)
);
"""

OWE: Final = """
INSERT INTO webhook_deliveries (webhook_id, position, round, event_id, type, key, owed_at, due_at)
SELECT %(webhook)s, %(position)s, %(round)s, %(event)s, %(type)s, %(key)s, %(now)s, %(now)s
 WHERE NOT EXISTS (SELECT FROM webhook_deliveries d
                    WHERE d.webhook_id = %(webhook)s AND d.position = %(position)s AND d.state = 'waiting')
ON CONFLICT (webhook_id, position, round) DO NOTHING
"""
# Of each key the first that waits, unless it is too early for that. What failed before the webhook was
# resumed or changed is tried at once.
DUE: Final = """
SELECT webhook_id AS webhook, position, round, event_id AS event, key, attempts
  FROM (SELECT DISTINCT ON (key) * FROM (
            SELECT * FROM webhook_deliveries d
             WHERE webhook_id = %(webhook)s AND state = 'waiting' AND key <> ALL (%(busy)s)
               AND NOT EXISTS (SELECT FROM webhook_deliveries h
                                WHERE h.webhook_id = %(webhook)s AND h.key = d.key AND h.state = 'waiting'
                                  AND h.due_at > %(now)s AND h.tried_at >= %(anew)s)
             ORDER BY position, round LIMIT %(looked_at)s) owed
         ORDER BY key, position, round) first
 ORDER BY position, round LIMIT %(most)s
"""
SETTLE: Final = """
UPDATE webhook_deliveries
   SET state = %(state)s, attempts = attempts + 1, status = %(status)s, code = %(code)s, tried_at = %(now)s,
       settled_at = %(now)s
 WHERE webhook_id = %(webhook)s AND position = %(position)s AND round = %(round)s AND state = 'waiting'
"""
POSTPONE: Final = """
UPDATE webhook_deliveries
   SET attempts = attempts + 1, status = %(status)s, code = %(code)s, tried_at = %(now)s, due_at = %(due_at)s
 WHERE webhook_id = %(webhook)s AND position = %(position)s AND round = %(round)s AND state = 'waiting'
"""
WORKS: Final = "DELETE FROM webhook_standing WHERE webhook_id = %(webhook)s"
FAILS: Final = """
INSERT INTO webhook_standing AS s (webhook_id, failing_since) VALUES (%(webhook)s, %(now)s)
ON CONFLICT (webhook_id) DO UPDATE
   SET failing_since = CASE WHEN s.failing_since < %(anew)s THEN %(now)s ELSE s.failing_since END
RETURNING failing_since
"""
REPLAY: Final = """
INSERT INTO webhook_replays (webhook_id, round, reached) VALUES (%(webhook)s, %(round)s, %(after)s)
ON CONFLICT (webhook_id, round) DO NOTHING
"""
REPLAYS: Final = """
SELECT webhook_id AS webhook, round, reached FROM webhook_replays WHERE reached < round ORDER BY round
"""
REPLAYED: Final = """
UPDATE webhook_replays SET reached = %(reached)s WHERE webhook_id = %(webhook)s AND round = %(round)s
"""
FORGET: Final = "DELETE FROM webhook_deliveries WHERE owed_at < %(before)s"
FORGET_REMOVED: Final = """
DELETE FROM webhook_deliveries d USING webhooks w
 WHERE w.webhook_id = d.webhook_id AND w.removed AND d.state = 'waiting'
"""
COUNTED: Final = """
SELECT state, count(*) AS count FROM webhook_deliveries WHERE state <> 'delivered'
 GROUP BY state ORDER BY state
"""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Owed:
    """An event as it stands in the log, and the key that it is kept in order by."""

    webhook: UUID
    position: int
    event: str
    type: str
    key: UUID
    round: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    webhook: UUID
    position: int
    round: int
    event: str
    key: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Met:
    """What an attempt met with: the status of an answer, or the `code` of why there was none."""

    status: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """Up to where one has come; it ends where it was asked for, at the position `round`."""

    webhook: UUID
    round: int
    reached: int


@dataclass(frozen=True, slots=True)
class Counted:
    state: str
    count: int


def owe(connection: Connection, owed: Iterable[Owed], now: datetime) -> None:
    """Once in a round; what waits already is not owed a second time."""
    rows = [
        {
            "webhook": one.webhook,
            "position": one.position,
            "round": one.round,
            "event": one.event,
            "type": one.type,
            "key": one.key,
            "now": now,
        }
        for one in owed
    ]
    with connection.cursor() as cursor:
        cursor.executemany(OWE, rows)


def due(
    connection: Connection, webhook: UUID, busy: Collection[UUID], anew: datetime, *, now: datetime, most: int
) -> list[Due]:
    """What can be sent now, of each key at most one, and none of what is `busy`.

    What failed before `anew` need not wait any longer.
    """
    asked = {"webhook": webhook, "busy": list(busy), "anew": anew, "now": now, "most": most}
    with connection.cursor(row_factory=class_row(Due)) as cursor:
        return cursor.execute(DUE, {**asked, "looked_at": LOOKED_AT}).fetchall()


def delivered(connection: Connection, one: Due, met: Met, now: datetime) -> None:
    connection.execute(SETTLE, {**_tried(one, met, now), "state": "delivered"})


def failed(connection: Connection, one: Due, met: Met, now: datetime) -> None:
    """It is not tried again, and stays to be seen."""
    connection.execute(SETTLE, {**_tried(one, met, now), "state": "failed"})


def postpone(connection: Connection, one: Due, met: Met, now: datetime, due_at: datetime) -> None:
    connection.execute(POSTPONE, {**_tried(one, met, now), "due_at": due_at})


def _tried(one: Due, met: Met, now: datetime) -> dict[str, Any]:
    row = {"webhook": one.webhook, "position": one.position, "round": one.round}
    return {**row, "now": now, "status": met.status, "code": met.code}


def works(connection: Connection, webhook: UUID) -> None:
    connection.execute(WORKS, {"webhook": webhook})


def fails(connection: Connection, webhook: UUID, anew: datetime, now: datetime) -> datetime:
    """Since when it has done nothing else; what was before `anew` does not count."""
    found = connection.execute(FAILS, {"webhook": webhook, "anew": anew, "now": now}).fetchone()
    return found[0] if found else now


def replay(connection: Connection, webhook: UUID, after: int, asked_at: int) -> None:
    """What happened after one position is to be sent again, up to the one at which this was asked for."""
    connection.execute(REPLAY, {"webhook": webhook, "after": after, "round": asked_at})


def replays(connection: Connection) -> Sequence[Replay]:
    """Those under way."""
    with connection.cursor(row_factory=class_row(Replay)) as cursor:
        return cursor.execute(REPLAYS).fetchall()


def replayed(connection: Connection, one: Replay, reached: int) -> None:
    row = {"webhook": one.webhook, "round": one.round, "reached": reached}
    connection.execute(REPLAYED, row)


def forget(connection: Connection, now: datetime) -> None:
    """What is older than is kept, and what webhooks would have been told that are no more."""
    connection.execute(FORGET, {"before": now - KEPT})
    connection.execute(FORGET_REMOVED)


def counted(connection: Connection) -> list[Counted]:
    with connection.cursor(row_factory=class_row(Counted)) as cursor:
        return cursor.execute(COUNTED).fetchall()
