"""What is assigned in a paused relationship of the small organisation, beyond what its history tells."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from domain import assignment as a
from domain.aggregate import Aggregate
from domain.assignment import ASSIGNMENT
from domain.event import DomainEvent
from domain.ids import ParticipantId, ResourceId
from tests.api.history_told import GUIDE
from tests.api.mentorships_told import CIRCLE
from tests.api.proposed import NAMES

READ, LISTEN, WRITE = (uuid5(NAMES, f"assigned: {word}") for word in ("read", "listen", "write"))
TOLD: Final = (READ, LISTEN, WRITE)

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _circle(ada: ParticipantId, noor: ParticipantId) -> Lives:
    to_noor: dict[str, Any] = {"mentorship": CIRCLE, "to": noor}
    guide, reason = ResourceId(GUIDE), 'And what did you "hear"?'
    yield READ, [a.Suggested(**to_noor, by=noor, title="Read <it>", task="reading", resource=guide)]
    listen = a.Assigned(**to_noor, by=ada, title="Listen", description="Well", due=date(2026, 1, 20))
    handed_in = a.Submitted(by=noor, text="Heard", resource=guide)
    yield LISTEN, [listen, a.Started(by=noor), handed_in, a.Returned(by=ada, reason=reason)]
    write = a.Assigned(**to_noor, by=ada, title="Write", due=date(2027, 12, 31))
    yield WRITE, [write, a.Dropped()]


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    return [(ASSIGNMENT, _circle(people["Ada"], people["Noor"]))]
