"""Pairs that score enough, found without scoring all the others.

Where competencies are all that is personal, a score needs wishes to be covered so far. Whoever covers them
less is passed over by adding up and comparing small numbers; only who is left is scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE
from domain.pairing.competence import Indices, Offered, Skill, Wished
from domain.pairing.criteria import urgency
from domain.pairing.pool import Person
from domain.pairing.sides import Floats, Signature, combined
from domain.pairing.signatures import Ints
from domain.pairing.singles import Singled

Scores = NDArray[np.int64]
Reach = NDArray[np.int16]
Steps = NDArray[np.uint8]

FAR: Final = 2**15 - 1
"""Above every score, and what no wish is covered to."""
_AT_ONCE: Final = 8
"""Rows compared in one go: they should stay in a processor's cache."""
_STEP: Final = 40
"""What wishes are covered to is compared in steps of this, rounded up: a byte holds how many."""
_ROUNDED: Final = 20_000
"""More than single floats are wrong by, of sums up to 10,000 times 10,000, and than what is cut off."""
_LITTLE: Final = 32
_MOST: Final = FAR * _STEP // WHOLE
"""Of the urgencies of one mentee together: what they cover has to fit."""


class Pairs(NamedTuple):
    """Each pair once; `scores` are exact."""

    mentees: Indices
    mentors: Indices
    scores: Scores

    def only(self, wanted: NDArray[np.bool_]) -> "Pairs":
        return Pairs(*(side[wanted] for side in self))


class Floors(NamedTuple):
    """Of each mentee, what enough mentors may well reach, and what they are certain to; -1 is unknown."""

    likely: Scores
    certain: Scores


class Asked(Protocol):
    """Which scores matter: those that reach what is needed of each mentor for a mentee of that floor."""

    @property
    def floors(self) -> Scores:
        """Of each mentee."""

    def needed(self, floor: int) -> Scores:
        """Of each mentor; never less for a higher floor."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some mentors, how well they cover each wish, and the place of each mentor among them, or -1."""

    mentors: Indices
    reach: Reach
    place: Indices


class Narrow:
    """`weight` is that of competencies. What the wishes reach is held until `rest`."""

    def __init__(
        self,
        mentees: Sequence[Person],
        offered: Offered,
        wished: Wished,
        singled: Singled,
        weight: int,
    ) -> None:
        self._people, self._offered, self._wished, self._weight = mentees, offered, wished, weight
        self.counts = np.array([len(one.wishes) if weight else 0 for one in mentees], np.intp)
        known: dict[Skill, int] = {}
        self._slots = np.zeros((len(mentees), int(self.counts.max(initial=0))), np.intp)
        self._urgencies = np.zeros(self._slots.shape, np.int32)
        for at in np.flatnonzero(self.counts).tolist():
            for slot, (key, (level, priority)) in enumerate(mentees[at].wishes.items()):
                self._slots[at, slot] = known.setdefault((key, level), len(known))
                self._urgencies[at, slot] = urgency(priority)
        self._totals = np.maximum(1, self._urgencies.sum(axis=1, dtype=np.int32))
        self._skills = tuple(known)
        barred = [singled.barred(one) for one in mentees]
        self._barred = np.concatenate([np.empty(0, np.intp), *barred])
        self._first_barred = np.concatenate([[0], np.cumsum([len(one) for one in barred])])
        self._wishing = weight * WHOLE * wished.who
        self._held: tuple[Reach, Steps] | None = None
        self._lock = Lock()

    def holds(self, cells: int) -> bool:
        """Whether so much memory is enough, and the numbers fit."""
        fits = int(self._totals.max(initial=1)) <= _MOST - 1
        return fits and len(self._skills) * len(self._wishing) <= cells

    def rest(self) -> None:
        self._held = None

    def above(self, mentees: Indices, signature: Signature, needed: Scores) -> Pairs:
        """Of mentees with one signature and equally many wishes."""
        reach, steps = self._reach()
        least = self._covered(signature, needed)
        parts = [
            self._reaching(mentees[begin : begin + _AT_ONCE], steps, least)
            for begin in range(0, len(mentees), _AT_ONCE)
        ]
        at, to = (np.concatenate(side) for side in zip(*parts, strict=True))
        scores = self._scores(at, to, signature, reach)
        kept = scores >= np.maximum(needed, 0)[to]
        pairs = Pairs(at, to, scores).only(kept)
        return pairs.only(~self._singled(mentees, pairs.mentees, pairs.mentors))

    def sample(self, mentors: Indices) -> "Sample":
        place = np.full(len(self._wishing), -1, np.intp)
        place[mentors] = np.arange(len(mentors))
        return Sample(mentors, self._reach()[0][:, mentors], place)

    def sampled(self, mentees: Indices, signature: Signature, sample: "Sample") -> Floats:
        """The scores with some mentors; with those who wish something themselves what is certain of it."""
        covered = np.zeros((len(mentees), len(sample.mentors)), np.int32)
        for slot in range(int(self.counts[mentees[0]])):
            urgencies = self._urgencies[mentees, slot, np.newaxis]
            covered += urgencies * sample.reach[self._slots[mentees, slot]]
        covered //= self._totals[mentees, np.newaxis]
        covered *= self._weight
        mine = signature.mentee.at(sample.mentors, covered)
        scores = combined(mine, signature.mentor.at(sample.mentors, None))
        scores[:, ~signature.keep[sample.mentors]] = -1
        for row, mentee in enumerate(mentees.tolist()):
            places = sample.place[self._barred_of(mentee)]
            scores[row, places[places >= 0]] = -1
        return scores

    def _reach(self) -> tuple[Reach, Steps]:
        """How well each mentor covers each wish: exactly, and in steps."""
        with self._lock:
            if self._held is None:
                reach = np.zeros((max(1, len(self._skills)), len(self._wishing)), np.int16)
                steps = np.zeros(reach.shape, np.uint8)
                for at, skill in enumerate(self._skills):
                    reach[at] = self._offered.reach(*skill)
                    steps[at] = (reach[at] + (_STEP - 1)) // _STEP
                self._held = reach, steps
            return self._held

    def _covered(self, signature: Signature, needed: Scores) -> Reach:
        """How well wishes have to be covered at least, so that the score can be what is needed."""
        mine, theirs = signature.mentee, signature.mentor
        asked = np.clip(needed, 0, FAR).astype(np.float32)
        other = ((theirs.sums + self._wishing) / theirs.divisors).astype(np.float32)
        room = 2 * other - asked
        side = np.divide(asked * other, room, out=np.full(len(other), np.inf, np.float32), where=room > 0)
        # Where next to nothing is asked, the quotient would be too coarse.
        side[asked < _LITTLE] = 0
        if theirs.untold is not None:
            side[theirs.untold] = asked[theirs.untold]
        # Somewhat less: what is divided here is no whole number, and single floats are not exact.
        least = side * mine.divisors.astype(np.float32)
        least -= mine.sums + _ROUNDED
        least /= max(1, self._weight)
        if mine.untold is not None:
            least[mine.untold] = np.where(other >= asked, 0, FAR)[mine.untold]
        least[~signature.keep] = FAR
        # More than a whole is never covered.
        steps: Reach = np.clip(np.floor(least / _STEP), 0, WHOLE // _STEP + 2).astype(np.int16)
        return steps

    def _reaching(self, mentees: Indices, steps: Steps, least: Reach) -> tuple[Indices, Indices]:
        """Who covers the wishes as well as that."""
        slots, urgencies = self._slots[mentees], self._urgencies[mentees].astype(np.int16)
        covered = np.zeros((len(mentees), len(least)), np.int16)
        for slot in range(int(self.counts[mentees[0]])):
            more = steps[slots[:, slot]].astype(np.int16)
            more *= urgencies[:, slot, np.newaxis]
            covered += more
        enough = covered >= least * self._totals[mentees, np.newaxis].astype(np.int16)
        rows, mentors = np.divmod(np.flatnonzero(enough), max(1, len(least)))
        return mentees[rows], mentors

    def _scores(self, at: Indices, to: Indices, signature: Signature, reach: Reach) -> Scores:
        covered = np.zeros(len(at), np.int32)
        for slot in range(int(self.counts[at[0]]) if len(at) else 0):
            cells = self._slots[at, slot] * reach.shape[1] + to
            covered += self._urgencies[at, slot] * reach.ravel().take(cells)
        covered //= self._totals[at]
        theirs = self._weight * self._wished_by(at, to) if self._wished.any and self._weight else None
        return signature.exact(to, self._weight * covered, theirs).astype(np.int64)

    def _wished_by(self, at: Indices, to: Indices) -> Ints:
        """How well the mentees cover what these mentors wish themselves."""
        covered = np.zeros(len(at), np.int32)
        wishing = np.flatnonzero(self._wishing[to])
        for mentee in np.unique(at[wishing]).tolist():
            mine = wishing[at[wishing] == mentee]
            covered[mine] = self._wished.coverage(self._people[mentee])[to[mine]]
        return covered

    def _singled(self, mentees: Indices, at: Indices, to: Indices) -> NDArray[np.bool_]:
        """Which of the pairs are barred by name."""
        size = max(1, len(self._wishing))
        keys = [mentee * size + self._barred_of(mentee) for mentee in mentees.tolist()]
        return np.isin(at * size + to, np.concatenate(keys))

    def _barred_of(self, mentee: int) -> Indices:
        return self._barred[self._first_barred[mentee] : self._first_barred[mentee + 1]]


def highest(scores: NDArray[Any], few: int, most: int) -> Floors:
    """What so few, and so many, of each row reach."""
    if scores.shape[1] < most:
        none = np.full(len(scores), -1, np.int64)
        return Floors(none, none)
    ordered = np.partition(scores, (-few, -most), axis=1)
    return Floors(ordered[:, -few].astype(np.int64), ordered[:, -most].astype(np.int64))
