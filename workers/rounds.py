"""What time alone makes due is looked for in rounds: once a minute, and at once where terms have changed.

A round waits until the read models show everything that had happened when it began: after an outage nobody
is told of what has been settled meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg

from domain import mentorship, program
from domain.store import RecordedEvent, Store
from projections import parking
from projections.projection import parked_streams
from workers.causes import Causes
from workers.tasks import Task, walk

EVERY: Final = timedelta(minutes=1)
AT_MOST: Final = 1_000
"""Of each kind a round."""
CAUSES: Final = frozenset(
    kind.event_name
    for kind in (
        program.AccountabilitySet,
        program.AgreementSet,
        program.CommunicationsSet,
        program.PlanSet,
        mentorship.Migrated,
    )
)


def utc_now() -> datetime:
    return datetime.now(UTC)


Look = Callable[[datetime, int], tuple[Sequence[Task], bool]]
"""What is due at a moment by all that is shown, up to a position; and whether there is more: then the next
round follows at once.
"""


class Rounds:
    """`look` asks these read models."""

    def __init__(
        self,
        name: str,
        read_models: Sequence[str],
        connection: psycopg.Connection,
        store: Store,
        *,
        look: Look,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.connection, self._name, self._store, self._look, self._now = connection, name, store, look, now
        self._causes = Causes(connection, store, name, CAUSES, read_models)
        self._next_round: datetime | None = None
        self._waits_for: int | None = None
        self._steps = self._walk()

    @property
    def position(self) -> int:
        return self._causes.position

    def advance(self) -> bool:
        """The next round, if it is time; False: nothing to do at present."""
        return next(self._steps)

    def _walk(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, is looked at again."""
        for parked in parked_streams(self.connection, self._name):
            parking.release(self.connection, self._name, parked.stream_id)
        yield from walk(self._causes, self._terms_changed, self._due)

    def _terms_changed(self, page: Sequence[RecordedEvent]) -> Iterator[Sequence[Task]]:
        if page:
            self._next_round = None
        return iter(())

    def _due(self) -> Sequence[Task]:
        now = self._now()
        if self._waits_for is None:
            if self._next_round is not None and now < self._next_round:
                return ()
            self._waits_for = self._store.head()
        if self._causes.position < self._waits_for:
            return ()
        self._waits_for = None
        tasks, more = self._look(now, self.position)
        self._next_round = None if more else now + EVERY
        return tasks
