"""Whether so few mentors of a programme have a place left that asking pauses."""

from typing import Any, Final

import psycopg

from domain.places import PoolIsTooThin
from domain.program_settings import ProgramTerms

# As who looks for mentors finds them: with a place, and hours for it.
FREE: Final = """
SELECT count(*)::int
  FROM enrollments e JOIN profiles p USING (participant_id)
 WHERE e.program_id = %(program)s AND e.role = 'mentor' AND e.state = 'approved'
   AND e.places_reserved < %(limit)s AND p.accepting AND p.status = 'active'
   AND (p.hours_a_month IS NULL
        OR p.hours_a_month >= %(hours)s + (SELECT sum(o.hours_reserved) FROM enrollments o
                                            WHERE o.participant_id = e.participant_id))
"""

Connection = psycopg.Connection[tuple[Any, ...]]


def refuse_thin(connection: Connection, program: ProgramTerms) -> None:
    """Raises PoolIsTooThin, in a programme that pauses then."""
    if pauses(connection, program):
        raise PoolIsTooThin(limit=program.matching.thin_pool)


def pauses(connection: Connection, program: ProgramTerms) -> bool:
    if not program.matching.pause_when_thin:
        return False
    capacity = program.enrollment.capacity
    limit, hours = capacity.mentees_per_mentor, capacity.hours_a_month
    asked = {"program": program.program, "limit": limit, "hours": hours}
    (free,) = connection.execute(FREE, asked).fetchone() or (0,)
    return bool(free < program.matching.thin_pool)
