"""How experts are found: by words, also misspelled ones, and by what they say of themselves.

Of very many that fit, not all are ranked: those that name what is searched in their headline or topics come
first, then the best rated.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from domain.profile import key_of

MOST_RANKED: Final = 1_000
MOST_TERMS: Final = 8
SHORTEST_STEM: Final = 3
"""A shorter word is searched whole: too many begin with it."""


class DirectoryOrder(StrEnum):
    RELEVANCE = "relevance"
    RATING = "rating"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Wanted:
    """None asks nothing; `apart` are those who are available to others, and not to who asks."""

    search: str = ""
    topics: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    locations: Sequence[str] | None = None
    available: bool | None = None
    least_rating: float | None = None
    guests: bool | None = None
    apart: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`keys` are what a page goes on after."""

    participant: UUID
    headline: str | None
    topics: list[str]
    languages: list[str]
    location: str | None
    rating: float | None
    ratings: int
    available: bool
    guest: bool
    excerpt: str | None
    keys: list[str]


TEXT: Final = "d.document @@ to_tsquery('simple', %(query)s)"
TOPIC: Final = "d.topic_keys && %(topics)s::text[]"
LANGUAGE: Final = "d.languages && %(languages)s::text[]"
LOCATION: Final = "d.location = ANY (%(locations)s::text[])"
TAKES: Final = "(d.available AND d.participant_id <> ALL (%(apart)s::uuid[]))"
AVAILABLE: Final = TAKES + " = %(available)s"
RATING: Final = "d.rating >= %(least_rating)s"
GUEST: Final = "d.guest = %(guests)s"


@dataclass(frozen=True, slots=True)
class Search:
    """What is wanted, as SQL takes it: conditions that all hold, and their parameters."""

    conditions: tuple[str, ...]
    parameters: Mapping[str, Any]

    def where(self, *but: str) -> str:
        return " AND ".join(one for one in self.conditions if one not in but) or "true"


# Whoever avoids the viewer or is avoided, or has declined them for good or was declined: as for profiles.
APART: Final = """
SELECT a.participant_id FROM avoidances a WHERE a.person_id = %(viewer)s
 UNION SELECT a.person_id FROM avoidances a WHERE a.participant_id = %(viewer)s
 UNION SELECT o.participant_id
         FROM proposal_members v
         JOIN proposal_members o ON o.proposal_id = v.proposal_id AND o.role <> v.role
        WHERE v.participant_id = %(viewer)s AND (v.for_good OR o.for_good)
"""
DECLINED: Final = """
SELECT EXISTS (SELECT FROM proposal_members v
                 JOIN proposal_members o ON o.proposal_id = v.proposal_id AND o.role <> v.role
                WHERE v.participant_id = %(one)s AND o.participant_id = %(other)s
                  AND (v.for_good OR o.for_good))
"""
"""Whether one of the two has declined the other for good."""
# Only for a word that nothing begins with, the likest are taken.
MEANT: Final = """
SELECT CASE WHEN EXISTS (SELECT FROM directory_words w
                          WHERE w.word >= a.term AND w.word < a.term || U&'\\+10FFFF') THEN ARRAY[a.term]
       ELSE ARRAY(
           SELECT w.word
             FROM directory_words w
            CROSS JOIN LATERAL (
                  SELECT count(*)::int FROM unnest(w.trigrams) r WHERE r = ANY (a.runs)) s (shared)
            WHERE w.trigrams && a.runs AND length(w.word) BETWEEN length(a.term) - 2 AND length(a.term) + 2
              AND s.shared * 10 >= 3 * (cardinality(w.trigrams) + cardinality(a.runs) - s.shared)
            ORDER BY s.shared::float8 / (cardinality(w.trigrams) + cardinality(a.runs) - s.shared) DESC,
                     w.word
            LIMIT 3) END
  FROM (SELECT t.n, t.term COLLATE "C" AS term,
               (SELECT array_agg(DISTINCT substr('  ' || t.term || ' ', i, 3))
                  FROM generate_series(1, length(t.term) + 1) i) AS runs
          FROM unnest(%(terms)s::text[]) WITH ORDINALITY AS t (term, n)) a
 ORDER BY a.n
"""


async def apart_from(connection: AsyncConnection[Any], viewer: UUID | None) -> list[UUID]:
    """Whom the viewer must not learn to be available: a wish of theirs would be refused."""
    if viewer is None:
        return []
    rows = await (await connection.execute(APART, {"viewer": viewer})).fetchall()
    return [person for (person,) in rows]


async def prepared(connection: AsyncConnection[Any], wanted: Wanted) -> Search:
    """The words as the directory has them; where it has nothing like one of them, nobody is found."""
    given = {
        TEXT: wanted.search.strip() or None,
        TOPIC: wanted.topics,
        LANGUAGE: wanted.languages,
        LOCATION: wanted.locations,
        AVAILABLE: wanted.available,
        RATING: wanted.least_rating,
        GUEST: wanted.guests,
    }
    parameters = {
        "query": await _query(connection, wanted.search),
        "topics": [key_of(topic) for topic in wanted.topics or ()],
        "languages": list(wanted.languages or ()),
        "locations": list(wanted.locations or ()),
        "available": wanted.available,
        "least_rating": wanted.least_rating,
        "guests": wanted.guests,
        "apart": list(wanted.apart),
    }
    return Search(tuple(one for one, value in given.items() if value is not None), parameters)


async def _query(connection: AsyncConnection[Any], search: str) -> str:
    terms = re.findall(r"[^\W_]+", search.lower())[:MOST_TERMS]
    if not terms:
        return ""
    meant = await (await connection.execute(MEANT, {"terms": terms})).fetchall()
    each = [" | ".join(map(_stem, words)) for (words,) in meant]
    return " & ".join(f"({either})" for either in each) if all(each) else ""


def _stem(word: str) -> str:
    return f"'{word}':*" if len(word) >= SHORTEST_STEM else f"'{word}'"


@dataclass(frozen=True, slots=True)
class Listing:
    """From which rows a page is taken, in which order, and what goes on after its keys."""

    keys: tuple[str, ...]
    order: str
    after: str
    ranked: bool = False


BY_RANK: Final = Listing(
    ("rank", "standing", "participant_id"),
    "rank DESC, standing DESC, participant_id DESC",
    "(rank, standing, participant_id) < (%(key0)s::int, %(key1)s::int, %(key2)s::uuid)",
    ranked=True,
)
BY_STANDING: Final = Listing(
    ("standing", "participant_id"),
    "standing DESC, participant_id DESC",
    "(standing, participant_id) < (%(key0)s::int, %(key1)s::uuid)",
)
BY_NAME: Final = Listing(
    ("name", "participant_id"),
    "name, participant_id",
    "(name, participant_id) > (%(key0)s::text, %(key1)s::uuid)",
)


def listing(search: Search, order: DirectoryOrder) -> Listing:
    """Where no words are searched, the best rated are the most relevant."""
    if order is DirectoryOrder.NAME:
        return BY_NAME
    return BY_RANK if order is DirectoryOrder.RELEVANCE and TEXT in search.conditions else BY_STANDING


async def page(
    connection: AsyncConnection[Any], search: Search, way: Listing, size: int, after: Sequence[str] = ()
) -> list[Found]:
    """The next `size` after those keys."""
    keys = {f"key{number}": key for number, key in enumerate(after)}
    parameters = {**search.parameters, **keys, "size": size, "most": MOST_RANKED}
    async with connection.cursor(row_factory=class_row(Found)) as cursor:
        # Planned anew each time: how many have a word is what the plan is about.
        await cursor.execute(_page(search, way, goes_on=bool(after)), parameters, prepare=False)
        return await cursor.fetchall()


def _page(search: Search, way: Listing, *, goes_on: bool) -> str:
    rows = _ranked(search.where(TEXT)) if way.ranked else f"SELECT * FROM directory d WHERE {search.where()}"  # noqa: S608 every part of it is written here
    keys = ", ".join(f"{key}::text" for key in way.keys)
    return f"""
        SELECT d.participant_id AS participant, p.headline, d.topics, d.languages, d.location, d.rating,
               d.ratings, {TAKES} AS available, d.guest,
               CASE WHEN %(query)s <> '' THEN ts_headline('simple',
                   concat_ws(' · ', p.headline, array_to_string(d.topics, ', '), p.job_title, p.biography),
                   to_tsquery('simple', %(query)s),
                   'StartSel="", StopSel="", MaxWords=30, MinWords=15') END AS excerpt,
               d.keys
          FROM (SELECT r.*, ARRAY[{keys}] AS keys FROM ({rows}) r
                 WHERE {way.after if goes_on else "true"} ORDER BY {way.order} LIMIT %(size)s) d
          JOIN directory_people p USING (participant_id)
         ORDER BY {_of(way.order)}
    """  # noqa: S608 every part of it is written here


def _of(order: str) -> str:
    """The same order, where more than one table has such a column."""
    return ", ".join(f"d.{part}" for part in order.split(", "))


def _ranked(where: str) -> str:
    """Either half ends by itself, and the second is not begun where the first is enough."""
    best = "ORDER BY d.standing DESC, d.participant_id DESC LIMIT %(most)s"
    named = "d.subject @@ to_tsquery('simple', %(query)s)"
    return f"""
        SELECT d.*, (ts_rank(d.document, to_tsquery('simple', %(query)s)) * 1000000)::int AS rank
          FROM ((SELECT d.participant_id FROM directory d WHERE {named} AND {where} {best})
                UNION ALL
                (SELECT d.participant_id FROM directory d WHERE {TEXT} AND NOT {named} AND {where} {best})
                LIMIT %(most)s) f
          JOIN directory d USING (participant_id)
    """  # noqa: S608 every part of it is written here
