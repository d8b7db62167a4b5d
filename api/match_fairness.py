"""How fair a run is, and scenarios beside each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import strawberry

from api.context import Info
from api.enums import Criterion
from api.match_run_reading import computed_run
from api.refusals import Problem
from api.relay import global_id
from api.runs import ComputedRun, OnProgress
from domain.ids import MatchRunId, ProgramId
from domain.match_run import Requested
from projections.run_inputs import computed_again

if TYPE_CHECKING:  # with it come numpy and the solvers, which a process that reports nothing does not need
    from domain import rates
    from domain.pairing import comparison, fairness

MOST_RUNS: Final = 8


@strawberry.type(description="What people of a group say of themselves.")
class GroupAnswer:
    question: str
    answer: str


@strawberry.type(description="A share in 10,000ths, with the interval that holds it in 95 of 100 cases.")
class Rate:
    count: int
    n: int
    share: int
    low: int
    high: int


@strawberry.type(description="A rate beside the best group's, in 10,000ths.")
class ImpactRatio:
    value: int
    n: int
    low: int
    high: int
    flagged: bool = strawberry.field(description="Below four fifths: a reason to look, not a verdict.")


@strawberry.type(description="How mentees of one self-stated group fared, or of two groups at once.")
class MenteeGroup:
    answers: list[GroupAnswer]
    n: int
    placed: Rate
    top_three: Rate
    mean_score: int | None = strawberry.field(description="Of those placed.")
    mean_wait: float = strawberry.field(description="Days since they were let in.")
    placed_impact: ImpactRatio | None
    top_three_impact: ImpactRatio | None


@strawberry.type(description="How mentors of one self-stated group fared.")
class MentorGroup:
    answers: list[GroupAnswer]
    n: int
    placed: Rate
    placed_impact: ImpactRatio | None
    share: int = strawberry.field(description="Of all mentors, in 10,000ths.")
    exposure: int = strawberry.field(
        description="Their share of the first three suggestions of every mentee, in 10,000ths."
    )


@strawberry.type(description="A group's impact ratios with a criterion, and without it.")
class ImpactChange:
    answers: list[GroupAnswer]
    placed_with: int | None
    placed_without: int | None
    top_three_with: int | None
    top_three_without: int | None


@strawberry.type(description="What would be different if one criterion did not count.")
class WithoutCriterion:
    criterion: Criterion
    changes: list[ImpactChange]


@strawberry.type(
    description="How people fared by what they say of themselves. Groups under five are never told of."
)
class FairnessReport:
    mentees: list[MenteeGroup]
    mentors: list[MentorGroup]
    suppressed_mentees: list[list[GroupAnswer]]
    suppressed_mentors: list[list[GroupAnswer]]
    flagged: list[list[GroupAnswer]]
    without: list[WithoutCriterion] = strawberry.field(description="If you ask for it.")


@strawberry.type(description="A group's impact ratio of being placed, in 10,000ths.")
class GroupImpact:
    answers: list[GroupAnswer]
    value: int | None
    beside_reference: int | None


@strawberry.type(description="Wishes for a competency that nobody fulfils whom the mentee got.")
class OpenWishes:
    competency: str
    count: int
    beside_reference: int


@strawberry.type(description="One run beside the first one; `more` is its figure less that of the first.")
class Scenario:
    run: strawberry.ID
    label: str | None
    placed: int
    total: int
    worst: int | None
    fifth: int | None
    mean: int | None
    more_placed: int
    more_total: int
    more_worst: int | None
    more_fifth: int | None
    more_mean: int | None
    moved: int = strawberry.field(description="How many have others than in the first one.")
    impact: list[GroupImpact]
    open: list[OpenWishes]


async def _fairness(info: Info, run: strawberry.ID, without_each: bool = False) -> FairnessReport | None:
    found = await computed_run(info, run)
    if found is None:
        return None
    return await info.context.runs.compute(partial(_reported, found, without_each))


def _reported(run: ComputedRun, without_each: bool, go_on: OnProgress) -> FairnessReport:
    from domain.pairing.fairness import fairness  # noqa: PLC0415 as above

    inputs = run.inputs
    again = lambda terms: computed_again(inputs, terms, go_on)
    told = fairness(
        inputs.pool,
        inputs.terms,
        run.outcome,
        prices=run.prices,
        again=again if without_each else None,
        on_progress=go_on,
    )
    return FairnessReport(
        mentees=list(map(_mentee_group, told.mentees)),
        mentors=list(map(_mentor_group, told.mentors)),
        suppressed_mentees=list(map(_answers, told.suppressed_mentees)),
        suppressed_mentors=list(map(_answers, told.suppressed_mentors)),
        flagged=list(map(_answers, told.flagged)),
        without=[
            WithoutCriterion(criterion=one.criterion, changes=list(map(_change, one.changes)))
            for one in told.without
        ],
    )


def _answers(answers: Iterable[tuple[str, str]]) -> list[GroupAnswer]:
    return [GroupAnswer(question=question, answer=answer) for question, answer in answers]


def _mentee_group(group: "fairness.MenteeGroup") -> MenteeGroup:
    return MenteeGroup(
        answers=_answers(group.answers),
        n=group.n,
        placed=_rate(group.placed),
        top_three=_rate(group.top_three),
        mean_score=group.mean_score,
        mean_wait=group.mean_wait,
        placed_impact=_ratio(group.placed_impact),
        top_three_impact=_ratio(group.top_three_impact),
    )


def _mentor_group(group: "fairness.MentorGroup") -> MentorGroup:
    return MentorGroup(
        answers=_answers(group.answers),
        n=group.n,
        placed=_rate(group.placed),
        placed_impact=_ratio(group.placed_impact),
        share=group.share,
        exposure=group.exposure,
    )


def _change(change: "fairness.Change") -> ImpactChange:
    return ImpactChange(
        answers=_answers(change.answers),
        placed_with=change.placed[0],
        placed_without=change.placed[1],
        top_three_with=change.top_three[0],
        top_three_without=change.top_three[1],
    )


def _rate(rate: "rates.Rate") -> Rate:
    return Rate(count=rate.count, n=rate.n, share=rate.share, low=rate.low, high=rate.high)


def _ratio(ratio: "rates.Ratio | None") -> ImpactRatio | None:
    if ratio is None:
        return None
    return ImpactRatio(value=ratio.value, n=ratio.n, low=ratio.low, high=ratio.high, flagged=ratio.flagged)


@dataclass(frozen=True, slots=True)
class Told:
    """All that is kept of a run while the next one's pool is read."""

    run: MatchRunId
    requested: Requested
    figures: "comparison.Figures"


async def _comparison(info: Info, runs: list[strawberry.ID]) -> list[Scenario] | None:
    if not 1 <= len(runs) <= MOST_RUNS:
        raise Problem("BAD_COMPARISON", f"Compare 1 to {MOST_RUNS} runs.")
    told: list[Told] = []
    for run in runs:
        found = await computed_run(info, run)
        if found is None:
            return None
        asked = found.requested
        if told and _pool_of(asked) != _pool_of(told[0].requested):
            raise Problem("POOLS_DIFFER", "Only scenarios on one and the same pool can be compared.")
        told.append(await info.context.runs.compute(partial(_told, found)))
    return await info.context.runs.compute(lambda _: _compared(told))


def _pool_of(requested: Requested) -> tuple[ProgramId, str]:
    return requested.program, requested.pool_digest


def _told(run: ComputedRun, _: OnProgress) -> Told:
    from domain.pairing.comparison import figures  # noqa: PLC0415 as above

    held = figures(run.inputs.pool, run.inputs.terms, run.outcome)
    return Told(run.inputs.run, run.requested, held)


def _compared(told: Sequence[Told]) -> list[Scenario]:
    from domain.pairing.comparison import compare  # noqa: PLC0415 as above

    beside = compare(told[0].figures, [one.figures for one in told])
    return [_scenario(run, one) for run, one in zip(told, beside, strict=True)]


def _scenario(run: Told, one: "comparison.Compared") -> Scenario:
    held = one.figures
    return Scenario(
        run=global_id("MatchRun", run.run),
        label=run.requested.label,
        placed=held.placed,
        total=held.total,
        worst=held.worst,
        fifth=held.fifth,
        mean=held.mean,
        more_placed=one.placed,
        more_total=one.total,
        more_worst=one.worst,
        more_fifth=one.fifth,
        more_mean=one.mean,
        moved=one.moved,
        impact=[
            GroupImpact(answers=_answers(group), value=value, beside_reference=one.impact.get(group))
            for group, value in held.impact.items()
        ],
        open=_open(held.short, one.short),
    )


def _open(counts: Mapping[str, int], beside: Mapping[str, int]) -> list[OpenWishes]:
    return [
        OpenWishes(competency=competency, count=counts.get(competency, 0), beside_reference=more)
        for competency, more in beside.items()
    ]


@strawberry.type
class MatchFairnessQueries:
    match_fairness: FairnessReport | None = strawberry.field(
        resolver=_fairness, description="How people fared in a run by what they say of themselves."
    )
    match_comparison: list[Scenario] | None = strawberry.field(
        resolver=_comparison, description="Runs on one frozen pool side by side; the first is the reference."
    )
