"""Suppression: no small group can be read off, nor worked out from what is told beside the whole."""

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.suppression import FEWEST, hidden, hidden_cells, tellable

NONE: frozenset[str] = frozenset()


def test_groups_of_five_are_told() -> None:
    assert hidden({"north": 5, "south": 40}) == NONE


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    assert hidden({"north": 4, "south": 9, "west": 30}) == {"north", "south"}


def test_two_small_groups_that_are_small_together_take_a_third() -> None:
    assert hidden({"north": 2, "south": 2, "west": 9, "east": 30}) == {"north", "south", "west"}


def test_two_small_groups_that_are_not_small_together_keep_each_other_company() -> None:
    assert hidden({"north": 3, "south": 4, "west": 9}) == {"north", "south"}


def test_one_small_group_alone_is_hidden_and_nothing_else_can_be() -> None:
    assert hidden({"north": 3}) == {"north"}


def test_a_small_cell_hides_a_rectangle() -> None:
    cells = {("n", "x"): 3, ("n", "y"): 20, ("n", "z"): 30, ("s", "x"): 20, ("s", "y"): 25, ("s", "z"): 30}
    assert hidden_cells(cells, NONE, NONE) == {("n", "x"), ("n", "y"), ("s", "x"), ("s", "y")}


def test_the_cells_of_a_hidden_answer_are_hidden_with_it() -> None:
    cells = {("n", "x"): 9, ("n", "y"): 20, ("s", "x"): 20, ("s", "y"): 25, ("w", "x"): 9, ("w", "y"): 9}
    assert hidden_cells(cells, frozenset({"n", "w"}), NONE) == {
        ("n", "x"), ("n", "y"), ("w", "x"), ("w", "y"),
    }  # fmt: skip


_SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 30), min_size=1)


@drawn(_SIZES)
def test_what_is_left_after_subtraction_is_nobody_or_many(sizes: dict[str, int]) -> None:
    gone = hidden(sizes)
    rest = sum(sizes[group] for group in gone)
    assert {group for group, size in sizes.items() if size < FEWEST} <= gone
    assert gone in ({*()}, sizes.keys()) or (rest >= FEWEST and len(gone) >= 2)


_CELLS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(1, 30), min_size=1
)


@drawn(_CELLS)
def test_no_line_of_a_crossing_leaves_one_cell_to_work_out(cells: dict[tuple[str, str], int]) -> None:
    rows = hidden({a: sum(n for (one, _), n in cells.items() if one == a) for a, _ in cells})
    columns = hidden({b: sum(n for (_, one), n in cells.items() if one == b) for _, b in cells})
    gone = hidden_cells(cells, rows, columns)
    for side in (0, 1):
        for answer in {cell[side] for cell in cells}:
            line = {cell for cell in cells if cell[side] == answer}
            lost = gone & line
            assert lost in (set(), line) or (len(lost) >= 2 and sum(cells[cell] for cell in lost) >= FEWEST)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 0, False), (4, 4, False), (5, 5, True), (5, 9, False), (5, 10, True), (9, 10, False)],
)
def test_a_part_is_told_of_where_neither_it_nor_the_rest_is_small(part: int, whole: int, told: bool) -> None:
    assert tellable(part, whole) is told
