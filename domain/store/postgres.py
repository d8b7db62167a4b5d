"""The log in PostgreSQL: the library's recorder and factory, with one commit for all that waits.

Chosen by PERSISTENCE_MODULE=domain.store.postgres; CHIRON_DATABASE_URL and CHIRON_SCHEMA say where.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
import psycopg_pool
from eventsourcing import postgres as library
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)
from psycopg.rows import TupleRow
from uuid_utils.compat import uuid7

from domain.command import Command
from domain.store import arrays, statements
from domain.store.database import Database
from domain.store.errors import StoreUnavailable
from domain.store.keys import KeyVault, WrappedKey
from domain.store.mapper import EventMapper
from domain.store.queue import CommitQueue
from domain.store.records import Append, EncodedEvent, EventRow, Outcome
from domain.store.writer import Writer

PATIENCE = 10.0
"""Seconds for which a batch is repeated on a lost connection before its callers are told."""
POOL_SIZE = 8
LIBRARY_POLL = 0.1
HINT_INTERVAL = 0.02
"""Seconds between two hints: at full load one hint serves hundreds of commits."""


class Datastore(library.PostgresDatastore):
    """The library's datastore takes five connection fields; ours the whole URL (TLS, several hosts, ...)."""

    def __init__(self, database: Database, pool_size: int = POOL_SIZE) -> None:
        self.database = database
        self.schema = database.schema
        self.originator_id_type = "uuid"
        self.pool = psycopg_pool.ConnectionPool(  # type: ignore[assignment]  # the library's pool only adds passwords
            database.conninfo,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=pool_size,
            timeout=PATIENCE,
            open=True,
            name="log",
        )

    def fetch(
        self, statement: str, parameters: Mapping[str, Any] | None = None, *, raw: bool = False
    ) -> list[TupleRow]:
        """For statements that may be repeated: a lost connection is replaced for as long as PATIENCE lasts.

        Raises StoreUnavailable.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.pool.connection() as connection:
                    cursor: psycopg.Cursor[Any] = connection.cursor(binary=True)
                    if raw:
                        arrays.read_raw(cursor)
                    return cursor.execute(statement, parameters, prepare=True).fetchall()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise StoreUnavailable from error
                time.sleep(0.02)

    def close(self) -> None:
        self.pool.close()


class Recorder(library.PostgresApplicationRecorder):
    """Gapless positions in commit order, checked versions, exactly once by command id. See schema.sql."""

    datastore: Datastore

    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore
        self.database = datastore.database
        self.channel_name = self.database.channel
        self.queue = CommitQueue(self._commit)
        self._writers: deque[Writer] = deque()
        self._hint_due = threading.Event()
        self._closed = threading.Event()
        self._hinter = threading.Thread(target=self._send_hints, name="log-hints", daemon=True)
        self._hinter.start()

    # -- writing

    def append(self, append: Append) -> Outcome:
        return self.queue.submit(append)

    def append_all(self, appends: Sequence[Append]) -> list[Outcome | BaseException]:
        return self.queue.submit_all(appends)

    def _commit(self, batch: list[Append]) -> Sequence[Outcome | BaseException]:
        """One call for the whole batch. A batch the database will not take is tried one by one."""
        try:
            return self._call(batch)
        except psycopg.DatabaseError as error:
            if len(batch) == 1:
                return [error]
            return [self._commit([append])[0] for append in batch]

    def _call(self, batch: list[Append]) -> list[Outcome]:
        """After a lost connection the same call is repeated: the function knows what it has recorded."""
        parameters = statements.append_parameters(batch)
        deadline = time.monotonic() + PATIENCE
        pause = 0.01
        with self._writing() as writer:
            while True:
                try:
                    outcomes = writer.append(batch, parameters)
                except psycopg.OperationalError as error:
                    writer.drop()
                    if time.monotonic() > deadline:
                        raise StoreUnavailable from error
                    time.sleep(pause)
                    pause = min(pause * 2, 0.5)
                else:
                    self._hint_due.set()
                    return outcomes

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Writer]:
        """One for each leader that the queue lets in at once."""
        writer = self._writers.pop() if self._writers else Writer(self.database.connect)
        try:
            yield writer
        finally:
            self._writers.append(writer)

    def _send_hints(self) -> None:
        """Outside the append's transaction, where NOTIFY's own lock would halve the throughput; hints only,
        so a lost one costs a reader no more than its poll interval.
        """
        connection: psycopg.Connection | None = None
        while not self._closed.is_set():
            self._hint_due.wait()
            self._hint_due.clear()
            try:
                if connection is None or connection.closed:
                    connection = self.database.connect(prepare_threshold=0)
                connection.execute(statements.HINT, {"channel": self.channel_name})
                self._closed.wait(HINT_INTERVAL)
            except psycopg.OperationalError:
                connection = None
                self._closed.wait(0.5)
        if connection is not None:
            connection.close()

    # -- reading

    def stream(self, stream_id: UUID, after: int = 0, limit: int = 1_000) -> list[EventRow]:
        """A page of a stream."""
        return self._page(statements.STREAM, {"stream": stream_id, "after": after, "limit": limit})

    def streams(self, stream_ids: Collection[UUID]) -> list[EventRow]:
        return self._page(statements.STREAMS, {"streams": list(stream_ids)})

    def beginnings(self, stream_ids: Collection[UUID]) -> list[EventRow]:
        return self._page(statements.BEGINNINGS, {"streams": list(stream_ids)})

    def page(self, after: int, limit: int, names: Collection[str] = ()) -> list[EventRow]:
        """A page of the log."""
        if names:
            return self._page(statements.NAMED, {"after": after, "limit": limit, "names": list(names)})
        return self._page(statements.PAGE, {"after": after, "limit": limit})

    def command(self, command_id: UUID) -> list[EventRow]:
        return self._page(statements.COMMAND, {"command": command_id})

    def quiet_command(self, command_id: UUID) -> tuple[UUID, int, int] | None:
        """Stream, position and version of a command that decided nothing."""
        found = self.datastore.fetch(statements.QUIET_COMMAND, {"command": command_id})
        return (found[0][0], found[0][1], found[0][2]) if found else None

    def head(self) -> int:
        found = self.datastore.fetch(statements.HEAD)
        return int(found[0][0]) if found else 0

    def _page(self, statement: str, parameters: dict[str, Any]) -> list[EventRow]:
        return cast("list[EventRow]", self.datastore.fetch(statement, parameters, raw=True))

    def close(self) -> None:
        self._closed.set()
        self._hint_due.set()
        self._hinter.join()
        for writer in self._writers:
            writer.drop()
        self.datastore.close()

    # -- what the library's own applications call

    def create_table(self) -> None:
        self.database.install()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Raises IntegrityError unless every stream's versions follow on from what is recorded."""
        events = [
            EncodedEvent(_uuid(e.originator_id), e.originator_version, e.topic, 1, e.state, ())
            for e in stored_events
        ]
        versions: dict[UUID, int] = {}
        reached: dict[UUID, int] = {}
        for event in events:
            before = reached.get(event.stream_id, event.version - 1)
            if event.version != before + 1:
                raise IntegrityError("a stream's versions do not follow on from each other")
            versions.setdefault(event.stream_id, before)
            reached[event.stream_id] = event.version
        outcome = self.append(Append(Command(uuid7(), "library"), versions, events))
        if outcome.kind == "conflicted":
            raise IntegrityError("a stream is not at the version that the events follow on from")
        return range(outcome.position - len(events) + 1, outcome.position + 1)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        rows = self.stream(_uuid(originator_id), gt or 0, 2**31 - 1)
        found = [StoredEvent(UUID(bytes=r[1]), r[2], r[3], r[5]) for r in rows if lte is None or r[2] <= lte]
        return (found[::-1] if desc else found)[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = (start or 0) - (1 if inclusive_of_start and start else 0)
        rows = self.page(after, limit, topics)
        return [
            Notification(UUID(bytes=r[1]), r[2], r[3], r[5], r[0])
            for r in rows
            if stop is None or r[0] <= stop
        ]

    def max_notification_id(self) -> int | None:
        return self.head() or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return Following(self, gt, topics)


class Following(Subscription[Recorder]):
    """The library's subscription without its lost wake-ups: it looks for itself."""

    def __init__(self, recorder: Recorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder, gt, topics)
        self._stopping = threading.Event()
        self._found: deque[Notification] = deque()

    def stop(self) -> None:
        super().stop()
        self._stopping.set()

    def __next__(self) -> Notification:
        while not self._stopping.is_set():
            if self._found:
                self._last_notification_id = self._found[0].id
                return self._found.popleft()
            after = self._last_notification_id or 0
            self._found.extend(
                self._recorder.select_notifications(after, 500, topics=self._topics, inclusive_of_start=False)
            )
            if not self._found:
                self._stopping.wait(LIBRARY_POLL)
        raise StopIteration


class Shelf:
    """Wrapped keys in `subject_keys`."""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def fetch(self, subjects: Iterable[UUID]) -> dict[UUID, WrappedKey]:
        rows = self._datastore.fetch(statements.KEYS, {"subjects": list(subjects)})
        return {subject: WrappedKey(key, wrapped) for subject, key, wrapped in rows}

    def offer(self, keys: Mapping[UUID, WrappedKey]) -> dict[UUID, WrappedKey]:
        offered = {
            "subjects": list(keys),
            "keys": [key.key_id for key in keys.values()],
            "wrapped": [key.wrapped for key in keys.values()],
        }
        rows = self._datastore.fetch(statements.OFFER_KEYS, offered)
        return {subject: WrappedKey(key, wrapped) for subject, key, wrapped in rows}

    def destroy(self, subject: UUID) -> None:
        self._datastore.fetch(statements.DESTROY_KEY, {"subject": subject})


class Factory(library.PostgresFactory):
    """What the library's `InfrastructureFactory.construct` finds in this module."""

    def __init__(self, env: Any) -> None:
        InfrastructureFactory.__init__(self, env)
        database = Database(self.env["CHIRON_DATABASE_URL"], self.env.get("CHIRON_SCHEMA", "chiron"))
        self.datastore = Datastore(database)

    def application_recorder(self) -> Recorder:
        return Recorder(self.datastore)  # type: ignore[arg-type]  # ours, made in __init__

    def shelf(self) -> Shelf:
        return Shelf(self.datastore)  # type: ignore[arg-type]  # ours, made in __init__

    def event_mapper(self, keys: KeyVault) -> EventMapper:
        return EventMapper(keys)


def _uuid(given: UUID | str) -> UUID:
    return given if isinstance(given, UUID) else UUID(given)
