"""Given what happened up to a position, the pool has these people, and always will."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.enrollment import (
    ENROLLMENT,
    Applied,
    Approved,
    Paused,
    PlaceReserved,
    PreferenceStated,
    WishesRanked,
)
from domain.event import DomainEvent
from domain.ids import ParticipantId, ProposalId, enrollment_id, mentorship_id
from domain.matching_settings import Criterion, MatchingSettings, Mode, Weight
from domain.mentorship import Began
from domain.pairing.pool import Person as Pooled
from domain.pairing.pool import Pool
from domain.participant import (
    PARTICIPANT,
    AvailabilitySet,
    CompetencyOffered,
    CompetencySought,
    Erased,
    Left,
    PersonAvoided,
    ProfileDescribed,
    RecordSynced,
)
from domain.profile import LeavingReason
from domain.program import AudienceLimited
from domain.program_settings import Capacity, Side
from domain.proposal import Accepted, Declined, Made, Withdrawn
from domain.relationship import Member
from domain.store import Database, Store
from projections import catalogue, runner
from projections.pool import Frozen, freeze, load_pool
from projections.pool_person import Part, title_step
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING, SAM, Person
from tests.programs import OPENED, PAIR
from tests.projections.given import happened
from tests.scenario import fold

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)
CAPACITY = Capacity(mentees_per_mentor=3, mentors_per_mentee=1, hours_a_month=2)
PROPOSAL = ProposalId(UUID(int=0x70))


@pytest.fixture
def log(organisation: Database, store: Store) -> Store:
    """Onboarding is open; Ada mentors there, Noor and Lin are mentees."""
    happened(store, ONBOARDING, *OPENED)
    for who in (ADA, NOOR, LIN, SAM, OLA):
        happened(store, who.id, who.registered)
    joins(store, ADA, Side.MENTOR)
    joins(store, NOOR, Side.MENTEE)
    joins(store, LIN, Side.MENTEE)
    return store


def joins(store: Store, who: Person, side: Side, *since: DomainEvent) -> None:
    applied = Applied(program=ONBOARDING, participant=who.id, role=side)
    happened(store, who.in_program(ONBOARDING), applied, Approved(), *since, at=MONDAY)


def pool(
    database: Database, store: Store, position: int | None = None, settings: MatchingSettings | None = None
) -> Pool:
    runner.catch_up(database, store, catalogue.ALL)
    frozen = Frozen(ONBOARDING, position or store.head(), settings or MatchingSettings(), CAPACITY)
    with database.connect() as connection:
        return load_pool(store, connection, frozen)


def ids(people: tuple[Pooled, ...]) -> set[ParticipantId]:
    return {person.id for person in people}


def only(people: tuple[Pooled, ...], who: Person) -> Pooled:
    [found] = [person for person in people if person.id == who.id]
    return found


def made(
    mode: Mode, mentee: Person = NOOR, mentor: Person = ADA, author: ParticipantId | None = None
) -> Made:
    return Made(
        program=ONBOARDING,
        settings_version=1,
        relationship=PAIR.id,
        mentors=(mentor.id,),
        mentees=(mentee.id,),
        mode=mode,
        expires_at=FRIDAY,
        author=author,
    )


def test_who_takes_part_is_in_on_their_side(organisation: Database, log: Store) -> None:
    found = pool(organisation, log)
    assert (ids(found.mentees), ids(found.mentors)) == ({NOOR.id, LIN.id}, {ADA.id})
    assert (only(found.mentors, ADA).places, only(found.mentees, NOOR).places) == (3, 1)


def test_who_pauses_has_left_takes_nobody_or_is_outside_the_audience_is_not(
    organisation: Database, log: Store
) -> None:
    happened(log, NOOR.in_program(ONBOARDING), Paused(until=FRIDAY.date()))
    happened(log, LIN.id, Left(reason=LeavingReason.OWN_WISH))
    happened(log, ADA.id, AvailabilitySet(hours_a_month=8, accepting=False))
    assert pool(organisation, log) == Pool((), ())
    happened(log, ADA.id, AvailabilitySet(hours_a_month=8))
    happened(log, ONBOARDING, AudienceLimited(role=Side.MENTOR, rule='department == "Sales"'))
    assert pool(organisation, log).mentors == ()


def test_a_person_is_as_they_say(organisation: Database, log: Store) -> None:
    described = RecordSynced(
        source="hr",
        changed=("job_title", "department", "location", "time_zone", "languages", "manager"),
        job_title="Senior Engineer",
        department="Engineering",
        location="Berlin",
        time_zone="Asia/Kolkata",
        languages=("en", "de"),
        manager=SAM.id,
    )
    offers = CompetencyOffered(competency="Lead a Team", level=4)
    seeks = CompetencySought(competency="Python", level=3, priority=2)
    stated = ProfileDescribed(changed=("demographics",), demographics={"gender": "woman"})
    happened(log, SAM.id, RecordSynced(source="hr", changed=("manager",), manager=OLA.id))
    happened(log, ADA.id, described, offers, seeks, stated, AvailabilitySet(hours_a_month=5))
    happened(log, ADA.id, PersonAvoided(person=LIN.id))
    preference = PreferenceStated(participant=ADA.id, preference={"gender": "woman"})
    happened(log, ADA.in_program(ONBOARDING), preference, WishesRanked(wishes=(NOOR.id,)), at=FRIDAY)
    ada = only(pool(organisation, log).mentors, ADA)
    assert (ada.offers, ada.wishes) == ({"lead a team": 4}, {"python": (3, 2)})
    assert (ada.title_step, ada.department, ada.location) == (3, "Engineering", "Berlin")
    assert (ada.utc_offset, ada.languages) == (330, ("en", "de"))
    assert (ada.managers, set(ada.avoided), ada.wished) == ((SAM.id, OLA.id), {LIN.id}, (NOOR.id,))
    assert (ada.groups, ada.preference) == ({"gender": "woman"}, {"gender": "woman"})
    assert (ada.hours_left, ada.places, ada.waiting_days) == (5, 2, 4)
    assert ada.facts["department"] == "Engineering"


def test_what_is_taken_here_and_elsewhere_is_not_offered_again(organisation: Database, log: Store) -> None:
    happened(log, ADA.id, AvailabilitySet(hours_a_month=8))
    happened(log, ADA.in_program(ONBOARDING), PlaceReserved(proposal=PROPOSAL, hours_a_month=2))
    elsewhere = Applied(program=LEADERSHIP, participant=ADA.id, role=Side.MENTOR)
    reserved = PlaceReserved(proposal=ProposalId(UUID(int=0x71)), hours_a_month=3)
    happened(log, enrollment_id(LEADERSHIP, ADA.id), elsewhere, Approved(), reserved)
    ada = only(pool(organisation, log).mentors, ADA)
    assert (ada.hours_left, ada.places) == (3, 1)


def test_who_has_promised_more_than_they_now_offer_has_no_hours_left() -> None:
    person = fold(PARTICIPANT, [ADA.registered, AvailabilitySet(hours_a_month=1)])
    applied = Applied(program=ONBOARDING, participant=ADA.id, role=Side.MENTOR)
    reserved = PlaceReserved(proposal=PROPOSAL, hours_a_month=2)
    part = Part(ADA.id, fold(ENROLLMENT, [applied, Approved(), reserved]), person)
    assert (part.hours_left, part.places(CAPACITY)) == (0, 0)


def test_a_place_is_kept_for_who_is_proposed_already(organisation: Database, log: Store) -> None:
    happened(log, PROPOSAL, made(Mode.FACILITATOR))
    proposed = log.head()
    found = pool(organisation, log)
    assert (ids(found.mentees), only(found.mentors, ADA).places) == ({LIN.id}, 2)
    happened(log, PROPOSAL, Withdrawn())
    assert ids(pool(organisation, log).mentees) == {NOOR.id, LIN.id}
    assert ids(pool(organisation, log, proposed).mentees) == {LIN.id}


def test_an_own_request_keeps_nobody_s_place(organisation: Database, log: Store) -> None:
    happened(log, PROPOSAL, made(Mode.SELF_DIRECTED, author=NOOR.id), Accepted(by=NOOR.id))
    found = pool(organisation, log)
    assert (ids(found.mentees), only(found.mentors, ADA).places) == ({NOOR.id, LIN.id}, 3)


@pytest.mark.parametrize("who", [ADA, NOOR])
def test_a_pair_that_was_declined_for_good_is_told(organisation: Database, log: Store, who: Person) -> None:
    happened(log, PROPOSAL, made(Mode.FACILITATOR), Declined(by=who.id, for_good=True))
    another = ProposalId(UUID(int=0x72))
    happened(log, another, made(Mode.FACILITATOR, mentee=LIN), Declined(by=LIN.id))
    assert pool(organisation, log).declined == {(NOOR.id, ADA.id)}


def test_a_pair_of_before_is_told(organisation: Database, log: Store) -> None:
    members = (Member(participant=ADA.id, role=Side.MENTOR), Member(participant=LIN.id, role=Side.MENTEE))
    began = Began(
        program=LEADERSHIP,
        settings_version=1,
        type=PAIR,
        members=members,
        planned_end=FRIDAY.date(),
        proposal=PROPOSAL,
    )
    happened(log, mentorship_id(PROPOSAL), began)
    assert pool(organisation, log).matched_before == {(LIN.id, ADA.id)}


def test_a_biography_is_read_where_it_counts(organisation: Database, log: Store) -> None:
    happened(log, ADA.id, ProfileDescribed(changed=("biography",), biography="I build bridges."))
    assert only(pool(organisation, log).mentors, ADA).biography is None
    weights = (Weight(criterion=Criterion.BIOGRAPHY, parts=10_000),)
    found = pool(organisation, log, settings=MatchingSettings(weights=weights))
    assert len(only(found.mentors, ADA).biography or b"") == 384
    assert only(found.mentees, NOOR).biography is None


def test_near_competencies_are_told(organisation: Database, log: Store) -> None:
    happened(log, ADA.id, CompetencyOffered(competency="manage a team", level=4))
    happened(log, NOOR.id, CompetencySought(competency="lead a team", level=3, priority=1))
    found = pool(organisation, log)
    assert 0 < found.nearness["lead a team", "manage a team"] <= MatchingSettings().nearness_cap


def test_the_pool_of_a_position_never_changes(organisation: Database, log: Store) -> None:
    position = log.head()
    before = pool(organisation, log)
    with organisation.connect() as connection:
        digest = freeze(connection, ONBOARDING, position)
    happened(log, ADA.id, CompetencyOffered(competency="Python", level=4))
    happened(log, KIM.id, KIM.registered)
    joins(log, KIM, Side.MENTOR)
    happened(log, NOOR.id, Erased())
    log.forget(NOOR.id)
    assert pool(organisation, log, position).digest == before.digest
    with organisation.connect() as connection:
        assert freeze(connection, ONBOARDING, position) == digest
        assert freeze(connection, ONBOARDING, log.head()) != digest


def test_a_position_that_the_log_has_not_reached_has_no_pool(organisation: Database, log: Store) -> None:
    with pytest.raises(LookupError):
        pool(organisation, log, log.head() + 1)


@pytest.mark.parametrize(
    ("title", "step"),
    [
        (None, None),
        ("Engineer", 2),
        ("Junior Project Manager", 1),
        ("senior engineer", 3),
        ("Senior Manager", 4),
        ("Vice President, Sales", 6),
        ("Leader of Seniors", 2),
    ],
)
def test_a_job_title_stands_on_a_rung(title: str | None, step: int | None) -> None:
    assert title_step(title, MatchingSettings().ladder) == step
    assert title_step(title, ()) == (None if title is None else 2)
