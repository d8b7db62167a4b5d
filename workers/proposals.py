"""Moves proposals on when nobody does: what time and rules make of them, each thing once.

What nobody has answered in time expires. Where somebody takes part no more, it is withdrawn; where somebody's
last place is gone, superseded. When a wish has ended without a mentorship, the next of its author's is made.
Each decision reads everything as it is now. Taken again, by whomever, it decides nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import psycopg

from domain.enrollment import Applied, Invited
from domain.ids import ProposalId
from domain.proposal import PROPOSAL
from domain.store import EventUnreadable, RecordedEvent, Store
from projections import parking
from projections.projection import parked_streams
from workers import endings, wishes
from workers.causes import Causes, Following
from workers.clock import utc_now
from workers.endings import Endings
from workers.tasks import Task, in_batches, last_of, walk, work_off
from workers.wishes import Wishes, Wishing

NAME: Final = "proposing"
READ: Final = ("programs", "proposals", "relationships")


class Proposals(Following):
    """Follows the log as far as the read models do: what waits, and who wishes for whom, is told there."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(Causes(connection, store, NAME, endings.CAUSES | wishes.CAUSES, READ))
        self._now = now
        self._endings = Endings(NAME, connection, store)
        self._wishes = Wishes(NAME, connection, store, now)

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        yield from walk(self._causes, self._asked_for, self._due)

    def _due(self) -> list[Task]:
        now = self._now()
        found = self._endings.due(now)
        return [Task(id_, self.position, partial(self._endings.expire, id_, now)) for id_ in found]

    def _asked_for(self, page: Sequence[RecordedEvent]) -> Iterator[Sequence[Task]]:
        """What ends first: it may be what somebody's next wish waits for."""
        ended = self._endings.concerned(last_of(page, endings.CAUSES))
        yield from in_batches([self._to_end(id_, cause) for id_, cause in ended.items()])
        wishing = self._wishes.concerned(last_of(page, wishes.CAUSES))
        yield from in_batches([self._to_make(one, cause) for one, cause in wishing.items()])

    def _to_end(self, id_: ProposalId, cause: RecordedEvent) -> Task:
        return Task(id_, cause.position, partial(self._endings.settle, id_, cause))

    def _to_make(self, wishing: Wishing, cause: RecordedEvent) -> Task:
        return Task(wishing.part, cause.position, partial(self._wishes.go_on, wishing, cause))

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            tasks = self._once_more(parked.stream_id, parked.position)
            if tasks and work_off(NAME, self.connection, tasks):
                parking.release(self.connection, NAME, parked.stream_id)
            yield True

    def _once_more(self, stream: UUID, position: int) -> list[Task]:
        """A proposal may have to end; an enrollment, whose first event says whose it is, may have a wish."""
        (cause,) = self._store.page(max(position - 1, 0), 1)
        first = next(self._store.history(stream))
        if PROPOSAL.has(first.name):
            id_ = ProposalId(stream)
            late = partial(self._endings.expire, id_, self._now())
            return [self._to_end(id_, cause), Task(id_, position, late)]
        try:
            event = first.event
        except EventUnreadable:
            return []
        assert isinstance(event, Applied | Invited)  # noqa: S101 nothing else is parked here
        return [self._to_make(Wishing(event.program, event.participant, stream), cause)]
