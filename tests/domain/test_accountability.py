"""What a metric is worth, what metrics add up to, and how often that was right: each worked out by hand."""

from typing import Final

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.accountability import (
    Accuracy,
    Ended,
    Health,
    Part,
    Verdict,
    accuracy,
    at_this_time,
    health,
    part,
    score,
    verdict,
)
from domain.accountability_settings import DEFAULT_TARGETS, Metric, Target
from domain.mentorship import Outcome
from domain.rates import rate
from domain.relationship import Status

CADENCE: Final = Metric.MEETING_CADENCE


@pytest.mark.parametrize(
    ("metric", "value", "expected"),
    [
        # Target 0.8, at risk 0.5: 40 * 0.25/0.5; 40 + 30 * 0.15/0.3; 70 + 30 * 0.1/0.2.
        (CADENCE, 0, 0),
        (CADENCE, 0.25, 20),
        (CADENCE, 0.5, 40),
        (CADENCE, 0.65, 55),
        (CADENCE, 0.8, 70),
        (CADENCE, 0.9, 85),
        (CADENCE, 1, 100),
        # Target 48 hours, at risk 120, twice that the worst: 40 * 60/120; 40 + 30 * 36/72; 70 + 30 * 24/48.
        (Metric.RESPONSE_TIME, 300, 0),
        (Metric.RESPONSE_TIME, 240, 0),
        (Metric.RESPONSE_TIME, 180, 20),
        (Metric.RESPONSE_TIME, 120, 40),
        (Metric.RESPONSE_TIME, 84, 55),
        (Metric.RESPONSE_TIME, 48, 70),
        (Metric.RESPONSE_TIME, 24, 85),
        (Metric.RESPONSE_TIME, 0, 100),
        # Target 4, at risk 3, of 1 to 5: 40 * 1/2; 40 + 30 * 0.5/1; 70 + 30 * 0.5/1.
        (Metric.SATISFACTION, 1, 0),
        (Metric.SATISFACTION, 2, 20),
        (Metric.SATISFACTION, 3.5, 55),
        (Metric.SATISFACTION, 4.5, 85),
        (Metric.SATISFACTION, 5, 100),
    ],
)
def test_a_score_is_a_broken_line(metric: Metric, value: float, expected: float) -> None:
    target = DEFAULT_TARGETS[metric]
    assert score(metric, value, target.target, target.at_risk) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, 0), (2, 20), (4, 40), (7, 55), (10, 70), (15, 85), (20, 100), (30, 100)]
)
def test_twice_the_wanted_hours_are_the_best(hours: float, expected: float) -> None:
    assert score(Metric.HOURS_MENTORED, hours, 10, 4) == pytest.approx(expected)


def test_where_two_points_of_the_line_fall_together_it_jumps() -> None:
    assert [score(CADENCE, value, 0.5, 0.5) for value in (0.4, 0.5)] == [pytest.approx(32), 70]
    assert [score(CADENCE, value, 1, 0.5) for value in (0.9, 1)] == [pytest.approx(64), 100]
    assert [score(CADENCE, value, 0.5, 0) for value in (0, 0.25)] == [40, 55]
    assert [score(Metric.RESPONSE_TIME, value, 0, 0) for value in (1, 0)] == [0, 100]


@drawn(st.sampled_from(Metric), st.floats(0, 300), st.floats(0, 300))
def test_better_is_never_worth_less(metric: Metric, one: float, other: float) -> None:
    target = DEFAULT_TARGETS[metric]
    low, high = (score(metric, value, target.target, target.at_risk) for value in sorted((one, other)))
    assert 0 <= min(low, high) <= max(low, high) <= 100
    assert low >= high if metric is Metric.RESPONSE_TIME else low <= high


def test_targets_of_goals_grow_with_the_time() -> None:
    goals = DEFAULT_TARGETS[Metric.GOAL_PROGRESS]
    assert [at_this_time(goals, elapsed) for elapsed in (0.25, 0.5, 1)] == [
        (0.25, 0.125),
        (0.5, 0.25),
        (1.0, 0.5),
    ]
    assert at_this_time(Target(metric=Metric.GOAL_PROGRESS, target=0.8, at_risk=0.6), 1) == (1.0, 1.0)
    assert at_this_time(DEFAULT_TARGETS[CADENCE], 0.1) == (0.8, 0.5)


def of(metric: Metric, value: float, weight: int = 1) -> Part:
    target = DEFAULT_TARGETS[metric]
    return part(target.model_copy(update={"weight": weight}), value, 0.5)


def test_health_is_the_weighted_mean_of_the_scores() -> None:
    """Cadence 0.5 is worth 40, and counts three times; 24 hours are worth 85: (3 * 40 + 85)/4 = 51.25."""
    parts = (of(CADENCE, 0.5, 3), of(Metric.RESPONSE_TIME, 24))
    assert health(parts, 14) == Health(51, Verdict.NEEDS_CHECK_IN, parts)


def test_what_has_no_weight_counts_for_nothing() -> None:
    parts = (of(CADENCE, 0.5), of(Metric.RESPONSE_TIME, 24))
    assert health((*parts, of(Metric.HOURS_MENTORED, 0, 0)), 14).parts == parts


def test_with_fewer_days_or_metrics_it_is_too_early_to_tell() -> None:
    parts = (of(CADENCE, 1), of(Metric.RESPONSE_TIME, 24))
    assert health(parts, 13.99).verdict is Verdict.TOO_EARLY
    assert health(parts[:1], 14) == Health(None, Verdict.TOO_EARLY, parts[:1])


def test_the_verdict_has_its_bounds() -> None:
    found = [verdict(score_) for score_ in (0, 39, 40, 69, 70, 100)]
    low, middle, high = Verdict.AT_RISK, Verdict.NEEDS_CHECK_IN, Verdict.ON_TRACK
    assert found == [low, low, middle, middle, high, high]


def test_how_often_health_was_right() -> None:
    """Of three said to be at risk two failed; of four that failed two were said to be. One was too early."""
    early, done = Status.ENDED_EARLY, Status.CONCLUDED
    ended = [
        Ended(early, None, Verdict.AT_RISK),
        Ended(done, Outcome.LAPSED, Verdict.AT_RISK),
        Ended(done, Outcome.ACHIEVED, Verdict.AT_RISK),
        Ended(done, Outcome.NOT_ACHIEVED, Verdict.ON_TRACK),
        Ended(early, None, Verdict.NEEDS_CHECK_IN),
        Ended(done, Outcome.PARTLY_ACHIEVED, Verdict.ON_TRACK),
        Ended(early, None, Verdict.TOO_EARLY),
    ]
    assert accuracy(ended) == Accuracy(rate(2, 3), rate(2, 4), judged=6, too_early=1)


def test_of_nothing_there_is_no_precision() -> None:
    assert accuracy([]) == Accuracy(None, None, judged=0, too_early=0)
