"""A relationship of the small organisation in which everything has happened that a history can show."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from api.context import Services
from domain import assignment as a
from domain import conversation as c
from domain import inquiry as i
from domain import meeting as g
from domain import mentorship as m
from domain import resource as r
from domain.aggregate import Aggregate
from domain.assignment import ASSIGNMENT
from domain.conversation import CONVERSATION
from domain.event import DomainEvent
from domain.ids import InquiryId, MentorshipId, ParticipantId, ProgramId, conversation_id, flash_id
from domain.inquiry import INQUIRY
from domain.meeting import MEETING
from domain.mentorship import MENTORSHIP
from domain.program_settings import Side
from domain.relationship import Member
from domain.resource import RESOURCE
from tests.api.mentorships_told import FLASH, GROUP
from tests.api.proposed import NAMES

HIKE: Final = MentorshipId(uuid5(NAMES, "told in history: hike"))
WALK, TALK, GUIDE, SLIDES, READING, QUESTION = (
    uuid5(NAMES, f"told in history: {name}")
    for name in ("walk", "talk", "guide", "slides", "reading", "question")
)
SESSION: Final = flash_id(InquiryId(QUESTION))
SLOTS: Final = tuple(g.Slot(starts_at=datetime(2026, 3, day, 9, tzinfo=UTC), minutes=60) for day in (2, 3))

Lives = Iterator[tuple[UUID, list[DomainEvent]]]


def _relationships(
    onboarding: ProgramId, ada: ParticipantId, noor: ParticipantId, lin: ParticipantId
) -> Lives:
    pair = (Member(participant=ada, role=Side.MENTOR), Member(participant=noor, role=Side.MENTEE))
    end, third = date(2026, 9, 1), Member(participant=lin, role=Side.MENTEE)
    goal, worry, secret = (uuid5(NAMES, f"told in history: {word}") for word in ("goal", "worry", "secret"))
    yield (
        HIKE,
        [
            m.Began(program=onboarding, settings_version=1, type=GROUP, members=pair, planned_end=end),
            m.MemberJoined(member=third),
            m.GoalSet(goal=goal, by=noor, text="Climb", due=date(2026, 3, 1)),
            m.GoalProgressed(goal=goal, by=ada, percent=50),
            m.CheckedIn(by=noor, ratings={"progress": 4}, comment="Well"),
            m.ConcernRaised(concern=worry, by=noor, text="We leave tardily", confidential=False),
            m.ConcernRaised(concern=secret, by=ada, text="I am afraid"),
            m.ConcernSettled(concern=worry, by=noor, note="We leave earlier"),
            m.Paused(until=date(2026, 2, 1)),
            m.MemberLeft(participant=lin, reason="No boots"),
        ],
    )
    flash = m.Began(type=FLASH, members=pair, planned_end=end, inquiry=InquiryId(QUESTION))
    yield SESSION, [flash]


def _meetings(ada: ParticipantId, noor: ParticipantId) -> Lives:
    proposed = g.Proposed(mentorship=HIKE, by=ada, slots=SLOTS, time_zone="UTC", title="A walk", place="Park")
    notes = [
        g.Noted(
            note=uuid5(NAMES, visibility), by=noor, text=f"Jotted for {visibility}", visibility=visibility
        )
        for visibility in g.Visibility
    ]
    held = g.Held(
        by=ada, started_at=SLOTS[1].starts_at, duration_minutes=45, attendance=(ada, noor), minutes="Hm"
    )
    yield WALK, [proposed, g.Confirmed(by=noor, slot=SLOTS[1]), held, *notes]
    talk = g.Proposed(mentorship=HIKE, by=noor, slots=SLOTS[:1], time_zone="UTC")
    yield TALK, [talk, g.Confirmed(by=ada, slot=SLOTS[0]), g.Cancelled(late=True)]


def _conversation(ada: ParticipantId, noor: ParticipantId) -> Lives:
    hello, oops, why, so = (uuid5(NAMES, f"said: {word}") for word in ("hello", "oops", "why", "so"))
    yield (
        conversation_id(HIKE),
        [
            c.MessageSent(mentorship=HIKE, message=hello, by=ada, text='Hurrying "tardily" <b>today</b>'),
            c.MessageSent(mentorship=HIKE, message=oops, by=noor, text="Not meant for you"),
            c.MessageWithdrawn(message=oops, by=noor),
            c.QuestionAsked(mentorship=HIKE, question=why, by=noor, text="How do climbers rest?"),
            c.QuestionAnswered(question=why, answer=so, by=ada, text="They snooze."),
            c.AnswerAccepted(question=why, answer=so, by=noor),
        ],
    )


def _resources(ada: ParticipantId, noor: ParticipantId) -> Lives:
    yield (
        GUIDE,
        [
            r.LinkShared(mentorship=HIKE, by=ada, title="Guide", url="https://example.org/guide"),
            r.Described(by=ada, title="The guide", topics=("Python",)),
            r.Published(by=ada, to=r.Audience.PROGRAM),
        ],
    )
    kept = {"media_type": "application/pdf", "bytes": 9, "sha256": "ab" * 32, "blob": "abc"}
    slides = r.DocumentShared.model_validate({"mentorship": HIKE, "by": noor, "name": "slides.pdf", **kept})
    yield SLIDES, [slides, r.Withdrawn(by=noor)]


def _assignments(ada: ParticipantId, noor: ParticipantId) -> Lives:
    given = a.Assigned(mentorship=HIKE, by=ada, to=noor, title="Read it", due=date(2026, 4, 1))
    yield READING, [given, a.Started(by=noor), a.Submitted(by=noor, text="Done"), a.Completed(by=ada)]


def _inquiries(ada: ParticipantId, noor: ParticipantId) -> Lives:
    asked = i.Asked(expert=ada, by=noor, text="May I ask?", topics=("Python",), session=True)
    rated = i.Rated(by=noor, rating=5, comment="Thanks")
    yield QUESTION, [asked, i.SessionAgreed(by=ada, mentorship=SESSION), i.Closed(), rated]


def told(people: dict[str, ParticipantId], onboarding: ProgramId) -> list[tuple[Aggregate[Any], Lives]]:
    pair = people["Ada"], people["Noor"]
    return [
        (MENTORSHIP, _relationships(onboarding, *pair, people["Lin"])),
        (MEETING, _meetings(*pair)),
        (CONVERSATION, _conversation(*pair)),
        (RESOURCE, _resources(*pair)),
        (ASSIGNMENT, _assignments(*pair)),
        (INQUIRY, _inquiries(*pair)),
    ]


async def tell_much(services: Services, many: int) -> None:
    """So many more answers in this relationship, and five times as many in others."""
    copied = """
        INSERT INTO history (position, mentorship_id, stream_id, name, kind, at, by_id, people, content,
                             hidden, staff, text, facts, details)
        SELECT h.position + 1000 * n,
               CASE WHEN n %% 6 = 0 THEN %(ours)s::uuid ELSE md5((n %% 999)::text)::uuid END,
               h.stream_id, h.name, h.kind, h.at, h.by_id, h.people, h.content, h.hidden, h.staff,
               h.text || ' ' || n, h.facts, h.details
          FROM history h, generate_series(1, %(many)s) n
         WHERE h.text = 'They snooze.'"""
    async with services.pool.connection() as connection:
        await connection.execute(copied, {"ours": HIKE, "many": 6 * many})
        await connection.execute("UPDATE projections SET position = 1000000000 WHERE name = 'history'")
        await connection.execute("VACUUM ANALYZE history")
