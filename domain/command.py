"""Who wants something and why: what stands in the envelope of every event, never in the event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from domain.event import DomainEvent

Cause = Literal["command", "timer", "rule", "sync"]


@dataclass(frozen=True, slots=True)
class Command:
    """`id` makes it happen exactly once; `actor` is a pseudonymous id, never a name.

    `at` backdates the record (simulations, imports of a past); None is the database's clock.
    """

    id: UUID
    actor: str
    correlation_id: UUID | None = None
    cause: Cause = "command"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`position` is in the log, `version` in the (first) stream; a repeated command has its first one."""

    position: int
    version: int
    events: tuple[DomainEvent, ...]
    repeated: bool = False
