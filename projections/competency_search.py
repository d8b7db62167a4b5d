"""Free text mapped to entries of the catalogue: the word itself, a like spelling, a like meaning."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection

from domain.matching_settings import WHOLE
from domain.profile import key_of
from projections.competencies import trigrams

EXACT: Final = """
SELECT w.competency_id, %(whole)s::int
  FROM competency_words w JOIN competencies c USING (competency_id)
 WHERE w.key = %(key)s AND NOT c.retired
 ORDER BY w.synonym, w.competency_id
 LIMIT %(first)s
"""
SPELLED: Final = """
SELECT w.competency_id, max(shared * %(whole)s / (cardinality(w.trigrams) + %(length)s - shared)) AS likeness
  FROM competency_words w JOIN competencies c USING (competency_id)
 CROSS JOIN LATERAL (SELECT count(*) FROM unnest(w.trigrams) t WHERE t = ANY (%(trigrams)s)) s (shared)
 WHERE w.trigrams && %(trigrams)s AND NOT c.retired
 GROUP BY w.competency_id
HAVING max(shared * %(whole)s / (cardinality(w.trigrams) + %(length)s - shared)) >= %(least)s
 ORDER BY likeness DESC, w.competency_id
 LIMIT %(first)s
"""
MEANT: Final = """
SELECT coalesce(array_agg(w.competency_id), '{}'), coalesce(string_agg(m.vector, ''), '')
  FROM competency_words w JOIN competencies c USING (competency_id) JOIN meanings m ON m.key = w.key
 WHERE NOT c.retired
"""
"""All vectors in one piece: thousands of rows of them would take longer to read than to compare."""
LEAST_ALIKE: Final = 3_000
"""Of all runs of three characters in both, so many ten-thousandths are in either, as pg_trgm has it."""

Rows = Sequence[tuple[UUID, Any]]


class FoundBy(StrEnum):
    EXACT = "exact"
    SPELLING = "spelling"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class Found:
    """`nearness` is 0 to 10,000: of an exact word all of it, else the share of the spelling or the cosine."""

    competency: UUID
    found_by: FoundBy
    nearness: int


async def search(connection: AsyncConnection[Any], text: str, first: int) -> list[Found]:
    """The best entries that are in use: exact ones, then the others by how near they are."""
    key = key_of(text)
    runs = trigrams(key)
    wanted = {
        "key": key,
        "trigrams": runs,
        "length": len(runs),
        "whole": WHOLE,
        "least": LEAST_ALIKE,
        "first": first,
    }
    exact = await (await connection.execute(EXACT, wanted)).fetchall()
    if len(exact) == first:
        return _merged(first, exact, (), ())
    spelled = await (await connection.execute(SPELLED, wanted)).fetchall()
    ((entries, vectors),) = await (await connection.execute(MEANT, binary=True)).fetchall()
    near = await asyncio.to_thread(_by_meaning, key, entries, vectors) if key and entries else ()
    return _merged(first, exact, spelled, near)


def _by_meaning(key: str, entries: Sequence[UUID], vectors: bytes) -> Rows:
    from projections import meaning  # noqa: PLC0415 loaded with the first text that somebody asks about

    near = meaning.nearnesses(meaning.embed([key]), meaning.unpacked([vectors]))[0]
    return [(entries[at], int(near[at])) for at in near.nonzero()[0]]


def _merged(first: int, exact: Rows, spelled: Rows, near: Rows) -> list[Found]:
    """Each entry once, by the way that shows it best."""
    best: dict[UUID, Found] = {}
    for found in (
        *_found(FoundBy.EXACT, exact),
        *_found(FoundBy.SPELLING, spelled),
        *_found(FoundBy.MEANING, near),
    ):
        held = best.get(found.competency)
        if held is None or (held.found_by is not FoundBy.EXACT and found.nearness > held.nearness):
            best[found.competency] = found
    order = lambda found: (found.found_by is not FoundBy.EXACT, -found.nearness)
    return sorted(best.values(), key=order)[:first]


def _found(way: FoundBy, rows: Rows) -> Iterable[Found]:
    return (Found(competency, way, nearness) for competency, nearness in rows)
