"""The course of a mentorship, and the rows it leaves; another one always runs beside it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.event import DomainEvent
from domain.ids import MentorshipId, ProgramId, ProposalId, successor_id
from domain.mentorship import (
    Began,
    Concluded,
    EndedEarly,
    EndReason,
    Extended,
    GlassBroken,
    HandedOver,
    MemberJoined,
    MemberLeft,
    Migrated,
    Outcome,
    Paused,
    Reopened,
    Resumed,
)
from domain.participant import Erased, Registered
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from domain.store import Database, Store
from projections.run_inputs import RUNNING
from tests.projections.given import ADA, NOOR, SAM, happened, shown

GROWTH, ONBOARDING = ProgramId(UUID(int=1)), ProgramId(UUID(int=2))
FIRST, SECOND = MentorshipId(UUID(int=31)), MentorshipId(UUID(int=32))
PROPOSALS = {FIRST: ProposalId(UUID(int=21)), SECOND: ProposalId(UUID(int=22))}
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
GROUP = RelationshipType(id="group", kind=Kind.GROUP, name="Group")


def began(mentorship: MentorshipId, program: ProgramId, kind: RelationshipType, *members: Member) -> Began:
    return Began(
        program=program,
        settings_version=2,
        type=kind,
        members=members,
        planned_end=date(2026, 9, 1),
        proposal=PROPOSALS[mentorship],
    )


def both_begin(store: Store) -> None:
    ada = Member(participant=ADA, role=Side.MENTOR)
    noor, sam = (Member(participant=one, role=Side.MENTEE) for one in (NOOR, SAM))
    happened(store, FIRST, began(FIRST, GROWTH, PAIR, ada, noor), at=MONDAY)
    happened(store, SECOND, began(SECOND, ONBOARDING, GROUP, ada, noor, sam), at=MONDAY)


def test_a_mentorship_begins(organisation: Database, store: Store) -> None:
    both_begin(store)
    one, other = shown(organisation, store, "mentorships")
    assert {name: value for name, value in one.items() if value is not None} == {
        "mentorship_id": FIRST,
        "program_id": GROWTH,
        "settings_version": 2,
        "type": PAIR.model_dump(mode="json"),
        "kind": "one_to_one",
        "state": "running",
        "began_at": MONDAY,
        "planned_end": date(2026, 9, 1),
        "proposal_id": PROPOSALS[FIRST],
        "began_position": 1,
        "version": 1,
        "position": 1,
    }
    assert (other["mentorship_id"], other["kind"], other["program_id"]) == (SECOND, "group", ONBOARDING)


def test_its_members_with_their_roles(organisation: Database, store: Store) -> None:
    both_begin(store)
    columns = ("mentorship_id", "number", "participant_id", "role", "program_id", "joined_at")
    found = shown(organisation, store, "mentorship_members", *columns)
    assert [tuple(row.values()) for row in found] == [
        (FIRST, 1, ADA, "mentor", GROWTH, MONDAY),
        (FIRST, 2, NOOR, "mentee", GROWTH, MONDAY),
        (SECOND, 1, ADA, "mentor", ONBOARDING, MONDAY),
        (SECOND, 2, NOOR, "mentee", ONBOARDING, MONDAY),
        (SECOND, 3, SAM, "mentee", ONBOARDING, MONDAY),
    ]


def test_what_begins_begins_once(organisation: Database, store: Store) -> None:
    both_begin(store)
    again = began(FIRST, GROWTH, GROUP, Member(participant=SAM, role=Side.MENTOR),
                  Member(participant=NOOR, role=Side.MENTEE))  # fmt: skip
    happened(store, FIRST, again)
    rows = shown(organisation, store, "mentorships", "mentorship_id", "kind", "version")
    assert [tuple(row.values()) for row in rows] == [(FIRST, "one_to_one", 2), (SECOND, "group", 1)]
    assert len(shown(organisation, store, "mentorship_members")) == 5


TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
LATER = date(2026, 12, 1)
ENDING = ("state", "outcome", "end_reason", "no_fault", "ended_by", "end_words", "successor_id", "ended_at")


def of(database: Database, store: Store, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of the first; the second's are as they were."""
    found = shown(database, store, table, "mentorship_id", *columns)
    return [tuple(row.values())[1:] for row in found if row["mentorship_id"] == FIRST]


def after(store: Store, *events: DomainEvent) -> None:
    both_begin(store)
    for event in events:
        happened(store, FIRST, event, at=TUESDAY)


def test_who_joins_comes_last_and_who_left_stays_in_the_list(organisation: Database, store: Store) -> None:
    sam = Member(participant=SAM, role=Side.MENTEE)
    after(store, MemberJoined(member=sam), MemberJoined(member=sam))
    happened(store, FIRST, MemberLeft(participant=NOOR, reason="No time"), at=WEDNESDAY)
    happened(store, FIRST, MemberJoined(member=Member(participant=NOOR, role=Side.MENTEE)), at=WEDNESDAY)
    columns = ("number", "participant_id", "joined_at", "left_at", "leaving_reason")
    assert of(organisation, store, "mentorship_members", *columns) == [
        (1, ADA, MONDAY, None, None),
        (2, NOOR, MONDAY, WEDNESDAY, "No time"),
        (3, SAM, TUESDAY, None, None),
        (4, NOOR, WEDNESDAY, None, None),
    ]


def test_a_pause_ends_when_it_is_resumed_or_all_ends(organisation: Database, store: Store) -> None:
    after(store, Paused(until=LATER))
    assert of(organisation, store, "mentorships", "state", "paused_until") == [("paused", LATER)]
    happened(store, FIRST, Resumed(), at=MONDAY + timedelta(days=11))
    happened(store, FIRST, Paused(until=LATER), at=MONDAY + timedelta(days=20))
    happened(store, FIRST, Paused(until=LATER + timedelta(days=1)), at=MONDAY + timedelta(days=21))
    happened(store, FIRST, Concluded(outcome=Outcome.LAPSED), at=MONDAY + timedelta(days=30))
    assert of(organisation, store, "mentorship_pauses", "number", "until", "days_before") == [
        (1, LATER, 0),
        (2, LATER + timedelta(days=1), 10),
    ]
    ended = of(organisation, store, "mentorship_pauses", "ended_at")
    assert ended == [(MONDAY + timedelta(days=11),), (MONDAY + timedelta(days=30),)]
    assert of(organisation, store, "mentorships", "state", "paused_until") == [("concluded", None)]


def test_terms_are_those_of_the_version_it_was_migrated_to(organisation: Database, store: Store) -> None:
    after(store, Migrated(settings_version=7), Extended(until=LATER))
    assert of(organisation, store, "mentorships", "settings_version", "planned_end") == [(7, LATER)]


@pytest.mark.parametrize(
    ("event", "row"),
    [
        (Concluded(outcome=Outcome.ACHIEVED), ("concluded", "achieved", *[None] * 5)),
        (
            EndedEarly(by=ADA, reason=EndReason.NO_FIT, words="We differ", no_fault=False),
            ("ended_early", None, "no_fit", False, ADA, "We differ", None),
        ),
        (
            EndedEarly(reason=EndReason.LEFT_ORGANISATION),
            ("ended_early", None, "left_organisation", True, None, None, None),
        ),
        (HandedOver(successor=successor_id(FIRST)), ("handed_over", *[None] * 5, successor_id(FIRST))),
    ],
    ids=["concluded", "ended by somebody", "ended by a rule", "handed over"],
)
def test_an_ending_says_how(
    organisation: Database, store: Store, event: DomainEvent, row: tuple[object, ...]
) -> None:
    after(store, event)
    assert of(organisation, store, "mentorships", *ENDING) == [(*row, TUESDAY)]


def test_what_is_reopened_has_not_ended(organisation: Database, store: Store) -> None:
    after(store, EndedEarly(by=ADA, reason=EndReason.OTHER, words="Too soon"), Reopened(until=LATER))
    assert of(organisation, store, "mentorships", *ENDING) == [("running", *[None] * 7)]
    assert of(organisation, store, "mentorships", "planned_end") == [(LATER,)]


def test_who_was_together_at_a_position_never_changes(organisation: Database, store: Store) -> None:
    sam, noor = (Member(participant=one, role=Side.MENTEE) for one in (SAM, NOOR))
    after(
        store,
        MemberJoined(member=sam),
        MemberLeft(participant=SAM),
        Concluded(outcome=Outcome.LAPSED),
        Reopened(until=LATER),
        MemberLeft(participant=NOOR),
        MemberJoined(member=noor),
    )
    shown(organisation, store, "mentorships")
    together = {NOOR}, {NOOR, SAM}, {NOOR}, set[UUID](), {NOOR}, set[UUID](), {NOOR}
    assert tuple(mentees_of_ada(organisation, position) for position in range(2, 9)) == together


def mentees_of_ada(database: Database, position: int) -> set[UUID]:
    with database.connect() as connection:
        found = connection.execute(RUNNING, {"program": GROWTH, "position": position}).fetchall()
    assert {mentor for _, mentor in found} <= {ADA}
    return {mentee for mentee, _ in found}


def test_broken_glass_tells_who_why_and_for_how_long(organisation: Database, store: Store) -> None:
    after(store, GlassBroken(reason="A complaint", hours=5))
    columns = ("actor", "participant_id", "reason", "broken_at", "until")
    row = ("tester", None, "A complaint", TUESDAY, TUESDAY + timedelta(hours=5))
    assert of(organisation, store, "mentorship_glass", *columns) == [row]


def test_no_words_of_who_is_erased_stay_nor_come_back(organisation: Database, store: Store) -> None:
    """Until the key is gone, what they said after it can still be read from the log."""
    both_begin(store)
    for person in (ADA, NOOR):
        happened(store, person, Registered(name="Somebody", source="hr"))
    happened(store, FIRST, EndedEarly(by=ADA, reason=EndReason.OTHER, words="One"))
    happened(store, SECOND, MemberLeft(participant=ADA, reason="Two"))
    happened(store, SECOND, MemberLeft(participant=NOOR, reason="Three"))
    happened(store, ADA, Erased())
    happened(store, FIRST, EndedEarly(by=ADA, reason=EndReason.OTHER, words="Four"))
    assert of(organisation, store, "mentorships", "end_words") == [(None,)]
    left = shown(organisation, store, "mentorship_members", "participant_id", "leaving_reason")
    said = [tuple(row.values()) for row in left if row["leaving_reason"]]
    assert said == [(NOOR, "Three")]
