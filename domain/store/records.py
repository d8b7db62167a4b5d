"""What goes into the log and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from domain.command import Command
from domain.event import DomainEvent
from domain.store.arrays import unpack_uuids


class EncodedEvent(NamedTuple):
    """An event as it will be stored; position and moment are the log's to give."""

    stream_id: UUID
    version: int
    name: str
    schema_version: int
    state: bytes
    subject_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Append:
    """What one command wants recorded, provided that every stream it read is still at the version it read."""

    command: Command
    versions: dict[UUID, int]
    events: list[EncodedEvent]

    @property
    def main_stream(self) -> UUID:
        return next(iter(self.versions))

    @property
    def writes(self) -> set[UUID]:
        """What no other command of the same batch may read; its own id too, which makes it happen once."""
        return {self.command.id, *(event.stream_id for event in self.events)}

    @property
    def touches(self) -> set[UUID]:
        return {self.command.id, *self.versions}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`position` is that of the command's last event, or the head of the log where it decided nothing."""

    kind: Literal["recorded", "repeated", "conflicted"]
    position: int = 0


EventRow = tuple[int, bytes, int, str, int, bytes, int, bytes, str, bytes, str, bytes, int]
"""A row of `recorded_events` in its order, with ids, moment and subjects as PostgreSQL sends them: most
readers want the event and its place, and decoding the rest for nobody costs more than decoding the event.
"""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_MS = int(_EPOCH.timestamp() * 1000)


class RecordedEvent(NamedTuple):
    """A recorded event with its envelope. `erasure` is the number of the last erasure when it was read."""

    position: int
    raw_stream_id: bytes
    version: int
    name: str
    schema_version: int
    state: bytes
    raw_recorded_at: int
    raw_command_id: bytes
    actor: str
    raw_correlation_id: bytes
    cause: str
    raw_subject_ids: bytes
    erasure: int
    decode: Callable[["RecordedEvent"], DomainEvent]

    @property
    def event(self) -> DomainEvent:
        """Decoded at each use. Raises EventUnreadable."""
        return self.decode(self)

    @property
    def stream_id(self) -> UUID:
        return UUID(bytes=self.raw_stream_id)

    @property
    def recorded_at(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.raw_recorded_at)

    @property
    def recorded_ms(self) -> int:
        """The same in milliseconds since 1970, as Kafka and scripts count."""
        return _EPOCH_MS + self.raw_recorded_at // 1000

    @property
    def command_id(self) -> UUID:
        return UUID(bytes=self.raw_command_id)

    @property
    def correlation_id(self) -> UUID:
        return UUID(bytes=self.raw_correlation_id)

    @property
    def subject_ids(self) -> tuple[UUID, ...]:
        return unpack_uuids(self.raw_subject_ids)
