"""What a worker has to do, a batch at a time: done by several callers at once, or parked with the reason."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

import psycopg
import structlog

from domain.command import Command
from domain.guards import StillChanging
from domain.store import Conflict, RecordedEvent
from projections import parking
from workers.causes import Causes

BATCH: Final = 250
CALLERS: Final = 8
ATTEMPTS: Final = 5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done. Where it cannot be, `stream` is parked, with the position of the cause."""

    stream: UUID
    position: int
    do: Callable[[], None]


def work_off(name: str, connection: psycopg.Connection, tasks: Sequence[Task]) -> bool:
    """Whether the worker `name` could do all; the stream of what could not be done is parked."""
    with ThreadPoolExecutor(CALLERS, thread_name_prefix=name) as callers:
        faults = list(callers.map(_fault, tasks))
    for task, fault in zip(tasks, faults, strict=True):
        if fault is not None:
            _park(name, connection, task, fault)
    failed = len(faults) - faults.count(None)
    log.info("tasks.worked_off", worker=name, looked_at=len(tasks), parked=failed)
    return failed == 0


def last_of(page: Sequence[RecordedEvent], names: Collection[str]) -> dict[UUID, RecordedEvent]:
    """Of each stream the last of these events."""
    return {recorded.stream_id: recorded for recorded in page if recorded.name in names}


def in_batches(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    for begin in range(0, len(tasks), BATCH):
        yield tasks[begin : begin + BATCH]


def walk(
    causes: Causes,
    asked_for: Callable[[Sequence[RecordedEvent]], Iterable[Sequence[Task]]],
    due: Callable[[], Sequence[Task]] = tuple,
) -> Iterator[bool]:
    """A batch a step, of what is due or of what events ask for, without end; False: nothing at present."""
    name, connection, shown_from = causes.name, causes.connection, 0
    while True:
        if causes.position >= shown_from and (tasks := due()):
            work_off(name, connection, tasks)
            # What is due is asked for again when the read models show what became of these.
            shown_from = causes.store.head()
            yield True
        reached, page = causes.page()
        for tasks in asked_for(page):
            work_off(name, connection, tasks)
            yield True
        yield causes.move_on(reached)


def by_rule(name: str, stream: UUID, cause: RecordedEvent) -> Command:
    """However many do this at once, or again, it is one command."""
    id_ = uuid5(cause.command_id, f"{name} {cause.position} {stream}")
    return Command(id_, name, correlation_id=cause.correlation_id, cause="rule")


def persist(attempt: Callable[[], None]) -> None:
    """Tries again where what it relies on has changed meanwhile; not for ever."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except (StillChanging, Conflict):
            continue
    return attempt()


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


def _park(name: str, connection: psycopg.Connection, task: Task, fault: Exception) -> None:
    reason = parking.reason_of(fault)
    told = {"worker": name, "stream": str(task.stream), "position": task.position}
    log.warning("tasks.parked", **told, reason=reason)
    parking.park(connection, name, task.stream, task.position, reason)
