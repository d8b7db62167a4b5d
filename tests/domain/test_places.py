"""Places: a mentor never holds more relationships or hours than there are, whatever is wished."""

from datetime import date
from typing import Any
from uuid import UUID

from domain import admission, enrollment, places
from domain.enrollment import ENROLLMENT, Applied, Approved, Paused, PlaceReleased, PlaceReserved
from domain.event import DomainEvent
from domain.ids import ProposalId
from domain.program_settings import Side
from tests.people import NOOR, ONBOARDING
from tests.programs import onboarding
from tests.scenario import Given, When, given

OPEN = onboarding()
PROPOSAL, ANOTHER, THIRD = (ProposalId(UUID(int=number)) for number in (1, 2, 3))
RESERVED = PlaceReserved(proposal=PROPOSAL, hours_a_month=2)
PAUSED = Paused(until=date(2030, 6, 1))


def applied(role: Side, *since: DomainEvent) -> Given[enrollment.Enrollment]:
    return given(ENROLLMENT, Applied(program=ONBOARDING, participant=NOOR.id, role=role), *since)


def mentor(*since: DomainEvent) -> Given[enrollment.Enrollment]:
    return applied(Side.MENTOR, Approved(), *since)


def mentee(*since: DomainEvent) -> Given[enrollment.Enrollment]:
    return applied(Side.MENTEE, Approved(), *since)


def reserve(
    history: Given[Any], program: Any = OPEN, proposal: ProposalId = PROPOSAL, **more: Any
) -> When[Any]:
    facts = NOOR.facts(**more.pop("facts", {}))
    return history.when(places.reserve_place, program=program, person=facts, proposal=proposal, **more)


def test_a_place_is_reserved_and_released() -> None:
    reserve(mentor()).then(RESERVED)
    release = {"program": OPEN, "proposal": PROPOSAL}
    mentor(RESERVED).when(places.release_place, **release).then(PlaceReleased(proposal=PROPOSAL))
    mentor().when(places.release_place, **release).then_nothing()
    reserve(mentor(RESERVED, PlaceReleased(proposal=PROPOSAL))).then(RESERVED)


def test_a_mentor_never_holds_more_mentees_than_the_programme_allows() -> None:
    second = PlaceReserved(proposal=ANOTHER, hours_a_month=2)
    reserve(mentor(RESERVED), proposal=ANOTHER).then(second)
    reserve(mentor(RESERVED, second), proposal=THIRD).then_refused(places.MentorIsFull, limit=2)


def test_a_mentee_never_holds_more_mentors_than_the_programme_allows() -> None:
    reserve(mentee()).then(RESERVED)
    reserve(mentee(RESERVED), proposal=ANOTHER).then_refused(places.MenteeIsFull, limit=1)


def test_a_mentor_never_gives_more_hours_than_they_have() -> None:
    no_hours = places.MentorHasNoHours
    reserve(mentor(), facts={"hours_a_month": 2}).then(RESERVED)
    reserve(mentor(), facts={"hours_a_month": 1}).then_refused(no_hours, hours=1, taken=0, wanted=2)
    reserve(mentor(RESERVED), proposal=ANOTHER, facts={"hours_a_month": 3}).then_refused(
        no_hours, hours=3, taken=2, wanted=2
    )
    reserve(mentor(), hours_elsewhere=7).then_refused(no_hours, hours=8, taken=7, wanted=2)
    reserve(mentor(), hours_elsewhere=7, facts={"hours_a_month": None}).then(RESERVED)


def test_a_mentee_gives_no_hours() -> None:
    reserve(mentee(), facts={"hours_a_month": 0}).then(RESERVED)


def test_places_are_for_who_takes_part_and_accepts() -> None:
    reserve(applied(Side.MENTEE)).then_refused(enrollment.NotInProgram)
    reserve(mentor(PAUSED)).then_refused(enrollment.EnrollmentIsPaused)
    reserve(mentor(), facts={"accepting": False}).then_refused(places.MentorAcceptsNobody)
    reserve(mentee(), facts={"accepting": False}).then(RESERVED)
    reserve(mentor(), facts={"active": False}).then_refused(admission.PersonIsNotActive)


def test_relationships_still_begin_in_a_closed_programme_and_no_longer_in_one_wound_down() -> None:
    reserve(mentor(), onboarding(open=False)).then(RESERVED)
    reserve(mentor(), onboarding(open=False, over=True)).then_refused(admission.ProgramIsWoundDown)
