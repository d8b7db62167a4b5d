"""Which surveys fall due in a relationship: by the settings it keeps, and by how long it has been active.

Days in which it rested, paused or ended, bring no survey nearer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from domain.event import DomainEvent
from domain.ids import MeetingId, ParticipantId
from domain.mentorship import (
    Began,
    Concluded,
    EndedEarly,
    HandedOver,
    MemberJoined,
    MemberLeft,
    Paused,
    Reopened,
    Resumed,
)
from domain.program_settings import Side
from domain.relationship import Relationship, Status
from domain.survey import Asked
from domain.survey_forms import SurveyForm, SurveyKind, SurveyQuestion

Spell = tuple[datetime, datetime | None]
"""From when until when a relationship was active; None: it still is."""
Surveys = list[tuple[str, Asked]]
"""Each with its occurrence, which `ids.survey_id` makes the survey's id of."""

_OVER: Final = frozenset({Status.CONCLUDED, Status.ENDED_EARLY})
"""What has been handed over goes on elsewhere, and is evaluated there."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a relationship went: when it was active, since when its members are in it, and its last end."""

    spells: tuple[Spell, ...] = ()
    joined: Mapping[ParticipantId, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    ends: int = 0

    def active(self, now: datetime) -> timedelta:
        """How long it was active by then."""
        return sum(
            (min(until or now, now) - since for since, until in self.spells if since < now), timedelta()
        )

    def reached(self, active: timedelta) -> datetime | None:
        """When it had been active for so long; None: not yet, if it ends with what is known."""
        for since, until in self.spells:
            if until is None or until - since >= active:
                return since + active
            active -= until - since
        return None


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """`at` is when it was recorded that it was held."""

    meeting: MeetingId
    at: datetime
    attendance: tuple[ParticipantId, ...]


def course_of(lived: Iterable[tuple[datetime, DomainEvent]]) -> Course:
    """Of the relationship's events, each with the moment at which it was recorded."""
    course = Course()
    for at, event in lived:
        course = _lived(course, at, event)
    return course


def _lived(course: Course, at: datetime, event: DomainEvent) -> Course:
    match event:
        case Began():
            joined = {member.participant: at for member in event.members}
            return replace(course, spells=((at, None),), joined=joined)
        case MemberJoined():
            return replace(course, joined={**course.joined, event.member.participant: at})
        case MemberLeft():
            staying = {who: since for who, since in course.joined.items() if who != event.participant}
            return replace(course, joined=staying)
        case Paused():
            return _rested(course, at)
        case Concluded() | EndedEarly() | HandedOver():
            return replace(_rested(course, at), ended_at=at, ends=course.ends + 1)
        case Resumed() | Reopened():
            rested = _rested(course, at)
            return replace(rested, spells=(*rested.spells, (at, None)), ended_at=None)
        case _:
            return course


def _rested(course: Course, at: datetime) -> Course:
    """What rests already rests on."""
    *before, (since, until) = course.spells
    return replace(course, spells=(*before, (since, until or at)))


def due_surveys(
    within: Relationship, *, course: Course, now: datetime, last_held: HeldMeeting | None = None
) -> Surveys:
    """Of what has fallen due, only the newest: nobody is asked later for what an outage has held up.

    Whoever came later than it fell due is not asked. Asked again, a survey of the same occurrence is no news.
    """
    if within.program is None or within.archived:
        return []
    if within.status in _OVER:
        return list(_closing(within, course, now))
    if within.status is not Status.RUNNING:
        return []
    return [*_by_days(within, course, now), *_after_meeting(within, now, last_held)]


def _by_days(within: Relationship, course: Course, now: datetime) -> Iterator[tuple[str, Asked]]:
    timers = within.settings.accountability.timers
    first, every = timedelta(days=timers.first_survey), timedelta(days=timers.survey_every)
    times = (course.active(now) - first) // every
    if times >= 0 and (fell_due := course.reached(first + times * every)):
        kind = SurveyKind.RECURRING if times else SurveyKind.FIRST
        people = [who for who, since in course.joined.items() if since <= fell_due]
        yield from asked(within, kind, occurrence_of(kind, times), people, now)


def _after_meeting(
    within: Relationship, now: datetime, held: HeldMeeting | None
) -> Iterator[tuple[str, Asked]]:
    """Of those who were there, while it could still have been answered if it had been asked at once."""
    open_ = timedelta(days=within.settings.accountability.timers.survey_open)
    if held and held.at <= now < held.at + open_:
        occurrence = f"{SurveyKind.MEETING} {held.meeting}"
        yield from asked(within, SurveyKind.MEETING, occurrence, held.attendance, now, meeting=held.meeting)


def _closing(within: Relationship, course: Course, now: datetime) -> Iterator[tuple[str, Asked]]:
    """Not of what ended long before anybody asked: after as many days as lie between two surveys."""
    late = timedelta(days=within.settings.accountability.timers.survey_every)
    if course.ended_at and course.ended_at <= now < course.ended_at + late:
        occurrence = occurrence_of(SurveyKind.CLOSING, course.ends - 1)
        yield from asked(within, SurveyKind.CLOSING, occurrence, course.joined, now)


def occurrence_of(kind: SurveyKind, times: int) -> str:
    """`first`, `recurring 2`; the second end of what was reopened is `closing 1`."""
    return f"{kind} {times}" if times else str(kind)


def asked(
    within: Relationship,
    kind: SurveyKind,
    occurrence: str,
    people: Iterable[ParticipantId],
    now: datetime,
    *,
    meeting: MeetingId | None = None,
) -> Iterator[tuple[str, Asked]]:
    """One for each of these people who is a member; none where the programme asks none of this kind."""
    form = within.settings.accountability.asks(kind)
    if form is None:
        return
    for who in people:
        if who in within.members:
            yield occurrence, survey_for(within, who, form, now, meeting=meeting)


def survey_for(
    within: Relationship,
    who: ParticipantId,
    form: SurveyForm,
    now: datetime,
    *,
    meeting: MeetingId | None = None,
) -> Asked:
    """What this member is asked by the form."""
    return Asked(
        mentorship=within.mentorship,
        program=within.program,
        to=who,
        kind=form.kind,
        questions=_questions(within, who, form),
        due=now.date() + timedelta(days=within.settings.accountability.timers.survey_open),
        meeting=meeting,
    )


def _questions(within: Relationship, who: ParticipantId, form: SurveyForm) -> tuple[SurveyQuestion, ...]:
    """Mentees say how their mentor does where they have one: among peers, nobody does."""
    mentored = within.members.get(who) is Side.MENTEE and Side.MENTOR in within.members.values()
    return tuple(question for question in form.questions if mentored or not question.of_mentees)
