"""A conversation: the messages, questions and answers of one relationship."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency
from domain.relationship import Sharing
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
    """Nobody is shown its text any more."""

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
Said = MessageSent | QuestionAsked | QuestionAnswered


@dataclass(frozen=True, slots=True)
class Conversation:
    """`said` has everything by its id; `accepted` the accepted answer of each question."""

    said: Mapping[UUID, Said] = field(default_factory=dict)
    withdrawn: frozenset[UUID] = frozenset()
    accepted: Mapping[UUID, UUID] = field(default_factory=dict)


def evolve(state: Conversation, event: ConversationEvent) -> Conversation:
    match event:
        case MessageSent():
            return replace(state, said={**state.said, event.message: event})
        case QuestionAsked():
            return replace(state, said={**state.said, event.question: event})
        case QuestionAnswered():
            return replace(state, said={**state.said, event.answer: event})
        case MessageWithdrawn():
            return replace(state, withdrawn=state.withdrawn | {event.message})
        case AnswerAccepted():
            return replace(state, accepted={**state.accepted, event.question: event.answer})
        case _:
            assert_never(event)


CONVERSATION: Final = Aggregate("conversation", Conversation(), evolve)
