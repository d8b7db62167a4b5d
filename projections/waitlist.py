"""Stays on the waitlists: when each began and ended, where it stood, and what could be told then."""

from typing import Any, Final

from domain import enrollment
from domain.enrollment import Applied, Approved, Invited, Waitlisted
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

WATCHED: Final = "interval '90 days'"
"""How far back the rate is taken from at which places come."""

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


def rate(stay: str, at: str) -> str:
    """A row with how many places `came` on the list of that stay until then, in how many `days`: WATCHED, or
    the life of a younger list; a day at least.
    """
    list_ = f"s.program_id = {stay}.program_id AND s.role = {stay}.role"
    opened = f"(SELECT min(s.entered_at) FROM waitlist_stays s WHERE {list_} AND s.entered_at <= {at})"  # noqa: S608 every part is written in this repository
    since = f"greatest({at} - {WATCHED}, coalesce({opened}, {at}))"
    return (
        f"SELECT (SELECT count(*) FROM waitlist_stays s WHERE {list_} AND s.outcome = 'approved'"  # noqa: S608 as above
        f" AND s.left_at BETWEEN {since} AND {at}) AS came,"
        f" greatest(extract(epoch FROM {at} - {since}) / 86400, 1)::float8 AS days"
    )


BEGUN: Final = """
INSERT INTO waitlist_sides (enrollment_id, program_id, role)
VALUES (%(enrollment)s, %(program)s, %(role)s)
ON CONFLICT (enrollment_id) DO UPDATE SET role = excluded.role
"""
LEFT: Final = """
UPDATE waitlist_stays SET left_at = %(at)s, outcome = %(outcome)s
 WHERE enrollment_id = %(enrollment)s AND left_at IS NULL
"""
ENTERED: Final = f"""
INSERT INTO waitlist_stays (entered_position, enrollment_id, program_id, role, entered_at, position_at_entry,
                            came_before, days_before)
SELECT %(position)s, e.enrollment_id, e.program_id, e.role, %(at)s,
       1 + (SELECT count(*) FROM waitlist_stays s
             WHERE s.program_id = e.program_id AND s.role = e.role AND s.left_at IS NULL), r.came, r.days
  FROM waitlist_sides e CROSS JOIN LATERAL ({rate("e", "%(at)s::timestamptz")}) r
 WHERE e.enrollment_id = %(enrollment)s
"""  # noqa: S608 as above

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
