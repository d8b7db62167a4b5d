"""Read models kept up while the process lives: one process leads, another takes over within seconds."""

import threading
from typing import Final

import structlog

from domain.store import Database, Store
from projections import freshness, parking
from projections.projection import Projection, connect
from projections.rebuild import is_outdated, rebuild
from projections.runner import Runner, lead

POLL: Final = 0.2
"""Seconds after which the log is looked at without a hint."""
TAKE_OVER: Final = 1.0
"""Seconds between attempts to become the leader."""
PAUSES: Final = (0.1, 5.0)
"""The first and the longest seconds to wait after a failure."""

log = structlog.get_logger()


class Projector:
    """Runs in a thread of its own: one read model's trouble, or its rebuild, holds up no other."""

    def __init__(self, database: Database, store: Store, projection: Projection) -> None:
        self._database, self._store, self._projection = database, store, projection
        self._pause = PAUSES[0]
        self._told = ""

    def run(self, stop: threading.Event) -> None:
        """Until `stop`: through lost connections, restarts of PostgreSQL and whatever else passes."""
        while not stop.is_set():
            try:
                self._keep(stop)
            except Exception as error:  # noqa: BLE001 whatever it was, it is told and tried again
                reason = parking.reason_of(error)
                if reason != self._told:
                    log.warning("read_model.interrupted", name=self._projection.name, reason=reason)
                self._told = reason
                stop.wait(self._pause)
                self._pause = min(self._pause * 2, PAUSES[1])

    def _keep(self, stop: threading.Event) -> None:
        with connect(self._database) as connection:
            while not lead(connection, self._projection.name):
                if stop.wait(TAKE_OVER):
                    return
            log.info("read_model.led", name=self._projection.name)
            if is_outdated(connection, self._projection) and not self._rebuild(stop):
                return
            self._follow(Runner(connection, self._store, self._projection), stop)

    def _follow(self, runner: Runner, stop: threading.Event) -> None:
        grown = threading.Event()
        unsubscribe = self._store.on_growth(grown.set)
        try:
            while not stop.is_set():
                grown.clear()
                if runner.advance():
                    self._pause, self._told = PAUSES[0], ""
                    freshness.announce(
                        runner.connection, self._database, self._projection.name, runner.position
                    )
                else:
                    grown.wait(POLL)
        finally:
            unsubscribe()

    def _rebuild(self, stop: threading.Event) -> bool:
        log.info("read_model.rebuild_began", name=self._projection.name, version=self._projection.version)
        done = rebuild(self._database, self._store, self._projection, stop=stop)
        log.info("read_model.rebuild_ended", name=self._projection.name, done=done)
        return done
