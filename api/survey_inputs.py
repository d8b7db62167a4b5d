"""What the commands on surveys take."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.command import CommandInput
from api.enums import SurveyKind

KIND = "Whose questions are asked: the programme's own, or else ours."


@strawberry.input
class SurveyRatingInput:
    question: str = strawberry.field(description="By its id, as questions say it.")
    rating: int = strawberry.field(description="1 to 5 for a rating, 0 to 10 for a score.")


@strawberry.input
class SurveyChoiceInput:
    question: str
    choice: str = strawberry.field(description="One of the question's choices, word for word.")


@strawberry.input
class SurveyWordsInput:
    question: str
    text: str


@strawberry.input
class AnswerSurveyInput(CommandInput):
    survey: strawberry.ID
    ratings: list[SurveyRatingInput] | None = strawberry.field(
        default=UNSET, description="For questions of the kinds RATING and SCORE."
    )
    choices: list[SurveyChoiceInput] | None = UNSET
    words: list[SurveyWordsInput] | None = UNSET


@strawberry.input
class AskSurveyInput(CommandInput):
    mentorship: strawberry.ID
    kind: SurveyKind = strawberry.field(default=SurveyKind.PULSE, description=KIND)
    to: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Members of the relationship; left out, all of them."
    )


@strawberry.input
class AskProgramSurveyInput(CommandInput):
    program: strawberry.ID
    kind: SurveyKind = strawberry.field(default=SurveyKind.PULSE, description=KIND)
    began_from: date | None = strawberry.field(
        default=UNSET, description="Only relationships that began on this day or later."
    )
    began_until: date | None = strawberry.field(
        default=UNSET, description="Only those that began on this day or before."
    )
