"""Which answers count: in batches of five people, so that no two moments tell of fewer."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.suppression import FEWEST
from domain.survey_counting import NetPromoters, counted, ends, mean, net_promoters

Answers = Sequence[tuple[int, str]]
answers: st.SearchStrategy[Answers] = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(["here", "there"])), max_size=60
)


def whole(people: Sequence[int]) -> int:
    return counted((person, None) for person in people)


@pytest.mark.parametrize(
    ("people", "count"),
    [
        ([], 0),
        ([1, 2, 3, 4], 0),
        ([1, 2, 3, 4, 5], 5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9], 5),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 10),
        ([1, 1, 2, 2, 3, 3, 4, 4], 0),
        ([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], 9),
    ],
)
def test_five_people_make_a_batch_however_often_each_answers(people: list[int], count: int) -> None:
    assert whole(people) == count


def test_a_part_and_the_rest_grow_by_five_or_by_nobody() -> None:
    """Of the first five here, the fifth answer there keeps the rest waiting until there are five."""
    here = [(person, "here") for person in range(5)]
    there = [(person, "there") for person in range(10, 15)]
    assert counted(here) == 5
    assert counted([*here, *there[:4], (7, "here")]) == 5
    assert counted([*here, *there]) == 10
    assert counted([*here[:4], there[0]]) == 0


@given(answers)
def test_parts_told_beside_their_whole_leave_nobody_over_or_five(found: Answers) -> None:
    """Though the parts wait for each other, and the whole does not wait for them."""
    together = frozenset(ends((person, None) for person, _ in found))
    apart = max(ends(found, among=together), default=0)
    left = {person for person, _ in found[apart : max(together, default=0)]}
    assert not 0 < len(left) < FEWEST
    for part in {part for _, part in found[:apart]}:
        assert len({person for person, of in found[:apart] if of == part}) >= FEWEST


@given(answers, answers)
def test_between_two_moments_nobody_is_told_of_among_fewer_than_five(before: Answers, since: Answers) -> None:
    """Neither in the whole nor in a part nor in the rest of it; what once counted counts for ever."""
    now = [*before, *since]
    for parted in (lambda part: part, lambda part: None):
        earlier = counted((person, parted(part)) for person, part in before)
        later = counted((person, parted(part)) for person, part in now)
        new = [(person, parted(part)) for person, part in now[earlier:later]]
        assert earlier <= later
        for part in {part for _, part in new}:
            assert len({person for person, of in new if of == part}) >= FEWEST


@given(answers)
def test_a_part_is_told_of_where_a_batch_of_the_whole_ends(given_: Answers) -> None:
    """So the whole of that moment and the part are about the same answers."""
    people = [person for person, _ in given_]
    ends = {whole(people[:length]) for length in range(len(people) + 1)}
    assert counted(given_) in ends


@given(answers)
def test_of_the_whole_fewer_than_five_wait(given_: Answers) -> None:
    people = [person for person, _ in given_]
    assert len(set(people[whole(people) :])) < FEWEST


@pytest.mark.parametrize(
    ("scores", "expected", "score"),
    [
        ([10, 9, 9, 8, 6, 0], NetPromoters(3, 1, 2), 100 / 6),
        ([7, 8], NetPromoters(0, 2, 0), 0),
        ([6, 5], NetPromoters(0, 0, 2), -100),
    ],
)
def test_promoters_less_detractors(scores: list[int], expected: NetPromoters, score: float) -> None:
    """Six scores: three of 9 and more, two of 6 and less: (3 - 2) of 6."""
    found = net_promoters(scores)
    assert (found, found.n) == (expected, len(scores))
    assert found.score == pytest.approx(score)


def test_of_nobody_there_is_nothing_to_tell() -> None:
    assert (net_promoters([]).score, mean([])) == (None, None)
    assert mean([4, 5]) == 4.5
