"""A programme with three mentors and three mentees, and what is done to what Ada and others have together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from domain import course, enrollment, joining, participant, program
from domain.aggregate import Aggregate
from domain.command import Command, Receipt
from domain.enrollment import ENROLLMENT, Applied, Approved, PlaceReserved
from domain.event import DomainEvent
from domain.ids import EnrollmentId, MentorshipId, ParticipantId, ProgramId, ProposalId, enrollment_id
from domain.mentorship import MENTORSHIP, Began, EndReason, Mentorship, Outcome, relationship
from domain.participant import PARTICIPANT
from domain.parting import Leaver, ending, handing_over, joining_in, leaving, losing, reopening
from domain.program import PROGRAM, AgreementSet, EnrollmentConfigured, RelationshipTypesSet
from domain.program_settings import AgreementSettings, Capacity, EnrollmentSettings, Side, Stage
from domain.proposing import Parties
from domain.relationship import RUNNING, Member, Relationship
from domain.store import Store
from tests.domain.related import CIRCLE, MENTORSHIP_ID, PROPOSAL, TODAY
from tests.people import ADA, KIM, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.programs import OPENED, PAIR

MENTORS: Final = (ADA, KIM, OLA)
MENTEES: Final = (NOOR, LIN, SAM)
LATER: Final = date(2031, 1, 31)
ELSEWHERE: Final = ProposalId(UUID(int=0xF9))
RESERVED: Final = PlaceReserved(proposal=PROPOSAL, hours_a_month=2)
Steps = Iterable[Any]


@dataclass(frozen=True)
class Scene:
    """Six people in a programme; Ada mentors Noor in a pair, or Noor, Lin and Sam in a circle."""

    store: Store

    def happened(self, aggregate: Aggregate[Any], stream: UUID, *events: DomainEvent) -> None:
        self.store.act(Command(uuid4(), "tester"), aggregate.stream(stream), lambda _: list(events))

    def begin(self, began: Began, id_: MentorshipId = MENTORSHIP_ID) -> None:
        self.happened(MENTORSHIP, id_, began)
        if began.proposal is not None:
            reserved = PlaceReserved(proposal=began.proposal, hours_a_month=2)
            for member in began.members:
                self.part(member.participant, reserved)

    def part(self, who: ParticipantId, *events: DomainEvent, where: ProgramId = ONBOARDING) -> None:
        self.happened(ENROLLMENT, enrollment_id(where, who), *events)

    def joined(self, who: Person, side: Side) -> None:
        self.part(who.id, Applied(program=ONBOARDING, participant=who.id, role=side), Approved())

    def held(self, id_: MentorshipId = MENTORSHIP_ID) -> Mentorship:
        return self.store.load(MENTORSHIP.stream(id_)).state

    @property
    def program(self) -> program.Program:
        return self.store.load(PROGRAM.stream(ONBOARDING)).state

    def within(self, id_: MentorshipId = MENTORSHIP_ID) -> Relationship:
        held = self.held(id_)
        settings = program.settings_at(self.program, held.settings_version)
        archived = self.program.stage is Stage.ARCHIVED
        return relationship(held, id_, settings, archived=archived)

    def both(self, id_: MentorshipId = MENTORSHIP_ID) -> tuple[Relationship, Mentorship]:
        return self.within(id_), self.held(id_)

    def person(self, who: Person) -> participant.Participant:
        return self.store.load(PARTICIPANT.stream(who.id)).state

    def parties(self, elsewhere: dict[ParticipantId, dict[EnrollmentId, int]] | None = None) -> Parties:
        persons = {who.id: self.person(who) for who in (*MENTORS, *MENTEES)}
        return Parties(program.terms(self.program, ONBOARDING), persons, elsewhere or {})

    def do(self, steps: Steps) -> Receipt:
        return self.store.act_together(Command(uuid4(), "tester"), *steps)

    def conclude(self, id_: MentorshipId = MENTORSHIP_ID) -> Receipt:
        return self.do(ending(*self.both(id_), course.conclude, outcome=Outcome.ACHIEVED))

    def reopen(self, id_: MentorshipId = MENTORSHIP_ID) -> Receipt:
        return self.do(reopening(*self.both(id_), self.parties(), until=LATER, today=TODAY))

    def join(self, member: Member, id_: MentorshipId = MENTORSHIP_ID, **more: Any) -> Receipt:
        return self.do(joining_in(*self.both(id_), member, self.parties(), **more))

    def leave(self, who: Person, id_: MentorshipId = MENTORSHIP_ID) -> Receipt:
        return self.do(leaving(*self.both(id_), joining.leave, who.id, by=who.id))

    def hand_over(self, *mentors: Person, id_: MentorshipId = MENTORSHIP_ID, **more: Any) -> Receipt:
        people = tuple(who.id for who in mentors)
        return self.do(handing_over(*self.both(id_), self.parties(), people, **more))

    def lose(self, *gone: Person, reason: EndReason = EndReason.LEFT_PROGRAM) -> Receipt:
        leavers = {who.id: Leaver(self.person(who), self.of(who), reason) for who in gone}
        return self.do(losing(*self.both(), leavers))

    def of(self, who: Person) -> enrollment.Enrollment:
        return self.store.load(ENROLLMENT.stream(who.in_program(ONBOARDING))).state

    def holding(self) -> set[ParticipantId]:
        """Who has a place for what came of the proposal."""
        return {who.id for who in (*MENTORS, *MENTEES) if self.of(who).places == {PROPOSAL: 2}}

    def running(self) -> set[ParticipantId]:
        """Who should: the members of what runs of it."""
        lived = map(self.held, self.chain())
        return {who for one in lived if one.status in RUNNING for who in one.members}

    def chain(self) -> list[MentorshipId]:
        """It, and what it went on as each time it was handed over."""
        found = [MENTORSHIP_ID]
        while (successor := self.held(found[-1]).successor) is not None:
            found.append(successor)
        return found


def everybody_is_in(store: Store) -> Scene:
    """One relationship at a time is all that anybody may have."""
    scene = Scene(store)
    agreed = AgreementSet(settings=AgreementSettings(required=True, text="We meet every other week."))
    capacity = EnrollmentConfigured(
        settings=EnrollmentSettings(capacity=Capacity(mentees_per_mentor=1, mentors_per_mentee=1))
    )
    types = RelationshipTypesSet(types=(PAIR, CIRCLE))
    scene.happened(PROGRAM, ONBOARDING, program.Drafted(name="O"), types, agreed, capacity, *OPENED[2:])
    for side, people in ((Side.MENTOR, MENTORS), (Side.MENTEE, MENTEES)):
        for who in people:
            scene.happened(PARTICIPANT, who.id, who.registered)
            scene.joined(who, side)
    return scene


def full(scene: Scene, who: Person) -> None:
    scene.part(who.id, PlaceReserved(proposal=ELSEWHERE, hours_a_month=2))
