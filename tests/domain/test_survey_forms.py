"""What a survey can ask: questions that fit what they measure, each once."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.accountability_settings import AccountabilitySettings, Degree
from domain.survey_forms import DEFAULT_FORMS, AnswerKind, Measure, SurveyForm, SurveyKind, SurveyQuestion

OPEN = {"id": "open", "text": "What else?", "kind": "text"}
MOOD = {"id": "mood", "text": "How do you feel?", "kind": "choice", "choices": ("Well", "Otherwise")}


def question(**given: Any) -> SurveyQuestion:
    return SurveyQuestion.model_validate({"id": "one", "text": "How is it?", **given})


@pytest.mark.parametrize(
    ("measure", "kind"),
    [("satisfaction", "rating"), ("effectiveness", "rating"), ("recommendation", "score")],
)
def test_what_is_measured_is_asked_for_in_its_way(measure: str, kind: str) -> None:
    assert question(measures=measure, kind=kind).measures is Measure(measure)
    other = "score" if kind == "rating" else "rating"
    for wrong in (other, "text"):
        with pytest.raises(ValidationError, match=f"{measure} is measured by a question of kind {kind}"):
            question(measures=measure, kind=wrong)


def test_a_question_without_more_is_a_required_rating_of_everybody() -> None:
    asked = question()
    assert (asked.kind, asked.required, asked.of_mentees, asked.measures) == (
        AnswerKind.RATING,
        True,
        False,
        None,
    )


@pytest.mark.parametrize("given", [{"kind": "choice"}, {"kind": "choice", "choices": ("One",)}])
def test_a_choice_is_between_two_at_least(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="two choices or more"):
        question(**given)


def test_nothing_else_has_choices_and_none_is_given_twice() -> None:
    assert question(**MOOD).choices == ("Well", "Otherwise")
    with pytest.raises(ValidationError, match="any other has none"):
        question(choices=("One", "Two"))
    with pytest.raises(ValidationError, match="each choice can be listed once"):
        question(kind="choice", choices=("One", "One"))


def test_a_form_asks_each_question_once_and_everybody_something() -> None:
    form = SurveyForm.model_validate({"kind": "pulse", "questions": [OPEN, MOOD]})
    assert [asked.id for asked in form.questions] == ["open", "mood"]
    with pytest.raises(ValidationError, match="each question can be listed once"):
        SurveyForm.model_validate({"kind": "pulse", "questions": [OPEN, OPEN]})
    with pytest.raises(ValidationError, match="at least one question is for everybody"):
        SurveyForm.model_validate({"kind": "pulse", "questions": [{**OPEN, "of_mentees": True}]})
    with pytest.raises(ValidationError, match="at least 1 item"):
        SurveyForm.model_validate({"kind": "pulse", "questions": []})


def test_there_is_a_form_of_every_kind() -> None:
    assert {kind: form.kind for kind, form in DEFAULT_FORMS.items()} == {kind: kind for kind in SurveyKind}


@pytest.mark.parametrize(
    ("degree", "asked"),
    [
        (Degree.NONE, set()),
        (Degree.LIGHT, {SurveyKind.CLOSING}),
        (Degree.STANDARD, {SurveyKind.CLOSING, SurveyKind.FIRST, SurveyKind.RECURRING}),
        (Degree.STRICT, {SurveyKind.CLOSING, SurveyKind.FIRST, SurveyKind.RECURRING}),
    ],
)
def test_the_degree_says_what_is_asked_by_itself(degree: Degree, asked: set[SurveyKind]) -> None:
    held = AccountabilitySettings(degree=degree)
    assert {kind for kind in SurveyKind if held.asks(kind)} == asked


def test_a_programme_asks_in_its_own_words_and_more_than_its_degree() -> None:
    own = SurveyForm.model_validate({"kind": "meeting", "questions": [MOOD]})
    closing = SurveyForm.model_validate({"kind": "closing", "questions": [OPEN]})
    held = AccountabilitySettings(degree=Degree.NONE, surveys=(own, closing))
    assert {kind for kind in SurveyKind if held.asks(kind)} == {SurveyKind.MEETING, SurveyKind.CLOSING}
    assert held.asks(SurveyKind.CLOSING) == closing
    with pytest.raises(ValidationError, match="each survey can be listed once"):
        AccountabilitySettings(surveys=(own, own))
