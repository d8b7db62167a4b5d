"""What a notification says: the programme's words for it, filled with what the read models know now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from domain import templates
from domain.default_templates import DEFAULTS
from domain.occasions import Occasion, Values
from projections.notification_shapes import link

MODELS: Final = ("notifications", "profiles", "programs", "relationships", "proposals", "surveys")
"""The read models that it is made of."""
SOMEBODY: Final = "Somebody"
"""Whose name is erased, or not known yet."""
NO_PROGRAM: Final = "your organisation"

# Whoever else was in it when this was sent; of a proposal, whoever it is between.
PARTNERS: Final = """
SELECT array_agg(coalesce(p.name, %(somebody)s) ORDER BY w.role, p.name, w.participant_id) AS names
  FROM (SELECT m.participant_id, m.role FROM mentorship_members m
         WHERE m.mentorship_id = n.mentorship_id AND (m.left_at IS NULL OR m.left_at > n.sent_at)
        UNION
        SELECT v.participant_id, v.role FROM proposal_members v WHERE v.proposal_id = n.about) w
  LEFT JOIN profiles p ON p.participant_id = w.participant_id
 WHERE w.participant_id <> n.to_id
"""
ROLE: Final = """
coalesce((SELECT m.role FROM mentorship_members m
           WHERE m.mentorship_id = n.mentorship_id AND m.participant_id = n.to_id
           ORDER BY m.joined_at DESC LIMIT 1),
         (SELECT e.role FROM enrollments e
           WHERE n.mentorship_id IS NULL AND e.program_id = n.program_id AND e.participant_id = n.to_id))
"""
UNTIL: Final = """
CASE n.occasion WHEN 'ending' THEN (SELECT m.planned_end FROM mentorships m
                                     WHERE m.mentorship_id = n.mentorship_id)
                WHEN 'survey' THEN (SELECT s.due FROM surveys s WHERE s.survey_id = n.about)
                WHEN 'invitation' THEN (g.enrollment -> 'window' ->> 'closes')::date
                ELSE (SELECT (o.expires_at AT TIME ZONE 'UTC')::date FROM proposals o
                       WHERE o.proposal_id = n.about) END
"""
TEXTS: Final = f"""
SELECT n.notification_id, n.occasion, n.rung, n.on_day, n.sent_at, %(client)s || {link("n")} AS link,
       p.name AS reader, g.name AS program,
       t.template ->> 'subject' AS subject, t.template ->> 'body' AS body, w.names AS partners,
       {ROLE} AS role, {UNTIL} AS until,
       (SELECT o ->> 'title' FROM jsonb_array_elements(v.settings -> 'plan' -> 'milestones') AS o
         WHERE n.occasion = 'milestone' AND o ->> 'id' = n.detail) AS milestone,
       a.title AS announced, a.body AS announcement
  FROM notifications n
  LEFT JOIN profiles p ON p.participant_id = n.to_id
  LEFT JOIN programs g ON g.program_id = n.program_id
  LEFT JOIN program_versions v
         ON v.program_id = n.program_id AND v.settings_version = n.settings_version
  LEFT JOIN LATERAL (SELECT c AS template
                       FROM jsonb_array_elements(v.settings -> 'communications' -> 'templates') AS c
                      WHERE c ->> 'about' = n.occasion) t ON true
  LEFT JOIN LATERAL ({PARTNERS}) w ON true
  LEFT JOIN program_announcements a
         ON a.program_id = n.program_id AND a.announcement_id = n.about AND n.occasion = 'announcement'
 WHERE n.notification_id = ANY (%(ids)s)
"""  # noqa: S608 every part of it is written here


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    body: str
    link: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a notification; `subject` and `body` are the programme's own words, if it has any."""

    notification_id: UUID
    occasion: str
    rung: int
    on_day: date | None
    sent_at: datetime
    link: str
    reader: str | None
    program: str | None
    subject: str | None
    body: str | None
    partners: list[str] | None
    role: str | None
    until: date | None
    milestone: str | None
    announced: str | None
    announcement: str | None


def messages(connection: Connection[Any], ids: Collection[UUID], client: str = "") -> dict[UUID, Message]:
    """By notification; in one statement, so ask for a page at once. Links begin with the client's address."""
    with connection.cursor(row_factory=class_row(Known)) as cursor:
        found = cursor.execute(TEXTS, {"ids": list(ids), "somebody": SOMEBODY, "client": client})
        return {known.notification_id: message(known) for known in found}


def message(known: Known) -> Message:
    usual, said = DEFAULTS[Occasion(known.occasion)], values(known)
    return Message(
        templates.subject(known.subject or usual.subject, said),
        templates.body(known.body or usual.body, said),
        known.link,
    )


def values(known: Known) -> Values:
    """What every variable of the occasion stands for."""
    program = known.program or NO_PROGRAM
    said: dict[str, str | int] = {
        "name": known.reader or SOMEBODY,
        "role": known.role or "",
        "partner": listed(known.partners or ()),
        "program": program,
        "title": known.milestone or program,
        "date": _day(known.on_day),
        "days": _days_since(known),
        "until": _day(known.until),
        "rung": known.rung,
        "link": known.link,
        "text": "",
    }
    return {**said, **_announced(known, said)} if known.announced and known.announcement else said


def _announced(known: Known, said: Mapping[str, str | int]) -> Values:
    """An announcement's own words have variables, too."""
    title, text = known.announced or "", known.announcement or ""
    return {"title": templates.subject(title, said), "text": templates.body(text, said)}


def listed(names: Sequence[str]) -> str:
    """Ada, Lin and Noor."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _days_since(known: Known) -> int:
    sent = known.sent_at.astimezone(UTC).date()
    return max(0, (sent - known.on_day).days) if known.on_day else 0
