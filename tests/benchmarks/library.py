"""The eventsourcing library used as its documentation says: the peer of reading and of read models."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import AggregateEvent
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from tests.benchmarks.append_peers import environment
from tests.benchmarks.figures import Incomplete
from tests.benchmarks.notes import EVENTS_A_STREAM, MINUTES, MOMENT, PROGRAM, TEXT
from tests.benchmarks.server import Server

PAGE = 1_000


@dataclass(frozen=True)
class NoteMade(AggregateEvent):
    """The same fields as `Noted` has."""

    person: UUID
    program: UUID
    held_at: datetime
    minutes: int
    text: str


class Notebook(Application[UUID]):
    """Aggregates are nothing the two benchmarks touch: they read events."""


class NotesView(PostgresTrackingRecorder):
    """How many notes each stream has: a doubled event, or a lost one, shows in the count."""

    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        table = {"schema": Identifier(datastore.schema), "table": Identifier("notes_kept")}
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {schema}.{table}"
                " (stream_id uuid PRIMARY KEY, person_id uuid, notes int, last_text text)"
            ).format(**table)
        )
        self.upsert = SQL(
            "INSERT INTO {schema}.{table} AS kept VALUES (%s, %s, 1, %s)"
            " ON CONFLICT (stream_id) DO UPDATE SET notes = kept.notes + 1, last_text = excluded.last_text"
        ).format(**table)

    def keep(self, event: NoteMade, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.upsert, (event.originator_id, event.person, event.text), prepare=True)


class NotesProjection(Projection[NotesView]):
    name = "notes"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        self.view.keep(domain_event, tracking)


class Library:
    """An application with `events` notes in its log, ten to a stream."""

    def __init__(self, server: Server, database: str, events: int) -> None:
        self.url, self.events = server.database(database), events
        self.environment = environment(server, database)
        self.application = Notebook(self.environment)
        for _ in range(events // EVENTS_A_STREAM // 10):
            streams = [uuid4() for _ in range(10)]
            self.application.recorder.insert_events(
                [
                    self._stored(stream, version)
                    for stream in streams
                    for version in range(1, EVENTS_A_STREAM + 1)
                ]
            )

    def _stored(self, stream: UUID, version: int) -> Any:
        made = NoteMade(
            originator_id=stream,
            originator_version=version,
            timestamp=datetime.now(UTC),
            person=stream,
            program=PROGRAM,
            held_at=MOMENT,
            minutes=MINUTES,
            text=TEXT,
        )
        return self.application.mapper.to_stored_event(made)

    def log(self) -> Iterator[tuple[int, NoteMade]]:
        """Every event, decoded, in pages, as the library's notification log reads them."""
        after = 0
        while page := self.application.recorder.select_notifications(after + 1, PAGE):
            for notification in page:
                yield notification.id, cast("NoteMade", self.application.mapper.to_domain_event(notification))
            after = page[-1].id

    def keep_up(self) -> None:
        """Run the library's projection runner over the whole log; it stops when the last event is tracked."""
        with ProjectionRunner(
            application_class=Notebook,
            projection_class=NotesProjection,
            view_class=NotesView,
            env=self.environment,
        ) as runner:
            runner.wait(self.application.recorder.max_notification_id(), timeout=120)
            runner.view.datastore.close()

    def start_over(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS notes_kept, notes_tracking")

    def check_kept(self) -> str:
        kept = self.kept()
        if set(kept.values()) != {EVENTS_A_STREAM} or sum(kept.values()) != self.events:
            raise Incomplete(f"the library's view holds {sum(kept.values())} of {self.events} notes")
        return f"{self.events:,} events once each"

    def kept(self) -> dict[UUID, int]:
        with psycopg.connect(self.url) as connection:
            return dict(connection.execute("SELECT stream_id, notes FROM notes_kept").fetchall())

    def close(self) -> None:
        self.application.close()
