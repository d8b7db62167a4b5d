"""How a worker goes on after a failure that may pass: after a while, which grows, and saying so once."""

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
