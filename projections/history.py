"""The history of every relationship as one timeline: what happens in it, its meetings, its conversation, its
resources and assignments, in the inquiry that led to it, and what surveys asked of it.
"""

from typing import Any, Final
from uuid import UUID

from domain.conversation import MessageWithdrawn
from domain.inquiry import Asked, SessionAgreed
from domain.mentorship import Began, ConcernSettled
from domain.participant import Erased
from domain.resource import Withdrawn
from domain.store import RecordedEvent
from projections.history_entries import TOLD, Told, facts, item, people, secrecy, subject_of, words
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE history (
    position      bigint      PRIMARY KEY,
    mentorship_id uuid,
    stream_id     uuid        NOT NULL,
    item          uuid,
    name          text        NOT NULL,
    kind          text        NOT NULL,
    at            timestamptz NOT NULL,
    by_id         uuid,
    people        uuid[]      NOT NULL,
    content       text,
    private_to    uuid,
    hidden        boolean     NOT NULL,
    staff         boolean     NOT NULL,
    subject_id    uuid,
    text          text,
    words         tsvector    GENERATED ALWAYS AS (
                                  to_tsvector('english', text) || to_tsvector('simple', text)) STORED,
    facts         jsonb       NOT NULL,
    details       jsonb       NOT NULL
);
-- A relationship has some hundred entries. Reckoned with few of them, a page of a long one would be sorted
-- out of all its entries instead of being read in their order.
ALTER TABLE history ALTER COLUMN mentorship_id SET (n_distinct = -0.01);
CREATE INDEX history_in_order ON history (mentorship_id, position);
CREATE INDEX history_by_item ON history (stream_id, item);
CREATE INDEX history_by_subject ON history (subject_id) WHERE text IS NOT NULL;
CREATE INDEX history_by_words ON history USING gin (words);

CREATE TABLE history_streams (
    stream_id     uuid PRIMARY KEY,
    mentorship_id uuid,
    kind          text NOT NULL
);

CREATE TABLE history_erased (participant_id uuid PRIMARY KEY);
"""

# Only the first event of a stream says which relationship it belongs to.
STREAM_BEGAN: Final = """
INSERT INTO history_streams (stream_id, mentorship_id, kind) VALUES (%(stream)s, %(mentorship)s, %(kind)s)
ON CONFLICT (stream_id) DO NOTHING
"""
# What settles something is told to whom that was told.
RECORDED: Final = """
INSERT INTO history (position, mentorship_id, stream_id, item, name, kind, at, by_id, people, content,
                     private_to, hidden, staff, subject_id, text, facts, details)
SELECT %(position)s::bigint, s.mentorship_id, s.stream_id, %(item)s::uuid, %(name)s,
       coalesce(%(kind)s, s.kind), %(at)s::timestamptz, %(by)s::uuid, %(people)s::uuid[], %(content)s,
       coalesce(%(private_to)s::uuid, o.private_to), coalesce(o.hidden, %(hidden)s::boolean),
       %(staff)s::boolean, %(subject)s::uuid,
       CASE WHEN NOT EXISTS (SELECT FROM history_erased WHERE participant_id = %(subject)s::uuid)
            THEN %(text)s END,
       %(facts)s::jsonb, %(details)s::jsonb
  FROM history_streams s
  LEFT JOIN LATERAL (SELECT h.private_to, h.hidden FROM history h
                      WHERE h.stream_id = s.stream_id AND h.item = %(settles)s::uuid
                      ORDER BY h.position LIMIT 1) o ON true
 WHERE s.stream_id = %(stream)s
"""
LED_TO: Final = """
UPDATE history_streams SET mentorship_id = %(mentorship)s WHERE stream_id = %(stream)s
"""
ENTRIES_LED_TO: Final = "UPDATE history SET mentorship_id = %(mentorship)s WHERE stream_id = %(stream)s"
MESSAGE_WITHDRAWN: Final = """
UPDATE history SET text = NULL, details = '{}' WHERE stream_id = %(stream)s AND item = %(item)s
"""
RESOURCE_WITHDRAWN: Final = "UPDATE history SET text = NULL WHERE stream_id = %(stream)s"
ERASED: Final = """
INSERT INTO history_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING
"""
WORDS_ERASED: Final = "UPDATE history SET text = NULL WHERE subject_id = %(person)s AND text IS NOT NULL"


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
        sql.execute(WORDS_ERASED, {"person": recorded.stream_id})
        return
    told, stream = TOLD[type(event)], recorded.stream_id
    mentorship = _mentorship(recorded)
    if told.kind is not None and (mentorship is not None or isinstance(event, Asked)):
        began = {"stream": stream, "mentorship": mentorship, "kind": told.kind}
        sql.execute(STREAM_BEGAN, began)
    match event:
        case SessionAgreed():
            sql.execute(LED_TO, {"stream": stream, "mentorship": mentorship})
            sql.execute(ENTRIES_LED_TO, {"stream": stream, "mentorship": mentorship})
        case MessageWithdrawn():
            sql.execute(MESSAGE_WITHDRAWN, {"stream": stream, "item": event.message})
        case Withdrawn():
            sql.execute(RESOURCE_WITHDRAWN, {"stream": stream})
    sql.execute(RECORDED, _entry(recorded, told))


def _mentorship(recorded: RecordedEvent) -> UUID | None:
    """The relationship, where the event says it."""
    event = recorded.event
    return recorded.stream_id if isinstance(event, Began) else getattr(event, "mentorship", None)


def _entry(recorded: RecordedEvent, told: Told) -> dict[str, Any]:
    event = recorded.event
    subject = subject_of(event)
    secret = secrecy(event, told, subject)
    public, details = facts(event, told)
    return {
        "position": recorded.position,
        "stream": recorded.stream_id,
        "item": item(event, told),
        "settles": event.concern if isinstance(event, ConcernSettled) else None,
        "name": recorded.name,
        "kind": told.kind,
        "at": recorded.recorded_at,
        "by": getattr(event, "by", None) or _person(recorded.actor),
        "people": people(event, told),
        "content": told.content,
        "private_to": secret.private_to,
        "hidden": secret.hidden,
        "staff": secret.staff,
        "subject": subject,
        "text": words(event),
        "facts": jsonb(public),
        "details": jsonb(details),
    }


def _person(actor: str) -> UUID | None:
    """People act under their own id; others under whatever their token says."""
    try:
        return UUID(actor)
    except ValueError:
        return None


PROJECTION: Final = Projection(
    name="history",
    version=2,
    ddl=DDL,
    tables=("history", "history_streams", "history_erased"),
    names=frozenset(kind.event_name for kind in TOLD) | {Erased.event_name},
    apply=project,
)
