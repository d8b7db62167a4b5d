"""Sends statements to a learning record store, in order, until it has taken or refused each.

A batch that is refused is sent in halves, down to the statement whose fault it is; that one is put aside with
the status of the answer. Whatever else goes wrong is the store's trouble, or ours: all wait, ever longer.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import psycopg
import structlog

from workers.clock import utc_now
from workers.learning_records import NAME
from workers.patience import Truce
from workers.posting import Answer, post

MOST: Final = 100
PAUSES: Final = (timedelta(seconds=1), timedelta(minutes=5))
"""The first and the longest wait."""
OWN_FAULT: Final = frozenset({
    HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
})  # fmt: skip
"""Of a statement, or of one in the batch."""

WAITING: Final = """
SELECT id, position, statement FROM learning_statements WHERE sent_at IS NULL AND refused IS NULL
 ORDER BY position, id LIMIT %(most)s
"""
SENT: Final = """
UPDATE learning_statements SET sent_at = clock_timestamp(), statement = NULL WHERE id = ANY (%(ids)s)
"""
REFUSED: Final = "UPDATE learning_statements SET refused = %(status)s WHERE id = ANY (%(ids)s)"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RecordStore:
    """A learning record store at `url`, which ends before `/statements`."""

    url: str
    username: str
    password: str = field(repr=False)

    def post(self, statements: Sequence[bytes]) -> Answer:
        """Nothing is followed to another address: a statement goes where the settings say."""
        body = b"[" + b",".join(statements) + b"]"
        return post(f"{self.url.rstrip('/')}/statements", body, self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        who = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        return {
            "Authorization": f"Basic {who}",
            "Content-Type": "application/json",
            "X-Experience-API-Version": "1.0.3",
        }


Row = tuple[Any, int, bytes]


class LearningSender:
    """One process sends."""

    def __init__(
        self, connection: psycopg.Connection, store: RecordStore, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.connection, self._store = connection, store
        self._truce = Truce("learning.held_up", PAUSES, now)
        self.position = 0

    def advance(self) -> bool:
        """The next batch; False: nothing waits, or all has to."""
        if self._truce.holds:
            return False
        rows = self.connection.execute(WAITING, {"most": MOST}).fetchall()
        return bool(rows) and self._deliver(rows)

    def _deliver(self, rows: Sequence[Row]) -> bool:
        """Whether the store has taken or refused them all."""
        answer = self._store.post([statement for _, _, statement in rows])
        if answer.taken:
            return self._note(SENT, rows)
        if answer.status not in OWN_FAULT:
            self._truce.begin(answer.reason, answer.wait)
            return False
        if len(rows) > 1:
            half = len(rows) // 2
            return self._deliver(rows[:half]) and self._deliver(rows[half:])
        if answer.status == HTTPStatus.CONFLICT:
            return self._note(SENT, rows)  # it has one of this id, as an earlier version of Chiron told it
        log.warning("learning.refused", position=rows[0][1], status=answer.status)
        return self._note(REFUSED, rows, answer.status)

    def _note(self, statement: str, rows: Sequence[Row], status: int | None = None) -> bool:
        self.connection.execute(statement, {"ids": [id_ for id_, _, _ in rows], "status": status})
        self.position = rows[-1][1]
        self._truce.restore()
        log.info("learning.sent", worker=NAME, looked_at=len(rows))
        return True
