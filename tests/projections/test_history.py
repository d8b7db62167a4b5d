"""What is kept of everything that happens in a relationship; another relationship always runs beside it."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain import assignment as a
from domain import conversation as c
from domain import inquiry as i
from domain import meeting as g
from domain import mentorship as m
from domain import resource as r
from domain.event import REGISTRY, DomainEvent
from domain.ids import MentorshipId, ProgramId, conversation_id
from domain.participant import Erased, Registered
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from domain.store import Database, Store
from projections.history_entries import TOLD
from projections.sentences import SENTENCES
from tests.projections.given import ADA, NOOR, SAM, happened, shown

PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
OURS, OTHERS = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
TALK, MEETING, FILE, TASK, INQUIRY = (
    conversation_id(OURS), UUID(int=41), UUID(int=42), UUID(int=43), UUID(int=44),
)  # fmt: skip
ONE, TWO = UUID(int=51), UUID(int=52)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SLOT = g.Slot(starts_at=MONDAY, minutes=60)


def began(mentorship: MentorshipId, *people: Any) -> m.Began:
    roles = (Side.MENTOR, Side.MENTEE)
    members = tuple(Member(participant=one, role=role) for one, role in zip(people, roles, strict=True))
    end = date(2026, 9, 1)
    return m.Began(program=ProgramId(UUID(int=1)), type=PAIR, members=members, planned_end=end)


@pytest.fixture
def told(organisation: Database, store: Store) -> Store:
    """Two relationships have begun."""
    happened(store, OURS, began(OURS, ADA, NOOR))
    happened(store, OTHERS, began(OTHERS, ADA, SAM))
    happened(store, conversation_id(OTHERS), c.MessageSent(mentorship=OTHERS, message=ONE, by=SAM, text="Hm"))
    return store


def entries(database: Database, store: Store, *columns: str) -> list[tuple[Any, ...]]:
    """Of our relationship, in order, without its beginning."""
    found = shown(database, store, "history", "position", "mentorship_id", "name", *columns)
    ours = sorted((row for row in found if row["mentorship_id"] == OURS), key=lambda row: row["position"])
    return [tuple(row[column] for column in columns) for row in ours[1:]]


def test_whatever_can_happen_in_a_relationship_is_told() -> None:
    streams = {"mentorship", "meeting", "conversation", "resource", "assignment", "inquiry", "survey"}
    happening = {name for name in REGISTRY if name.partition(".")[0] in streams}
    assert {kind.event_name for kind in TOLD} == happening
    assert set(SENTENCES) == happening


@pytest.mark.parametrize(
    ("stream", "event", "entry"),
    [
        (OURS, m.GoalSet(goal=ONE, by=NOOR, text="Listen"), ("goal", NOOR, "Listen", "goals", [])),
        (
            MEETING,
            g.Proposed(mentorship=OURS, by=ADA, slots=(SLOT,), time_zone="UTC", title="First", place="Here"),
            ("meeting", ADA, "First\nHere", "meetings", []),
        ),
        (
            TALK,
            c.QuestionAsked(mentorship=OURS, question=ONE, by=NOOR, text="Why?"),
            ("question", NOOR, "Why?", "messages", []),
        ),
        (
            FILE,
            r.LinkShared(mentorship=OURS, by=ADA, title="Guide", url="https://example.org/"),
            ("link", ADA, "Guide\nhttps://example.org/", "documents", []),
        ),
        (
            TASK,
            a.Assigned(mentorship=OURS, by=ADA, to=NOOR, title="Read"),
            ("assignment", ADA, "Read", "goals", [NOOR]),
        ),
    ],
    ids=lambda value: value.event_name if isinstance(value, DomainEvent) else "",
)
def test_each_stream_of_a_relationship_is_part_of_its_history(
    organisation: Database, told: Store, stream: UUID, event: DomainEvent, entry: tuple[Any, ...]
) -> None:
    happened(told, stream, event)
    assert entries(organisation, told, "kind", "by_id", "text", "content", "people") == [entry]


def test_what_a_stream_begins_with_says_whose_it_is(organisation: Database, told: Store) -> None:
    happened(told, FILE, r.LinkShared(mentorship=OURS, by=ADA, title="Guide", url="https://example.org/"))
    happened(told, FILE, r.Described(by=ADA, title="The guide"))
    happened(told, UUID(int=99), r.Described(by=ADA, title="Nobody's"))
    assert entries(organisation, told, "kind", "text") == [
        ("link", "Guide\nhttps://example.org/"),
        ("link", "The guide"),
    ]


def test_an_inquiry_belongs_to_the_session_that_it_leads_to(organisation: Database, told: Store) -> None:
    happened(told, INQUIRY, i.Asked(expert=ADA, by=NOOR, text="May I?", session=True))
    assert entries(organisation, told, "text") == []
    happened(told, INQUIRY, i.SessionAgreed(by=ADA, mentorship=OURS), i.Closed())
    assert entries(organisation, told, "name", "text", "by_id") == [
        ("inquiry.asked", "May I?", NOOR),
        ("inquiry.session_agreed", None, ADA),
        ("inquiry.closed", None, None),
    ]


def test_facts_are_not_personal_and_some_are_content(organisation: Database, told: Store) -> None:
    happened(told, OURS, m.CheckedIn(by=NOOR, ratings={"progress": 4}, comment="Well"))
    document = r.DocumentShared(
        mentorship=OURS,
        by=ADA,
        name="cv.pdf",
        media_type="application/pdf",
        bytes=9,
        sha256="ab" * 32,
        blob="abc",
    )
    happened(told, FILE, document)
    assert entries(organisation, told, "facts", "details") == [
        ({}, {"ratings": {"progress": 4}}),
        ({}, {"bytes": 9, "media_type": "application/pdf", "sha256": "ab" * 32}),
    ]


def test_what_is_withdrawn_loses_its_text(organisation: Database, told: Store) -> None:
    for message, text in ((ONE, "Oops"), (TWO, "Hello")):
        happened(told, TALK, c.MessageSent(mentorship=OURS, message=message, by=ADA, text=text))
    happened(told, TALK, c.MessageWithdrawn(message=ONE, by=ADA))
    happened(told, FILE, r.LinkShared(mentorship=OURS, by=ADA, title="Guide", url="https://example.org/"))
    happened(told, FILE, r.Described(by=ADA, title="The guide"), r.Withdrawn(by=ADA))
    assert entries(organisation, told, "name", "text", "words") == [
        ("conversation.message_sent", None, None),
        ("conversation.message_sent", "Hello", "'hello':1,2"),
        ("conversation.message_withdrawn", None, None),
        ("resource.link_shared", None, None),
        ("resource.described", None, None),
        ("resource.withdrawn", None, None),
    ]


def test_a_question_withdrawn_loses_what_it_was_about(organisation: Database, told: Store) -> None:
    asked = c.QuestionAsked(mentorship=OURS, question=ONE, by=ADA, text="Oops", topics=("Pay",))
    happened(told, TALK, asked, c.MessageWithdrawn(message=ONE, by=ADA))
    assert entries(organisation, told, "text", "details") == [(None, {}), (None, {})]


def test_who_is_erased_leaves_the_rows_without_the_words(organisation: Database, told: Store) -> None:
    happened(told, NOOR, Registered(name="Noor", source="csv"))
    for who, message in ((NOOR, ONE), (ADA, TWO)):
        happened(told, TALK, c.MessageSent(mentorship=OURS, message=message, by=who, text=f"I am {who.int}"))
    happened(told, NOOR, Erased())
    happened(told, TALK, c.QuestionAsked(mentorship=OURS, question=ONE, by=NOOR, text="Still me"))
    assert entries(organisation, told, "by_id", "text", "words") == [
        (NOOR, None, None),
        (ADA, f"I am {ADA.int}", f"'{ADA.int}':3,6 'am':5 'i':4"),
        (NOOR, None, None),
    ]


@pytest.mark.parametrize(
    ("stream", "event", "secrecy"),
    [
        (OURS, m.ConcernRaised(concern=ONE, by=NOOR, text="Hm"), (NOOR, True, True)),
        (OURS, m.ConcernRaised(concern=ONE, by=NOOR, text="Hm", confidential=False), (None, False, True)),
        (OURS, m.ConcernSettled(concern=ONE, by=SAM), (None, True, True)),
        (OURS, m.MemberLeft(participant=NOOR, reason="Hm"), (NOOR, False, True)),
        (OURS, m.EndedEarly(by=ADA, reason=m.EndReason.OTHER, words="Hm"), (ADA, False, True)),
        (OURS, m.GlassBroken(reason="A complaint"), (None, False, False)),
        (OURS, m.GoalSet(goal=ONE, by=NOOR, text="Hm"), (None, False, True)),
    ],
    ids=lambda value: value.event_name if isinstance(value, DomainEvent) else "",
)
def test_some_words_are_for_fewer(
    organisation: Database, told: Store, stream: UUID, event: DomainEvent, secrecy: tuple[Any, ...]
) -> None:
    happened(told, stream, event)
    assert entries(organisation, told, "private_to", "hidden", "staff") == [secrecy]


@pytest.mark.parametrize(
    ("visibility", "secrecy"),
    [
        (g.Visibility.AUTHOR, (NOOR, True, False)),
        (g.Visibility.MEMBERS, (None, False, False)),
        (g.Visibility.STAFF, (None, False, True)),
    ],
)
def test_a_note_is_for_whom_its_author_says(
    organisation: Database, told: Store, visibility: g.Visibility, secrecy: tuple[Any, ...]
) -> None:
    happened(told, MEETING, g.Proposed(mentorship=OURS, by=ADA, slots=(SLOT,), time_zone="UTC"))
    happened(told, MEETING, g.Noted(note=ONE, by=NOOR, text="Hm", visibility=visibility))
    assert entries(organisation, told, "private_to", "hidden", "staff")[1:] == [secrecy]


@pytest.mark.parametrize("confidential", [True, False])
def test_that_a_concern_is_settled_is_told_to_whom_it_was_raised(
    organisation: Database, told: Store, confidential: bool
) -> None:
    happened(told, OURS, m.ConcernRaised(concern=ONE, by=NOOR, text="Hm", confidential=confidential))
    happened(told, OURS, m.ConcernSettled(concern=ONE, by=SAM, note="Ah"))
    raised, settled = entries(organisation, told, "private_to", "hidden", "staff")
    assert settled == raised
