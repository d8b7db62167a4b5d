"""A solution with a few faults, mended by the shortest chains of moves instead of solved anew.

Prices stay such that no pair gains more than it costs. Whoever lost a mentor, and every place that fell free,
looks for the chain that costs the least: Dijkstra on what pairs lack to their price, over all pairs.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.edges import Edges
from domain.pairing.grid import Indices
from domain.pairing.market import Market
from domain.pairing.prices import Prices

Numbers = NDArray[np.int64]

NOBODY: Final = -1
_FAR: Final = np.int64(2**62)


@dataclass(slots=True)
class Mending:
    """`mentor_of` of each mentee, NOBODY without; `left` and `price` are the prices of the two sides."""

    market: Market
    scores: NDArray[np.int16]
    mentor_of: Indices
    left: Numbers
    price: Numbers
    load: Numbers

    @classmethod
    def left_by(cls, taken: Edges, prices: Prices, market: Market) -> "Mending":
        """What the locks and the forbidden pairs leave of the solution."""
        assert market.grid.held is not None  # noqa: S101 the caller has asked
        mentor_of = np.full(market.grid.shape[0], NOBODY, np.intp)
        mentor_of[taken.mentees] = taken.mentors
        mentor_of[~market.wanting] = NOBODY
        for mentee, closed in market.closed.items():
            if mentor_of[mentee] in closed:
                mentor_of[mentee] = NOBODY
        load = np.bincount(mentor_of[mentor_of >= 0], minlength=len(market.places))
        for mentor in np.flatnonzero(load > market.places).tolist():
            over = np.flatnonzero(mentor_of == mentor)[: load[mentor] - market.places[mentor]]
            mentor_of[over] = NOBODY
            load[mentor] = market.places[mentor]
        left, price = prices.mentees.copy(), prices.mentors.copy()
        left[~market.wanting] = 0
        return cls(market, market.grid.held, mentor_of, left, price, load)

    def raise_missed(self, mentees: Indices) -> None:
        """Whoever missed something lets go of what they have, and asks as much as they could have."""
        for mentee in mentees.tolist():
            self.left[mentee] -= min(0, int(self._lack_of(mentee).min()))
            if (mentor := int(self.mentor_of[mentee])) != NOBODY:
                self.mentor_of[mentee] = NOBODY
                self.load[mentor] -= 1

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

    @property
    def prices(self) -> Prices:
        return Prices(self.left, self.price)
