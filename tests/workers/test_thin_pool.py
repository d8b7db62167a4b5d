"""Asking pauses where few mentors have a place and hours for it, and goes on when more have."""

from domain import enrollment
from domain.enrollment import PlaceReleased, PlaceReserved
from domain.ids import ProposalId, enrollment_id
from domain.participant import AvailabilitySet
from domain.program import MatchingConfigured
from domain.program_settings import Side
from domain.store import Database, Store
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, ONBOARDING
from tests.projections.given import happened
from tests.workers.wishing import SETTINGS, Clock, Matchmaker, everybody_is_in, joined, programme


def test_hours_that_come_back_in_another_programme_count_here(organisation: Database, store: Store) -> None:
    everybody_is_in(store)
    people = Matchmaker(organisation, store, Clock())
    pausing = SETTINGS.model_copy(update={"pause_when_thin": True, "thin_pool": 2})
    happened(store, ONBOARDING, MatchingConfigured(settings=pausing))
    happened(store, KIM.in_program(ONBOARDING), enrollment.Withdrawn())
    programme(store, LEADERSHIP)
    joined(store, LIN, Side.MENTOR, LEADERSHIP)
    happened(store, LIN.id, AvailabilitySet(hours_a_month=3))
    elsewhere = ProposalId(enrollment_id(LEADERSHIP, NOOR.id))
    happened(store, LIN.in_program(LEADERSHIP), PlaceReserved(proposal=elsewhere, hours_a_month=2))
    people.rank(NOOR, ADA)
    people.move_on()
    assert people.wishes(NOOR) == []
    happened(store, LIN.in_program(LEADERSHIP), PlaceReleased(proposal=elsewhere))
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "waiting")]
