"""A survey: what one member of a relationship is asked about it at one time, and answers, or does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.admission import ProgramIsArchived
from domain.aggregate import Aggregate
from domain.event import ERASED, DomainEvent, Personal
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
    """This survey does not ask {unknown}, or not to be answered in this way."""


class NotAnAnswer(Refusal):
    """This is no answer to {question}; possible are: {allowed}."""


RATINGS: Final = (1, 5)
"""The lowest and the highest; a score goes from 0 to 10 by its type."""


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
        if _same(state.answered, wished):
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


def _same(held: Answered, wished: Answered) -> bool:
    """Of words that are erased nobody can tell any more whether they were others."""
    same_words = held.text is ERASED or held.text == wished.text
    return same_words and (held.ratings, held.choices) == (wished.ratings, wished.choices)


def _refuse_misfits(questions: Sequence[SurveyQuestion], wished: Answered) -> None:
    words = wished.text if isinstance(wished.text, dict) else {}
    _refuse_unasked(questions, wished, words)
    answered = {*wished.ratings, *wished.choices, *words}
    if missing := [one.id for one in questions if one.required and one.id not in answered]:
        raise QuestionsAreOpen(missing=", ".join(missing))
    for question in questions:
        _refuse_outlandish(question, wished)


def _refuse_unasked(questions: Sequence[SurveyQuestion], wished: Answered, words: Mapping[str, str]) -> None:
    ways = (
        (wished.ratings, {AnswerKind.RATING, AnswerKind.SCORE}),
        (wished.choices, {AnswerKind.CHOICE}),
        (words, {AnswerKind.TEXT}),
    )
    asked = {question.id: question.kind for question in questions}
    if unknown := sorted({id_ for given, kinds in ways for id_ in given if asked.get(id_) not in kinds}):
        raise NoSuchQuestion(unknown=", ".join(unknown))


def _refuse_outlandish(question: SurveyQuestion, wished: Answered) -> None:
    low, high = RATINGS
    rating, choice = wished.ratings.get(question.id), wished.choices.get(question.id)
    if question.kind is AnswerKind.RATING and rating is not None and not low <= rating <= high:
        raise NotAnAnswer(question=question.id, allowed=f"{low} to {high}")
    if choice is not None and choice not in question.choices:
        raise NotAnAnswer(question=question.id, allowed="; ".join(question.choices))


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
