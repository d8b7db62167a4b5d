"""What a survey asks: a programme's own questions, or those asked where it has none of its own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from domain.words import Line, Slug, Value, distinct


class SurveyKind(StrEnum):
    """When it is asked: once in the first weeks, again and again, after a meeting, at the end, or by hand."""

    FIRST = "first"
    RECURRING = "recurring"
    MEETING = "meeting"
    CLOSING = "closing"
    PULSE = "pulse"


class AnswerKind(StrEnum):
    """A rating goes from 1 to 5, a score from 0 to 10."""

    RATING = "rating"
    SCORE = "score"
    CHOICE = "choice"
    TEXT = "text"


class Measure(StrEnum):
    """What an answer counts towards: a relationship's satisfaction, the net promoter score, or how well its
    mentors do.
    """

    SATISFACTION = "satisfaction"
    RECOMMENDATION = "recommendation"
    EFFECTIVENESS = "effectiveness"


_MEASURED_BY: Final = {
    Measure.SATISFACTION: AnswerKind.RATING,
    Measure.RECOMMENDATION: AnswerKind.SCORE,
    Measure.EFFECTIVENESS: AnswerKind.RATING,
}


class SurveyQuestion(Value):
    """`of_mentees`: only they are asked; `measures` nothing where its answers are only read."""

    id: Slug
    text: Line
    kind: AnswerKind = AnswerKind.RATING
    measures: Measure | None = None
    required: bool = True
    of_mentees: bool = False
    choices: Annotated[tuple[Line, ...], Field(max_length=30)] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.measures and _MEASURED_BY[self.measures] is not self.kind:
            raise ValueError(
                f"{self.measures} is measured by a question of kind {_MEASURED_BY[self.measures]}"
            )
        if (self.kind is AnswerKind.CHOICE) is not (len(self.choices) >= 2):
            raise ValueError("a question of kind choice has two choices or more, any other has none")
        distinct(self.choices, "choice")
        return self


class SurveyForm(Value):
    kind: SurveyKind
    questions: Annotated[tuple[SurveyQuestion, ...], Field(min_length=1, max_length=30)]

    @model_validator(mode="after")
    def _asks_once(self) -> Self:
        distinct((question.id for question in self.questions), "question")
        if all(question.of_mentees for question in self.questions):
            raise ValueError("at least one question is for everybody")
        return self


_SATISFIED: Final = SurveyQuestion(
    id="satisfaction",
    text="How satisfied are you with this mentoring relationship?",
    measures=Measure.SATISFACTION,
)
_HELPED: Final = SurveyQuestion(
    id="mentor_effectiveness",
    text="How much does your mentor help you forward?",
    measures=Measure.EFFECTIVENESS,
    of_mentees=True,
)
_WORDS: Final = SurveyQuestion(id="words", text="What should we know?", kind=AnswerKind.TEXT, required=False)
_DEFAULTS: Final = (
    SurveyForm(kind=SurveyKind.FIRST, questions=(_SATISFIED, _HELPED, _WORDS)),
    SurveyForm(kind=SurveyKind.RECURRING, questions=(_SATISFIED, _HELPED, _WORDS)),
    SurveyForm(
        kind=SurveyKind.MEETING,
        questions=(
            SurveyQuestion(
                id="usefulness", text="How useful was the meeting?", measures=Measure.SATISFACTION
            ),
            _WORDS,
        ),
    ),
    SurveyForm(
        kind=SurveyKind.CLOSING,
        questions=(
            _SATISFIED,
            _HELPED,
            SurveyQuestion(
                id="recommend",
                text="How likely are you to recommend this programme to a colleague?",
                kind=AnswerKind.SCORE,
                measures=Measure.RECOMMENDATION,
            ),
            SurveyQuestion(
                id="goals",
                text="Did you reach what you set out for?",
                kind=AnswerKind.CHOICE,
                choices=("Yes, all of it", "In part", "No"),
            ),
            _WORDS,
        ),
    ),
    SurveyForm(kind=SurveyKind.PULSE, questions=(_SATISFIED, _WORDS)),
)
DEFAULT_FORMS: Final[Mapping[SurveyKind, SurveyForm]] = {form.kind: form for form in _DEFAULTS}
