"""What is due by a moment if nothing else happens: reminders, escalations, and relationships gone silent.

Here things are found; what becomes of them is decided by `domain.due`, on everything as it is then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from domain.accountability_settings import Degree
from domain.due import ESCALATED, REMINDED_OF, REMINDING, Thing
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.occasions import Occasion
from projections.due_timers import ALL, MET, MINE, NOW, PLAN, RUNNING, SILENT, TERMS, rested

READ: Final = (
    "assignments",
    "conversations",
    "history",
    "meetings",
    "notifications",
    "programs",
    "proposals",
    "relationships",
    "surveys",
)
"""The read models that are asked."""


def _words(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


# A programme's own ladder; else once, where its degree reminds of this at all.
LADDERS: Final = f"""
SELECT t.program_id, t.settings_version, o.occasion, d.days
  FROM terms t
 CROSS JOIN unnest(ARRAY[{_words(tuple(Occasion))}]) AS o (occasion)
 CROSS JOIN LATERAL (SELECT coalesce(
       (SELECT ARRAY(SELECT day::int FROM jsonb_array_elements_text(r -> 'days') AS l (day))
          FROM jsonb_array_elements(t.reminders) AS r WHERE r ->> 'about' = o.occasion LIMIT 1),
       CASE WHEN t.degree IN ({_words(tuple(REMINDING))}) AND o.occasion IN ({_words(tuple(REMINDED_OF))})
            THEN ARRAY[0] END) AS days) d
 WHERE d.days IS NOT NULL
"""  # noqa: S608 every part of it is written here
TOLD: Final = """
SELECT f.*, l.days, r.rung, s.rung AS sent, s.sent_at
  FROM found f
  JOIN ladders l ON l.program_id = f.program_id AND l.settings_version = f.settings_version
   AND l.occasion = f.occasion
 CROSS JOIN LATERAL (SELECT count(*)::int AS rung FROM unnest(l.days) AS d (day)
                      WHERE make_interval(days => d.day) <= f.overdue) r
 CROSS JOIN LATERAL (SELECT coalesce(max(s.rung), 0) AS rung, max(s.sent_at) AS sent_at FROM notifications s
                      WHERE s.about = f.about AND s.to_id = f.to_id AND s.occasion = f.occasion
                        AND s.detail = f.detail) s
 WHERE r.rung > 0
"""
REMINDERS: Final = f"""
SELECT o.occasion, o.about, o.detail, o.to_id, o.mentorship_id, o.program_id, o.settings_version, o.since,
       o.sent, o.sent_at, {NOW} - o.overdue + make_interval(days => o.days[o.rung]) AS due_at,
       NULL::uuid AS undone_by
  FROM told o WHERE o.rung > o.sent
"""  # noqa: S608 as above
# Once a thing and administrator, whoever of the members has left it undone.
ESCALATIONS: Final = f"""
SELECT DISTINCT ON (o.occasion, o.about, o.detail, a.person_id)
       o.occasion, o.about, o.detail, a.person_id, o.mentorship_id, o.program_id, o.settings_version, o.since,
       o.sent, o.sent_at, o.sent_at + make_interval(days => t.escalation) + u.rested, o.to_id
  FROM told o
  JOIN terms t ON t.program_id = o.program_id AND t.settings_version = o.settings_version
  JOIN program_staff a ON a.program_id = o.program_id AND a.role = 'administrator'
 CROSS JOIN LATERAL (SELECT {rested("o.sent_at", "o.mentorship_id")} AS rested) u
 WHERE o.sent >= cardinality(o.days) AND t.degree = '{Degree.STRICT}'
   AND o.occasion IN ({_words(tuple(ESCALATED))})
   AND o.sent_at + make_interval(days => t.escalation) + u.rested <= {NOW}
   AND NOT EXISTS (SELECT FROM notifications s
                    WHERE s.about = o.about AND s.to_id = a.person_id AND s.occasion = '{Occasion.ESCALATION}'
                      AND s.detail = left(o.occasion || '-' || o.detail, 60))
 ORDER BY o.occasion, o.about, o.detail, a.person_id, o.to_id
"""  # noqa: S608 as above
BY_NAME: Final = {
    "terms": TERMS,
    "running": RUNNING,
    "mine": MINE,
    "plan": PLAN,
    "met": MET,
    "silent": SILENT,
    "found": " UNION ALL ".join(timer.select for timer in ALL),
    "ladders": LADDERS,
    "told": TOLD,
}
PARTS: Final = "WITH " + ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in BY_NAME.items())
REMINDED: Final = f"""
{PARTS}
SELECT * FROM (({REMINDERS}) UNION ALL ({ESCALATIONS})) d
 ORDER BY due_at, about, to_id, occasion LIMIT %(limit)s
"""  # noqa: S608 as above

# Every member has been warned, and for so long nobody of them has done anything.
LAPSES: Final = f"""
WITH terms AS MATERIALIZED ({TERMS}), running AS MATERIALIZED ({RUNNING}),
     silent AS MATERIALIZED ({SILENT}),
     warned AS (
       SELECT m.mentorship_id, m.program_id, m.detail, m.since,
              s.at + make_interval(days => m.silence_conclusion) + {rested("s.at")} AS over_at
         FROM silent m
         JOIN mentorship_members w ON w.mentorship_id = m.mentorship_id AND w.left_at IS NULL
         LEFT JOIN LATERAL (SELECT min(s.sent_at) AS at FROM notifications s
                             WHERE s.about = m.mentorship_id AND s.to_id = w.participant_id
                               AND s.occasion = '{Occasion.SILENCE}' AND s.detail = m.detail) s ON true)
SELECT mentorship_id, program_id, detail, since, max(over_at) AS due_at, count(*) AS people
  FROM warned GROUP BY mentorship_id, program_id, detail, since
HAVING bool_and(coalesce(over_at <= {NOW}, false))
 ORDER BY max(over_at), mentorship_id LIMIT %(limit)s
"""  # noqa: S608 as above


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody may have to be told of something. `sent` is the last rung that they were, 0 for none.

    `undone_by`: `to_id` is an administrator, who hears what that person has left undone. `mentorship_id`
    None: it is about a proposal or an invitation.
    """

    occasion: Occasion
    about: UUID
    detail: str
    to_id: ParticipantId
    mentorship_id: MentorshipId | None
    program_id: ProgramId
    settings_version: int
    since: datetime
    sent: int
    sent_at: datetime | None
    due_at: datetime
    undone_by: ParticipantId | None

    @property
    def thing(self) -> Thing:
        return Thing(self.occasion, self.about, self.detail, self.undone_by or self.to_id, self.since)


@dataclass(frozen=True, slots=True)
class Silent:
    """A relationship of so many people that has been silent since then, warnings notwithstanding."""

    mentorship_id: MentorshipId
    program_id: ProgramId
    detail: str
    since: datetime
    due_at: datetime
    people: int

    def warning(self, to: ParticipantId) -> Thing:
        return Thing(Occasion.SILENCE, self.mentorship_id, self.detail, to, self.since)


def asked(
    now: datetime, limit: int, *, program: ProgramId | None = None, names: Sequence[str] = READ
) -> dict[str, Any]:
    """What the statements here are asked with; `names` are those whose parked streams are left alone."""
    return {"now": now, "limit": limit, "program": program, "names": list(names)}


def reminders(connection: psycopg.Connection, given: dict[str, Any]) -> list[Found]:
    """Whom to remind or to tell, the longest due first."""
    with connection.cursor(row_factory=class_row(Found)) as cursor:
        found = cursor.execute(REMINDED, given).fetchall()
    return [replace(one, occasion=Occasion(one.occasion)) for one in found]


def silent(connection: psycopg.Connection, given: dict[str, Any]) -> list[Silent]:
    """What is to be concluded as lapsed."""
    with connection.cursor(row_factory=class_row(Silent)) as cursor:
        return cursor.execute(LAPSES, given).fetchall()
