"""What the people of a relationship are asked about it, and answer: by the timers of its programme."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from deploy.ninety_days import sentences
from deploy.ninety_days.life import Life, Strand
from deploy.ninety_days.working import rated
from domain import survey
from domain.ids import survey_id
from domain.mentorship import Concluded
from domain.survey import SURVEY, Asked
from domain.survey_forms import AnswerKind, Measure, SurveyQuestion
from domain.surveying import due_surveys

SURVEYING: Final = "surveying"
"""Who asks: the worker of that name."""
MORNING: Final = time(5, 10, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def surveying(life: Life) -> Strand:
    """Each morning, whatever has fallen due; also of what has ended, which is evaluated."""
    today = life.now.date()
    while True:
        today += DAY
        yield datetime.combine(today, MORNING)
        for occurrence, asked in due_surveys(
            life.within, course=life.course, now=life.now, last_held=life.met
        ):
            stream = SURVEY.stream(survey_id(life.cast.mentorship, occurrence, asked.to))
            wish = {"within": life.within, "asked": asked}
            if life.do(SURVEYING, stream, survey.ask, "timer", **wish):
                life.begin(_answering(life, occurrence, asked), lasting=True)


def _answering(life: Life, occurrence: str, asked: Asked) -> Strand:
    """Within the time there is, or not at all."""
    stream = SURVEY.stream(survey_id(life.cast.mentorship, occurrence, asked.to))
    if life.chance.random() < life.cast.temper.replies:
        yield life.later(life.chance.triangular(0.2, 9, 1.5), asked.to)
        life.do(str(asked.to), stream, survey.answer, by=asked.to, **_said(life, asked))
        return
    yield datetime.combine(asked.due + DAY, MORNING)
    life.do(SURVEYING, stream, survey.lapse, "timer", today=life.now.date())


def _said(life: Life, asked: Asked) -> dict[str, Any]:
    ratings: dict[str, int] = {}
    choices: dict[str, str] = {}
    text: dict[str, str] = {}
    for question in asked.questions:
        match question.kind:
            case AnswerKind.RATING:
                ratings[question.id] = rated(life)
            case AnswerKind.SCORE:
                ratings[question.id] = _scored(life, question)
            case AnswerKind.CHOICE:
                choices[question.id] = _chosen(life, question)
            case AnswerKind.TEXT:
                if life.chance.random() < 0.4:
                    text[question.id] = sentences.remark(life.chance, content=_is_content(life))
    return {"ratings": ratings, "choices": choices, "text": text}


def _scored(life: Life, question: SurveyQuestion) -> int:
    """Who is content recommends."""
    drawn = life.chance.gauss((life.cast.temper.rates - 1) * 2.5, 1.2)
    return max(0, min(10, round(drawn if question.measures is Measure.RECOMMENDATION else drawn / 2)))


def _chosen(life: Life, question: SurveyQuestion) -> str:
    """The better, the further the choices are to the front."""
    reached = isinstance(life.held.ended, Concluded)
    at = life.chance.choice((0, 0, 1) if reached else (1, len(question.choices) - 1))
    return question.choices[at]


def _is_content(life: Life) -> bool:
    return life.cast.temper.rates >= 3.5
