"""Prices: what one more place of a mentor would gain. They prove how good a solution is, over all pairs.

Whatever was looked at, no solution gains more than the prices of all places and, for each mentee, the best
that a pair leaves above the mentor's price: that is weak duality, and a scan of all pairs adds it up.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.edges import Edges, none
from domain.pairing.flow import Chosen
from domain.pairing.grid import Half, Indices
from domain.pairing.market import Gains, Market

MOST_ADDED: Final = 16
"""Pairs that a scan adds for one mentee: the dearest of those that were missed."""


_FAR: Final = 2**30
"""Above what anything gains."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Of each mentee what the solution leaves them, of each mentor what a place costs, rewards included."""

    mentees: NDArray[np.int64]
    mentors: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scan:
    """`missed` pairs would gain more than they cost, `tight` ones as much: any best solution is of those.

    `bound` is what no solution over all pairs can exceed, rewards included.
    """

    missed: Edges
    tight: Edges
    bound: int


def least_prices(edges: Edges, gains: Gains, chosen: Chosen, shape: tuple[int, int]) -> Prices:
    """The lowest prices under which the chosen edges are the best choice: the same for every best choice.

    From nothing they rise: a place is worth what the next best mentee would gain by it.
    """
    mentees, mentors = shape
    first = np.searchsorted(edges.mentees, np.arange(mentees + 1))
    mentor_of = np.full(mentees, -1, np.intp)
    mentor_of[edges.mentees[chosen]] = edges.mentors[chosen]
    gain_of = np.zeros(mentees, np.int64)
    gain_of[edges.mentees[chosen]] = gains[chosen]
    placed = mentor_of >= 0
    price, left = np.zeros(mentors, np.int64), gain_of.copy()
    asking = np.flatnonzero(first[1:] > first[:-1])
    while len(asking):
        at = _ranges(first[asking], first[asking + 1])
        offered = gains[at] - left[edges.mentees[at]]
        higher = offered > price[edges.mentors[at]]
        risen = edges.mentors[at[higher]]
        np.maximum.at(price, risen, offered[higher])
        rises = np.zeros(mentors + 1, np.bool_)
        rises[risen] = True
        asking = np.flatnonzero(rises[mentor_of] & placed)
        left[asking] = gain_of[asking] - price[mentor_of[asking]]
    return Prices(left, price)


def greatest_prices(edges: Edges, gains: Gains, chosen: Chosen, places: NDArray[np.int64]) -> Gains:
    """The highest prices of the mentors under which the chosen edges are the best choice.

    From above they fall: nobody pays so much that somebody else would leave them more.
    """
    taken, others = edges.only(chosen), edges.only(~chosen)
    offered = gains[~chosen]
    load = np.bincount(taken.mentors, minlength=len(places))
    price = np.where((load == places) & (places > 0), _FAR, 0).astype(np.int64)
    while True:
        elsewhere = np.zeros(int(edges.mentees.max(initial=-1)) + 1, np.int64)
        np.maximum.at(elsewhere, others.mentees, offered - price[others.mentors])
        fallen = price.copy()
        np.minimum.at(fallen, taken.mentors, gains[chosen] - elsewhere[taken.mentees])
        if (fallen == price).all():
            return price
        price = fallen


def scan(market: Market, prices: Prices, stage: str = "prices") -> Scan:
    wanting = np.flatnonzero(market.wanting)
    found = market.grid.halves(stage, wanting, _Scanning(market, prices))
    missed, tight = none(), none()
    for more, exact, _ in found:
        missed, tight = missed.joined(more, len(prices.mentors)), tight.joined(exact, len(prices.mentors))
    left = int(prices.mentees[wanting].sum()) + sum(over for *_, over in found)
    return Scan(missed, tight, left + int((prices.mentors * market.places).sum()))


class _Scanning:
    """Looks in each row for whoever gains what they cost."""

    def __init__(self, market: Market, prices: Prices) -> None:
        self._market, self._prices = market, prices
        self._costs = np.where(market.places > 0, prices.mentors - market.reward, _FAR)
        self.floors = prices.mentees.copy()
        self.floors[np.fromiter(market.kept, np.intp)] -= market.bonus

    def needed(self, floor: int) -> Gains:
        needed: Gains = np.maximum(self._costs + floor, self._market.least)
        return needed

    def __call__(self, half: Half) -> tuple[Edges, Edges, int]:
        """What is missed, what is tight, and how much more the missed leave than the prices say."""
        mentors = half.grid.shape[1]
        missed, tight, left = [none()], [none()], 0
        for pairs in half.above(self):
            more, exact, most = self._among(Edges(*pairs))
            missed.append(more)
            tight.append(exact)
            left += most
        return _joined(missed, mentors), _joined(tight, mentors), left

    def _among(self, pairs: Edges) -> tuple[Edges, Edges, int]:
        looked = self._market.open(pairs)
        over = above_prices(looked, self._market.gained(looked) + self._market.reward, self._prices)
        missed, excess = looked.only(over > 0), over[over > 0]
        ranked = np.lexsort((missed.mentors, -excess, missed.mentees))
        of = missed.mentees[ranked]
        place = np.arange(len(ranked)) - np.searchsorted(of, of)
        most = int(excess[ranked[place == 0]].sum())
        return missed.only(ranked[place < MOST_ADDED]), looked.only(over == 0), most


def _joined(parts: list[Edges], mentors: int) -> Edges:
    sides = [[part.mentees, part.mentors, part.scores] for part in parts]
    return Edges(*(np.concatenate(side) for side in zip(*sides, strict=True))).joined(none(), mentors)


def above_prices(edges: Edges, gains: Gains, prices: Prices) -> Gains:
    """How much each edge gains above what it costs."""
    over: Gains = gains - prices.mentees[edges.mentees] - prices.mentors[edges.mentors]
    return over


def tight_pairs(market: Market, prices: Prices, before: Prices, tight: Edges) -> Edges:
    """Of a pool that is held: what is tight now, where `tight` was under the prices of `before`."""
    scores = market.grid.held
    assert scores is not None  # noqa: S101 only such a pool is settled again
    mentees = np.flatnonzero((prices.mentees != before.mentees) & market.wanting)
    mentors = np.flatnonzero((prices.mentors != before.mentors) & (market.places > 0))
    same = market.open(tight)
    same = same.only(~np.isin(same.mentees, mentees) & ~np.isin(same.mentors, mentors))
    parts = [(np.full(0, 0), np.full(0, 0))]
    for mentee in mentees.tolist():
        gains = market.gains(mentee, scores[mentee])
        exact = gains + market.reward == prices.mentees[mentee] + prices.mentors
        found = np.flatnonzero(exact & (gains >= 0) & (market.places > 0))
        parts.append((np.full(len(found), mentee), found))
    for mentor in mentors.tolist():
        gains = market.gains_of_mentor(mentor, scores[:, mentor])
        exact = gains + market.reward == prices.mentees + prices.mentors[mentor]
        found = np.flatnonzero(exact & (gains >= 0) & market.wanting)
        parts.append((found, np.full(len(found), mentor)))
    at, to = (np.concatenate(side).astype(np.intp) for side in zip(*parts, strict=True))
    return same.joined(Edges(at, to, scores[at, to].astype(np.int64)), len(prices.mentors))


def _ranges(begins: Indices, ends: Indices) -> Indices:
    """All numbers from each beginning to its end, in a row."""
    counts = ends - begins
    starts = np.cumsum(counts) - counts
    return np.repeat(begins - starts, counts) + np.arange(counts.sum())
