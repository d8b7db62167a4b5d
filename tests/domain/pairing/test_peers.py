"""Circles of peers: what bars two, what is too small, and exchanges that only improve the total."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.pairing.peers import BARRED, circles, likeness
from domain.pairing.seating import Edges, Numbers, Seats, seated
from domain.program_settings import Size


def liking(size: int, likes: dict[tuple[int, int], int], other: int = 0) -> Numbers:
    like = np.full((size, size), other, dtype=np.int64)
    for (one, two), score in likes.items():
        like[one, two] = like[two, one] = score
    np.fill_diagonal(like, 0)
    return like


def in_order(size: int) -> Numbers:
    return np.arange(size)


def test_likeness_is_the_mean_of_both_ways_and_barred_by_either() -> None:
    scores = np.array([[-1, 400, 700], [600, -1, -1], [100, 300, -1]], dtype=np.int32)
    assert likeness(scores).tolist() == [[0, 500, 400], [500, 0, BARRED], [400, BARRED, 0]]


def test_two_and_two_who_are_like_each_other() -> None:
    like = liking(4, {(0, 2): 9_000, (1, 3): 8_000}, other=100)
    assert circles(like, in_order(4), Size(least=2, most=2)) == [[0, 2], [1, 3]]


def test_too_few_for_one_circle() -> None:
    assert circles(liking(2, {}), in_order(2), Size(least=3, most=5)) == []
    assert circles(liking(1, {}), in_order(1), Size(least=1, most=5)) == []


def test_whoever_fits_into_no_circle_stays_without() -> None:
    """Five and six hold no seven: one circle of six, and one left over."""
    (circle,) = circles(liking(7, {}), in_order(7), Size(least=5, most=6))
    assert len(circle) == 6


def test_where_all_bar_each_other_there_is_no_circle() -> None:
    assert circles(liking(6, {}, other=BARRED), in_order(6), Size(least=2, most=3)) == []


def test_a_circle_too_small_closes_and_its_people_find_room() -> None:
    """Nobody but 4 can sit with 5, who is like all; the pair is short of three, and 4 joins the others."""
    likes = {(5, one): BARRED for one in range(4)} | {(4, one): 50 for one in range(4)} | {(4, 5): 9_000}
    assert circles(liking(6, likes, other=100), in_order(6), Size(least=3, most=5)) == [[0, 1, 2, 3, 4]]


def test_one_moves_where_that_is_better_for_all() -> None:
    """Two of a kind and four of another, with circles of two to four."""
    kinds = [0, 0, 1, 1, 1, 1]
    likes = {(a, b): 9_000 if kinds[a] == kinds[b] else 0 for a, b in combinations(range(6), 2)}
    found = circles(liking(6, likes), in_order(6), Size(least=2, most=4))
    assert found == [[0, 1], [2, 3, 4, 5]]


def test_three_and_three_change_places_where_no_circle_has_room() -> None:
    kinds = [0, 1, 0, 1, 0, 1]
    likes = {(a, b): 9_000 if kinds[a] == kinds[b] else 0 for a, b in combinations(range(6), 2)}
    assert circles(liking(6, likes), in_order(6), Size(least=2, most=3)) == [[0, 2, 4], [1, 3, 5]]


@st.composite
def _crowds(draw: st.DrawFn) -> tuple[Numbers, Size, Numbers]:
    size = draw(st.integers(2, 14))
    values = st.one_of(st.integers(0, 10_000), st.just(BARRED))
    likes = {pair: draw(values) for pair in combinations(range(size), 2)}
    least = draw(st.integers(1, 4))
    order = np.array(draw(st.permutations(range(size))))
    return liking(size, likes), Size(least=least, most=least + draw(st.integers(0, 4))), order


@drawn(_crowds())
@settings(max_examples=150, deadline=None)
def test_circles_hold_their_bounds_and_nobody_sits_with_whom_they_must_not(
    crowd: tuple[Numbers, Size, Numbers],
) -> None:
    like, size, order = crowd
    found = circles(like, order, size)
    seats = [person for circle in found for person in circle]
    assert len(seats) == len(set(seats))
    for circle in found:
        assert max(size.least, 2) <= len(circle) <= max(size.most, 2)
        assert all(like[pair] >= 0 for pair in combinations(circle, 2))
    assert circles(like, order, size) == found


def test_numbers_that_no_flow_can_hold_are_not_passed_over() -> None:
    edge = Edges(np.array([0]), np.array([0]), np.array([2**50]), np.array([0]))
    with pytest.raises(ArithmeticError):
        seated(1, edge, Seats(np.array([0]), np.array([1])))
