"""What each thing that is said leaves in the rows; another conversation always stands beside it."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain.conversation import (
    AnswerAccepted,
    MessageSent,
    MessageWithdrawn,
    QuestionAnswered,
    QuestionAsked,
)
from domain.ids import MentorshipId, conversation_id
from domain.mentorship import Began
from domain.participant import Erased, Registered
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member, Sharing
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, shown

THEIRS, OTHERS = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY: Final = datetime(2026, 3, 3, 9, tzinfo=UTC)
HELLO, REPLY, QUESTION, ANSWER, BETTER, ELSEWHERE = (UUID(int=number) for number in range(71, 77))
TEXTS: Final = ("said_id", "text")
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")

SENT: Final = MessageSent(mentorship=THEIRS, message=HELLO, by=NOOR, text="Hello")
REPLIED: Final = MessageSent(mentorship=THEIRS, message=REPLY, by=ADA, text="Welcome", reply_to=HELLO)
ASKED: Final = QuestionAsked(
    mentorship=THEIRS, question=QUESTION, by=NOOR, text="How?", topics=("Go",), sharing=Sharing.NAMED
)
ANSWERED: Final = QuestionAnswered(question=QUESTION, answer=ANSWER, by=ADA, text="So.")
ANSWERED_BETTER: Final = QuestionAnswered(
    question=QUESTION, answer=BETTER, by=SAM, text="Or so.", sharing=Sharing.ANONYMOUS
)


@pytest.fixture(autouse=True)
def _two_conversations(store: Store) -> None:
    for mentorship in (THEIRS, OTHERS):
        members = (
            Member(participant=ADA, role=Side.MENTOR),
            Member(participant=NOOR, role=Side.MENTEE),
        )
        began = Began(settings_version=1, type=PAIR, members=members, planned_end=TUESDAY.date())
        happened(store, mentorship, began, at=MONDAY)
    elsewhere = MessageSent(mentorship=OTHERS, message=ELSEWHERE, by=SAM, text="Elsewhere")
    happened(store, conversation_id(OTHERS), elsewhere, at=MONDAY)


def say(store: Store, *events: Any, at: datetime = MONDAY) -> int:
    return happened(store, conversation_id(THEIRS), *events, at=at)


def row(said: UUID, kind: str, by: UUID, text: str | None, **more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("reply_to", "question_id", "topics", "sharing", "withdrawn_at", "accepted_at"))
    where = {"conversation_id": conversation_id(THEIRS), "mentorship_id": THEIRS}
    about = {"said_id": said, "kind": kind, "by_id": by, "text": text, "said_at": MONDAY}
    return {**nothing, **where, **about, **more}


def talk(organisation: Database, store: Store) -> list[dict[str, Any]]:
    rows = shown(organisation, store, "conversation_said")
    assert [one["text"] for one in rows if one["said_id"] == ELSEWHERE] == ["Elsewhere"]
    return [one for one in rows if one["said_id"] != ELSEWHERE]


def texts(organisation: Database, store: Store) -> dict[UUID, str | None]:
    return {one["said_id"]: one["text"] for one in talk(organisation, store)}


def test_every_relationship_has_its_conversation(organisation: Database, store: Store) -> None:
    rows = shown(organisation, store, "conversations", "conversation_id", "mentorship_id", "version")
    expected = [(conversation_id(THEIRS), THEIRS, 0), (conversation_id(OTHERS), OTHERS, 1)]
    assert sorted(tuple(one.values()) for one in rows) == sorted(expected)


def test_all_that_is_said(organisation: Database, store: Store) -> None:
    last = say(store, SENT, REPLIED, ASKED, ANSWERED)
    assert talk(organisation, store) == [
        row(HELLO, "message", NOOR, "Hello", position=last - 3),
        row(REPLY, "message", ADA, "Welcome", reply_to=HELLO, position=last - 2),
        row(QUESTION, "question", NOOR, "How?", topics=["Go"], sharing="named", position=last - 1),
        row(ANSWER, "answer", ADA, "So.", question_id=QUESTION, sharing="members", position=last),
    ]
    [theirs] = [
        one
        for one in shown(organisation, store, "conversations", "mentorship_id", "version", "position")
        if one["mentorship_id"] == THEIRS
    ]
    assert theirs == {"mentorship_id": THEIRS, "version": 4, "position": last}


def test_of_what_is_withdrawn_it_stays_that_it_was_said(organisation: Database, store: Store) -> None:
    say(store, SENT, ASKED)
    say(store, MessageWithdrawn(message=HELLO, by=NOOR), at=TUESDAY)
    last = say(store, MessageWithdrawn(message=QUESTION, by=NOOR), at=TUESDAY)
    gone = {"withdrawn_at": TUESDAY}
    assert talk(organisation, store) == [
        row(HELLO, "message", NOOR, None, position=last - 3, **gone),
        row(QUESTION, "question", NOOR, None, sharing="named", position=last - 2, **gone),
    ]


def test_an_answer_accepted_later_takes_the_place_of_the_first(organisation: Database, store: Store) -> None:
    say(store, ASKED, ANSWERED, ANSWERED_BETTER)
    for answer, at in ((ANSWER, MONDAY), (BETTER, TUESDAY)):
        say(store, AnswerAccepted(question=QUESTION, answer=answer, by=NOOR), at=at)
        rows = {one["said_id"]: one["accepted_at"] for one in talk(organisation, store)}
        assert rows == {QUESTION: None, ANSWER: None, BETTER: None, answer: at}


def test_an_erased_persons_words_are_gone_and_do_not_come_back(organisation: Database, store: Store) -> None:
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    say(store, SENT, ASKED, ANSWERED, ANSWERED_BETTER)
    assert texts(organisation, store) == {HELLO: "Hello", QUESTION: "How?", ANSWER: None, BETTER: "Or so."}
    happened(store, NOOR, Registered(name="Noor", source="csv"), Erased())
    assert texts(organisation, store) == {HELLO: None, QUESTION: None, ANSWER: None, BETTER: "Or so."}
    store.forget(ADA)
    say(store, AnswerAccepted(question=QUESTION, answer=ANSWER, by=NOOR))
    assert texts(organisation, store)[ANSWER] is None
