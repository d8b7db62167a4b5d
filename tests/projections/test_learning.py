"""What becomes an entry of the library, and what leaves it again; another entry always stands beside it."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain.conversation import (
    AnswerAccepted,
    MessageWithdrawn,
    QuestionAnswered,
    QuestionAsked,
)
from domain.event import DomainEvent
from domain.ids import MentorshipId, conversation_id
from domain.participant import Erased, Registered
from domain.relationship import Sharing
from domain.resource import Audience, Described, DocumentShared, LinkShared, Published, Withdrawn
from domain.store import Database, Store
from tests.projections.given import ADA, NOOR, SAM, happened, shown

THEIRS: Final = MentorshipId(UUID(int=31))
TALK: Final = conversation_id(THEIRS)
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUESTION, ANSWER, BETTER = (UUID(int=number) for number in range(71, 74))
LINK, DOCUMENT, OTHER = (UUID(int=number) for number in range(81, 84))
ASKED: Final = QuestionAsked(
    mentorship=THEIRS, question=QUESTION, by=NOOR, text="How to say no?", topics=("Time Management",),
    sharing=Sharing.ANONYMOUS,
)  # fmt: skip
ANSWERED: Final = QuestionAnswered(
    question=QUESTION, answer=ANSWER, by=ADA, text="Early.", sharing=Sharing.NAMED
)
ANSWERED_BETTER: Final = QuestionAnswered(question=QUESTION, answer=BETTER, by=SAM, text="With a reason.")
ACCEPTED: Final = AnswerAccepted(question=QUESTION, answer=ANSWER, by=NOOR)
SHARED_LINK: Final = LinkShared(mentorship=THEIRS, by=ADA, title="On pauses", url="https://example.org")
SHARED_DOCUMENT: Final = DocumentShared(
    mentorship=THEIRS, by=ADA, name="plan.pdf", media_type="application/pdf", bytes=9, sha256="ab" * 32,
    blob="abc",
)  # fmt: skip
SHOWN: Final = ("entry_id", "kind", "title", "body", "audience")


@pytest.fixture(autouse=True)
def _another_entry(store: Store) -> None:
    other = LinkShared(mentorship=THEIRS, by=SAM, title="Something else", url="https://example.org")
    happened(store, OTHER, other, at=MONDAY)


def entries(organisation: Database, store: Store, *columns: str) -> list[tuple[Any, ...]]:
    rows = shown(organisation, store, "library_entries", *(columns or SHOWN))
    assert [one["entry_id"] for one in rows if one["entry_id"] == OTHER] == [OTHER]
    return [tuple(one.values()) for one in rows if one["entry_id"] != OTHER]


def words(organisation: Database, store: Store) -> set[str]:
    rows = shown(organisation, store, "library_words", "entry_id", "word")
    assert {one["word"] for one in rows if one["entry_id"] == OTHER} == {"something", "else"}
    return {one["word"] for one in rows if one["entry_id"] != OTHER}


def say(store: Store, *events: DomainEvent) -> None:
    happened(store, TALK, *events, at=MONDAY)


def test_an_answer_becomes_an_entry_once_it_is_accepted(organisation: Database, store: Store) -> None:
    say(store, ASKED, ANSWERED, ANSWERED_BETTER)
    assert entries(organisation, store) == []
    say(store, ACCEPTED)
    entry = (ANSWER, "answer", "How to say no?", "Early.", "program")
    assert entries(organisation, store) == [entry]
    who = ("entry_id", "mentorship_id", "author_id", "asker_id", "author_named", "asker_named", "topic_keys")
    assert entries(organisation, store, *who) == [
        (ANSWER, THEIRS, ADA, NOOR, True, False, ["time management"])
    ]
    assert words(organisation, store) == {"how", "to", "say", "no", "time", "management"}


def test_an_answer_accepted_instead_takes_its_place(organisation: Database, store: Store) -> None:
    instead = AnswerAccepted(question=QUESTION, answer=BETTER, by=NOOR)
    say(store, ASKED, ANSWERED, ANSWERED_BETTER, ACCEPTED, instead)
    assert entries(organisation, store) == [(BETTER, "answer", "How to say no?", "With a reason.", "members")]


@pytest.mark.parametrize("gone", [QUESTION, ANSWER])
def test_what_is_withdrawn_leaves(organisation: Database, store: Store, gone: UUID) -> None:
    say(store, ASKED, ANSWERED, ACCEPTED, MessageWithdrawn(message=gone, by=NOOR))
    assert entries(organisation, store) == []
    assert words(organisation, store) == set()


def test_whatever_is_shared_is_an_entry_by_its_name(organisation: Database, store: Store) -> None:
    happened(store, LINK, SHARED_LINK)
    happened(store, DOCUMENT, SHARED_DOCUMENT)
    assert entries(organisation, store) == [
        (LINK, "link", "On pauses", None, "members"),
        (DOCUMENT, "document", "plan.pdf", None, "members"),
    ]
    described = Described(by=NOOR, title="The plan", description="For a year", topics=("Planning",))
    happened(store, DOCUMENT, described, Published(by=ADA, to=Audience.DIRECTORY, named=True))
    happened(store, LINK, Described(by=NOOR, description="Short"), Published(by=ADA, to=Audience.PROGRAM))
    assert entries(organisation, store, *SHOWN, "author_named", "topics") == [
        (LINK, "link", "On pauses", "Short", "program", False, []),
        (DOCUMENT, "document", "The plan", "For a year", "directory", True, ["Planning"]),
    ]
    assert words(organisation, store) == {"on", "pauses", "the", "plan", "planning"}
    for one in (LINK, DOCUMENT):
        happened(store, one, Withdrawn(by=ADA))
    assert entries(organisation, store) == []


def test_whoever_is_erased_leaves_no_words(organisation: Database, store: Store) -> None:
    say(store, ASKED, ANSWERED, ACCEPTED)
    happened(store, LINK, SHARED_LINK, Described(by=NOOR, title="Noor's", description="Noor says"))
    happened(store, NOOR, Registered(name="Noor", source="csv"), Erased())
    assert entries(organisation, store) == [
        (ANSWER, "answer", None, "Early.", "program"),
        (LINK, "link", "On pauses", None, "members"),
    ]
    assert words(organisation, store) == set()
    happened(store, LINK, Described(by=NOOR, title="Once more", description="Noor still says"))
    assert (LINK, "link", "On pauses", None, "members") in entries(organisation, store)
    happened(store, ADA, Registered(name="Ada", source="csv"), Erased())
    assert entries(organisation, store) == []
    say(store, QuestionAsked(mentorship=THEIRS, question=OTHER, by=NOOR, text="And now?"))
    happened(store, DOCUMENT, SHARED_DOCUMENT)
    assert entries(organisation, store) == []
    assert shown(organisation, store, "library_said", "by_id") == []
