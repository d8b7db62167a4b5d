"""Small decisions on a participant's stream, for tests that are about the log and not about people."""

from uuid import UUID, uuid4

from domain.aggregate import Stream
from domain.command import Command
from domain.event import DomainEvent
from domain.participant import PARTICIPANT, AvailabilitySet, CompetencyOffered, Participant, Registered
from domain.refusal import Refusal

ADA = UUID("ada00000-0000-4000-8000-000000000001")
NOOR = UUID("40040000-0000-4000-8000-000000000002")


class NotToday(Refusal):
    """Not today."""


def command(command_id: UUID | None = None) -> Command:
    return Command(command_id or uuid4(), "tester")


def stream(person: UUID | None = None) -> Stream[Participant]:
    return PARTICIPANT.stream(person or uuid4())


def register(_: Participant, *, name: str) -> list[DomainEvent]:
    return [Registered(name=name, source="csv")]


def work(_: Participant, *, hours: int) -> list[DomainEvent]:
    """Records something whatever the state, so that every race would show."""
    return [AvailabilitySet(hours_a_month=hours)]


def work_again_and_again(_: Participant, *, times: int) -> list[DomainEvent]:
    return [AvailabilitySet(hours_a_month=hours % 100) for hours in range(times)]


def offer_once(state: Participant, *, competency: str) -> list[DomainEvent]:
    if competency.casefold() in state.offers:
        raise NotToday
    return [CompetencyOffered(competency=competency, level=3)]


def nothing(_: Participant) -> list[DomainEvent]:
    return []


def never(_: Participant) -> list[DomainEvent]:
    raise NotToday
