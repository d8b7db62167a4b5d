"""What the surveys of a programme came to, for those who read its reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import psycopg
import strawberry
from strawberry import UNSET

from api.context import Context, Info
from api.enums import Side, SurveyAnswerKind, SurveyKind, SurveyMeasure
from api.loading import load
from api.program_staff import staff_of
from api.refusals import Problem
from domain.ids import ProgramId
from domain.permissions import Action, Actor, Scope, Thing, may, scopes_for
from domain.program import PROGRAM
from domain.refusal import Refusal
from domain.survey_forms import Measure
from projections import reporting
from projections import survey_results as results
from projections.report_asked import asked, snapshot
from projections.survey_answers import Asked, Surveyed

if TYPE_CHECKING:
    from api.participant import Participant

HIDDEN: Final = "Null where it would tell of fewer than five people."


@strawberry.type(description="How often one possible answer was given.")
class SurveyAnswerCount:
    answer: str = strawberry.field(description="A choice, or the number of a rating or score.")
    count: int
    share: float


async def _words(root: Any, info: Info) -> list[str]:
    found: list[str] = await root.said(info.context)
    return found


@strawberry.type(description="What one question came to, in the words in which it was asked last.")
class SurveyQuestionResult:
    question: str
    text: str
    kind: SurveyAnswerKind
    measures: SurveyMeasure | None
    n: int | None = strawberry.field(
        description=f"How many answers count: in batches of five people, so the last few wait. {HIDDEN}"
    )
    mean: float | None = strawberry.field(description=f"Of ratings and scores. {HIDDEN}")
    distribution: list[SurveyAnswerCount] = strawberry.field(description="Empty for words.")
    suppressed: bool = strawberry.field(description="Of fewer than five people nothing is told.")
    said: strawberry.Private[Any]

    words: list[str] = strawberry.field(
        resolver=_words,
        description="What was said, in the order of the alphabet and without names; for staff that the"
        " programme trusts with surveys.",
    )


@strawberry.type(description="What the surveys of one kind came to.")
class SurveyFormResult:
    kind: SurveyKind
    asked: int | None = strawberry.field(description=HIDDEN)
    answered: int | None = strawberry.field(description=HIDDEN)
    lapsed: int | None = strawberry.field(description=HIDDEN)
    response_rate: float | None = strawberry.field(description="Answered of asked.")
    questions: list[SurveyQuestionResult]


@strawberry.type(
    description="Who would recommend the programme (9 or 10), less who rather would not (0 to 6)."
)
class NetPromoterScore:
    side: Side | None = strawberry.field(description="Null: of both sides.")
    score: float | None = strawberry.field(description=f"From -100 to 100. {HIDDEN}")
    n: int | None
    promoters: int | None
    passives: int | None
    detractors: int | None
    suppressed: bool


async def _participant(root: Any, info: Info) -> Any:
    return await load(info, "Participant", root.mentor)


@strawberry.type(description="How mentees rate one mentor; only where five do.")
class MentorRating:
    n: int = strawberry.field(description="By so many mentees, each counted once.")
    mean: float
    mentor: strawberry.Private[UUID]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=_participant
    )


@strawberry.type(description="How mentees rate the help of their mentors, from 1 to 5.")
class MentorEffectiveness:
    n: int | None = strawberry.field(description=HIDDEN)
    mean: float | None = strawberry.field(description=HIDDEN)
    suppressed: bool
    mentors: list[MentorRating] = strawberry.field(
        description="The best first; whoever could be reckoned from the others is left out."
    )


@strawberry.type(description="What a programme's surveys came to, as of a moment.")
class SurveyResults:
    as_of: datetime
    forms: list[SurveyFormResult] = strawberry.field(description="A kind of survey each.")
    net_promoter_score: list[NetPromoterScore] = strawberry.field(
        description="Of both sides together first, then of each side."
    )
    mentor_effectiveness: MentorEffectiveness


async def survey_results_of_program(
    root: Any,
    info: Info,
    *,
    as_of: datetime | None = UNSET,
    kind: SurveyKind | None = UNSET,
    department: str | None = UNSET,
    location: str | None = UNSET,
    began_from: date | None = UNSET,
    began_until: date | None = UNSET,
) -> SurveyResults | None:
    program = ProgramId(UUID(root.key))
    await _refuse_strangers(info.context, program)
    given = {
        "as_of": as_of,
        "department": department,
        "location": location,
        "began_from": began_from,
        "began_until": began_until,
    }
    try:
        scope = asked(program, _as_text(given), info.context.now()).scope
        return await info.context.in_thread(
            lambda _, connection: _read(connection, scope, kind or None, info.context.actor)
        )
    except Refusal as refusal:
        raise Problem(refusal.code, refusal.sentence) from None


def _as_text(given: Mapping[str, Any]) -> dict[str, str]:
    said = {name: one for name, one in given.items() if one is not None and one is not UNSET}
    return {name: one if isinstance(one, str) else one.isoformat() for name, one in said.items()}


async def _refuse_strangers(context: Context, program: ProgramId) -> None:
    state = (await context.store.load_async(PROGRAM.stream(program))).state
    if not may(context.actor, Action.SEE_REPORTS, Thing(None, program, staff_of(state))):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")


def _read(
    connection: psycopg.Connection[Any], scope: reporting.Scope, kind: SurveyKind | None, actor: Actor
) -> SurveyResults:
    with snapshot(connection):
        surveyed = Surveyed(connection, scope)
        promoting = Surveyed(connection, scope, measures=Measure.RECOMMENDATION)
        rating = Surveyed(connection, scope, measures=Measure.EFFECTIVENESS)
        return SurveyResults(
            as_of=scope.as_of,
            forms=[
                one
                for one in _forms(surveyed.asked(), results.question_results(surveyed), scope, actor)
                if kind in {None, one.kind}
            ],
            net_promoter_score=[_score(one) for one in results.promoters(promoting)],
            mentor_effectiveness=_mentors(results.effectiveness(rating, connection, scope)),
        )


def _forms(
    asked_: Sequence[Asked],
    questions: Sequence[results.QuestionResult],
    scope: reporting.Scope,
    actor: Actor,
) -> list[SurveyFormResult]:
    by_kind = {one.kind: one for one in asked_}
    known = {*by_kind, *(one.kind for one in questions)}
    kinds = [kind for kind in SurveyKind if kind in known]
    return [
        _form(
            kind,
            by_kind.get(kind),
            [_question(one, scope, actor) for one in questions if one.kind == kind],
        )
        for kind in kinds
    ]


def _form(kind: SurveyKind, found: Asked | None, questions: list[SurveyQuestionResult]) -> SurveyFormResult:
    return SurveyFormResult(
        kind=kind,
        asked=found.asked if found else None,
        answered=found.answered if found else None,
        lapsed=found.lapsed if found else None,
        response_rate=found.answered / found.asked if found else None,
        questions=questions,
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """Words are read where they are asked for, by whom the policy trusts."""

    kind: str
    question: str
    scope: reporting.Scope
    actor: Actor

    async def __call__(self, context: Context) -> list[str]:
        trusting = scopes_for(self.actor, Action.SEE_SURVEYS)
        roles = [str(role) for role, how in trusting if how is Scope.STAFFED]
        viewer = self.actor.participant
        return await context.in_thread(
            lambda _, connection: Surveyed(connection, self.scope).words(
                self.kind, self.question, viewer, roles
            )
        )


def _question(one: results.QuestionResult, scope: reporting.Scope, actor: Actor) -> SurveyQuestionResult:
    return SurveyQuestionResult(
        question=one.question,
        text=one.text,
        kind=SurveyAnswerKind(one.answered_by),
        measures=SurveyMeasure(one.measures) if one.measures else None,
        n=None if one.suppressed else one.n,
        mean=one.mean,
        distribution=[SurveyAnswerCount(answer=a, count=n, share=n / one.n) for a, n in one.distribution],
        suppressed=one.suppressed,
        said=_Said(one.kind, one.question, scope, actor),
    )


def _score(one: results.Promoters) -> NetPromoterScore:
    found = one.found
    return NetPromoterScore(
        side=Side(one.side) if one.side else None,
        score=found.score if found else None,
        n=found.n if found else None,
        promoters=found.promoters if found else None,
        passives=found.passives if found else None,
        detractors=found.detractors if found else None,
        suppressed=found is None,
    )


def _mentors(found: results.Effectiveness) -> MentorEffectiveness:
    return MentorEffectiveness(
        n=found.whole.n if found.whole else None,
        mean=found.whole.mean if found.whole else None,
        suppressed=found.whole is None,
        mentors=[MentorRating(n=one.n, mean=one.mean, mentor=mentor) for mentor, one in found.mentors],
    )
