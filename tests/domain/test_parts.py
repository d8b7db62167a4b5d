"""Parts of a whole: what is told of, and that nothing more can be reckoned from it."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from domain.parts import Part, Place, Whole
from domain.suppression import FEWEST

SALES, FINANCE, TEST = "sales", "finance", "test"
NORTH, SOUTH = "north", "south"
Q1, Q2 = "2026-1", "2026-2"


def whole(**sizes: int) -> Whole:
    """By department alone."""
    return Whole({(department, NORTH, Q1): size for department, size in sizes.items()})


def test_a_part_of_five_is_told_and_one_of_four_is_not() -> None:
    assert whole(sales=5, finance=5).tells(Part(department=SALES))
    assert not whole(sales=4, finance=9, test=9).tells(Part(department=SALES))


def test_the_rest_of_the_whole_is_a_part_too() -> None:
    """96 of 100 would tell of the 4."""
    assert not whole(sales=96, finance=4).tells(Part(department=SALES))
    told = whole(sales=90, finance=4, test=6)
    assert (told.tells(Part(department=SALES)), told.tells(Part(department=TEST))) == (True, False)


def test_what_everybody_shares_cuts_nothing() -> None:
    assert whole(sales=5).tells(Part(department=SALES))
    assert whole(sales=5).tells(Part())
    assert not whole(sales=4).tells(Part())


def test_of_a_place_where_nobody_is_nothing_is_told() -> None:
    assert not whole(sales=9, finance=9).tells(Part(department=TEST))


def test_a_location_that_is_a_department_and_two_more_is_not_told() -> None:
    """Sales has 10, North 12: its 10 and 2 of finance. South less finance would be the same two."""
    told = Whole({(SALES, NORTH, Q1): 10, (FINANCE, NORTH, Q1): 2, (FINANCE, SOUTH, Q1): 20})
    assert told.tells(Part(department=SALES))
    assert told.tells(Part(department=FINANCE))
    assert not told.tells(Part(location=NORTH))
    assert not told.tells(Part(location=SOUTH))


def test_two_cuts_are_told_where_no_cell_can_be_reckoned_from_the_others() -> None:
    """Of four cells one has three: any other one, with the sums of its row and column, would tell of it."""
    places = {(SALES, NORTH): 10, (SALES, SOUTH): 10, (FINANCE, NORTH): 10}
    even = Whole({(*cell, Q1): size for cell, size in {**places, (FINANCE, SOUTH): 10}.items()})
    uneven = Whole({(*cell, Q1): size for cell, size in {**places, (FINANCE, SOUTH): 3}.items()})
    for department, location in places:
        assert even.tells(Part(department, location))
        assert not uneven.tells(Part(department, location))


def test_three_cuts_at_once_are_one_too_many() -> None:
    cells = {(d, n, q): 50 for d in (SALES, FINANCE) for n in (NORTH, SOUTH) for q in (Q1, Q2)}
    assert Whole(cells).tells(Part(SALES, quarters=frozenset({Q1})))
    assert not Whole(cells).tells(Part(SALES, NORTH, frozenset({Q1})))


def test_small_quarters_are_told_together_or_not_at_all() -> None:
    told = Whole({(SALES, NORTH, quarter): size for quarter, size in {Q1: 3, Q2: 4, "2026-3": 20}.items()})
    assert told.tells(Part(quarters=frozenset({Q1, Q2})))
    assert told.tells(Part(quarters=frozenset({"2026-3", "2026-4"})))
    assert not told.tells(Part(quarters=frozenset({Q1})))
    assert not told.tells(Part(quarters=frozenset({Q2, "2026-3"})))


DEPARTMENTS: Final = ("a", "b", "c")
LOCATIONS: Final = ("x", "y", "z")
QUARTERS: Final = ("1", "2")

sizes = st.dictionaries(
    st.tuples(*map(st.sampled_from, (DEPARTMENTS, LOCATIONS, QUARTERS))), st.integers(0, 12), min_size=1
)


def parts() -> Iterator[Part]:
    quarters = [None, *(frozenset({quarter}) for quarter in QUARTERS)]
    for department in (None, *DEPARTMENTS):
        for location in (None, *LOCATIONS):
            yield from (Part(department, location, quarter) for quarter in quarters)


def answer(part: Part, places: Iterable[Place]) -> frozenset[Place]:
    return frozenset(
        place
        for place in places
        if all(wanted is None or held in wanted for wanted, held in zip(part.cuts, place, strict=True))
    )


def several(answers: list[frozenset[Place]]) -> Iterator[frozenset[Place]]:
    """Every union of answers that do not overlap."""
    for chosen in chain.from_iterable(combinations(answers, n) for n in range(len(answers) + 1)):
        together = frozenset(chain.from_iterable(chosen))
        if len(together) == sum(map(len, chosen)):
            yield together


def ways(part: Part) -> frozenset[int]:
    return frozenset(way for way, cut in enumerate(part.cuts) if cut is not None)


@given(sizes)
def test_no_sums_and_differences_of_what_is_told_single_out_fewer_than_five(
    sizes: Mapping[Place, int],
) -> None:
    """Whoever adds up answers of two ways to cut, and takes others away, is left with nobody or five."""
    told = Whole(sizes)
    for pair in combinations(range(3), 2):
        asked = [part for part in parts() if ways(part) <= set(pair) and told.tells(part)]
        known = set(several(list({answer(part, sizes) for part in asked})[:9]))
        for larger in known:
            for smaller in known:
                if smaller <= larger:
                    left = sum(sizes[place] for place in larger - smaller)
                    assert left == 0 or left >= FEWEST


@given(sizes)
def test_who_is_told_of_is_never_fewer_than_five(sizes: Mapping[Place, int]) -> None:
    for part in parts():
        if Whole(sizes).tells(part):
            assert sum(sizes[place] for place in answer(part, sizes)) >= FEWEST
