"""Rates with their uncertainty: Wilson's interval of a share, Katz's of a ratio; 95 %, in tenths of a
thousandth.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

from domain.matching_settings import WHOLE

_Z: Final = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""

FOUR_FIFTHS: Final = 8_000
"""The rule of thumb of those who watch over selection: below it a ratio asks for a reason."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `n`; share and interval in 10,000ths."""

    count: int
    n: int
    share: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """One rate over the best one, in 10,000ths; n is the size of both groups. The best beside itself is 1,
    exactly.
    """

    value: int
    n: int
    low: int
    high: int
    flagged: bool


def rate(count: int, n: int) -> Rate:
    """Wilson's score interval. Of nobody there is no rate."""
    share, spread = count / n, _Z * _Z / n
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return Rate(count, n, _parts(share), _parts(max(0.0, middle - reach)), _parts(min(1.0, middle + reach)))


def ratio(of: Rate, best: Rate) -> Ratio | None:
    """Katz's interval on the logarithm; None where even the best rate is nothing."""
    if best.count == 0:
        return None
    if of is best:
        return Ratio(WHOLE, of.n, WHOLE, WHOLE, flagged=False)
    value = _parts((of.count / of.n) / (best.count / best.n))
    low, high = _katz(of, best)
    return Ratio(value, of.n + best.n, low, high, value < FOUR_FIFTHS)


def _katz(of: Rate, best: Rate) -> tuple[int, int]:
    """With a rate of nothing there is no logarithm: half a person is added then to all who did and all who
    did not.
    """
    half = 0.0 if of.count else 0.5
    one, other, n_one, n_other = of.count + half, best.count + half, of.n + 2 * half, best.n + 2 * half
    reach = _Z * sqrt(1 / one - 1 / n_one + 1 / other - 1 / n_other)
    centre = log((one / n_one) / (other / n_other))
    return (_parts(exp(centre - reach)) if of.count else 0), _parts(exp(centre + reach))


def _parts(share: float) -> int:
    return round(share * WHOLE)
