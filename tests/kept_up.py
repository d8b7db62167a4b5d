"""Read models kept up for a test by one thread, which reads the log once for all of them.

Workers give each a thread that reads for itself, so that none waits for another; twenty times the reading.
"""

import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import psycopg

from domain.store import Database, KeyRing, RecordedEvent, Store
from projections import catalogue
from projections.freshness import announce
from projections.projection import connect
from projections.runner import Runner
from workers.leader import Leader

NAME: Final = "read models"


class ReadOnce(Store):
    """The log as it was when it was last looked at."""

    _seen: Collection[RecordedEvent] = ()
    _known = 0

    def look(self, after: int) -> None:
        self._known = super().head()
        self._seen = super().page(after, self._known - after) if self._known > after else ()

    def head(self) -> int:
        return self._known

    def page(
        self, after: int, limit: int = 0, names: Collection[str] = (), *, sealed: bool = False
    ) -> list[RecordedEvent]:
        """All that was seen: no test's log is longer than a batch."""
        return [one for one in self._seen if one.position > after and one.name in names]


class InStep:
    """Each has its own connection, where its statements are prepared; follows the log as a worker does."""

    def __init__(self, connection: psycopg.Connection, database: Database, log: ReadOnce) -> None:
        self.connection, self._database, self._log = connection, database, log
        self._connections = ExitStack()
        self._runners = [
            Runner(self._connections.enter_context(connect(database)), log, one) for one in catalogue.ALL
        ]

    @property
    def position(self) -> int:
        return min(one.position for one in self._runners)

    def advance(self) -> bool:
        self._log.look(self.position)
        moved = [one for one in zip(catalogue.ALL, self._runners, strict=True) if one[1].advance()]
        for projection, runner in moved:
            announce(self.connection, self._database, projection.name, runner.position)
        return bool(moved)

    def close(self) -> None:
        self._connections.close()


@contextmanager
def read_models(database: Database, keys: KeyRing) -> Iterator[None]:
    """While the block runs."""
    stop = threading.Event()
    with ReadOnce.open(database, keys) as log:
        leader = Leader(database, log, NAME, lambda connection, _: InStep(connection, database, log))
        thread = threading.Thread(target=leader.run, args=(stop,))
        thread.start()
        yield
        stop.set()
        thread.join()
