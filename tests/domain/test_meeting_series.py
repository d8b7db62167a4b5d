"""Meetings that recur: at the same time of day whatever the clocks do, each of them by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from domain import meeting_series as series
from domain.meeting import MEETING, Answer, Answered, Cancelled, Confirmed, TimeHasPassed, TimeIsTooFar
from domain.meeting_series import Period, Recurrence, SeriesHasNoEnd, SeriesIsEmpty, SeriesIsTooLong, starts
from domain.meeting_times import NobodyElseHasAccepted
from domain.refusal import Refusal
from tests.domain.test_meeting import (
    AFTERWARDS,
    BY_ADA,
    BY_NOOR,
    CANCELLED,
    CONFIRMED,
    HELD,
    MONDAY,
    ONE_TIME,
    PROPOSED,
)
from tests.scenario import given

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)


def recurring(zone: str, local: str, period: Period, **more: Any) -> Recurrence:
    """From a moment told in local time."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Recurrence(starts_at=at, time_zone=zone, period=period, **more)


def told(recurrence: Recurrence) -> list[str]:
    return [f"{moment:%m-%d %H:%M}" for moment in starts(recurrence, now=NOW)]


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        # Clocks go forward on 29 March and back on 25 October.
        ("Europe/Berlin", "2026-03-22 10:00", ["03-22 09:00", "03-29 08:00", "04-05 08:00"]),
        ("Europe/Berlin", "2026-10-18 10:00", ["10-18 08:00", "10-25 09:00", "11-01 09:00"]),
        # No clock has changed there since 2019.
        ("America/Sao_Paulo", "2026-10-11 10:00", ["10-11 13:00", "10-18 13:00", "10-25 13:00"]),
        # The hour is taken back for Ramadan, from 15 February to 22 March.
        ("Africa/Casablanca", "2026-02-08 10:00", ["02-08 09:00", "02-15 10:00", "02-22 10:00"]),
        ("Africa/Casablanca", "2026-03-15 10:00", ["03-15 10:00", "03-22 09:00", "03-29 09:00"]),
        # Half past two does not come on 29 March: half past three does. On 25 October it comes twice.
        ("Europe/Berlin", "2026-03-22 02:30", ["03-22 01:30", "03-29 01:30", "04-05 00:30"]),
        ("Europe/Berlin", "2026-10-18 02:30", ["10-18 00:30", "10-25 00:30", "11-01 01:30"]),
    ],
)
def test_the_time_of_day_stays_whatever_the_clocks_do(zone: str, local: str, expected: list[str]) -> None:
    assert told(recurring(zone, local, Period.WEEK, count=3)) == expected


def test_a_series_that_begins_in_the_second_of_two_equal_hours_begins_just_then() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    found = Recurrence(starts_at=second, time_zone="Europe/Berlin", period=Period.DAY, count=2)
    assert told(found) == ["10-25 01:30", "10-26 01:30"]


@pytest.mark.parametrize(
    ("period", "interval", "expected"),
    [
        (Period.DAY, 1, ["01-31 09:00", "02-01 09:00", "02-02 09:00"]),
        (Period.DAY, 3, ["01-31 09:00", "02-03 09:00", "02-06 09:00"]),
        (Period.WEEK, 2, ["01-31 09:00", "02-14 09:00", "02-28 09:00"]),
        (Period.MONTH, 1, ["01-31 09:00", "03-31 08:00", "05-31 08:00"]),
        (Period.MONTH, 3, ["01-31 09:00", "07-31 08:00", "10-31 09:00"]),
        (Period.MONTH, 6, ["01-31 09:00", "07-31 08:00", "01-31 09:00"]),
    ],
)
def test_every_so_many_periods_and_never_on_a_day_that_is_not(
    period: Period, interval: int, expected: list[str]
) -> None:
    recurrence = recurring("Europe/Berlin", "2026-01-31 10:00", period, interval=interval, count=3)
    assert told(recurrence) == expected


def test_until_a_last_day_by_the_local_calendar() -> None:
    # Half past nine in the evening there is the next day in UTC.
    recurrence = recurring("America/New_York", "2026-01-05 21:30", Period.WEEK, until=date(2026, 1, 19))
    assert told(recurrence) == ["01-06 02:30", "01-13 02:30", "01-20 02:30"]


@pytest.mark.parametrize(
    ("more", "refusal", "details"),
    [
        ({}, SeriesHasNoEnd, {}),
        ({"count": 2, "until": date(2026, 3, 1)}, SeriesHasNoEnd, {}),
        ({"count": 61}, SeriesIsTooLong, {"limit": 60}),
        ({"until": date(2026, 12, 31)}, SeriesIsTooLong, {"limit": 60}),
        ({"until": date(2026, 1, 4)}, SeriesIsEmpty, {}),
        ({"count": 60, "interval": 52, "period": Period.MONTH}, TimeIsTooFar, {"days": 730}),
    ],
)
def test_a_series_has_an_end_that_makes_sense(
    more: dict[str, Any], refusal: type[Refusal], details: dict[str, int]
) -> None:
    with pytest.raises(refusal) as refused:
        starts(recurring("Europe/Berlin", "2026-01-05 10:00", **{"period": Period.DAY, **more}), now=NOW)
    assert refused.value.details == details


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        (datetime.min.replace(tzinfo=UTC), TimeHasPassed),
        (NOW, TimeHasPassed),
        (datetime.max.replace(tzinfo=UTC), TimeIsTooFar),
    ],
)
def test_it_begins_in_a_time_that_is_yet_to_come(moment: datetime, refusal: type[Refusal]) -> None:
    recurrence = Recurrence(starts_at=moment, time_zone="Asia/Tokyo", period=Period.DAY, count=1)
    with pytest.raises(refusal):
        starts(recurrence, now=NOW)


def test_sixty_meetings_are_not_too_many() -> None:
    assert len(told(recurring("Europe/Berlin", "2026-01-05 10:00", Period.WEEK, count=60))) == 60


def test_what_is_to_come_of_a_series_is_cancelled_and_the_rest_stays() -> None:
    wish = {**BY_NOOR, "reason": "I am away"}
    cancelled = Cancelled(by=BY_NOOR["by"], reason="I am away")
    given(MEETING, PROPOSED).when(series.cancel_what_is_to_come, **wish).then(cancelled)
    given(MEETING, PROPOSED, CONFIRMED).when(series.cancel_what_is_to_come, **wish).then(cancelled)
    for history in ((PROPOSED, CONFIRMED, HELD), (PROPOSED, CANCELLED)):
        given(MEETING, *history).when(series.cancel_what_is_to_come, **wish).then_nothing()
    begun = {**wish, "now": MONDAY.starts_at + timedelta(minutes=1)}
    given(MEETING, PROPOSED, CONFIRMED).when(series.cancel_what_is_to_come, **begun).then_nothing()


def test_what_is_proposed_of_a_series_is_confirmed_at_its_time() -> None:
    confirm = series.confirm_what_is_proposed
    given(MEETING, ONE_TIME).when(confirm, **BY_NOOR).then(CONFIRMED)
    given(MEETING, ONE_TIME).when(confirm, **BY_ADA).then_refused(NobodyElseHasAccepted)
    accepted = Answered(by=BY_NOOR["by"], answer=Answer.ACCEPTED)
    given(MEETING, ONE_TIME, accepted).when(confirm, **BY_ADA).then(Confirmed(by=BY_ADA["by"], slot=MONDAY))
    for history in ((ONE_TIME, CONFIRMED), (ONE_TIME, CANCELLED), (PROPOSED,)):
        given(MEETING, *history).when(confirm, **BY_NOOR).then_nothing()
    given(MEETING, ONE_TIME).when(confirm, **{**BY_NOOR, "now": AFTERWARDS}).then_nothing()
