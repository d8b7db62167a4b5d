"""An aggregate: one kind of stream, and how its events fold into the state its rules read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.event import DomainEvent

State = TypeVar("State")
Decision = Callable[..., Sequence[DomainEvent]]


@dataclass(frozen=True, slots=True)
class Aggregate(Generic[State]):
    """`category` is the first word of every event name in its streams.

    `remembered`: they may be long, and no state of theirs holds anything personal, so the store may keep it.
    """

    category: str
    initial: State
    evolve: Callable[[State, Any], State]
    remembered: bool = False

    def has(self, event_name: str) -> bool:
        """An id from outside may be that of something else, whose events `evolve` does not know."""
        return event_name.startswith(f"{self.category}.")

    def stream(self, stream_id: UUID) -> "Stream[State]":
        return Stream(self, stream_id)


@dataclass(frozen=True, slots=True)
class Stream(Generic[State]):
    """One life: the consistency boundary that a decision is taken in."""

    aggregate: Aggregate[State]
    id: UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One stream's part in a command. A decision of nothing still guards the stream against change.

    `guard` says beforehand that it will decide nothing: such steps on one stream never wait for each other.
    """

    stream: Stream[Any]
    decision: Decision
    arguments: Mapping[str, Any] = field(default_factory=dict)
    guard: bool = False
