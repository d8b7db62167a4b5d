"""What can be said in a relationship."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import conversation_inputs as inputs
from api.command import Done, Payload, mutation, new_entity
from api.context import Info
from api.conversation import (
    Answer,
    Message,
    Question,
    Quote,
    load_answer,
    load_message,
    load_question,
    load_quote,
)
from api.conversation_inputs import ConversationCommandInput
from api.refusals import BadInput
from api.within import Within, act_within, mentorship_key
from domain import conversation
from domain.conversation import CONVERSATION
from domain.ids import conversation_id
from domain.permissions import Action
from domain.store import Decision, Step


@strawberry.type
class MessagePayload(Payload):
    message: Message | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.message = await load_message(info, entity)


@strawberry.type
class WithdrawalPayload(Payload):
    withdrawn: Quote | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.withdrawn = await load_quote(info, entity)


@strawberry.type
class QuestionPayload(Payload):
    question: Question | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.question = await load_question(info, entity)


@strawberry.type
class AnswerPayload(Payload):
    answer: Answer | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.answer = await load_answer(info, entity)


def said_id(given: str, *path: str) -> UUID:
    """Messages, questions and answers are called by their plain ids, within their relationship."""
    try:
        return UUID(given)
    except ValueError:
        raise BadInput.at("BAD_ID", "This is not an id of ours.", *path) from None


def _reply_to(given: inputs.SendMessageInput) -> UUID | None:
    to = given.reply_to
    return None if to is None or to is UNSET else said_id(to, "replyTo")


async def _say(
    info: Info,
    given: ConversationCommandInput,
    action: Action,
    decision: Decision,
    about: UUID,
    **words: Any,
) -> Done:
    """`about` is the message, question or answer that is shown afterwards."""
    mentorship = mentorship_key(given.mentorship, "mentorship")
    stream = CONVERSATION.stream(conversation_id(mentorship))

    def steps(found: Within) -> list[Step]:
        return [Step(stream, decision, {"within": found.relationship, "by": found.oneself, **words})]

    return replace(await act_within(info, given, mentorship, action, steps), entity=about)


async def _withdraw(info: Info, given: inputs.WithdrawMessageInput) -> Done:
    mentorship, message = mentorship_key(given.mentorship, "mentorship"), said_id(given.message, "message")
    stream = CONVERSATION.stream(conversation_id(mentorship))

    def steps(found: Within) -> list[Step]:
        return [Step(stream, conversation.withdraw_message, {"by": found.oneself, "message": message})]

    done = await act_within(info, given, mentorship, Action.WITHDRAW_MESSAGE, steps)
    return replace(done, entity=message)


@strawberry.type
class ConversationCommands:
    @mutation(MessagePayload)
    async def send_message(self, info: Info, input: inputs.SendMessageInput) -> Done:
        """Write to the others in the relationship."""
        message = new_entity(info.context, input)
        words = {
            "message": message,
            "text": input.text,
            "reply_to": _reply_to(input),
        }
        return await _say(info, input, Action.SEND_MESSAGE, conversation.send_message, message, **words)

    @mutation(WithdrawalPayload)
    async def withdraw_message(self, info: Info, input: inputs.WithdrawMessageInput) -> Done:
        """Take back what you have said: nobody is shown it any more, only that something was said."""
        return await _withdraw(info, input)

    @mutation(QuestionPayload)
    async def ask_question(self, info: Info, input: inputs.AskQuestionInput) -> Done:
        """Ask the others something that can be answered, and found again."""
        question = new_entity(info.context, input)
        words = {
            "question": question,
            "text": input.text,
            "topics": tuple(input.topics),
            "sharing": input.sharing,
        }
        return await _say(info, input, Action.ASK_QUESTION, conversation.ask_question, question, **words)

    @mutation(AnswerPayload)
    async def answer_question(self, info: Info, input: inputs.AnswerQuestionInput) -> Done:
        """Answer a question of this relationship."""
        answer = new_entity(info.context, input)
        words = {
            "question": said_id(input.question, "question"),
            "answer": answer,
            "text": input.text,
            "sharing": input.sharing,
        }
        return await _say(info, input, Action.ANSWER_QUESTION, conversation.answer_question, answer, **words)

    @mutation(AnswerPayload)
    async def accept_answer(self, info: Info, input: inputs.AcceptAnswerInput) -> Done:
        """Say that this answers what you have asked; another one accepted later takes its place."""
        answer = said_id(input.answer, "answer")
        decision = conversation.accept_answer
        return await _say(info, input, Action.ACCEPT_ANSWER, decision, answer, answer=answer)
