"""The webhooks of the small organisation: one is sent to, one has failed for days, one is there no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from domain import webhook as w
from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import WebhookId
from domain.store import Database
from domain.webhook import WEBHOOK
from projections.projection import connect
from tests.api.proposed import NAMES

CRM, DESK, GONE = (WebhookId(uuid5(NAMES, f"webhook: {word}")) for word in ("crm", "desk", "gone"))
TOLD: Final = (CRM, DESK, GONE)
SENT: Final = datetime(2026, 1, 6, 9, tzinfo=UTC)
HELD: Final = "org.chiron.meeting.held.v1"

OWED: Final = """
INSERT INTO webhook_deliveries
       (webhook_id, position, round, event_id, type, key, state, attempts, status, code, owed_at, due_at,
        settled_at)
VALUES (%(webhook)s, %(position)s, %(round)s, %(event)s, %(type)s, %(webhook)s, %(state)s, %(attempts)s,
        %(status)s, %(code)s, %(at)s, %(at)s, %(settled)s)
"""

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _told() -> Lives:
    crm = w.Registered(url="https://crm.example.org/hooks?a=b", types=("*",), description='The "CRM"')
    yield CRM, [crm, w.SecretRotated(generation=2), w.ReplayAsked(replay=uuid5(CRM, "again"), after=3)]
    desk = w.Registered(url="https://desk.example.org/", types=(HELD, "org.chiron.program.*"))
    yield DESK, [desk, w.Paused(reason=w.Reason.FAILING)]
    yield GONE, [w.Registered(url="https://gone.example.org/", types=("*",)), w.Removed()]


def told() -> list[tuple[Aggregate[Any], Lives]]:
    return [(WEBHOOK, _told())]


def owed(webhook: UUID, position: int, state: str = "waiting", **more: Any) -> dict[str, Any]:
    """A row of what is sent."""
    settled = None if state == "waiting" else SENT + timedelta(minutes=position)
    usual = {"round": 0, "attempts": 0, "status": None, "code": None, "at": SENT, "settled": settled}
    row = {"webhook": webhook, "position": position, "state": state, "event": f"{webhook}.{position}"}
    return {**usual, **row, "type": HELD, **more}


def deliver(database: Database, *rows: dict[str, Any]) -> None:
    """What is sent to them, or was."""
    usual = (
        owed(CRM, 3, "delivered", attempts=1, status=204),
        owed(CRM, 4, "failed", attempts=9, status=500),
        owed(CRM, 4, round=90),
        owed(CRM, 5, attempts=2, code="timeout"),
        owed(DESK, 6, "failed", attempts=9, code="address_is_private"),
    )
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.executemany(OWED, rows or usual)
