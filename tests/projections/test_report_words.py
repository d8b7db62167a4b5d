"""Figures as people read them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from projections.report_words import change_in_words, in_words, moment_in_words
from projections.reporting import SUPPRESSED, Kind


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, Kind.SHARE, "–"),
        (SUPPRESSED, Kind.COUNT, "hidden"),
        (1234, Kind.COUNT, "1,234"),
        (0.7349, Kind.SHARE, "73.5 %"),
        (1.0, Kind.SHARE, "100 %"),
        (66.44, Kind.SCORE, "66.4"),
        (4, Kind.SCORE, "4"),
        (-3.5, Kind.NUMBER, "-3.5"),
        (1204.25, Kind.HOURS, "1,204 h"),
        (0.5, Kind.HOURS, "0.5 h"),
        (1.0, Kind.DAYS, "1 day"),
        (12.5, Kind.DAYS, "12.5 days"),
        (date(2026, 1, 5), Kind.DATE, "5 January 2026"),
        (datetime(2026, 1, 5, 8, 30, tzinfo=UTC), Kind.MOMENT, "5 January 2026, 08:30 UTC"),
        (True, Kind.FLAG, "yes"),
        (False, Kind.FLAG, "no"),
        ("#panic()", Kind.TEXT, "#panic()"),
    ],
)
def test_a_figure_in_words(value: Any, kind: Kind, words: str) -> None:
    assert in_words(value, kind) == words


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (0.042, Kind.SHARE, "+4.2 points"),
        (-0.02, Kind.SHARE, "−2 points"),
        (38, Kind.COUNT, "+38"),
        (-2.5, Kind.DAYS, "−2.5 days"),
        (0, Kind.COUNT, "unchanged"),
        (-0.038, Kind.DAYS, "unchanged"),
        (0.0004, Kind.SHARE, "unchanged"),
        (None, Kind.COUNT, "–"),
        (SUPPRESSED, Kind.SHARE, "hidden"),
    ],
)
def test_a_change_in_words(change: Any, kind: Kind, words: str) -> None:
    assert change_in_words(change, kind) == words


def test_the_end_of_a_day_is_the_day() -> None:
    assert moment_in_words(datetime(2026, 6, 30, 23, 59, 59, 999_999, UTC)) == "30 June 2026"
