"""The log in memory: the library's `popo` recorder with the same promises, for tests without a database.

Chosen by PERSISTENCE_MODULE=domain.store.memory.
"""

import bisect
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from uuid import UUID, uuid4

from eventsourcing import popo as library
from eventsourcing.persistence import StoredEvent

from domain.store import arrays
from domain.store.keys import KeyVault, WrappedKey
from domain.store.mapper import EventMapper
from domain.store.records import Append, EventRow, Outcome


class Recorder(library.POPOApplicationRecorder):
    """The library keeps the stored events; the envelopes stand beside them, by position."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[EventRow] = []
        self._versions: dict[UUID, int] = {}
        self._commands: dict[UUID, tuple[UUID, int, int]] = {}
        self.shelf = Shelf()

    def append(self, append: Append) -> Outcome:
        with self._database_lock:
            if append.command.id in self._commands:
                return Outcome("repeated")
            if any(self._versions.get(stream, 0) != version for stream, version in append.versions.items()):
                return Outcome("conflicted")
            stored = [StoredEvent(e.stream_id, e.version, e.name, e.state) for e in append.events]
            positions = self.insert_events(stored) or []
            self._rows += self._envelopes(append, positions)
            for event in append.events:
                self._versions[event.stream_id] = event.version
            main = append.main_stream
            self._commands[append.command.id] = (main, len(self._rows), self._versions.get(main, 0))
            return Outcome("recorded", len(self._rows))

    def append_all(self, appends: Sequence[Append]) -> list[Outcome | BaseException]:
        return [self.append(append) for append in appends]

    def _envelopes(self, append: Append, positions: Sequence[int]) -> Iterable[EventRow]:
        command = append.command
        moment = arrays.microseconds(command.at or datetime.now(UTC))
        correlation = command.correlation_id or command.id
        for position, event in zip(positions, append.events, strict=True):
            stream, version, name, schema, state, subjects = event
            yield (
                position, stream.bytes, version, name, schema, state, moment, command.id.bytes, command.actor,
                correlation.bytes, command.cause, arrays.uuids(subjects), 0,
            )  # fmt: skip

    def stream(self, stream_id: UUID, after: int = 0, limit: int = 1_000) -> list[EventRow]:
        rows = (row for row in list(self._rows) if row[1] == stream_id.bytes and row[2] > after)
        return self._read(itertools.islice(rows, limit))

    def streams(self, stream_ids: Collection[UUID]) -> list[EventRow]:
        wanted = {stream_id.bytes for stream_id in stream_ids}
        return self._read(sorted((row for row in list(self._rows) if row[1] in wanted), key=itemgetter(1, 2)))

    def beginnings(self, stream_ids: Collection[UUID]) -> list[EventRow]:
        return [row for row in self.streams(stream_ids) if row[2] == 1]

    def page(self, after: int, limit: int, names: Collection[str] = ()) -> list[EventRow]:
        start = bisect.bisect_right(self._rows, after, key=itemgetter(0))
        rows = (row for row in self._rows[start:] if not names or row[3] in names)
        return self._read(itertools.islice(rows, limit))

    def command(self, command_id: UUID) -> list[EventRow]:
        return self._read(row for row in list(self._rows) if row[7] == command_id.bytes)

    def _read(self, rows: Iterable[EventRow]) -> list[EventRow]:
        return [(*row[:-1], self.shelf.erasures) for row in rows]

    def quiet_command(self, command_id: UUID) -> tuple[UUID, int, int] | None:
        return self._commands.get(command_id)

    def head(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        """Nothing to give back."""


class Shelf:
    """Wrapped keys in a dictionary."""

    def __init__(self) -> None:
        self._keys: dict[UUID, WrappedKey] = {}
        self.erasures = 0

    def fetch(self, subjects: Iterable[UUID]) -> dict[UUID, WrappedKey]:
        return {subject: self._keys[subject] for subject in subjects if subject in self._keys}

    def offer(self, keys: Mapping[UUID, WrappedKey]) -> dict[UUID, WrappedKey]:
        return {subject: self._keys.setdefault(subject, key) for subject, key in keys.items()}

    def destroy(self, subject: UUID) -> None:
        if self._keys.get(subject, WrappedKey(subject, b"")).wrapped is not None:
            self._keys[subject] = WrappedKey(uuid4(), None)
            self.erasures += 1


class Factory(library.POPOFactory):
    """What the library's `InfrastructureFactory.construct` finds in this module."""

    def application_recorder(self) -> Recorder:
        self._recorder = Recorder()
        return self._recorder

    def shelf(self) -> Shelf:
        return self._recorder.shelf

    def event_mapper(self, keys: KeyVault) -> EventMapper:
        return EventMapper(keys)
