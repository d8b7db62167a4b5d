"""What each mentor of a programme carries: places, relationships, hours, and requests that wait."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from projections.report_people import common
from projections.report_relationships import AS_OF, OF_PROGRAM
from projections.report_scope import cut
from projections.reporting import Column, Kind, Report, Row, Scope
from projections.settled import together

Connection = psycopg.Connection[Any]

# Of a relationship with several mentors each has all hours: each was there.
MENTORS_SQL: Final = f"""
WITH {{people}},
r AS MATERIALIZED ({together(AS_OF, OF_PROGRAM)}),
theirs AS (
    SELECT e.participant_id, count(*) FILTER (WHERE r.state IN ('running', 'paused'))::int AS relationships,
           sum(g.minutes)::float8 / 60 AS hours
      FROM r JOIN mentorship_members e
        ON e.mentorship_id = r.mentorship_id AND e.role = 'mentor' AND e.joined_at <= {AS_OF}
       AND (e.left_at IS NULL OR e.left_at > {AS_OF})
      LEFT JOIN LATERAL (
           SELECT sum(g.duration_minutes) AS minutes FROM meetings g
            WHERE g.mentorship_id = r.mentorship_id AND g.state = 'held' AND g.ended_at <= {AS_OF}
              AND (%(since)s::timestamptz IS NULL OR g.held_at >= %(since)s::timestamptz)) g ON true
     GROUP BY 1),
asked AS (
    SELECT m.participant_id, count(*)::int AS requests
      FROM proposals p JOIN proposal_members m USING (proposal_id)
     WHERE p.program_id = %(program)s AND m.role = 'mentor' AND p.made_at <= {AS_OF}
       AND (p.ended_at IS NULL OR p.ended_at > {AS_OF})
       AND (m.accepted_at IS NULL OR m.accepted_at > {AS_OF})
       AND (m.declined_at IS NULL OR m.declined_at > {AS_OF})
     GROUP BY 1)
SELECT p.participant_id, p.offered, p.taken, p.offered - p.taken, coalesce(t.relationships, 0),
       coalesce(t.hours, 0), coalesce(a.requests, 0)
  FROM people p LEFT JOIN theirs t USING (participant_id) LEFT JOIN asked a USING (participant_id)
 WHERE p.role = 'mentor' AND p.in_part
 ORDER BY p.taken DESC, p.participant_id
"""  # noqa: S608 every part of it is written here


def _rows(connection: Connection, scope: Scope) -> Iterator[Row]:
    params = {**cut(connection, scope).params, "since": scope.since}
    statement = MENTORS_SQL.format(people=common(connection, params))
    with connection.transaction(), connection.cursor("mentors") as cursor:
        cursor.execute(statement, params)
        yield from cursor


MENTORS: Final = Report(
    "mentors",
    "Mentor load",
    "What each mentor who takes part offers and carries; the busiest first.",
    (
        Column("mentor", "Mentor", Kind.ID),
        Column("capacity", "Places offered", Kind.COUNT),
        Column("places_taken", "Places taken", Kind.COUNT),
        Column("places_free", "Places free", Kind.COUNT),
        Column("relationships", "Relationships under way", Kind.COUNT),
        Column("hours", "Hours in the period", Kind.HOURS),
        Column("open_requests", "Requests that wait", Kind.COUNT),
    ),
    _rows,
)
