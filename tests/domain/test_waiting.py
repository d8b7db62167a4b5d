"""The wait that is told is the wait there is: by an independent package, and by lists lived through."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from scipy import stats

from domain.waiting import FEWEST, Estimate, Stay, Waitlist, beta_prime

NOW = datetime(2030, 5, 2, 9, tzinfo=UTC)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def placed(began: float, ended: float, position: int = 1) -> Stay:
    """So many days ago."""
    return Stay(NOW - days(began), position, NOW - days(ended))


def waitlist(*stays: Stay) -> Waitlist:
    return Waitlist(min((stay.began for stay in stays), default=NOW), stays)


@drawn(st.floats(0.01, 0.99), st.integers(1, 400), st.integers(1, 400))
def test_quantiles_are_those_of_an_independent_package(share: float, k: int, n: int) -> None:
    assert beta_prime(share, k, n) == pytest.approx(float(stats.betaprime(k, n).ppf(share)), rel=1e-6)


def test_nothing_is_told_before_enough_places_have_come() -> None:
    few = [placed(60 + number, 30 + number) for number in range(FEWEST - 1)]
    assert waitlist(*few).estimate(1, NOW) == Estimate(based_on=4)
    assert waitlist().estimate(1, NOW) == Estimate(based_on=0)


def test_a_place_every_ten_days_is_ten_days_for_each_position() -> None:
    """Nine came in ninety days; the interval is around what the rate alone would say."""
    steady = [placed(400 - 10 * number, 395 - 10 * number) for number in range(40)]
    first, fifth = (waitlist(*steady).estimate(position, NOW) for position in (1, 5))
    assert first.based_on == 9
    assert (first.from_days, first.to_days) == (1, 27)
    assert (fifth.from_days, fifth.to_days) == (22, 99)
    assert first.past_error == 5.0


def test_what_came_long_ago_says_nothing_of_now() -> None:
    assert waitlist(*[placed(300, 200)] * 20).estimate(1, NOW) == Estimate(based_on=0)


def test_of_a_young_list_the_rate_is_over_its_own_life() -> None:
    young = [placed(10, number) for number in range(1, 10)]
    told = waitlist(*young).estimate(1, NOW)
    assert (told.based_on, told.from_days, told.to_days) == (9, 0, 3)


def test_a_list_of_one_busy_hour_is_a_day_old() -> None:
    told = waitlist(*[placed(0.04, 0.01)] * 6).estimate(6, NOW)
    assert (told.from_days, told.to_days) == (0, 3)


def test_its_error_is_of_those_who_could_have_been_told() -> None:
    """Five came in fifty days: number two was to wait twenty, and waited thirty."""
    before = [placed(150, 150 - 10 * number) for number in range(1, 6)]
    told = waitlist(*before, placed(100, 70, position=2)).estimate(1, NOW - days(61))
    assert (told.based_on, told.past_error) == (6, 10.0)
    assert waitlist(*before).estimate(1, NOW - days(100)).past_error is None


def test_four_of_five_wait_as_long_as_they_were_told() -> None:
    """Lists that are lived through: places come at random, at a rate that nobody knows."""
    chance = random.Random(7)
    within, asked = 0, 0
    for _ in range(1_000):
        rate, position = chance.uniform(0.1, 1), chance.randint(1, 20)
        came = [NOW - days(ago) for ago in arrivals(chance, rate, 90)]
        stays = [Stay(NOW - days(100), 1, at) for at in came]
        told = Waitlist(NOW - days(200), stays).estimate(position, NOW)
        wait = sum(chance.expovariate(rate) for _ in range(position))
        if told.from_days is not None and told.to_days is not None:
            asked += 1
            within += told.from_days <= wait <= told.to_days
    assert 0.78 < within / asked < 0.9


def arrivals(chance: random.Random, rate: float, until: float) -> list[float]:
    at, found = chance.expovariate(rate), []
    while at < until:
        found.append(at)
        at += chance.expovariate(rate)
    return found


def test_a_long_list_is_told_of_quickly_enough_to_be_asked_for() -> None:
    """Whatever the position, few terms are summed: as many as places came, or as stand before."""
    many = [placed(89, number / 10) for number in range(1, 500)]
    told = waitlist(*many).estimate(5_000, NOW)
    assert told.from_days is not None
    assert told.to_days is not None
    assert 700 < told.from_days < 893 < told.to_days < 1_100
