"""What people prefer of being told things, and when it is quiet by their clocks."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.occasions import Occasion
from domain.preferences import NotificationsPreferred, QuietHours

BERLIN: Final = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(since="22:00", until="07:00")
LUNCH = QuietHours(since="12:00", until="13:30")


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


OVER: Final = [
    # Over midnight: before it, after it, and by day.
    (NIGHT, "2026-01-10T22:00+01:00", "2026-01-11T07:00+01:00"),
    (NIGHT, "2026-01-10T23:59+01:00", "2026-01-11T07:00+01:00"),
    (NIGHT, "2026-01-11T06:59+01:00", "2026-01-11T07:00+01:00"),
    (NIGHT, "2026-01-11T07:00+01:00", None),
    (NIGHT, "2026-01-11T21:59+01:00", None),
    # Within a day.
    (LUNCH, "2026-01-11T11:59+01:00", None),
    (LUNCH, "2026-01-11T12:00+01:00", "2026-01-11T13:30+01:00"),
    (LUNCH, "2026-01-11T13:30+01:00", None),
    # The clock springs from 02:00 to 03:00 on 29 March and falls back from 03:00 to 02:00 on 25 October.
    (NIGHT, "2026-03-28T23:00+01:00", "2026-03-29T07:00+02:00"),
    (NIGHT, "2026-10-24T23:00+02:00", "2026-10-25T07:00+01:00"),
    # An end that no clock shows that night, or that is shown twice, is the later one.
    (QuietHours(since="22:00", until="02:30"), "2026-03-28T23:00+01:00", "2026-03-29T03:30+02:00"),
    (QuietHours(since="22:00", until="02:30"), "2026-03-29T01:59+01:00", "2026-03-29T03:30+02:00"),
    (QuietHours(since="22:00", until="02:30"), "2026-10-25T02:10+02:00", "2026-10-25T02:30+01:00"),
    (QuietHours(since="22:00", until="02:30"), "2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00"),
]


@pytest.mark.parametrize(("quiet", "now", "end"), OVER)
def test_it_is_quiet_until_the_persons_own_clock_says_so(
    quiet: QuietHours, now: str, end: str | None
) -> None:
    assert quiet.over_at(at(now), BERLIN) == (at(end) if end else None)


times = st.times().map(lambda time: f"{time:%H:%M}")


@drawn(times, times, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 the strategy adds it
def test_whenever_it_is_quiet_that_ends_within_a_day_or_so(since: str, until: str, now: datetime) -> None:
    if since == until:
        return
    end = QuietHours(since=since, until=until).over_at(now, BERLIN)
    assert end is None or 0 < (end - now).total_seconds() <= 26 * 3600


@pytest.mark.parametrize("wrong", [{"since": "24:00"}, {"since": "7:00"}, {"until": "22:00"}, {"until": ""}])
def test_quiet_hours_are_two_times_of_day(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        QuietHours(**{"since": "22:00", "until": "07:00", **wrong})


def test_what_is_muted_is_listed_once_and_in_order() -> None:
    said = (Occasion.SURVEY, Occasion.MEETING, Occasion.SURVEY)
    assert NotificationsPreferred(muted=said).muted == (Occasion.MEETING, Occasion.SURVEY)
