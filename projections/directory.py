"""The directory of experts: who is listed, by every word, topic, language and place they can be found by.

What everybody says of themself waits in `directory_people`. Of whoever is listed, `directory` holds what is
searched, and the tallies hold how many there are of everything, so that nobody counts them all again.
"""

from collections.abc import Sequence
from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.inquiry import Asked, Rated
from domain.participant import (
    AvailabilitySet,
    Erased,
    GuestInvited,
    Left,
    ListedAsExpert,
    ProfileDescribed,
    RecordSynced,
    Registered,
    Returned,
    UnlistedAsExpert,
)
from domain.profile import key_of
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

# fmt: off
DirectoryEvent = (
    Registered | RecordSynced | ProfileDescribed | AvailabilitySet | ListedAsExpert | UnlistedAsExpert
    | GuestInvited | Left | Returned | Erased | Asked | Rated
)
# fmt: on

FEWEST_RATINGS: Final = 3
"""Fewer would tell who has given which."""

TALLIED: Final = """(
    SELECT 'topic', k.key, r.topics[k.n] FROM {rows} r, unnest(r.topic_keys) WITH ORDINALITY AS k (key, n)
     UNION ALL SELECT 'language', l, l FROM {rows} r, unnest(r.languages) AS l
     UNION ALL SELECT 'location', r.location, r.location FROM {rows} r WHERE r.location IS NOT NULL
     UNION ALL SELECT 'available', r.available::text, r.available::text FROM {rows} r)"""
"""What is counted of the rows: facet, value, and how the value is spelled."""

# Long columns of the listed are moved out of their rows: whoever counts thousands reads only what is counted.
DDL: Final = """
CREATE TABLE directory_people (
    participant_id   uuid PRIMARY KEY,
    status           text NOT NULL,
    name             text,
    job_title        text,
    department       text,
    location         text,
    languages        text[] NOT NULL DEFAULT '{}',
    biography        text,
    hours_a_month    int,
    accepting        boolean NOT NULL DEFAULT true,
    headline         text,
    topics           text[],
    topic_keys       text[],
    invited_until    date,
    invited_headline text,
    invited_topics   text[]
) WITH (fillfactor = 80);

CREATE TABLE directory_ratings (
    inquiry_id uuid PRIMARY KEY,
    expert_id  uuid NOT NULL,
    rating     int
);
CREATE INDEX directory_ratings_by_expert ON directory_ratings (expert_id);

CREATE TABLE directory (
    participant_id uuid    PRIMARY KEY,
    name           text    NOT NULL,
    topics         text[]  NOT NULL,
    topic_keys     text[]  NOT NULL,
    languages      text[]  NOT NULL,
    location       text,
    available      boolean NOT NULL,
    guest          boolean NOT NULL,
    rating         float8,
    ratings        int     NOT NULL,
    standing       int     NOT NULL,
    subject        tsvector NOT NULL,
    document       tsvector NOT NULL
) WITH (toast_tuple_target = 256);
ALTER TABLE directory ALTER COLUMN document SET STORAGE EXTERNAL;
CREATE INDEX directory_by_document ON directory USING gin (document);
CREATE INDEX directory_by_subject ON directory USING gin (subject);
CREATE INDEX directory_by_topic ON directory USING gin (topic_keys);
CREATE INDEX directory_by_language ON directory USING gin (languages);
CREATE INDEX directory_by_location ON directory (location);
CREATE INDEX directory_by_name ON directory (name, participant_id);
CREATE INDEX directory_by_standing ON directory (standing, participant_id);

CREATE TABLE directory_tallies (
    facet   text NOT NULL,
    value   text NOT NULL,
    label   text NOT NULL,
    experts int  NOT NULL,
    PRIMARY KEY (facet, value)
) WITH (fillfactor = 50);

CREATE TABLE directory_words (
    word     text COLLATE "C" PRIMARY KEY,
    trigrams text[] NOT NULL
);
CREATE INDEX directory_words_by_trigrams ON directory_words USING gin (trigrams);
"""

REGISTERED: Final = """
INSERT INTO directory_people (participant_id, status, name) VALUES (%(person)s, 'active', %(name)s)
ON CONFLICT (participant_id) DO NOTHING
"""
SYNCED: Final = """
UPDATE directory_people
   SET name       = CASE WHEN 'name'       = ANY (%(said)s) THEN %(name)s       ELSE name       END,
       job_title  = CASE WHEN 'job_title'  = ANY (%(said)s) THEN %(job_title)s  ELSE job_title  END,
       department = CASE WHEN 'department' = ANY (%(said)s) THEN %(department)s ELSE department END,
       location   = CASE WHEN 'location'   = ANY (%(said)s) THEN %(location)s   ELSE location   END,
       languages  = CASE WHEN 'languages'  = ANY (%(said)s) THEN %(languages)s  ELSE languages  END
 WHERE participant_id = %(person)s
"""
DESCRIBED: Final = """
UPDATE directory_people
   SET languages = CASE WHEN 'languages' = ANY (%(said)s) THEN %(languages)s ELSE languages END,
       biography = CASE WHEN 'biography' = ANY (%(said)s) THEN %(biography)s ELSE biography END
 WHERE participant_id = %(person)s
"""
AVAILABLE: Final = """
UPDATE directory_people SET hours_a_month = %(hours_a_month)s, accepting = %(accepting)s
 WHERE participant_id = %(person)s
"""
LISTED: Final = """
UPDATE directory_people SET headline = %(headline)s, topics = %(topics)s, topic_keys = %(topic_keys)s
 WHERE participant_id = %(person)s
"""
INVITED: Final = """
UPDATE directory_people
   SET invited_until = %(until)s, invited_headline = %(headline)s, invited_topics = %(topics)s
 WHERE participant_id = %(person)s
"""
STATUS: Final = "UPDATE directory_people SET status = %(status)s WHERE participant_id = %(person)s"
ERASED: Final = """
UPDATE directory_people
   SET status = 'erased', name = NULL, job_title = NULL, department = NULL, location = NULL, languages = '{}',
       biography = NULL, hours_a_month = NULL, accepting = false, headline = NULL, topics = NULL,
       topic_keys = NULL, invited_until = NULL, invited_headline = NULL, invited_topics = NULL
 WHERE participant_id = %(person)s
"""
ASKED: Final = """
INSERT INTO directory_ratings (inquiry_id, expert_id) VALUES (%(inquiry)s, %(expert)s)
ON CONFLICT (inquiry_id) DO NOTHING
"""
RATED: Final = "UPDATE directory_ratings SET rating = %(rating)s WHERE inquiry_id = %(inquiry)s"

# A stream is a person's own, or an inquiry, whose expert is found by the rating. Addresses and compounds are
# found by the words they are made of. A standing is a rating in thousandths, as if three more had given a 3:
# of few ratings it says less, and who has too few is in the middle. Only what differs from before is written:
# many say the same, and nothing that only the gone have said is left to be found, or to be suggested.
KEPT: Final = f"""
WITH whose AS (
    SELECT coalesce((SELECT o.expert_id FROM directory_ratings o WHERE o.inquiry_id = %(stream)s),
                    %(stream)s) AS id),
said AS (
    SELECT p.*, r.ratings, r.total, coalesce(p.headline, '') || ' ' || array_to_string(p.topics, ' ') AS what,
           concat_ws(' ', p.name, p.job_title, p.department, p.location) AS who
      FROM whose JOIN directory_people p ON p.participant_id = whose.id
     CROSS JOIN LATERAL (
           SELECT count(o.rating)::int AS ratings, coalesce(sum(o.rating), 0)::int AS total
             FROM directory_ratings o WHERE o.expert_id = p.participant_id) r
     WHERE p.status = 'active' AND p.topics IS NOT NULL),
worded AS (
    SELECT said.*, to_tsvector('simple', translate(what, './:@_-', '      ')) AS subject,
           to_tsvector('simple', translate(who, './:@_-', '      ')) AS person,
           to_tsvector('simple', translate(coalesce(biography, ''), './:@_-', '      ')) AS life
      FROM said),
old AS (SELECT d.* FROM whose JOIN directory d ON d.participant_id = whose.id),
new AS (
    INSERT INTO directory (participant_id, name, topics, topic_keys, languages, location, available, guest,
                           rating, ratings, standing, subject, document)
    SELECT participant_id, coalesce(name, ''), topics, topic_keys, languages, location,
           accepting AND hours_a_month IS DISTINCT FROM 0, invited_until IS NOT NULL,
           CASE WHEN ratings >= {FEWEST_RATINGS} THEN round(total::numeric / ratings, 2) END, ratings,
           CASE WHEN ratings >= {FEWEST_RATINGS} THEN (total + 9) * 1000 / (ratings + 3) ELSE 3000 END,
           subject, setweight(subject, 'A') || setweight(person, 'B') || setweight(life, 'D')
      FROM worded
    ON CONFLICT (participant_id) DO UPDATE
       SET (name, topics, topic_keys, languages, location, available, guest, rating, ratings, standing,
            subject, document)
         = (excluded.name, excluded.topics, excluded.topic_keys, excluded.languages, excluded.location,
            excluded.available, excluded.guest, excluded.rating, excluded.ratings, excluded.standing,
            excluded.subject, excluded.document)
    RETURNING *),
withdrawn AS (
    DELETE FROM directory d USING whose
     WHERE d.participant_id = whose.id AND NOT EXISTS (SELECT FROM said)),
spoken AS (
    INSERT INTO directory_words (word, trigrams)
    SELECT w.word, (SELECT array_agg(DISTINCT substr('  ' || w.word || ' ', n, 3))
                      FROM generate_series(1, length(w.word) + 1) n)
      FROM (SELECT unnest(tsvector_to_array(document)) FROM new
            EXCEPT SELECT unnest(tsvector_to_array(document)) FROM old) AS w (word)
    ON CONFLICT (word) DO NOTHING),
silenced AS (
    DELETE FROM directory_words g USING whose
     WHERE g.word IN (SELECT unnest(tsvector_to_array(document)) FROM old
                      EXCEPT SELECT unnest(tsvector_to_array(document)) FROM new)
       AND NOT EXISTS (SELECT FROM directory d WHERE d.participant_id <> whose.id
                          AND d.document @@ quote_literal(g.word)::tsquery)),
change AS (
    SELECT h.facet, h.value, min(h.label) AS label, sum(h.experts)::int AS experts
      FROM (SELECT 1 AS experts, n.* FROM {TALLIED.format(rows="new")} n (facet, value, label)
             UNION ALL SELECT -1, o.* FROM {TALLIED.format(rows="old")} o (facet, value, label)) h
     GROUP BY h.facet, h.value HAVING sum(h.experts) <> 0),
counted AS (
    UPDATE directory_tallies t SET experts = t.experts + c.experts
      FROM change c WHERE t.facet = c.facet AND t.value = c.value AND t.experts + c.experts > 0),
uncounted AS (
    DELETE FROM directory_tallies t USING change c
     WHERE t.facet = c.facet AND t.value = c.value AND t.experts + c.experts = 0)
INSERT INTO directory_tallies (facet, value, label, experts)
SELECT c.facet, c.value, c.label, c.experts FROM change c
 WHERE NOT EXISTS (SELECT FROM directory_tallies t WHERE t.facet = c.facet AND t.value = c.value)
"""  # noqa: S608 every part of it is written here


def project(sql: Statements, recorded: RecordedEvent) -> None:
    """The directory then shows whoever it is about as they are now, or no longer."""
    _change(sql, recorded.stream_id, recorded.event)  # type: ignore[arg-type]  # PROJECTION.names are this union's
    sql.execute(KEPT, {"stream": recorded.stream_id})


def _change(sql: Statements, stream: UUID, event: DirectoryEvent) -> None:
    person = {"person": stream}
    match event:
        case Registered(name=name):
            sql.execute(REGISTERED, {**person, "name": known(name)})
        case RecordSynced() | ProfileDescribed():
            _described(sql, stream, event)
        case AvailabilitySet():
            sql.execute(AVAILABLE, {**person, **event.model_dump(exclude={"until"})})
        case ListedAsExpert(headline=headline, topics=topics):
            sql.execute(LISTED, {**person, "headline": known(headline), **_by_key(topics)})
        case UnlistedAsExpert():
            sql.execute(LISTED, {**person, "headline": None, "topics": None, "topic_keys": None})
        case GuestInvited(until=until, headline=headline, topics=topics):
            invitation = {"until": until, "headline": known(headline), "topics": list(topics)}
            sql.execute(INVITED, {**person, **invitation})
        case Left() | Returned():
            sql.execute(STATUS, {**person, "status": "left" if isinstance(event, Left) else "active"})
        case Erased():
            sql.execute(ERASED, person)
        case Asked(expert=expert):
            sql.execute(ASKED, {"inquiry": stream, "expert": expert})
        case Rated(rating=rating):
            sql.execute(RATED, {"inquiry": stream, "rating": rating})
        case _:
            assert_never(event)


def _described(sql: Statements, stream: UUID, event: RecordSynced | ProfileDescribed) -> None:
    told: dict[str, Any] = {"person": stream, "said": list(event.changed), "languages": list(event.languages)}
    if isinstance(event, ProfileDescribed):
        sql.execute(DESCRIBED, {**told, "biography": known(event.biography)})
        return
    work = {"job_title": event.job_title, "department": event.department, "location": event.location}
    sql.execute(SYNCED, {**told, "name": known(event.name), **work})


def _by_key(topics: Sequence[str]) -> dict[str, list[str]]:
    """A topic that is spelled in two ways is one, in the first spelling."""
    spelled: dict[str, str] = {}
    for topic in topics:
        spelled.setdefault(key_of(topic), topic)
    return {"topics": list(spelled.values()), "topic_keys": list(spelled)}


PROJECTION: Final = Projection(
    name="directory",
    version=1,
    ddl=DDL,
    tables=("directory_people", "directory_ratings", "directory", "directory_tallies", "directory_words"),
    names=frozenset(kind.event_name for kind in get_args(DirectoryEvent)),
    apply=project,
)
