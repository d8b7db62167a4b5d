"""How well a relationship does: what each metric is worth, and the health that they add up to.

Health is triage, so it comes with its parts and the version of its formula, and prints how often it was
right. What counts where and when is told in domain/measuring.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.accountability_settings import Metric, Target
from domain.mentorship import Outcome
from domain.rates import Rate, rate
from domain.relationship import Status

FORMULA_VERSION: Final = 1
"""Grows whenever the same facts would give another score."""
FEWEST_DAYS: Final = 14
FEWEST_METRICS: Final = 2
"""With less of either it is too early to tell."""
AT_RISK_BELOW: Final = 40
ON_TRACK_FROM: Final = 70
BEFOREHAND_DAYS: Final = 30
"""How long before its end a relationship's health is compared with what came of it."""


class Verdict(StrEnum):
    TOO_EARLY = "too_early"
    AT_RISK = "at_risk"
    NEEDS_CHECK_IN = "needs_check_in"
    ON_TRACK = "on_track"


@dataclass(frozen=True, slots=True)
class Part:
    """One metric of the health: `target` and `at_risk` as they hold at this time, `score` from 0 to 100."""

    metric: Metric
    value: float
    target: float
    at_risk: float
    weight: int
    score: float


@dataclass(frozen=True, slots=True)
class Health:
    """`score` None: too early to tell."""

    score: int | None
    verdict: Verdict
    parts: tuple[Part, ...] = ()


def at_this_time(target: Target, elapsed: float) -> tuple[float, float]:
    """The target and what counts as at risk. Those of the goals' progress are meant for half time, and grow
    with the share of its time that has `elapsed`.
    """
    if target.metric is not Metric.GOAL_PROGRESS:
        return target.target, target.at_risk
    return min(1.0, target.target * 2 * elapsed), min(1.0, target.at_risk * 2 * elapsed)


def score(metric: Metric, value: float, target: float, at_risk: float) -> float:
    """Piecewise linear: 0 at the worst, 40 at risk, 70 at the target, 100 at the best."""
    if metric is Metric.RESPONSE_TIME:
        return _score(-value, -2 * at_risk, -at_risk, -target, 0.0)
    worst, best = {
        Metric.SATISFACTION: (1.0, 5.0),
        Metric.HOURS_MENTORED: (0.0, 2 * target),
    }.get(metric, (0.0, 1.0))
    return _score(value, worst, at_risk, target, best)


def _score(value: float, worst: float, at_risk: float, target: float, best: float) -> float:
    if value >= best:
        return 100.0
    if value >= target:
        return 70 + 30 * (value - target) / (best - target)
    if value >= at_risk:
        return 40 + 30 * (value - at_risk) / (target - at_risk)
    return 40 * (value - worst) / (at_risk - worst) if value > worst else 0.0


def part(target: Target, value: float, elapsed: float) -> Part:
    wanted, at_risk = at_this_time(target, elapsed)
    worth = score(target.metric, value, wanted, at_risk)
    return Part(target.metric, value, wanted, at_risk, target.weight, worth)


def health(parts: Iterable[Part], active_days: float) -> Health:
    """Of the metrics that the programme has chosen and that have data; those without weight do not count."""
    counted = tuple(one for one in parts if one.weight > 0)
    if active_days < FEWEST_DAYS or len(counted) < FEWEST_METRICS:
        return Health(None, Verdict.TOO_EARLY, counted)
    weight = sum(one.weight for one in counted)
    whole = round(sum(one.weight * one.score for one in counted) / weight)
    return Health(whole, verdict(whole), counted)


def verdict(score_: int) -> Verdict:
    if score_ < AT_RISK_BELOW:
        return Verdict.AT_RISK
    return Verdict.NEEDS_CHECK_IN if score_ < ON_TRACK_FROM else Verdict.ON_TRACK


@dataclass(frozen=True, slots=True)
class Ended:
    """A relationship that has come to its end, and the verdict of its health BEFOREHAND_DAYS before."""

    state: Status
    outcome: Outcome | None
    beforehand: Verdict

    @property
    def failed(self) -> bool:
        fell_asleep = self.outcome in {Outcome.LAPSED, Outcome.NOT_ACHIEVED}
        return self.state is Status.ENDED_EARLY or fell_asleep


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often health was right: of those said to be at risk, how many failed (precision); of those that
    failed, how many were said to be (recall). None where there are none. Those `too_early` are left out.
    """

    precision: Rate | None
    recall: Rate | None
    judged: int
    too_early: int


def accuracy(ended: Sequence[Ended]) -> Accuracy:
    judged = [one for one in ended if one.beforehand is not Verdict.TOO_EARLY]
    return accuracy_of(
        warned=sum(one.beforehand is Verdict.AT_RISK for one in judged),
        failed=sum(one.failed for one in judged),
        both=sum(one.failed and one.beforehand is Verdict.AT_RISK for one in judged),
        judged=len(judged),
        too_early=len(ended) - len(judged),
    )


def accuracy_of(*, warned: int, failed: int, both: int, judged: int, too_early: int) -> Accuracy:
    """The same from counts."""
    precision = rate(both, warned) if warned else None
    recall = rate(both, failed) if failed else None
    return Accuracy(precision, recall, judged, too_early)
