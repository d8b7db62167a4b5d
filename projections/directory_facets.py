"""How many experts fit, and how many of them have each topic, language and place.

The counts of one facet respect all conditions but its own: they say what choosing another value would show.
Counting has an end, and says where it was reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import class_row

from projections.directory_search import AVAILABLE, LANGUAGE, LOCATION, TAKES, TOPIC, Search

MOST_COUNTED: Final = 10_000
MOST_TALLIED: Final = 2_000
"""Of how many that fit the values are counted."""
MOST_VALUES: Final = 20


class Facet(StrEnum):
    TOPIC = "topic"
    LANGUAGE = "language"
    LOCATION = "location"
    AVAILABLE = "available"


CONDITION_OF: Final = {
    Facet.TOPIC: TOPIC,
    Facet.LANGUAGE: LANGUAGE,
    Facet.LOCATION: LOCATION,
    Facet.AVAILABLE: AVAILABLE,
}
VALUES_OF: Final = {
    Facet.TOPIC: "SELECT 'topic', unnest(f.topic_keys) FROM f",
    Facet.LANGUAGE: "SELECT 'language', unnest(f.languages) FROM f",
    Facet.LOCATION: "SELECT 'location', f.location FROM f",
    Facet.AVAILABLE: "SELECT 'available', f.available::text FROM f",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """`fitting`: of so many the values were counted, or of more than that where it is above the most."""

    facet: Facet
    value: str
    experts: int
    fitting: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Not `complete`: of the first MOST_TALLIED that fit."""

    tallies: Sequence[Tally]
    complete: bool


# Of those whom somebody must not learn to be available there are few; everybody else is counted already.
ALL_TALLIED: Final = """
SELECT t.facet, t.label AS value, t.experts, 0 AS fitting
  FROM (SELECT a.*, row_number() OVER (PARTITION BY a.facet ORDER BY a.experts DESC, a.value) AS nth
          FROM (SELECT k.facet, k.value, k.label,
                       k.experts + CASE WHEN k.facet <> 'available' THEN 0
                                        WHEN k.value = 'true' THEN - hidden.experts ELSE hidden.experts END
                  FROM directory_tallies k
                 CROSS JOIN (SELECT count(*)::int AS experts FROM directory
                              WHERE available AND participant_id = ANY (%(apart)s)) hidden
               ) a (facet, value, label, experts)) t
 WHERE t.nth <= %(values)s AND t.facet = ANY (%(facets)s)
 ORDER BY t.facet, t.nth
"""


async def total(connection: AsyncConnection[Any], search: Search) -> int:
    """At most MOST_COUNTED."""
    if not search.conditions:
        found = await connection.execute(
            "SELECT coalesce(sum(experts), 0)::int FROM directory_tallies WHERE facet = 'available'"
        )
    else:
        rows = f"SELECT FROM directory d WHERE {search.where()} LIMIT %(most)s"
        statement = f"SELECT count(*)::int FROM ({rows}) f"  # noqa: S608 every part of it is written here
        found = await connection.execute(
            statement, {**search.parameters, "most": MOST_COUNTED}, prepare=False
        )
    row = await found.fetchone()
    return min(row[0], MOST_COUNTED) if row else 0


async def facets(connection: AsyncConnection[Any], search: Search) -> Facets:
    """The most frequent values of each facet; facets under the same conditions are counted together."""
    by_conditions: dict[str, list[Facet]] = {}
    for facet, condition in CONDITION_OF.items():
        by_conditions.setdefault(search.where(condition), []).append(facet)
    parameters = {**search.parameters, "values": MOST_VALUES, "most": MOST_TALLIED}
    tallies: list[Tally] = []
    async with connection.cursor(row_factory=class_row(Tally)) as cursor:
        for where, together in by_conditions.items():
            statement = ALL_TALLIED if where == "true" else _tallied(where, together)
            named = {**parameters, "facets": [facet.value for facet in together]}
            await cursor.execute(statement, named, prepare=False)
            tallies += await cursor.fetchall()
    return Facets(tallies, complete=all(tally.fitting <= MOST_TALLIED for tally in tallies))


def _tallied(where: str, together: Sequence[Facet]) -> str:
    each = " UNION ALL ".join(map(VALUES_OF.__getitem__, together))
    return f"""
        WITH f AS MATERIALIZED (
            SELECT d.topic_keys, d.languages, d.location, {TAKES} AS available
              FROM directory d WHERE {where} LIMIT %(most)s + 1),
        counted AS (
            SELECT v.facet, v.value, count(*)::int AS experts,
                   row_number() OVER (PARTITION BY v.facet ORDER BY count(*) DESC, v.value) AS nth
              FROM ({each}) AS v (facet, value) WHERE v.value IS NOT NULL GROUP BY v.facet, v.value)
        SELECT c.facet, coalesce(t.label, c.value) AS value, c.experts,
               (SELECT count(*)::int FROM f) AS fitting
          FROM counted c LEFT JOIN directory_tallies t ON t.facet = c.facet AND t.value = c.value
         WHERE c.nth <= %(values)s
         ORDER BY c.facet, c.nth
    """  # noqa: S608 every part of it is written here
