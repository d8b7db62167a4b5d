"""Which rule bars whom, by example: what must hold and is unknown bars, what must not does not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.ids import ParticipantId
from domain.matching_settings import HardRule, MatchingSettings, PairRule
from domain.pairing import rules
from domain.pairing.pool import Person, Pool
from domain.pairing.terms import Terms
from tests.domain.pairing.strangers import ONE_TO_ONE

NOOR, ADA, LIN, KIM = (Person(ParticipantId(UUID(int=number)), places=2) for number in range(1, 5))


def failed(
    mine: Mapping[str, Any], theirs: Mapping[str, Any], *wanted: HardRule, **settings: Any
) -> tuple[str, ...]:
    terms = Terms(MatchingSettings(hard_rules=wanted, **settings), ONE_TO_ONE)
    mentee, mentor = replace(NOOR, **mine), replace(ADA, **theirs)
    return rules.failed(mentee, mentor, Pool((mentee,), (mentor,)), terms)


@pytest.mark.parametrize(
    ("rule", "mine", "theirs", "bars"),
    [
        (HardRule.NOT_IN_REPORTING_LINE, {"managers": (ADA.id,)}, {}, True),
        (HardRule.NOT_IN_REPORTING_LINE, {"managers": (LIN.id, ADA.id)}, {}, True),
        (HardRule.NOT_IN_REPORTING_LINE, {}, {"managers": (LIN.id, NOOR.id)}, True),
        (HardRule.NOT_IN_REPORTING_LINE, {"managers": (LIN.id,)}, {"managers": (LIN.id,)}, False),
        (HardRule.NOT_IN_REPORTING_LINE, {"managers": (LIN.id, KIM.id, ADA.id)}, {}, False),
        (HardRule.NOT_SAME_MANAGER, {"managers": (LIN.id,)}, {"managers": (LIN.id,)}, True),
        (HardRule.NOT_SAME_MANAGER, {"managers": (LIN.id, KIM.id)}, {"managers": (KIM.id,)}, False),
        (HardRule.NOT_SAME_MANAGER, {}, {}, False),
        (HardRule.NOT_SAME_DEPARTMENT, {"department": "Law"}, {"department": "Law"}, True),
        (HardRule.NOT_SAME_DEPARTMENT, {"department": "Law"}, {"department": "Tax"}, False),
        (HardRule.NOT_SAME_DEPARTMENT, {}, {}, False),
        (HardRule.SAME_LOCATION, {"location": "Oslo"}, {"location": "Oslo"}, False),
        (HardRule.SAME_LOCATION, {"location": "Oslo"}, {"location": "Lima"}, True),
        (HardRule.SAME_LOCATION, {}, {}, True),
        (HardRule.SHARED_LANGUAGE, {"languages": ("Norsk",)}, {"languages": ("English", "norsk")}, False),
        (HardRule.SHARED_LANGUAGE, {"languages": ("Norsk",)}, {"languages": ("English",)}, True),
        (HardRule.SHARED_LANGUAGE, {}, {}, True),
        (HardRule.OVERLAPPING_HOURS, {"utc_offset": 0}, {"utc_offset": 480}, False),
        (HardRule.OVERLAPPING_HOURS, {"utc_offset": 0}, {"utc_offset": 481}, True),
        (HardRule.OVERLAPPING_HOURS, {"utc_offset": 0}, {}, True),
        (HardRule.TIME_ZONE_SPAN, {"utc_offset": 0}, {"utc_offset": 360}, False),
        (HardRule.TIME_ZONE_SPAN, {"utc_offset": 0}, {"utc_offset": 361}, True),
        (HardRule.TIME_ZONE_SPAN, {"utc_offset": -660}, {"utc_offset": 720}, False),
        (HardRule.TIME_ZONE_SPAN, {}, {"utc_offset": 361}, False),
        (HardRule.MENTOR_IS_SENIOR, {"title_step": 2}, {"title_step": 3}, False),
        (HardRule.MENTOR_IS_SENIOR, {"title_step": 2}, {"title_step": 2}, True),
        (HardRule.MENTOR_IS_SENIOR, {}, {"title_step": 2}, True),
    ],
)
def test_a_rule_bars_whom_it_says(rule: HardRule, mine: Any, theirs: Any, bars: bool) -> None:
    assert failed(mine, theirs, rule) == ((rule.value,) if bars else ())
    assert failed(mine, theirs) == ()


def test_what_people_decided_bars_whatever_the_settings() -> None:
    assert failed({"avoided": frozenset({ADA.id})}, {}) == ("avoided",)
    assert failed({}, {"avoided": frozenset({NOOR.id})}) == ("avoided",)
    assert failed({}, {"id": NOOR.id}) == ("oneself",)


def test_pairs_of_before_and_declined_ones() -> None:
    pair = frozenset({(NOOR.id, ADA.id)})
    before = Terms(MatchingSettings(hard_rules=(HardRule.NOT_MATCHED_BEFORE,)), ONE_TO_ONE)
    free = Terms(MatchingSettings(hard_rules=()), ONE_TO_ONE)
    pool = Pool((NOOR,), (ADA,), matched_before=pair)
    assert rules.failed(NOOR, ADA, pool, before) == ("not_matched_before",)
    assert rules.failed(NOOR, ADA, pool, free) == ()
    assert rules.failed(NOOR, ADA, Pool((NOOR,), (ADA,), declined=pair), free) == ("declined_for_good",)


@pytest.mark.parametrize(
    ("known", "places"),
    [({}, 2), ({"places": 0}, 0), ({"hours_left": 1}, 0), ({"hours_left": 3}, 1), ({"hours_left": 9}, 2)],
)
def test_hours_limit_places(known: dict[str, Any], places: int) -> None:
    person, terms = replace(NOOR, **known), Terms(MatchingSettings(), ONE_TO_ONE, hours_a_month=2)
    assert rules.places(person, terms) == places
    assert failed(known, {}) == failed({}, known) == (() if places else ("capacity",))


def test_relationships_that_take_no_hours_are_limited_by_places_alone() -> None:
    assert (
        rules.places(replace(NOOR, hours_left=0), Terms(MatchingSettings(), ONE_TO_ONE, hours_a_month=0)) == 2
    )


def test_a_rule_of_the_programme_asks_the_mentor_where_the_mentee_fits() -> None:
    sales = PairRule(id="sales", mentee='department == "Sales"', mentor="expert")
    always = PairRule(id="always", mentor='location != "Oslo"')
    expert, sold = {"facts": {"expert": True}}, {"facts": {"department": "sales"}}
    assert failed(sold, expert, pair_rules=(sales, always)) == ()
    assert failed(sold, {}, pair_rules=(sales, always)) == ("pair_rule:sales",)
    assert failed({}, {}, pair_rules=(sales, always)) == ()
    assert failed(sold, {"facts": {"location": "Oslo"}}, pair_rules=(sales, always)) == (
        "pair_rule:always",
        "pair_rule:sales",
    )
