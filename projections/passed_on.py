"""What was shared, asked, answered and published to learn from, at any moment: dated rows, for reports."""

from typing import Any, Final, assert_never, get_args

from domain.conversation import AnswerAccepted, MessageWithdrawn, QuestionAnswered, QuestionAsked
from domain.resource import Audience, Described, DocumentShared, LinkShared, Published, Withdrawn
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements

# What a question or a resource is about changes what is told of it from then on; `accepted` is an answer that
# whoever asked has taken, until they take another or it is withdrawn.
DDL: Final = """
CREATE TABLE passed_on (
    item_id       uuid   NOT NULL,
    position      bigint NOT NULL,
    mentorship_id uuid   NOT NULL,
    kind          text   NOT NULL CHECK (kind IN ('document', 'link', 'question', 'answer')),
    question_id   uuid,
    published     boolean NOT NULL DEFAULT false,
    accepted      boolean NOT NULL DEFAULT false,
    topics        text[] NOT NULL DEFAULT '{}',
    at            timestamptz NOT NULL,
    until         timestamptz,
    PRIMARY KEY (item_id, position)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX passed_on_now ON passed_on (item_id) WHERE until IS NULL;
CREATE INDEX passed_on_by_mentorship ON passed_on (mentorship_id, at);
CREATE INDEX passed_on_by_question ON passed_on (question_id) WHERE question_id IS NOT NULL AND until IS NULL;
"""

SHARED: Final = """
INSERT INTO passed_on (item_id, position, mentorship_id, kind, topics, at)
SELECT %(item)s, %(position)s, %(mentorship)s, %(kind)s, %(topics)s, %(at)s
 WHERE NOT EXISTS (SELECT FROM passed_on WHERE item_id = %(item)s)
"""
ANSWERED: Final = """
INSERT INTO passed_on (item_id, position, mentorship_id, kind, question_id, at)
SELECT %(answer)s, %(position)s, q.mentorship_id, 'answer', q.item_id, %(at)s
  FROM passed_on q
 WHERE q.item_id = %(question)s AND q.kind = 'question'
   AND NOT EXISTS (SELECT FROM passed_on WHERE item_id = %(answer)s)
 LIMIT 1
"""


_ANEW: Final = """
WITH before AS (UPDATE passed_on SET until = %(at)s WHERE {which} AND until IS NULL RETURNING *)
INSERT INTO passed_on (item_id, position, mentorship_id, kind, question_id, at, published, accepted, topics)
SELECT item_id, %(position)s, mentorship_id, kind, question_id, %(at)s, {published}, {accepted}, {topics}
  FROM before
"""


def _anew(which: str, **changed: str) -> str:
    """Rows that follow those before: only what is said to have `changed` differs."""
    kept = {column: column for column in ("published", "accepted", "topics")}
    return _ANEW.format(which=which, **{**kept, **changed})


DESCRIBED: Final = _anew("item_id = %(item)s", topics="%(topics)s::text[]")
PUBLISHED: Final = _anew("item_id = %(item)s", published="%(is)s::boolean")
ACCEPTED: Final = _anew(
    "question_id = %(question)s AND accepted IS DISTINCT FROM (item_id = %(item)s)",
    accepted="item_id = %(item)s::uuid",
)
WITHDRAWN: Final = """
UPDATE passed_on SET until = %(at)s WHERE item_id = %(item)s AND until IS NULL
"""

Passing = (
    DocumentShared | LinkShared | Described | Published | Withdrawn
    | QuestionAsked | QuestionAnswered | AnswerAccepted | MessageWithdrawn
)  # fmt: skip


def project(sql: Statements, recorded: RecordedEvent) -> None:
    seen: dict[str, Any] = {
        "item": recorded.stream_id,
        "at": recorded.recorded_at,
        "position": recorded.position,
    }
    event: Passing = recorded.event  # type: ignore[assignment]  # PROJECTION.names are this union's
    match event:
        case DocumentShared() | LinkShared():
            kind = "document" if isinstance(event, DocumentShared) else "link"
            sql.execute(SHARED, {**seen, "mentorship": event.mentorship, "kind": kind, "topics": []})
        case Described():
            sql.execute(DESCRIBED, {**seen, "topics": list(event.topics)})
        case Published():
            sql.execute(PUBLISHED, {**seen, "is": event.to is not Audience.MEMBERS})
        case Withdrawn():
            sql.execute(WITHDRAWN, seen)
        case QuestionAsked():
            asked = {"item": event.question, "kind": "question", "topics": list(event.topics)}
            sql.execute(SHARED, {**seen, "mentorship": event.mentorship, **asked})
        case QuestionAnswered():
            sql.execute(ANSWERED, {**seen, "question": event.question, "answer": event.answer})
        case AnswerAccepted():
            sql.execute(ACCEPTED, {**seen, "item": event.answer, "question": event.question})
        case MessageWithdrawn():
            sql.execute(WITHDRAWN, {**seen, "item": event.message})
        case _:
            assert_never(event)


PROJECTION: Final = Projection(
    name="passed_on",
    version=1,
    ddl=DDL,
    tables=("passed_on",),
    names=frozenset(kind.event_name for kind in get_args(Passing)),
    apply=project,
)
