"""What people learn from: assignments, documents, links, questions and answers; in all, and by topic."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import psycopg

from domain.suppression import FEWEST
from projections.report_relationships import AS_OF, OF_PROGRAM
from projections.report_scope import CHOSEN, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope
from projections.settled import together

Connection = psycopg.Connection[Any]

OTHER: Final = "other topics"
"""Those of fewer than five relationships: what so few speak about is theirs."""

# An answer is about what its question is about.
_ITEMS: Final = f"""
chosen AS ({CHOSEN}),
items AS MATERIALIZED (
    SELECT p.mentorship_id, p.kind, p.published, p.accepted, coalesce(q.topics, p.topics) AS topics,
           EXISTS (SELECT FROM passed_on a WHERE a.question_id = p.item_id AND a.at <= {AS_OF}
                                             AND (a.until IS NULL OR a.until > {AS_OF})) AS answered,
           (p.published OR p.accepted) AND EXISTS (
               SELECT FROM passed_on b WHERE b.item_id = p.item_id AND (b.published OR b.accepted)
                  AND b.at <= %(since)s::timestamptz
                  AND (b.until IS NULL OR b.until > %(since)s::timestamptz)) AS before
      FROM passed_on p JOIN chosen USING (mentorship_id)
      LEFT JOIN passed_on q ON q.item_id = p.question_id AND q.at <= {AS_OF}
                           AND (q.until IS NULL OR q.until > {AS_OF})
     WHERE p.at <= {AS_OF} AND (p.until IS NULL OR p.until > {AS_OF}))
"""  # noqa: S608 every part of it is written here
_COUNTED: Final = """
count(DISTINCT i.mentorship_id)::int, (count(*) FILTER (WHERE i.kind = 'document'))::int,
(count(*) FILTER (WHERE i.kind = 'link'))::int, (count(*) FILTER (WHERE i.published))::int,
(count(*) FILTER (WHERE i.kind = 'question'))::int, (count(*) FILTER (WHERE i.answered))::int,
(count(*) FILTER (WHERE i.accepted))::int, (count(*) FILTER (WHERE i.published OR i.accepted))::int,
(count(*) FILTER (WHERE (i.published OR i.accepted) AND NOT i.before))::int
"""
IN_ALL: Final = f"WITH {_ITEMS} SELECT {_COUNTED} FROM items i"  # noqa: S608 as above
BY_TOPIC: Final = f"""
WITH {_ITEMS} SELECT t.topic, {_COUNTED} FROM items i CROSS JOIN unnest(i.topics) AS t (topic) GROUP BY 1
"""  # noqa: S608 as above
ASSIGNMENTS: Final = f"""
WITH r AS MATERIALIZED ({together(AS_OF, OF_PROGRAM)}), chosen AS ({CHOSEN})
SELECT coalesce(sum(g.given), 0)::int, coalesce(sum(r.assignments_completed), 0)::int,
       coalesce(sum(r.assignments_due - r.assignments_completed), 0)::int
  FROM r JOIN chosen USING (mentorship_id)
  LEFT JOIN (SELECT a.mentorship_id, count(*) AS given FROM assignments a
              WHERE a.given_at <= {AS_OF} GROUP BY 1) g USING (mentorship_id)
"""  # noqa: S608 as above

COLUMNS: Final = (
    Column("topic", "About", Kind.TEXT),
    Column("relationships", "Relationships", Kind.COUNT, hides=True),
    Column("documents", "Documents shared", Kind.COUNT, hides=True),
    Column("links", "Links shared", Kind.COUNT, hides=True),
    Column("published", "Of these published", Kind.COUNT, hides=True),
    Column("questions", "Questions asked", Kind.COUNT, hides=True),
    Column("answered", "Questions answered", Kind.COUNT, hides=True),
    Column("accepted", "Answers accepted", Kind.COUNT, hides=True),
    Column("library", "In the library", Kind.COUNT, hides=True),
    Column("library_growth", "New there in the period", Kind.COUNT, hides=True),
    Column("assignments_given", "Assignments given", Kind.COUNT, hides=True),
    Column("assignments_completed", "Completed, of those due", Kind.COUNT, hides=True),
    Column("assignments_overdue", "Overdue", Kind.COUNT, hides=True),
)


def learning(connection: Connection, scope: Scope) -> Iterator[Row]:
    """First everything, then by topic, the commonest first; assignments have no topic. Without a period all
    that is in the library is new.
    """
    taken = cut(connection, scope)
    if not taken.relationships:
        yield (None, *[SUPPRESSED] * (len(COLUMNS) - 1))
        return
    params = {**taken.params, "since": scope.since}
    [counted] = connection.execute(IN_ALL, params)
    [given] = connection.execute(ASSIGNMENTS, params)
    yield (None, *counted, *given)
    for topic, figures in _by_topic(connection.execute(BY_TOPIC, params)):
        yield (topic, *figures, *[None] * len(given))


def _by_topic(found: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Of the topics that are few people's only how much there is of all of them, where that is enough."""
    rows = sorted(found, key=lambda row: (-row[1], row[0]))
    yield from ((topic, figures) for topic, *figures in rows if figures[0] >= FEWEST)
    few = [figures for _, *figures in rows if figures[0] < FEWEST]
    if few:
        yield OTHER, [None, *map(sum, zip(*(figures[1:] for figures in few), strict=True))]


LEARNING: Final = Report(
    "learning",
    "Learning",
    "What is shared, asked, answered, published and worked on, in all and by topic.",
    COLUMNS,
    learning,
)
