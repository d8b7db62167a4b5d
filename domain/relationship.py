"""A relationship as everything that happens within it reads it: who is in it now, how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from domain.admission import ProgramIsArchived
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.program_settings import Settings, Side
from domain.refusal import Refusal
from domain.words import Value


class Status(StrEnum):
    UNKNOWN = "unknown"
    RUNNING = "running"
    PAUSED = "paused"
    CONCLUDED = "concluded"
    ENDED_EARLY = "ended_early"
    HANDED_OVER = "handed_over"


RUNNING: Final = frozenset({Status.RUNNING, Status.PAUSED})


class Sharing(StrEnum):
    """How far beyond the relationship something may be found, and whether with the name of who said it."""

    MEMBERS = "members"
    ANONYMOUS = "anonymous"
    NAMED = "named"


class Member(Value):
    participant: ParticipantId
    role: Side


Rating = Annotated[int, Field(ge=1, le=5)]


@dataclass(frozen=True, slots=True)
class Relationship:
    """`settings` are those of the programme's version that it keeps; outside any programme, the defaults.

    `unsigned` are the members whose signature the agreement still needs.
    """

    mentorship: MentorshipId
    program: ProgramId | None
    settings: Settings
    settings_version: int
    members: Mapping[ParticipantId, Side]
    status: Status
    unsigned: frozenset[ParticipantId] = frozenset()
    archived: bool = False


class RelationshipIsUnknown(Refusal):
    """There is no such relationship."""


class RelationshipHasEnded(Refusal):
    """This relationship has ended; nothing can be added to it any more."""


class NotInThisRelationship(Refusal):
    """This person is not in the relationship, or no longer."""


class AgreementIsUnsigned(Refusal):
    """Not everybody has signed the agreement of this relationship; until then no session counts."""


def refuse_ended(within: Relationship) -> None:
    """Nothing is added to what has ended, nor in an archived programme. A pause stops nobody."""
    if within.status is Status.UNKNOWN:
        raise RelationshipIsUnknown
    if within.archived:
        raise ProgramIsArchived
    if within.status not in RUNNING:
        raise RelationshipHasEnded


def refuse_outsiders(within: Relationship, *people: ParticipantId) -> None:
    if not set(people) <= set(within.members):
        raise NotInThisRelationship


def refuse_unsigned(within: Relationship) -> None:
    if within.unsigned:
        raise AgreementIsUnsigned
