"""Keeps the figures of relationships that are over, so that no report has to measure them again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import psycopg

from projections.settling import MODELS, forget, settle
from workers.causes import shown_up_to
from workers.clock import utc_now

NAME: Final = "settling"
AT_ONCE: Final = 200
"""The read model of what is measured waits for so many at most."""
EVERY: Final = timedelta(seconds=10)
"""Nobody waits for it: until then they are measured as all others are."""


class Settling:
    """Now and then, where something has happened. `position` is how far the log was shown then."""

    def __init__(self, connection: psycopg.Connection, *, now: Callable[[], datetime] = utc_now) -> None:
        self.connection, self._now = connection, now
        self.position = 0
        self._next = now()

    def advance(self) -> bool:
        """The next of those that are over; False: there are none at present."""
        if self._now() < self._next:
            return False
        shown = shown_up_to(self.connection, [one.name for one in MODELS])
        if shown > self.position:
            if settle(self.connection, AT_ONCE):
                return True
            forget(self.connection)
            self.position = shown
        self._next = self._now() + EVERY
        return False
