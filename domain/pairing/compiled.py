"""A pool as numbers: exact scores and bars of any pair, one by one or row after row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ids import ParticipantId
from domain.matching_settings import Criterion
from domain.pairing import criteria, rules
from domain.pairing.pool import Person, Pool
from domain.pairing.sides import Row
from domain.pairing.sweep import Sweep
from domain.pairing.terms import Terms, Yardstick


@dataclass(frozen=True, slots=True)
class PairScore:
    """`parts` are what the mentee's side could tell; `answered` of `asked` criteria."""

    score: int
    mentee_score: int | None
    mentor_score: int | None
    parts: dict[Criterion, int]
    answered: int
    asked: int


class Compiled:
    """People go by their place in the order of ids, so that the order in which they came never matters."""

    def __init__(self, pool: Pool, terms: Terms) -> None:
        self.pool, self.terms = pool, terms
        self.mentees: tuple[Person, ...] = _ordered(pool.mentees)
        self.mentors: tuple[Person, ...] = _ordered(pool.mentors)
        self.mentee_index: Mapping[ParticipantId, int] = _index(self.mentees)
        self.mentor_index: Mapping[ParticipantId, int] = _index(self.mentors)
        self.mentee_places = _places(self.mentees, terms)
        self.mentor_places = _places(self.mentors, terms)
        self.yardstick = Yardstick(terms, pool.nearness)
        self._weights = {weight.criterion: weight.parts for weight in terms.settings.weights}

    def score(self, mentee: int, mentor: int) -> PairScore:
        """Whatever the rules say."""
        told = {
            criterion: criteria.told(criterion, self.mentees[mentee], self.mentors[mentor], self.yardstick)
            for criterion in self._weights
        }
        mine = {criterion: value for criterion, (value, _) in told.items() if value is not None}
        theirs = {criterion: value for criterion, (_, value) in told.items() if value is not None}
        one, other = criteria.side(mine, self._weights), criteria.side(theirs, self._weights)
        return PairScore(criteria.both_sides(one, other), one, other, mine, len(mine), len(told))

    def failed(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """The names of all rules that bar the pair; none, and they are eligible."""
        return rules.failed(self.mentees[mentee], self.mentors[mentor], self.pool, self.terms)

    def scores(self, mentees: NDArray[np.intp]) -> NDArray[np.int32]:
        """A row for each mentee: the score with every mentor, -1 where barred."""
        block = np.zeros((len(mentees), len(self.mentors)), np.int32)
        at = {mentee: number for number, mentee in enumerate(mentees.tolist())}
        for mentee, row in self.sweep.each(np.array(list(at), np.intp)):
            block[at[mentee]] = row
        return block[[at[mentee] for mentee in mentees.tolist()]]

    def row(self, mentee: int) -> Row:
        return next(row for _, row in self.sweep.each(np.array([mentee], np.intp)))

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(self.mentees, self.mentors, self.pool, self.yardstick)


def _ordered(people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(sorted(people, key=lambda person: person.id))


def _index(people: tuple[Person, ...]) -> dict[ParticipantId, int]:
    return {person.id: at for at, person in enumerate(people)}


def _places(people: tuple[Person, ...], terms: Terms) -> NDArray[np.int64]:
    return np.array([rules.places(person, terms) for person in people], np.int64)
