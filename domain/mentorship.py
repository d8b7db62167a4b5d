"""A mentorship: a relationship between mentors and mentees, from its beginning on."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import ParticipantId, ProgramId, ProposalId
from domain.program_settings import RelationshipType, Side
from domain.refusal import Refusal
from domain.words import Value


class Member(Value):
    participant: ParticipantId
    role: Side


class Began(DomainEvent, name="mentorship.began"):
    """The terms are those of this version of the programme, until the mentorship is migrated."""

    program: ProgramId
    settings_version: int
    type: RelationshipType
    members: Annotated[tuple[Member, ...], Field(min_length=2, max_length=100)]
    planned_end: date
    proposal: ProposalId


MentorshipEvent = Began


@dataclass(frozen=True, slots=True)
class Mentorship:
    began: Began | None = None


class MentorshipExists(Refusal):
    """This mentorship has begun already."""


def begin(state: Mentorship, *, began: Began) -> list[DomainEvent]:
    if state.began is None:
        return [began]
    if state.began != began:
        raise MentorshipExists
    return []


def evolve(state: Mentorship, event: MentorshipEvent) -> Mentorship:
    match event:
        case Began():
            return Mentorship(began=event)
        case _:
            assert_never(event)


MENTORSHIP: Final = Aggregate("mentorship", Mentorship(), evolve)
