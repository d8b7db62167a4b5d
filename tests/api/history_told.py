"""What else has happened in the relationships of the small organisation, stream by stream: its history."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from domain import assignment as a
from domain import conversation as c
from domain import inquiry as i
from domain import meeting as g
from domain import resource as r
from domain.aggregate import Aggregate
from domain.assignment import ASSIGNMENT
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import ParticipantId, conversation_id
from domain.inquiry import INQUIRY
from domain.meeting import MEETING
from domain.resource import RESOURCE
from tests.api.mentorships_told import CIRCLE, SESSION
from tests.api.proposed import NAMES

WALK, TALK, GUIDE, SLIDES, READING, QUESTION = (
    uuid5(NAMES, f"told in history: {name}")
    for name in ("walk", "talk", "guide", "slides", "reading", "question")
)
SLOTS: Final = tuple(g.Slot(starts_at=datetime(2026, 3, day, 9, tzinfo=UTC), minutes=60) for day in (2, 3))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _meetings(ada: ParticipantId, noor: ParticipantId) -> Lives:
    proposed = g.Proposed(
        mentorship=CIRCLE, by=ada, slots=SLOTS, time_zone="UTC", title="A walk", place="Park"
    )
    notes = [
        g.Noted(note=uuid5(NAMES, visibility), by=noor, text=f"Noted for {visibility}", visibility=visibility)
        for visibility in g.Visibility
    ]
    held = g.Held(
        by=ada, started_at=SLOTS[1].starts_at, duration_minutes=45, attendance=(ada, noor), minutes="Hm"
    )
    yield WALK, [proposed, g.Confirmed(by=noor, slot=SLOTS[1]), held, *notes]
    talk = g.Proposed(mentorship=CIRCLE, by=noor, slots=SLOTS[:1], time_zone="UTC")
    yield TALK, [talk, g.Confirmed(by=ada, slot=SLOTS[0]), g.Cancelled(late=True)]


def _conversation(ada: ParticipantId, noor: ParticipantId) -> Lives:
    hello, oops, why, so = (uuid5(NAMES, f"said: {word}") for word in ("hello", "oops", "why", "so"))
    yield (
        conversation_id(CIRCLE),
        [
            c.MessageSent(mentorship=CIRCLE, message=hello, by=ada, text='Running "late" <b>today</b>'),
            c.MessageSent(mentorship=CIRCLE, message=oops, by=noor, text="Not meant for you"),
            c.MessageWithdrawn(message=oops, by=noor),
            c.QuestionAsked(mentorship=CIRCLE, question=why, by=noor, text="How do runners rest?"),
            c.QuestionAnswered(question=why, answer=so, by=ada, text="They sleep."),
            c.AnswerAccepted(question=why, answer=so, by=noor),
        ],
    )


def _resources(ada: ParticipantId, noor: ParticipantId) -> Lives:
    yield (
        GUIDE,
        [
            r.LinkShared(mentorship=CIRCLE, by=ada, title="Guide", url="https://example.org/guide"),
            r.Described(by=ada, title="The guide", topics=("Python",)),
            r.Published(by=ada, to=r.Audience.PROGRAM),
        ],
    )
    kept = {"media_type": "application/pdf", "bytes": 9, "sha256": "ab" * 32, "blob": "abc"}
    slides = r.DocumentShared.model_validate({"mentorship": CIRCLE, "by": noor, "name": "slides.pdf", **kept})
    yield SLIDES, [slides, r.Withdrawn(by=noor)]


def _assignments(ada: ParticipantId, noor: ParticipantId) -> Lives:
    given = a.Assigned(mentorship=CIRCLE, by=ada, to=noor, title="Read it", due=date(2026, 4, 1))
    yield READING, [given, a.Started(by=noor), a.Submitted(by=noor, text="Done"), a.Completed(by=ada)]


def _inquiries(ada: ParticipantId, noor: ParticipantId) -> Lives:
    asked = i.Asked(expert=ada, by=noor, text="May I ask?", topics=("Python",), session=True)
    rated = i.Rated(by=noor, rating=5, comment="Thanks")
    yield QUESTION, [asked, i.SessionAgreed(by=ada, mentorship=SESSION), i.Closed(), rated]


def told(people: dict[str, ParticipantId]) -> list[tuple[Aggregate[Any], Lives]]:
    pair = people["Ada"], people["Noor"]
    return [
        (MEETING, _meetings(*pair)),
        (CONVERSATION, _conversation(*pair)),
        (RESOURCE, _resources(*pair)),
        (ASSIGNMENT, _assignments(*pair)),
        (INQUIRY, _inquiries(*pair)),
    ]
