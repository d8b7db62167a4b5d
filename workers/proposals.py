"""Moves proposals on when nobody does: what time and rules make of them, each thing once.

What nobody has answered in time expires. Where somebody takes part no more, it is withdrawn; where somebody's
last place is gone, superseded. When a wish has ended without a mentorship, the next of its author's is made.
Each decision reads everything as it is now. Taken again, by whomever, it decides nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

import psycopg
import structlog

from domain.enrollment import Applied, Invited
from domain.guards import StillChanging
from domain.ids import ProposalId
from domain.proposal import PROPOSAL
from domain.store import Conflict, EventUnreadable, RecordedEvent, Store
from projections import parking
from projections.projection import parked_streams
from workers import endings, wishes
from workers.causes import Causes
from workers.endings import BATCH, Endings
from workers.wishes import Wishes, Wishing

NAME: Final = "proposing"
READ: Final = ("programs", "proposals", "relationships")
CALLERS: Final = 8

log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done. Where it cannot be, `stream` is parked, with the position of the cause."""

    stream: UUID
    position: int
    do: Callable[[], None]


class Proposals:
    """Follows the log as far as the read models do: what waits, and who wishes for whom, is told there."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.connection, self._store, self._now = connection, store, now
        self._causes = Causes(connection, store, NAME, endings.CAUSES | wishes.CAUSES, READ)
        self._endings = Endings(NAME, connection, store)
        self._wishes = Wishes(NAME, connection, store, now)
        self._expired_to = 0
        self._steps = self._walk()

    @property
    def position(self) -> int:
        return self._causes.position

    def advance(self) -> bool:
        """The next batch of what is due, or of what events ask for; False: nothing more at present."""
        return next(self._steps)

    def _walk(self) -> Iterator[bool]:
        yield from self._retry_parked()
        while True:
            if self.position >= self._expired_to and (due := self._due()):
                self._work_off(due)
                # What is due is asked for again when the read models show what became of these.
                self._expired_to = self._store.head()
                yield True
            reached, page = self._causes.page()
            for tasks in self._asked_for(page):
                self._work_off(tasks)
                yield True
            yield self._causes.move_on(reached)

    def _due(self) -> list[Task]:
        now = self._now()
        found = self._endings.due(now)
        return [Task(id_, self.position, partial(self._endings.expire, id_, now)) for id_ in found]

    def _asked_for(self, page: Sequence[RecordedEvent]) -> Iterator[list[Task]]:
        """What ends first: it may be what somebody's next wish waits for."""
        ended = self._endings.concerned(_of(page, endings.CAUSES))
        yield from _batches([self._to_end(id_, cause) for id_, cause in ended.items()])
        wishing = self._wishes.concerned(_of(page, wishes.CAUSES))
        yield from _batches([self._to_make(one, cause) for one, cause in wishing.items()])

    def _to_end(self, id_: ProposalId, cause: RecordedEvent) -> Task:
        return Task(id_, cause.position, partial(self._endings.settle, id_, cause))

    def _to_make(self, wishing: Wishing, cause: RecordedEvent) -> Task:
        return Task(wishing.part, cause.position, partial(self._wishes.go_on, wishing, cause))

    def _work_off(self, tasks: Sequence[Task]) -> bool:
        """Whether all could be done; the stream of what could not be is parked."""
        with ThreadPoolExecutor(CALLERS, thread_name_prefix=NAME) as callers:
            faults = list(callers.map(_fault, tasks))
        for task, fault in zip(tasks, faults, strict=True):
            if fault is not None:
                self._park(task, fault)
        failed = len(faults) - faults.count(None)
        log.info("proposals.moved_on", looked_at=len(tasks), parked=failed)
        return failed == 0

    def _park(self, task: Task, fault: Exception) -> None:
        reason = parking.reason_of(fault)
        log.warning("proposals.parked", stream=str(task.stream), position=task.position, reason=reason)
        parking.park(self.connection, NAME, task.stream, task.position, reason)

    def _retry_parked(self) -> Iterator[bool]:
        """What could not be done before this process began, perhaps of a new version, now may be."""
        for parked in parked_streams(self.connection, NAME):
            tasks = self._once_more(parked.stream_id, parked.position)
            if tasks and self._work_off(tasks):
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


def _of(page: Sequence[RecordedEvent], names: frozenset[str]) -> dict[UUID, RecordedEvent]:
    """Of each stream the last."""
    return {recorded.stream_id: recorded for recorded in page if recorded.name in names}


def _batches(tasks: list[Task]) -> Iterator[list[Task]]:
    for begin in range(0, len(tasks), BATCH):
        yield tasks[begin : begin + BATCH]


def _fault(task: Task) -> Exception | None:
    """The one that lies in the streams themselves; what passes is raised, and all is tried again."""
    try:
        task.do()
    except (StillChanging, Conflict):
        raise
    except Exception as error:
        if not parking.is_poison(error):
            raise
        return error
    return None
