"""Ranks: a mentor's place among all who are eligible for a mentee, whatever was looked at before."""

from random import Random

import numpy as np
import pytest

from domain.matching_settings import Criterion
from domain.pairing import edges
from domain.pairing import grid as grid_module
from domain.pairing.compiled import Compiled
from domain.pairing.edges import first_edges
from domain.pairing.grid import Grid
from domain.pairing.ranks import Ranks
from tests.domain.pairing import strangers


@pytest.mark.parametrize("held", [0, 10**6])
def test_a_rank_counts_whoever_scores_more_in_the_whole_row(
    held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_module, "HELD", held)
    for name, value in (("EVERY_PAIR", 0), ("BEST", 2), ("BEST_OF_MANY", 2)):
        monkeypatch.setattr(edges, name, value)
    compiled = Compiled(strangers.pool(20, 15, seed=4), strangers.terms(Random(4)))
    grid, rows = Grid(compiled), compiled.scores(np.arange(20))
    pairs = [(int(at), int(to)) for at, to in zip(*np.nonzero(rows >= 0), strict=True)]
    found = Ranks(grid, first_edges(grid)).of(pairs, frozenset())
    assert found == [1 + int((rows[at] > rows[at, to]).sum()) for at, to in pairs]


@pytest.mark.parametrize("criterion", [Criterion.COMPETENCIES, Criterion.BIOGRAPHY])
def test_what_a_sweep_has_forgotten_it_reckons_again(criterion: Criterion) -> None:
    weights = [{"criterion": criterion, "parts": 10_000}]
    compiled = Compiled(strangers.pool(12, 9, seed=5), strangers.terms(Random(5), weights=weights))
    before = compiled.scores(np.arange(12))
    compiled.sweep.rest()
    assert (compiled.scores(np.arange(12)) == before).all()
