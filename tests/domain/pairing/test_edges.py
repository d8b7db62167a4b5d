"""First edges: the best of everybody on both sides, whatever way the rows are computed."""

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.pairing import edges, grid
from domain.pairing.compiled import Compiled
from domain.pairing.edges import BEST_OF_MANY, Edges, best_of, first_edges, keys, told
from domain.pairing.grid import Cancelled, Grid
from domain.pairing.sides import LOOSE
from tests.domain.pairing import pools, strangers
from tests.domain.pairing.pools import Shape


def unheld(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> Grid:
    monkeypatch.setattr(grid, "HELD", 0)
    return Grid(compiled)


@pytest.fixture
def compiled() -> Compiled:
    return Compiled(pools.pool(Shape(150, 90, 200), 3), pools.terms())


def test_a_small_pool_is_looked_at_whole(compiled: Compiled) -> None:
    found, scores = first_edges(Grid(compiled)), compiled.scores(np.arange(150))
    assert len(found) == (scores >= 0).sum()
    assert (found.scores == scores[found.mentees, found.mentors]).all()


def test_of_a_large_pool_everybodys_best_are_looked_at(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = compiled.scores(np.arange(150))
    found = first_edges(unheld(compiled, monkeypatch))
    assert (found.scores == scores[found.mentees, found.mentors]).all()
    assert (np.diff(found.keys(90)) > 0).all()
    for people, rows in ((found.mentees, scores), (found.mentors, scores.T)):
        for person, row in enumerate(rows):
            listed = np.sort(found.scores[people == person])[::-1][:BEST_OF_MANY]
            best = np.sort(row[row >= 0])[::-1][:BEST_OF_MANY]
            assert (listed == best).all()


def test_many_equals_are_shared_out() -> None:
    people, others = (side.reshape(-1) for side in np.indices((20, 500)))
    best = told(best_of(keys(people, others, np.zeros(len(people), np.int64)), 10))
    assert (np.bincount(best[0]) == 10).all()
    assert len(np.unique(best[1])) > 100


def test_few_have_few() -> None:
    best = told(best_of(keys(np.array([1, 1, 0]), np.array([1, 3, 2]), np.array([5, 0, 7])), 2))
    assert best.T.tolist() == [[0, 2, 7], [1, 1, 5], [1, 3, 0]]


def test_of_few_mentors_all_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = Compiled(pools.pool(Shape(40, 8, 20), 3), pools.terms())
    whole = first_edges(Grid(compiled))
    found = first_edges(unheld(compiled, monkeypatch))
    assert set(found.keys(8).tolist()) == set(whole.keys(8).tolist())


def test_lists_are_cut_down_while_they_grow(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = first_edges(unheld(compiled, monkeypatch))
    monkeypatch.setattr(edges, "MOST_GATHERED", 100)
    again = first_edges(unheld(compiled, monkeypatch))
    for mentor in range(90):
        one, other = (np.sort(found.scores[found.mentors == mentor])[::-1] for found in (whole, again))
        assert (one[:BEST_OF_MANY] == other[:BEST_OF_MANY]).all()


def test_joined_edges_stand_once() -> None:
    one = Edges(np.array([0, 1]), np.array([1, 0]), np.array([5, 6]))
    both = one.joined(Edges(np.array([0, 0]), np.array([0, 1]), np.array([4, 5])), 2)
    assert both.mentees.tolist() == [0, 0, 1]
    assert both.scores.tolist() == [4, 5, 6]


@pytest.mark.parametrize("seed", range(30))
def test_estimates_are_never_below_and_little_above(seed: int) -> None:
    compiled = Compiled(strangers.pool(9, 11, seed), strangers.terms(Random(seed)))
    exact = compiled.scores(np.arange(9))
    seen: dict[int, NDArray[np.integer]] = {}

    def choose(mentee: int, row: NDArray[np.integer]) -> NDArray[np.intp]:
        seen[mentee] = row
        return np.arange(11)

    for mentee, _, scores in compiled.sweep.candidates(np.arange(9), choose):
        assert (scores == exact[mentee]).all()
        over = (seen[mentee] - exact[mentee])[exact[mentee] >= 0]
        assert ((over >= 0) & (over <= LOOSE)).all()


def test_when_one_half_is_stopped_the_other_stops_too(compiled: Compiled) -> None:
    def stop(stage: str, done: int, of: int) -> None:
        raise Cancelled

    held = Grid(compiled)
    held.tell = stop
    with pytest.raises(Cancelled):
        held.halves("rows", np.arange(150), lambda half: list(half.rows()))
