"""How satisfied people are, as it can be told: in batches, as survey results count answers.

It is told as things stood when the last batch was full. So of two moments, of two parts, or of a part and the
whole, it never differs by what one to four people have said.
"""

from typing import Any, Final

import psycopg

from domain.parts import Whole
from domain.survey_counting import ends
from projections.accountability_totals import RATINGS
from projections.report_scope import CHOSEN, PLACES, Cut, Params

Connection = psycopg.Connection[Any]

ANSWERS: Final = f"""
SELECT a.participant_id::text, a.at,
       CASE WHEN %(by_quarter)s THEN to_char(m.began_at AT TIME ZONE 'UTC', 'YYYY-"Q"Q') END,
       NOT %(part)s OR a.mentorship_id IN ({CHOSEN})
  FROM measure_ratings a JOIN mentorships m USING (mentorship_id)
 WHERE m.program_id = %(program)s AND a.at <= %(as_of)s
 ORDER BY a.at, a.survey_id
"""  # noqa: S608 every part of it is written here
# Of relationships whose terms, as they were then, measure it. Where nothing counts, there is no such moment.
SAID: Final = f"""
said AS MATERIALIZED (
    SELECT s.mentorship_id, p.satisfaction AS value, t.target
      FROM mentorships m
      JOIN measure_spells s ON s.mentorship_id = m.mentorship_id AND s.from_at <= %(settled)s::timestamptz
                           AND (s.until_at IS NULL OR s.until_at > %(settled)s::timestamptz)
     CROSS JOIN LATERAL (SELECT (%(target_satisfaction)s::float8[])[
           array_position(%(versions)s::int[], s.settings_version)] AS target) t
      JOIN (SELECT DISTINCT ON (p.mentorship_id) p.mentorship_id, p.satisfaction FROM measure_points p
             WHERE {RATINGS.format(point="p")} AND p.at <= %(settled)s::timestamptz
             ORDER BY p.mentorship_id, p.at DESC, p.position DESC) p ON p.mentorship_id = m.mentorship_id
     WHERE m.program_id = %(program)s AND t.target IS NOT NULL AND p.satisfaction IS NOT NULL)
"""  # noqa: S608 as above
SIZES: Final = f"""
WITH {SAID}
SELECT p.department, p.location, p.quarter, count(DISTINCT p.mentorship_id)::int
  FROM ({PLACES}) p JOIN said USING (mentorship_id) GROUP BY 1, 2, 3
"""  # noqa: S608 as above


def settled(connection: Connection, cut: Cut, *, by_quarter: bool) -> Params:
    """As parameters: when the last answer that counts came, None where none does, and whether one `waits`
    then. `by_quarter`: what began in one quarter is told of apart from the others.
    """
    asked = {**cut.params, "part": cut.scope.part, "by_quarter": by_quarter}
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(ANSWERS, asked).fetchall()
    counting = list(ends((person, within) for person, _, _, within in found))
    if by_quarter:
        apart = ((person, (within, quarter)) for person, _, quarter, within in found)
        counting = list(ends(apart, among=frozenset(counting)))
    return {
        "settled": found[counting[-1] - 1][1] if counting else None,
        "waits": bool(found) and not counting,
    }


def saying(connection: Connection, params: Params) -> Whole:
    """Those relationships in which somebody has said it, by where they are: only parts of which these can be
    told are told of.
    """
    return Whole({(row[0], row[1], row[2]): row[3] for row in connection.execute(SIZES, params)})
