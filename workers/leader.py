"""Work that follows the log: one process leads, another takes over within seconds."""

import threading
from typing import Final, Protocol, runtime_checkable

import psycopg
import structlog

from domain.store import Database, Store
from projections import freshness
from projections.projection import connect
from projections.runner import lead
from workers.patience import Patience

POLL: Final = 0.2
"""Seconds after which the log is looked at without a hint."""
TAKE_OVER: Final = 1.0
"""Seconds between attempts to become the leader."""

log = structlog.get_logger()


class Follower(Protocol):
    """`advance` takes the next step; False: the log's end is reached."""

    @property
    def connection(self) -> psycopg.Connection: ...
    @property
    def position(self) -> int: ...
    def advance(self) -> bool: ...


@runtime_checkable
class Closes(Protocol):
    """What holds something beyond its connection."""

    def close(self) -> None: ...


class Begin(Protocol):
    """What a new leader begins with; None: it was stopped before."""

    def __call__(self, connection: psycopg.Connection, stop: threading.Event, /) -> Follower | None: ...


class Leader:
    """Runs in a thread of its own: one's trouble holds up no other."""

    def __init__(self, database: Database, store: Store, name: str, begin: Begin) -> None:
        self._database, self._store, self._name, self._begin = database, store, name, begin
        self._patience = Patience("worker.interrupted", name=name)

    def run(self, stop: threading.Event) -> None:
        """Until `stop`: through lost connections, restarts of PostgreSQL and whatever else passes."""
        while not stop.is_set():
            try:
                self._keep(stop)
            except Exception as error:  # noqa: BLE001 whatever it was, it is told and tried again
                stop.wait(self._patience.after(error))

    def _keep(self, stop: threading.Event) -> None:
        with connect(self._database) as connection:
            while not lead(connection, self._name):
                if stop.wait(TAKE_OVER):
                    return
            log.info("worker.led", name=self._name)
            if follower := self._begin(connection, stop):
                self._follow(follower, stop)

    def _follow(self, follower: Follower, stop: threading.Event) -> None:
        grown = threading.Event()
        unsubscribe = self._store.on_growth(grown.set)
        try:
            while not stop.is_set():
                grown.clear()
                if follower.advance():
                    self._patience.restore()
                    freshness.announce(follower.connection, self._database, self._name, follower.position)
                else:
                    grown.wait(POLL)
        finally:
            unsubscribe()
            if isinstance(follower, Closes):
                follower.close()
