"""Questions to experts: who has asked whom, what was said since, and what came of it."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.inquiry import (
    Answered,
    Asked,
    Closed,
    Declined,
    FollowedUp,
    InquiryEvent,
    Rated,
    SessionAgreed,
)
from domain.participant import Erased
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

DDL: Final = """
CREATE TABLE inquiries (
    inquiry_id     uuid   PRIMARY KEY,
    expert_id      uuid   NOT NULL,
    asker_id       uuid   NOT NULL,
    topics         text[] NOT NULL,
    session_wished boolean NOT NULL,
    state          text   NOT NULL CHECK (state IN ('waiting', 'answered', 'declined', 'closed')),
    decline_reason text,
    mentorship_id  uuid,
    rating         int,
    comment        text,
    asked_at       timestamptz NOT NULL,
    ended_at       timestamptz,
    asked_position bigint NOT NULL,
    version        bigint NOT NULL,
    position       bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX inquiries_by_asking ON inquiries (asked_position);
CREATE INDEX inquiries_by_expert ON inquiries (expert_id, asked_position);
CREATE INDEX inquiries_by_asker ON inquiries (asker_id, asked_position);

CREATE TABLE inquiry_words (
    position   bigint PRIMARY KEY,
    inquiry_id uuid   NOT NULL,
    kind       text   NOT NULL CHECK (kind IN ('question', 'further_question', 'answer')),
    by_id      uuid   NOT NULL,
    text       text,
    said_at    timestamptz NOT NULL
);
CREATE INDEX inquiry_words_by_inquiry ON inquiry_words (inquiry_id, position);
CREATE INDEX inquiry_words_by_person ON inquiry_words (by_id);

CREATE TABLE inquiry_erased (participant_id uuid PRIMARY KEY);
"""

ASKED: Final = """
INSERT INTO inquiries (inquiry_id, expert_id, asker_id, topics, session_wished, state, asked_at,
                       asked_position, version, position)
VALUES (%(inquiry)s, %(expert)s, %(by)s, %(topics)s, %(session)s, 'waiting', %(at)s, %(position)s,
        %(version)s, %(position)s)
ON CONFLICT (inquiry_id) DO NOTHING
"""
SAID: Final = """
INSERT INTO inquiry_words (position, inquiry_id, kind, by_id, text, said_at)
VALUES (%(position)s, %(inquiry)s, %(kind)s, %(by)s, %(text)s, %(at)s)
"""
FOLLOWED_UP: Final = """
UPDATE inquiries SET state = 'waiting', session_wished = session_wished OR %(session)s::boolean
 WHERE inquiry_id = %(inquiry)s
"""
ANSWERED: Final = "UPDATE inquiries SET state = 'answered' WHERE inquiry_id = %(inquiry)s"
DECLINED: Final = """
UPDATE inquiries SET state = 'declined', decline_reason = %(reason)s, ended_at = %(at)s
 WHERE inquiry_id = %(inquiry)s
"""
AGREED: Final = "UPDATE inquiries SET mentorship_id = %(mentorship)s WHERE inquiry_id = %(inquiry)s"
CLOSED: Final = "UPDATE inquiries SET state = 'closed', ended_at = %(at)s WHERE inquiry_id = %(inquiry)s"
RATED: Final = """
UPDATE inquiries SET rating = %(rating)s, comment = %(comment)s WHERE inquiry_id = %(inquiry)s
"""
SEEN: Final = """
UPDATE inquiries SET version = %(version)s, position = %(position)s WHERE inquiry_id = %(inquiry)s
"""
ERASED: Final = "INSERT INTO inquiry_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING"
CLEARED: Final = (
    """
UPDATE inquiry_words SET text = NULL
 WHERE by_id = %(person)s AND EXISTS (SELECT FROM inquiry_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE inquiries SET decline_reason = NULL
 WHERE expert_id = %(person)s AND EXISTS (SELECT FROM inquiry_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE inquiries SET comment = NULL
 WHERE asker_id = %(person)s AND EXISTS (SELECT FROM inquiry_erased WHERE participant_id = %(person)s)
""",
)


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
        _clear(sql, recorded.stream_id)
    else:
        _project_inquiry(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _clear(sql: Statements, person: UUID) -> None:
    """Words may follow the erasure in the log, and be readable still until the key is gone."""
    for statement in CLEARED:
        sql.execute(statement, {"person": person})


def _project_inquiry(sql: Statements, recorded: RecordedEvent, event: InquiryEvent) -> None:
    seen: dict[str, Any] = {
        "inquiry": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Asked():
            asked = {"topics": list(event.topics), "session": event.session, "expert": event.expert}
            sql.execute(ASKED, {**seen, **asked, "by": event.by})
            sql.execute(SAID, {**seen, **_words("question", event)})
        case FollowedUp():
            sql.execute(FOLLOWED_UP, {**seen, "session": event.session})
            sql.execute(SAID, {**seen, **_words("further_question", event)})
        case Answered():
            sql.execute(ANSWERED, seen)
            sql.execute(SAID, {**seen, **_words("answer", event)})
        case Declined():
            sql.execute(DECLINED, {**seen, "reason": known(event.reason)})
        case SessionAgreed(mentorship=mentorship):
            sql.execute(AGREED, {**seen, "mentorship": mentorship})
        case Closed():
            sql.execute(CLOSED, seen)
        case Rated():
            sql.execute(RATED, {**seen, "rating": event.rating, "comment": known(event.comment)})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)
    if event.personal_fields:
        _clear(sql, getattr(event, str(event.subject)))


def _words(kind: str, event: Asked | FollowedUp | Answered) -> dict[str, Any]:
    return {"kind": kind, "by": event.by, "text": known(event.text)}


PROJECTION: Final = Projection(
    name="inquiries",
    version=1,
    ddl=DDL,
    tables=("inquiries", "inquiry_words", "inquiry_erased"),
    names=frozenset(kind.event_name for kind in get_args(InquiryEvent)) | {Erased.event_name},
    apply=project,
)
