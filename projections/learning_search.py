"""How the library is searched: by its words, inflected or as they stand, and in spite of a misspelling."""

from typing import Final

# By the text in {search}: rank 5,000 to 10,000 where the words stand in it, below that where like spellings
# stand in its title or topics. Two words are alike that share a quarter of all runs of three characters in
# either, as pg_trgm has it: `python` and `pyhton` do. What excludes or quotes something means what it says.
FOUND: Final = """(
WITH asked (query) AS (
    SELECT websearch_to_tsquery('english', left({search}, 200))
        || websearch_to_tsquery('simple', left({search}, 200))
), words (word) AS (
    SELECT DISTINCT found[1]
      FROM regexp_matches(lower(left({search}, 200)), '[[:alnum:]_+#]+', 'g') found
     WHERE {search} !~ '(^|[[:space:]])-|"'
     LIMIT 8
), spelled (word, runs) AS (
    SELECT word, ARRAY(SELECT DISTINCT substr('  ' || word || ' ', n, 3)
                         FROM generate_series(1, length(word) + 1) n)
      FROM words
), held (word, runs) AS (
    SELECT DISTINCT word, runs
      FROM library_words
     WHERE runs && ARRAY(SELECT unnest(runs) FROM spelled)
), near (asked, word, likeness) AS (
    SELECT s.word, h.word, shared::float8 / (cardinality(h.runs) + cardinality(s.runs) - shared)
      FROM spelled s JOIN held h ON h.runs && s.runs
     CROSS JOIN LATERAL (SELECT count(*) FROM unnest(h.runs) r WHERE r = ANY (s.runs)) c (shared)
), alike (entry_id, asked, likeness) AS (
    SELECT w.entry_id, n.asked, max(n.likeness)
      FROM near n JOIN library_words w ON w.word = n.word
     WHERE n.likeness > 0.25
     GROUP BY w.entry_id, n.asked
), found (entry_id, rank) AS (
    SELECT e.entry_id, 5000 + (5000 * ts_rank_cd(e.document, a.query, 32))::int
      FROM asked a, library_entries e
     WHERE e.document @@ a.query
    UNION ALL
    SELECT entry_id, (4999 * min(likeness))::int
      FROM alike
     GROUP BY entry_id
    HAVING count(*) = (SELECT count(*) FROM words)
), best (entry_id, rank) AS (
    SELECT entry_id, max(rank) FROM found GROUP BY entry_id
)
SELECT e.*, b.rank
  FROM best b JOIN library_entries e ON e.entry_id = b.entry_id
)"""

# Between marks that no keyboard has and no page takes for markup: every second piece is what was found.
FRAGMENTS: Final = """(
SELECT e.*, f.number, f.fragment
  FROM library_entries e
 CROSS JOIN LATERAL (
    SELECT websearch_to_tsquery('english', left({search}, 200))
        || websearch_to_tsquery('simple', left({search}, 200))
 ) asked (query)
 CROSS JOIN LATERAL unnest(string_to_array(
    ts_headline('english', replace(e.body, chr(2), ''), asked.query,
                concat('MaxWords=40, MinWords=20, StartSel=', chr(2), ', StopSel=', chr(2))),
    chr(2))) WITH ORDINALITY f (fragment, number)
 WHERE f.fragment <> ''
)"""
