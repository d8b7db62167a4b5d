"""Stays on the waitlists: when each began and ended, where it stood, and what could be told then."""

from typing import Any, Final

from domain import enrollment
from domain.enrollment import Applied, Approved, Invited, Waitlisted
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

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
    came_before       bigint NOT NULL,
    days_before       float8 NOT NULL,
    left_at           timestamptz,
    outcome           text,
    CHECK ((left_at IS NULL) = (outcome IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX waitlist_stays_open ON waitlist_stays (enrollment_id) WHERE left_at IS NULL;
CREATE INDEX waitlist_stays_waiting ON waitlist_stays (program_id, role, entered_position)
    WHERE left_at IS NULL;
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
# With the rate at which places came, as projections.waitlist_shapes takes it, told as it was on that day.
ENTERED: Final = """
INSERT INTO waitlist_stays (entered_position, enrollment_id, program_id, role, entered_at, position_at_entry,
                            came_before, days_before)
SELECT %(position)s, e.enrollment_id, e.program_id, e.role, %(at)s,
       1 + (SELECT count(*) FROM waitlist_stays s
             WHERE s.program_id = e.program_id AND s.role = e.role AND s.left_at IS NULL),
       (SELECT count(*) FROM waitlist_stays s
         WHERE s.program_id = e.program_id AND s.role = e.role AND s.outcome = 'approved'
           AND s.left_at BETWEEN o.since AND %(at)s),
       greatest(extract(epoch FROM %(at)s - o.since) / 86400, 1)
  FROM waitlist_sides e
 CROSS JOIN LATERAL (
       SELECT greatest(%(at)s::timestamptz - interval '90 days', coalesce(min(s.entered_at), %(at)s)) AS since
         FROM waitlist_stays s WHERE s.program_id = e.program_id AND s.role = e.role) o
 WHERE e.enrollment_id = %(enrollment)s
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
