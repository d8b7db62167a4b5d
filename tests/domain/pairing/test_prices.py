"""Prices prove an optimum: nothing gains more than it costs, and what is taken gains exactly that."""

from dataclasses import replace

import numpy as np
import pytest

from domain.pairing import settling
from domain.pairing.compiled import Compiled
from domain.pairing.edges import Edges, first_edges
from domain.pairing.grid import Grid
from domain.pairing.market import Market
from domain.pairing.prices import scan
from domain.pairing.settling import polish
from tests.domain.pairing import pools
from tests.domain.pairing.pools import Shape


def market(shape: Shape) -> tuple[Market, Edges]:
    compiled = Compiled(pools.pool(shape, 1), pools.terms())
    grid = Grid(compiled)
    return Market(grid, compiled.mentee_places > 0, compiled.mentor_places), first_edges(grid)


@pytest.mark.parametrize("shape", [Shape(60, 30, 90), Shape(90, 20, 40), Shape(10, 40, 60)])
def test_prices_are_fair_and_add_up(shape: Shape) -> None:
    bought, edges = market(shape)
    _, taken, prices, found = polish(bought, edges)
    assert bought.grid.held is not None
    lack = prices.mentees[:, None] + prices.mentors - bought.grid.held
    assert lack.min() >= 0
    assert (lack[taken.mentees, taken.mentors] == 0).all()
    spare = bought.places - np.bincount(taken.mentors, minlength=shape.mentors) > 0
    assert (prices.mentors[spare] == 0).all()
    assert found.bound == taken.scores.sum()


@pytest.mark.parametrize("mentor", range(6))
def test_a_price_is_what_one_more_place_would_gain(mentor: int) -> None:
    bought, edges = market(Shape(60, 12, 30))
    _, taken, prices, _ = polish(bought, edges, mend=False)
    places = bought.places.copy()
    places[mentor] += 1
    _, more, _, _ = polish(replace(bought, places=places), edges)
    assert more.scores.sum() - taken.scores.sum() == prices.mentors[mentor]


@pytest.mark.parametrize("mend", [True, False])
def test_what_the_edges_lack_is_missed_by_the_scan_and_bounds_the_gap(
    mend: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "FEW", 60)
    bought, edges = market(Shape(60, 30, 40))
    _, best, _, _ = polish(bought, edges)
    few = edges.only(np.arange(len(edges)) % 7 == 0)
    looked, taken, prices, _ = polish(bought, few, mend=mend)
    assert (len(looked) == len(few)) is mend
    assert taken.scores.sum() == best.scores.sum()
    wrong = replace(prices, mentors=np.maximum(prices.mentors - 50, 0))
    found = scan(bought, wrong)
    assert len(found.missed)
    assert found.bound >= best.scores.sum()
