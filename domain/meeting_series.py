"""Meetings that recur: one stream each, so that any of them can be moved or called off by itself."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count, islice
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.meeting import OPEN, Meeting, Status, refuse_strangers, refuse_time
from domain.meeting_times import cancel, confirm
from domain.profile import TimeZone
from domain.refusal import Refusal
from domain.relationship import Relationship
from domain.words import Value

MOST: Final = 60
"""How many meetings a series has at most."""


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Recurrence(Value):
    """From `starts_at` on, every so many periods, at the same time of day in the time zone.

    As many as `count` says, or until the last day that may have one. Months without that day are left out.
    """

    starts_at: AwareDatetime
    time_zone: TimeZone
    period: Period
    interval: Annotated[int, Field(ge=1, le=52)] = 1
    count: Annotated[int, Field(ge=1)] | None = None
    until: date | None = None


class SeriesHasNoEnd(Refusal):
    """Say how many meetings it has, or its last day: one of the two."""


class SeriesIsTooLong(Refusal):
    """A series has at most {limit} meetings."""


class SeriesIsEmpty(Refusal):
    """No meeting falls into this series: its last day is before the first meeting."""


class SeriesIsUnknown(Refusal):
    """There is no such series in this relationship."""


def starts(recurrence: Recurrence, *, now: datetime) -> tuple[datetime, ...]:
    """When each begins. None is in the past or too far, so this comes to an end."""
    if (recurrence.count is None) is (recurrence.until is None):
        raise SeriesHasNoEnd
    found: list[datetime] = []
    for moment, day in islice(_moments(recurrence, now), min(recurrence.count or MOST + 1, MOST + 1)):
        if day > (recurrence.until or day):
            break
        refuse_time(moment, now)
        found.append(moment)
    if not found:
        raise SeriesIsEmpty
    if len(found) > MOST:
        raise SeriesIsTooLong(limit=MOST)
    return tuple(found)


def _moments(recurrence: Recurrence, now: datetime) -> Iterator[tuple[datetime, date]]:
    """With the local day of each.

    As iCalendar has it: a time of day that a change of clocks skips is told by the clock before it, one that
    comes twice is the first of the two.
    """
    refuse_time(recurrence.starts_at, now)
    zone = ZoneInfo(recurrence.time_zone)
    local = recurrence.starts_at.astimezone(zone)
    time = local.time().replace(fold=0)
    yield recurrence.starts_at.astimezone(UTC), local.date()
    yield from (
        (datetime.combine(day, time, zone).astimezone(UTC), day) for day in _days(local.date(), recurrence)
    )


def _days(first: date, recurrence: Recurrence) -> Iterator[date]:
    """The days after the first."""
    steps = count(recurrence.interval, recurrence.interval)
    if recurrence.period is Period.MONTH:
        since = (divmod(first.month - 1 + step, 12) for step in steps)
        months = ((first.year + years, month + 1) for years, month in since)
        return (date(*month, first.day) for month in months if first.day <= monthrange(*month)[1])
    days = 7 if recurrence.period is Period.WEEK else 1
    return (first + timedelta(days=days * step) for step in steps)


def cancel_what_is_to_come(
    state: Meeting, *, within: Relationship, by: ParticipantId, now: datetime, reason: str | None = None
) -> list[DomainEvent]:
    """One of a series: what has begun, or is settled, stays as it is."""
    refuse_strangers(within, by)
    if state.status not in OPEN or state.begun(now):
        return []
    return cancel(state, within=within, by=by, now=now, reason=reason)


def confirm_what_is_proposed(
    state: Meeting, *, within: Relationship, by: ParticipantId, now: datetime
) -> list[DomainEvent]:
    """One of a series: at the one time proposed for it, where that is to come."""
    refuse_strangers(within, by)
    if state.status is not Status.PROPOSED or len(state.slots) != 1 or state.slots[0].starts_at <= now:
        return []
    return confirm(state, within=within, by=by, slot=state.slots[0], now=now)
