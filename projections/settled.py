"""What is measured for good: the figures of relationships that are over, as nothing changes them any more.

Whoever tells of a whole programme reads them instead of measuring each relationship again. They are what
`measured` says, kept: any fact of the relationship that comes later takes them away, until a worker settles
it anew. Nothing depends on them but how long a report takes.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

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

# It holds from `settled_at` on. `foretold` is the verdict thirty days before the end.
DDL: Final = f"""
CREATE TABLE measure_settled (
    {", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())},
    settled_at timestamptz NOT NULL,
    recipe     text        NOT NULL,
    foretold   text        NOT NULL,
    PRIMARY KEY (mentorship_id, recipe)
);
CREATE INDEX measure_settled_by_program ON measure_settled (program_id, recipe);
"""
TABLES: Final = ("measure_settled",)

BEFORE_THE_END: Final = f"make_interval(hours => {24 * BEFOREHAND_DAYS})"
"""In hours, as a day is none where clocks change."""

# Only where all its terms are known: another read model has them, which can be behind or have parked them.
# Those that were handed over are not told of as ended, and are few: they are measured each time.
DUE: Final = """
SELECT s.mentorship_id
  FROM measure_spells s
  JOIN mentorships m USING (mentorship_id)
  LEFT JOIN measure_settled z ON z.mentorship_id = s.mentorship_id AND z.recipe = %(recipe)s
 WHERE s.until_at IS NULL AND s.state IN ('concluded', 'ended_early') AND z.mentorship_id IS NULL
   AND m.program_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM measure_spells v
                     LEFT JOIN program_versions n ON n.program_id = m.program_id
                                                 AND n.settings_version = v.settings_version
                    WHERE v.mentorship_id = s.mentorship_id AND n.program_id IS NULL)
   AND NOT EXISTS (SELECT FROM parked_streams k
                    WHERE k.projection = ANY (%(read)s) AND k.stream_id IN (m.program_id, m.mentorship_id))
 LIMIT %(limit)s
"""
_ENDS: Final = f"""
SELECT s.mentorship_id, s.ended_at - {BEFORE_THE_END} AS before, greatest(
           s.from_at,
           (SELECT max(p.at) FROM measure_points p WHERE p.mentorship_id = s.mentorship_id),
           (SELECT max(r.at) FROM measure_milestones r WHERE r.mentorship_id = s.mentorship_id),
           (SELECT max(greatest(a.at, a.until_at, a.completed_at)) FROM measure_assignments a
             WHERE a.mentorship_id = s.mentorship_id)) AS settled_at
  FROM measure_spells s WHERE s.until_at IS NULL AND s.mentorship_id IN (SELECT mentorship_id FROM due)
"""  # noqa: S608 every part of it is written here
_ENDED: Final = "mentorships m JOIN ends d ON d.mentorship_id = m.mentorship_id"
SETTLE: Final = f"""
WITH due AS MATERIALIZED ({DUE}), ends AS MATERIALIZED ({_ENDS})
INSERT INTO measure_settled
SELECT w.*, ends.settled_at, %(recipe)s, coalesce(b.verdict, 'too_early')
  FROM ({measured("d.settled_at", of=_ENDED)}) w
  JOIN ends USING (mentorship_id)
  LEFT JOIN ({measured("d.before", of=_ENDED)}) b USING (mentorship_id)
"""  # noqa: S608 as above
READ: Final = (programs.PROJECTION, relationships.PROJECTION)
"""What it is made of beside the read model that it is part of."""
RECIPE: Final = sha256(" ".join([SETTLE, *(str(one.version) for one in READ)]).encode()).hexdigest()[:12]
"""By which formulas, out of which read models. Of two releases that run for a while each keeps its own."""


_KNOWN: Final = f"SELECT * FROM measure_settled WHERE recipe = '{RECIPE}' AND settled_at <= (<as_of>)"  # noqa: S608 as above
_LEFT: Final = measured(
    "<as_of>", f"<only> AND NOT EXISTS (SELECT FROM ({_KNOWN}) z WHERE z.mentorship_id = m.mentorship_id)"
)
_TOGETHER: Final = f"""
SELECT {", ".join(f"m.{name}" for name in COLUMNS)}, m.foretold FROM ({_KNOWN}) m WHERE <only>
 UNION ALL
SELECT u.*, NULL FROM ({_LEFT}) u
"""  # noqa: S608 as above


def together(as_of: str, only: str) -> str:
    """What `measured` says of many, with `foretold`: NULL where that is not settled. `only` is a condition on
    a row `m` that has the ids of a relationship and of its programme.
    """
    return _TOGETHER.replace("<as_of>", as_of).replace("<only>", f"({only})")
