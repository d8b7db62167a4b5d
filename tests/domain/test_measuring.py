"""The metrics of a relationship: examples worked by hand, and what must hold of any life."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.accountability_settings import AccountabilitySettings, Degree, Metric
from domain.measuring import Counts, Dated, counts, parts, values
from domain.mentorship import Extended
from domain.program_settings import Settings
from tests import lived
from tests import measured_by_hand as hand
from tests.lived import Pause
from tests.measured_by_hand import EXAMPLES, SETTINGS, Example, day


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_metric_is_what_was_worked_out_by_hand(name: str) -> None:
    example: Example = EXAMPLES[name]
    found = values(counts(example.events, SETTINGS, day(example.at)))
    assert found.get(example.metric) == pytest.approx(example.value)


def test_every_metric_has_an_example() -> None:
    assert {example.metric for example in EXAMPLES.values() if example.value is not None} == set(Metric)


def counted(told: lived.Told, at: float = 60) -> Counts:
    return counts(told, SETTINGS, day(at))


def test_time_elapses_while_it_runs() -> None:
    # 60 of 140 days; with 20 of them paused it is 40, and 80 days are left.
    assert counted([hand.began()]).elapsed == pytest.approx(60 / 140)
    rested = [hand.began(), *hand.rest(10, 30)]
    assert counted(rested).elapsed == pytest.approx(40 / (40 + 80))


def test_in_a_pause_time_stands_still() -> None:
    rested = [hand.began(), *hand.rest(10, 30)]
    assert counted(rested, 29) == counted(rested, 10)


def test_of_no_time_all_has_elapsed() -> None:
    over = hand.on(0, Extended(until=hand.day_of(0)))
    assert counted([hand.began(), over], 0).elapsed == 1.0


def test_only_what_the_programme_has_chosen_is_part_of_its_health() -> None:
    light = Settings(accountability=AccountabilitySettings(degree=Degree.LIGHT))
    held = counted([hand.began(), *hand.held(3)])
    assert {part.metric for part in parts(held, light)} == {Metric.MEETING_CADENCE, Metric.HOURS_MENTORED}


@settings(max_examples=100)
@drawn(lived.lives(), lived.pauses, lived.moments)
def test_paused_time_never_counts(told: list[Dated], pause: Pause, at: datetime) -> None:
    """Shifting everything after a pause by the pause changes no figure."""
    assume(at > pause.at and pause.fits(told))
    before = counts(told, SETTINGS, at)
    after = counts(pause.within(told), SETTINGS, pause.later(at))
    assert after == before


@settings(max_examples=60)
@drawn(lived.lives(), lived.pauses, st.integers(0, 29))
def test_as_of_any_moment_of_a_pause_is_as_of_its_beginning(
    told: list[Dated], pause: Pause, days: int
) -> None:
    assume(pause.fits(told))
    paused = pause.within(told)
    within = pause.at + timedelta(days=days % pause.days)
    assert counts(paused, SETTINGS, within) == counts(paused, SETTINGS, pause.at)
