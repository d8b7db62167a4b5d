"""Which pairs are looked at first: all of a small pool; of a large one each person's best on the other side.

Lists of both sides matter most where places are scarce. What is left out, the price scan finds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.grid import Grid, Half, Indices
from domain.pairing.narrow import FAR, Asked, Floors, Pairs, Scores

Keys = NDArray[np.int64]

BEST: Final = 32
BEST_OF_MANY: Final = 8
"""Of a pool too large to be held: memory goes by the edges, and the price scan finds what is left out."""
EVERY_PAIR: Final = 2_000 * 2_000
"""Pools with no more pairs are solved over all of them."""
MOST_GATHERED: Final = 1_000_000
_RARELY: Final = 64
"""Parts after which the best of the mentors are sorted out."""
_FIRST: Final = 32
"""One in so many mentees comes first: whoever is worse than the best of those is never looked at."""
_SCORE_BITS: Final = 14
_SCORE_MASK: Final = (1 << _SCORE_BITS) - 1
_PERSON_BITS: Final = 24
_PERSON_MASK: Final = (1 << _PERSON_BITS) - 1


@dataclass(frozen=True, slots=True)
class Edges:
    """Sorted by mentee, then mentor; each pair once."""

    mentees: Indices
    mentors: Indices
    scores: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.mentees)

    def only(self, wanted: NDArray[np.bool_] | Indices) -> "Edges":
        return Edges(self.mentees[wanted], self.mentors[wanted], self.scores[wanted])

    def joined(self, other: "Edges", mentors: int) -> "Edges":
        keys = np.concatenate([self.keys(mentors), other.keys(mentors)])
        scores = np.concatenate([self.scores, other.scores])
        keys, at = np.unique(keys, return_index=True)
        return Edges(keys // mentors, keys % mentors, scores[at])

    def keys(self, mentors: int) -> NDArray[np.int64]:
        return self.mentees.astype(np.int64) * mentors + self.mentors


def none() -> Edges:
    return Edges(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.int64))


def listed(grid: Grid) -> int:
    """How many of each person's best are among the first edges."""
    return BEST if grid.held is not None else BEST_OF_MANY


def first_edges(grid: Grid) -> Edges:
    mentees, mentors = grid.shape
    if grid.held is not None and mentees * mentors <= EVERY_PAIR:
        at, to = np.nonzero(grid.held >= 0)
        return Edges(at, to, grid.held[at, to].astype(np.int64))
    most = listed(grid)
    found = grid.halves("edges", np.arange(mentees), lambda half: _best(half, most))
    of_mentees = np.concatenate([mine for mine, _ in found])
    of_mentors = best_of(np.concatenate([theirs for _, theirs in found]), most)
    return _edges(told(of_mentees), told(of_mentors)[[1, 0, 2]], mentors)


def _best(half: Half, most: int) -> tuple[Keys, Keys]:
    """The best of each mentee and of each mentor, as keys."""
    mentees, mentors = half.grid.shape
    theirs = _OfMentors(mentors, most)
    nobody = Plain(np.full(mentees, FAR, np.int64), mentors)
    for pairs in half.only(half.mentees[::_FIRST]).above(_OfBoth(nobody, theirs)):
        theirs.take(pairs)

    def ask(floors: Scores) -> Asked:
        return _OfBoth(Plain(floors, mentors), theirs)

    mine = best_of_mentees(half, most, half.floors(most, np.zeros(mentors, np.bool_)), ask, theirs.take)
    return mine, theirs.keys()


def best_of_mentees(
    half: Half,
    most: int,
    floors: Floors,
    ask: Callable[[Scores], Asked],
    look: Callable[[Pairs], Pairs],
) -> Keys:
    """`look` tells which of the pairs count. Who finds too few where enough are likely is asked again."""

    def among(part: Half, floor: Scores) -> Keys:
        found = [np.empty(0, np.int64)]
        for pairs in part.above(ask(floor)):
            counting = look(pairs)
            counting = counting.only(counting.scores >= floor[counting.mentees])
            found.append(best_of(keys(*counting), most))
        return np.concatenate(found)

    first = among(half, floors.likely)
    few = np.bincount(people_of(first), minlength=half.grid.shape[0]) < most
    again = half.mentees[(few & (floors.likely > floors.certain))[half.mentees]]
    return best_of(np.append(first, among(half.only(again), floors.certain)), most)


@dataclass(frozen=True, slots=True)
class Plain:
    """Whatever reaches the mentee's floor."""

    floors: Scores
    mentors: int

    def needed(self, floor: int) -> Scores:
        return np.full(self.mentors, floor, np.int64)


class _OfMentors:
    """The best mentees of each mentor so far; of equals those by lot, so that no order matters."""

    def __init__(self, mentors: int, most: int) -> None:
        self.least = np.zeros(mentors, np.int64)
        self._most = most
        self._parts = [np.empty(0, np.int64)]
        self._gathered, self._due = 0, 2

    def take(self, pairs: Pairs) -> Pairs:
        wanted = pairs.only(pairs.scores >= self.least[pairs.mentors])
        self._parts.append(keys(wanted.mentors, wanted.mentees, wanted.scores))
        self._gathered += len(wanted.mentors)
        if self._gathered > MOST_GATHERED or len(self._parts) == self._due:
            self._due = min(2 * self._due, _RARELY)
            self.keys()
        return pairs

    def keys(self) -> Keys:
        kept = best_of(np.concatenate(self._parts), self._most)
        self._parts, self._gathered = [kept], 0
        mentors, counts = np.unique(people_of(kept), return_counts=True)
        last = np.cumsum(counts) - 1
        full = counts == self._most
        self.least[mentors[full]] = _SCORE_MASK - (kept[last[full]] >> _PERSON_BITS & _SCORE_MASK)
        return kept


@dataclass(frozen=True, slots=True)
class _OfBoth:
    """Whatever is among the best of the mentee, or has the mentee among its own."""

    mine: Plain
    theirs: _OfMentors

    @property
    def floors(self) -> Scores:
        return self.mine.floors

    def needed(self, floor: int) -> Scores:
        return np.minimum(self.theirs.least, max(0, floor))


def keys(people: Indices, others: Indices, scores: Scores) -> Keys:
    """Whole numbers that sort by person, then score from the top; of equals, others first for each person."""
    left = (people.astype(np.int64) << _SCORE_BITS | _SCORE_MASK - scores) << _PERSON_BITS
    return left | others ^ _scramble(people)


def people_of(keys: Keys) -> Keys:
    return keys >> _SCORE_BITS + _PERSON_BITS


def told(keys: Keys) -> NDArray[np.int64]:
    """The people, the others and the scores of keys."""
    people = people_of(keys)
    return np.stack(
        [people, keys & _PERSON_MASK ^ _scramble(people), _SCORE_MASK - (keys >> _PERSON_BITS & _SCORE_MASK)]
    )


def best_of(keys: Keys, most: int) -> Keys:
    """So many for each person, each once, sorted."""
    keys = np.sort(keys)
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    people = people_of(keys)
    # Whose entry so many places before belongs to the same person, has so many above.
    kept = np.ones(len(keys), np.bool_)
    kept[most:] = people[most:] != people[:-most]
    return keys[kept]


def _scramble(people: Indices | Keys) -> Keys:
    """Taken with `^`, it can be taken back."""
    return (people.astype(np.int64) * 2_654_435_761 >> 7) & _PERSON_MASK


def _edges(mine: NDArray[np.int64], theirs: NDArray[np.int64], mentors: int) -> Edges:
    mentees, others, scores = np.concatenate([mine, theirs], axis=1)
    keys = np.unique((mentees * mentors + others) << _SCORE_BITS | scores)
    pairs = keys >> _SCORE_BITS
    return Edges(pairs // mentors, pairs % mentors, keys & _SCORE_MASK)
