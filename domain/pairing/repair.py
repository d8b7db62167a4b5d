"""A settled round with a few pairs locked or forbidden: mended instead of settled anew.

All pairs are looked at: the outcome is the optimum of all. What the old proofs do not cover is settled anew.
"""

from dataclasses import replace

from domain.matching_settings import Objective
from domain.pairing.flow import Cut
from domain.pairing.market import Market
from domain.pairing.marks import Marks
from domain.pairing.mending import Mending
from domain.pairing.prices import tight_pairs
from domain.pairing.settling import Settled, of_equals


def repaired(base: Settled, market: Market, objective: Objective, marks: Marks) -> Settled | None:
    """The same as settling `market`, which differs from the base's by a few locks and forbidden pairs.

    None where only settling anew can tell.
    """
    market = replace(market, least=base.market.least, reward=base.market.reward)
    mending = Mending.left_by(base.taken, base.prices, market)
    mending.mend()
    taken = mending.taken()
    if objective is Objective.PLACED_FIRST and not _proven(base.cuts, market, len(taken)):
        return None
    prices = mending.prices
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
