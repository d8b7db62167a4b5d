"""Figures of a report as people read them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from projections.reporting import SUPPRESSED, Kind

NOTHING, HIDDEN = "–", "hidden"
FIGURES: Final = frozenset({Kind.COUNT, Kind.SHARE, Kind.SCORE, Kind.NUMBER, Kind.DAYS, Kind.HOURS})


def in_words(value: Any, kind: Kind) -> str:
    if value is None:
        return NOTHING
    return HIDDEN if value is SUPPRESSED else _SAID[kind](value)


def change_in_words(change: Any, kind: Kind) -> str:
    """A change of a share is told in points: from 40 % to 50 % is 10 points, not 25 %. One too small to be
    told is none.
    """
    if change is None or change is SUPPRESSED:
        return in_words(change, kind)
    told, none = (_changed(size, kind) for size in (abs(change), 0))
    return "unchanged" if told == none else f"{'−' if change < 0 else '+'}{told}"


def _changed(size: float, kind: Kind) -> str:
    return f"{_parts(size)} points" if kind is Kind.SHARE else in_words(size, kind)


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def moment_in_words(moment: datetime) -> str:
    """The last moment of a day is that day."""
    at = moment.astimezone(UTC)
    if (at.hour, at.minute, at.second) == (23, 59, 59):
        return day_in_words(at)
    return f"{day_in_words(at)}, {at:%H:%M} UTC"


def _number(value: float) -> str:
    return (f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}").removesuffix(".0")


def _parts(share: float) -> str:
    return f"{share * 100:.1f}".removesuffix(".0")


def _days(value: float) -> str:
    told = _number(value)
    return f"{told} day" if told == "1" else f"{told} days"


_SAID: Final[Mapping[Kind, Callable[[Any], str]]] = {
    Kind.TEXT: str,
    Kind.ID: str,
    Kind.COUNT: lambda value: f"{value:,}",
    Kind.SHARE: lambda value: f"{_parts(value)} %",
    Kind.SCORE: _number,
    Kind.NUMBER: _number,
    Kind.DAYS: _days,
    Kind.HOURS: lambda value: f"{_number(value)} h",
    Kind.DATE: day_in_words,
    Kind.MOMENT: moment_in_words,
    Kind.FLAG: lambda value: "yes" if value else "no",
}
