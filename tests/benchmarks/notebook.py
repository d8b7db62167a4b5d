"""Our side of reading and read models: a store with notes in its log, and a read model of them."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID, uuid4

import uuid_utils.compat

from domain.command import Command
from domain.refusal import Refusal
from domain.store import Act, Database, KeyRing, Store
from domain.store.records import RecordedEvent
from projections import runner
from projections.projection import Projection, install
from projections.statements import Statements
from tests.benchmarks.figures import Incomplete
from tests.benchmarks.notes import EVENTS_A_STREAM, NOTES, Noted, NoteEvent
from tests.benchmarks.server import Server

STREAMS_AT_ONCE = 100

KEEP: Final = """
INSERT INTO notes_kept AS kept VALUES (%(stream)s, %(person)s, 1, %(text)s)
ON CONFLICT (stream_id) DO UPDATE SET notes = kept.notes + 1, last_text = excluded.last_text
"""


def _keep(statements: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, Noted)
    statements.execute(KEEP, {"stream": recorded.stream_id, "person": event.person, "text": event.text})


KEPT: Final = Projection(
    name="notes_kept",
    version=1,
    ddl="CREATE TABLE notes_kept (stream_id uuid PRIMARY KEY, person_id uuid, notes int, last_text text)",
    tables=("notes_kept",),
    names=frozenset({Noted.event_name}),
    apply=_keep,
)


def ten_notes(state: object, *, make: Callable[[], NoteEvent]) -> Sequence[NoteEvent]:
    return [make() for _ in range(EVENTS_A_STREAM)]


class Notebook:
    """A store with `events` notes in its log, ten to a stream."""

    def __init__(self, server: Server, database: str, events: int) -> None:
        self.database, self.events = Database(server.database(database)), events
        self.database.install()
        self.store = Store.open(self.database, KeyRing.random())
        install(self.database, [KEPT])
        for _ in range(events // EVENTS_A_STREAM // STREAMS_AT_ONCE):
            acts = [self._ten_notes(uuid4()) for _ in range(STREAMS_AT_ONCE)]
            refused = [result for result in self.store.act_all(acts) if isinstance(result, Refusal)]
            if refused:
                raise refused[0]

    def _ten_notes(self, person: UUID) -> Act:
        command = Command(uuid_utils.compat.uuid7(), "benchmark")
        return Act(command, NOTES.stream(person), ten_notes, {"make": lambda: Noted(person=person)})

    def keep_up(self) -> None:
        runner.catch_up(self.database, self.store, [KEPT])

    def start_over(self) -> None:
        with self.database.connect() as connection:
            connection.execute("TRUNCATE notes_kept")
            connection.execute(
                "UPDATE projections SET position = 0 WHERE name = %(name)s", {"name": KEPT.name}
            )

    def check_kept(self) -> str:
        """The read model must equal what the log itself says."""
        said: dict[UUID, int] = {}
        for recorded in self.store.log():
            said[recorded.stream_id] = said.get(recorded.stream_id, 0) + 1
        with self.database.connect() as connection:
            kept: dict[UUID, int] = dict(
                connection.execute("SELECT stream_id, notes FROM notes_kept").fetchall()
            )
        if kept != said or sum(kept.values()) != self.events:
            raise Incomplete(f"the read model holds {sum(kept.values())} of {self.events} notes")
        return f"{self.events:,} events once each, equal to the log"

    def close(self) -> None:
        self.store.close()
