"""In which relationships a survey has to be asked, and which surveys are over.

Here they are found; `domain.surveying` decides who is asked what, on everything as it is then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.rows import class_row

from domain.ids import MeetingId, MentorshipId, ProgramId, SurveyId
from domain.survey_forms import SurveyKind
from projections.due_timers import KEPT, NOW, RUNNING, SOUND, TERMS, TODAY, rested

DAYS_ACTIVE: Final = (
    f"extract(epoch FROM {NOW} - m.began_at - ({rested('m.began_at')})) / 86400 - n.first_survey"
)
# The newest alone is looked for. `over` is how long ago it fell due, rests not counted.
BY_DAYS: Final = f"""
SELECT d.mentorship_id, d.program_id, d.kind, NULL::uuid AS meeting_id, {NOW} - d.over AS due_at,
       (SELECT count(*) FROM mentorship_members w WHERE w.mentorship_id = d.mentorship_id
           AND w.left_at IS NULL AND w.joined_at <= {NOW} - d.over) AS people
  FROM (SELECT m.mentorship_id, m.program_id, n.asks,
               CASE WHEN a.days < n.survey_every THEN '{SurveyKind.FIRST}'
                    ELSE '{SurveyKind.RECURRING}' END AS kind,
               make_interval(secs => (mod(a.days, n.survey_every) * 86400)::float8) AS over
          FROM running m {KEPT} CROSS JOIN LATERAL (SELECT {DAYS_ACTIVE} AS days) a
         WHERE a.days >= 0) d
 WHERE d.kind = ANY (d.asks)
   AND NOT EXISTS (SELECT FROM surveys s WHERE s.mentorship_id = d.mentorship_id AND s.kind = d.kind
                      AND {NOW} - s.asked_at - ({rested("s.asked_at", "d.mentorship_id")}) <= d.over)
"""  # noqa: S608 every part of it is written here
AFTER_MEETING: Final = f"""
SELECT m.mentorship_id, m.program_id, '{SurveyKind.MEETING}', t.meeting_id, t.ended_at,
       (SELECT count(*) FROM meeting_attendance a
          JOIN mentorship_members w ON w.mentorship_id = m.mentorship_id AND w.left_at IS NULL
           AND w.participant_id = a.participant_id
         WHERE a.meeting_id = t.meeting_id AND a.came)
  FROM running m {KEPT}
 CROSS JOIN LATERAL (SELECT t.meeting_id, t.ended_at FROM meetings t
                      WHERE t.mentorship_id = m.mentorship_id AND t.state = 'held'
                      ORDER BY t.ended_at DESC LIMIT 1) t
 WHERE '{SurveyKind.MEETING}' = ANY (n.asks) AND t.ended_at <= {NOW}
   AND t.ended_at + make_interval(days => n.survey_open) > {NOW}
   AND NOT EXISTS (SELECT FROM surveys s
                    WHERE s.mentorship_id = m.mentorship_id AND s.meeting_id = t.meeting_id)
"""  # noqa: S608 as above
CLOSING: Final = f"""
SELECT m.mentorship_id, m.program_id, '{SurveyKind.CLOSING}', NULL, m.ended_at,
       (SELECT count(*) FROM mentorship_members w
         WHERE w.mentorship_id = m.mentorship_id AND w.left_at IS NULL)
  FROM mentorships m {KEPT}
 WHERE m.state IN ('concluded', 'ended_early') AND '{SurveyKind.CLOSING}' = ANY (n.asks)
   AND m.ended_at <= {NOW} AND m.ended_at + make_interval(days => n.survey_every) > {NOW}
   AND {SOUND.format(stream="m.mentorship_id", program="m.program_id")}
   AND NOT EXISTS (SELECT FROM surveys s WHERE s.mentorship_id = m.mentorship_id
                      AND s.kind = '{SurveyKind.CLOSING}' AND s.asked_at >= m.ended_at)
"""  # noqa: S608 as above
TO_ASK: Final = f"""
WITH terms AS MATERIALIZED ({TERMS}), running AS MATERIALIZED ({RUNNING})
SELECT * FROM (({BY_DAYS}) UNION ALL ({AFTER_MEETING}) UNION ALL ({CLOSING})) d
 WHERE people > 0 ORDER BY due_at, mentorship_id, kind LIMIT %(limit)s
"""  # noqa: S608 as above
LAPSED: Final = f"""
SELECT s.survey_id, s.program_id, (s.due + 1)::timestamp AT TIME ZONE 'UTC' AS due_at
  FROM surveys s
 WHERE s.state = 'asked' AND s.due < {TODAY}
   AND (%(program)s::uuid IS NULL OR s.program_id = %(program)s)
   AND NOT EXISTS (SELECT FROM parked_streams k
                    WHERE k.projection = ANY (%(names)s) AND k.stream_id = s.survey_id)
 ORDER BY s.due, s.survey_id LIMIT %(limit)s
"""  # noqa: S608 as above


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A relationship in which so many people may have to be asked; `meeting_id` is what a survey after one is
    about.
    """

    mentorship_id: MentorshipId
    program_id: ProgramId
    kind: str
    meeting_id: MeetingId | None
    due_at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Over:
    """A survey that nobody has answered in time."""

    survey_id: SurveyId
    program_id: ProgramId | None
    due_at: datetime


def to_ask(connection: psycopg.Connection, given: dict[str, Any]) -> list[ToAsk]:
    """`given` as `due.asked` has it."""
    with connection.cursor(row_factory=class_row(ToAsk)) as cursor:
        return cursor.execute(TO_ASK, given).fetchall()


def over(connection: psycopg.Connection, given: dict[str, Any]) -> list[Over]:
    with connection.cursor(row_factory=class_row(Over)) as cursor:
        return cursor.execute(LAPSED, given).fetchall()
