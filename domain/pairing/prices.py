"""Prices: what one more place of a mentor would gain. They prove how good a solution is, over all pairs.

Whatever was looked at, no solution gains more than the prices of all places and, for each mentee, the best that
a pair leaves above the mentor's price: that is weak duality, and a scan of all pairs adds it up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.pairing.edges import Edges, none
from domain.pairing.flow import Chosen
from domain.pairing.grid import Indices
from domain.pairing.market import Gains, Market
from domain.pairing.sweep import Row

MOST_ADDED: Final = 16
"""Pairs that a scan adds for one mentee: the dearest of those that were missed."""


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


def scan(market: Market, prices: Prices, stage: str = "prices") -> Scan:
    wanting = np.flatnonzero(market.wanting)
    found = market.grid.halves(stage, wanting, lambda rows: _scanned(rows, market, prices))
    missed, tight, left = none(), none(), 0
    for more, exact, kept in found:
        missed, tight = missed.joined(more, len(prices.mentors)), tight.joined(exact, len(prices.mentors))
        left += kept
    return Scan(missed, tight, left + int((prices.mentors * market.places).sum()))


def _scanned(rows: Iterator[tuple[int, Row]], market: Market, prices: Prices) -> tuple[Edges, Edges, int]:
    missed: list[tuple[int, Indices, Row]] = []
    tight: list[tuple[int, Indices, Row]] = []
    bound = 0
    mentors = np.where(market.places > 0, prices.mentors, np.iinfo(np.int64).max // 2)
    for mentee, row in rows:
        gains = market.gains(mentee, row)
        left = gains - mentors
        left += market.reward
        own = int(prices.mentees[mentee])
        at = np.flatnonzero((left >= own) & (gains >= 0))
        kept = left[at]
        bound += int(kept.max(initial=own))
        over = at[kept > own]
        if len(over) > MOST_ADDED:
            over = over[np.argsort(left[over], kind="stable")[-MOST_ADDED:]]
        if len(over):
            missed.append((mentee, over, row[over]))
        exact = at[kept == own]
        tight.append((mentee, exact, row[exact]))
    return _edges(missed), _edges(tight), bound


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


def _edges(found: list[tuple[int, Indices, Row]]) -> Edges:
    """Rows come in an order of their own; edges are sorted where they are joined."""
    counts = [len(mentors) for _, mentors, _ in found]
    return Edges(
        np.repeat(np.array([mentee for mentee, *_ in found], np.intp), counts),
        np.concatenate([np.empty(0, np.intp), *(mentors for _, mentors, _ in found)]),
        np.concatenate([np.empty(0, np.int64), *(scores for *_, scores in found)]),
    )


def _ranges(begins: Indices, ends: Indices) -> Indices:
    """All numbers from each beginning to its end, in a row."""
    counts = ends - begins
    starts = np.cumsum(counts) - counts
    return np.repeat(begins - starts, counts) + np.arange(counts.sum())
