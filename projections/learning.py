"""What can be learned from relationships, during and after them: accepted answers and shared resources."""

from collections.abc import Sequence
from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.conversation import AnswerAccepted, MessageWithdrawn, QuestionAnswered, QuestionAsked
from domain.participant import Erased
from domain.profile import key_of
from domain.resource import Described, DocumentShared, LinkShared, Published, ResourceEvent, Withdrawn
from domain.store import RecordedEvent
from projections import learning_sql
from projections.projection import Projection
from projections.statements import Statements, known

_Talk = QuestionAsked | QuestionAnswered | AnswerAccepted | MessageWithdrawn


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: Any = recorded.event
    seen: dict[str, Any] = {
        "stream": recorded.stream_id,
        "at": recorded.recorded_at,
        "position": recorded.position,
    }
    if isinstance(event, Erased):
        for statement in learning_sql.ERASED:
            sql.execute(statement, {"person": recorded.stream_id})
    elif recorded.name.startswith("conversation."):
        _project_talk(sql, event, seen)
    else:
        _project_resource(sql, event, seen)


def _project_talk(sql: Statements, event: _Talk, seen: dict[str, Any]) -> None:
    match event:
        case QuestionAsked():
            said = {**event.model_dump(), "text": known(event.text), **_topics(event.topics)}
            sql.execute(learning_sql.ASKED, {**seen, **said})
        case QuestionAnswered():
            said = {**event.model_dump(), "text": known(event.text)}
            sql.execute(learning_sql.ANSWERED, {**seen, **said})
        case AnswerAccepted():
            about = {**seen, "entry": event.answer, "question": event.question}
            sql.execute(learning_sql.REPLACED, about)
            sql.execute(learning_sql.ACCEPTED, about)
            _find_by_words(sql, event.answer)
        case MessageWithdrawn():
            for statement in learning_sql.UNSAID:
                sql.execute(statement, {**seen, "said": event.message})
        case _:
            assert_never(event)


def _project_resource(sql: Statements, event: ResourceEvent, seen: dict[str, Any]) -> None:
    match event:
        case DocumentShared() | LinkShared():
            sql.execute(learning_sql.SHARED, {**seen, **_shared(event)})
            _find_by_words(sql, seen["stream"])
        case Described():
            said = {"by": event.by, "title": known(event.title), "body": known(event.description)}
            sql.execute(learning_sql.DESCRIBED, {**seen, **said, **_topics(event.topics)})
            _find_by_words(sql, seen["stream"])
        case Published():
            sql.execute(learning_sql.PUBLISHED, {**seen, "audience": event.to, "named": event.named})
        case Withdrawn():
            sql.execute(learning_sql.WITHDRAWN, seen)
        case _:
            assert_never(event)


def _shared(event: DocumentShared | LinkShared) -> dict[str, Any]:
    kind, title = ("document", event.name) if isinstance(event, DocumentShared) else ("link", event.title)
    return {"kind": kind, "title": known(title), "mentorship": event.mentorship, "by": event.by}


def _topics(topics: Sequence[str]) -> dict[str, Any]:
    return {"topics": list(topics), "topic_keys": list(map(key_of, topics))}


def _find_by_words(sql: Statements, entry: UUID) -> None:
    for statement in (learning_sql.WORDS_FORGOTTEN, learning_sql.WORDS):
        sql.execute(statement, {"entry": entry})


PROJECTION: Final = Projection(
    name="learning",
    version=1,
    ddl=learning_sql.DDL,
    tables=learning_sql.TABLES,
    names=frozenset(kind.event_name for kind in (Erased, *get_args(_Talk), *get_args(ResourceEvent))),
    apply=project,
)
