"""How much mentoring there was, month by month: meetings by when they met, as far as recorded by then."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from domain.suppression import tellable
from projections.report_scope import CHOSEN, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

Connection = psycopg.Connection[Any]

HOURS_SQL: Final = f"""
WITH chosen AS ({CHOSEN}),
held AS MATERIALIZED (
    SELECT w.part, date_trunc('month', g.held_at AT TIME ZONE 'UTC')::date AS month, g.meeting_id,
           g.mentorship_id, g.duration_minutes
      FROM meetings g JOIN mentorships m USING (mentorship_id)
     CROSS JOIN unnest(%(parts)s::boolean[]) AS w (part)
     WHERE m.program_id = %(program)s AND g.state = 'held' AND g.ended_at <= %(as_of)s
       AND (%(since)s::timestamptz IS NULL OR g.held_at >= %(since)s::timestamptz)
       AND (NOT w.part OR g.mentorship_id IN (SELECT mentorship_id FROM chosen))),
came AS (
    SELECT h.part, h.month, count(DISTINCT a.participant_id)::int AS people
      FROM held h JOIN meeting_attendance a USING (meeting_id) WHERE a.came GROUP BY 1, 2),
met AS (
    SELECT h.part, h.month, count(*)::int AS meetings, sum(h.duration_minutes)::float8 / 60 AS hours,
           count(DISTINCT h.mentorship_id)::int AS relationships
      FROM held h GROUP BY 1, 2)
SELECT part, month, meetings, hours, coalesce(people, 0), relationships
  FROM met LEFT JOIN came USING (part, month) ORDER BY month
"""  # noqa: S608 every part of it is written here


def months(connection: Connection, scope: Scope) -> Iterator[Row]:
    """In a part, a month in which too few of its relationships met, or of the others, is not told of."""
    taken = cut(connection, scope)
    found = connection.execute(HOURS_SQL, {**taken.sides, "since": scope.since}).fetchall()
    met = {month: figures[-1] for part, month, *figures in found if not part}
    for part, month, *figures in found:
        if part is scope.part:
            told = not part or (taken.relationships and tellable(figures[-1], met[month]))
            yield (month, *(figures if told else [SUPPRESSED] * len(figures)))


HOURS: Final = Report(
    "hours",
    "Hours",
    "Meetings held, hours and people, by the month in which they met.",
    (
        Column("month", "Month", Kind.DATE),
        Column("meetings", "Meetings held", Kind.COUNT, hides=True),
        Column("hours", "Hours", Kind.HOURS, hides=True),
        Column("people", "People who came", Kind.COUNT, hides=True),
        Column("relationships", "Relationships that met", Kind.COUNT, hides=True),
    ),
    months,
)
