"""Stays on the waitlists: when each began, how many waited then, when and how it ended."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg

from domain import enrollment
from domain.enrollment import Applied, Approved, Invited, Waitlisted
from domain.store import RecordedEvent
from domain.waiting import Stay, Waitlist
from projections.projection import Projection
from projections.statements import Statements

MOST: Final = 1_000
"""So many of the last stays that ended with a place are read."""

DDL: Final = """
CREATE TABLE waitlist_sides (
    enrollment_id uuid PRIMARY KEY,
    program_id    uuid NOT NULL,
    role          text NOT NULL CHECK (role IN ('mentor', 'mentee'))
);
CREATE TABLE waitlist_stays (
    entered_position  bigint PRIMARY KEY,
    enrollment_id     uuid   NOT NULL,
    program_id        uuid   NOT NULL,
    role              text   NOT NULL CHECK (role IN ('mentor', 'mentee')),
    entered_at        timestamptz NOT NULL,
    position_at_entry bigint NOT NULL,
    left_at           timestamptz,
    outcome           text,
    CHECK ((left_at IS NULL) = (outcome IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX waitlist_stays_open ON waitlist_stays (enrollment_id) WHERE left_at IS NULL;
CREATE INDEX waitlist_stays_waiting ON waitlist_stays (program_id, role) WHERE left_at IS NULL;
CREATE INDEX waitlist_stays_by_list ON waitlist_stays (program_id, role, entered_at);
CREATE INDEX waitlist_stays_placed ON waitlist_stays (program_id, role, left_at) WHERE outcome = 'approved';
"""

BEGUN: Final = """
INSERT INTO waitlist_sides (enrollment_id, program_id, role)
VALUES (%(enrollment)s, %(program)s, %(role)s)
ON CONFLICT (enrollment_id) DO UPDATE SET role = excluded.role
"""
LEFT: Final = """
UPDATE waitlist_stays SET left_at = %(at)s, outcome = %(outcome)s
 WHERE enrollment_id = %(enrollment)s AND left_at IS NULL
"""
ENTERED: Final = """
INSERT INTO waitlist_stays (entered_position, enrollment_id, program_id, role, entered_at, position_at_entry)
SELECT %(position)s, e.enrollment_id, e.program_id, e.role, %(at)s,
       1 + (SELECT count(*) FROM waitlist_stays s
             WHERE s.program_id = e.program_id AND s.role = e.role AND s.left_at IS NULL)
  FROM waitlist_sides e WHERE e.enrollment_id = %(enrollment)s
"""
LISTS: Final = """
SELECT w.enrollment_id, w.program_id, w.role, (SELECT min(s.entered_at) FROM waitlist_stays s
                                                WHERE s.program_id = w.program_id AND s.role = w.role)
  FROM waitlist_sides w WHERE w.enrollment_id = ANY (%(enrollments)s)
"""
PLACED: Final = """
SELECT s.entered_at, s.position_at_entry, s.left_at
  FROM waitlist_stays s
 WHERE s.program_id = %(program)s AND s.role = %(role)s AND s.outcome = 'approved'
 ORDER BY s.left_at DESC LIMIT %(most)s
"""

ENDING: Final = frozenset(
    kind.event_name
    for kind in (
        enrollment.InformationRequested,
        enrollment.InformationGiven,
        Approved,
        enrollment.Rejected,
        enrollment.Paused,
        enrollment.Resumed,
        enrollment.Withdrawn,
        enrollment.Removed,
        enrollment.Completed,
    )
)
"""Whatever changes where somebody stands ends their stay, also what no rule would let happen there."""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    seen: dict[str, Any] = {
        "enrollment": recorded.stream_id,
        "at": recorded.recorded_at,
        "position": recorded.position,
        "outcome": recorded.name.partition(".")[2],
    }
    sql.execute(LEFT, seen)
    event = recorded.event
    if isinstance(event, Applied | Invited):
        sql.execute(BEGUN, {**seen, "program": event.program, "role": event.role})
    if isinstance(event, Waitlisted):
        sql.execute(ENTERED, seen)


PROJECTION: Final = Projection(
    name="waitlist",
    version=1,
    ddl=DDL,
    tables=("waitlist_sides", "waitlist_stays"),
    names=ENDING | {kind.event_name for kind in (Applied, Invited, Waitlisted)},
    apply=project,
)

Connection = psycopg.Connection[tuple[Any, ...]]


def read_waitlists(connection: Connection, enrollments: Collection[UUID]) -> dict[UUID, Waitlist]:
    """The list that each of them waits on; none where nobody ever has."""
    lists = connection.execute(LISTS, {"enrollments": list(enrollments)}).fetchall()
    opened = {(program, role): since for _, program, role, since in lists if since is not None}
    read = {of: _waitlist(connection, *of, since) for of, since in opened.items()}
    return {one: read[program, role] for one, program, role, _ in lists if (program, role) in read}


def _waitlist(connection: Connection, program: UUID, role: str, opened: datetime) -> Waitlist:
    asked = {"program": program, "role": role, "most": MOST}
    stays = [Stay(*row) for row in connection.execute(PLACED, asked)]
    return Waitlist(stays[-1].ended if len(stays) == MOST else opened, stays)
