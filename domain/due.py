"""What falls due when nobody does anything, and on which days people are reminded of it: once a rung of a
ladder, of what was missed meanwhile only the highest.

Days in which a relationship rested, paused or ended, bring nothing nearer, neither a thing nor its next rung.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from domain.accountability_settings import Degree, Timers
from domain.event import DomainEvent
from domain.ids import NotificationId, ParticipantId, notification_id
from domain.mentorship import Mentorship
from domain.occasions import Occasion
from domain.program_settings import Milestone, Settings
from domain.relationship import Relationship, Status
from domain.surveying import Course

REMINDING: Final = frozenset({Degree.STANDARD, Degree.STRICT})
"""Who remind of what falls due where the programme says nothing of its own."""

AT_ONCE: Final = (0,)
"""Once, when it falls due."""

REMINDED_OF: Final = frozenset(
    {
        Occasion.WISH,
        Occasion.AGREEMENT,
        Occasion.MEETING,
        Occasion.MILESTONE,
        Occasion.CHECK_IN,
        Occasion.SURVEY,
        Occasion.SILENCE,
        Occasion.ENDING,
    }
)
"""Of what else there is a reminder only where the programme has a ladder for it."""

ESCALATED: Final = frozenset(
    {Occasion.AGREEMENT, Occasion.MEETING, Occasion.MILESTONE, Occasion.CHECK_IN, Occasion.ENDING}
)
"""What else is left unheeded settles itself: a wish goes on to the next, a survey lapses, silence ends it."""

FIRST_MEETING: Final = "meeting-1"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that one person has left undone.

    `about` is the stream it is about, `detail` tells it apart from others of the same occasion there;
    `since` is what its days are counted from.
    """

    occasion: Occasion
    about: UUID
    detail: str
    to: ParticipantId
    since: datetime


def ladder(settings: Settings, about: Occasion) -> tuple[int, ...]:
    """The days after it fell due on which it is reminded of: the programme's own, else its degree's."""
    own = {reminder.about: reminder.days for reminder in settings.communications.reminders}
    reminds = about in REMINDED_OF and settings.accountability.degree in REMINDING
    return own.get(about, AT_ONCE if reminds else ())


def rung(days: Sequence[int], *, overdue: timedelta, sent: int) -> int | None:
    """The highest that is due, if it is higher than the last one `sent`, which is 0 where none was."""
    reached = sum(timedelta(days=day) <= overdue for day in days)
    return reached if reached > sent else None


def escalates(settings: Settings, about: Occasion, *, sent: int, unheeded: timedelta) -> bool:
    """Whether the administrators hear of it: where accountability is strict, after the last rung."""
    accountability, days = settings.accountability, ladder(settings, about)
    if accountability.degree is not Degree.STRICT or about not in ESCALATED or not days:
        return False
    return sent >= len(days) and unheeded >= timedelta(days=accountability.timers.escalation)


def age(course: Course, since: datetime, now: datetime) -> timedelta:
    """How long the relationship has been active between the two."""
    return course.active(now) - course.active(since)


def overdue(
    thing: Thing, within: Relationship, held: Mentorship, *, course: Course, now: datetime
) -> timedelta | None:
    """For how long it has been due, less than nothing if not yet; None: it is settled, or never was a matter.

    By what the relationship's own stream says; whether people have met is written elsewhere.
    """
    if within.program is None or within.archived or within.status is not Status.RUNNING:
        return None
    timers = within.settings.accountability.timers
    match thing.occasion:
        case Occasion.AGREEMENT if thing.to in within.unsigned:
            waited = age(course, course.joined[thing.to], now)
            return waited - timedelta(days=timers.agreement_unsigned)
        case Occasion.MILESTONE:
            return _stuck(thing, within, held, course.active(now))
        case Occasion.MEETING if thing.to in within.members:
            return age(course, thing.since, now) - _until_next(timers, thing)
        case Occasion.CHECK_IN if thing.to in within.members:
            return now - thing.since
        case Occasion.SILENCE:
            return age(course, thing.since, now) - timedelta(days=timers.silence_warning)
        case Occasion.ENDING if thing.to in within.members:
            return now - datetime.combine(held.planned_end, time(), UTC)
        case _:
            return None


def _until_next(timers: Timers, thing: Thing) -> timedelta:
    first = thing.detail == FIRST_MEETING
    return timedelta(days=timers.first_meeting if first else timers.next_meeting)


def _stuck(thing: Thing, within: Relationship, held: Mentorship, active: timedelta) -> timedelta | None:
    """Only the next one: nobody is stuck at what comes after it."""
    coming = next_milestone(within.settings, held)
    if coming is None or coming.id != thing.detail or thing.to not in within.members:
        return None
    return active - timedelta(days=coming.due_day + within.settings.accountability.timers.milestone_stuck)


def next_milestone(settings: Settings, held: Mentorship) -> Milestone | None:
    """Of the plan that it keeps, the one due first that has not been reached."""
    open_ = (one for one in settings.plan.milestones if one.id not in held.milestones)
    return min(open_, key=lambda one: one.due_day, default=None)


def lapses(within: Relationship, *, unheeded: Sequence[timedelta]) -> bool:
    """Whether a silent relationship ends: all its members were warned, and each warning has gone unheeded."""
    wait = timedelta(days=within.settings.accountability.timers.silence_conclusion)
    return len(unheeded) == len(within.members) and all(since >= wait for since in unheeded)


def reminder_id(thing: Thing, number: int) -> NotificationId:
    """One notification a person, thing and rung."""
    return notification_id(thing.about, f"{thing.occasion} {thing.detail} {number}", thing.to)


def escalated(thing: Thing) -> str:
    """The detail of what administrators are told of it: once, whoever of the members has left it undone."""
    return f"{thing.occasion}-{thing.detail}"[:60]


def nothing(_: object) -> list[DomainEvent]:
    """The decision of a step that only guards."""
    return []
