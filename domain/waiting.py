"""How long the wait for a place may be: from the rate at which places came, and how well that told it before.

Places come at random at some rate. `came` of them in `watched` days leave the rate uncertain; with that
uncertainty, the days until the k-th next one are `watched` times a beta-prime variable with the shapes k and
`came`. An estimate is its middle 80 %.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

WATCHED: Final = timedelta(days=90)
"""How far back the rate is taken from."""
FEWEST: Final = 5
"""With fewer places seen to come, nothing is told."""
TAIL: Final = 0.1
HALVINGS: Final = 50
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay on a waitlist that ended with a place. `position` counts who waited when it began, with it."""

    began: datetime
    position: int
    ended: datetime


@dataclass(frozen=True, slots=True)
class Estimate:
    """`based_on` places that came; with too few, no days are told. `past_error` is how many days it would
    have been wrong, in the middle, for those who have got a place since.
    """

    based_on: int
    from_days: int | None = None
    to_days: int | None = None
    past_error: float | None = None


@dataclass(frozen=True, slots=True)
class _Rate:
    came: int
    days: float

    def expected(self, position: int) -> float:
        return self.days * position / self.came


class Waitlist:
    """Of one waitlist all stays that ended with a place, since `opened`: when it began, or was first read."""

    def __init__(self, opened: datetime, stays: Sequence[Stay]) -> None:
        self._opened, self._stays = opened, stays
        self._came = sorted(stay.ended for stay in stays)

    def estimate(self, position: int, now: datetime) -> Estimate:
        rate = self._rate(now)
        if rate.came < FEWEST:
            return Estimate(based_on=rate.came)
        low, high = (rate.days * beta_prime(tail, position, rate.came) for tail in (TAIL, 1 - TAIL))
        return Estimate(rate.came, math.floor(low), math.ceil(high), self._past_error())

    def _rate(self, now: datetime) -> _Rate:
        """Of a list that is younger than WATCHED, over its whole life; a day at least."""
        since = max(now - WATCHED, self._opened)
        came = bisect_right(self._came, now) - bisect_left(self._came, since)
        return _Rate(came, max(now - since, DAY) / DAY)

    def _past_error(self) -> float | None:
        """None: nobody who got a place could have been told anything when they came."""
        wrong = []
        for stay in self._stays:
            rate = self._rate(stay.began)
            if rate.came >= FEWEST:
                wrong.append(abs(rate.expected(stay.position) - (stay.ended - stay.began) / DAY))
        return round(median(wrong), 1) if wrong else None


def beta_prime(share: float, k: int, n: int) -> float:
    """The quantile of the beta-prime distribution with the whole shapes k and n."""
    x = _halved(lambda x: _at_least(k, k + n - 1, x) < share)
    return x / (1 - x)


def _halved(below: Callable[[float], bool]) -> float:
    """Where `below` turns false between 0 and 1."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _at_least(k: int, of: int, x: float) -> float:
    """The chance of k or more successes: the beta distribution's, by its sum over whole shapes."""
    if 2 * k > of:
        return _sum(k, of + 1, of, x)
    return 1 - _sum(0, k, of, x)


def _sum(first: int, end: int, of: int, x: float) -> float:
    odds, whole = math.log(x) - math.log1p(-x), of * math.log1p(-x)
    return math.fsum(math.exp(_log_choose(of, hits) + hits * odds + whole) for hits in range(first, end))


def _log_choose(of: int, hits: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(hits + 1) - math.lgamma(of - hits + 1)
