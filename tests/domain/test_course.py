"""The course of a relationship: what may follow what, and that a repetition is no news."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain import course
from domain.admission import NobodyMentorsThemself, ProgramIsArchived
from domain.enrollment import PauseMustEndLater
from domain.guards import StillChanging
from domain.ids import MentorshipId
from domain.mentorship import (
    MENTORSHIP,
    Concluded,
    EndedEarly,
    EndReason,
    Extended,
    GlassBroken,
    HandedOver,
    Migrated,
    Outcome,
    Paused,
    Reopened,
    Resumed,
)
from domain.program_settings import AgreementSettings, Settings
from domain.relationship import RelationshipHasEnded, RelationshipIsUnknown, Status
from tests.domain.related import (
    ARCHIVED,
    PLANNED_END,
    SETTINGS,
    TODAY,
    TOGETHER,
    UNKNOWN,
    circle,
    pair,
    within,
)
from tests.people import ADA, KIM, LIN, NOOR, OLA, Person
from tests.scenario import Given, When, given

JUNE = date(2030, 6, 1)
PAUSED, EXTENDED = Paused(until=JUNE), Extended(until=date(2030, 12, 1))
CONCLUDED = Concluded(outcome=Outcome.ACHIEVED)
NO_FIT = EndedEarly(by=NOOR.id, reason=EndReason.NO_FIT, words="We want different things")
GOES_ON = MentorshipId(UUID(int=0x60E5))
HANDED_OVER = HandedOver(successor=GOES_ON)


def pause(history: Given[Any], until: date) -> When[Any]:
    return history.when(course.pause, within=TOGETHER, until=until, today=TODAY)


def test_a_pause_ends_on_a_later_day() -> None:
    pause(pair(), JUNE).then(PAUSED)
    pause(pair(PAUSED), JUNE).then_nothing()
    pause(pair(PAUSED), date(2030, 7, 1)).then(Paused(until=date(2030, 7, 1)))
    pause(pair(), TODAY).then_refused(PauseMustEndLater)
    pause(pair(PAUSED, Resumed()), JUNE).then(PAUSED)


def test_a_pause_is_ended_by_hand() -> None:
    pair(PAUSED).when(course.resume, within=TOGETHER).then(Resumed())
    pair().when(course.resume, within=TOGETHER).then_nothing()


def test_a_pause_ends_by_itself_on_its_day() -> None:
    pair(PAUSED).when(course.resume_in_time, today=JUNE).then(Resumed())
    pair(PAUSED).when(course.resume_in_time, today=date(2030, 9, 1)).then(Resumed())
    pair(PAUSED).when(course.resume_in_time, today=JUNE - timedelta(days=1)).then_nothing()
    pair().when(course.resume_in_time, today=JUNE).then_nothing()
    pair(PAUSED, CONCLUDED).when(course.resume_in_time, today=JUNE).then_nothing()


def extend(history: Given[Any], until: date, today: date = TODAY) -> When[Any]:
    return history.when(course.extend, within=TOGETHER, until=until, today=today)


def test_an_extension_ends_later_than_planned() -> None:
    extend(pair(), EXTENDED.until).then(EXTENDED)
    extend(pair(), PLANNED_END).then_nothing()
    extend(pair(), EXTENDED.until, EXTENDED.until).then_refused(course.EndHasPassed)
    extend(pair(), PLANNED_END, EXTENDED.until).then_nothing()
    extend(pair(EXTENDED), PLANNED_END).then_refused(course.EndMustBeLater, planned_end=EXTENDED.until)


def conclude(history: Given[Any], outcome: Outcome = Outcome.ACHIEVED) -> When[Any]:
    return history.when(course.conclude, within=TOGETHER, outcome=outcome)


def test_it_is_concluded_once() -> None:
    conclude(pair()).then(CONCLUDED)
    conclude(pair(PAUSED)).then(CONCLUDED)
    conclude(pair(CONCLUDED)).then_nothing()
    conclude(pair(CONCLUDED), Outcome.NOT_ACHIEVED).then_refused(RelationshipHasEnded)
    conclude(pair(NO_FIT)).then_refused(RelationshipHasEnded)
    conclude(pair(CONCLUDED, Reopened(until=EXTENDED.until))).then(CONCLUDED)


def end(history: Given[Any], by: Any = NOOR.id, words: str | None = "We want different things") -> When[Any]:
    return history.when(course.end_early, within=TOGETHER, by=by, reason=EndReason.NO_FIT, words=words)


def test_it_is_ended_early_once() -> None:
    end(pair()).then(NO_FIT)
    end(pair(NO_FIT)).then_nothing()
    end(pair(NO_FIT), ADA.id).then_refused(RelationshipHasEnded)
    end(pair(CONCLUDED)).then_refused(RelationshipHasEnded)


def test_who_is_no_person_has_no_words() -> None:
    end(pair(), None).then_refused(course.WordsAreSomebodys)
    end(pair(), None, None).then(EndedEarly(reason=EndReason.NO_FIT))


def reopen(history: Given[Any], until: date = EXTENDED.until, terms: Any = TOGETHER) -> When[Any]:
    return history.when(course.reopen, within=terms, until=until, today=TODAY)


@pytest.mark.parametrize("ended", [CONCLUDED, NO_FIT])
def test_what_has_ended_is_reopened(ended: Any) -> None:
    reopened = Reopened(until=EXTENDED.until)
    reopen(pair(ended)).then(reopened)
    reopen(pair(PAUSED, ended)).then(reopened)
    again = pair(PAUSED, ended, reopened).state
    assert (again.status, again.planned_end, again.paused_until) == (Status.RUNNING, EXTENDED.until, None)
    reopen(pair(ended), TODAY).then_refused(course.EndHasPassed)


def test_what_runs_is_not_reopened() -> None:
    reopen(pair(), PLANNED_END).then_nothing()
    reopen(pair(PAUSED)).then_refused(course.RelationshipStillRuns)


def test_what_goes_on_elsewhere_is_not_reopened() -> None:
    reopen(pair(HANDED_OVER)).then_refused(course.RelationshipGoesOn)
    reopen(pair(CONCLUDED), terms=ARCHIVED).then_refused(ProgramIsArchived)
    reopen(given(MENTORSHIP), terms=UNKNOWN).then_refused(RelationshipIsUnknown)


def hand_over(history: Given[Any], *mentors: Person, successor: MentorshipId = GOES_ON) -> When[Any]:
    people = tuple(who.id for who in mentors)
    return history.when(course.hand_over, within=TOGETHER, mentors=people, successor=successor)


def test_it_is_handed_over_to_other_mentors() -> None:
    hand_over(pair(), KIM).then(HANDED_OVER)
    hand_over(pair(PAUSED), KIM).then(HANDED_OVER)
    hand_over(circle(), ADA, KIM).then(HANDED_OVER)
    hand_over(pair(HANDED_OVER), KIM).then_nothing()
    hand_over(pair(HANDED_OVER), KIM, successor=MentorshipId(UUID(int=1))).then_refused(RelationshipHasEnded)


def test_it_is_handed_over_to_as_many_as_fit_and_to_nobody_within() -> None:
    hand_over(pair(), ADA).then_refused(course.MentorsStayTheSame)
    hand_over(pair(), NOOR).then_refused(NobodyMentorsThemself)
    hand_over(pair(), KIM, LIN).then_refused(course.MentorsDoNotFit, least=1, most=1)
    hand_over(circle(), KIM, OLA, ADA).then_refused(course.MentorsDoNotFit, least=1, most=2)
    hand_over(circle()).then_refused(course.MentorsDoNotFit, least=1, most=2)


def migrate(history: Given[Any], settings: Settings, version: int = 2) -> When[Any]:
    return history.when(course.migrate, within=TOGETHER, version=version, settings=settings)


def test_it_takes_over_the_terms_of_the_newest_version() -> None:
    other = AgreementSettings(required=True, text="We meet every week.")
    differs = SETTINGS.model_copy(update={"agreement": other})
    migrate(pair(), differs).then(Migrated(settings_version=2))
    migrate(pair(), SETTINGS).then(Migrated(settings_version=2, still_signed=True))
    migrate(pair(), SETTINGS, 1).then_nothing()
    migrate(pair(Migrated(settings_version=3)), SETTINGS).then_refused(StillChanging)


def break_glass(history: Given[Any], number: int = 1) -> When[Any]:
    wish = {"glass": UUID(int=number), "reason": "A complaint", "hours": 12}
    return history.when(course.break_glass, **wish)


def test_glass_is_broken_whatever_became_of_it() -> None:
    broken = GlassBroken(glass=UUID(int=1), reason="A complaint", hours=12)
    break_glass(pair()).then(broken)
    break_glass(pair(CONCLUDED)).then(broken)
    break_glass(pair(broken)).then_nothing()
    break_glass(pair(broken), 2).then(broken.model_copy(update={"glass": UUID(int=2)}))
    break_glass(given(MENTORSHIP)).then_refused(RelationshipIsUnknown)


WISHES: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (course.pause, {"until": JUNE, "today": TODAY}),
    (course.resume, {}),
    (course.extend, {"until": EXTENDED.until, "today": TODAY}),
    (course.conclude, {"outcome": Outcome.ACHIEVED}),
    (course.end_early, {"by": NOOR.id, "reason": EndReason.NO_FIT}),
    (course.hand_over, {"mentors": (KIM.id,), "successor": GOES_ON}),
    (course.migrate, {"version": 2, "settings": SETTINGS}),
]


@pytest.mark.parametrize(("decision", "wish"), WISHES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_has_ended_takes_no_course(decision: Any, wish: dict[str, Any]) -> None:
    ended = Concluded(outcome=Outcome.LAPSED)
    pair(ended).when(decision, within=TOGETHER, **wish).then_refused(RelationshipHasEnded)
    pair().when(decision, within=ARCHIVED, **wish).then_refused(ProgramIsArchived)
    given(MENTORSHIP).when(decision, within=UNKNOWN, **wish).then_refused(RelationshipIsUnknown)


def test_another_version_of_the_terms_is_read_anew() -> None:
    moved = Migrated(settings_version=2)
    pair(moved).when(course.resume, within=TOGETHER).then_refused(StillChanging)
    pair(moved, PAUSED).when(course.resume, within=within(moved)).then(Resumed())
