"""Places: a mentor never holds more relationships or hours than there are, whatever is wished."""

from datetime import date
from typing import Any
from uuid import UUID

from domain import admission, enrollment, places
from domain.enrollment import (
    ENROLLMENT,
    Applied,
    Approved,
    Paused,
    PlaceReleased,
    PlaceReserved,
    PreferenceStated,
    RequestClosed,
    RequestOpened,
    WishesRanked,
    Withdrawn,
)
from domain.event import ERASED, DomainEvent
from domain.ids import ParticipantId, ProposalId
from domain.program_settings import Side
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM
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


def test_places_may_wait_in_a_pause_but_are_on_the_right_side() -> None:
    for role, history in ((Side.MENTOR, mentor()), (Side.MENTEE, mentee(PAUSED))):
        history.when(places.takes_part, role=role).then_nothing()
    mentor().when(places.takes_part, role=Side.MENTEE).then_refused(places.NotOnThatSide, role=Side.MENTEE)
    applied(Side.MENTOR).when(places.takes_part, role=Side.MENTOR).then_refused(
        places.NotOnThatSide, role=Side.MENTOR
    )


def could(history: Given[Any], side: Side, proposal: ProposalId = PROPOSAL, **more: Any) -> When[Any]:
    wish = {"program": OPEN, "person": NOOR.facts(**more.pop("facts", {})), **more}
    return history.when(places.could_take, proposal=proposal, side=side, **wish)


def test_who_is_asked_could_take_it_on() -> None:
    could(mentor(), Side.MENTOR).then_nothing()
    could(mentee(), Side.MENTOR).then_refused(places.NotOnThatSide, role=Side.MENTOR)
    could(mentee(RESERVED), Side.MENTEE, ANOTHER).then_refused(places.MenteeIsFull, limit=1)
    could(mentee(RESERVED), Side.MENTEE).then_nothing()
    could(mentor(), Side.MENTOR, hours_elsewhere=8).then_refused(
        places.MentorHasNoHours, hours=8, taken=8, wanted=2
    )


def test_who_asks_has_only_so_many_requests_open() -> None:
    opened = [RequestOpened(proposal=one) for one in (PROPOSAL, ANOTHER, THIRD)]
    fourth = ProposalId(UUID(int=4))
    could(mentee(), Side.MENTEE, asks=True).then(opened[0])
    could(mentee(*opened), Side.MENTEE, fourth, asks=True).then_refused(places.TooManyRequests, limit=3)
    could(mentee(*opened), Side.MENTEE, fourth).then_nothing()
    could(mentee(*opened), Side.MENTEE, THIRD, asks=True).then_nothing()
    closed = mentee(*opened, RequestClosed(proposal=ANOTHER))
    could(closed, Side.MENTEE, fourth, asks=True).then(RequestOpened(proposal=fourth))


def test_a_request_waits_until_it_is_closed_or_has_its_place() -> None:
    waits = mentee(RequestOpened(proposal=PROPOSAL))
    waits.when(places.close_request, proposal=PROPOSAL).then(RequestClosed(proposal=PROPOSAL))
    mentee().when(places.close_request, proposal=PROPOSAL).then_nothing()
    reserve(waits).then(RESERVED, RequestClosed(proposal=PROPOSAL))


def test_requests_and_places_outlive_a_withdrawal_and_wishes_do_not() -> None:
    lived = (RESERVED, RequestOpened(proposal=ANOTHER), WishesRanked(wishes=(ADA.id,)), Withdrawn())
    again = mentee(*lived, Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)).state
    assert (again.places, set(again.requests), again.wishes) == ({PROPOSAL: 2}, {ANOTHER}, ())


def rank(history: Given[Any], *wishes: ParticipantId) -> When[Any]:
    return history.when(places.rank_wishes, program=OPEN, wishes=wishes)


def test_wishes_are_ranked_as_one_list() -> None:
    ranked = WishesRanked(wishes=(ADA.id, LIN.id))
    rank(mentee(), ADA.id, LIN.id).then(ranked)
    rank(mentee(ranked), LIN.id, ADA.id).then(WishesRanked(wishes=(LIN.id, ADA.id)))
    rank(mentee(ranked)).then(WishesRanked(wishes=()))
    rank(mentee()).then_nothing()
    rank(mentee(PAUSED), ADA.id).then(WishesRanked(wishes=(ADA.id,)))


def test_wishes_are_for_a_few_other_people_each_once() -> None:
    rank(mentee(), ADA.id, LIN.id, KIM.id, SAM.id).then_refused(places.TooManyWishes, limit=3)
    rank(mentee(), ADA.id, ADA.id).then_refused(places.WishedTwice)
    rank(mentee(), ADA.id, NOOR.id).then_refused(admission.NobodyMentorsThemself)
    rank(applied(Side.MENTEE), ADA.id).then_refused(enrollment.NotInProgram)


def prefer(history: Given[Any], **preference: str) -> When[Any]:
    return history.when(places.state_preference, program=OPEN, preference=preference)


def test_a_preference_is_stated_and_taken_back() -> None:
    stated = PreferenceStated(participant=NOOR.id, preference={"gender": "woman"})
    prefer(mentee(), gender="woman").then(stated)
    prefer(mentee(stated)).then(PreferenceStated(participant=NOOR.id, preference={}))
    prefer(mentee()).then_nothing()
    prefer(applied(Side.MENTEE), gender="woman").then_refused(enrollment.NotInProgram)
    erased = stated.model_copy(update={"preference": ERASED})
    prefer(mentee(erased), gender="woman").then(stated)
