"""The log as of a moment that has been: what is recorded is dated by it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from domain.command import Command, Receipt
from domain.refusal import Refusal
from domain.store import Act, Step, Store


class PastStore(Store):
    """`moment` is that of whatever says nothing of its own about when it was: whoever is at work here, as an
    import or a worker, works in the past.
    """

    moment = datetime.now(UTC)

    def act_together(self, command: Command, *steps: Step, expected_version: int | None = None) -> Receipt:
        return super().act_together(self._dated(command), *steps, expected_version=expected_version)

    def act_all(self, acts: Sequence[Act]) -> list[Receipt | Refusal]:
        return super().act_all([replace(act, command=self._dated(act.command)) for act in acts])

    def _dated(self, command: Command) -> Command:
        return replace(command, at=command.at or self.moment)
