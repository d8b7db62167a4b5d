"""Keeping one read model up with the log: a batch's rows and the new position commit together."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from domain.refusal import Refusal
from domain.store import Database, Store
from domain.store.records import RecordedEvent
from projections import parking
from projections.projection import Projection, connect, parked_streams
from projections.statements import Statements

BATCH: Final = 2_000
ERASED: Final = "participant.erased"

POSITION: Final = "SELECT version, position FROM projections WHERE name = %(name)s"
HOLD: Final = "SELECT version, position FROM projections WHERE name = %(name)s FOR UPDATE"
# The old position is a fence: of two that would apply the same batch, the second finds it gone.
CLAIM: Final = """
UPDATE projections SET position = %(reached)s, updated_at = clock_timestamp()
 WHERE name = %(name)s AND version = %(version)s AND position = %(position)s
"""
FORGET: Final = "DEALLOCATE ALL"
LEAD: Final = (
    "SELECT pg_try_advisory_lock(hashtextextended('keep ' || current_schema() || '.' || %(name)s, 0))"
)

log = structlog.get_logger()

Apply = Callable[[Iterable[RecordedEvent], set[UUID]], None]


class ReadModelIsOfAnotherVersion(Refusal):
    """The read model {name} is of version {found}, this program keeps version {wanted}."""


class ReadModelIsMissing(Refusal):
    """The read model {name} is not installed here: run the migration first."""


class Runner:
    """One projection over one connection. Two at once do no harm: a batch is applied by one of them."""

    def __init__(
        self, connection: psycopg.Connection, store: Store, projection: Projection, batch: int = BATCH
    ) -> None:
        self.connection, self._store, self._projection, self._batch = connection, store, projection, batch
        self._statements = Statements(connection)
        self._head = 0
        self.start_again()

    def start_again(self) -> None:
        """From the stored position: what this runner did may have been rolled back."""
        self.position = self._stored_position(POSITION)

    @property
    def head(self) -> int:
        """As far as the log was known to reach when it was last looked at."""
        return max(self._head, self.position)

    def advance(self) -> bool:
        """Apply the next batch; False: the log's end is reached."""
        reached, page = self._next_page()
        if reached == self.position:
            return False
        try:
            applied = self._commit(reached, page, self._apply_at_once)
        except Exception as error:
            if not parking.is_poison(error):
                raise
            applied = self._commit(reached, page, self._apply_singly)
        if applied:
            self.position = reached
        else:
            self.start_again()
        return True

    def retry_parked(self) -> tuple[int, int]:
        """Replay parked streams from where they stopped: how many are followed again, how many still not."""
        parked = parked_streams(self.connection, self._projection.name)
        followed = sum(self._retry(stream.stream_id) for stream in parked)
        return followed, len(parked) - followed

    def _next_page(self) -> tuple[int, list[RecordedEvent]]:
        """The head is read before the page, so a page that is not full holds all there is up to the head."""
        if self._head <= self.position:
            self._head = self._store.head()
        if self._head <= self.position:
            return self.position, []
        page = self._store.page(self.position, self._batch, self._projection.names)
        last = page[-1].position if page else 0
        return last if len(page) == self._batch else max(last, self._head), page

    def _commit(self, reached: int, page: list[RecordedEvent], apply: Apply) -> bool:
        name = self._projection.name
        fence = {
            "name": name,
            "version": self._projection.version,
            "position": self.position,
            "reached": reached,
        }
        if not page:
            return self._claim(fence)
        with self.connection.transaction():
            if not self._claim(fence):
                return False
            # Read after the claim, which a retry of parked streams waits for and is waited for by.
            apply(page, parking.parked(self.connection, name))
        return True

    def _claim(self, fence: Mapping[str, Any]) -> bool:
        return self.connection.execute(CLAIM, fence).rowcount == 1

    def _apply_at_once(self, page: Iterable[RecordedEvent], parked: set[UUID]) -> None:
        apply, statements = self._projection.apply, self._statements
        with statements:
            for recorded in page:
                if not parked or _applies(recorded, parked):
                    apply(statements, recorded)

    def _apply_singly(self, page: Iterable[RecordedEvent], parked: set[UUID]) -> None:
        """Whatever fails parks its stream, for good reason, and the rest goes on."""
        for recorded in page:
            if not _applies(recorded, parked):
                continue
            try:
                with self.connection.transaction(), self._statements:
                    self._projection.apply(self._statements, recorded)
            except Exception as error:
                if not parking.is_poison(error):
                    raise
                self._park(recorded, parking.reason_of(error))
                parked.add(recorded.stream_id)

    def _park(self, recorded: RecordedEvent, reason: str) -> None:
        name, stream, position = self._projection.name, recorded.stream_id, recorded.position
        log.warning("read_model.parked", name=name, stream=str(stream), position=position, reason=reason)
        parking.park(self.connection, name, stream, position, reason)

    def _retry(self, stream: UUID) -> bool:
        """The position is held, so no batch can pass between the replay and the stream's release."""
        with self.connection.transaction():
            position = self._stored_position(HOLD)
            first = parking.release(self.connection, self._projection.name, stream)
            if first is None:
                return True
            missed = (
                recorded
                for recorded in self._store.history(stream)
                if first <= recorded.position <= position and recorded.name in self._projection.names
            )
            parked: set[UUID] = set()
            self._apply_singly(missed, parked)
        return not parked

    def _stored_position(self, statement: str) -> int:
        name, wanted = self._projection.name, self._projection.version
        row = self.connection.execute(statement, {"name": name}).fetchone()
        if row is None:
            raise ReadModelIsMissing(name=name)
        if row[0] != wanted:
            raise ReadModelIsOfAnotherVersion(name=name, found=row[0], wanted=wanted)
        return int(row[1])


def _applies(recorded: RecordedEvent, parked: set[UUID]) -> bool:
    """An erasure reaches even what is parked."""
    return recorded.stream_id not in parked or recorded.name == ERASED


def lead(connection: psycopg.Connection, name: str) -> bool:
    """Whether this connection is now the one that keeps the read model; it is so until it closes."""
    return connection.execute(LEAD, {"name": name}).fetchone() == (True,)


def catch_up(
    database: Database, store: Store, projections: Iterable[Projection], stop: threading.Event | None = None
) -> None:
    """Keep the read models up to the end of the log once, whoever else is at it."""
    with connect(database) as connection:
        for projection in projections:
            runner = Runner(connection, store, projection)
            while not (stop and stop.is_set()) and runner.advance():
                pass
            connection.execute(FORGET)  # what this one has prepared: the next numbers its statements anew


def retry_parked(database: Database, store: Store, projection: Projection) -> tuple[int, int]:
    """How many parked streams are followed again, and how many are not."""
    with connect(database) as connection:
        return Runner(connection, store, projection).retry_parked()
