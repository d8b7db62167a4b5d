"""One round settled: as many placed as can be, the worst-off raised, the total, then the marks: each exactly.

Every step looks at the edges alone, then at all pairs for what the edges lack, until nothing is missing.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.matching_settings import WHOLE, Objective
from domain.pairing import flow
from domain.pairing.edges import Edges, best_of_mentees, listed, none, told
from domain.pairing.flow import Bound, Cut, Network
from domain.pairing.grid import Half, Indices
from domain.pairing.market import Market
from domain.pairing.marks import Marks
from domain.pairing.mending import Mending
from domain.pairing.narrow import FAR, Pairs, Scores
from domain.pairing.prices import Prices, Scan, above_prices, least_prices, scan

ENOUGH: Final = 10_000
"""A pool too large to be held is polished until it is within this part of the optimum."""
MOST_ROUNDS: Final = 40
FEW_ROUNDS: Final = 6
FEW: Final = 8
"""Where no more mentees miss something, what they miss is mended."""
SLACK: Final = 500
"""Of such a pool, edges that lack more than this to their price are left out when it is solved again."""


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

    First those without look further; only where that places no more, all whom they compete with do.
    """
    before = -1
    while True:
        cut = _most(market, edges)
        if cut.placed == market.most:
            return edges, _whole(market)
        beyond = _beyond(market, cut, cut.left) if cut.placed > before else none()
        if not len(beyond):
            beyond = _beyond(market, cut, cut.mentees)
        if not len(beyond):
            return edges, cut
        before, edges = cut.placed, edges.joined(beyond, market.grid.shape[1])


def _most(market: Market, edges: Edges) -> Cut:
    market.grid.rest()
    return flow.most(network(market, market.open(edges)))


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

    From above: where so many lack a place, so many must take pairs out of the cut, and the worst of those is
    no better than the best that so many could take.
    """
    least, proof = _highest(market, market.open(edges), placed)
    while True:
        above = market.above(least)
        cut = _most(above, edges)
        if cut.placed >= placed:
            return edges, Raised(least, proof)
        beyond = _beyond(market, cut, cut.mentees)
        edges = edges.joined(beyond, market.grid.shape[1])
        best = _best(beyond, len(market.wanting))
        reach = int(np.sort(best)[cut.placed - placed])
        if reach < least:
            least, inside = reach, cut.mentees & (best <= reach)
            proof = replace(cut, mentees=inside, left=cut.left & inside)


def _highest(market: Market, edges: Edges, placed: int) -> tuple[int, Cut]:
    """Above this score, fewer mentees have any pair: no solution's worst can be there."""
    best = _best(edges, len(market.wanting))
    highest = int(np.sort(best)[-placed]) if placed else WHOLE
    without = market.wanting & (best <= highest)
    nobody = np.zeros(len(market.places), np.bool_)
    return highest, Cut(int((market.wanting & ~without).sum()), without, nobody, without)


def _best(edges: Edges, mentees: int) -> NDArray[np.int64]:
    best = np.full(mentees, -1, np.int64)
    np.maximum.at(best, edges.mentees, edges.scores)
    return best


def _beyond(market: Market, cut: Cut, mentees: NDArray[np.bool_]) -> Edges:
    """Their best pairs that lead out of the cut: with one of them more might be placed."""
    asked = np.flatnonzero(mentees & market.wanting)
    found = market.grid.halves("places", asked, _Asking(market, cut.mentors | (market.places == 0)))
    return found[0].joined(found[1], market.grid.shape[1])


@dataclass(frozen=True, slots=True)
class _Asking:
    """Looks in each row for the best mentors who are not `out`."""

    market: Market
    out: NDArray[np.bool_]

    def __call__(self, half: Half) -> Edges:
        most, least = listed(half.grid), np.where(self.out, FAR, self.market.least)
        floors = half.floors(most, self.out)
        for floor in floors:
            # Who has closed pairs might find all of their best among them.
            floor[np.fromiter(self.market.closed, np.intp)] = -1
        found = best_of_mentees(half, most, floors, lambda floor: _Beyond(floor, least), self._open)
        return Edges(*told(found)).joined(none(), len(self.out))

    def _open(self, pairs: Pairs) -> Pairs:
        open_ = self.market.open(Edges(*pairs))
        return Pairs(open_.mentees, open_.mentors, open_.scores)


@dataclass(frozen=True, slots=True)
class _Beyond:
    floors: Scores
    least: Scores

    def needed(self, floor: int) -> Scores:
        return np.maximum(self.least, floor)


def polish(market: Market, edges: Edges, *, mend: bool = True) -> tuple[Edges, Edges, Prices, Scan]:
    """The best total, pairs that the edges lacked added until none is missing or what is left is little.

    Unless the end of it was mended, the prices are the lowest there are.
    """
    held = market.grid.held is not None
    for done in range(1, (MOST_ROUNDS if held else FEW_ROUNDS) + 1):
        looked = market.open(edges)
        gains = market.gained(looked)
        market.grid.rest()
        chosen = flow.best(network(market, looked), gains, everybody=market.reward > 0)
        prices = least_prices(looked, gains + market.reward, chosen, market.grid.shape)
        found = scan(market, prices, f"prices {done}")
        taken = looked.only(chosen)
        missing = found.bound - _gained(market, taken)
        total = int(taken.scores.sum())
        if not len(found.missed) or (not held and missing * ENOUGH <= total):
            break
        if held and mend and len(missing_something := np.unique(found.missed.mentees)) <= FEW:
            return edges, *_mended(market, taken, prices, missing_something)
        if not held:
            edges = looked.only(above_prices(looked, gains + market.reward, prices) >= -SLACK)
        edges = edges.joined(found.missed, market.grid.shape[1])
    return edges, taken, prices, found


def _mended(market: Market, taken: Edges, prices: Prices, mentees: Indices) -> tuple[Edges, Prices, Scan]:
    """Quicker than solving again where only a few miss something."""
    mending = Mending.left_by(taken, prices, market)
    mending.raise_missed(mentees)
    mending.mend()
    return mending.taken(), mending.prices, scan(market, mending.prices)


def of_equals(market: Market, tight: Edges, prices: Prices, marks: Marks) -> Edges:
    """Among all solutions that gain the same, the one with the highest sum of marks."""
    bound = Bound(prices.mentees > 0, prices.mentors > 0)
    bits = flow.mark_bits(sum(market.grid.shape))
    chosen = flow.of_equals(network(market, tight), marks.of(tight, bits), bound)
    return tight.only(chosen)


def _gained(market: Market, taken: Edges) -> int:
    return int(market.gained(taken).sum()) + market.reward * len(taken)
