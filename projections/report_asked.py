"""What somebody asks of a programme's reports: of which part, as of when, and beside which earlier moment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

import psycopg
from pydantic import TypeAdapter, ValidationError

from domain.ids import ProgramId
from domain.refusal import Refusal
from domain.words import Line
from projections.reporting import Column, Kind, Report, Row, Scope

NAMES: Final = ("as_of", "compare_to", "since", "began_from", "began_until", "department", "location")
"""All that can be said; whoever asks may leave out any of it."""
AS_OF: Final = Column("as_of", "As of", Kind.MOMENT)
"""Before the columns of each report, so that files of several months can be read as one table."""

# Compiling a statement of a report takes longer than running it.
LIMITS: Final = "SELECT set_config('statement_timeout', %(limit)s, true), set_config('jit', 'off', true)"

LINE: Final[TypeAdapter[str]] = TypeAdapter(Line)


class MomentUnreadable(Refusal):
    """A moment is a whole day, like 2026-06-30, or is written like 2026-06-30T18:00:00Z, with its offset."""


class DayUnreadable(Refusal):
    """A day is written like 2026-06-30."""


class MomentIsAhead(Refusal):
    """Nothing can be told of that moment yet: choose one that has passed."""


class ComparisonIsLater(Refusal):
    """A report is compared with what was before: choose a moment before the one that it is as of."""


class PartUnusable(Refusal):
    """No {part} can be called that: give its name as the people's records have it."""


@dataclass(frozen=True, slots=True)
class Asked:
    scope: Scope
    compare_to: datetime | None = None

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """That of the report, and that of what it is compared with."""
        if self.compare_to is None:
            return (self.scope,)
        return (self.scope, replace(self.scope, as_of=self.compare_to))


def asked(program: ProgramId, given: Mapping[str, str], now: datetime) -> Asked:
    """`given` has some of NAMES, as texts. A day is told of as it ended."""
    as_of = _moment(given["as_of"], now) if "as_of" in given else now
    scope = Scope(
        program,
        as_of,
        began_from=_day(given["began_from"]) if "began_from" in given else None,
        began_until=_day(given["began_until"]) if "began_until" in given else None,
        department=_part(given, "department"),
        location=_part(given, "location"),
        since=_begin(given["since"]) if "since" in given else None,
    )
    compare_to = _moment(given["compare_to"], now) if "compare_to" in given else None
    if compare_to is not None and compare_to >= as_of:
        raise ComparisonIsLater
    return Asked(scope, compare_to)


def columns_of(report: Report) -> tuple[Column, ...]:
    return (AS_OF, *report.columns)


def rows_of(connection: psycopg.Connection[Any], report: Report, wanted: Asked) -> Iterator[Row]:
    """First those of the moment asked for, then those of the moment it is compared with."""
    for scope in wanted.scopes:
        for row in report.rows(connection, scope):
            yield (scope.as_of, *row)


@contextmanager
def snapshot(connection: psycopg.Connection[Any], seconds: float = 0) -> Iterator[None]:
    """All that is read in it is of one moment, however long the reading takes. A statement may take so many
    seconds, or as long as it likes.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(LIMITS, {"limit": f"{seconds}s"})
        yield


def _moment(text: str, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = _instant(text)
    else:
        moment = datetime.combine(day, time.max, UTC)
        if day == now.astimezone(UTC).date():
            return now
    if moment > now:
        raise MomentIsAhead
    return moment


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise MomentUnreadable


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayUnreadable from None


def _begin(text: str) -> datetime:
    """A period begins with its first day, unlike a moment that is told of."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return _instant(text)


def _part(given: Mapping[str, str], name: str) -> str | None:
    """Nothing between the quotes takes those of no department, or of no location."""
    if not given.get(name):
        return given.get(name)
    try:
        return LINE.validate_python(given[name])
    except ValidationError:
        raise PartUnusable(part=name) from None
