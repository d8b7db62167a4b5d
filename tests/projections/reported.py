"""Reports for tests of their files: one of every kind of value, and one with a million rows."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.ids import ProgramId
from projections.report_asked import Asked
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

PROGRAM: Final = ProgramId(UUID(int=0xF11E))
AS_OF: Final = dt.datetime(2026, 6, 30, 23, 59, 59, 999_999, dt.UTC)
BEFORE: Final = dt.datetime(2026, 3, 31, 23, 59, 59, 999_999, dt.UTC)
WANTED: Final = Asked(Scope(PROGRAM, AS_OF), BEFORE)
MANY: Final = 1_000_000

EVERY_KIND: Final = (
    Column("who", "Who", Kind.ID),
    Column("said", "Said", Kind.TEXT),
    Column("people", "People", Kind.COUNT, hides=True),
    Column("rate", "Rate", Kind.SHARE, hides=True),
    Column("health", "Health", Kind.SCORE),
    Column("days", "Days", Kind.DAYS),
    Column("hours", "Hours", Kind.HOURS),
    Column("began", "Began", Kind.DATE),
    Column("seen", "Seen", Kind.MOMENT),
)
SEEN: Final = dt.datetime(2026, 6, 1, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
ROWS: Final[tuple[Row, ...]] = (
    (UUID(int=1), 'He said "yes", then\nleft', 12, 0.75, 68, 3, 1.5, dt.date(2026, 1, 31), SEEN),
    (UUID(int=2), "=1+1", SUPPRESSED, SUPPRESSED, None, None, None, None, None),
    (UUID(int=3), "Zürich, 漢字", 0, 0.0, 0, 0, 0.0, dt.date(2026, 2, 28), SEEN),
)


def _few(_: psycopg.Connection[Any], scope: Scope) -> Iterator[Row]:
    yield from ROWS if scope.as_of == AS_OF else ROWS[:1]


FEW: Final = Report("few", "A few", "One of every kind of value.", EVERY_KIND, _few)

LONG: Final = """
SELECT lpad(to_hex(n), 32, '0')::uuid, 'row ' || n, CASE WHEN n %% 10 > 0 THEN n END, n / 1000000.0::float8
  FROM generate_series(1, %(rows)s) n
"""


def _many(connection: psycopg.Connection[Any], _: Scope) -> Iterator[Row]:
    with connection.cursor(name="many") as cursor:
        cursor.itersize = 2_000
        for who, said, people, rate in cursor.execute(LONG, {"rows": MANY}):
            yield (who, said, SUPPRESSED if people is None else people, rate)


LARGE: Final = Report("large", "Large", "A million rows.", EVERY_KIND[:4], _many)
