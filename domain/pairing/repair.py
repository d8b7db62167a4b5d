"""A settled round with a few pairs locked or forbidden: moved to its new optimum instead of settled anew.

Prices stay such that no pair gains more than it costs. Whoever lost a mentor, and every place that fell
free, looks for the shortest chain of moves that mends the solution (Dijkstra on what pairs lack to their
price); all pairs are looked at, so the outcome is the optimum of all. What the old proofs no longer cover
is settled anew.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import Objective
from domain.pairing.edges import Edges
from domain.pairing.flow import Cut
from domain.pairing.grid import Indices
from domain.pairing.market import Market
from domain.pairing.marks import Marks
from domain.pairing.prices import Prices, tight_pairs
from domain.pairing.settling import Settled, of_equals

Numbers = NDArray[np.int64]

NOBODY: Final = -1
_FAR: Final = np.int64(2**62)


def repaired(base: Settled, market: Market, objective: Objective, marks: Marks) -> Settled | None:
    """The same as settling `market`, which differs from the base's by a few locks and forbidden pairs.

    None where only settling anew can tell.
    """
    if base.missing or market.grid.held is None:
        return None
    market = replace(market, least=base.market.least, reward=base.market.reward)
    mending = _Mending.of(base, market)
    mending.mend()
    taken = mending.taken()
    if objective is Objective.PLACED_FIRST and not _proven(base.cuts, market, len(taken)):
        return None
    prices = Prices(mending.left, mending.price)
    tight = tight_pairs(market, prices, base.prices, base.found.tight)
    taken = of_equals(market, tight, prices, marks)
    found = replace(base.found, tight=tight)
    return replace(base, market=market, taken=taken, prices=prices, found=found)


def _proven(cuts: tuple[Cut, ...], market: Market, placed: int) -> bool:
    """Whether the old cuts still show that no more can be placed, and the worst not be raised."""
    all_placed, raised = (_at_most(cut, market) for cut in cuts)
    return placed >= min(all_placed, market.most) and placed > raised


def _at_most(cut: Cut, market: Market) -> int:
    return int((market.wanting & ~cut.mentees).sum() + market.places[cut.mentors].sum())


@dataclass(slots=True)
class _Mending:
    """`mentor_of` of each mentee, NOBODY without; `left` and `price` are the prices of the two sides."""

    market: Market
    scores: NDArray[np.int16]
    mentor_of: Indices
    left: Numbers
    price: Numbers
    load: Numbers

    @classmethod
    def of(cls, base: Settled, market: Market) -> "_Mending":
        """What the locks and the forbidden pairs leave of the solution."""
        assert market.grid.held is not None  # noqa: S101 the caller has asked
        mentor_of = np.full(market.grid.shape[0], NOBODY, np.intp)
        mentor_of[base.taken.mentees] = base.taken.mentors
        mentor_of[~market.wanting] = NOBODY
        for mentee, closed in market.closed.items():
            if mentor_of[mentee] in closed:
                mentor_of[mentee] = NOBODY
        load = np.bincount(mentor_of[mentor_of >= 0], minlength=len(market.places))
        for mentor in np.flatnonzero(load > market.places).tolist():
            over = np.flatnonzero(mentor_of == mentor)[: load[mentor] - market.places[mentor]]
            mentor_of[over] = NOBODY
            load[mentor] = market.places[mentor]
        left, price = base.prices.mentees.copy(), base.prices.mentors.copy()
        left[~market.wanting] = 0
        return cls(market, market.grid.held, mentor_of, left, price, load)

    def mend(self) -> None:
        free = (self.load < self.market.places) & (self.price > 0)
        for mentor in np.flatnonzero(free).tolist():
            while self.load[mentor] < self.market.places[mentor] and self.price[mentor] > 0:
                self._fill(mentor)
        for mentee in np.flatnonzero(self.market.wanting & (self.mentor_of == NOBODY)).tolist():
            if self.mentor_of[mentee] == NOBODY and self.left[mentee] > 0:
                self._place(mentee)

    def taken(self) -> Edges:
        mentees = np.flatnonzero(self.mentor_of >= 0)
        mentors = self.mentor_of[mentees]
        return Edges(mentees, mentors, self.scores[mentees, mentors].astype(np.int64))

    def _lack_of(self, mentee: int) -> Numbers:
        """What each mentor lacks for this mentee; far where there is no pair."""
        gains = self.market.gains(mentee, self.scores[mentee])
        lack: Numbers = self.left[mentee] + self.price - (gains + self.market.reward)
        lack[(gains < 0) | (self.market.places == 0)] = _FAR
        return lack

    def _lack_for(self, mentor: int) -> Numbers:
        """What each mentee lacks for this mentor."""
        gains = self.market.gains_of_mentor(mentor, self.scores[:, mentor])
        lack: Numbers = self.left + self.price[mentor] - (gains + self.market.reward)
        lack[(gains < 0) | ~self.market.wanting] = _FAR
        return lack

    def _place(self, mentee: int) -> None:
        """The shortest chain from a mentee without to a free place, or to whoever loses least without."""
        far = np.full(len(self.price), _FAR)
        through = np.full(len(self.price), NOBODY, np.intp)
        done: list[int] = []
        waiting, lost, asked = [(mentee, 0)], (int(self.left[mentee]), mentee), {mentee: 0}
        reached = np.zeros(len(self.price), np.bool_)
        while True:
            for one, so_far in waiting:
                lack = self._lack_of(one) + so_far
                nearer = (lack < far) & ~reached
                far[nearer], through[nearer] = lack[nearer], one
            open_far = np.where(reached, _FAR, far)
            mentor = int(np.argmin(open_far))
            distance = int(open_far[mentor])
            if distance >= lost[0]:
                distance, mentor = lost[0], NOBODY
                break
            if self.load[mentor] < self.market.places[mentor]:
                break
            reached[mentor] = True
            done.append(mentor)
            members = np.flatnonzero(self.mentor_of == mentor).tolist()
            waiting = [(one, distance) for one in members]
            asked.update(waiting)
            lost = min([lost, *((distance + int(self.left[one]), one) for one in members)])
        for one, so_far in asked.items():
            self.left[one] -= distance - so_far
        for one in done:
            self.price[one] += distance - far[one]
        self._follow(mentee, mentor, lost[1], through)

    def _follow(self, mentee: int, mentor: int, loser: int, through: Indices) -> None:
        """Back along the chain: everybody on it takes the place they reached."""
        if mentor == NOBODY:
            if loser == mentee:
                return
            mentor = int(self.mentor_of[loser])
            self.mentor_of[loser] = NOBODY
            self.load[mentor] -= 1
        self.load[mentor] += 1
        while True:
            mover = int(through[mentor])
            before = int(self.mentor_of[mover])
            self.mentor_of[mover] = mentor
            if mover == mentee:
                return
            mentor = before

    def _fill(self, mentor: int) -> None:
        """The shortest chain of moves into a free place, until a place is left that nobody misses."""
        far = np.full(len(self.price), _FAR)
        far[mentor] = 0
        mover_of, target_of = (np.full(len(self.price), NOBODY, np.intp) for _ in range(2))
        alone = self.market.wanting & (self.mentor_of == NOBODY)
        best, end, comer = int(_FAR), mentor, NOBODY
        open_far, reached = far.copy(), list[int]()
        while (distance := int(open_far[one := int(np.argmin(open_far))])) < best:
            reached.append(one)
            open_far[one] = _FAR
            if distance + self.price[one] < best:
                best, end, comer = distance + int(self.price[one]), one, NOBODY
            lack = self._lack_for(one)
            nearest = int(np.argmin(np.where(alone, lack, _FAR)))
            if distance + lack[nearest] < best:
                best, end, comer = distance + int(lack[nearest]), one, nearest
            movers = np.flatnonzero(
                (lack < best - distance) & (self.mentor_of >= 0) & (self.mentor_of != one)
            )
            # From the farthest on: of several movers from one mentor the nearest is written last.
            movers = movers[np.argsort(-lack[movers], kind="stable")]
            movers = movers[distance + lack[movers] < far[self.mentor_of[movers]]]
            froms = self.mentor_of[movers]
            far[froms] = open_far[froms] = distance + lack[movers]
            mover_of[froms], target_of[froms] = movers, one
        for one in reached:
            fallen = best - int(far[one])
            self.price[one] -= fallen
            self.left[self.mentor_of == one] += fallen
        self._draw(mentor, end, comer, mover_of, target_of)

    def _draw(self, mentor: int, end: int, comer: int, mover_of: Indices, target_of: Indices) -> None:
        """Everybody on the chain moves one on; whoever had nobody comes in at its end."""
        self.load[mentor] += 1
        self.load[end] -= comer == NOBODY
        at = end
        while at != mentor:
            mover, at = int(mover_of[at]), int(target_of[at])
            self.mentor_of[mover] = at
        if comer != NOBODY:
            self.mentor_of[comer] = end
