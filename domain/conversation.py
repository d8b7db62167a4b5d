"""A conversation: the messages, questions and answers of one relationship.

It may grow for years and every wish reads it, so its state remembers who said what under which id, and no
text: the store keeps it in mind, and nothing personal with it.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import Field

from domain.aggregate import Aggregate
from domain.by_id import ById
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency
from domain.refusal import Refusal
from domain.relationship import Relationship, Sharing, refuse_ended, refuse_outsiders
from domain.words import Text

Topics = Annotated[tuple[Competency, ...], Field(max_length=20)]


class MessageSent(DomainEvent, name="conversation.message_sent", subject="by"):
    """`reply_to` is another message, question or answer of the same conversation."""

    mentorship: MentorshipId
    message: UUID
    by: ParticipantId
    text: Personal[Text]
    reply_to: UUID | None = None


class MessageWithdrawn(DomainEvent, name="conversation.message_withdrawn"):
    """Nobody is shown its text any more. `message` may be a question or an answer as well."""

    message: UUID
    by: ParticipantId


class QuestionAsked(DomainEvent, name="conversation.question_asked", subject="by"):
    """`sharing` is how far the question may be found once an answer to it is accepted."""

    mentorship: MentorshipId
    question: UUID
    by: ParticipantId
    text: Personal[Text]
    topics: Topics = ()
    sharing: Sharing = Sharing.MEMBERS


class QuestionAnswered(DomainEvent, name="conversation.question_answered", subject="by"):
    """`sharing` is how far the answer may be found once it is accepted."""

    question: UUID
    answer: UUID
    by: ParticipantId
    text: Personal[Text]
    sharing: Sharing = Sharing.MEMBERS


class AnswerAccepted(DomainEvent, name="conversation.answer_accepted"):
    """By who asked; another one accepted later takes its place."""

    question: UUID
    answer: UUID
    by: ParticipantId


ConversationEvent = MessageSent | MessageWithdrawn | QuestionAsked | QuestionAnswered | AnswerAccepted


class Kind(StrEnum):
    MESSAGE = "message"
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Said:
    """`question` is what an answer answers; `accepted` the answer that a question has accepted."""

    kind: Kind
    by: ParticipantId
    question: UUID | None = None
    accepted: UUID | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that was said, by its id."""

    said: ById[Said] = field(default_factory=ById)


class NothingToReplyTo(Refusal):
    """What you reply to is not in this conversation."""


class MessageIsUnknown(Refusal):
    """There is no such message in this conversation."""


class QuestionIsUnknown(Refusal):
    """There is no such question in this conversation."""


class AnswerIsUnknown(Refusal):
    """There is no such answer in this conversation."""


class MessageIsWithdrawn(Refusal):
    """Who wrote this has withdrawn it."""


class SomebodyElseSaidThis(Refusal):
    """Only who wrote something withdraws it."""


class SomebodyElseAsked(Refusal):
    """Only who asked a question accepts an answer to it."""


def send_message(
    state: Conversation,
    *,
    within: Relationship,
    by: ParticipantId,
    message: UUID,
    text: str,
    reply_to: UUID | None = None,
) -> list[DomainEvent]:
    if message in state.said:
        return []
    _refuse_strangers(within, by)
    if reply_to is not None:
        if reply_to not in state.said:
            raise NothingToReplyTo
        _refuse_withdrawn(state.said[reply_to])
    where = within.mentorship
    return [MessageSent(mentorship=where, message=message, by=by, text=text, reply_to=reply_to)]


def withdraw_message(state: Conversation, *, by: ParticipantId, message: UUID) -> list[DomainEvent]:
    """Also once the relationship has ended: it takes away, and adds nothing."""
    said = state.said.get(message)
    if said is None:
        raise MessageIsUnknown
    if said.by != by:
        raise SomebodyElseSaidThis
    return [] if said.withdrawn else [MessageWithdrawn(message=message, by=by)]


def ask_question(
    state: Conversation,
    *,
    within: Relationship,
    by: ParticipantId,
    question: UUID,
    text: str,
    topics: Topics = (),
    sharing: Sharing = Sharing.MEMBERS,
) -> list[DomainEvent]:
    if question in state.said:
        return []
    _refuse_strangers(within, by)
    where = within.mentorship
    return [
        QuestionAsked(mentorship=where, question=question, by=by, text=text, topics=topics, sharing=sharing)
    ]


def answer_question(
    state: Conversation,
    *,
    within: Relationship,
    by: ParticipantId,
    question: UUID,
    answer: UUID,
    text: str,
    sharing: Sharing = Sharing.MEMBERS,
) -> list[DomainEvent]:
    """Anybody's, also of who asked."""
    if answer in state.said:
        return []
    _refuse_strangers(within, by)
    _refuse_withdrawn(_question(state, question))
    return [QuestionAnswered(question=question, answer=answer, by=by, text=text, sharing=sharing)]


def accept_answer(
    state: Conversation, *, within: Relationship, by: ParticipantId, answer: UUID
) -> list[DomainEvent]:
    _refuse_strangers(within, by)
    given = state.said.get(answer)
    if given is None or given.question is None:
        raise AnswerIsUnknown
    asked = _question(state, given.question)
    if asked.by != by:
        raise SomebodyElseAsked
    _refuse_withdrawn(asked)
    _refuse_withdrawn(given)
    if asked.accepted == answer:
        return []
    return [AnswerAccepted(question=given.question, answer=answer, by=by)]


def _refuse_strangers(within: Relationship, by: ParticipantId) -> None:
    refuse_ended(within)
    refuse_outsiders(within, by)


def _question(state: Conversation, question: UUID) -> Said:
    found = state.said.get(question)
    if found is None or found.kind is not Kind.QUESTION:
        raise QuestionIsUnknown
    return found


def _refuse_withdrawn(said: Said) -> None:
    if said.withdrawn:
        raise MessageIsWithdrawn


def evolve(state: Conversation, event: ConversationEvent) -> Conversation:
    said = state.said
    match event:
        case MessageSent():
            return Conversation(said.having(event.message, Said(Kind.MESSAGE, event.by)))
        case QuestionAsked():
            return Conversation(said.having(event.question, Said(Kind.QUESTION, event.by)))
        case QuestionAnswered():
            return Conversation(said.having(event.answer, Said(Kind.ANSWER, event.by, event.question)))
        case MessageWithdrawn():
            held = said.get(event.message)
            return Conversation(said.having(event.message, replace(held, withdrawn=True))) if held else state
        case AnswerAccepted():
            held = said.get(event.question)
            accepted = replace(held, accepted=event.answer) if held else None
            return Conversation(said.having(event.question, accepted)) if accepted else state
        case _:
            assert_never(event)


CONVERSATION: Final = Aggregate("conversation", Conversation(), evolve, remembered=True)
