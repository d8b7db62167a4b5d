"""Suggestions for one person: by score minus the mentor's price, so that popular mentors are not drowned.

A price lies midway between what one more place of a mentor would gain for everybody and what one place
less would lose: there, each likes best whom the best solution gives them, mostly by some margin. Where a
place is dear, somebody else needs it more: raw lists send everybody to the same few. What is shown is the
plain score.
"""

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.ids import ParticipantId
from domain.matching_settings import Criterion
from domain.pairing.compiled import Compiled
from domain.pairing.coverage import Covered, coverage
from domain.pairing.edges import first_edges
from domain.pairing.grid import Grid, OnProgress, silent
from domain.pairing.market import Market
from domain.pairing.prices import greatest_prices
from domain.pairing.settling import polish

_ODD: Final = 2_654_435_761
_Ranked = tuple[int, int, int, int, int]
"""Score minus price, score, lot, mentor, price."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`parts` are what the mentee's side could tell, `coverage` which of their wishes which offer covers."""

    mentor: ParticipantId
    score: int
    price: int
    mentee_score: int | None
    mentor_score: int | None
    parts: dict[Criterion, int]
    answered: int
    asked: int
    coverage: tuple[Covered, ...]


def prices(compiled: Compiled, on_progress: OnProgress = silent) -> Mapping[ParticipantId, int]:
    """What a place of each mentor is worth to others, all mentees considered."""
    grid = Grid(compiled, on_progress)
    market = Market(grid, compiled.mentee_places > 0, compiled.mentor_places)
    edges, taken, least, _ = polish(market, first_edges(grid), mend=False)
    looked = market.open(edges)
    chosen = np.isin(looked.keys(grid.shape[1]), taken.keys(grid.shape[1]))
    greatest = greatest_prices(looked, looked.scores, chosen, market.places)
    middle = (least.mentors + np.maximum(least.mentors, greatest)) // 2
    return {mentor.id: price for mentor, price in zip(compiled.mentors, middle.tolist(), strict=True)}


def suggest(
    compiled: Compiled, mentee: ParticipantId, prices: Mapping[ParticipantId, int], limit: int
) -> tuple[Suggestion, ...]:
    """The best for this mentee; who is not eligible is not among them."""
    at = compiled.mentee_index[mentee]
    row = compiled.row(at)
    ranked = np.argsort(-row, kind="stable")[: int((row >= 0).sum())]
    best: list[_Ranked] = []
    for mentor, score in zip(ranked.tolist(), row[ranked].tolist(), strict=True):
        if len(best) == limit and score < best[-1][0]:
            break  # no price is below zero: whoever scores less can rank no higher
        price = prices.get(compiled.mentors[mentor].id, 0)
        # Of equals everybody sees others first.
        insort(best, (score - price, score, (mentor + at) * _ODD % 2**32, mentor, price), key=_downwards)
        del best[limit:]
    return tuple(_suggestion(compiled, at, mentor, price) for *_, mentor, price in best)


def _downwards(ranked: _Ranked) -> tuple[int, int, int]:
    return -ranked[0], -ranked[1], ranked[2]


def _suggestion(compiled: Compiled, mentee: int, mentor: int, price: int) -> Suggestion:
    found = compiled.score(mentee, mentor)
    return Suggestion(
        mentor=compiled.mentors[mentor].id,
        score=found.score,
        price=price,
        mentee_score=found.mentee_score,
        mentor_score=found.mentor_score,
        parts=found.parts,
        answered=found.answered,
        asked=found.asked,
        coverage=coverage(compiled, mentee, mentor),
    )
