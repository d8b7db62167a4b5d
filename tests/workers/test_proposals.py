"""What time and rules make of proposals: they expire, are withdrawn or superseded, and wishes go on."""

from datetime import date, timedelta

import pytest

from domain import enrollment, participant, program, proposal
from domain.enrollment import Paused, PlaceReleased, Removed, Resumed
from domain.ids import ProposalId
from domain.matching_settings import HardRule, Mode
from domain.participant import AvailabilitySet, PersonAvoided, RecordSynced
from domain.profile import LeavingReason
from domain.program import EnrollmentConfigured, MatchingConfigured, RelationshipTypesSet
from domain.program_settings import Capacity, EnrollmentSettings, Side
from domain.proposal import Status
from domain.store import Database, Store
from tests.people import ADA, KIM, LEADERSHIP, LIN, NOOR, OLA, ONBOARDING, SAM
from tests.programs import PAIR
from tests.projections.given import happened
from tests.workers.wishing import SETTINGS, Clock, Matchmaker, everybody_is_in, fill, joined, programme

WAITING, EXPIRED, DECLINED = "waiting", "expired", "declined"


@pytest.fixture
def people(organisation: Database, store: Store) -> Matchmaker:
    everybody_is_in(store)
    return Matchmaker(organisation, store, Clock())


def test_nothing_moves_before_its_time(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    people.ask(NOOR, ADA)
    people.clock.move(days=2, hours=23)
    head = people.store.head()
    people.move_on()
    assert people.store.head() == head


def test_what_nobody_has_answered_expires_and_the_next_wish_is_made(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    first = people.ask(NOOR, ADA)
    people.clock.move(days=3)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, EXPIRED), (KIM.id, 2, WAITING)]
    made = people.held(people.latest(NOOR)).made
    assert made is not None
    assert made.expires_at == people.clock() + timedelta(days=3)
    assert (made.author, made.mentees, made.relationship) == (NOOR.id, (NOOR.id,), "pair")
    ended = list(people.store.history(first))[-1]
    assert (ended.cause, ended.actor) == ("timer", "proposing")
    begun = next(people.store.history(people.latest(NOOR)))
    assert (begun.cause, begun.actor) == ("rule", "proposing")


def test_every_proposal_expires_whoever_made_it(people: Matchmaker) -> None:
    by_hand = people.propose(ADA, NOOR)
    people.clock.move(days=14)
    people.move_on()
    assert people.status(by_hand) is Status.EXPIRED


def test_the_list_is_gone_through_to_its_end(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM, LIN)
    people.ask(NOOR, ADA)
    for mentor in (ADA, KIM, LIN):
        people.decline(people.latest(NOOR), mentor)
        people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED), (KIM.id, 2, DECLINED), (LIN.id, 3, DECLINED)]
    assert people.part(NOOR).requests == frozenset()


def test_after_an_outage_each_wish_waits_its_whole_time(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM, LIN)
    people.ask(NOOR, ADA)
    people.clock.move(days=30)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, EXPIRED), (KIM.id, 2, WAITING)]
    people.clock.move(days=2)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, WAITING)]
    people.clock.move(days=1)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, EXPIRED), (LIN.id, 3, WAITING)]


def test_whoever_cannot_be_asked_is_passed_over(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM, LIN)
    people.ask(NOOR, ADA)
    happened(people.store, KIM.id, PersonAvoided(person=NOOR.id))
    people.decline(people.latest(NOOR), ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED), (LIN.id, 3, WAITING)]


def test_hard_rules_bar_the_next_wish_too(people: Matchmaker) -> None:
    in_line = SETTINGS.model_copy(update={"hard_rules": (HardRule.NOT_IN_REPORTING_LINE,)})
    happened(people.store, ONBOARDING, MatchingConfigured(settings=in_line))
    above = RecordSynced(source="hr", changed=("manager",), manager=KIM.id)
    happened(people.store, NOOR.id, RecordSynced(source="hr", changed=("manager",), manager=SAM.id))
    happened(people.store, SAM.id, above)
    people.rank(NOOR, ADA, KIM, LIN)
    people.decline(people.ask(NOOR, ADA), ADA)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(LIN.id, 3, WAITING)]


@pytest.mark.parametrize("accepting", [True, False])
def test_who_has_answered_what_the_staff_proposed_is_passed_over(people: Matchmaker, accepting: bool) -> None:
    capacity = EnrollmentSettings(capacity=Capacity(mentees_per_mentor=2, mentors_per_mentee=2))
    happened(people.store, ONBOARDING, EnrollmentConfigured(settings=capacity))
    by_hand = people.propose(KIM, NOOR)
    people.answer(by_hand, KIM, accepting=accepting)
    if accepting:
        people.accept(by_hand, NOOR)
    people.rank(NOOR, ADA, KIM, LIN)
    people.decline(people.ask(NOOR, ADA), ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED), (LIN.id, 3, WAITING)]


def test_a_wish_taken_back_is_followed_by_what_is_left_on_the_list(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    people.end(people.ask(NOOR, ADA), proposal.withdraw)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "withdrawn"), (KIM.id, 2, WAITING)]
    people.rank(NOOR)
    people.end(people.latest(NOOR), proposal.withdraw)
    people.move_on()
    assert [state for *_, state in people.wishes(NOOR)] == ["withdrawn", "withdrawn"]


def test_one_wish_waits_at_a_time(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM, LIN)
    first, second = people.ask(NOOR, ADA), people.ask(NOOR, KIM, rank=2)
    people.decline(first, ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED), (KIM.id, 2, WAITING)]
    people.decline(second, KIM)
    people.move_on()
    assert people.wishes(NOOR)[2:] == [(LIN.id, 3, WAITING)]


def test_who_asks_without_a_list_is_asked_for_nothing_more(people: Matchmaker) -> None:
    people.decline(people.ask(NOOR, ADA, rank=None), ADA)
    people.move_on()
    assert people.part(NOOR).requests == frozenset()


def test_a_list_that_nobody_could_be_asked_from_waits_too(people: Matchmaker) -> None:
    (first, _), _ = fill(people, ADA), fill(people, KIM)
    people.rank(NOOR, ADA, KIM)
    people.move_on()
    assert people.wishes(NOOR) == []
    happened(people.store, ADA.in_program(ONBOARDING), PlaceReleased(proposal=first))
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, WAITING)]


def test_a_mentors_list_asks_nobody(people: Matchmaker) -> None:
    people.rank(ADA, NOOR)
    people.move_on()
    assert people.part(ADA).requests == frozenset()


def test_the_type_that_was_asked_for_is_asked_for_again(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM, LIN)
    people.decline(people.ask(NOOR, ADA, relationship="reverse"), ADA)
    people.move_on()
    made = people.held(people.latest(NOOR)).made
    assert made is not None
    assert made.relationship == "reverse"
    assert made.provenance is not None
    happened(people.store, ONBOARDING, RelationshipTypesSet(types=(PAIR,)))
    people.decline(people.latest(NOOR), KIM)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, DECLINED)]


def test_a_longer_list_is_gone_on_with(people: Matchmaker) -> None:
    people.rank(NOOR, ADA)
    people.decline(people.ask(NOOR, ADA), ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    people.rank(NOOR, ADA, LIN)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(LIN.id, 2, WAITING)]


def test_a_programme_that_no_longer_lets_people_choose_makes_no_wish(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    first = people.ask(NOOR, ADA)
    by_hand = SETTINGS.model_copy(update={"modes": (Mode.FACILITATOR,)})
    happened(people.store, ONBOARDING, MatchingConfigured(settings=by_hand))
    people.decline(first, ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    happened(people.store, ONBOARDING, MatchingConfigured(settings=SETTINGS))
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, WAITING)]


def test_the_mentors_last_place_supersedes_what_others_wait_for(people: Matchmaker) -> None:
    people.rank(SAM, ADA, KIM)
    one, two, three = (people.ask(who, ADA) for who in (NOOR, OLA, SAM))
    people.accept(one, ADA)
    people.move_on()
    assert people.status(three) is Status.WAITING
    people.accept(two, ADA)
    people.move_on()
    assert people.status(three) is Status.SUPERSEDED
    assert people.wishes(SAM) == [(ADA.id, 1, "superseded"), (KIM.id, 2, WAITING)]


def test_the_mentees_last_place_supersedes_what_they_have_asked(people: Matchmaker) -> None:
    people.rank(NOOR, KIM, LIN)
    kept, other = people.ask(NOOR, ADA, rank=None), people.ask(NOOR, KIM)
    by_hand = people.propose(LIN, NOOR)
    people.accept(kept, ADA)
    people.move_on()
    assert [people.status(one) for one in (kept, other, by_hand)] == [
        Status.CONFIRMED,
        Status.SUPERSEDED,
        Status.SUPERSEDED,
    ]
    assert people.part(NOOR).requests == frozenset()


def test_what_has_led_to_something_is_not_gone_on_with_when_that_is_over(people: Matchmaker) -> None:
    people.rank(NOOR, KIM, LIN)
    kept = people.ask(NOOR, ADA, rank=None)
    people.ask(NOOR, KIM)
    people.accept(kept, ADA)
    people.move_on()
    happened(people.store, NOOR.in_program(ONBOARDING), PlaceReleased(proposal=kept))
    people.move_on()
    assert people.wishes(NOOR) == [(KIM.id, 1, "superseded")]


def test_who_was_superseded_may_be_asked_once_there_is_a_place(people: Matchmaker) -> None:
    people.rank(NOOR, ADA)
    asked = people.ask(NOOR, ADA)
    taken = fill(people, ADA)
    people.move_on()
    assert people.status(asked) is Status.SUPERSEDED
    happened(people.store, ADA.in_program(ONBOARDING), PlaceReleased(proposal=taken[0]))
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "superseded"), (ADA.id, 1, WAITING)]


def test_hours_taken_in_one_programme_supersede_in_another(people: Matchmaker) -> None:
    programme(people.store, LEADERSHIP)
    joined(people.store, ADA, Side.MENTOR, LEADERSHIP)
    joined(people.store, SAM, Side.MENTEE, LEADERSHIP)
    happened(people.store, ADA.id, AvailabilitySet(hours_a_month=3))
    here = people.ask(NOOR, ADA)
    there = people.ask(SAM, ADA, program=LEADERSHIP)
    people.accept(there, ADA)
    people.move_on()
    assert people.status(here) is Status.SUPERSEDED


def test_a_circle_goes_on_without_who_has_no_place_left_and_has_not_answered(people: Matchmaker) -> None:
    around = people.propose(ADA, NOOR, SAM, OLA, least_mentees=2)
    people.accept(people.ask(NOOR, KIM, rank=None), KIM)
    people.move_on()
    assert people.status(around) is Status.WAITING
    people.accept(around, SAM)
    people.accept(people.ask(SAM, LIN, rank=None), LIN)
    people.move_on()
    assert people.status(around) is Status.SUPERSEDED


def test_a_circle_that_is_too_small_without_them_ends(people: Matchmaker) -> None:
    around = people.propose(ADA, NOOR, SAM, least_mentees=2)
    people.accept(people.ask(NOOR, KIM, rank=None), KIM)
    people.move_on()
    assert people.status(around) is Status.SUPERSEDED


REMOVED = Removed(participant=ADA.id, reason="No longer here.")


@pytest.mark.parametrize("gone", [enrollment.Withdrawn(), REMOVED, enrollment.Completed()])
def test_whoever_takes_part_no_more_leaves_nothing_waiting(
    people: Matchmaker, gone: enrollment.EnrollmentEvent
) -> None:
    people.rank(NOOR, ADA, KIM)
    wished, by_hand = people.ask(NOOR, ADA), people.propose(ADA, SAM)
    other = people.propose(LIN, OLA)
    happened(people.store, ADA.in_program(ONBOARDING), gone)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "withdrawn"), (KIM.id, 2, WAITING)]
    assert [people.status(one) for one in (wished, by_hand, other)] == [
        Status.WITHDRAWN,
        Status.WITHDRAWN,
        Status.WAITING,
    ]
    assert list(people.store.history(wished))[-1].cause == "rule"


def test_who_asked_and_goes_leaves_nothing_waiting_and_wishes_nothing_more(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    asked = people.ask(NOOR, ADA)
    happened(people.store, NOOR.in_program(ONBOARDING), enrollment.Withdrawn())
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, "withdrawn")]
    assert (people.status(asked), people.part(NOOR).requests) == (Status.WITHDRAWN, frozenset[ProposalId]())


def test_a_pause_ends_nothing_and_who_pauses_wishes_on_afterwards(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    asked, here = people.ask(NOOR, ADA), NOOR.in_program(ONBOARDING)
    happened(people.store, here, Paused(until=date(2030, 6, 1)))
    people.move_on()
    assert people.status(asked) is Status.WAITING
    people.decline(asked, ADA)
    people.move_on()
    assert people.wishes(NOOR) == [(ADA.id, 1, DECLINED)]
    happened(people.store, here, Resumed())
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(KIM.id, 2, WAITING)]


def test_what_is_wound_down_leaves_nothing_waiting(people: Matchmaker) -> None:
    people.rank(NOOR, ADA, KIM)
    waiting = [people.ask(NOOR, ADA), people.propose(LIN, SAM)]
    happened(people.store, ONBOARDING, program.Closed(), program.WoundDown())
    people.move_on()
    assert [people.status(one) for one in waiting] == [Status.WITHDRAWN] * 2
    assert people.wishes(NOOR) == [(ADA.id, 1, "withdrawn")]


def test_who_leaves_the_organisation_is_no_longer_asked(people: Matchmaker) -> None:
    """Their part has ended by the rules of membership, or is about to; nobody asks them meanwhile."""
    people.rank(NOOR, ADA, KIM, LIN)
    asked = people.ask(NOOR, ADA)
    happened(people.store, KIM.id, participant.Left(reason=LeavingReason.OWN_WISH))
    people.decline(asked, ADA)
    people.move_on()
    assert people.wishes(NOOR)[1:] == [(LIN.id, 3, WAITING)]
