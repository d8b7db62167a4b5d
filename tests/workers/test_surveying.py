"""Surveys are asked when they fall due, of whom they concern, once, and lapse when their last day is over."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import program
from domain.accountability_settings import Degree
from domain.event import DomainEvent
from domain.ids import MeetingId, MentorshipId, survey_id
from domain.mentorship import Concluded, MemberJoined, MemberLeft, Outcome, Paused, Reopened, Resumed
from domain.occasions import Occasion
from domain.program_settings import AgreementSettings, PlanSettings
from domain.store import Database, Store
from domain.survey import SURVEY, Answered, Asked, Lapsed
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.domain.related import mentee
from tests.people import ADA, LIN, NOOR, ONBOARDING
from tests.projections.given import happened
from tests.projections.left_undone import US, day, programme
from tests.workers.neglected import Neglected
from workers import surveying
from workers.surveying import NAME

FREE = AgreementSettings()
BARE = PlanSettings()
CALM: Any = {"agreement": FREE, "plan": BARE}
CONCLUDED = Concluded(outcome=Outcome.ACHIEVED)
MEETING = UUID(int=0x3EE7)


@pytest.fixture
def we(organisation: Database, store: Store) -> Neglected:
    return Neglected(organisation, store)


def both(at: float, kind: SurveyKind) -> list[tuple[float, str, UUID]]:
    return sorted((at, kind, who.id) for who in (ADA, NOOR))


def kinds(we: Neglected) -> list[tuple[float, str]]:
    """Of Noor."""
    return [(at, kind) for at, kind, who in we.asked() if who == NOOR.id]


def test_the_first_and_every_sixtieth_day_are_asked_once(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.until(155, NAME, every=5)
    assert we.asked() == sorted(
        [
            *both(30, SurveyKind.FIRST),
            *both(90, SurveyKind.RECURRING),
            *both(150, SurveyKind.RECURRING),
        ]
    )
    told = we.log(Asked)[0]
    assert (told.cause, told.actor) == ("timer", NAME)


def test_after_an_outage_only_the_newest_is_asked(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.on(200).works(NAME)
    assert kinds(we) == [(200, "recurring")]


def test_days_of_rest_bring_no_survey_nearer(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.lives(10, Paused(until=date(2030, 2, 1)))
    we.on(40).works(NAME)
    we.lives(40, Resumed())
    we.on(59).works(NAME)
    assert we.asked() == []
    we.on(60).works(NAME)
    assert kinds(we) == [(60, "first")]
    we.lives(61, Paused(until=date(2030, 5, 1)))
    we.lives(71, Resumed())
    we.on(75).works(NAME)
    assert kinds(we) == [(60, "first")]
    assert we.to_ask(75) == []


def test_who_came_after_it_fell_due_is_not_asked(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    happened(we.store, LIN.id, LIN.registered)
    we.lives(31, MemberJoined(member=mentee(LIN)))
    we.on(32).works(NAME)
    assert we.asked() == both(32, SurveyKind.FIRST)


def test_where_everybody_came_after_it_fell_due_there_is_nothing_to_do(we: Neglected) -> None:
    """It would be found again in every round until the next survey falls due."""
    we.begins(*programme(surveys=(DEFAULT_FORMS[SurveyKind.MEETING],), **CALM))
    we.meets(29, MEETING)
    happened(we.store, LIN.id, LIN.registered)
    assert {kind for kind, _ in we.to_ask(31)} == {"first", "meeting"}
    we.lives(31, MemberJoined(member=mentee(LIN)), *(MemberLeft(participant=who.id) for who in (ADA, NOOR)))
    assert we.to_ask(32) == []


@pytest.mark.parametrize(
    ("degree", "asked"),
    [(Degree.NONE, []), (Degree.LIGHT, ["closing"]), (Degree.STRICT, ["closing", "first"])],
)
def test_the_degree_says_what_is_asked(we: Neglected, degree: Degree, asked: list[str]) -> None:
    we.begins(*programme(degree, **CALM))
    we.on(31).works(NAME)
    we.lives(40, CONCLUDED)
    we.on(41).works(NAME)
    assert sorted(kind for _, kind in kinds(we)) == asked


def test_an_end_is_evaluated_and_another_end_again(we: Neglected) -> None:
    we.begins(*programme(Degree.LIGHT, **CALM))
    we.lives(20, CONCLUDED)
    we.on(21).works(NAME)
    we.on(22).works(NAME)
    we.lives(30, Reopened(until=date(2030, 12, 1)))
    we.lives(50, Concluded(outcome=Outcome.PARTLY_ACHIEVED))
    we.on(51).works(NAME)
    assert kinds(we) == [(21, "closing"), (51, "closing")]


def test_after_a_meeting_who_was_there_is_asked(we: Neglected) -> None:
    forms = (DEFAULT_FORMS[SurveyKind.MEETING],)
    we.begins(*programme(Degree.LIGHT, surveys=forms, **CALM))
    we.meets(5, MEETING)
    we.on(6).works(NAME)
    we.on(7).works(NAME)
    assert we.asked() == both(6, SurveyKind.MEETING)
    we.meets(8, UUID(int=0x3EE8))
    we.on(30).works(NAME)
    assert len(we.asked()) == 2, "who could not have answered in time any more is not asked"


def test_an_archived_programme_asks_nothing(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.shown()
    happened(we.store, ONBOARDING, program.Closed(), program.WoundDown(), program.Archived(), at=day(3))
    we.on(40).works(NAME)
    assert we.asked() == []


def survey(occurrence: str, to: UUID) -> UUID:
    return survey_id(MentorshipId(US), occurrence, to)  # type: ignore[arg-type]  # a person's


def became(we: Neglected, occurrence: str, to: UUID) -> list[type[DomainEvent]]:
    return [type(told.event) for told in we.store.history(survey(occurrence, to))]


def test_who_does_not_answer_is_reminded_and_then_it_lapses(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.on(30).works()
    answered = Answered(by=ADA.id, ratings={"satisfaction": 4})
    happened(we.store, survey("first", ADA.id), answered, at=day(31))
    we.until(50)
    assert we.days(Occasion.SURVEY, NOOR) == [(32, 1)]
    assert we.days(Occasion.SURVEY, ADA) == []
    assert became(we, "first", NOOR.id) == [Asked, Lapsed]
    assert became(we, "first", ADA.id) == [Asked, Answered]
    *_, lapsed = we.store.history(survey("first", NOOR.id))
    asked = we.store.load(SURVEY.stream(survey("first", NOOR.id))).state.asked
    assert asked is not None
    assert asked.due == date(2030, 2, 14)
    assert lapsed.recorded_at.date() == date(2030, 2, 15)
    assert lapsed.cause == "timer"


def test_of_a_survey_nobody_is_reminded_in_a_pause(we: Neglected) -> None:
    we.begins(*programme(**CALM))
    we.on(30).works()
    we.lives(31, Paused(until=date(2030, 4, 1)))
    we.until(50, every=3)
    assert we.sent(Occasion.SURVEY) == []


def test_a_meeting_that_is_not_what_it_seems_asks_nothing(we: Neglected) -> None:
    """Its stream has never been held; whatever the read model says."""
    assert surveying._held(we.store, MeetingId(UUID(int=0xABC))) is None
