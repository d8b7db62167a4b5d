"""What is said in each relationship: messages, questions and their answers, word by word."""

from typing import Any, Final, assert_never, get_args

from domain.conversation import (
    AnswerAccepted,
    ConversationEvent,
    Kind,
    MessageSent,
    MessageWithdrawn,
    QuestionAnswered,
    QuestionAsked,
)
from domain.event import DomainEvent
from domain.ids import MentorshipId, conversation_id
from domain.mentorship import Began
from domain.participant import Erased
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, known

DDL: Final = """
CREATE TABLE conversations (
    conversation_id uuid   PRIMARY KEY,
    mentorship_id   uuid   NOT NULL UNIQUE,
    version         bigint NOT NULL DEFAULT 0,
    position        bigint NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE conversation_said (
    said_id         uuid   PRIMARY KEY,
    conversation_id uuid   NOT NULL,
    mentorship_id   uuid   NOT NULL,
    kind            text   NOT NULL CHECK (kind IN ('message', 'question', 'answer')),
    by_id           uuid   NOT NULL,
    text            text,
    reply_to        uuid,
    question_id     uuid,
    topics          text[],
    sharing         text,
    said_at         timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    accepted_at     timestamptz,
    position        bigint NOT NULL
);
CREATE INDEX conversation_said_by_time ON conversation_said (mentorship_id, kind, position);
CREATE INDEX conversation_said_by_question ON conversation_said (question_id, position)
 WHERE question_id IS NOT NULL;
CREATE INDEX conversation_said_by_person ON conversation_said (by_id);

CREATE TABLE conversation_erased (participant_id uuid PRIMARY KEY);
"""

BEGAN: Final = """
INSERT INTO conversations (conversation_id, mentorship_id, position)
VALUES (%(conversation)s, %(mentorship)s, %(position)s)
ON CONFLICT DO NOTHING
"""
# What follows an erasure in the log may be readable still, until the key is gone.
SAID: Final = """
INSERT INTO conversation_said (said_id, conversation_id, mentorship_id, kind, by_id, text, reply_to,
                               question_id, topics, sharing, said_at, position)
SELECT %(said)s, c.conversation_id, c.mentorship_id, %(kind)s, %(by)s,
       CASE WHEN NOT EXISTS (SELECT FROM conversation_erased WHERE participant_id = %(by)s)
            THEN %(text)s::text END,
       %(reply_to)s, %(question)s, %(topics)s, %(sharing)s, %(at)s, %(position)s
  FROM conversations c WHERE c.conversation_id = %(conversation)s
ON CONFLICT (said_id) DO NOTHING
"""
WITHDRAWN: Final = """
UPDATE conversation_said SET text = NULL, topics = NULL, withdrawn_at = %(at)s
 WHERE said_id = %(said)s AND conversation_id = %(conversation)s AND withdrawn_at IS NULL
"""
ACCEPTED: Final = """
UPDATE conversation_said SET accepted_at = CASE WHEN said_id = %(said)s THEN %(at)s::timestamptz END
 WHERE question_id = %(question)s AND conversation_id = %(conversation)s
   AND (said_id = %(said)s OR accepted_at IS NOT NULL)
"""
SEEN: Final = """
UPDATE conversations SET version = %(version)s, position = %(position)s
 WHERE conversation_id = %(conversation)s
"""
ERASED: Final = (
    "INSERT INTO conversation_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING",
    "UPDATE conversation_said SET text = NULL WHERE by_id = %(person)s",
)


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    match event:
        case Erased():
            for statement in ERASED:
                sql.execute(statement, {"person": recorded.stream_id})
        case Began():
            _begin(sql, MentorshipId(recorded.stream_id), recorded.position)
        case _:
            _project_talk(sql, recorded, event)


def _begin(sql: Statements, mentorship: MentorshipId, position: int) -> None:
    """Every relationship has its conversation, before anything is said in it."""
    about = {"conversation": conversation_id(mentorship), "mentorship": mentorship, "position": position}
    sql.execute(BEGAN, about)


def _project_talk(sql: Statements, recorded: RecordedEvent, event: DomainEvent) -> None:
    seen: dict[str, Any] = {
        "conversation": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    talk: ConversationEvent = event  # type: ignore[assignment]  # what PROJECTION.names leaves
    match talk:
        case MessageSent() | QuestionAsked() | QuestionAnswered():
            sql.execute(SAID, {**seen, **_words(talk), "by": talk.by, "text": known(talk.text)})
        case MessageWithdrawn():
            sql.execute(WITHDRAWN, {**seen, "said": talk.message})
        case AnswerAccepted():
            sql.execute(ACCEPTED, {**seen, "said": talk.answer, "question": talk.question})
        case _:
            assert_never(talk)
    sql.execute(SEEN, seen)


def _words(event: MessageSent | QuestionAsked | QuestionAnswered) -> dict[str, Any]:
    absent = dict.fromkeys(("reply_to", "question", "topics", "sharing"))
    match event:
        case MessageSent():
            return {**absent, "said": event.message, "kind": Kind.MESSAGE, "reply_to": event.reply_to}
        case QuestionAsked():
            said = {"said": event.question, "kind": Kind.QUESTION, "topics": list(event.topics)}
            return {**absent, **said, "sharing": event.sharing}
        case QuestionAnswered():
            said = {"said": event.answer, "kind": Kind.ANSWER, "question": event.question}
            return {**absent, **said, "sharing": event.sharing}
        case _:
            assert_never(event)


PROJECTION: Final = Projection(
    name="conversations",
    version=1,
    ddl=DDL,
    tables=("conversations", "conversation_said", "conversation_erased"),
    names=frozenset(
        {
            Erased.event_name,
            Began.event_name,
            *(kind.event_name for kind in get_args(ConversationEvent)),
        }
    ),
    apply=project,
)
