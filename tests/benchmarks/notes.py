"""The smallest aggregate there is, for measuring the store and nothing else: notes about a person."""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal

EVENTS_A_STREAM = 10
TEXT = "Met about the quarterly plan; agreed on two goals and a date. " * 2


class Noted(DomainEvent, name="benchmark.noted"):
    person: UUID
    text: str


class NotedInConfidence(DomainEvent, name="benchmark.noted_in_confidence", subject="person"):
    """The same with its text encrypted under the person's key."""

    person: UUID
    text: Personal[str]


NoteEvent = Noted | NotedInConfidence


@dataclass(frozen=True, slots=True)
class Notes:
    count: int = 0


def note(state: Notes, *, person: UUID, text: str) -> list[NoteEvent]:
    return [Noted(person=person, text=text)]


def note_in_confidence(state: Notes, *, person: UUID, text: str) -> list[NoteEvent]:
    return [NotedInConfidence(person=person, text=text)]


def evolve(state: Notes, event: NoteEvent) -> Notes:
    match event:
        case Noted() | NotedInConfidence():
            return Notes(state.count + 1)
    assert_never(event)


NOTES = Aggregate("benchmark", Notes(), evolve)
