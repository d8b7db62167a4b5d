"""How a worker goes on after a failure that may pass: after a while, which grows, and saying so once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from projections import parking

PAUSES: Final = (0.1, 5.0)
"""The first and the longest seconds to wait."""

log = structlog.get_logger()


class Patience:
    """`event` is how a failure is logged, with what is `known`."""

    def __init__(self, event: str, **known: Any) -> None:
        self._event, self._known = event, known
        self.restore()

    def restore(self) -> None:
        """Something has worked."""
        self._pause, self._told = PAUSES[0], ""

    def after(self, error: Exception) -> float:
        """Seconds to wait. The same reason is told once."""
        reason = parking.reason_of(error)
        if reason != self._told:
            log.warning(self._event, **self._known, reason=reason)
        self._told, pause = reason, self._pause
        self._pause = min(pause * 2, PAUSES[1])
        return pause


class Truce:
    """With a server elsewhere that is away or will not: nothing is asked of it for a while, which grows.

    `event` is how it is logged, once for the same reason; `pauses` are the first and the longest.
    """

    def __init__(self, event: str, pauses: tuple[timedelta, timedelta], now: Callable[[], datetime]) -> None:
        self._event, self._pauses, self._now = event, pauses, now
        self._ends = now()
        self.restore()

    @property
    def holds(self) -> bool:
        return self._now() < self._ends

    def restore(self) -> None:
        """It has answered."""
        self._pause, self._told = self._pauses[0], ""

    def begin(self, reason: str, wait: timedelta | None = None) -> None:
        """For as long as the server asks for, if it does."""
        if reason != self._told:
            log.warning(self._event, reason=reason)
        self._told, self._ends = reason, self._now() + (wait or self._pause)
        self._pause = min(self._pause * 2, self._pauses[1])
