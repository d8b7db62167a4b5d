"""Read models kept up while the process lives."""

import threading

import psycopg
import structlog

from domain.store import Database, Store
from projections.projection import Projection
from projections.rebuild import is_outdated, rebuild
from projections.runner import Runner
from workers.leader import Leader

log = structlog.get_logger()


class Projector:
    """One read model's. Its rebuild, too, holds up no other."""

    def __init__(self, database: Database, store: Store, projection: Projection) -> None:
        self._database, self._store, self._projection = database, store, projection

    def run(self, stop: threading.Event) -> None:
        Leader(self._database, self._store, self._projection.name, self._begin).run(stop)

    def _begin(self, connection: psycopg.Connection, stop: threading.Event) -> Runner | None:
        if is_outdated(connection, self._projection) and not self._rebuild(stop):
            return None
        return Runner(connection, self._store, self._projection)

    def _rebuild(self, stop: threading.Event) -> bool:
        log.info("read_model.rebuild_began", name=self._projection.name, version=self._projection.version)
        done = rebuild(self._database, self._store, self._projection, stop=stop)
        log.info("read_model.rebuild_ended", name=self._projection.name, done=done)
        return done
