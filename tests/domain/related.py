"""Relationships of the tests: Ada mentors Noor; in the circle, Ada mentors Noor, Lin and Sam."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProposalId
from domain.mentorship import MENTORSHIP, Began, Mentorship, relationship
from domain.program_settings import (
    AgreementSettings,
    Kind,
    Milestone,
    PlanSettings,
    RelationshipType,
    Settings,
    Side,
    Size,
)
from domain.relationship import Member, Relationship
from tests.people import ADA, LIN, NOOR, ONBOARDING, SAM, Person
from tests.programs import PAIR
from tests.scenario import Given, fold, given

MENTORSHIP_ID: Final = MentorshipId(UUID(int=0x3E))
PROPOSAL: Final = ProposalId(UUID(int=0xF1))
TODAY: Final = date(2030, 5, 2)
PLANNED_END: Final = date(2030, 8, 14)
CIRCLE: Final = RelationshipType(
    id="circle", kind=Kind.CIRCLE, name="Circle", mentors=Size(least=1, most=2), mentees=Size(least=2, most=4)
)
FLASH: Final = RelationshipType(id="flash", kind=Kind.FLASH, name="Flash")
PLAN: Final = PlanSettings(milestones=(Milestone(id="first-talk", title="First talk", due_day=30),))
AGREED: Final = AgreementSettings(required=True, text="We meet every other week.")
SETTINGS: Final = Settings(relationship_types=(PAIR, CIRCLE), plan=PLAN, agreement=AGREED)


def mentor(who: Person) -> Member:
    return Member(participant=who.id, role=Side.MENTOR)


def mentee(who: Person) -> Member:
    return Member(participant=who.id, role=Side.MENTEE)


def began(kind: RelationshipType, *members: Member, **more: Any) -> Began:
    fields: dict[str, Any] = {"program": ONBOARDING, "settings_version": 1, "proposal": PROPOSAL, **more}
    return Began(type=kind, members=members, planned_end=PLANNED_END, **fields)


BEGAN: Final = began(PAIR, mentor(ADA), mentee(NOOR))
AROUND: Final = began(CIRCLE, mentor(ADA), mentee(NOOR), mentee(LIN), mentee(SAM))
ASIDE: Final = began(FLASH, mentor(ADA), mentee(NOOR), program=None, settings_version=0, proposal=None)


def pair(*since: DomainEvent) -> Given[Mentorship]:
    return given(MENTORSHIP, BEGAN, *since)


def circle(*since: DomainEvent) -> Given[Mentorship]:
    return given(MENTORSHIP, AROUND, *since)


def within(
    *lived: DomainEvent, settings: Settings = SETTINGS, archived: bool = False, first: Began = BEGAN
) -> Relationship:
    """The relationship as it is read after this."""
    return relationship(fold(MENTORSHIP, [first, *lived]), MENTORSHIP_ID, settings, archived=archived)


TOGETHER: Final = within()
ARCHIVED: Final = within(archived=True)
BARE: Final = within(settings=Settings(relationship_types=(PAIR, CIRCLE)))
UNKNOWN: Final = relationship(Mentorship(), MENTORSHIP_ID, SETTINGS)


def sides(*members: Member) -> Mapping[ParticipantId, Side]:
    return {member.participant: member.role for member in members}
