"""Who stays without, and why."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.match_outcome import Reason, Unmatched
from domain.pairing.barred import Barred
from domain.pairing.edges import Edges
from domain.pairing.grid import Grid
from domain.pairing.market import IndexPair, Market, by_mentee
from domain.pairing.pool import Person
from domain.program_settings import Side


class Alone:
    """The first edges hold each person's best: whoever has one that is not forbidden is barred by no rule."""

    def __init__(self, grid: Grid, edges: Edges, least: int, forbidden: frozenset[IndexPair]) -> None:
        self._compiled, self._least, self._forbidden = grid.compiled, least, forbidden
        everybody = np.ones(grid.shape[0], np.bool_)
        market = Market(grid, everybody, np.ones(grid.shape[1], np.int64), closed=by_mentee(forbidden))
        left = market.open(edges) if forbidden else edges
        self._best_mentors = _best(left.mentees, left.scores, grid.shape[0])
        self._best_mentees = _best(left.mentors, left.scores, grid.shape[1])

    def without(self, found: Sequence[IndexPair]) -> list[Unmatched]:
        """Mentees first, each side in the order of ids."""
        mentees, mentors = {mentee for mentee, _ in found}, {mentor for _, mentor in found}
        return [*self._mentees(mentees), *self._mentors(mentors)]

    @cached_property
    def _barred(self) -> Barred:
        return Barred(self._compiled, self._forbidden)

    def _mentees(self, placed: set[int]) -> Iterator[Unmatched]:
        compiled = self._compiled
        for at in _others(len(compiled.mentees), placed):
            person = compiled.mentees[at]
            if _nobody_but(person, compiled.mentors):
                yield _told(person, Side.MENTEE, Reason.NOBODY_THERE)
                continue
            best = int(self._best_mentors[at])
            rules = self._barred.of_mentee(at) if best < 0 else ()
            yield _told(person, Side.MENTEE, self._reason(best, rules), rules)

    def _mentors(self, taken: set[int]) -> Iterator[Unmatched]:
        compiled = self._compiled
        for at in _others(len(compiled.mentors), taken):
            person = compiled.mentors[at]
            if _nobody_but(person, compiled.mentees):
                yield _told(person, Side.MENTOR, Reason.NOBODY_THERE)
                continue
            best = int(self._best_mentees[at])
            rules = self._barred.of_mentor(at) if best < 0 else ()
            yield _told(person, Side.MENTOR, self._reason(best, rules), rules)

    def _reason(self, best: int, rules: tuple[str, ...]) -> Reason:
        if rules:
            return Reason.BARRED_BY_RULES
        return Reason.BELOW_MINIMUM if 0 <= best < self._least else Reason.ALL_TAKEN


def _others(size: int, taken: set[int]) -> Iterable[int]:
    return (at for at in range(size) if at not in taken)


def _nobody_but(person: Person, others: Sequence[Person]) -> bool:
    """Whether the other side is empty, oneself aside."""
    return not others or (len(others) == 1 and others[0].id == person.id)


def _told(person: Person, side: Side, reason: Reason, rules: tuple[str, ...] = ()) -> Unmatched:
    return Unmatched.model_construct(participant=person.id, side=side, reason=reason, rules=rules)


def _best(people: NDArray[np.intp], scores: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    best = np.full(size, -1, np.int64)
    np.maximum.at(best, people, scores)
    return best
