"""What part of a programme a report is about: as conditions on rows, and whether it may be told of at all."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import psycopg

from domain.parts import Part, Whole
from domain.refusal import Refusal
from projections.people_as_of import folded
from projections.reporting import Scope

Connection = psycopg.Connection[Any]
Params = dict[str, Any]

IN_PART: Final = (
    "(%(department)s::text IS NULL OR coalesce({f}.department, '') = %(department)s::text)"
    " AND (%(location)s::text IS NULL OR coalesce({f}.location, '') = %(location)s::text)"
)
PEOPLE_AT: Final = "{f}.at <= %(as_of)s AND ({f}.until IS NULL OR {f}.until > %(as_of)s)"

_LAST_DAYS: Final = frozenset({(3, 31), (6, 30), (9, 30), (12, 31)})

# By its mentees, as they were then; of no department or location is a place, too.
PLACES: Final = f"""
SELECT coalesce(f.department, '') AS department, coalesce(f.location, '') AS location,
       to_char(m.began_at AT TIME ZONE 'UTC', 'YYYY-"Q"Q') AS quarter, m.mentorship_id
  FROM mentorships m
  LEFT JOIN mentorship_members e
    ON e.mentorship_id = m.mentorship_id AND e.role = 'mentee' AND e.joined_at <= %(as_of)s
   AND (e.left_at IS NULL OR e.left_at > %(as_of)s)
  LEFT JOIN people_as_of f ON f.participant_id = e.participant_id AND {PEOPLE_AT.format(f="f")}
 WHERE m.program_id = %(program)s AND m.began_at <= %(as_of)s
"""  # noqa: S608 every part of it is written here
RELATIONSHIPS: Final = f"""
SELECT department, location, quarter, count(DISTINCT mentorship_id)::int FROM ({PLACES}) p GROUP BY 1, 2, 3
"""  # noqa: S608 as above
CHOSEN: Final = f"""
SELECT DISTINCT p.mentorship_id FROM ({PLACES}) p
 WHERE {IN_PART.format(f="p")} AND (%(quarters)s::text[] IS NULL OR p.quarter = ANY (%(quarters)s::text[]))
"""  # noqa: S608 as above
ENROLLED: Final = f"""
SELECT coalesce(f.department, ''), coalesce(f.location, ''), '', count(DISTINCT p.participant_id)::int
  FROM participation p JOIN people_as_of f USING (participant_id)
 WHERE p.program_id = %(program)s AND least(p.invited_at, p.applied_at, p.enrolled_at) <= %(as_of)s
   AND {PEOPLE_AT.format(f="f")}
 GROUP BY 1, 2
"""  # noqa: S608 as above


class BeginningIsNoQuarter(Refusal):
    """When relationships began is told by whole quarters: from the first day of one to the last of one."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A scope as parameters of the statements here. `people` and `relationships` say whether those of this
    part can be told of; when people came is no part of them.
    """

    scope: Scope
    params: Params
    people: bool
    relationships: bool
    whole: Whole

    @property
    def sides(self) -> Params:
        """The parameters, with `parts`: the whole, and the part where there is one."""
        return {**self.params, "parts": [False, True] if self.scope.part else [False]}

    @property
    def part(self) -> Part:
        quarters = self.params["quarters"]
        return self._of(None if quarters is None else frozenset(quarters))

    def began_in(self, quarter: str) -> Part:
        return self._of(frozenset({quarter}))

    def _of(self, quarters: frozenset[str] | None) -> Part:
        return Part(self.params["department"], self.params["location"], quarters)


def cut(connection: Connection, scope: Scope) -> Cut:
    """Raises BeginningIsNoQuarter."""
    params: Params = {
        "program": scope.program,
        "as_of": scope.as_of,
        "department": folded(scope.department),
        "location": folded(scope.location),
    }
    if not scope.part:
        return Cut(scope, {**params, "quarters": None}, people=True, relationships=True, whole=Whole({}))
    sizes = _sizes(connection, RELATIONSHIPS, params)
    quarters = _quarters(scope, {place[2] for place in sizes})
    part = Part(params["department"], params["location"])
    people = Whole(_sizes(connection, ENROLLED, params)).tells(part)
    whole = Whole(sizes)
    relationships = whole.tells(Part(part.department, part.location, quarters))
    chosen = None if quarters is None else sorted(quarters)
    return Cut(scope, {**params, "quarters": chosen}, people, relationships, whole)


def _sizes(connection: Connection, statement: str, params: Params) -> dict[tuple[str, str, str], int]:
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(statement, params)}


def _quarters(scope: Scope, known: set[str]) -> frozenset[str] | None:
    begins, ends = scope.began_from, scope.began_until
    if begins is None and ends is None:
        return None
    if begins is not None and (begins.month % 3, begins.day) != (1, 1):
        raise BeginningIsNoQuarter
    if ends is not None and (ends.month, ends.day) not in _LAST_DAYS:
        raise BeginningIsNoQuarter
    first, last = quarter(begins) if begins else "", quarter(ends) if ends else "9999-Q9"
    return frozenset(one for one in known if first <= one <= last)


def quarter(day: date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"
