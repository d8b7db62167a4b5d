"""What goes into the log and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.command import Command
from domain.event import DomainEvent


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """`position` is that of the command's last event, or the head of the log where it decided nothing."""

    kind: Literal["recorded", "repeated", "conflicted"]
    position: int = 0


class EventRow(NamedTuple):
    """A row of `recorded_events`, in its order. `erasure` is the number of the last erasure when it was read."""

    position: int
    stream_id: UUID
    version: int
    name: str
    schema_version: int
    state: bytes
    recorded_at: datetime
    command_id: UUID
    actor: str
    correlation_id: UUID
    cause: str
    subject_ids: list[UUID]
    erasure: int


@dataclass(slots=True, eq=False)
class RecordedEvent:
    """A recorded event with its envelope. `.event` decodes on first use and may raise EventUnreadable."""

    position: int
    stream_id: UUID
    version: int
    name: str
    schema_version: int
    state: bytes
    recorded_at: datetime
    command_id: UUID
    actor: str
    correlation_id: UUID
    cause: str
    subject_ids: list[UUID]
    erasure: int
    decode: Callable[["RecordedEvent"], DomainEvent] = field(repr=False)
    decoded: DomainEvent | None = None

    @property
    def event(self) -> DomainEvent:
        if self.decoded is None:
            self.decoded = self.decode(self)
        return self.decoded
