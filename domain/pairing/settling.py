"""One round settled: as many placed as can be, the worst-off raised, the total, then the marks: each exactly.

Every step looks at the edges alone, then at all pairs for what the edges lack, until nothing is missing.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE, Objective
from domain.pairing import flow
from domain.pairing.edges import Edges, best_of, none
from domain.pairing.flow import Bound, Cut, Network
from domain.pairing.grid import Indices
from domain.pairing.market import Market
from domain.pairing.marks import Marks
from domain.pairing.prices import Prices, Scan, least_prices, scan

ENOUGH: Final = 10_000
"""A pool too large to be held is polished until it is within this part of the optimum."""
MOST_ROUNDS: Final = 40
FEW_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """`edges` are all that were looked at; `taken` those of the solution, which lacks at most `missing`.

    `cuts` prove that no more can be placed, and that the worst cannot be raised.
    """

    market: Market
    edges: Edges
    taken: Edges
    prices: Prices
    found: Scan
    missing: int
    cuts: tuple[Cut, ...]


def settle(market: Market, edges: Edges, objective: Objective, marks: Marks) -> Settled:
    cuts: tuple[Cut, ...] = ()
    edges = _renewed(market, edges)
    if objective is Objective.PLACED_FIRST:
        edges, all_placed = placeable(market, edges)
        edges, raised = raise_worst(market, edges, all_placed.placed)
        market = replace(market, least=raised.least, reward=market.decisive)
        cuts = (all_placed, raised.cut)
    edges, taken, prices, found = polish(market, edges)
    missing = found.bound - _gained(market, taken)
    return Settled(market, edges, of_equals(market, found.tight, prices, marks), prices, found, missing, cuts)


def _renewed(market: Market, edges: Edges) -> Edges:
    """Whoever has all their edges closed gets their next best."""
    held = np.bincount(market.open(edges).mentees, minlength=len(market.wanting))
    lonely = [mentee for mentee in market.closed if market.wanting[mentee] and not held[mentee]]
    nobody = np.zeros(len(market.places), np.bool_)
    alone = np.isin(np.arange(len(market.wanting)), lonely)
    cut = Cut(0, alone, nobody, alone)
    return edges.joined(_beyond(market, cut, alone), market.grid.shape[1]) if lonely else edges


def network(market: Market, edges: Edges) -> Network:
    return Network(edges, market.wanting, market.places)


def placeable(market: Market, edges: Edges) -> tuple[Edges, Cut]:
    """Enough edges to place as many as all pairs could, and the proof.

    First those without look further; only where that places no more is everybody asked whom they compete with.
    """
    before = -1
    while True:
        cut = flow.most(network(market, market.open(edges)))
        if cut.placed == market.most:
            return edges, _whole(market)
        beyond = _beyond(market, cut, cut.left) if cut.placed > before else none()
        if not len(beyond):
            beyond = _beyond(market, cut, cut.mentees)
        if not len(beyond):
            return edges, cut
        before, edges = cut.placed, edges.joined(beyond, market.grid.shape[1])


def _whole(market: Market) -> Cut:
    """Whoever wants is placed, or all places are full: that proves itself."""
    full = bool(market.places.sum() < market.wanting.sum())
    everywhere = np.full(len(market.places), full)
    return Cut(market.most, market.wanting & full, everywhere, market.wanting & full)


@dataclass(frozen=True, slots=True)
class Raised:
    """`cut` is of the pairs above `least`."""

    least: int
    cut: Cut


def raise_worst(market: Market, edges: Edges, placed: int) -> tuple[Edges, Raised]:
    """The highest score below which no pair needs to be, and the proof that it cannot be higher.

    `low` is possible and `limit` proven; `high` is what the edges alone allow.
    """
    low, (limit, proof) = 0, _highest(market, market.open(edges), placed)
    high = tried = limit
    while low < limit:
        above = market.above(tried)
        cut = flow.most(network(above, above.open(edges)))
        if cut.placed == placed:
            low = tried
        elif tried > low + 1:
            high = tried - 1
        elif len(beyond := _beyond(above, cut, cut.mentees)):
            edges, high = edges.joined(beyond, market.grid.shape[1]), limit
            continue
        else:
            limit, proof = low, cut
        tried = low + 1 if low >= high else (low + high + 1) // 2
    return edges, Raised(low, proof)


def _highest(market: Market, edges: Edges, placed: int) -> tuple[int, Cut]:
    """Above this score, fewer mentees have any pair: no solution's worst can be there."""
    best = np.full(len(market.wanting), -1, np.int64)
    np.maximum.at(best, edges.mentees, edges.scores)
    highest = int(np.sort(best)[-placed]) if placed else WHOLE
    without = market.wanting & (best <= highest)
    nobody = np.zeros(len(market.places), np.bool_)
    return highest, Cut(int((market.wanting & ~without).sum()), without, nobody, without)


def _beyond(market: Market, cut: Cut, mentees: NDArray[np.bool_]) -> Edges:
    """Their best pairs that lead out of the cut: with one of them more might be placed."""
    rows: list[tuple[int, Indices, NDArray[np.int64]]] = []
    closed = cut.mentors | (market.places == 0)
    for mentee, row in market.grid.each(np.flatnonzero(mentees & market.wanting)):
        gains = market.gains(mentee, row)
        gains[closed] = -1
        mentors = best_of(np.minimum(gains, WHOLE).astype(np.int16), mentee)
        rows.append((mentee, mentors, row[mentors].astype(np.int64)))
    counts = [len(mentors) for _, mentors, _ in rows]
    return Edges(
        np.repeat(np.array([mentee for mentee, *_ in rows], np.intp), counts),
        np.concatenate([np.empty(0, np.intp), *(mentors for _, mentors, _ in rows)]),
        np.concatenate([np.empty(0, np.int64), *(scores for *_, scores in rows)]),
    )


def polish(market: Market, edges: Edges) -> tuple[Edges, Edges, Prices, Scan]:
    """The best total, pairs that the edges lacked added until none is missing or what is left is little."""
    held = market.grid.held is not None
    for done in range(1, (MOST_ROUNDS if held else FEW_ROUNDS) + 1):
        looked = market.open(edges)
        gains = market.gained(looked)
        chosen = flow.best(network(market, looked), gains, everybody=market.reward > 0)
        prices = least_prices(looked, gains + market.reward, chosen, market.grid.shape)
        found = scan(market, prices, f"prices {done}")
        taken = looked.only(chosen)
        missing = found.bound - _gained(market, taken)
        total = int(taken.scores.sum())
        if not len(found.missed) or (not held and missing * ENOUGH <= total):
            break
        edges = edges.joined(found.missed, market.grid.shape[1])
    return edges, taken, prices, found


def of_equals(market: Market, tight: Edges, prices: Prices, marks: Marks) -> Edges:
    """Among all solutions that gain the same, the one with the highest sum of marks."""
    bound = Bound(prices.mentees > 0, prices.mentors > 0)
    bits = flow.mark_bits(sum(market.grid.shape))
    chosen = flow.of_equals(network(market, tight), marks.of(tight, bits), bound)
    return tight.only(chosen)


def _gained(market: Market, taken: Edges) -> int:
    return int(market.gained(taken).sum()) + market.reward * len(taken)
