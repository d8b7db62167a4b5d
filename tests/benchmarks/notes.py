"""A small aggregate for measuring the store and nothing else: notes of a person's meetings.

Its events are of the product's usual kind: two ids, a moment, a number and a sentence or two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal

EVENTS_A_STREAM = 10
TEXT = "Met about the quarterly plan; agreed on two goals and a date. " * 2


PROGRAM = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
MOMENT = datetime(2025, 3, 14, 9, 26, 53, tzinfo=UTC)
MINUTES = 45


class Noted(DomainEvent, name="benchmark.noted"):
    person: UUID
    program: UUID = PROGRAM
    held_at: datetime = MOMENT
    minutes: int = MINUTES
    text: str = TEXT


class NotedInConfidence(DomainEvent, name="benchmark.noted_in_confidence", subject="person"):
    """The same with its text encrypted under the person's key."""

    person: UUID
    program: UUID = PROGRAM
    held_at: datetime = MOMENT
    minutes: int = MINUTES
    text: Personal[str] = TEXT


NoteEvent = Noted | NotedInConfidence


@dataclass(frozen=True, slots=True)
class Notes:
    count: int = 0


def note(state: Notes, *, person: UUID) -> list[NoteEvent]:
    return [Noted(person=person)]


def evolve(state: Notes, event: NoteEvent) -> Notes:
    match event:
        case Noted() | NotedInConfidence():
            return Notes(state.count + 1)
    assert_never(event)


NOTES = Aggregate("benchmark", Notes(), evolve)
