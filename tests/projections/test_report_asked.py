"""What may be asked of reports: moments that have passed, by the day or to the second, and parts by name."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from uuid import UUID

import psycopg
import pytest

from domain.ids import ProgramId
from domain.refusal import Refusal
from projections.report_asked import (
    Asked,
    ComparisonIsLater,
    DayUnreadable,
    MomentIsAhead,
    MomentUnreadable,
    PartUnusable,
    asked,
    snapshot,
)

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
PROGRAM = ProgramId(UUID(int=1))


def of(**given: str) -> Asked:
    return asked(PROGRAM, given, NOW)


def test_without_a_word_it_is_all_of_it_as_of_now() -> None:
    found = of()
    assert (found.scope.as_of, found.compare_to, found.scope.part) == (NOW, None, False)
    assert found.scopes == (found.scope,)


def test_a_day_is_told_of_as_it_ended() -> None:
    assert of(as_of="2026-06-30").scope.as_of == datetime.combine(date(2026, 6, 30), time.max, UTC)
    assert of(as_of="2026-07-01").scope.as_of == NOW


def test_a_moment_has_an_offset() -> None:
    in_new_york = datetime(2026, 6, 30, 18, tzinfo=timezone(timedelta(hours=-4)))
    assert of(as_of="2026-06-30T18:00:00-04:00").scope.as_of == in_new_york


def test_a_period_begins_with_its_first_day() -> None:
    assert of(since="2026-04-01").scope.since == datetime(2026, 4, 1, tzinfo=UTC)
    assert of(since="2026-04-01T12:00:00Z").scope.since == datetime(2026, 4, 1, 12, tzinfo=UTC)


def test_it_is_compared_with_the_same_part_of_an_earlier_day() -> None:
    found = of(as_of="2026-06-30", compare_to="2026-03-31", department="Sales", location="")
    now, before = found.scopes
    assert (now.department, now.location) == (before.department, before.location) == ("Sales", "")
    assert before.as_of == found.compare_to == datetime.combine(date(2026, 3, 31), time.max, UTC)


def test_relationships_of_some_quarters() -> None:
    scope = of(began_from="2026-01-01", began_until="2026-03-31").scope
    assert (scope.began_from, scope.began_until, scope.part) == (date(2026, 1, 1), date(2026, 3, 31), True)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"as_of": "yesterday"}, MomentUnreadable),
        ({"as_of": ""}, MomentUnreadable),
        ({"as_of": "2026-06-30T18:00:00"}, MomentUnreadable),
        ({"as_of": "0001-01-01T00:00:00+23:00"}, MomentUnreadable),
        ({"since": "spring"}, MomentUnreadable),
        ({"as_of": "2026-07-02"}, MomentIsAhead),
        ({"compare_to": "2026-07-01T09:30:01Z"}, MomentIsAhead),
        ({"as_of": "2026-03-31", "compare_to": "2026-06-30"}, ComparisonIsLater),
        ({"as_of": "2026-03-31", "compare_to": "2026-03-31"}, ComparisonIsLater),
        ({"began_from": "2026"}, DayUnreadable),
        ({"began_until": "2026-02-30"}, DayUnreadable),
        ({"department": "a\x00b"}, PartUnusable),
        ({"location": "x" * 201}, PartUnusable),
    ],
)
def test_what_cannot_be_is_refused_by_name(given: dict[str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        of(**given)


def test_statements_in_a_snapshot_are_not_compiled_and_end_in_time(postgres_url: str) -> None:
    """Whoever asks: the command, a file over HTTP, or GraphQL."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SET jit = on")
        with snapshot(connection, 10):
            [told] = connection.execute("SELECT current_setting('jit'), current_setting('statement_timeout')")
            assert told == ("off", "10s")
        assert connection.execute("SHOW jit").fetchone() == ("on",)
