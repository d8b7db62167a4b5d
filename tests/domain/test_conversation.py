"""A conversation: who says what to whom, who takes it back, and which answer is accepted."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from domain import conversation
from domain.admission import ProgramIsArchived
from domain.conversation import (
    CONVERSATION,
    AnswerAccepted,
    AnswerIsUnknown,
    Conversation,
    Kind,
    MessageIsUnknown,
    MessageIsWithdrawn,
    MessageSent,
    MessageWithdrawn,
    NothingToReplyTo,
    QuestionAnswered,
    QuestionAsked,
    QuestionIsUnknown,
    Said,
    SomebodyElseAsked,
    SomebodyElseSaidThis,
)
from domain.ids import MentorshipId
from domain.program_settings import Settings, Side
from domain.refusal import Refusal
from domain.relationship import (
    NotInThisRelationship,
    Relationship,
    RelationshipHasEnded,
    RelationshipIsUnknown,
    Sharing,
    Status,
)
from tests.people import ADA, LIN, NOOR, ONBOARDING
from tests.scenario import Given, fold, given

THEIRS: Final = MentorshipId(UUID(int=0xE))
TOGETHER: Final = Relationship(
    mentorship=THEIRS,
    program=ONBOARDING,
    settings=Settings(),
    settings_version=1,
    members={ADA.id: Side.MENTOR, NOOR.id: Side.MENTEE},
    status=Status.RUNNING,
)
HELLO, REPLY, QUESTION, ANSWER, BETTER, UNKNOWN = (UUID(int=number) for number in range(1, 7))
BY_NOOR: Final[dict[str, Any]] = {"within": TOGETHER, "by": NOOR.id}
BY_ADA: Final[dict[str, Any]] = {"within": TOGETHER, "by": ADA.id}

SENT: Final = MessageSent(mentorship=THEIRS, message=HELLO, by=NOOR.id, text="Hello")
ASKED: Final = QuestionAsked(mentorship=THEIRS, question=QUESTION, by=NOOR.id, text="How?")
ANSWERED: Final = QuestionAnswered(question=QUESTION, answer=ANSWER, by=ADA.id, text="So.")
ANSWERED_BETTER: Final = QuestionAnswered(question=QUESTION, answer=BETTER, by=NOOR.id, text="Or so.")
ACCEPTED: Final = AnswerAccepted(question=QUESTION, answer=ANSWER, by=NOOR.id)


def withdrawn(said: UUID) -> MessageWithdrawn:
    by = {HELLO: NOOR.id, QUESTION: NOOR.id, ANSWER: ADA.id}[said]
    return MessageWithdrawn(message=said, by=by)


def so_far(*more: Any) -> Given[Conversation]:
    return given(CONVERSATION, SENT, ASKED, ANSWERED, *more)


def test_a_message_is_sent() -> None:
    wish = {**BY_NOOR, "message": HELLO, "text": "Hello"}
    given(CONVERSATION).when(conversation.send_message, **wish).then(SENT)


@pytest.mark.parametrize("to", [HELLO, QUESTION, ANSWER])
def test_a_reply_is_to_whatever_was_said(to: UUID) -> None:
    wish = {**BY_ADA, "message": REPLY, "text": "Welcome", "reply_to": to}
    sent = MessageSent(mentorship=THEIRS, message=REPLY, by=ADA.id, text="Welcome", reply_to=to)
    so_far().when(conversation.send_message, **wish).then(sent)


def test_a_reply_to_nothing_is_refused() -> None:
    wish = {**BY_ADA, "message": REPLY, "text": "Welcome", "reply_to": UNKNOWN}
    so_far().when(conversation.send_message, **wish).then_refused(NothingToReplyTo)


@pytest.mark.parametrize("said", [HELLO, QUESTION, ANSWER])
def test_a_reply_to_what_was_withdrawn_is_refused(said: UUID) -> None:
    wish = {**BY_ADA, "message": REPLY, "text": "Welcome", "reply_to": said}
    so_far(withdrawn(said)).when(conversation.send_message, **wish).then_refused(MessageIsWithdrawn)


@pytest.mark.parametrize("said", [HELLO, QUESTION, ANSWER])
def test_who_said_it_withdraws_it(said: UUID) -> None:
    gone = withdrawn(said)
    so_far().when(conversation.withdraw_message, message=said, by=gone.by).then(gone)


def test_nobody_withdraws_what_somebody_else_said_or_nobody_did() -> None:
    withdraw = conversation.withdraw_message
    so_far().when(withdraw, message=HELLO, by=ADA.id).then_refused(SomebodyElseSaidThis)
    so_far().when(withdraw, message=UNKNOWN, by=ADA.id).then_refused(MessageIsUnknown)


def test_a_question_is_asked() -> None:
    more: dict[str, Any] = {"text": "How?", "topics": ("Delegation",), "sharing": Sharing.ANONYMOUS}
    asked = QuestionAsked(mentorship=THEIRS, question=QUESTION, by=NOOR.id, **more)
    given(CONVERSATION).when(conversation.ask_question, **BY_NOOR, question=QUESTION, **more).then(asked)


def test_a_question_is_answered_by_whoever_knows() -> None:
    wish = {"question": QUESTION, "answer": ANSWER, "text": "So."}
    given(CONVERSATION, ASKED).when(conversation.answer_question, **BY_ADA, **wish).then(ANSWERED)


@pytest.mark.parametrize("question", [UNKNOWN, HELLO, ANSWER])
def test_only_a_question_is_answered(question: UUID) -> None:
    wish = {**BY_ADA, "question": question, "answer": BETTER, "text": "So."}
    so_far().when(conversation.answer_question, **wish).then_refused(QuestionIsUnknown)


def test_a_question_that_was_withdrawn_is_answered_no_more() -> None:
    wish = {**BY_ADA, "question": QUESTION, "answer": BETTER, "text": "So."}
    gone = withdrawn(QUESTION)
    so_far(gone).when(conversation.answer_question, **wish).then_refused(MessageIsWithdrawn)
    so_far(gone).when(conversation.accept_answer, **BY_NOOR, answer=ANSWER).then_refused(MessageIsWithdrawn)


def test_who_asked_accepts_an_answer_and_later_another() -> None:
    accept = conversation.accept_answer
    so_far().when(accept, **BY_NOOR, answer=ANSWER).then(ACCEPTED)
    instead = AnswerAccepted(question=QUESTION, answer=BETTER, by=NOOR.id)
    so_far(ANSWERED_BETTER, ACCEPTED).when(accept, **BY_NOOR, answer=BETTER).then(instead)
    so_far(ANSWERED_BETTER, ACCEPTED, instead).when(accept, **BY_NOOR, answer=ANSWER).then(ACCEPTED)


def test_nobody_else_accepts_an_answer_and_nothing_else_is_one() -> None:
    accept = conversation.accept_answer
    so_far().when(accept, **BY_ADA, answer=ANSWER).then_refused(SomebodyElseAsked)
    so_far(withdrawn(ANSWER)).when(accept, **BY_NOOR, answer=ANSWER).then_refused(MessageIsWithdrawn)
    for other in (UNKNOWN, HELLO, QUESTION):
        so_far().when(accept, **BY_NOOR, answer=other).then_refused(AnswerIsUnknown)


WISHES: Final[tuple[tuple[Any, dict[str, Any]], ...]] = (
    (conversation.send_message, {"message": REPLY, "text": "More"}),
    (conversation.ask_question, {"question": BETTER, "text": "And?"}),
    (conversation.answer_question, {"question": QUESTION, "answer": BETTER, "text": "So."}),
    (conversation.accept_answer, {"answer": ANSWER}),
)


@pytest.mark.parametrize(("wish", "words"), WISHES)
@pytest.mark.parametrize(
    ("within", "refusal"),
    [
        (replace(TOGETHER, status=Status.UNKNOWN), RelationshipIsUnknown),
        (replace(TOGETHER, status=Status.CONCLUDED), RelationshipHasEnded),
        (replace(TOGETHER, archived=True), ProgramIsArchived),
        (replace(TOGETHER, members={ADA.id: Side.MENTOR}), NotInThisRelationship),
    ],
)
def test_nothing_is_said_where_it_has_ended_or_by_a_stranger(
    wish: Any, words: dict[str, Any], within: Relationship, refusal: type[Refusal]
) -> None:
    so_far().when(wish, within=within, by=NOOR.id, **words).then_refused(refusal)


@pytest.mark.parametrize(("wish", "words"), WISHES)
def test_a_pause_stops_nobody_from_talking(wish: Any, words: dict[str, Any]) -> None:
    paused = replace(TOGETHER, status=Status.PAUSED)
    assert wish(so_far().state, within=paused, by=NOOR.id, **words)


def test_the_state_remembers_no_text() -> None:
    noors = Said(Kind.QUESTION, NOOR.id, accepted=ANSWER)
    adas = Said(Kind.ANSWER, ADA.id, question=QUESTION, withdrawn=True)
    known = {HELLO: Said(Kind.MESSAGE, NOOR.id), QUESTION: noors, ANSWER: adas}
    assert so_far(ACCEPTED, withdrawn(ANSWER)).state.said == known


def test_what_refers_to_nothing_folds_to_nothing() -> None:
    stray = MessageWithdrawn(message=UNKNOWN, by=LIN.id)
    assert fold(CONVERSATION, [stray, ACCEPTED]).said == {}
