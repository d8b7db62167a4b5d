"""The log as of a moment that has been, and what is shown of it: what is recorded is dated by it."""

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

from domain.command import Command, Receipt
from domain.refusal import Refusal
from domain.store import Act, Database, Step, Store
from projections import catalogue
from projections.projection import Projection, connect
from projections.runner import Runner


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


class Shown(ExitStack):
    """What the read models show of the past. It is asked for many times, so each keeps its own connection."""

    def __init__(self, database: Database, store: Store) -> None:
        super().__init__()
        self._database, self._store = database, store
        self._runners: dict[str, Runner] = {}

    def keep_up(self, names: Collection[str]) -> None:
        """These, with all that has happened."""
        for one in catalogue.ALL:
            if one.name in names:
                self._keep_up(one)

    def _keep_up(self, one: Projection) -> None:
        if one.name not in self._runners:
            connection = self.enter_context(connect(self._database))
            self._runners[one.name] = Runner(connection, self._store, one)
        while self._runners[one.name].advance():
            """On to the next batch."""
