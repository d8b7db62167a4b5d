"""Who stays without, and why."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.match_outcome import Reason, Unmatched
from domain.pairing.barred import Barred
from domain.pairing.edges import Edges
from domain.pairing.grid import Grid
from domain.pairing.market import IndexPair, by_mentee, by_mentor
from domain.pairing.pool import Person
from domain.program_settings import Side


class Alone:
    """The first edges hold each person's best: whoever has one that is not forbidden is barred by no rule."""

    def __init__(self, grid: Grid, edges: Edges, least: int) -> None:
        self._grid, self._compiled, self._edges, self._least = grid, grid.compiled, edges, least
        self._best = {
            Side.MENTEE: _best(edges.mentees, edges.scores, grid.shape[0]),
            Side.MENTOR: _best(edges.mentors, edges.scores, grid.shape[1]),
        }
        self._told: dict[tuple[Side, int, Reason, tuple[str, ...]], Unmatched] = {}

    def without(self, found: Sequence[IndexPair], forbidden: frozenset[IndexPair]) -> list[Unmatched]:
        """Mentees first, each side in the order of ids."""
        barred = self._barred.forbidding(forbidden)
        best = self._left(forbidden) if forbidden else self._best
        taken = {Side.MENTEE: 0, Side.MENTOR: 1}
        return [
            self._tell(side, person, int(best[side][person]), barred)
            for side, at in taken.items()
            for person in _others(len(best[side]), [pair[at] for pair in found])
        ]

    @cached_property
    def _barred(self) -> Barred:
        return Barred(self._compiled)

    def _left(self, forbidden: frozenset[IndexPair]) -> dict[Side, NDArray[np.int64]]:
        """The best that the forbidden pairs leave."""
        best = {side: known.copy() for side, known in self._best.items()}
        for mentee, gone in by_mentee(forbidden).items():
            best[Side.MENTEE][mentee] = np.delete(self._grid.row(mentee), gone).max(initial=-1)
        for mentor, gone in by_mentor(forbidden).items():
            at = np.flatnonzero(self._edges.mentors == mentor)
            at = at[~np.isin(self._edges.mentees[at], gone)]
            best[Side.MENTOR][mentor] = self._edges.scores[at].max(initial=-1)
        return best

    def _tell(self, side: Side, at: int, best: int, barred: Barred) -> Unmatched:
        own, others = self._compiled.mentees, self._compiled.mentors
        if side is Side.MENTOR:
            own, others = others, own
        if _nobody_but(own[at], others):
            return self._known(side, at, own[at], Reason.NOBODY_THERE, ())
        rules: tuple[str, ...] = ()
        if best < 0:
            rules = barred.of_mentee(at) if side is Side.MENTEE else barred.of_mentor(at)
        return self._known(side, at, own[at], self._reason(best, rules), rules)

    def _known(
        self, side: Side, at: int, person: Person, reason: Reason, rules: tuple[str, ...]
    ) -> Unmatched:
        told = (side, at, reason, rules)
        if told not in self._told:
            self._told[told] = Unmatched.model_construct(
                participant=person.id, side=side, reason=reason, rules=rules
            )
        return self._told[told]

    def _reason(self, best: int, rules: tuple[str, ...]) -> Reason:
        if rules:
            return Reason.BARRED_BY_RULES
        return Reason.BELOW_MINIMUM if 0 <= best < self._least else Reason.ALL_TAKEN


def _others(size: int, taken: Sequence[int]) -> list[int]:
    alone = np.ones(size, np.bool_)
    alone[np.array(taken, np.intp)] = False
    return np.flatnonzero(alone).tolist()


def _nobody_but(person: Person, others: Sequence[Person]) -> bool:
    """Whether the other side is empty, oneself aside."""
    return not others or (len(others) == 1 and others[0].id == person.id)


def _best(people: NDArray[np.intp], scores: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    best = np.full(size, -1, np.int64)
    np.maximum.at(best, people, scores)
    return best
