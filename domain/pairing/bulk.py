"""A run: everybody's first mentor before anybody's second, each round settled exactly."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import Objective
from domain.pairing import locks
from domain.pairing.alone import Alone
from domain.pairing.compiled import Compiled
from domain.pairing.edges import Edges, first_edges
from domain.pairing.grid import Cancelled, Grid, OnProgress, silent
from domain.pairing.market import IndexPair, Market, by_mentee, by_mentor
from domain.pairing.marks import Marks
from domain.pairing.outcome import Outcome, Seat, Telling
from domain.pairing.pool import Pair, Pool
from domain.pairing.ranks import Ranks
from domain.pairing.repair import repaired
from domain.pairing.settling import Settled, settle
from domain.pairing.stable import compute_stable
from domain.pairing.standing import moved
from domain.pairing.terms import Terms

__all__ = ["Bulk", "Cancelled", "OnProgress", "Outcome", "compute"]

_NO_PAIRS: frozenset[Pair] = frozenset()


def compute(
    pool: Pool,
    terms: Terms,
    seed: int,
    *,
    locked: frozenset[Pair] = _NO_PAIRS,
    forbidden: frozenset[Pair] = _NO_PAIRS,
    incumbents: frozenset[Pair] = _NO_PAIRS,
    on_progress: OnProgress = silent,
) -> Outcome:
    """The same bytes for the same people, terms, seed and pairs, in whatever order they came."""
    if terms.settings.objective is Objective.STABLE:
        return compute_stable(pool, terms, seed, locked=locked, forbidden=forbidden, on_progress=on_progress)
    return Bulk(pool, terms, seed, incumbents, on_progress).solve(locked=locked, forbidden=forbidden)


@dataclass(frozen=True, slots=True)
class Decided:
    """What people have decided before, by index."""

    locked: frozenset[IndexPair]
    forbidden: frozenset[IndexPair]


class Bulk:
    """Keeps what it knows, so that a lock or a forbidden pair is solved again at once."""

    def __init__(
        self,
        pool: Pool,
        terms: Terms,
        seed: int,
        incumbents: frozenset[Pair] = _NO_PAIRS,
        on_progress: OnProgress = silent,
    ) -> None:
        self._compiled = Compiled(pool, terms)
        self._settings, self._seed = terms.settings, seed
        self._grid = Grid(self._compiled, on_progress)
        self._edges = first_edges(self._grid)
        self._marks = Marks(self._compiled.mentees, self._compiled.mentors, seed)
        self._incumbents = locks.known(self._compiled, incumbents)
        self._telling = Telling(self._compiled)
        self._ranks = Ranks(self._grid, self._edges)
        self._alone = Alone(self._grid, self._edges, self._least)
        self._free: Settled | None = None

    def solve(
        self, *, locked: frozenset[Pair] = _NO_PAIRS, forbidden: frozenset[Pair] = _NO_PAIRS
    ) -> Outcome:
        """Raises a Refusal where a locked pair cannot stand."""
        if self._settings.objective is Objective.STABLE:
            return compute(
                self._compiled.pool,
                self._compiled.terms,
                self._seed,
                locked=locked,
                forbidden=forbidden,
                on_progress=self._grid.tell,
            )
        accepted = locks.accepted(self._compiled, locked, forbidden)
        decided = Decided(accepted, locks.known(self._compiled, forbidden))
        rounds = list(self._rounds(decided))
        self._grid.rest()
        return self._told(decided, rounds)

    def _rounds(self, decided: Decided) -> Iterator[tuple[int, Edges, int]]:
        """Who has locked pairs sits out the rounds that those stand for. Tells what is taken, and missing."""
        compiled = self._compiled
        places = compiled.mentor_places - _counts(decided.locked, 1, len(compiled.mentors))
        locked = _counts(decided.locked, 0, len(compiled.mentees))
        closed = set(decided.forbidden | decided.locked)
        for turn in range(int(compiled.mentee_places.max(initial=0))):
            wanting = (compiled.mentee_places > turn) & (locked <= turn)
            settled = self._settled(self._market(wanting, places, closed), decided)
            yield turn, settled.taken, settled.missing
            places = places - np.bincount(settled.taken.mentors, minlength=len(places))
            closed.update(_pairs(settled.taken))

    def _settled(self, market: Market, decided: Decided) -> Settled:
        """From the solution without any decisions, where everybody wants one mentor at most."""
        objective, marks = self._settings.objective, self._marks
        if self._free is not None and (mended := repaired(self._free, market, objective, marks)):
            return mended
        settled = settle(market, self._edges, objective, marks)
        once = self._grid.held is not None and self._compiled.mentee_places.max() == 1
        if once and not decided.locked | decided.forbidden:
            self._free = settled
        return settled

    def _market(
        self, wanting: NDArray[np.bool_], places: NDArray[np.int64], closed: Iterable[IndexPair]
    ) -> Market:
        return Market(
            self._grid,
            wanting,
            places,
            least=self._least,
            bonus=self._settings.incumbent_bonus,
            kept=by_mentee(self._incumbents),
            closed=by_mentee(closed),
            kept_by=by_mentor(self._incumbents),
            closed_by=by_mentor(closed),
        )

    @property
    def _least(self) -> int:
        score_first = self._settings.objective is Objective.SCORE_FIRST
        return self._settings.minimum_score if score_first else 0

    def _told(self, decided: Decided, rounds: Sequence[tuple[int, Edges, int]]) -> Outcome:
        pairs = [(pair, turn, True) for pair, turn in _turns(decided.locked)]
        pairs += [(pair, turn, False) for turn, taken, _ in rounds for pair in _pairs(taken)]
        pairs.sort()
        scores = {
            pair: score
            for _, taken, _ in rounds
            for pair, score in zip(_pairs(taken), taken.scores.tolist(), strict=True)
        }
        ranks = self._ranks.of([pair for pair, *_ in pairs], decided.forbidden, scores)
        seats = [
            Seat(*pair, turn, rank, locked) for (pair, turn, locked), rank in zip(pairs, ranks, strict=True)
        ]
        found = [pair for pair, *_ in pairs]
        alone = self._alone.without(found, decided.forbidden)
        missing = sum(lacking for *_, lacking in rounds)
        return self._telling.outcome(seats, alone, missing, moved(found, self._incumbents))


def _turns(locked: Iterable[IndexPair]) -> Iterator[tuple[IndexPair, int]]:
    """Each mentee's locked pairs, numbered."""
    seen: Counter[int] = Counter()
    for pair in sorted(locked):
        yield pair, seen[pair[0]]
        seen[pair[0]] += 1


def _counts(pairs: Iterable[IndexPair], side: int, size: int) -> NDArray[np.int64]:
    return np.bincount(np.array([pair[side] for pair in pairs], np.intp), minlength=size)


def _pairs(edges: Edges) -> list[IndexPair]:
    return list(zip(edges.mentees.tolist(), edges.mentors.tolist(), strict=True))
