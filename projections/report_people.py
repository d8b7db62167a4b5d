"""Who takes part and who has found somebody: figures of the people of a programme as of a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from projections.audience_sql import fulfilled
from projections.report_scope import IN_PART, PEOPLE_AT, Cut, Params

Connection = psycopg.Connection[Any]

TERMS: Final = """
SELECT mentor_rule, mentee_rule, mentees_per_mentor, hours_a_month FROM participation_terms
 WHERE program_id = %(program)s AND at <= %(as_of)s AND (until IS NULL OR until > %(as_of)s)
"""
# Whoever takes part is among those who could, whatever has become of what is known of them.
PEOPLE: Final = """
now AS MATERIALIZED (
    SELECT f.participant_id, f.hours_a_month, f.accepting AND f.active AS accepting,
           f.active AND NOT f.guest AND ({audience}) AS admitted, {in_part} AS in_part
      FROM people_as_of f WHERE {people_at}),
taking AS MATERIALIZED (
    SELECT s.enrollment_id, s.role FROM participation_spans s
     WHERE s.program_id = %(program)s AND s.at <= %(as_of)s AND (s.until IS NULL OR s.until > %(as_of)s)),
places AS (
    SELECT p.enrollment_id, count(*)::int AS taken FROM participation_places p
     WHERE p.program_id = %(program)s AND p.at <= %(as_of)s AND (p.until IS NULL OR p.until > %(as_of)s)
     GROUP BY 1),
known AS (
    SELECT p.enrollment_id, p.participant_id, {dated}
      FROM participation p WHERE p.program_id = %(program)s),
people AS MATERIALIZED (
    SELECT n.participant_id, n.in_part, t.role, k.invited_at, k.applied_at, k.enrolled_at, k.mentee_at,
           CASE WHEN k.enrolled_at IS NOT NULL THEN k.matched_at END AS matched_at,
           n.admitted OR coalesce(k.invited_at, k.applied_at, k.enrolled_at) IS NOT NULL AS eligible,
           n.admitted OR t.role IS NOT NULL AS could,
           coalesce(p.taken, 0) AS taken,
           CASE WHEN n.accepting THEN greatest(coalesce(p.taken, 0), least(
                    %(mentees_per_mentor)s, n.hours_a_month / nullif(%(hours_a_month)s, 0)))
                ELSE coalesce(p.taken, 0) END AS offered
      FROM now n LEFT JOIN known k USING (participant_id) LEFT JOIN taking t USING (enrollment_id)
      LEFT JOIN places p USING (enrollment_id))
"""
_DATED: Final = ", ".join(
    f"CASE WHEN p.{moment} <= %(as_of)s THEN p.{moment} END AS {moment}"
    for moment in ("invited_at", "applied_at", "enrolled_at", "mentee_at", "matched_at")
)
SIDES: Final = "CROSS JOIN unnest(%(parts)s::boolean[]) AS w (part) WHERE (NOT w.part OR {t}.in_part)"
STATED: Final = """
stated AS (
    SELECT w.part, jsonb_build_array(a.key, a.value, count(*), count(p.matched_at)) AS told
      FROM people p JOIN people_stated s ON s.participant_id = p.participant_id AND s.at <= %(as_of)s
                                        AND (s.until IS NULL OR s.until > %(as_of)s)
     CROSS JOIN jsonb_each_text(s.answers) AS a
     CROSS JOIN unnest(%(parts)s::boolean[]) AS w (part)
     WHERE p.mentee_at IS NOT NULL AND (NOT w.part OR p.in_part)
     GROUP BY w.part, a.key, a.value)
"""
FIGURES: Final = """
SELECT w.part, (SELECT jsonb_agg(s.told) FROM stated s WHERE s.part = w.part) AS stated,
       count(*) FILTER (WHERE could)::int AS eligible, count(role)::int AS enrolled,
       count(mentee_at)::int AS mentees,
       count(*) FILTER (WHERE mentee_at IS NOT NULL AND matched_at IS NOT NULL)::int AS matched,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median_days,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY days) AS p90_days,
       count(*) FILTER (WHERE role = 'mentor')::int AS mentors,
       coalesce(sum(taken) FILTER (WHERE role = 'mentor'), 0)::int AS taken,
       coalesce(sum(offered) FILTER (WHERE role = 'mentor'), 0)::int AS offered
  FROM (SELECT p.*, CASE WHEN matched_at IS NOT NULL
                         THEN extract(epoch FROM greatest(matched_at, mentee_at) - mentee_at)::float8 / 86400
                    END AS days FROM people p) d
  {sides}
 GROUP BY 1
"""
PEOPLE_SQL: Final = f"WITH {{people}}, {STATED} {FIGURES}"


@dataclass(frozen=True, slots=True)
class People:
    """`mentees` have ever been let in, `matched` are those of them who have been in a relationship; `stated`
    tells both by question and answer.
    """

    eligible: int = 0
    enrolled: int = 0
    mentees: int = 0
    matched: int = 0
    median_days: float | None = None
    p90_days: float | None = None
    mentors: int = 0
    taken: int = 0
    offered: int = 0
    stated: Sequence[tuple[str, str, int, int]] | None = None


def people_of(connection: Connection, cut: Cut) -> tuple[People, People]:
    """Of the whole programme, and of the part the scope takes."""
    params = dict(cut.sides)
    statement = PEOPLE_SQL.format(people=common(connection, params), sides=SIDES.format(t="d"))
    with connection.cursor(row_factory=dict_row) as cursor:
        found = {row.pop("part"): People(**row) for row in cursor.execute(statement, params)}
    whole = found.get(False, People())
    return whole, found.get(True, People()) if cut.scope.part else whole


def common(connection: Connection, params: Params) -> str:
    """What goes before a SELECT of `people`; their programme's terms, as they were then, join `params`."""
    row = connection.execute(TERMS, params).fetchone()
    rules = row[:2] if row else ()
    params["mentees_per_mentor"], params["hours_a_month"] = row[2:] if row else (0, 0)
    audience = " OR ".join(f"({fulfilled(rule, params)})" for rule in rules) or "false"
    in_part, people_at = IN_PART.format(f="f"), PEOPLE_AT.format(f="f")
    return PEOPLE.format(audience=audience, in_part=in_part, people_at=people_at, dated=_DATED)
