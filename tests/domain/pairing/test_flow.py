"""The solver against optima that are known otherwise."""

from itertools import product
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from domain.pairing import flow
from domain.pairing.edges import Edges
from domain.pairing.flow import Bound, Network


def complete(mentees: int, mentors: int, places: int = 1) -> Network:
    at, to = (side.reshape(-1) for side in np.indices((mentees, mentors)))
    edges = Edges(at, to, np.zeros(len(at), np.int64))
    return Network(edges, np.ones(mentees, np.bool_), np.full(mentors, places, np.int64))


def cheapest(costs: NDArray[np.int64]) -> int:
    network = complete(*costs.shape)
    chosen = flow.best(network, -costs.reshape(-1), everybody=True)
    assert chosen.sum() == min(costs.shape)
    return int(costs.reshape(-1)[chosen].sum())


@pytest.mark.parametrize("size", [1, 2, 10, 60])
def test_the_instances_of_machol_and_wien(size: int) -> None:
    """Costs i times j: the cheapest pairs large with small, which is a sum with a closed form."""
    rows = np.arange(1, size + 1)
    assert cheapest(np.outer(rows, rows)) == size * (size + 1) * (size + 2) // 6


def test_the_expected_cost_of_random_assignments() -> None:
    """Costs drawn from exp(1): 1 + 1/4 + 1/9 + ... + 1/n^2 (Parisi's conjecture, since proven)."""
    size, turns, scale = 60, 60, 10**9
    draw = np.random.default_rng(17)
    found = [
        cheapest((draw.exponential(size=(size, size)) * scale).astype(np.int64)) / scale for _ in range(turns)
    ]
    expected = sum(1 / number**2 for number in range(1, size + 1))
    assert abs(np.mean(found) - expected) < 4 * np.std(found) / turns**0.5


@pytest.mark.parametrize("seed", range(5))
def test_an_independent_solver_finds_the_same(seed: int) -> None:
    costs = np.random.default_rng(seed).integers(0, 50, (40, 55))
    at, to = linear_sum_assignment(costs)
    assert cheapest(costs) == costs[at, to].sum()


def test_where_not_everybody_must_be_placed_a_loss_is_left_out() -> None:
    chosen = flow.best(complete(2, 2), np.array([5, -1, -1, -3]), everybody=False)
    assert chosen.tolist() == [True, False, False, False]


def test_a_cut_tells_who_competes_for_what() -> None:
    edges = Edges(np.array([0, 1, 2]), np.array([0, 0, 1]), np.zeros(3, np.int64))
    cut = flow.most(Network(edges, np.ones(3, np.bool_), np.array([1, 2])))
    assert cut.placed == 2
    assert cut.mentees.tolist() == [True, True, False]
    assert cut.mentors.tolist() == [True, False]
    assert cut.left.sum() == 1


@pytest.mark.parametrize("seed", range(10))
def test_of_equals_the_highest_marks_win_within_what_must_be(seed: int) -> None:
    """Whoever is bound is placed; of all such solutions none has higher marks."""
    draw = Random(seed)
    network = complete(3, 3)
    marks = np.array([draw.randint(0, 99) for _ in range(9)])
    bound = Bound(np.array([True, False, False]), np.array([False, True, False]))
    chosen = flow.of_equals(network, marks, bound)
    taken = list(
        zip(network.edges.mentees[chosen].tolist(), network.edges.mentors[chosen].tolist(), strict=True)
    )
    assert 0 in {mentee for mentee, _ in taken}
    assert 1 in {mentor for _, mentor in taken}
    every = (
        sum(marks[3 * mentee + mentor] for mentee, mentor in enumerate(mentors) if mentor < 3)
        for mentors in product(range(4), repeat=3)
        if mentors[0] < 3 and 1 in mentors and all(mentors.count(one) <= 1 for one in range(3))
    )
    assert marks[chosen].sum() == max(every)


def test_a_solver_that_finds_nothing_is_not_believed() -> None:
    network = complete(1, 1)
    impossible = Bound(np.array([False]), np.array([True]))
    alone = Network(network.edges.only(np.array([False])), network.wanting, network.places)
    with pytest.raises(ArithmeticError, match="no solution"):
        flow.of_equals(alone, np.empty(0, np.int64), impossible)


@pytest.mark.parametrize("nodes", [10, 14_000, 130_000])
def test_marks_fit_the_solver(nodes: int) -> None:
    bits = flow.mark_bits(nodes)
    assert bits >= 24
    assert 2**bits * (nodes + 2) ** 2 < 2**63
