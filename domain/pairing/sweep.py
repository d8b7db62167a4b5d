"""All scores of a mentee at once, exactly.

Mentees of one signature share what rules and weights make of it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import Criterion
from domain.pairing import rules
from domain.pairing.competence import Indices, Named, Offered, Wished
from domain.pairing.narrow import FAR, Asked, Floors, Narrow, Pairs, Scores, highest
from domain.pairing.personal import PERSONAL, Biographies, Lists, tells
from domain.pairing.pool import Person, Pool
from domain.pairing.sides import Floats, Row, Side, Signature, combined
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

Choose = Callable[[int, NDArray[np.integer]], Indices]
"""From a mentee's estimates, the mentors who matter."""

BARRED: Final = -1
AT_ONCE: Final = 64
"""Mentees whose biographies are multiplied in one go."""
SAMPLE: Final = 1_024
"""Mentors among whom a mentee's best are looked for first."""
CELLS: Final = 2**27
"""How well mentors cover wishes, held at most: 384 MB."""
_MUTUAL: Final = frozenset({Criterion.COMMON_GROUND, Criterion.BIOGRAPHY})
"""Told only where both say something."""


class Change(NamedTuple):
    """Where the row of a mentee differs from the plain scores of the signature: each mentor once."""

    mentee: int
    signature: Signature
    mentors: Indices
    scores: Row


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
        self._signatures_held: dict[int, Signature] = {}

    def rest(self) -> None:
        """Forgets how well wishes are covered."""
        self._offered.rest()
        if self.narrow is not None:
            self.narrow.rest()

    @cached_property
    def narrow(self) -> Narrow | None:
        """None where more is personal than competencies, or where too much is wished."""
        personal = set(self._told) - {Criterion.COMPETENCIES}
        weight = self._weights.get(Criterion.COMPETENCIES, 0)
        found = Narrow(self._mentees, self._offered, self._wished, self.singled, weight)
        return found if not personal and found.holds(CELLS) else None

    def above(self, mentees: Indices, asked: Asked) -> Iterator[tuple[Indices, Pairs]]:
        """Some mentees at a time, and all their pairs that reach what is asked; perhaps some more."""
        for part in self._alike_in_floor(mentees, asked.floors):
            needed = asked.needed(int(asked.floors[part].min()))
            if self.narrow is not None:
                yield part, self.narrow.above(part, self.signature(int(part[0])), needed)
            else:
                yield part, self._above(part, needed)

    def _above(self, mentees: Indices, needed: Scores) -> Pairs:
        least = np.clip(needed, 0, FAR).astype(np.int32)
        found = list(self.candidates(mentees, lambda _, row: np.flatnonzero(row >= least)))
        pairs = Pairs(
            np.repeat([mentee for mentee, *_ in found], [len(mentors) for _, mentors, _ in found]),
            np.concatenate([mentors for _, mentors, _ in found]),
            np.concatenate([scores for *_, scores in found]).astype(np.int64),
        )
        return pairs.only(pairs.scores >= least[pairs.mentors])

    def floors(self, mentees: Indices, most: int, out: NDArray[np.bool_]) -> Iterator[tuple[Indices, Floors]]:
        """Of some mentees at a time, what their best who are not `out` reach, from a sample of mentors."""
        inside = np.flatnonzero(~out & self._open)
        mentors = inside[:: max(1, len(inside) // SAMPLE)]
        # So many of the sample are the best of all, by and large; with two more there are enough, mostly.
        few = min(most, 2 + most * len(mentors) // max(1, len(inside)))
        sample = None if self.narrow is None else self.narrow.sample(mentors)
        for part in self._alike_in_floor(mentees, np.zeros(len(self._mentees), np.int64)):
            if sample is not None and self.narrow is not None:
                scores = self.narrow.sampled(part, self.signature(int(part[0])), sample)
            else:
                scores = self._sampled(part, mentors)
            yield part, highest(scores, few, most)

    def _sampled(self, mentees: Indices, mentors: Indices) -> Floats:
        """No more than the scores with these mentors."""
        scores = np.full((len(mentees), len(mentors)), BARRED, np.float64)
        place = {mentee: at for at, mentee in enumerate(mentees.tolist())}
        for mentee, _, found in self.candidates(mentees, lambda *_: mentors):
            scores[place[mentee]] = found
        return scores

    def _alike_in_floor(self, mentees: Indices, floors: Scores) -> Iterator[Indices]:
        """Mentees of one signature, with as many wishes and similar floors."""
        counts = np.zeros(len(self._mentees), np.intp) if self.narrow is None else self.narrow.counts
        ordered = mentees[np.lexsort((floors[mentees], counts[mentees], self.signature_of[mentees]))]
        kinds = np.stack([self.signature_of[ordered], counts[ordered]])
        for kind in np.split(ordered, 1 + np.flatnonzero((np.diff(kinds) != 0).any(axis=0))):
            yield from (kind[begin : begin + AT_ONCE] for begin in range(0, len(kind), AT_ONCE))

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
        for begin in range(0, len(ordered), AT_ONCE):
            part = ordered[begin : begin + AT_ONCE].tolist()
            alike = self._alike(part)
            for number, mentee in enumerate(part):
                yield mentee, self.signature(mentee), None if alike is None else alike[number]

    def signature(self, mentee: int) -> Signature:
        """Held for the next mentees of the same: one for each of two threads."""
        kind, held = int(self.signature_of[mentee]), self._signatures_held
        found = held.get(kind)
        if found is None:
            found = self._signature(mentee)
            self._signatures_held = dict([*held.items()][-1:]) | {kind: found}
        return found

    def _signature(self, mentee: int) -> Signature:
        mine, theirs = self._shared(mentee)
        keep = self._kept(mentee)
        plain = np.where(keep, combined(mine, theirs), BARRED).astype(np.int16)
        return Signature(keep, mine, theirs, plain)

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
        scores[: len(touched)] = signature.exact(
            touched, mine[touched], None if theirs is None else theirs[touched]
        )
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
                theirs = None if theirs is None else theirs[chosen]
                scores = signature.exact(chosen, mine[chosen], theirs).astype(np.int16)
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
