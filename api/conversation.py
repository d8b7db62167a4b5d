"""What is said in a relationship as the API shows it: messages, questions and answers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import SaidKind, Sharing
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

WORDS = "For whom the programme's confidentiality policy names; for nobody once it is withdrawn."
Person = Annotated["Participant", strawberry.lazy("api.participant")]


@strawberry.type(description="What a message replies to: another one, a question or an answer.")
class Quote:
    said_id: UUID
    kind: SaidKind
    text: str | None = strawberry.field(description=WORDS)
    withdrawn_at: datetime | None
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge)


@strawberry.type(description="Something that a member has written to the others.")
class Message:
    message_id: UUID
    text: str | None = strawberry.field(description=WORDS)
    sent_at: datetime
    withdrawn_at: datetime | None
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge)
    reply_to: Quote | None = strawberry.field(resolver=edges.edge)


@strawberry.type(description="Something that a member wants to know.")
class Question:
    question_id: UUID
    text: str | None = strawberry.field(description=WORDS)
    topics: list[str] | None = strawberry.field(description=WORDS)
    sharing: Sharing = strawberry.field(description="How far it may be found once an answer is accepted.")
    asked_at: datetime
    withdrawn_at: datetime | None
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge)
    answers: Connection["Answer"] | None = strawberry.field(
        resolver=edges.page, description="In the order they were given."
    )


@strawberry.type(description="What a member says to a question.")
class Answer:
    answer_id: UUID
    text: str | None = strawberry.field(description=WORDS)
    sharing: Sharing = strawberry.field(description="How far it may be found once it is accepted.")
    answered_at: datetime
    accepted_at: datetime | None = strawberry.field(description="Null: it is not, or no longer.")
    withdrawn_at: datetime | None
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge)
    question: Question | None = strawberry.field(resolver=edges.edge)


async def _questions(
    root: Any,
    info: Info,
    *,
    answered: bool | None = UNSET,
    accepted: bool | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


@strawberry.type(description="All that is said in one relationship.")
class Conversation(Node):
    id: strawberry.ID
    version: int = strawberry.field(description="Grows with everything that is said.")
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    messages: Connection[Message] | None = strawberry.field(
        resolver=edges.page, description="The newest first."
    )
    questions: Connection[Question] | None = strawberry.field(
        resolver=_questions, description="The newest first."
    )
    log: Connection[LogEntry] | None = edges.log_field()


async def load_message(info: Info, key: UUID) -> Message | None:
    found: Message | None = await load(info, "Message", key)
    return found


async def load_quote(info: Info, key: UUID) -> Quote | None:
    found: Quote | None = await load(info, "Quote", key)
    return found


async def load_question(info: Info, key: UUID) -> Question | None:
    found: Question | None = await load(info, "Question", key)
    return found


async def load_answer(info: Info, key: UUID) -> Answer | None:
    found: Answer | None = await load(info, "Answer", key)
    return found
