"""What webhooks are owed of the event stream: noted here, sent by `webhook_sender`."""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import psycopg

from domain.webhook import Pinged, ReplayAsked, wanted
from projections import webhook_log
from projections.webhook_log import KEPT, Owed
from projections.webhooks import PROJECTION
from workers.causes import shown_up_to
from workers.clock import utc_now
from workers.consumer import Message

NAME: Final = "webhooks"
LOOKS: Final = 20
PAUSE: Final = 0.05
SUBSCRIPTIONS: Final = """
SELECT webhook_id, since, types FROM webhook_subscriptions ORDER BY webhook_id, since
"""


class NotShownYet(OSError):
    """Which webhooks there are is not known up to this message."""


class Subscription(NamedTuple):
    """From `since` on it is told of these types; of none, once it is removed."""

    since: int
    types: tuple[str, ...]


Subscriptions = Mapping[UUID, Sequence[Subscription]]


class Webhooks:
    """The consumer. What happened too long ago is not owed: a topic that is read anew tells no past."""

    name = NAME
    tables = webhook_log.DDL

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now

    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None:
        """Raises NotShownYet."""
        _wait_until_shown(connection, max(message.position for message in messages))
        told, now = subscriptions(connection), self._now()
        recent = [message for message in messages if now - message.time < KEPT]
        webhook_log.owe(connection, (one for message in recent for one in _owed(told, message)), now)
        for message in recent:
            if message.name == ReplayAsked.event_name:
                webhook_log.replay(connection, message.stream, message.data["after"], message.position)


def _wait_until_shown(connection: psycopg.Connection, position: int) -> None:
    """The read model of webhooks comes after a message, mostly just after. Raises NotShownYet."""
    for _ in range(LOOKS):
        if shown_up_to(connection, [PROJECTION.name]) >= position:
            return
        time.sleep(PAUSE)
    raise NotShownYet


def subscriptions(connection: psycopg.Connection) -> Subscriptions:
    """Of each webhook, in order."""
    found: dict[UUID, list[Subscription]] = {}
    for webhook, since, types in connection.execute(SUBSCRIPTIONS):
        found.setdefault(webhook, []).append(Subscription(since, tuple(types)))
    return found


def is_told(told: Sequence[Subscription], position: int, type_: str) -> bool:
    """Whether a webhook with these subscriptions is told of what stands there."""
    number = bisect_right(told, position, key=lambda one: one.since)
    return number > 0 and wanted(told[number - 1].types, type_)


def _owed(told: Subscriptions, message: Message) -> Iterator[Owed]:
    for webhook, subscribed in told.items():
        pinged = message.name == Pinged.event_name
        if message.stream == webhook if pinged else is_told(subscribed, message.position, message.type):
            yield Owed(webhook, message.position, message.id, message.type, message.key)
