"""The library's tables, and how each event changes them."""

from typing import Final

DDL: Final = """
CREATE TABLE library_said (
    said_id         uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    question_id     uuid,
    mentorship_id   uuid,
    by_id           uuid NOT NULL,
    text            text,
    topics          text[],
    topic_keys      text[],
    sharing         text NOT NULL
);
CREATE INDEX library_said_by_person ON library_said (by_id);

CREATE TABLE library_entries (
    entry_id      uuid    PRIMARY KEY,
    kind          text    NOT NULL CHECK (kind IN ('answer', 'document', 'link')),
    mentorship_id uuid    NOT NULL,
    question_id   uuid,
    author_id     uuid    NOT NULL,
    asker_id      uuid,
    described_by  uuid,
    own_title     text,
    title         text,
    body          text,
    topics        text[]  NOT NULL DEFAULT '{}',
    topic_keys    text[]  NOT NULL DEFAULT '{}',
    topic_words   text    NOT NULL DEFAULT '',
    audience      text    NOT NULL DEFAULT 'members' CHECK (audience IN ('members', 'program', 'directory')),
    author_named  boolean NOT NULL DEFAULT false,
    asker_named   boolean NOT NULL DEFAULT false,
    listed_at     timestamptz NOT NULL,
    position      bigint  NOT NULL,
    document      tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', coalesce(title, '')), 'A')
        || setweight(to_tsvector('simple', coalesce(title, '')), 'A')
        || setweight(to_tsvector('simple', topic_words), 'B')
        || setweight(to_tsvector('english', coalesce(body, '')), 'C')
        || setweight(to_tsvector('simple', coalesce(body, '')), 'C')) STORED
);
CREATE INDEX library_entries_by_document ON library_entries USING gin (document);
CREATE INDEX library_entries_by_topic ON library_entries USING gin (topic_keys);
CREATE INDEX library_entries_by_time ON library_entries (position);
CREATE INDEX library_entries_by_mentorship ON library_entries (mentorship_id);
CREATE INDEX library_entries_by_question ON library_entries (question_id) WHERE question_id IS NOT NULL;
CREATE INDEX library_entries_by_author ON library_entries (author_id);
CREATE INDEX library_entries_by_asker ON library_entries (asker_id) WHERE asker_id IS NOT NULL;
CREATE INDEX library_entries_by_describing ON library_entries (described_by) WHERE described_by IS NOT NULL;

CREATE TABLE library_words (
    entry_id uuid   NOT NULL REFERENCES library_entries ON DELETE CASCADE,
    word     text   NOT NULL,
    runs     text[] NOT NULL,
    PRIMARY KEY (entry_id, word)
);
CREATE INDEX library_words_by_word ON library_words (word);
CREATE INDEX library_words_by_runs ON library_words USING gin (runs);

CREATE TABLE library_erased (participant_id uuid PRIMARY KEY);
"""
TABLES: Final = ("library_said", "library_words", "library_entries", "library_erased")


# What follows an erasure in the log may be readable still, until the key is gone.
ASKED: Final = """
INSERT INTO library_said (said_id, conversation_id, mentorship_id, by_id, text, topics, topic_keys, sharing)
SELECT %(question)s, %(stream)s, %(mentorship)s, %(by)s, %(text)s, %(topics)s, %(topic_keys)s, %(sharing)s
 WHERE NOT EXISTS (SELECT FROM library_erased WHERE participant_id = %(by)s)
ON CONFLICT (said_id) DO NOTHING
"""
ANSWERED: Final = """
INSERT INTO library_said (said_id, conversation_id, question_id, by_id, text, sharing)
SELECT %(answer)s, %(stream)s, %(question)s, %(by)s, %(text)s, %(sharing)s
 WHERE NOT EXISTS (SELECT FROM library_erased WHERE participant_id = %(by)s)
ON CONFLICT (said_id) DO NOTHING
"""
REPLACED: Final = """
DELETE FROM library_entries WHERE question_id = %(question)s AND EXISTS (
    SELECT FROM library_said WHERE said_id = %(question)s AND conversation_id = %(stream)s)
"""
ACCEPTED: Final = """
INSERT INTO library_entries (entry_id, kind, mentorship_id, question_id, author_id, asker_id, own_title,
                             title, body, topics, topic_keys, topic_words, audience, author_named,
                             asker_named, listed_at, position)
SELECT a.said_id, 'answer', q.mentorship_id, q.said_id, a.by_id, q.by_id, q.text, q.text, a.text, q.topics,
       q.topic_keys, array_to_string(q.topic_keys, ' '),
       CASE WHEN 'members' IN (q.sharing, a.sharing) THEN 'members' ELSE 'program' END,
       a.sharing = 'named', q.sharing = 'named', %(at)s, %(position)s
  FROM library_said a JOIN library_said q ON q.said_id = a.question_id AND q.topics IS NOT NULL
 WHERE a.said_id = %(entry)s AND a.question_id = %(question)s AND a.conversation_id = %(stream)s
ON CONFLICT (entry_id) DO NOTHING
"""
UNSAID: Final = (
    """
    DELETE FROM library_entries WHERE %(said)s IN (entry_id, question_id) AND EXISTS (
        SELECT FROM library_said WHERE said_id = %(said)s AND conversation_id = %(stream)s)
    """,
    "DELETE FROM library_said WHERE said_id = %(said)s AND conversation_id = %(stream)s",
)

SHARED: Final = """
INSERT INTO library_entries (entry_id, kind, mentorship_id, author_id, own_title, title, listed_at, position)
SELECT %(stream)s, %(kind)s, %(mentorship)s, %(by)s, %(title)s, %(title)s, %(at)s, %(position)s
 WHERE NOT EXISTS (SELECT FROM library_erased WHERE participant_id = %(by)s)
ON CONFLICT (entry_id) DO NOTHING
"""
DESCRIBED: Final = """
UPDATE library_entries
   SET title = coalesce(CASE WHEN may.speak THEN %(title)s::text END, own_title),
       body = CASE WHEN may.speak THEN %(body)s::text END,
       described_by = %(by)s, topics = %(topics)s, topic_keys = %(topic_keys)s,
       topic_words = array_to_string(%(topic_keys)s::text[], ' ')
  FROM (SELECT NOT EXISTS (SELECT FROM library_erased WHERE participant_id = %(by)s)) may (speak)
 WHERE entry_id = %(stream)s
"""
PUBLISHED: Final = """
UPDATE library_entries SET audience = %(audience)s, author_named = %(named)s WHERE entry_id = %(stream)s
"""
WITHDRAWN: Final = "DELETE FROM library_entries WHERE entry_id = %(stream)s"

WORDS_FORGOTTEN: Final = "DELETE FROM library_words WHERE entry_id = %(entry)s"
# Each run of three characters, as pg_trgm has them, of the first fifty words: like spellings share many.
WORDS: Final = """
INSERT INTO library_words (entry_id, word, runs)
SELECT w.entry_id, w.word, ARRAY(SELECT DISTINCT substr('  ' || w.word || ' ', n, 3)
                                   FROM generate_series(1, length(w.word) + 1) n ORDER BY 1)
  FROM (SELECT DISTINCT e.entry_id, found[1] AS word
          FROM library_entries e,
               regexp_matches(lower(concat_ws(' ', e.title, e.topic_words)), '[[:alnum:]_+#]+', 'g') found
         WHERE e.entry_id = %(entry)s
         ORDER BY 2 LIMIT 50) w
"""

# Whoever is erased leaves no words: what they said or shared is gone, what others answered stays.
ERASED: Final = (
    "INSERT INTO library_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING",
    "DELETE FROM library_said WHERE by_id = %(person)s",
    "DELETE FROM library_entries WHERE author_id = %(person)s",
    """
    DELETE FROM library_words w USING library_entries e
     WHERE e.entry_id = w.entry_id AND %(person)s IN (e.asker_id, e.described_by)
    """,
    "UPDATE library_entries SET own_title = NULL, title = NULL WHERE asker_id = %(person)s",
    "UPDATE library_entries SET title = own_title, body = NULL WHERE described_by = %(person)s",
)
