"""Which surveys fall due when: by days of activity, after meetings, and after the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import assume
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.accountability_settings import AccountabilitySettings, Degree, Timers
from domain.event import DomainEvent
from domain.ids import MeetingId, MentorshipId
from domain.mentorship import (
    Concluded,
    EndedEarly,
    EndReason,
    Extended,
    HandedOver,
    MemberJoined,
    MemberLeft,
    Outcome,
    Paused,
    Reopened,
    Resumed,
)
from domain.program_settings import Settings
from domain.relationship import Relationship
from domain.survey import Asked
from domain.survey_forms import DEFAULT_FORMS, SurveyForm, SurveyKind
from domain.surveying import Course, HeldMeeting, course_of, due_surveys, survey_for
from tests.domain.related import AROUND, ASIDE, BEGAN, PLANNED_END, began, mentee, within
from tests.people import ADA, KIM, LIN, NOOR, SAM

START: Final = datetime(2030, 1, 1, 9, tzinfo=UTC)
MEETING: Final = MeetingId(UUID(int=0x3EE7))
STANDARD: Final = AccountabilitySettings()
AFTER_MEETINGS: Final = AccountabilitySettings(surveys=(DEFAULT_FORMS[SurveyKind.MEETING],))
Lived = list[tuple[float, DomainEvent]]

PAUSED, RESUMED = Paused(until=PLANNED_END), Resumed()
CONCLUDED, REOPENED = Concluded(outcome=Outcome.ACHIEVED), Reopened(until=PLANNED_END)
ENDED_EARLY: Final = EndedEarly(by=NOOR.id, reason=EndReason.NO_TIME)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def due(
    now: float,
    *lived: tuple[float, DomainEvent],
    first: Any = BEGAN,
    held: HeldMeeting | None = None,
    archived: bool = False,
    accountability: AccountabilitySettings = STANDARD,
) -> list[tuple[str, Asked]]:
    settings = Settings(accountability=accountability)
    related = within(*(event for _, event in lived), settings=settings, first=first, archived=archived)
    course = course_of([(day(0), first), *((day(number), event) for number, event in lived)])
    return due_surveys(related, course=course, now=day(now), last_held=held)


def told(surveys: list[tuple[str, Asked]]) -> set[tuple[str, Any]]:
    return {(occurrence, asked.to) for occurrence, asked in surveys}


def both(occurrence: str) -> set[tuple[str, Any]]:
    return {(occurrence, ADA.id), (occurrence, NOOR.id)}


@pytest.mark.parametrize(
    ("now", "occurrence"),
    [(30, "first"), (89.9, "first"), (90, "recurring 1"), (149, "recurring 1"), (150, "recurring 2")],
)
def test_after_thirty_days_and_every_sixty_the_newest_is_due(now: float, occurrence: str) -> None:
    assert told(due(now)) == both(occurrence)


def test_nothing_is_due_before_its_day() -> None:
    assert due(29.9) == []


def test_days_of_a_pause_and_of_an_end_bring_no_survey_nearer() -> None:
    rested = (
        (10, PAUSED),
        (15, Extended(until=PLANNED_END)),
        (20, RESUMED),
        (25, CONCLUDED),
        (45, REOPENED),
    )
    assert due(59.9, *rested) == []
    assert told(due(60, *rested)) == both("first")


def test_nobody_is_asked_in_a_pause() -> None:
    assert due(40, (29, PAUSED)) == []
    assert due(40, (31, PAUSED)) == []


@pytest.mark.parametrize("end", [CONCLUDED, ENDED_EARLY])
def test_after_the_end_the_closing_evaluation_is_due(end: DomainEvent) -> None:
    assert told(due(50, (50, end))) == both("closing")
    assert told(due(109, (45, PAUSED), (50, end))) == both("closing")
    assert due(110, (50, end)) == []


def test_each_end_of_what_was_reopened_is_evaluated() -> None:
    assert told(due(60, (20, CONCLUDED), (30, REOPENED), (60, ENDED_EARLY))) == both("closing 1")


def test_what_was_handed_over_is_evaluated_where_it_goes_on() -> None:
    assert due(50, (50, HandedOver(successor=MentorshipId(UUID(int=7))))) == []


def test_outside_any_programme_and_in_an_archived_one_nothing_is_due() -> None:
    assert due(40, first=ASIDE) == []
    assert due(40, archived=True) == []


def test_the_degree_says_what_is_asked_and_the_programme_adds_to_it() -> None:
    assert due(40, accountability=AccountabilitySettings(degree=Degree.LIGHT)) == []
    own = (DEFAULT_FORMS[SurveyKind.FIRST],)
    light = AccountabilitySettings(degree=Degree.LIGHT, surveys=own)
    assert told(due(40, accountability=light)) == both("first")
    timers = Timers(first_survey=10, survey_every=20)
    assert told(due(30, accountability=AccountabilitySettings(timers=timers))) == both("recurring 1")


def test_who_came_later_or_left_is_not_asked() -> None:
    joined = MemberJoined(member=mentee(KIM))
    left = MemberLeft(participant=LIN.id)
    assert told(due(40, (29, joined), (35, left), first=AROUND)) == {
        ("first", who.id) for who in (ADA, NOOR, SAM, KIM)
    }
    assert told(due(40, (31, joined), first=AROUND)) == {("first", who.id) for who in (ADA, NOOR, LIN, SAM)}


def test_after_a_meeting_those_who_were_there_are_asked_about_it() -> None:
    held = HeldMeeting(MEETING, day(5), (ADA.id, NOOR.id, KIM.id))
    asked = due(6, held=held, first=AROUND, accountability=AFTER_MEETINGS)
    assert told(asked) == both(f"meeting {MEETING}")
    assert {survey.meeting for _, survey in asked} == {MEETING}
    assert due(19, held=held, accountability=AFTER_MEETINGS) == []
    assert due(6, held=held) == []


def test_who_has_left_since_the_meeting_is_not_asked_about_it() -> None:
    held = HeldMeeting(MEETING, day(5), (ADA.id, NOOR.id))
    left = (6, MemberLeft(participant=NOOR.id))
    asked = due(6.5, left, held=held, first=AROUND, accountability=AFTER_MEETINGS)
    assert told(asked) == {(f"meeting {MEETING}", ADA.id)}


def test_it_can_be_answered_for_as_long_as_the_programme_says() -> None:
    (_, asked), *_ = due(30)
    assert asked.due == day(44).date()
    timers = Timers(survey_open=5)
    (_, asked), *_ = due(30, accountability=AccountabilitySettings(timers=timers))
    assert asked.due == day(35).date()


def _asked(related: Relationship, who: Any, form: SurveyForm = DEFAULT_FORMS[SurveyKind.FIRST]) -> list[str]:
    return [question.id for question in survey_for(related, who.id, form, START).questions]


def test_mentees_alone_say_how_their_mentor_does() -> None:
    assert _asked(within(), NOOR) == ["satisfaction", "mentor_effectiveness", "words"]
    assert _asked(within(), ADA) == ["satisfaction", "words"]


def test_among_peers_nobody_does() -> None:
    peers = replace(within(), members=dict.fromkeys(within().members, within().members[NOOR.id]))
    assert _asked(peers, NOOR) == ["satisfaction", "words"]


moments = st.integers(1, 200)


@drawn(moments, moments, st.integers(1, 60), st.integers(0, 250))
def test_a_pause_shifts_what_is_due_by_its_length(paused: int, other: int, length: int, now: int) -> None:
    """Whatever is due without it is due as much later, where the pause lies before."""
    assume(paused <= now)
    without = due(now)
    rested = due(now + length, (paused, PAUSED), (paused + length, RESUMED))
    assert [(occurrence, asked.to) for occurrence, asked in rested] == [
        (occurrence, asked.to) for occurrence, asked in without
    ]


@drawn(st.lists(st.sampled_from([PAUSED, RESUMED, CONCLUDED, REOPENED]), max_size=8), st.integers(0, 90))
def test_it_had_been_active_for_so_long_when_it_had(events: list[DomainEvent], days: int) -> None:
    """However disorderly it went: the moment reached is the first by which it was active for so long."""
    lived = [(day(0), BEGAN), *((day(10 * number), event) for number, event in enumerate(events, 1))]
    course = course_of(lived)
    reached = course.reached(timedelta(days=days))
    if reached is None:
        assert course.active(day(10_000)) < timedelta(days=days)
    else:
        assert course.active(reached) == timedelta(days=days)
        assert days == 0 or course.active(reached - timedelta(hours=1)) < timedelta(days=days)


def test_nothing_of_a_relationship_that_is_not() -> None:
    assert Course().active(START) == timedelta()
    assert Course().reached(timedelta()) is None


def test_a_second_beginning_is_another_relationship() -> None:
    """A successor is active from its own beginning on."""
    successor = began(BEGAN.type, *BEGAN.members, predecessor=MentorshipId(UUID(int=9)))
    assert course_of([(day(7), successor)]).active(day(9)) == timedelta(days=2)
