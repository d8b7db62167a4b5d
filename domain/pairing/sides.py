"""The two sides of a score, for one mentee or for all of one signature: exact, and as a quick estimate.

Doubles are exact here: a quotient of whole numbers below 2**28 is never rounded up to the next whole number,
so cutting it off is the integer division of the definition.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.competence import Indices
from domain.pairing.signatures import Ints

Row = NDArray[np.int16]
"""The scores of one mentee with every mentor."""
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LOOSE: Final = 5
"""By how much an estimate can be above the exact score: both sides are cut off, then their mean."""
_TINY, _HALF = np.float32(1e-6), np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Side:
    """One side's weighted sums, what they are divided by, and where nothing is told (None: nowhere)."""

    sums: Ints
    divisors: Floats
    untold: NDArray[np.bool_] | None
    values: Floats

    @classmethod
    def of(cls, sums: Ints, weights: Ints) -> "Side":
        divisors = np.maximum(weights, 1).astype(np.float64)
        if len(weights) and (weights == weights[0]).all():
            divisors = divisors[:1]
        return cls(sums, divisors, None if weights.all() else weights == 0, np.floor(sums / divisors))

    def at(self, mentors: Indices, added: Ints | None) -> "Side":
        """Of some mentors, with what somebody in particular adds for each of them."""
        untold = None if self.untold is None else self.untold[mentors]
        if added is None:
            return Side(self.sums, self.divisors, untold, self.values[mentors])
        divisors = self.divisors if len(self.divisors) == 1 else self.divisors[mentors]
        quotients = (self.sums[mentors] + added) / divisors
        return Side(self.sums, divisors, untold, np.floor(quotients, out=quotients))


@dataclass(frozen=True)
class Signature:
    """What mentees of one signature share with each mentor; `plain` are scores without the rest."""

    keep: NDArray[np.bool_]
    mentee: Side
    mentor: Side
    plain: Row

    @cached_property
    def rough(self) -> "Rough":
        return Rough.of(self.keep, self.mentee, self.mentor)

    def exact(self, mentors: Indices, mine: Ints, theirs: Ints | None) -> Floats:
        """With what the mentee adds to both sides' sums as somebody in particular, for each of `mentors`."""
        return combined(self.mentee.at(mentors, mine), self.mentor.at(mentors, theirs))


@dataclass(frozen=True, slots=True)
class Rough:
    """Both sides in single floats: each a base plus a factor of what is added; below zero where barred."""

    mentee: Singles
    mentee_factor: Singles
    mentee_untold: NDArray[np.bool_] | None
    mentor: Singles
    mentor_factor: Singles
    mentor_untold: NDArray[np.bool_] | None

    @classmethod
    def of(cls, keep: NDArray[np.bool_], mentee: Side, mentor: Side) -> "Rough":
        return cls(*_rough(keep, mentee), mentee.untold, *_rough(keep, mentor), mentor.untold)

    def estimate(self, mine: Ints | None, theirs: Ints | None) -> Ints:
        """Never below the exact score, and above it by no more than LOOSE; negative only where barred."""
        one = _added(self.mentee, mine, self.mentee_factor)
        other = _added(self.mentor, theirs, self.mentor_factor)
        if self.mentee_untold is not None:
            one = np.where(self.mentee_untold, other, one)
        if self.mentor_untold is not None:
            other = np.where(self.mentor_untold, one, other)
        both = one + other
        both += _TINY
        np.divide(one, both, out=both)
        both *= other
        both *= 2
        both += _HALF
        return both.astype(np.int32)


def _added(base: Singles, added: Ints | None, factor: Singles) -> Singles:
    if added is None:
        return base
    # Whole numbers times single floats would be doubles, at four times the cost.
    total = added.astype(np.float32)
    total *= factor
    total += base
    return total


def _rough(keep: NDArray[np.bool_], side: Side) -> tuple[Singles, Singles]:
    base = (side.sums / side.divisors).astype(np.float32)
    factor = np.broadcast_to(1 / side.divisors, base.shape).astype(np.float32)
    base[~keep], factor[~keep] = -3, 0
    return base, factor


def combined(mentee: Side, mentor: Side) -> Floats:
    total = mentee.values + mentor.values
    both = mentee.values * mentor.values
    both *= 2.0
    both /= np.maximum(total, 1.0, out=total)
    np.floor(both, out=both)
    if mentee.untold is not None:
        both[..., mentee.untold] = mentor.values[..., mentee.untold]
    if mentor.untold is not None:
        both[..., mentor.untold] = mentee.values[..., mentor.untold]
    return both
