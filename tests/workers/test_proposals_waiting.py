"""What the next wish waits for: a place, an hour, a request that ends, or mentors enough to choose from."""

from datetime import date

import pytest

from domain import enrollment
from domain.enrollment import Paused, PlaceReleased, PlaceReserved, Resumed
from domain.ids import ProposalId, enrollment_id
from domain.participant import AvailabilitySet
from domain.program import EnrollmentConfigured, MatchingConfigured
from domain.program_settings import Capacity, EnrollmentSettings, Side
from domain.store import Database, Store
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, ONBOARDING
from tests.projections.given import happened
from tests.workers.wishing import SETTINGS, Clock, Matchmaker, everybody_is_in, fill, joined, programme

WAITING, DECLINED = "waiting", "declined"


@pytest.fixture
def people(organisation: Database, store: Store) -> Matchmaker:
    everybody_is_in(store)
    return Matchmaker(organisation, store, Clock())


@pytest.mark.parametrize("freed", ["released", "available", "resumed", "approved", "roomier"])
def test_while_nobody_can_be_asked_it_waits_and_goes_on_by_itself(people: Matchmaker, freed: str) -> None:
    here = KIM.in_program(ONBOARDING)
    taken = fill(people, KIM) if freed in {"released", "roomier"} else []
    if freed == "available":
        happened(people.store, KIM.id, AvailabilitySet(hours_a_month=4, accepting=False))
    if freed == "resumed":
        happened(people.store, here, Paused(until=date(2030, 6, 1)))
    if freed == "approved":
        happened(people.store, here, enrollment.Withdrawn())
    people.rank(NOOR, ADA, KIM)
    people.decline(people.ask(NOOR, ADA), ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    match freed:
        case "released":
            happened(people.store, here, PlaceReleased(proposal=taken[0]))
        case "available":
            happened(people.store, KIM.id, AvailabilitySet(hours_a_month=4, accepting=True))
        case "resumed":
            happened(people.store, here, Resumed())
        case "approved":
            joined(people.store, KIM, Side.MENTOR)
        case "roomier":
            roomy = EnrollmentSettings(capacity=Capacity(mentees_per_mentor=3))
            happened(people.store, ONBOARDING, EnrollmentConfigured(settings=roomy))
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED), (KIM.id, 2, WAITING)]


@pytest.mark.parametrize("more", ["joins", "offers time", "has a place again", "fewer are enough"])
def test_asking_pauses_while_few_mentors_have_a_place(people: Matchmaker, more: str) -> None:
    pausing = SETTINGS.model_copy(update={"pause_when_thin": True, "thin_pool": 3})
    happened(people.store, ONBOARDING, MatchingConfigured(settings=pausing))
    here = LIN.in_program(ONBOARDING)
    taken = fill(people, LIN) if more == "has a place again" else []
    if more == "offers time":
        happened(people.store, LIN.id, AvailabilitySet(hours_a_month=4, accepting=False))
    elif not taken:
        happened(people.store, here, enrollment.Withdrawn())
    people.rank(NOOR, ADA, KIM)
    people.move_on()
    assert people.wishes(NOOR) == []
    match more:
        case "joins":
            joined(people.store, LIN, Side.MENTOR)
        case "offers time":
            happened(people.store, LIN.id, AvailabilitySet(hours_a_month=4))
        case "has a place again":
            happened(people.store, here, PlaceReleased(proposal=taken[0]))
        case _:
            enough = pausing.model_copy(update={"thin_pool": 2})
            happened(people.store, ONBOARDING, MatchingConfigured(settings=enough))
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, WAITING)]


def test_hours_given_in_another_programme_are_waited_for(people: Matchmaker) -> None:
    programme(people.store, LEADERSHIP)
    joined(people.store, KIM, Side.MENTOR, LEADERSHIP)
    there, place = KIM.in_program(LEADERSHIP), ProposalId(enrollment_id(LEADERSHIP, NOOR.id))
    happened(people.store, KIM.id, AvailabilitySet(hours_a_month=3))
    happened(people.store, there, PlaceReserved(proposal=place, hours_a_month=2))
    people.rank(NOOR, ADA, KIM)
    people.decline(people.ask(NOOR, ADA), ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    happened(people.store, there, PlaceReleased(proposal=place))
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, WAITING)]


def test_where_all_requests_are_open_the_next_wish_waits_for_one_to_end(people: Matchmaker) -> None:
    one = EnrollmentSettings(capacity=Capacity(open_requests=1))
    people.rank(NOOR, ADA, KIM)
    first, aside = people.ask(NOOR, ADA), people.ask(NOOR, LIN, rank=None)
    happened(people.store, ONBOARDING, EnrollmentConfigured(settings=one))
    people.decline(first, ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    people.decline(aside, LIN)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, WAITING)]
