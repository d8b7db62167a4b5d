"""What is measured for good: the figures of relationships that are over, as nothing changes them any more.

Whoever tells of a whole programme reads them instead of measuring each relationship again. They are what
`measured` says, kept: any fact of the relationship that comes later takes them away, until a worker settles
it anew. Nothing depends on them but how long a report takes.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import psycopg

from domain.accountability import BEFOREHAND_DAYS
from domain.accountability_settings import Metric
from projections import programs, relationships
from projections.measured import measured

COLUMNS: Final[Mapping[str, str]] = {
    "mentorship_id": "uuid", "program_id": "uuid", "settings_version": "int", "kind": "text",
    "began_at": "timestamptz", "planned_end": "date", "state": "text", "ended_at": "timestamptz",
    "outcome": "text", "end_reason": "text", "no_fault": "boolean", "active_days": "float8",
    "cadence_days": "int", "members": "int", "held": "int", "missed": "int", "late_cancelled": "int",
    "expected": "int", "minutes": "int", "check_ins": "int", "check_ins_due": "int", "goals": "int",
    "goals_achieved": "int", "milestones_due": "int", "milestones_on_time_count": "int",
    "assignments_due": "int", "assignments_completed": "int", "replies": "int",
    "last_activity_at": "timestamptz", "elapsed": "float8", **dict.fromkeys(Metric, "float8"),
    "health": "int", "verdict": "text",
}  # fmt: skip
"""Those of `measured`, in its order."""
RECIPE: Final = sha256(
    f"{measured('', '')} {programs.PROJECTION.version} {relationships.PROJECTION.version}".encode()
).hexdigest()[:12]
"""By which formulas, out of which read models. Of two releases that run for a while each keeps its own."""

# It holds from `settled_at` on. `foretold` is the verdict thirty days before the end.
DDL: Final = f"""
CREATE TABLE measure_settled (
    {", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())},
    settled_at timestamptz NOT NULL,
    recipe     text        NOT NULL,
    foretold   text        NOT NULL,
    PRIMARY KEY (mentorship_id, recipe)
);
"""
TABLES: Final = ("measure_settled",)

BEFORE_THE_END: Final = f"make_interval(hours => {24 * BEFOREHAND_DAYS})"
"""In hours, as a day is none where clocks change."""

# Only where all its terms are known: they come from another read model, which can be behind.
_DUE: Final = f"""
SELECT s.mentorship_id, s.ended_at - {BEFORE_THE_END} AS before, greatest(
           s.from_at,
           (SELECT max(p.at) FROM measure_points p WHERE p.mentorship_id = s.mentorship_id),
           (SELECT max(r.at) FROM measure_milestones r WHERE r.mentorship_id = s.mentorship_id),
           (SELECT max(greatest(a.at, a.until_at, a.completed_at)) FROM measure_assignments a
             WHERE a.mentorship_id = s.mentorship_id)) AS settled_at
  FROM measure_spells s
  JOIN mentorships m USING (mentorship_id)
  LEFT JOIN measure_settled z ON z.mentorship_id = s.mentorship_id AND z.recipe = '{RECIPE}'
 WHERE s.until_at IS NULL AND s.state IN ('concluded', 'ended_early') AND z.mentorship_id IS NULL
   AND NOT EXISTS (SELECT FROM measure_spells v
                     LEFT JOIN program_versions n ON n.program_id = m.program_id
                                                 AND n.settings_version = v.settings_version
                    WHERE v.mentorship_id = s.mentorship_id AND n.program_id IS NULL)
 LIMIT %(limit)s
"""  # noqa: S608 every part of it is written here
_OF_DUE: Final = "mentorships m JOIN due d ON d.mentorship_id = m.mentorship_id"
SETTLE: Final = f"""
WITH due AS MATERIALIZED ({_DUE})
INSERT INTO measure_settled
SELECT w.*, due.settled_at, '{RECIPE}', coalesce(b.verdict, 'too_early')
  FROM ({measured("d.settled_at", of=_OF_DUE)}) w
  JOIN due USING (mentorship_id)
  LEFT JOIN ({measured("d.before", of=_OF_DUE)}) b USING (mentorship_id)
"""  # noqa: S608 as above
# No batch of facts can pass meanwhile: it would look for what to take away before this is there.
HOLD: Final = "SELECT position FROM projections WHERE name = 'accountability' FOR UPDATE"
AS_FAR: Final = """
SELECT coalesce(min(position) >= %(position)s, false) FROM projections WHERE name = ANY (%(names)s)
"""
READ: Final = (programs.PROJECTION.name, relationships.PROJECTION.name)


def settle(connection: psycopg.Connection[Any], limit: int) -> int:
    """How many were settled, of at most so many."""
    with connection.transaction():
        held = connection.execute(HOLD).fetchone()
        if held is None:
            return 0
        asked = {"position": held[0], "names": list(READ)}
        if connection.execute(AS_FAR, asked).fetchone() != (True,):
            return 0
        return connection.execute(SETTLE, {"limit": limit}).rowcount


def together(as_of: str, only: str) -> str:
    """What `measured` says of many, with `foretold`: NULL where that is not settled. `only` is a condition on
    a row `m` that has the ids of a relationship and of its programme.
    """
    known = f"SELECT * FROM measure_settled WHERE recipe = '{RECIPE}' AND settled_at <= ({as_of})"  # noqa: S608 as above
    unknown = f"NOT EXISTS (SELECT FROM ({known}) z WHERE z.mentorship_id = m.mentorship_id)"
    return (
        f"SELECT {', '.join(f'm.{name}' for name in COLUMNS)}, m.foretold FROM ({known}) m WHERE {only}"  # noqa: S608 as above
        f" UNION ALL SELECT u.*, NULL FROM ({measured(as_of, f'{only} AND {unknown}')}) u"
    )
