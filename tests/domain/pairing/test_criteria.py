"""What each criterion gives two people, by example."""

from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, Gap, Likeness, MatchingSettings
from domain.pairing import criteria
from domain.pairing.pool import Person
from domain.pairing.sides import Side, combined
from domain.pairing.terms import Terms, Yardstick
from tests.domain.pairing.strangers import ONE_TO_ONE

NOOR, ADA = Person(ParticipantId(UUID(int=1))), Person(ParticipantId(UUID(int=2)))
NEAR = {("sales", "talks"): 4_000, ("sql", "python"): 6_000}
SAME_OTHER = MatchingSettings(location=Likeness.SAME, department=Likeness.OTHER)


def told(criterion: Criterion, mine: dict[str, Any], theirs: dict[str, Any]) -> tuple[int | None, int | None]:
    yardstick = Yardstick(Terms(SAME_OTHER, ONE_TO_ONE, hours_a_month=2), NEAR)
    return criteria.told(criterion, replace(NOOR, **mine), replace(ADA, **theirs), yardstick)


@pytest.mark.parametrize(
    ("wishes", "offers", "score"),
    [
        ({}, {"sql": 5}, None),
        ({"sql": (3, 1)}, {}, 0),
        ({"sql": (3, 1)}, {"sql": 3}, 10_000),
        ({"sql": (3, 1)}, {"sql": 5}, 10_000),
        ({"sql": (4, 1)}, {"sql": 1}, 2_500),
        ({"sql": (3, 1)}, {"python": 3}, 6_000),
        ({"sql": (3, 1)}, {"python": 1}, 2_000),
        ({"python": (3, 1)}, {"sql": 3}, 0),
        ({"sql": (5, 1)}, {"sql": 1, "python": 5}, 6_000),
        ({"sql": (3, 1), "law": (3, 5)}, {"sql": 3}, 8_333),
        ({"sql": (3, 5), "law": (3, 1)}, {"sql": 3}, 1_666),
    ],
)
def test_competencies(wishes: dict[str, Any], offers: dict[str, int], score: int | None) -> None:
    """The best offer for each wish, by level and nearness; urgent wishes weigh more."""
    assert told(Criterion.COMPETENCIES, {"wishes": wishes}, {"offers": offers}) == (score, None)
    assert told(Criterion.COMPETENCIES, {"offers": offers}, {"wishes": wishes}) == (None, score)


@pytest.mark.parametrize(
    ("criterion", "mine", "theirs", "score"),
    [
        (Criterion.LANGUAGES, {"languages": ("English", "Norsk")}, {"languages": ("norsk",)}, 10_000),
        (Criterion.LANGUAGES, {"languages": ("English",)}, {"languages": ("Norsk",)}, 0),
        (Criterion.LANGUAGES, {"languages": ()}, {"languages": ("Norsk",)}, None),
        (Criterion.TIME_ZONE, {"utc_offset": 0}, {"utc_offset": 0}, 10_000),
        (Criterion.TIME_ZONE, {"utc_offset": -300}, {"utc_offset": 60}, 4_000),
        (Criterion.TIME_ZONE, {"utc_offset": 0}, {"utc_offset": 600}, 0),
        (Criterion.TIME_ZONE, {"utc_offset": -660}, {"utc_offset": 720}, 9_000),
        (Criterion.TIME_ZONE, {"utc_offset": None}, {"utc_offset": 60}, None),
        (Criterion.LOCATION, {"location": "Oslo"}, {"location": "Oslo"}, 10_000),
        (Criterion.LOCATION, {"location": "Oslo"}, {"location": "Lima"}, 0),
        (Criterion.LOCATION, {"location": "Oslo"}, {}, None),
        (Criterion.DEPARTMENT, {"department": "Law"}, {"department": "Law"}, 0),
        (Criterion.DEPARTMENT, {"department": "Law"}, {"department": "Tax"}, 10_000),
        (Criterion.EXPERIENCE, {"title_step": 2}, {"title_step": 4}, 10_000),
        (Criterion.EXPERIENCE, {"title_step": 1}, {"title_step": 9}, 6_000),
        (Criterion.EXPERIENCE, {"title_step": 9}, {"title_step": 1}, 0),
        (Criterion.EXPERIENCE, {"title_step": 9}, {}, None),
        (Criterion.AVAILABILITY, {}, {"hours_left": 1}, 2_500),
        (Criterion.AVAILABILITY, {}, {"hours_left": 9}, 10_000),
        (Criterion.AVAILABILITY, {"hours_left": 9}, {}, None),
        (Criterion.BIOGRAPHY, {"biography": bytes([127, 0])}, {"biography": bytes([127, 0])}, 10_000),
        (Criterion.BIOGRAPHY, {"biography": bytes([127, 0])}, {"biography": bytes([129, 0])}, 0),
        (Criterion.BIOGRAPHY, {"biography": bytes([127, 0])}, {"biography": bytes([64, 110])}, 5_039),
        (Criterion.BIOGRAPHY, {"biography": bytes([127, 0])}, {}, None),
        (
            Criterion.COMMON_GROUND,
            {"offers": {"sql": 1}, "wishes": {"law": (1, 1)}},
            {"offers": {"law": 2}},
            10_000,
        ),
        (Criterion.COMMON_GROUND, {"offers": {"sql": 1, "law": 1}}, {"offers": {"law": 2, "tax": 1}}, 5_000),
        (Criterion.COMMON_GROUND, {}, {"offers": {"law": 2}}, None),
        (Criterion.ANSWERS, {"answers": {"a": "x", "b": "y"}}, {"answers": {"a": "x", "b": "z"}}, 5_000),
        (Criterion.ANSWERS, {"answers": {"a": "x"}}, {"answers": {"b": "z"}}, None),
    ],
)
def test_what_both_sides_see_the_same(
    criterion: Criterion, mine: dict[str, Any], theirs: dict[str, Any], score: int | None
) -> None:
    assert told(criterion, mine, theirs) == (score, score)


def test_a_wish_is_worth_by_its_rank_in_ones_own_list() -> None:
    third = ParticipantId(UUID(int=3))
    assert told(Criterion.WISH, {"wished": (third, ADA.id)}, {}) == (5_000, None)
    assert told(Criterion.WISH, {"wished": (third,)}, {"wished": (NOOR.id,)}) == (0, 10_000)


def test_a_preference_is_about_the_other_sides_own_answers() -> None:
    asked = {"preference": {"age": "x", "origin": "y"}}
    assert told(Criterion.PREFERENCE, asked, {"groups": {"age": "x"}}) == (5_000, None)
    assert told(Criterion.PREFERENCE, {"groups": {"age": "z"}}, asked) == (None, 0)


def test_relationships_that_take_no_hours_find_everybody_available() -> None:
    yardstick = Yardstick(Terms(SAME_OTHER, ONE_TO_ONE, hours_a_month=0))
    assert criteria.availability(NOOR, replace(ADA, hours_left=0), yardstick) == 10_000


def test_between_two_listed_steps_the_lower_counts() -> None:
    settings = MatchingSettings(gaps=(Gap(rungs=0, score=1_000), Gap(rungs=3, score=9_000)))
    yardstick = Yardstick(Terms(settings, ONE_TO_ONE))
    assert criteria.experience(replace(NOOR, title_step=1), replace(ADA, title_step=3), yardstick) == 1_000


@pytest.mark.parametrize(
    ("one", "other", "score"),
    [
        (10_000, 10_000, 10_000),
        (10_000, 5_000, 6_666),
        (0, 10_000, 0),
        (0, 0, 0),
        (None, 7, 7),
        (7, None, 7),
        (None, None, 0),
    ],
)
def test_both_sides_are_combined_by_the_harmonic_mean(one: int | None, other: int | None, score: int) -> None:
    assert criteria.both_sides(one, other) == score


@given(one=st.integers(0, 10_000), other=st.integers(0, 10_000))
def test_the_mean_is_the_whole_part_of_the_true_one_and_symmetric(one: int, other: int) -> None:
    found = criteria.both_sides(one, other)
    assert found == criteria.both_sides(other, one)
    assert min(one, other) <= found + 1 <= max(one, other) + 1
    if one + other:
        assert found == int(2 * Fraction(one * other, one + other))


@given(
    sums=st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)),
    weights=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
)
def test_doubles_cut_off_are_the_integers_of_the_definition(
    sums: tuple[int, int], weights: tuple[int, int]
) -> None:
    """A side never holds more than its weight times the best score."""
    values = [min(total, 10_000 * weight) for total, weight in zip(sums, weights, strict=True)]
    sides = [
        Side.of(np.array([value], np.int32), np.array([weight], np.int32))
        for value, weight in zip(values, weights, strict=True)
    ]
    plain = [value // weight if weight else None for value, weight in zip(values, weights, strict=True)]
    assert combined(*sides)[0] == criteria.both_sides(*plain)


def test_what_cannot_be_told_leaves_its_weight_to_the_rest() -> None:
    weights = {Criterion.LANGUAGES: 5_000, Criterion.LOCATION: 3_000, Criterion.WISH: 2_000}
    assert criteria.side({Criterion.LANGUAGES: 10_000, Criterion.LOCATION: 0}, weights) == 6_250
    assert criteria.side({}, weights) is None


def test_of_equal_offers_the_first_by_name_is_told() -> None:
    offers = {"tax": 0, "law": 0}
    assert criteria.best_offer("sql", 3, offers, Yardstick(Terms(SAME_OTHER, ONE_TO_ONE))) == (0, "law")
    assert criteria.best_offer("sql", 0, {"sql": 0}, Yardstick(Terms(SAME_OTHER, ONE_TO_ONE))) == (
        10_000,
        "sql",
    )
