"""Whatever people wish in whatever order: a wish that was granted and is repeated decides nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import competency, consent, enrollment, mailing, match_run, participant, places, program, proposal
from domain.accountability_settings import AccountabilitySettings, Degree
from domain.aggregate import Aggregate
from domain.competency import COMPETENCY, Place
from domain.enrollment import ENROLLMENT
from domain.event import DomainEvent
from domain.ids import CompetencyId, MentorshipId, ParticipantId, ProposalId
from domain.match_run import MATCH_RUN
from domain.matching_settings import MatchingSettings
from domain.occasions import Occasion
from domain.participant import PARTICIPANT
from domain.preferences import QuietHours
from domain.profile import LeavingReason, Record, Statement
from domain.program import PROGRAM
from domain.program_settings import AgreementSettings, EnrollmentSettings, PlanSettings, Side, StaffRole
from domain.proposal import PROPOSAL
from domain.refusal import Refusal
from tests.domain.test_match_run import FAILED, REQUESTED, computed
from tests.domain.test_proposal import AROUND, CIRCLE, NOW, PROPOSED, WISH
from tests.people import ADA, KIM, LIN, NOOR, SAM
from tests.programs import PAIR, onboarding

Wish = tuple[Any, Mapping[str, Any]]
TODAY = date(2030, 5, 2)
ids = st.integers(1, 3).map(lambda number: UUID(int=number))
people = ids.map(ParticipantId)
competencies = st.sampled_from(["Python", "python", "Public speaking"])
levels = st.integers(1, 5)
sides = st.sampled_from(Side)
texts = st.sampled_from(["One thing", "Another thing"])
rules = st.sampled_from([None, "expert", 'department == "Sales"', ' department=="Sales" '])


def wish(decision: Any, **arguments: Any) -> st.SearchStrategy[Wish]:
    return st.tuples(st.just(decision), st.fixed_dictionaries(arguments))


records = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "department": st.none() | texts,
        "manager": st.none() | people,
        "languages": st.sampled_from([(), ("de",), ("EN", "en")]),
    },
).map(Record.model_validate)
statements = st.fixed_dictionaries(
    {}, optional={"biography": st.none() | texts, "languages": st.sampled_from([(), ("de",), ("fr",)])}
).map(Statement.model_validate)

mutes = st.lists(st.sampled_from(Occasion)).map(tuple)
quiet_hours = st.sampled_from([None, QuietHours(since="22:00", until="07:00")])

OF_A_PARTICIPANT = st.one_of(
    wish(participant.register, name=texts, source=st.just("csv")),
    wish(participant.sync_record, oneself=st.just(ADA.id), source=st.just("csv"), record=records),
    wish(participant.describe_profile, statement=statements),
    wish(participant.offer_competency, competency=competencies, level=levels),
    wish(participant.withdraw_competency_offer, competency=competencies),
    wish(participant.seek_competency, competency=competencies, level=levels, priority=levels),
    wish(participant.stop_seeking_competency, competency=competencies),
    wish(participant.set_availability, hours_a_month=levels, accepting=st.booleans()),
    wish(participant.avoid_person, oneself=st.just(ADA.id), person=people),
    wish(participant.lift_avoidance, person=people),
    wish(consent.give_consent, policy=st.just("privacy"), version=levels),
    wish(consent.withdraw_consent, policy=st.just("privacy")),
    wish(mailing.prefer_notifications, mail=st.booleans(), muted=mutes, quiet=quiet_hours),
    wish(mailing.stop_mail),
    wish(participant.leave, reason=st.sampled_from(LeavingReason)),
    wish(participant.come_back),
    wish(participant.erase),
)
staff = {"person": people, "role": st.sampled_from(StaffRole)}
OF_A_PROGRAM = st.one_of(
    wish(program.draft, name=texts),
    wish(program.describe, name=texts, purpose=st.none() | texts),
    wish(program.limit_audience, role=sides, rule=rules),
    wish(program.set_relationship_types, types=st.sampled_from([(), (PAIR,)])),
    wish(
        program.configure_enrollment,
        settings=st.booleans().map(lambda yes: EnrollmentSettings(application=yes)),
    ),
    wish(program.configure_matching, settings=levels.map(lambda number: MatchingSettings(wishes=number))),
    wish(program.set_plan, settings=st.just(PlanSettings())),
    wish(program.set_agreement, settings=texts.map(lambda text: AgreementSettings(required=True, text=text))),
    wish(
        program.set_accountability,
        settings=st.sampled_from(Degree).map(lambda degree: AccountabilitySettings(degree=degree)),
    ),
    wish(program.add_content, content=ids, title=texts, url=st.just("https://example.org")),
    wish(program.remove_content, content=ids),
    wish(program.assign_staff, **staff),
    wish(program.withdraw_staff, **staff),
    wish(program.open_enrollment),
    wish(program.close),
    wish(program.wind_down),
    wish(program.archive),
    wish(program.announce, announcement=ids, title=texts, text=texts),
)
TERMS = st.sampled_from(
    [
        onboarding(),
        onboarding(approval="automatic"),
        onboarding({Side.MENTEE: 'department == "Sales"'}, application=False),
        onboarding(open=False, over=True),
        onboarding(questions=[{"id": "why", "text": "Why?", "required": False}]),
    ]
)
PERSONS = st.sampled_from([NOOR.facts(), NOOR.facts(department="Finance"), NOOR.facts(hours_a_month=3)])
days = st.integers(-1, 2).map(lambda number: TODAY + timedelta(days=number))
terms: dict[str, Any] = {"program": TERMS}
about: dict[str, Any] = {"program": TERMS, "person": PERSONS}
proposals = ids.map(ProposalId)
OF_AN_ENROLLMENT = st.one_of(
    wish(enrollment.invite, **about, role=sides),
    wish(
        enrollment.apply,
        **about,
        role=sides,
        answers=st.sampled_from([{}, {"why": "So."}]),
        today=st.just(TODAY),
    ),
    wish(enrollment.request_information, **terms, question=texts),
    wish(enrollment.give_information, **terms, answer=texts),
    wish(enrollment.approve, **about),
    wish(enrollment.reject, **terms, reason=texts),
    wish(enrollment.waitlist, **terms),
    wish(places.reserve_place, **about, proposal=proposals),
    wish(places.release_place, **terms, proposal=proposals),
    wish(enrollment.pause, **terms, until=days, today=st.just(TODAY)),
    wish(enrollment.resume, **terms),
    wish(enrollment.withdraw, **terms),
    wish(enrollment.remove, **terms, reason=texts),
    wish(enrollment.recheck, **about),
    wish(enrollment.complete, **terms),
    wish(places.could_take, **about, proposal=proposals, side=sides, asks=st.booleans()),
    wish(places.close_request, proposal=proposals),
    wish(places.rank_wishes, **terms, wishes=st.lists(people, max_size=3).map(tuple)),
    wish(places.state_preference, **terms, preference=st.sampled_from([{}, {"gender": "woman"}])),
)

members = st.sampled_from([NOOR.id, LIN.id, SAM.id, ADA.id, KIM.id])
circles: dict[str, Any] = {"program": st.just(onboarding(types=(PAIR, CIRCLE)))}
answers: dict[str, Any] = {"by": members, "mentorship": st.just(MentorshipId(UUID(int=1)))}
OF_A_PROPOSAL = st.one_of(
    wish(proposal.make, **circles, made=st.sampled_from([WISH, PROPOSED, AROUND])),
    wish(proposal.view, by=members),
    wish(proposal.request_information, by=members, question=texts),
    wish(proposal.give_information, by=members, answer=texts),
    wish(proposal.accept, **circles, **answers),
    wish(proposal.decline, **answers, for_good=st.booleans(), completing=st.booleans()),
    wish(proposal.withdraw),
    wish(proposal.expire, now=st.sampled_from([NOW, WISH.expires_at])),
    wish(proposal.supersede),
)
pair: dict[str, Any] = {"mentee": st.sampled_from([NOOR.id, LIN.id]), "mentor": st.just(ADA.id)}
revisions = st.integers(0, 3)
numbers = st.none() | st.lists(st.integers(1, 3), max_size=2)
OF_A_RUN = st.one_of(
    wish(match_run.request, program=TERMS, requested=st.just(REQUESTED)),
    wish(match_run.lock_pair, **pair),
    wish(match_run.forbid_pair, **pair),
    wish(match_run.release_pair, **pair),
    wish(match_run.record_computed, computed=revisions.map(lambda number: computed(revision=number))),
    wish(match_run.record_failed, failed=st.just(FAILED)),
    wish(match_run.approve_pairs, numbers=numbers),
    wish(match_run.withdraw_approval, numbers=numbers),
    wish(match_run.publish, program=TERMS),
    wish(match_run.cancel),
    wish(match_run.discard),
)

entries = st.builds(Place, ids.map(CompetencyId), st.none(), defined=st.booleans(), retired=st.booleans())
where: dict[str, Any] = {
    "oneself": st.just(CompetencyId(UUID(int=1))),
    "lineage": st.lists(entries, max_size=2).map(tuple),
}
spellings = st.lists(competencies, max_size=2).map(tuple)
taken = st.sampled_from([frozenset[str](), frozenset({"python"})])
schemes = st.sampled_from(["esco", "onet"])
OF_A_COMPETENCY = st.one_of(
    wish(competency.define, **where, label=competencies, synonyms=spellings, taken=taken),
    wish(competency.describe, label=st.none() | competencies, synonyms=st.none() | spellings, taken=taken),
    wish(competency.move, **where),
    wish(competency.link, scheme=schemes, external_id=texts),
    wish(competency.unlink, scheme=schemes),
    wish(competency.retire),
    wish(competency.restore),
)


def each_decides_nothing_again(
    aggregate: Aggregate[Any], lived: list[Wish], begun: Sequence[DomainEvent] = ()
) -> None:
    """Of these wishes, one after the other, each that is granted holds: wished again it is no news."""
    state = reduce(aggregate.evolve, begun, aggregate.initial)
    for decision, arguments in lived:
        try:
            decided = decision(state, **arguments)
        except Refusal:
            continue
        state = reduce(aggregate.evolve, decided, state)
        assert decision(state, **arguments) == []


@pytest.mark.parametrize(
    ("aggregate", "wishes"),
    [
        (PARTICIPANT, OF_A_PARTICIPANT),
        (PROGRAM, OF_A_PROGRAM),
        (ENROLLMENT, OF_AN_ENROLLMENT),
        (PROPOSAL, OF_A_PROPOSAL),
        (MATCH_RUN, OF_A_RUN),
        (COMPETENCY, OF_A_COMPETENCY),
    ],
    ids=["participant", "program", "enrollment", "proposal", "match_run", "competency"],
)
def test_a_wish_that_already_holds_decides_nothing(
    aggregate: Aggregate[Any], wishes: st.SearchStrategy[Wish]
) -> None:
    @drawn(st.lists(wishes, min_size=1, max_size=25))
    def holds(lived: list[Wish]) -> None:
        each_decides_nothing_again(aggregate, lived)

    holds()


@drawn(st.lists(OF_AN_ENROLLMENT, max_size=30))
def test_no_order_of_wishes_overfills_anybody(lived: list[Wish]) -> None:
    """As many places as the programme allows, and for a mentor as many hours as there are."""
    state = ENROLLMENT.initial
    for decision, arguments in lived:
        try:
            decided = decision(state, **arguments)
        except Refusal:
            continue
        for event in decided:
            state = ENROLLMENT.evolve(state, event)
        if decided and decision is places.reserve_place:
            capacity = arguments["program"].enrollment.capacity
            mentors = state.role is Side.MENTOR
            assert len(state.places) <= (
                capacity.mentees_per_mentor if mentors else capacity.mentors_per_mentee
            )
            assert not mentors or sum(state.places.values()) <= arguments["person"].hours_a_month


@drawn(st.lists(OF_A_PROPOSAL, max_size=30))
def test_no_order_of_answers_ends_a_proposal_twice_or_confirms_what_is_not_agreed(lived: list[Wish]) -> None:
    state, ended = PROPOSAL.initial, False
    for decision, arguments in lived:
        try:
            decided = decision(state, **arguments)
        except Refusal:
            continue
        for event in decided:
            assert not ended or isinstance(event, proposal.Viewed)
            assert state.agreed or not isinstance(event, proposal.Confirmed)
            state = PROPOSAL.evolve(state, event)
            ended = state.status is not proposal.Status.WAITING
