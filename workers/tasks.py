"""What a worker has to do, a batch at a time: done by several callers at once, or parked with the reason."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg
import structlog

from domain.guards import StillChanging
from domain.store import Conflict, RecordedEvent
from projections import parking

BATCH: Final = 250
CALLERS: Final = 8

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
