"""What time alone makes due is looked for in rounds: once a minute, and at once where terms have changed.

A round waits until the read models show everything that had happened when it began: after an outage nobody
is told of what has been settled meanwhile. It looks once, and does what it has found a page at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import psycopg

from domain import mentorship, program
from domain.store import RecordedEvent, Store
from projections import parking
from projections.projection import parked_streams
from workers.causes import Causes, Following
from workers.clock import utc_now
from workers.tasks import Task, walk

EVERY: Final = timedelta(minutes=1)
AT_MOST: Final = 10_000
"""Of each kind a round."""
PAGE: Final = 1_000
"""So much of it before the read models have to show what became of it."""
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


Look = Callable[[datetime, int], Sequence[Task]]
"""What is due at a moment by all that is shown, up to a position."""
Stale = Callable[[int], bool]
"""Whether so much has happened since that position that what was found there has to be looked for again."""


def _never(_: int) -> bool:
    return False


class Rounds(Following):
    """`look` asks these read models."""

    def __init__(
        self,
        name: str,
        read_models: Sequence[str],
        connection: psycopg.Connection,
        store: Store,
        *,
        look: Look,
        stale: Stale = _never,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(Causes(connection, store, name, CAUSES, read_models))
        self._name, self._now, self._look, self._stale = name, now, look, stale
        self._next_round: datetime | None = None
        self._waits_for: int | None = None
        self._found: Sequence[Task] = ()
        self._looked_at = 0

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
        """The next page of what the round has found; the next round where there is none."""
        if self._found and self._stale(self._looked_at):
            self._found, self._next_round = (), None
        if not self._found:
            self._found = self._round()
        page, self._found = self._found[:PAGE], self._found[PAGE:]
        return page

    def _round(self) -> Sequence[Task]:
        now = self._now()
        if self._waits_for is None:
            if self._next_round is not None and now < self._next_round:
                return ()
            self._waits_for = self._store.head()
        if self._causes.position < self._waits_for:
            return ()
        self._waits_for, self._looked_at, self._next_round = None, self.position, now + EVERY
        return self._look(now, self._looked_at)
