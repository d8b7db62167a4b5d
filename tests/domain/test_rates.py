"""Intervals: figures from the literature, and what must hold of any."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from scipy.stats import binomtest
from scipy.stats.contingency import relative_risk

from domain.rates import Ratio, rate, ratio


@drawn(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_that_of_an_independent_package(counts: tuple[int, int]) -> None:
    count, n = counts
    interval = binomtest(count, n).proportion_ci(0.95, method="wilson")
    found = rate(count, n)
    assert (found.low, found.high) == pytest.approx((interval.low * 10_000, interval.high * 10_000), abs=1)
    assert found.low <= found.share <= found.high


@drawn(st.integers(1, 500), st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
def test_katzs_interval_is_that_of_an_independent_package(
    one: int, without: int, best: int, other: int
) -> None:
    found = ratio(rate(one, one + without), rate(best, best + other))
    assert found is not None
    risk = relative_risk(one, one + without, best, best + other)
    interval = risk.confidence_interval(0.95)
    assert found.value == pytest.approx(risk.relative_risk * 10_000, abs=1)
    assert (found.low, found.high) == pytest.approx((interval.low * 10_000, interval.high * 10_000), abs=1)


def test_below_four_fifths_a_ratio_is_flagged() -> None:
    best = rate(100, 100)
    assert [found.flagged for count in (79, 80) if (found := ratio(rate(count, 100), best))] == [True, False]


def test_the_best_beside_itself_is_one() -> None:
    best = rate(3, 4)
    assert ratio(best, best) == Ratio(10_000, 4, 10_000, 10_000, flagged=False)


def test_beside_nothing_there_is_no_ratio() -> None:
    assert ratio(rate(0, 5), rate(0, 8)) is None


def test_nobody_of_a_group_still_has_an_upper_end() -> None:
    found = ratio(rate(0, 10), rate(10, 10))
    assert found is not None
    # 0.5 of 11 over 10.5 of 11 is 1/21; the logarithm's deviation is sqrt(2 - 1/11 + 1/10.5 - 1/11)
    assert (found.value, found.low, found.n, found.flagged) == (0, 0, 20, True)
    assert found.high == pytest.approx(10_000 / 21 * 2.71828 ** (1.95996 * 1.913407**0.5), rel=1e-3)
