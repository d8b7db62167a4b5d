"""The beginning of a mentorship, and the rows it leaves; another one always runs beside it."""

from datetime import UTC, date, datetime
from uuid import UUID

from domain.ids import MentorshipId, ProgramId, ProposalId
from domain.mentorship import Began
from domain.program_settings import Kind, RelationshipType, Side
from domain.relationship import Member
from domain.store import Database, Store
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
    assert one == {
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
