"""A meeting of a relationship: proposed, answered, confirmed, held or missed, and what is noted of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import TimeZone
from domain.refusal import Refusal
from domain.relationship import Relationship, refuse_ended, refuse_outsiders, refuse_unsigned
from domain.words import Line, Text, Url, Value, distinct

FARTHEST: Final = timedelta(days=730)
"""How far ahead a meeting can be."""
EARLY: Final = timedelta(days=1)
"""How long before its time a meeting may have been held."""
FEWEST: Final = 2
"""Who meet."""


class Slot(Value):
    starts_at: AwareDatetime
    minutes: Annotated[int, Field(ge=5, le=480)]


def _each_once(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    if not slots:
        raise ValueError("at least one time is needed")
    distinct((slot.starts_at for slot in slots), "time")
    return slots


Slots = Annotated[tuple[Slot, ...], Field(max_length=10), AfterValidator(_each_once)]
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
    """Other times; those proposed before no longer stand. A time agreed on stands until one of them is."""

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


OPEN: Final = frozenset({Status.PROPOSED, Status.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Meeting:
    """`slot` is the confirmed one; `answers` are about it, or about the slots proposed.

    `slots` are those that can be confirmed, `offered_by` who proposed them. `sequence` grows with each change
    that makes calendars ask again, as iCalendar's SEQUENCE.
    """

    proposed: Proposed | None = None
    status: Status = Status.UNKNOWN
    described: Proposed | Described | None = None
    slots: tuple[Slot, ...] = ()
    offered_by: ParticipantId | None = None
    slot: Slot | None = None
    sequence: int = 0
    answers: Mapping[ParticipantId, Answer] = field(default_factory=dict)
    notes: Mapping[UUID, Noted] = field(default_factory=dict)
    outcome: Held | Missed | Cancelled | None = None

    def begun(self, now: datetime) -> bool:
        """Whether the time agreed on has come."""
        return self.slot is not None and self.slot.starts_at <= now


class MeetingIsUnknown(Refusal):
    """There is no such meeting."""


class MeetingExists(Refusal):
    """Another meeting has been proposed under this id already."""


class MeetingIsOver(Refusal):
    """How this meeting went is recorded already: nothing about its time changes any more."""


class MeetingIsCancelled(Refusal):
    """This meeting has been cancelled. Propose another one."""


class MeetingIsNotOverYet(Refusal):
    """Record a meeting once it is over."""


class HeldTooEarly(Refusal):
    """This is more than a day before the time agreed on or proposed: it must have been another meeting."""


class NobodyElseCame(Refusal):
    """A meeting takes two at least: say who else was there, or who did not come."""


class MeetingIsNotConfirmed(Refusal):
    """No time has been agreed on yet: confirm one of those proposed, or propose others."""


class TimeHasPassed(Refusal):
    """This time has passed: choose one that is yet to come."""


class TimeIsTooFar(Refusal):
    """A meeting is at most {days} days ahead."""


def propose(state: Meeting, *, within: Relationship, proposed: Proposed, now: datetime) -> list[DomainEvent]:
    if state.proposed == proposed:
        return []
    refuse_strangers(within, proposed.by)
    if state.proposed is not None:
        raise MeetingExists
    refuse_times(proposed.slots, now)
    return [proposed]


def describe(state: Meeting, *, within: Relationship, described: Described) -> list[DomainEvent]:
    """By any of the members, until it is called off or recorded how it went."""
    refuse_strangers(within, described.by)
    held = open_or_refused(state).described
    if held is not None and _words(held) == _words(described):
        return []
    return [described]


def hold(state: Meeting, *, within: Relationship, held: Held, now: datetime) -> list[DomainEvent]:
    """It took place, once a time that was agreed on or proposed has come, as planned or otherwise."""
    if state.outcome == held:
        return []
    _refuse_recording(state, within, held.by, *held.attendance)
    begins = min(slot.starts_at for slot in ((state.slot,) if state.slot else state.slots))
    if begins > now or held.started_at > now - timedelta(minutes=held.duration_minutes):
        raise MeetingIsNotOverYet
    if held.started_at < begins - EARLY:
        raise HeldTooEarly
    if len(set(held.attendance)) < FEWEST:
        raise NobodyElseCame
    return [held]


def miss(state: Meeting, *, within: Relationship, missed: Missed, now: datetime) -> list[DomainEvent]:
    if state.outcome == missed:
        return []
    _refuse_recording(state, within, missed.by, *missed.missed_by)
    if state.slot is None:
        raise MeetingIsNotConfirmed
    if not state.begun(now):
        raise MeetingIsNotOverYet
    return [missed]


def note(state: Meeting, *, within: Relationship, noted: Noted) -> list[DomainEvent]:
    """Before it, and after it; of a cancelled one as well."""
    if noted.note in state.notes:
        return []
    refuse_strangers(within, noted.by)
    if state.proposed is None:
        raise MeetingIsUnknown
    return [noted]


def refuse_strangers(within: Relationship, *people: ParticipantId) -> None:
    refuse_ended(within)
    refuse_outsiders(within, *people)


def _refuse_recording(state: Meeting, within: Relationship, *people: ParticipantId) -> None:
    refuse_strangers(within, *people)
    refuse_unsigned(within)
    open_or_refused(state)


def open_or_refused(state: Meeting) -> Meeting:
    if state.proposed is None:
        raise MeetingIsUnknown
    if state.status is Status.CANCELLED:
        raise MeetingIsCancelled
    if state.status not in OPEN:
        raise MeetingIsOver
    return state


def refuse_times(slots: tuple[Slot, ...], now: datetime) -> None:
    for slot in slots:
        refuse_time(slot.starts_at, now)


def refuse_time(starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise TimeHasPassed
    if starts_at > now + FARTHEST:
        raise TimeIsTooFar(days=FARTHEST.days)


def _words(said: Proposed | Described) -> tuple[object, ...]:
    return said.title, said.agenda, said.place, said.link


def evolve(state: Meeting, event: MeetingEvent) -> Meeting:
    match event:
        case Proposed():
            accepts = {event.by: Answer.ACCEPTED}
            return Meeting(event, Status.PROPOSED, event, event.slots, event.by, answers=accepts)
        case Described():
            return replace(state, described=event)
        case SlotsProposed():
            return _offered(state, event)
        case Answered():
            return replace(state, answers={**state.answers, event.by: event.answer})
        case Confirmed() | Rescheduled():
            return _agreed(state, event)
        case Cancelled():
            return replace(state, status=Status.CANCELLED, outcome=event, sequence=state.sequence + 1)
        case Held():
            return replace(state, status=Status.HELD, outcome=event)
        case Missed():
            return replace(state, status=Status.MISSED, outcome=event)
        case Noted():
            return replace(state, notes={**state.notes, event.note: event})
        case _:
            assert_never(event)


def _offered(state: Meeting, event: SlotsProposed) -> Meeting:
    """Where a time stands already, calendars and answers keep to it."""
    offered = replace(state, slots=event.slots, offered_by=event.by)
    if state.slot is not None:
        return offered
    return replace(offered, answers={event.by: Answer.ACCEPTED}, sequence=state.sequence + 1)


def _agreed(state: Meeting, event: Confirmed | Rescheduled) -> Meeting:
    """Answers to a single time that was proposed are answers to it."""
    same = isinstance(event, Confirmed) and state.slot is None and state.slots == (event.slot,)
    return replace(
        state,
        status=Status.CONFIRMED,
        slot=event.slot,
        slots=(),
        offered_by=None,
        answers={**(state.answers if same else {}), event.by: Answer.ACCEPTED},
        sequence=state.sequence + 1,
    )


MEETING: Final = Aggregate("meeting", Meeting(), evolve)
