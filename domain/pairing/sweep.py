"""All scores of a mentee at once, exactly. Mentees of one signature share what rules and weights make of it.

Doubles are exact here: a quotient of whole numbers below 2**28 is never rounded up to the next whole number,
so cutting it off is the integer division of the definition.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import Criterion
from domain.pairing import rules
from domain.pairing.competence import Indices, Named, Offered, Wished
from domain.pairing.personal import PERSONAL, Biographies, Lists, tells
from domain.pairing.pool import Person, Pool
from domain.pairing.signatures import (
    RULED,
    TRAITS,
    Answered,
    Ints,
    Table,
    barring,
    measured,
    preferred,
    programme_defined,
)
from domain.pairing.singles import Singled
from domain.pairing.terms import Yardstick

Row = NDArray[np.int16]
"""The scores of one mentee with every mentor."""
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Choose = Callable[[int, NDArray[np.integer]], Indices]
"""From a mentee's estimates, the mentors who matter."""

BARRED: Final = -1
LOOSE: Final = 5
"""By how much an estimate can be above the exact score: both sides are cut off, then their mean."""
_TINY, _HALF = np.float32(1e-6), np.float32(0.5)
AT_ONCE: Final = 64
"""Mentees whose biographies are multiplied in one go."""
_MUTUAL: Final = frozenset({Criterion.COMMON_GROUND, Criterion.BIOGRAPHY})
"""Told only where both say something."""


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
        """Of some mentors, with what somebody in particular adds."""
        untold = None if self.untold is None else self.untold[mentors]
        if added is None:
            return Side(self.sums, self.divisors, untold, self.values[mentors])
        divisors = self.divisors if len(self.divisors) == 1 else self.divisors[mentors]
        quotients = (self.sums[mentors] + added[mentors]) / divisors
        return Side(self.sums, divisors, untold, np.floor(quotients, out=quotients))


@dataclass(frozen=True, slots=True)
class Signature:
    """What mentees of one signature share with each mentor; `plain` are scores without the rest."""

    keep: NDArray[np.bool_]
    mentee: Side
    mentor: Side
    plain: Row
    rough: "Rough"

    def exact(self, mentors: Indices, mine: Ints, theirs: Ints | None) -> Floats:
        """With what the mentee adds to both sides' sums as somebody in particular."""
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


class Change(NamedTuple):
    """Where the row of a mentee differs from the plain scores of the signature: each mentor once."""

    mentee: int
    signature: Signature
    mentors: Indices
    scores: Row


def combined(mentee: Side, mentor: Side) -> Floats:
    total = mentee.values + mentor.values
    both = mentee.values * mentor.values
    both *= 2.0
    both /= np.maximum(total, 1.0, out=total)
    np.floor(both, out=both)
    if mentee.untold is not None:
        both[mentee.untold] = mentor.values[mentee.untold]
    if mentor.untold is not None:
        both[mentor.untold] = mentee.values[mentor.untold]
    return both


class Sweep:
    def __init__(
        self, mentees: Sequence[Person], mentors: Sequence[Person], pool: Pool, yardstick: Yardstick
    ) -> None:
        self._mentees, self._mentors, self._yardstick = mentees, mentors, yardstick
        self._weights = {weight.criterion: weight.parts for weight in yardstick.terms.settings.weights}
        self._tables, self._mine, self._theirs = self._measured()
        self._bars = self._barring()
        terms = yardstick.terms
        self._open = np.array([rules.places(mentor, terms) > 0 for mentor in mentors], np.bool_)
        self._full = np.array([rules.places(mentee, terms) == 0 for mentee in mentees], np.bool_)
        weighted = [criterion for criterion in PERSONAL if criterion in self._weights]
        self._told = {
            criterion: (tells(criterion, mentees), tells(criterion, mentors)) for criterion in weighted
        }
        self.singled = Singled(mentors, pool, terms)
        self._offered = Offered(mentors, yardstick)
        self._wished = Wished(mentors, yardstick)
        self._named = Named(mentors)
        self._lists = Lists(mentors)
        self._biographies = Biographies(mentors) if Criterion.BIOGRAPHY in self._weights else None
        self.signature_of = self._signatures()

    def rest(self) -> None:
        """Forgets how well wishes are covered."""
        self._offered.rest()

    def each(self, mentees: NDArray[np.intp]) -> Iterator[tuple[int, Row]]:
        """Row after row, those of one signature together. A row is the receiver's to keep and to change."""
        for mentee, signature, mentors, scores in self.changes(mentees):
            row = signature.plain.copy()
            row[mentors] = scores
            yield mentee, row

    def changes(self, mentees: NDArray[np.intp]) -> Iterator[Change]:
        """The same rows, told as what is different from the plain scores of their signature."""
        for mentee, signature, alike in self._signed(mentees):
            yield self._change(mentee, signature, alike)

    def _signed(self, mentees: NDArray[np.intp]) -> Iterator[tuple[int, Signature, Ints | None]]:
        ordered = mentees[np.argsort(self.signature_of[mentees], kind="stable")]
        held, signature = -1, None
        for begin in range(0, len(ordered), AT_ONCE):
            part = ordered[begin : begin + AT_ONCE].tolist()
            alike = self._alike(part)
            for number, mentee in enumerate(part):
                if signature is None or self.signature_of[mentee] != held:
                    held, signature = int(self.signature_of[mentee]), self.signature(mentee)
                yield mentee, signature, None if alike is None else alike[number]

    def signature(self, mentee: int) -> Signature:
        mine, theirs = self._shared(mentee)
        keep = self._kept(mentee)
        plain = np.where(keep, combined(mine, theirs), BARRED).astype(np.int16)
        return Signature(keep, mine, theirs, plain, Rough.of(keep, mine, theirs))

    def _shared(self, mentee: int) -> tuple[Side, Side]:
        """Both sides' sums over what the signature tells."""
        size = len(self._mentors)
        sums, weights = np.zeros((2, size), np.int32), np.zeros((2, size), np.int32)
        sides = ((slice(None), self._tables), (0, self._mine), (1, self._theirs))
        for side, tables in sides:
            for weight, table in tables:
                value = table.row(int(table.kinds[mentee]))
                sums[side] += weight * np.maximum(value, 0)
                weights[side] += weight * (value >= 0)
        for criterion, (tell, told) in self._told.items():
            weight, mutual = self._weights[criterion], criterion in _MUTUAL
            weights[0] += weight * (told & tell[mentee] if mutual else tell[mentee])
            weights[1] += weight * (told & tell[mentee] if mutual else told)
        return Side.of(sums[0], weights[0]), Side.of(sums[1], weights[1])

    def _change(self, mentee: int, signature: Signature, alike: Ints | None) -> Change:
        person = self._mentees[mentee]
        barred = self.singled.barred(person)
        mine, theirs = self._personal(person, alike)
        if mine is None:
            return Change(mentee, signature, barred, np.full(len(barred), BARRED, np.int16))
        said = mine if theirs is None else mine | theirs
        touched = np.flatnonzero((said != 0) & signature.keep)
        scores = np.full(len(touched) + len(barred), BARRED, np.int16)
        scores[: len(touched)] = signature.exact(touched, mine, theirs)
        return Change(mentee, signature, np.concatenate([touched, barred]), scores)

    def candidates(self, mentees: NDArray[np.intp], choose: Choose) -> Iterator[tuple[int, Indices, Row]]:
        """Of each mentee the exact scores with those mentors whom `choose` picks from the estimates."""
        for mentee, signature, alike in self._signed(mentees):
            person = self._mentees[mentee]
            mine, theirs = self._personal(person, alike)
            row = signature.rough.estimate(mine, theirs)
            row[self.singled.barred(person)] = BARRED
            chosen = choose(mentee, row)
            if mine is None:
                scores = signature.plain[chosen]
            else:
                scores = signature.exact(chosen, mine, theirs).astype(np.int16)
            scores[row[chosen] < 0] = BARRED
            yield mentee, chosen, scores

    def _personal(self, mentee: Person, alike: Ints | None) -> tuple[Ints | None, Ints | None]:
        """What this very mentee adds to the weighted sums of both sides; None is nothing."""
        mine: Ints | None = None
        theirs: Ints | None = None
        if weight := self._weights.get(Criterion.COMPETENCIES, 0):
            mine = weight * self._offered.coverage(mentee)
            theirs = weight * self._wished.coverage(mentee) if self._wished.any else None
        if weight := self._weights.get(Criterion.WISH, 0):
            mine = _sum(mine, weight * self._lists.own(mentee))
            theirs = _sum(theirs, weight * self._lists.others(mentee))
        if weight := self._weights.get(Criterion.COMMON_GROUND, 0):
            common = weight * self._named.coverage(mentee)
            mine, theirs = _sum(mine, common), _sum(theirs, common)
        if alike is not None:
            mine, theirs = _sum(mine, alike), _sum(theirs, alike)
        return mine, theirs

    def _alike(self, mentees: list[int]) -> Ints | None:
        if self._biographies is None:
            return None
        alike = self._biographies.alike([self._mentees[mentee] for mentee in mentees])
        return self._weights[Criterion.BIOGRAPHY] * alike

    def _measured(self) -> "tuple[_Weighted, _Weighted, _Weighted]":
        """What both sides see the same, and what each sees."""
        people = (self._mentees, self._mentors)
        both: _Weighted = [
            (weight, measured(criterion, *people, self._yardstick))
            for criterion, weight in self._weights.items()
            if criterion in TRAITS
        ]
        if weight := self._weights.get(Criterion.ANSWERS, 0):
            both.append((weight, Answered.of(*people)))
        if weight := self._weights.get(Criterion.PREFERENCE, 0):
            mine, theirs = preferred(*people, self._yardstick)
            return both, [(weight, mine)], [(weight, theirs)]
        return both, [], []

    def _barring(self) -> list[Table]:
        people, settings = (self._mentees, self._mentors), self._yardstick.terms.settings
        shared = [barring(rule, *people, self._yardstick) for rule in settings.hard_rules if rule in RULED]
        tests = [rules.PairRuleTest.of(rule) for rule in settings.pair_rules]
        return [*shared, *(programme_defined(test, *people) for test in tests)]

    def _kept(self, mentee: int) -> NDArray[np.bool_]:
        keep = self._open & (not self._full[mentee])
        for table in self._bars:
            keep &= table.row(int(table.kinds[mentee])) == 0
        return keep

    def _signatures(self) -> NDArray[np.intp]:
        """Equal where everything that `signature` reads is equal."""
        tables = [table for _, table in (*self._tables, *self._mine, *self._theirs)] + self._bars
        read = [table.kinds for table in tables] + [tell for tell, _ in self._told.values()] + [self._full]
        columns = np.column_stack([column.astype(np.intp) for column in read])
        return np.unique(columns, axis=0, return_inverse=True)[1].reshape(-1).astype(np.intp)


_Weighted = list[tuple[int, Table | Answered]]


def _sum(one: Ints | None, other: Ints) -> Ints:
    return other if one is None else one + other
