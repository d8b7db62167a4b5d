"""Admission: who may come into a programme, on which side, when, and with which answers."""

from collections.abc import Mapping
from datetime import date

from domain import audience
from domain.profile import PersonFacts
from domain.program_settings import ProgramTerms, Side
from domain.refusal import Refusal


class ProgramIsArchived(Refusal):
    """This programme is archived; nothing can be added to it."""


class ProgramIsWoundDown(Refusal):
    """This programme is wound down: nobody comes in and no relationship begins any more."""


class ProgramIsNotOpen(Refusal):
    """This programme is not open for new people."""


class WindowIsShut(Refusal):
    """This programme does not take applications on this day."""


class ModeIsNotOffered(Refusal):
    """This programme does not bring people together in this way."""


class NobodyMentorsThemself(Refusal):
    """Nobody can be their own mentor."""


class PersonIsNotActive(Refusal):
    """This person is not, or no longer, active in the organisation."""


class OutsideAudience(Refusal):
    """The programme is not for everybody; as a {role}, {condition}."""


class NeedsInvitation(Refusal):
    """This programme can only be joined by invitation."""


class AnswerIsMissing(Refusal):
    """The question {question} needs an answer."""


class AnswerFitsNoQuestion(Refusal):
    """There is no question {question} for a {role}."""


class AnswerIsNoChoice(Refusal):
    """The question {question} is answered with one of its choices."""


def refuse_over(program: ProgramTerms) -> None:
    """Relationships still begin in a closed programme, but not in one that is wound down or archived."""
    if program.archived:
        raise ProgramIsArchived
    if program.over:
        raise ProgramIsWoundDown


def refuse_shut(program: ProgramTerms, today: date) -> None:
    if not program.enrollment.application:
        raise NeedsInvitation
    if not program.enrollment.window.holds(today):
        raise WindowIsShut


def refuse_outside(program: ProgramTerms, person: PersonFacts, role: Side) -> None:
    """Outside the programme's time, the organisation, or the audience."""
    if program.over:
        raise ProgramIsWoundDown
    if not person.active:
        raise PersonIsNotActive
    if condition := failing_condition(program, person, role):
        raise OutsideAudience(role=role, condition=condition)


def failing_condition(program: ProgramTerms, person: PersonFacts, role: Side) -> str | None:
    rule = program.audience.get(role)
    return None if rule is None else audience.failing(rule, person.profile)


def refuse_answers(program: ProgramTerms, role: Side, answers: Mapping[str, str]) -> None:
    asked = {q.id: q for q in program.enrollment.questions if q.side in {None, role}}
    for answered in answers:
        if answered not in asked:
            raise AnswerFitsNoQuestion(question=answered, role=role)
    for question in asked.values():
        if question.required and question.id not in answers:
            raise AnswerIsMissing(question=question.id)
        if question.choices and answers.get(question.id, question.choices[0]) not in question.choices:
            raise AnswerIsNoChoice(question=question.id)
