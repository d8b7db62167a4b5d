"""A meeting of a relationship: proposed, answered, confirmed, held or missed, and what is noted of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import TimeZone
from domain.words import Line, Text, Url, Value


class Slot(Value):
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=480)]


Slots = Annotated[tuple[Slot, ...], Field(min_length=1, max_length=10)]
People = Annotated[tuple[ParticipantId, ...], Field(max_length=100)]


class Answer(StrEnum):
    """As in iCalendar's PARTSTAT."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Visibility(StrEnum):
    """Who may read a note: who wrote it, the members, or whoever of the staff may read notes at all."""

    AUTHOR = "author"
    MEMBERS = "members"
    STAFF = "staff"


class Proposed(DomainEvent, name="meeting.proposed", subject="by"):
    """`time_zone` is where the times were meant; `series` has the meetings that recur together in common."""

    mentorship: MentorshipId
    by: ParticipantId
    slots: Slots
    time_zone: TimeZone
    title: Personal[Line | None] = None
    agenda: Personal[Text | None] = None
    place: Personal[Line | None] = None
    link: Personal[Url | None] = None
    series: UUID | None = None


class Described(DomainEvent, name="meeting.described", subject="by"):
    """What was said before it is replaced whole."""

    by: ParticipantId
    title: Personal[Line | None] = None
    agenda: Personal[Text | None] = None
    place: Personal[Line | None] = None
    link: Personal[Url | None] = None


class SlotsProposed(DomainEvent, name="meeting.slots_proposed"):
    """Other times; those proposed before no longer stand."""

    by: ParticipantId
    slots: Slots


class Answered(DomainEvent, name="meeting.answered"):
    by: ParticipantId
    answer: Answer


class Confirmed(DomainEvent, name="meeting.confirmed"):
    by: ParticipantId
    slot: Slot


class Rescheduled(DomainEvent, name="meeting.rescheduled"):
    """Answers given for the time before no longer count."""

    by: ParticipantId
    slot: Slot


class Cancelled(DomainEvent, name="meeting.cancelled", subject="by"):
    """`late`: less than a day before it. `by` None: it fell with its relationship, and there are no words."""

    by: ParticipantId | None = None
    late: bool = False
    reason: Personal[Text | None] = None


class Held(DomainEvent, name="meeting.held", subject="by"):
    """`attendance` are those who were there, `duration_minutes` how long it took in fact."""

    by: ParticipantId
    started_at: AwareDatetime
    duration_minutes: Annotated[int, Field(ge=1, le=1440)]
    attendance: People
    minutes: Personal[Text | None] = None


class Missed(DomainEvent, name="meeting.missed"):
    """It did not take place: `missed_by` did not come."""

    by: ParticipantId
    missed_by: Annotated[People, Field(min_length=1)]


class Noted(DomainEvent, name="meeting.noted", subject="by"):
    note: UUID
    by: ParticipantId
    text: Personal[Text]
    visibility: Visibility = Visibility.MEMBERS


# fmt: off
MeetingEvent = (
    Proposed | Described | SlotsProposed | Answered | Confirmed | Rescheduled | Cancelled | Held | Missed
    | Noted
)
# fmt: on


class Status(StrEnum):
    UNKNOWN = "unknown"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Meeting:
    """`slot` is the confirmed one; `answers` are about it, or about the slots proposed."""

    proposed: Proposed | None = None
    status: Status = Status.UNKNOWN
    described: Proposed | Described | None = None
    slots: tuple[Slot, ...] = ()
    slot: Slot | None = None
    answers: Mapping[ParticipantId, Answer] = field(default_factory=dict)
    notes: Mapping[UUID, Noted] = field(default_factory=dict)
    outcome: Held | Missed | Cancelled | None = None


def evolve(state: Meeting, event: MeetingEvent) -> Meeting:
    match event:
        case Proposed():
            return Meeting(event, Status.PROPOSED, event, event.slots)
        case Described():
            return replace(state, described=event)
        case SlotsProposed():
            return replace(state, slots=event.slots, answers={})
        case Answered():
            return replace(state, answers={**state.answers, event.by: event.answer})
        case Confirmed() | Rescheduled():
            agreed = {event.by: Answer.ACCEPTED}
            return replace(state, status=Status.CONFIRMED, slot=event.slot, answers=agreed)
        case Cancelled():
            return replace(state, status=Status.CANCELLED, outcome=event)
        case Held():
            return replace(state, status=Status.HELD, outcome=event)
        case Missed():
            return replace(state, status=Status.MISSED, outcome=event)
        case Noted():
            return replace(state, notes={**state.notes, event.note: event})
        case _:
            assert_never(event)


MEETING: Final = Aggregate("meeting", Meeting(), evolve)
