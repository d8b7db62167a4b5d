"""A survey: what one member of a relationship is asked about it at one time, and answers, or does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.admission import ProgramIsArchived
from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MeetingId, MentorshipId, ParticipantId, ProgramId
from domain.refusal import Refusal
from domain.relationship import Relationship, RelationshipIsUnknown, Status, refuse_outsiders
from domain.survey_forms import AnswerKind, SurveyKind, SurveyQuestion
from domain.words import Line, Slug, Text

Score = Annotated[int, Field(ge=0, le=10)]


class Asked(DomainEvent, name="survey.asked"):
    """`due` is the last day on which it can be answered; `meeting` is what a survey after one is about."""

    mentorship: MentorshipId
    program: ProgramId | None = None
    to: ParticipantId
    kind: SurveyKind
    questions: Annotated[tuple[SurveyQuestion, ...], Field(min_length=1, max_length=30)]
    due: date
    meeting: MeetingId | None = None


class Answered(DomainEvent, name="survey.answered", subject="by"):
    """By the ids of the questions: `ratings` has ratings and scores, `text` what was said in words."""

    by: ParticipantId
    ratings: dict[Slug, Score] = Field(default_factory=dict)
    choices: dict[Slug, Line] = Field(default_factory=dict)
    text: Personal[dict[Slug, Text] | None] = None


class Lapsed(DomainEvent, name="survey.lapsed"):
    """Nobody answered in time."""


SurveyEvent = Asked | Answered | Lapsed


@dataclass(frozen=True, slots=True)
class Survey:
    """`lapsed` is never true of one that has been answered."""

    asked: Asked | None = None
    answered: Answered | None = None
    lapsed: bool = False


class SurveyIsUnknown(Refusal):
    """There is no such survey."""


class NotAskedOfYou(Refusal):
    """This survey is asked of somebody else."""


class SurveyHasLapsed(Refusal):
    """This survey could be answered until {due}; it has lapsed."""


class SurveyIsAnswered(Refusal):
    """This survey has been answered already; what was said stands."""


class QuestionsAreOpen(Refusal):
    """These questions still need an answer: {missing}."""


class NoSuchQuestion(Refusal):
    """The survey does not ask {unknown} in this way."""


class NotAnAnswer(Refusal):
    """{answer} is no answer to {question}: {allowed}."""


def ask(state: Survey, *, within: Relationship, asked: Asked) -> list[DomainEvent]:
    """Also of a relationship that has ended: its evaluation comes after its end."""
    if within.status is Status.UNKNOWN:
        raise RelationshipIsUnknown
    if within.archived:
        raise ProgramIsArchived
    if state.asked:
        return []
    refuse_outsiders(within, asked.to)
    return [asked]


def answer(
    state: Survey,
    *,
    by: ParticipantId,
    ratings: Mapping[str, int],
    choices: Mapping[str, str],
    text: Mapping[str, str],
) -> list[DomainEvent]:
    if state.asked is None:
        raise SurveyIsUnknown
    if state.asked.to != by:
        raise NotAskedOfYou
    wished = Answered(by=by, ratings=dict(ratings), choices=dict(choices), text=dict(text) or None)
    if state.answered:
        if (state.answered.ratings, state.answered.choices) == (wished.ratings, wished.choices):
            return []
        raise SurveyIsAnswered
    if state.lapsed:
        raise SurveyHasLapsed(due=state.asked.due)
    _refuse_misfits(state.asked.questions, wished)
    return [wished]


def lapse(state: Survey, *, today: date) -> list[DomainEvent]:
    """Nothing before its day is over, nor where it was answered."""
    over = state.asked is not None and state.asked.due < today
    return [Lapsed()] if over and not state.answered and not state.lapsed else []


def _refuse_misfits(questions: Sequence[SurveyQuestion], wished: Answered) -> None:
    text = wished.text if isinstance(wished.text, dict) else {}
    given = {
        **dict.fromkeys(wished.choices, AnswerKind.CHOICE),
        **dict.fromkeys(text, AnswerKind.TEXT),
    }
    asked = {question.id: question for question in questions}
    numeric = {AnswerKind.RATING, AnswerKind.SCORE}
    unknown = [id_ for id_ in wished.ratings if id_ not in asked or asked[id_].kind not in numeric]
    unknown += [id_ for id_, kind in given.items() if id_ not in asked or asked[id_].kind is not kind]
    if unknown:
        raise NoSuchQuestion(unknown=", ".join(sorted(unknown)))
    answered = given.keys() | wished.ratings.keys()
    if missing := [id_ for id_, question in asked.items() if question.required and id_ not in answered]:
        raise QuestionsAreOpen(missing=", ".join(missing))
    for id_, rating in wished.ratings.items():
        if asked[id_].kind is AnswerKind.RATING and not 1 <= rating <= 5:
            raise NotAnAnswer(answer=rating, question=id_, allowed="it is rated from 1 to 5")
    for id_, choice in wished.choices.items():
        if choice not in asked[id_].choices:
            raise NotAnAnswer(answer="This", question=id_, allowed="; ".join(asked[id_].choices))


def evolve(state: Survey, event: SurveyEvent) -> Survey:
    match event:
        case Asked():
            return replace(state, asked=event)
        case Answered():
            return replace(state, answered=event)
        case Lapsed():
            return replace(state, lapsed=True)
        case _:
            assert_never(event)


SURVEY: Final = Aggregate("survey", Survey(), evolve)
