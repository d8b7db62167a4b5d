"""What can be asked about a run: why this one, why not that one, why nobody, and whom to recruit."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.context import Info
from api.enums import AlternativeFate, Criterion
from api.match_run import MatchPerson
from api.match_run_reading import computed_run
from api.refusals import Problem
from api.relay import parse_global_id
from api.runs import ComputedRun, OnProgress
from domain.ids import Pair, ParticipantId
from domain.pairing.pool import Pool
from domain.refusal import Refusal
from projections.board import person_key, person_label
from projections.run_inputs import computed_again

if TYPE_CHECKING:  # with it come numpy and the solvers, which a process that reports nothing does not need
    from domain.pairing import coverage, explain, marginal
    from domain.pairing.outcome import Outcome


@strawberry.type(description="One criterion: what it gave the mentee's side, and what it counts.")
class CriterionScore:
    criterion: Criterion
    score: int | None = strawberry.field(description="0 to 10,000; null where too little is known.")
    weight: int = strawberry.field(description="Of 10,000.")


@strawberry.type(description="A wish of the mentee, and the offer that covers it best.")
class WishCoverage:
    wish: str
    level: int
    priority: int
    offer: str | None = strawberry.field(description="Null: the wish stays open.")
    offered_level: int | None
    score: int


@strawberry.type(description="What would be different in the whole: less than 0 is fewer, or lower.")
class MatchDifference:
    placed: int
    total: int


async def _one_place_more(root: Any, info: Info) -> Any:
    """Solved again, with that place."""
    run: ComputedRun = root.run
    if root.mentor_id is None:
        return None

    def solved(go_on: OnProgress) -> "marginal.Difference":
        from domain.pairing.marginal import with_place  # noqa: PLC0415 as above

        again = lambda pool: _with_pool(run, pool, go_on)
        return with_place(run.inputs.pool, run.outcome, root.mentor_id, again)

    return _difference(await info.context.runs.compute(solved))


@strawberry.type(description="Somebody else who was eligible for the mentee.")
class MatchAlternative:
    mentor: MatchPerson
    score: int
    rank: int
    fate: AlternativeFate
    places: int
    taken: int
    better: int = strawberry.field(description="How many who took a place score higher with this mentor.")
    run: strawberry.Private[ComputedRun]
    mentor_id: strawberry.Private[ParticipantId]

    one_place_more: MatchDifference = strawberry.field(
        resolver=_one_place_more, description="What one more place of this mentor would bring, exactly."
    )


@strawberry.type(description="How many mentors a rule bars.")
class RuleCount:
    rule: str
    count: int


@strawberry.type(description="Why somebody has nobody: the smallest set of obstacles there is.")
class MatchObstacles:
    mentor: MatchPerson | None = strawberry.field(description="The one whom least keeps away.")
    rules: list[str]
    full: bool
    below_minimum: bool
    barred_by: list[RuleCount]
    eligible: int
    free: int
    run: strawberry.Private[ComputedRun]
    mentor_id: strawberry.Private[ParticipantId | None]

    one_place_more: MatchDifference | None = strawberry.field(
        resolver=_one_place_more, description="What one more place of this mentor would bring, exactly."
    )


@strawberry.type(description="Why a mentee got whom they got, in the numbers that were compared.")
class MatchExplanation:
    pair: int | None = strawberry.field(description="The number of their pair; null: nobody was found.")
    mentee: MatchPerson
    mentor: MatchPerson | None
    score: int | None
    rank: int | None
    eligible: int
    parts: list[CriterionScore]
    coverage: list[WishCoverage]
    alternatives: list[MatchAlternative]
    obstacles: MatchObstacles | None
    sentences: list[str] = strawberry.field(description="The same for people to read.")


@strawberry.type(description="Why two people are not together.")
class WhyNot:
    score: int
    rules: list[str] = strawberry.field(description="What bars them.")
    together: bool
    below_minimum: bool
    at_least: int | None = strawberry.field(description="So many points of the total it would cost at least.")
    exactly: MatchDifference | None = strawberry.field(description="What it would change; if you ask for it.")
    sentences: list[str]


@strawberry.type(description="A competency that mentees wish for, and the places that are there for it.")
class CompetencyShortage:
    competency: str
    demand: int = strawberry.field(description="The wishes, weighed by their urgency.")
    wishing: int
    places: int
    short: int = strawberry.field(description="For so many no place would be left, whatever a run does.")
    open: int = strawberry.field(description="So many are with nobody who offers it at their level.")
    unmatched: int = strawberry.field(description="So many of those who wish for it got nobody.")
    places_more: int | None = strawberry.field(
        description="How many more would be placed with one more place of a mentor who offers it."
    )


def _person(run: ComputedRun, who: ParticipantId) -> MatchPerson:
    own = run.inputs.run
    return MatchPerson(label=person_label(own, who), key=str(person_key(own, who)))


def _in_pool(run: ComputedRun, given: str, side: str) -> ParticipantId:
    who = ParticipantId(UUID(parse_global_id(given, "Participant").key))
    known = run.compiled.mentee_index if side == "mentee" else run.compiled.mentor_index
    if who not in known:
        raise Problem("NOT_IN_POOL", f"The pool of this run has nobody like that as a {side}.")
    return who


async def _explanation(
    info: Info, run: strawberry.ID, mentee: strawberry.ID | None = UNSET, pair: int | None = UNSET
) -> MatchExplanation | None:
    found = await computed_run(info, run, named=bool(mentee))
    if found is None:
        return None
    return await info.context.runs.compute(lambda _: _explained(found, mentee or None, pair or None))


def _explained(run: ComputedRun, mentee: str | None, pair: int | None) -> MatchExplanation:
    from domain.pairing import explain, explain_texts  # noqa: PLC0415 as above

    who = _in_pool(run, mentee, "mentee") if mentee else _mentee_of(run, pair)
    told = explain.explain(run.compiled, run.outcome, who, forbidden=run.inputs.forbidden)
    return MatchExplanation(
        pair=told.found.number if told.found else None,
        mentee=_person(run, who),
        mentor=_person(run, told.mentor) if told.mentor else None,
        score=told.score,
        rank=told.rank,
        eligible=told.eligible,
        parts=[_part(part) for part in told.parts],
        coverage=[_covered(wish) for wish in told.coverage],
        alternatives=[_alternative(run, other) for other in told.alternatives],
        obstacles=_obstacles(run, told.blocked) if told.blocked else None,
        sentences=list(explain_texts.explanation_texts(told)),
    )


def _mentee_of(run: ComputedRun, pair: int | None) -> ParticipantId:
    for found in run.computed.pairs:
        if found.number == pair:
            return found.mentees[0]
    raise Problem("NO_SUCH_PAIR", "Name a mentee, or the number of a pair that the run has.")


def _part(part: "explain.Part") -> CriterionScore:
    return CriterionScore(criterion=part.criterion, score=part.score, weight=part.weight)


def _covered(wish: "coverage.Covered") -> WishCoverage:
    return WishCoverage(
        wish=wish.wish,
        level=wish.level,
        priority=wish.priority,
        offer=wish.offer,
        offered_level=wish.offered or None,
        score=wish.score,
    )


def _alternative(run: ComputedRun, other: "explain.Alternative") -> MatchAlternative:
    return MatchAlternative(
        mentor=_person(run, other.mentor),
        score=other.score,
        rank=other.rank,
        fate=AlternativeFate(other.fate),
        places=other.places,
        taken=other.taken,
        better=other.better,
        run=run,
        mentor_id=other.mentor,
    )


def _obstacles(run: ComputedRun, blocked: "explain.Blocked") -> MatchObstacles:
    return MatchObstacles(
        mentor=_person(run, blocked.mentor) if blocked.mentor else None,
        rules=list(blocked.rules),
        full=blocked.full,
        below_minimum=blocked.below_minimum,
        barred_by=[RuleCount(rule=rule, count=count) for rule, count in blocked.barred_by.items()],
        eligible=blocked.eligible,
        free=blocked.free,
        run=run,
        mentor_id=blocked.mentor,
    )


async def _why_not(
    info: Info,
    run: strawberry.ID,
    mentee: strawberry.ID,
    mentor: strawberry.ID,
    exactly: bool = False,
) -> WhyNot | None:
    found = await computed_run(info, run, named=True)
    if found is None:
        return None
    return await info.context.runs.compute(partial(_told_why_not, found, mentee, mentor, exactly))


def _told_why_not(run: ComputedRun, mentee: str, mentor: str, exactly: bool, go_on: OnProgress) -> WhyNot:
    from domain.pairing import explain, explain_texts  # noqa: PLC0415 as above

    one, other = _in_pool(run, mentee, "mentee"), _in_pool(run, mentor, "mentor")
    again = (lambda locked: _with_locks(run, locked, go_on)) if exactly else None
    told = explain.why_not(
        run.compiled,
        run.outcome,
        one,
        other,
        forbidden=run.inputs.forbidden,
        bound=run.bound,
        again=again,
    )
    return WhyNot(
        score=told.score,
        rules=list(told.rules),
        together=told.together,
        below_minimum=told.below_minimum,
        at_least=told.at_least,
        exactly=_difference(told.exactly) if told.exactly else None,
        sentences=list(explain_texts.why_not_texts(told)),
    )


def _difference(found: "marginal.Difference") -> MatchDifference:
    return MatchDifference(placed=found.placed, total=found.total)


def _with_locks(run: ComputedRun, locked: frozenset[Pair], go_on: OnProgress) -> "Outcome":
    """Raises a Problem where what is locked already leaves these no place."""
    inputs = replace(run.inputs, locked=run.inputs.locked | locked)
    try:
        return computed_again(inputs, on_progress=go_on)
    except Refusal as refusal:
        raise Problem(refusal.code, refusal.sentence) from refusal


def _with_pool(run: ComputedRun, pool: Pool, go_on: OnProgress) -> "Outcome":
    return computed_again(replace(run.inputs, pool=pool), on_progress=go_on)


async def _recruitment(info: Info, run: strawberry.ID) -> list[CompetencyShortage] | None:
    found = await computed_run(info, run)
    return None if found is None else await info.context.runs.compute(partial(_shortages, found))


def _shortages(run: ComputedRun, go_on: OnProgress) -> list[CompetencyShortage]:
    from domain.pairing.recruitment import recruitment  # noqa: PLC0415 as above

    inputs = run.inputs
    lacking = recruitment(
        inputs.pool, inputs.terms, run.outcome, forbidden=inputs.forbidden, on_progress=go_on
    )
    return [
        CompetencyShortage(
            competency=one.competency,
            demand=one.demand,
            wishing=one.wishing,
            places=one.places,
            short=one.short,
            open=one.open,
            unmatched=one.unmatched,
            places_more=one.places_more,
        )
        for one in lacking
    ]


@strawberry.type
class MatchReportQueries:
    match_explanation: MatchExplanation | None = strawberry.field(
        resolver=_explanation, description="Of a mentee, or of the mentee of a pair by its number."
    )
    why_not: WhyNot | None = strawberry.field(
        resolver=_why_not, description="Why these two are not together."
    )
    recruitment_report: list[CompetencyShortage] | None = strawberry.field(
        resolver=_recruitment, description="Which competencies lack places; the one that lacks most first."
    )
