"""All streams that a proposal concerns move together, in one append, or none of them does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain import admission, enrollment, places, program, proposal, proposing
from domain.aggregate import Aggregate
from domain.command import Command, Receipt
from domain.enrollment import ENROLLMENT, Applied, Approved, Paused, PlaceReserved, RequestClosed
from domain.event import DomainEvent
from domain.guards import StillChanging, same_part
from domain.ids import EnrollmentId, ParticipantId, ProposalId, enrollment_id, mentorship_id
from domain.mentorship import MENTORSHIP, Began
from domain.participant import PARTICIPANT, AvailabilitySet, PersonAvoided
from domain.program import PROGRAM, EnrollmentConfigured, RelationshipTypesSet
from domain.program_settings import Capacity, EnrollmentSettings, Side
from domain.proposal import PROPOSAL, Accepted, Made, Status, Viewed
from domain.proposing import Parties, accepting, declining, ending, making
from domain.relationship import Member
from domain.store import Store
from tests.domain.test_proposal import AROUND, CIRCLE, LOOSE, NOW, WISH, made
from tests.people import ADA, LEADERSHIP, LIN, NOOR, ONBOARDING, SAM, Person
from tests.programs import EVERY_MODE, OPENED, PAIR

TODAY = date(2030, 5, 2)
FIRST, SECOND, THIRD = (ProposalId(UUID(int=number)) for number in (0xF1, 0xF2, 0xF3))
Elsewhere = Mapping[ParticipantId, Mapping[EnrollmentId, int]]


@dataclass(frozen=True)
class Scene:
    """Ada and Kim's programme: Ada mentors; Noor, Lin and Sam would be mentored."""

    store: Store

    def happened(self, aggregate: Aggregate[Any], stream: UUID, *events: DomainEvent) -> None:
        self.store.act(Command(uuid4(), "tester"), aggregate.stream(stream), lambda _: list(events))

    def joined(self, who: Person, role: Side, where: Any = ONBOARDING) -> None:
        applied = Applied(program=where, participant=who.id, role=role)
        self.happened(ENROLLMENT, who.in_program(where), applied, Approved())

    def held(self, id_: ProposalId) -> proposal.Proposal:
        return self.store.load(PROPOSAL.stream(id_)).state

    def of(self, who: Person, where: Any = ONBOARDING) -> enrollment.Enrollment:
        return self.store.load(ENROLLMENT.stream(who.in_program(where))).state

    def parties(self, elsewhere: Elsewhere | None = None) -> Parties:
        persons = {one.id: self.store.load(PARTICIPANT.stream(one.id)).state for one in (ADA, NOOR, LIN, SAM)}
        terms = program.terms(self.store.load(PROGRAM.stream(ONBOARDING)).state, ONBOARDING)
        return Parties(terms, persons, elsewhere or {})

    def do(self, *steps: Any) -> Receipt:
        return self.store.act_together(Command(uuid4(), "tester"), *steps)

    def make(self, id_: ProposalId, what: Made) -> Receipt:
        return self.do(*making(id_, what, self.parties()))

    def accept(self, id_: ProposalId, who: Person, elsewhere: Elsewhere | None = None) -> Receipt:
        given = self.parties(elsewhere)
        return self.do(*accepting(id_, self.held(id_), given, by=who.id, today=TODAY))

    def decline(self, id_: ProposalId, who: Person, **more: Any) -> Receipt:
        return self.do(*declining(id_, self.held(id_), self.parties(), by=who.id, today=TODAY, **more))

    def end(self, id_: ProposalId, decision: Any, **wish: Any) -> Receipt:
        return self.do(*ending(id_, self.held(id_), self.parties().program, decision, **wish))


@pytest.fixture
def scene(memory_store: Store) -> Scene:
    scene = Scene(memory_store)
    types = RelationshipTypesSet(types=(PAIR, CIRCLE, LOOSE))
    scene.happened(PROGRAM, ONBOARDING, *OPENED, types, program.MatchingConfigured(settings=EVERY_MODE))
    for who, role in ((ADA, Side.MENTOR), (NOOR, Side.MENTEE), (LIN, Side.MENTEE), (SAM, Side.MENTEE)):
        scene.happened(PARTICIPANT, who.id, who.registered)
        scene.joined(who, role)
    scene.happened(PARTICIPANT, ADA.id, AvailabilitySet(hours_a_month=8, accepting=True))
    return scene


def wish(who: Person = NOOR, **more: Any) -> Made:
    return made(mentees=(who.id,), author=who.id, **more)


def test_asking_opens_a_request(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    assert scene.held(FIRST).accepted == {NOOR.id}
    assert scene.of(NOOR).requests == {FIRST}
    assert scene.of(ADA).requests == frozenset()
    assert scene.make(FIRST, WISH).events == ()


def test_who_is_named_must_be_there_and_free(scene: Scene) -> None:
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), Paused(until=date(2030, 6, 1)))
    with pytest.raises(enrollment.EnrollmentIsPaused):
        scene.make(FIRST, WISH)
    with pytest.raises(places.NotOnThatSide):
        scene.make(FIRST, made(mentors=(LIN.id,)))
    assert (scene.held(FIRST).status, scene.of(NOOR).requests) == (Status.UNKNOWN, frozenset())


def test_who_has_changed_since_they_were_read_is_read_again(scene: Scene) -> None:
    steps = making(FIRST, WISH, scene.parties())
    scene.happened(PARTICIPANT, ADA.id, PersonAvoided(person=NOOR.id))
    with pytest.raises(StillChanging):
        scene.do(*steps)
    steps = making(FIRST, WISH, scene.parties())
    scene.happened(PROGRAM, ONBOARDING, RelationshipTypesSet(types=(PAIR,)))
    with pytest.raises(StillChanging):
        scene.do(*steps)
    assert scene.held(FIRST).status is Status.UNKNOWN


def test_who_has_changed_sides_meanwhile_begins_nothing(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), enrollment.Withdrawn())
    with pytest.raises(enrollment.NotInProgram):
        scene.accept(FIRST, ADA)
    scene.joined(ADA, Side.MENTEE)
    with pytest.raises(places.NotOnThatSide):
        scene.accept(FIRST, ADA)
    assert scene.held(FIRST).status is Status.WAITING


def test_the_last_acceptance_reserves_the_places_and_begins_the_mentorship(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    before = scene.store.head()
    receipt = scene.accept(FIRST, ADA)
    told = list(scene.store.log(before))
    assert {recorded.command_id for recorded in told} == {told[0].command_id}
    assert receipt.events == tuple(recorded.event for recorded in told)
    assert scene.held(FIRST).status is Status.CONFIRMED
    assert scene.of(ADA).places == scene.of(NOOR).places == {FIRST: 2}
    assert scene.of(NOOR).requests == frozenset()
    members = (
        Member(participant=ADA.id, role=Side.MENTOR),
        Member(participant=NOOR.id, role=Side.MENTEE),
    )
    assert scene.store.load(MENTORSHIP.stream(mentorship_id(FIRST))).state.began == Began(
        program=ONBOARDING,
        settings_version=scene.parties().program.settings_version,
        type=PAIR,
        members=members,
        planned_end=TODAY + timedelta(days=180),
        proposal=FIRST,
    )


def test_an_acceptance_that_others_still_wait_with_begins_nothing(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    assert scene.accept(FIRST, ADA).events == (Accepted(by=ADA.id),)
    assert scene.accept(FIRST, NOOR).events == (Accepted(by=NOOR.id),)
    assert scene.of(ADA).places == {}


def test_the_last_place_is_given_once(scene: Scene) -> None:
    for id_, who in ((FIRST, NOOR), (SECOND, LIN), (THIRD, SAM)):
        scene.make(id_, wish(who))
    scene.accept(FIRST, ADA)
    scene.accept(SECOND, ADA)
    head = scene.store.head()
    with pytest.raises(places.MentorIsFull):
        scene.accept(THIRD, ADA)
    assert (scene.held(THIRD).status, scene.store.head()) == (Status.WAITING, head)
    assert scene.of(SAM).requests == {THIRD}


def test_hours_given_elsewhere_count_and_are_watched(scene: Scene) -> None:
    there = enrollment_id(LEADERSHIP, ADA.id)
    scene.make(FIRST, WISH)
    with pytest.raises(places.MentorHasNoHours):
        scene.accept(FIRST, ADA, {ADA.id: {there: 7}})
    free = scene.parties({ADA.id: {there: 0}})
    scene.joined(ADA, Side.MENTOR, LEADERSHIP)
    scene.happened(ENROLLMENT, there, PlaceReserved(proposal=SECOND, hours_a_month=7))
    with pytest.raises(StillChanging):
        scene.do(*accepting(FIRST, scene.held(FIRST), free, by=ADA.id, today=TODAY))
    assert scene.held(FIRST).status is Status.WAITING
    scene.happened(ENROLLMENT, there, enrollment.PlaceReleased(proposal=SECOND))
    scene.accept(FIRST, ADA, {ADA.id: {there: 0}})
    assert scene.held(FIRST).status is Status.CONFIRMED


def test_a_guard_that_a_place_waits_for_is_the_person_as_they_were(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    steps = accepting(FIRST, scene.held(FIRST), scene.parties(), by=ADA.id, today=TODAY)
    scene.happened(PARTICIPANT, ADA.id, AvailabilitySet(hours_a_month=0, accepting=False))
    with pytest.raises(StillChanging):
        scene.do(*steps)
    with pytest.raises(places.MentorAcceptsNobody):
        scene.accept(FIRST, ADA)


def test_another_answer_in_between_is_told_anew(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    steps = accepting(FIRST, scene.held(FIRST), scene.parties(), by=ADA.id, today=TODAY)
    scene.happened(PROPOSAL, FIRST, Viewed(by=ADA.id))
    with pytest.raises(StillChanging):
        scene.do(*steps)
    assert scene.of(ADA).places == {}


def test_a_decline_sets_who_asked_free(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    scene.decline(FIRST, ADA, reason="No time.")
    assert (scene.held(FIRST).status, scene.of(NOOR).requests) == (Status.DECLINED, frozenset())


def test_the_decline_that_all_others_waited_for_begins_the_mentorship(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    for who in (ADA, NOOR, LIN):
        scene.accept(FIRST, who)
    scene.decline(FIRST, SAM)
    began = scene.store.load(MENTORSHIP.stream(mentorship_id(FIRST))).state.began
    assert began is not None
    assert [member.participant for member in began.members] == [ADA.id, NOOR.id, LIN.id]
    assert [scene.of(who).places for who in (ADA, NOOR, LIN, SAM)] == [{FIRST: 2}] * 3 + [{}]


def test_nobody_has_to_stay_because_somebody_else_cannot_begin(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    for who in (ADA, NOOR, LIN):
        scene.accept(FIRST, who)
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), Paused(until=date(2030, 6, 1)))
    with pytest.raises(enrollment.EnrollmentIsPaused):
        scene.decline(FIRST, SAM)
    scene.decline(FIRST, SAM, completing=False)
    held = scene.held(FIRST)
    assert (held.status, scene.of(NOOR).places) == (Status.WAITING, {})
    assert held.declined == {SAM.id}


def test_a_decline_in_a_circle_that_others_still_answer_ends_nothing(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    scene.decline(FIRST, SAM)
    assert scene.held(FIRST).status is Status.WAITING


@pytest.mark.parametrize(
    ("decision", "given", "status"),
    [
        (proposal.withdraw, {}, Status.WITHDRAWN),
        (proposal.supersede, {}, Status.SUPERSEDED),
        (proposal.expire, {"now": NOW + timedelta(days=3)}, Status.EXPIRED),
    ],
)
def test_every_end_sets_who_asked_free(
    scene: Scene, decision: Any, given: dict[str, Any], status: Status
) -> None:
    scene.make(FIRST, WISH)
    assert scene.end(FIRST, decision, **given).events[1] == RequestClosed(proposal=FIRST)
    assert (scene.held(FIRST).status, scene.of(NOOR).requests) == (status, frozenset())
    assert scene.end(FIRST, decision, **given).events == ()


def test_what_nobody_asked_for_frees_nobody(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    assert len(scene.end(FIRST, proposal.withdraw).events) == 1


def test_what_is_not_due_keeps_its_request(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    assert scene.end(FIRST, proposal.expire, now=NOW).events == ()
    assert scene.held(FIRST).status is Status.WAITING
    assert scene.of(NOOR).requests == {FIRST}


def test_a_type_that_is_offered_no_longer_begins_nothing(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    scene.happened(PROGRAM, ONBOARDING, RelationshipTypesSet(types=(CIRCLE,)))
    with pytest.raises(proposal.RelationshipIsUnknown):
        scene.accept(FIRST, ADA)


def test_a_repetition_is_refused_or_silent_as_the_proposal_alone_would(scene: Scene) -> None:
    with pytest.raises(proposal.ProposalIsUnknown):
        scene.accept(FIRST, ADA)
    scene.make(FIRST, WISH)
    scene.accept(FIRST, ADA)
    assert scene.accept(FIRST, ADA).events == ()
    with pytest.raises(proposal.ProposalHasEnded):
        scene.decline(FIRST, ADA)


def test_a_narrower_capacity_holds_from_the_next_acceptance_on(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    scene.make(SECOND, wish(LIN))
    scene.accept(FIRST, ADA)
    one_each = EnrollmentSettings(capacity=Capacity(mentees_per_mentor=1))
    scene.happened(PROGRAM, ONBOARDING, EnrollmentConfigured(settings=one_each))
    with pytest.raises(places.MentorIsFull):
        scene.accept(SECOND, ADA)
    scene.happened(PROGRAM, ONBOARDING, program.WoundDown())
    with pytest.raises(admission.ProgramIsWoundDown):
        scene.accept(SECOND, ADA)


def fate(scene: Scene, id_: ProposalId, elsewhere: Elsewhere | None = None) -> Any:
    parts = {who.id: scene.of(who) for who in (ADA, NOOR, LIN, SAM)}
    return proposing.hopeless(scene.held(id_), scene.parties(elsewhere), parts)


def test_what_waits_is_hopeless_when_somebody_takes_part_no_more(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    assert fate(scene, FIRST) is None
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), Paused(until=date(2030, 6, 1)))
    assert fate(scene, FIRST) is None
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), enrollment.Withdrawn())
    assert fate(scene, FIRST) is proposal.withdraw
    scene.joined(ADA, Side.MENTEE)
    assert fate(scene, FIRST) is proposal.withdraw


def test_what_waits_is_hopeless_in_a_programme_that_is_over(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    scene.happened(PROGRAM, ONBOARDING, program.Closed())
    assert fate(scene, FIRST) is None
    scene.happened(PROGRAM, ONBOARDING, program.WoundDown())
    assert fate(scene, FIRST) is proposal.withdraw


def test_what_waits_is_hopeless_without_the_place_of_somebody_it_needs(scene: Scene) -> None:
    scene.make(FIRST, WISH)
    assert fate(scene, FIRST, {ADA.id: {enrollment_id(LEADERSHIP, ADA.id): 7}}) is proposal.supersede
    taken = (PlaceReserved(proposal=one, hours_a_month=2) for one in (SECOND, THIRD))
    scene.happened(ENROLLMENT, ADA.in_program(ONBOARDING), *taken)
    assert fate(scene, FIRST) is proposal.supersede
    scene.end(FIRST, proposal.supersede)
    assert fate(scene, FIRST) is None


def test_a_circle_hopes_on_without_who_may_still_decline(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    reserved = PlaceReserved(proposal=SECOND, hours_a_month=2)
    scene.happened(ENROLLMENT, NOOR.in_program(ONBOARDING), reserved)
    assert fate(scene, FIRST) is None
    scene.accept(FIRST, NOOR)
    assert fate(scene, FIRST) is proposal.supersede


def test_a_circle_is_hopeless_when_too_few_have_a_place(scene: Scene) -> None:
    scene.make(FIRST, AROUND)
    reserved = PlaceReserved(proposal=SECOND, hours_a_month=2)
    for who in (NOOR, LIN):
        scene.happened(ENROLLMENT, who.in_program(ONBOARDING), reserved)
    assert fate(scene, FIRST) is proposal.supersede


def test_who_is_relied_on_is_as_they_were(scene: Scene) -> None:
    held = scene.of(ADA)
    assert same_part(held, held=held) == []
    with pytest.raises(StillChanging):
        same_part(held, held=scene.of(NOOR))
