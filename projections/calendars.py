"""What calendar programs are told: one person's meetings, and who is invited to one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from domain.ids import MeetingId, ParticipantId
from domain.meeting import Answer, Status
from projections.meeting_shapes import FELL, SEQUENCE, STATE

KEPT: Final = timedelta(days=366)
"""How long a feed goes back."""
MOST: Final = 2_000

OWNER: Final = """
SELECT f.participant_id FROM calendar_feeds f JOIN profiles p USING (participant_id)
 WHERE f.digest = %(digest)s AND p.status = 'active'
"""
TOLD: Final = (
    "{state} AS state, {sequence} AS sequence, CASE WHEN {fell} THEN w.ended_at ELSE m.changed_at END"
)
ENTRY: Final = (
    "SELECT m.meeting_id, m.starts_at, m.minutes, m.title, m.agenda, m.place, m.link, m.proposed_at,"  # noqa: S608 every part of it is written here or there
    " m.proposed_by, "
    + TOLD.format(state=STATE.format(t="m"), sequence=SEQUENCE.format(t="m"), fell=FELL.format(t="m"))
    + " AS changed_at FROM meetings m JOIN mentorships w USING (mentorship_id)"
)
# Who has left keeps what was, and hears nothing more. Found by the person's few relationships first.
ENTRIES: Final = (
    ENTRY  # noqa: S608 every part of it is written here or there
    + """
 WHERE m.mentorship_id = ANY (ARRAY(SELECT v.mentorship_id FROM mentorship_members v
                                     WHERE v.participant_id = %(person)s))
   AND m.starts_at >= %(since)s
   AND EXISTS (SELECT FROM mentorship_members v
                WHERE v.mentorship_id = m.mentorship_id AND v.participant_id = %(person)s
                  AND (v.left_at IS NULL OR greatest(m.starts_at, m.changed_at) <= v.left_at))
 ORDER BY m.starts_at DESC, m.meeting_id LIMIT %(most)s
"""
)
INVITED_TO: Final = (
    ENTRY
    + """
 WHERE m.meeting_id = %(meeting)s
   AND EXISTS (SELECT FROM mentorship_members v
                WHERE v.mentorship_id = m.mentorship_id AND v.participant_id = %(person)s
                  AND v.left_at IS NULL)
"""
)
INVITED: Final = """
SELECT v.participant_id, p.name, p.email, a.answer
  FROM meetings m
  JOIN mentorship_members v ON v.mentorship_id = m.mentorship_id AND v.left_at IS NULL
  LEFT JOIN profiles p ON p.participant_id = v.participant_id
  LEFT JOIN meeting_answers a ON a.meeting_id = m.meeting_id AND a.participant_id = v.participant_id
 WHERE m.meeting_id = %(meeting)s
 ORDER BY v.number
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as a calendar has it."""

    meeting_id: UUID
    starts_at: datetime
    minutes: int
    title: str | None
    agenda: str | None
    place: str | None
    link: str | None
    proposed_at: datetime
    proposed_by: UUID
    state: Status
    sequence: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """`answer` None: they have not said yet whether they come."""

    person: UUID
    name: str | None
    email: str | None
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Invitation:
    entry: Entry
    invited: tuple[Invited, ...]


def owner(connection: Connection[Any], digest: str) -> ParticipantId | None:
    """Whose calendar is read at the address with this digest."""
    found = connection.execute(OWNER, {"digest": digest}).fetchone()
    return ParticipantId(found[0]) if found else None


def entries(connection: Connection[Any], person: ParticipantId, now: datetime) -> list[Entry]:
    asked = {"person": person, "since": now - KEPT, "most": MOST}
    rows = connection.cursor(row_factory=dict_row).execute(ENTRIES, asked)
    return [_entry(row) for row in rows]


def invitation(connection: Connection[Any], meeting: MeetingId, person: ParticipantId) -> Invitation | None:
    """For whoever is in the relationship now; to everybody else there is none."""
    cursor = connection.cursor(row_factory=dict_row)
    found = cursor.execute(INVITED_TO, {"meeting": meeting, "person": person}).fetchone()
    if found is None:
        return None
    people = cursor.execute(INVITED, {"meeting": meeting}).fetchall()
    return Invitation(_entry(found), tuple(_invited(row) for row in people))


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**{**row, "state": Status(row["state"])})


def _invited(row: Mapping[str, Any]) -> Invited:
    answer = Answer(row["answer"]) if row["answer"] else None
    return Invited(row["participant_id"], row["name"], row["email"], answer)
