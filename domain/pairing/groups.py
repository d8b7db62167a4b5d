"""Groups and circles as an outcome: each as what was found, with means over its members; who is without,
and why.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product

import numpy as np
import orjson
from numpy.typing import NDArray

from domain.match_outcome import Found, Reason, Totals, Unmatched
from domain.matching_settings import Criterion, Objective
from domain.pairing import locks
from domain.pairing.barred import Barred
from domain.pairing.compiled import Compiled, PairScore
from domain.pairing.edges import first_edges
from domain.pairing.grid import Grid, OnProgress, silent
from domain.pairing.grouping import Decided, Group, Grouped, grouped, peers
from domain.pairing.market import IndexPair, by_mentee
from domain.pairing.outcome import TOP, Outcome
from domain.pairing.peers import likeness
from domain.pairing.pool import Pair, Person, Pool
from domain.pairing.ranks import Ranks
from domain.pairing.standing import moved
from domain.pairing.terms import Terms
from domain.program_settings import Side

Why = tuple[Reason, tuple[str, ...]]


def compute_groups(
    pool: Pool,
    terms: Terms,
    seed: int,
    *,
    locked: frozenset[Pair] = frozenset(),
    forbidden: frozenset[Pair] = frozenset(),
    incumbents: frozenset[Pair] = frozenset(),
    on_progress: OnProgress = silent,
) -> Outcome:
    """The same for the same people, in whatever order they came.

    A mentee who is locked to a mentor is in that mentor's group or in none. `incumbents` weigh nothing here:
    who has others than before is counted.
    """
    grid = Grid(Compiled(pool, terms), on_progress)
    decided = Decided.of(grid.compiled, locked, forbidden)
    found = grouped(grid, seed, decided)
    told = results(grid, found.groups, decided)
    best = Best.of(grid, decided.forbidden)
    left = Without(grid.compiled, found, best, Barred(grid.compiled, decided.forbidden)).told()
    totals = _totals(grid.compiled, told, bound(grid.compiled, best))
    changed = moved(_pairs(found.groups), locks.known(grid.compiled, incumbents))
    return _outcome(told, left, totals.model_copy(update={"moved": changed}))


def _pairs(groups: Iterable[Group]) -> Iterator[IndexPair]:
    for group in groups:
        yield from product(group.mentees, group.mentors)


def _outcome(told: Sequence["Result"], left: Sequence[Unmatched], totals: Totals) -> Outcome:
    found = tuple(result.found for result in told)
    everything = [[one.model_dump(mode="json") for one in part] for part in (found, left, (totals,))]
    digest = sha256(orjson.dumps(everything, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Outcome(found, tuple(left), totals, digest)


def _totals(compiled: Compiled, told: Sequence["Result"], highest: int) -> Totals:
    """A place here is a seat in a group that a mentor could host."""
    scores = sorted(score for result in told for score in result.scores)
    hosts = int((compiled.mentor_places > 0).sum())
    return Totals(
        mentees=len(compiled.mentees),
        mentors=len(compiled.mentors),
        places=hosts * compiled.terms.type.mentees.most,
        placed=len(scores),
        total=sum(scores),
        bound=highest,
        worst=scores[0] if scores else None,
        fifth=scores[(len(scores) - 1) // 20] if scores else None,
        mean=_mean(scores),
        top_three=sum(rank <= TOP for result in told for rank in result.ranks),
    )


def bound(compiled: Compiled, best: "Best") -> int:
    """What nobody can exceed: everybody with the best of their hosts, or of their peers where peers may
    meet.
    """
    hosted = np.maximum(best.of_mentees, 0).astype(np.int64)
    if compiled.terms.type.mentors.least or len(compiled.mentees) < 2:
        return int(hosted.sum())
    among = Best.of(Grid(peers(compiled, compiled.mentees)), frozenset())
    like = (among.of_mentees.astype(np.int64) + among.of_mentors) // 2
    return int(np.maximum(hosted, like).sum())


@dataclass(frozen=True, slots=True)
class Result:
    """A group as it was found, and what each member has of it; `ranks` are those of the host, none without
    one.
    """

    found: Found
    scores: tuple[int, ...]
    ranks: tuple[int, ...]


def results(grid: Grid, groups: Iterable[Group], decided: Decided) -> list[Result]:
    """In the order of their first members."""
    ordered = sorted(groups, key=lambda group: group.mentees)
    pairs = [(mentee, group.mentors[0]) for group in ordered if group.mentors for mentee in group.mentees]
    ranks = dict(zip(pairs, Ranks(grid, first_edges(grid)).of(pairs, decided.forbidden), strict=True))
    return [
        _result(grid.compiled, group, number, ranks, decided.locked)
        for number, group in enumerate(ordered, start=1)
    ]


def _result(
    compiled: Compiled,
    group: Group,
    number: int,
    rank_of: Mapping[IndexPair, int],
    locked: frozenset[IndexPair],
) -> Result:
    ranks: tuple[int, ...] = ()
    if group.mentors:
        host = group.mentors[0]
        told = [compiled.score(mentee, host) for mentee in group.mentees]
        scores = tuple(one.score for one in told)
        ranks = tuple(rank_of[mentee, host] for mentee in group.mentees)
    else:
        told, scores = _among_peers(compiled, group.mentees)
    found = Found(
        number=number,
        mentors=tuple(compiled.mentors[mentor].id for mentor in group.mentors),
        mentees=tuple(compiled.mentees[mentee].id for mentee in group.mentees),
        score=_mean(scores) or 0,
        mentee_score=_mean([one.mentee_score for one in told if one.mentee_score is not None]),
        mentor_score=_mean([one.mentor_score for one in told if one.mentor_score is not None]),
        parts=_parts(told),
        answered=min(one.answered for one in told),
        asked=max(one.asked for one in told),
        rank=max(ranks, default=0),
        locked=any((mentee, mentor) in locked for mentee in group.mentees for mentor in group.mentors),
    )
    return Result(found, scores, ranks)


def _among_peers(compiled: Compiled, members: Sequence[int]) -> tuple[list[PairScore], tuple[int, ...]]:
    """What each pair has, both ways; and for each member the mean likeness to the others."""
    everybody = peers(compiled, [compiled.mentees[one] for one in members])
    size = len(members)
    pairs = [everybody.score(one, other) for one in range(size) for other in range(size) if one != other]
    like = likeness(everybody.scores(np.arange(size)))
    return pairs, tuple(int(row.sum()) // (size - 1) for row in like)


def _parts(told: Sequence[PairScore]) -> dict[Criterion, int]:
    """The mean of each criterion over those of whom it could be told."""
    known = {criterion for one in told for criterion in one.parts}
    return {
        criterion: _mean([one.parts[criterion] for one in told if criterion in one.parts]) or 0
        for criterion in sorted(known)
    }


def _mean(values: Sequence[int]) -> int | None:
    return sum(values) // len(values) if values else None


@dataclass(frozen=True, slots=True)
class Best:
    """The best score of each mentee and of each mentor, less than 0 where all are barred."""

    of_mentees: NDArray[np.int16]
    of_mentors: NDArray[np.int16]

    @classmethod
    def of(cls, grid: Grid, forbidden: frozenset[IndexPair]) -> "Best":
        mentees, mentors = grid.shape
        best = cls(np.full(mentees, -1, np.int16), np.full(mentors, -1, np.int16))
        closed = by_mentee(forbidden)
        for mentee, row in grid.each(np.arange(mentees)):
            left = row.copy()
            left[closed.get(mentee, [])] = -1
            best.of_mentees[mentee] = left.max(initial=-1)
            np.maximum(best.of_mentors, left, out=best.of_mentors)
        return best


@dataclass(frozen=True, slots=True)
class Without:
    """Who stays without, and why. A closed group is the reason only where nothing else kept them away."""

    compiled: Compiled
    grouped: Grouped
    best: Best
    barred: Barred

    def told(self) -> list[Unmatched]:
        """Mentees first, then mentors, each in order."""
        members = {mentee for group in self.grouped.groups for mentee in group.mentees}
        hosts = {mentor for group in self.grouped.groups for mentor in group.mentors}
        return [
            *self._of(Side.MENTEE, self.compiled.mentees, members, self._mentee),
            *self._of(Side.MENTOR, self.compiled.mentors, hosts, self._mentor),
        ]

    def _of(
        self, side: Side, people: Sequence[Person], placed: set[int], why: Callable[[int], Why]
    ) -> Iterator[Unmatched]:
        for at, person in enumerate(people):
            if at not in placed:
                reason, rules = why(at)
                yield Unmatched(participant=person.id, side=side, reason=reason, rules=rules)

    def _mentee(self, mentee: int) -> Why:
        compiled = self.compiled
        if not compiled.terms.type.mentors.least and compiled.mentee_places[mentee]:
            alone = _nobody_but(compiled.mentees[mentee], (*compiled.mentees, *compiled.mentors))
            return Reason.NOBODY_THERE if alone else Reason.GROUP_TOO_SMALL, ()
        if _nobody_but(compiled.mentees[mentee], compiled.mentors):
            return Reason.NOBODY_THERE, ()
        if self.best.of_mentees[mentee] < 0:
            return Reason.BARRED_BY_RULES, self.barred.of_mentee(mentee)
        return self._left_over(int(self.best.of_mentees[mentee]), closed=mentee in self.grouped.dissolved), ()

    def _mentor(self, mentor: int) -> Why:
        if _nobody_but(self.compiled.mentors[mentor], self.compiled.mentees):
            return Reason.NOBODY_THERE, ()
        if self.best.of_mentors[mentor] < 0:
            return Reason.BARRED_BY_RULES, self.barred.of_mentor(mentor)
        return self._left_over(int(self.best.of_mentors[mentor]), closed=mentor in self.grouped.closed), ()

    def _left_over(self, best: int, *, closed: bool) -> Reason:
        settings = self.compiled.terms.settings
        if settings.objective is Objective.SCORE_FIRST and best < settings.minimum_score:
            return Reason.BELOW_MINIMUM
        return Reason.GROUP_TOO_SMALL if closed else Reason.ALL_TAKEN


def _nobody_but(person: Person, others: Sequence[Person]) -> bool:
    return all(other.id == person.id for other in others)
