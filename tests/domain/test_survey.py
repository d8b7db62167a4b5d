"""A survey: asked of one member, answered once and to the point, or lapsed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest

from domain import survey as s
from domain.admission import ProgramIsArchived
from domain.event import ERASED
from domain.relationship import NotInThisRelationship, RelationshipIsUnknown, Status
from domain.survey import SURVEY, Answered, Asked, Lapsed, Survey
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from tests.domain.related import ARCHIVED, MENTORSHIP_ID, TOGETHER, UNKNOWN
from tests.people import ADA, KIM, NOOR, ONBOARDING
from tests.scenario import Given, given

DUE: Final = date(2030, 5, 16)
LATE: Final = DUE + timedelta(days=1)
FINE: Final[dict[str, Any]] = {
    "by": NOOR.id,
    "ratings": {"satisfaction": 5, "mentor_effectiveness": 4, "recommend": 10},
    "choices": {"goals": "In part"},
    "text": {"words": "We should have begun earlier."},
}
SILENT: Final[dict[str, Any]] = {**FINE, "text": {}}


def asked(**other: Any) -> Asked:
    fields = {
        "mentorship": MENTORSHIP_ID,
        "program": ONBOARDING,
        "to": NOOR.id,
        "kind": SurveyKind.CLOSING,
        "questions": DEFAULT_FORMS[SurveyKind.CLOSING].questions,
        "due": DUE,
    }
    return Asked(**{**fields, **other})


ASKED: Final = asked()
ANSWERED: Final = Answered(**FINE)


def so_far(*events: Any) -> Given[Survey]:
    return given(SURVEY, *events)


def test_a_member_is_asked_once() -> None:
    so_far().when(s.ask, within=TOGETHER, asked=ASKED).then(ASKED)
    so_far(ASKED).when(s.ask, within=TOGETHER, asked=asked(due=LATE)).then_nothing()


@pytest.mark.parametrize("status", [Status.PAUSED, Status.CONCLUDED, Status.ENDED_EARLY])
def test_the_evaluation_comes_after_the_end(status: Status) -> None:
    so_far().when(s.ask, within=replace(TOGETHER, status=status), asked=ASKED).then(ASKED)


def test_nobody_else_is_asked_nor_anybody_of_what_is_unknown_or_archived() -> None:
    so_far().when(s.ask, within=TOGETHER, asked=asked(to=KIM.id)).then_refused(NotInThisRelationship)
    so_far().when(s.ask, within=UNKNOWN, asked=ASKED).then_refused(RelationshipIsUnknown)
    so_far().when(s.ask, within=ARCHIVED, asked=ASKED).then_refused(ProgramIsArchived)


def test_who_was_asked_answers_once() -> None:
    so_far(ASKED).when(s.answer, **FINE).then(ANSWERED)
    so_far(ASKED).when(s.answer, **SILENT).then(Answered(**{**FINE, "text": None}))
    so_far(ASKED, ANSWERED).when(s.answer, **FINE).then_nothing()


@pytest.mark.parametrize(
    "other",
    [
        {"ratings": {**FINE["ratings"], "satisfaction": 1}},
        {"choices": {"goals": "No"}},
        {"text": {"words": "Something else."}},
        {"text": {}},
    ],
)
def test_what_was_said_stands(other: dict[str, Any]) -> None:
    so_far(ASKED, ANSWERED).when(s.answer, **{**FINE, **other}).then_refused(s.SurveyIsAnswered)


def test_of_erased_words_nobody_tells_whether_they_were_others() -> None:
    erased = ANSWERED.model_copy(update={"text": ERASED})
    so_far(ASKED, erased).when(s.answer, **SILENT).then_nothing()


def test_nobody_else_answers() -> None:
    so_far(ASKED).when(s.answer, **{**FINE, "by": ADA.id}).then_refused(s.NotAskedOfYou)
    so_far().when(s.answer, **FINE).then_refused(s.SurveyIsUnknown)


def test_what_has_lapsed_is_not_answered() -> None:
    so_far(ASKED, Lapsed()).when(s.answer, **FINE).then_refused(s.SurveyHasLapsed, due=DUE)


@pytest.mark.parametrize(
    ("wish", "unknown"),
    [
        ({"ratings": {**FINE["ratings"], "mood": 3}}, "mood"),
        ({"ratings": {**FINE["ratings"], "goals": 1}}, "goals"),
        ({"ratings": {**FINE["ratings"], "words": 1}}, "words"),
        ({"choices": {**FINE["choices"], "words": "Yes"}}, "words"),
        (
            {"text": {"satisfaction": "Very", "zeal": "None", "recommend": "Yes"}},
            "recommend, satisfaction, zeal",
        ),
    ],
)
def test_only_what_is_asked_is_answered_and_as_it_is_asked(wish: dict[str, Any], unknown: str) -> None:
    so_far(ASKED).when(s.answer, **{**FINE, **wish}).then_refused(s.NoSuchQuestion, unknown=unknown)


def test_what_is_required_is_answered() -> None:
    without = {**FINE, "ratings": {"mentor_effectiveness": 3, "recommend": 9}, "choices": {}}
    so_far(ASKED).when(s.answer, **without).then_refused(s.QuestionsAreOpen, missing="satisfaction, goals")


@pytest.mark.parametrize("rating", [0, 6, 10])
def test_a_rating_goes_from_one_to_five(rating: int) -> None:
    wish = {**FINE, "ratings": {**FINE["ratings"], "satisfaction": rating}}
    so_far(ASKED).when(s.answer, **wish).then_refused(
        s.NotAnAnswer, question="satisfaction", allowed="1 to 5"
    )


@pytest.mark.parametrize("score", [0, 10])
def test_a_score_goes_from_nothing_to_ten(score: int) -> None:
    wish = {**FINE, "ratings": {**FINE["ratings"], "recommend": score}}
    so_far(ASKED).when(s.answer, **wish).then(Answered(**wish))


def test_a_choice_is_one_of_those_given() -> None:
    allowed = "Yes, all of it; In part; No"
    so_far(ASKED).when(s.answer, **{**FINE, "choices": {"goals": "Perhaps"}}).then_refused(
        s.NotAnAnswer, question="goals", allowed=allowed
    )


def test_it_lapses_when_its_last_day_is_over() -> None:
    so_far(ASKED).when(s.lapse, today=DUE).then_nothing()
    so_far(ASKED).when(s.lapse, today=LATE).then(Lapsed())
    so_far(ASKED, ANSWERED).when(s.lapse, today=LATE).then_nothing()
    so_far().when(s.lapse, today=LATE).then_nothing()
