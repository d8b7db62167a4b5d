"""Who was reminded of what in the past: the worker itself looks every few days, and most is read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid5

import psycopg

from deploy.demo_programs import DEMO
from deploy.ninety_days import play
from deploy.ninety_days.life import Deed
from deploy.ninety_days.past import PastStore, Shown
from domain import notification
from domain.aggregate import Step
from domain.command import Command
from domain.notification import NOTIFICATION, Sent
from projections import due
from workers import reminders

EVERY: Final = timedelta(days=5)
READ: Final = 0.8
"""So many of all that people are told is read, some hours later."""


class Reminding:
    """`look` at each moment of the past at which the worker would have looked, in their order."""

    def __init__(self, store: PastStore, connection: psycopg.Connection, shown: Shown) -> None:
        self._store, self._shown, self._looked_until = store, shown, 0
        self._rounds = reminders.rounds(connection, store, now=lambda: store.moment)

    def look(self, moment: datetime) -> list[Deed]:
        """What those who are told then do about it."""
        self._store.moment = moment
        self._shown.keep_up(due.READ)
        while self._rounds.advance():
            """On to what else is due."""
        return sorted(self._read(), key=play.moment)

    def _read(self) -> Iterator[Deed]:
        for told in self._store.page(self._looked_until, 10_000, [Sent.event_name]):
            self._looked_until = told.position
            event, chance = told.event, Random(str(told.stream_id))  # noqa: S311 a story, no secret
            assert isinstance(event, Sent)  # noqa: S101 by its name
            if chance.random() < READ:
                at = told.recorded_at + timedelta(hours=chance.uniform(1, 60))
                command = Command(uuid5(told.stream_id, "read"), str(event.to), correlation_id=DEMO, at=at)
                reads = Step(NOTIFICATION.stream(told.stream_id), notification.read, {"by": event.to})
                yield Deed(command, (reads,))
