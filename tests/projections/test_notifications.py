"""What people have been told, and what it says in the words of the programme's version that it keeps to."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import pytest

from domain import mentorship as m
from domain.ids import MentorshipId, NotificationId, ProgramId
from domain.notification import Read, Sent
from domain.occasions import Occasion
from domain.participant import Erased
from domain.program import AnnouncementMade, CommunicationsSet, Drafted, Opened, PlanSet
from domain.program_settings import (
    CommunicationsSettings,
    Kind,
    Milestone,
    PlanSettings,
    RelationshipType,
    Side,
)
from domain.relationship import Member
from domain.store import Database, Store
from domain.templates import Template
from projections.notification_texts import Message, messages
from tests.people import ADA, NOOR, SAM, Person
from tests.projections.given import happened, shown

PROGRAM: Final = ProgramId(UUID(int=0xB1))
PAIR: Final = MentorshipId(UUID(int=0xB2))
NEWS: Final = UUID(int=0xB3)
FIRST, SECOND, THIRD = (NotificationId(UUID(int=number)) for number in (0xA1, 0xA2, 0xA3))
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWN: Final = Template(
    about=Occasion.MILESTONE,
    subject="{{ title }}, {{ days }} days late",
    body="{{ name }}: {{ role }} of {{ partner }} in {{ program }}, {{ date }}, rung {{ rung }}.\n{{ link }}",
)


def sent(to: Person, occasion: Occasion, **more: Any) -> Sent:
    terms = {"about": PAIR, "mentorship": PAIR, "program": PROGRAM, "settings_version": 1}
    return Sent(to=to.id, occasion=occasion, **{**terms, **more})


@pytest.fixture
def told(store: Store) -> None:
    for who in (ADA, NOOR, SAM):
        happened(store, who.id, who.registered)
    plan = PlanSet(settings=PlanSettings(milestones=(Milestone(id="goals", title="Goals", due_day=14),)))
    own = CommunicationsSet(settings=CommunicationsSettings(templates=(OWN,)))
    happened(store, PROGRAM, Drafted(name="First steps"), plan, own, Opened())
    kind = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
    members = tuple(
        Member(participant=who.id, role=side) for who, side in ((ADA, Side.MENTOR), (NOOR, Side.MENTEE))
    )
    terms: dict[str, Any] = {"program": PROGRAM, "settings_version": 1, "type": kind, "members": members}
    happened(store, PAIR, m.Began(planned_end=date(2026, 9, 1), **terms), at=MONDAY)


def read(database: Database, *ids: NotificationId) -> list[Message]:
    with database.connect() as connection:
        found = messages(connection, ids)
    return [found[id_] for id_ in ids]


def test_what_was_told_is_kept_with_when_it_was_read(organisation: Database, store: Store) -> None:
    wish = sent(NOOR, Occasion.MILESTONE, rung=2, on=date(2026, 3, 1), detail="goals")
    happened(store, FIRST, wish, Read(by=NOOR.id), Read(by=NOOR.id), at=MONDAY)
    happened(store, SECOND, sent(ADA, Occasion.SILENCE), at=MONDAY)
    happened(store, THIRD, Read(by=NOOR.id))
    columns = ("to_id", "occasion", "about", "rung", "on_day", "detail", "sent_at", "read_at", "version")
    assert {row["to_id"]: row for row in shown(organisation, store, "notifications", *columns)} == {
        NOOR.id: {
            "to_id": NOOR.id, "occasion": "milestone", "about": PAIR, "rung": 2, "on_day": date(2026, 3, 1),
            "detail": "goals", "sent_at": MONDAY, "read_at": MONDAY, "version": 3,
        },
        ADA.id: {
            "to_id": ADA.id, "occasion": "silence", "about": PAIR, "rung": 1, "on_day": None, "detail": None,
            "sent_at": MONDAY, "read_at": None, "version": 1,
        },
    }  # fmt: skip


@pytest.mark.usefixtures("told")
def test_the_programme_s_own_words_of_the_version_it_keeps(organisation: Database, store: Store) -> None:
    happened(store, PROGRAM, CommunicationsSet(settings=CommunicationsSettings()))
    late = {"on": date(2026, 2, 27), "detail": "goals", "rung": 2}
    happened(store, FIRST, sent(NOOR, Occasion.MILESTONE, **late), at=MONDAY)
    happened(store, SECOND, sent(NOOR, Occasion.MILESTONE, settings_version=2, **late), at=MONDAY)
    shown(organisation, store, "notifications")
    own, usual = read(organisation, FIRST, SECOND)
    assert own.subject == "Goals, 3 days late"
    words, link = own.body.split("\n")
    assert words == f"{NOOR.name}: mentee of {ADA.name} in First steps, 27 February 2026, rung 2."
    assert link.startswith("/mentorship/TWVudG9yc2hpcDo")
    assert usual.subject == "Is the milestone “Goals” reached?"


@pytest.mark.usefixtures("told")
def test_who_is_not_in_it_reads_of_all_who_are(organisation: Database, store: Store) -> None:
    happened(store, FIRST, sent(SAM, Occasion.ESCALATION, on=date(2026, 3, 1)), at=MONDAY)
    happened(store, SECOND, sent(SAM, Occasion.SILENCE), at=MONDAY)
    happened(store, THIRD, sent(NOOR, Occasion.ENDING), at=MONDAY)
    shown(organisation, store, "notifications")
    escalated, silent, ending = read(organisation, FIRST, SECOND, THIRD)
    assert (
        f"{NOOR.name} and {ADA.name} in First steps have not reacted to reminders for 1 day."
        in escalated.body
    )
    assert silent.subject == "First steps: a relationship has gone silent"
    assert f"your time with {ADA.name} in First steps is planned until 1 September 2026." in ending.body


@pytest.mark.usefixtures("told")
def test_whose_name_is_erased_is_somebody(organisation: Database, store: Store) -> None:
    happened(store, FIRST, sent(NOOR, Occasion.CHECK_IN), at=MONDAY)
    happened(store, SECOND, sent(ADA, Occasion.CHECK_IN, program=None), at=MONDAY)
    happened(store, ADA.id, Erased())
    shown(organisation, store, "notifications")
    to_noor, to_ada = read(organisation, FIRST, SECOND)
    assert to_noor.subject == "How is it going with Somebody?"
    assert to_ada.body.startswith("Hello Somebody,")
    assert "your organisation" in to_ada.body


@pytest.mark.usefixtures("told")
def test_an_announcement_has_variables_of_its_own(organisation: Database, store: Store) -> None:
    words: dict[str, Any] = {"title": "Welcome, {{ name }}", "text": "{{ program }} begins.\n{{ link }}"}
    happened(store, PROGRAM, AnnouncementMade(announcement=NEWS, **words))
    happened(store, FIRST, sent(NOOR, Occasion.ANNOUNCEMENT, about=NEWS, mentorship=None), at=MONDAY)
    shown(organisation, store, "notifications")
    (news,) = read(organisation, FIRST)
    assert news.subject == f"First steps: Welcome, {NOOR.name}"
    begins, link = news.body.split("\n")
    assert begins == "First steps begins."
    assert link.startswith("/program/UHJvZ3JhbTo")
