"""What people are reminded of when they do nothing, how often, and what becomes of what stays silent."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import program
from domain.accountability_settings import Degree, Timers
from domain.enrollment import ENROLLMENT, Invited, PlaceReserved
from domain.event import DomainEvent
from domain.ids import MentorshipId, ProposalId
from domain.matching_settings import Mode
from domain.meeting import Confirmed, Proposed, Slot
from domain.mentorship import (
    AgreementSigned,
    Concluded,
    Extended,
    Migrated,
    MilestoneReached,
    Outcome,
    Paused,
    Reopened,
    Resumed,
)
from domain.notification import Sent
from domain.occasions import Occasion
from domain.program import AccountabilitySet
from domain.program_settings import AgreementSettings, PlanSettings, Reminder, Side
from domain.proposal import Accepted, Made
from domain.store import Database, Store
from projections import parking
from projections.projection import connect
from tests.people import ADA, KIM, NOOR, ONBOARDING, SAM
from tests.projections.given import happened
from tests.projections.left_undone import START, US, day, programme
from tests.workers.neglected import Neglected
from workers import reminders

FREE = AgreementSettings()
BARE = PlanSettings()
MEETING = UUID(int=0x3EE7)
BOTH = {ADA.id, NOOR.id}


@pytest.fixture
def we(organisation: Database, store: Store) -> Neglected:
    return Neglected(organisation, store)


def test_two_months_in_which_nobody_does_anything(we: Neglected) -> None:
    """By the defaults: each is told once, on the day it falls due."""
    we.begins()
    we.until(65)
    told = [(at, occasion, detail) for at, occasion, detail, to, _ in we.sent() if to == NOOR.id]
    assert told == [
        (7, "agreement", "version-1"),
        (10, "meeting", "meeting-1"),
        (14, "check_in", "check-in-1"),
        (31, "milestone", "goals"),
        (32, "survey", "survey"),
    ]
    assert [one[:3] for one in we.sent() if one[3] == ADA.id] == told
    assert {one[3] for one in we.sent()} == BOTH


def test_it_says_what_it_is_about_and_when_it_fell_due(we: Neglected) -> None:
    we.begins()
    we.on(8).works()
    told = we.log(Sent)[0]
    sent = told.event
    assert isinstance(sent, Sent)
    assert (sent.about, sent.mentorship, sent.program, sent.settings_version) == (US, US, ONBOARDING, 1)
    assert (sent.on, told.cause, told.actor) == (date(2030, 1, 8), "timer", "reminding")


def test_what_is_done_is_not_reminded_of(we: Neglected) -> None:
    we.begins()
    we.lives(6, AgreementSigned(by=NOOR.id, version=1))
    we.meets(9, MEETING)
    we.lives(9, MilestoneReached(milestone="goals", by=ADA.id))
    we.on(35).works()
    told = {(one[1], one[2], one[3]) for one in we.sent()}
    assert ("agreement", "version-1", ADA.id) in told
    assert ("agreement", "version-1", NOOR.id) not in told
    assert {detail for occasion, detail, _ in told if occasion == "meeting"} == {"meeting-2"}
    assert not [one for one in told if one[0] == "milestone"]


def test_each_meeting_begins_a_new_wait(we: Neglected) -> None:
    we.begins(*programme(agreement=FREE, plan=BARE))
    we.meets(2, MEETING)
    we.until(17)
    we.meets(20, UUID(int=0x3EE8))
    we.until(36)
    assert we.days(Occasion.MEETING, ADA) == [(17, 1), (35, 1)]


def test_nobody_is_reminded_to_meet_while_they_meet_and_have_not_written_it_down(we: Neglected) -> None:
    """They meet on the twelfth day, which was agreed on before the tenth, and never record it."""
    we.begins(*programme(agreement=FREE, plan=BARE))
    slot = Slot(starts_at=day(12), minutes=60)
    proposed = Proposed(mentorship=US, by=ADA.id, slots=(slot,), time_zone="UTC")
    happened(we.store, MEETING, proposed, Confirmed(by=NOOR.id, slot=slot), at=day(3))
    for at in (11, 12.02, 13):
        we.on(at).works()
    we.until(30)
    assert we.days(Occasion.MEETING, NOOR) == [(23, 1)]


def test_after_an_outage_the_highest_rung_is_sent_and_no_other(we: Neglected) -> None:
    ladder = Reminder(about=Occasion.AGREEMENT, days=(1, 3, 7, 30))
    we.begins(*programme(Degree.STANDARD, ladder, plan=BARE))
    we.until(8)
    assert we.days(Occasion.AGREEMENT, NOOR) == [(8, 1)]
    we.on(20).works()
    assert we.days(Occasion.AGREEMENT, NOOR) == [(8, 1), (20, 3)]
    we.until(45)
    assert we.days(Occasion.AGREEMENT, NOOR) == [(8, 1), (20, 3), (37, 4)]


def test_what_was_settled_during_an_outage_is_not_reminded_of(we: Neglected) -> None:
    """The worker is there before the read models show what has happened."""
    we.begins(*programme(plan=BARE))
    we.shown()
    for who in (ADA, NOOR):
        we.lives(8, AgreementSigned(by=who.id, version=1))
    we.meets(8, MEETING)
    we.on(9)
    with connect(we.database) as connection:
        worker = reminders.rounds(connection, we.store, we.clock)
        while worker.advance():
            pass
        assert worker.position < we.store.head()
        we.walk(worker)
    assert we.sent() == []


@pytest.mark.parametrize("degree", [Degree.NONE, Degree.LIGHT])
def test_a_light_hand_reminds_of_nothing(we: Neglected, degree: Degree) -> None:
    we.begins(*programme(degree))
    we.on(120).works()
    assert (we.sent(), we.became()) == ([], [])


def test_a_pause_reminds_of_nothing_and_counts_for_nothing(we: Neglected) -> None:
    we.begins(*programme(plan=BARE))
    we.lives(5, Paused(until=date(2030, 2, 1)))
    we.until(24)
    assert we.sent() == []
    we.lives(25, Resumed())
    we.until(31)
    assert we.days(Occasion.AGREEMENT, ADA) == [(27, 1)]
    assert we.days(Occasion.MEETING, ADA) == [(30, 1)]


def test_an_archived_programme_and_one_that_ended_remind_of_nothing(we: Neglected) -> None:
    we.begins()
    other = MentorshipId(UUID(int=0x06))
    we.pair(other)
    we.lives(1, Concluded(outcome=Outcome.ACHIEVED), stream=other)
    we.shown()
    happened(we.store, ONBOARDING, program.Closed(), program.WoundDown(), program.Archived(), at=day(3))
    we.on(120).works()
    assert we.sent() == []


def test_the_end_is_told_to_its_members_and_again_when_it_was_put_off(we: Neglected) -> None:
    we.begins(*programme(agreement=FREE, plan=BARE), planned_end=date(2030, 1, 6))
    we.until(6)
    we.lives(6.5, Extended(until=date(2030, 1, 9)))
    we.until(10)
    told = [(at, detail) for at, _, detail, to, _ in we.sent(Occasion.ENDING) if to == ADA.id]
    assert told == [(5, "ends-2030-01-06"), (8, "ends-2030-01-09")]


def test_strict_programmes_tell_their_administrators_once_of_what_stays_undone(we: Neglected) -> None:
    we.begins(*programme(Degree.STRICT, Reminder(about=Occasion.AGREEMENT, days=(1, 3))))
    we.until(20)
    told = [one for one in we.sent(Occasion.ESCALATION) if one[2] == "agreement-version-1"]
    assert told == [(17, "escalation", "agreement-version-1", KIM.id, 1)]


def test_what_is_settled_is_not_told_to_administrators(we: Neglected) -> None:
    we.begins(*programme(Degree.STRICT, plan=BARE))
    we.until(12)
    for who in (ADA, NOOR):
        we.lives(12, AgreementSigned(by=who.id, version=1))
    we.until(20)
    details = {one[2] for one in we.sent(Occasion.ESCALATION)}
    assert details == {"meeting-meeting-1"}


def silent(we: Neglected) -> None:
    """Somebody does something on the fifth day, and nobody does anything after it."""
    we.begins(*programme(agreement=FREE, plan=BARE))
    part = ProposalId(UUID(int=0xF1))
    for who in (ADA, NOOR):
        happened(we.store, who.in_program(ONBOARDING), PlaceReserved(proposal=part, hours_a_month=2))
    we.lives(5, MilestoneReached(milestone="plan", by=ADA.id))


LAPSED = Concluded(outcome=Outcome.LAPSED)


def test_silence_is_warned_of_and_a_week_later_it_ends(we: Neglected) -> None:
    silent(we)
    we.on(94.9).works()
    assert we.sent(Occasion.SILENCE) == []
    we.on(96).works()
    detail = "since-2030-01-06"
    assert we.sent(Occasion.SILENCE) == sorted((96, "silence", detail, who.id, 1) for who in (ADA, NOOR, SAM))
    we.on(102.9).works()
    assert we.held().ended is None
    we.on(103).works()
    assert we.became()[-1] == LAPSED
    *_, ended = we.store.history(US)
    assert (ended.cause, ended.actor, we.number(ended.recorded_at)) == ("timer", "reminding", 103)


def test_the_places_of_what_lapses_are_free(we: Neglected) -> None:
    began: Any = {"proposal": ProposalId(UUID(int=0xF1))}
    we.begins(*programme(agreement=FREE, plan=BARE), **began)
    for who in (ADA, NOOR):
        reserved = PlaceReserved(proposal=began["proposal"], hours_a_month=2)
        happened(we.store, who.in_program(ONBOARDING), reserved)
    we.on(91).works()
    we.on(99).works()
    assert we.became() == [LAPSED]
    parts = [we.store.load(ENROLLMENT.stream(who.in_program(ONBOARDING))).state for who in (ADA, NOOR)]
    assert [dict(part.places) for part in parts] == [{}, {}]


@pytest.mark.parametrize("event", [MilestoneReached(milestone="goals", by=NOOR.id)])
def test_whoever_is_heard_of_in_time_goes_on(we: Neglected, event: DomainEvent) -> None:
    silent(we)
    we.on(96).works()
    we.lives(100, event)
    we.on(110).works()
    assert we.held().ended is None
    we.until(196, every=10)
    assert {one[2] for one in we.sent(Occasion.SILENCE)} == {"since-2030-01-06", "since-2030-04-11"}


def test_a_pause_after_the_warning_holds_the_end_up(we: Neglected) -> None:
    silent(we)
    we.on(96).works()
    we.lives(97, Paused(until=date(2030, 5, 1)))
    we.on(110).works()
    assert we.held().ended is None
    we.lives(117, Resumed())
    we.on(122.9).works()
    assert we.held().ended is None
    we.on(123).works()
    assert we.became()[-1] == LAPSED


def test_what_lapsed_and_was_taken_up_again_has_all_its_time_again(we: Neglected) -> None:
    silent(we)
    we.on(96).works()
    we.on(103).works()
    we.lives(110, Reopened(until=date(2031, 1, 1)))
    we.until(198, every=5)
    assert we.held().ended is None
    we.on(201).works()
    we.on(209).works()
    assert we.became()[-1] == LAPSED


def test_nobody_lapses_who_was_not_warned(we: Neglected) -> None:
    """An outage of a year warns, and ends nothing."""
    silent(we)
    we.on(500).works()
    assert we.held().ended is None
    assert len(we.sent(Occasion.SILENCE)) == 3
    we.on(507).works()
    assert we.became()[-1] == LAPSED


def test_own_timers_hold(we: Neglected) -> None:
    own = Timers(agreement_unsigned=2, silence_warning=20, silence_conclusion=2)
    we.begins(*programme(timers=own, plan=BARE))
    we.until(23)
    assert we.days(Occasion.AGREEMENT, ADA) == [(2, 1)]
    assert we.days(Occasion.SILENCE, SAM) == [(20, 1)]
    assert we.became() == [LAPSED]


def test_a_relationship_keeps_the_timers_of_its_version(we: Neglected) -> None:
    we.begins()
    slow = programme(timers=Timers(agreement_unsigned=100))
    changed = next(event for event in slow if isinstance(event, AccountabilitySet))
    happened(we.store, ONBOARDING, changed, at=day(1))
    we.on(8).works()
    assert we.days(Occasion.AGREEMENT, ADA) == [(8, 1)]


def test_invitations_are_reminded_of_where_the_programme_says_so(we: Neglected) -> None:
    ladder = Reminder(about=Occasion.INVITATION, days=(3,))
    we.begins(*programme(Degree.NONE, ladder))
    invited = Invited(program=ONBOARDING, participant=SAM.id, role=Side.MENTOR)
    happened(we.store, SAM.in_program(ONBOARDING), invited, at=day(0))
    we.until(5)
    assert we.sent() == [(3, "invitation", "invitation", SAM.id, 1)]


def asks(we: Neglected, mode: Mode, expires: float) -> ProposalId:
    """Noor asks, or somebody proposes, on the day the relationship begins."""
    id_, own = ProposalId(UUID(int=0xF2)), mode is Mode.SELF_DIRECTED
    made = Made(
        program=ONBOARDING,
        settings_version=1,
        relationship="pair",
        mentors=(ADA.id,),
        mentees=(NOOR.id,),
        mode=mode,
        rank=1 if own else None,
        author=NOOR.id if own else None,
        expires_at=day(expires),
    )
    happened(we.store, id_, made, at=day(0))
    return id_


def test_who_is_wished_for_is_reminded_while_they_can_answer(we: Neglected) -> None:
    we.begins()
    asks(we, Mode.SELF_DIRECTED, 3)
    we.until(6)
    assert we.sent() == [(2, "wish", "wish", ADA.id, 1)]


def test_whoever_has_answered_a_proposal_is_not_reminded_of_it(we: Neglected) -> None:
    """Of proposals by somebody else, only where the programme says so."""
    ladder = Reminder(about=Occasion.PROPOSAL, days=(1, 3))
    we.begins(*programme(Degree.STANDARD, ladder))
    id_ = asks(we, Mode.FACILITATOR, 14)
    we.until(2)
    happened(we.store, id_, Accepted(by=ADA.id), at=day(2))
    we.until(5)
    assert (we.days(Occasion.PROPOSAL, ADA), we.days(Occasion.PROPOSAL, NOOR)) == ([(1, 1)], [(1, 1), (3, 2)])


def test_what_a_read_model_has_set_aside_is_not_looked_at_for_ever(we: Neglected) -> None:
    we.begins()
    we.shown()
    with connect(we.database) as connection:
        parking.park(connection, "relationships", US, we.store.head() + 1, "for a test")
    we.on(120).works()
    assert we.sent() == []


def test_a_round_is_made_once_a_minute_and_at_once_when_terms_change(we: Neglected) -> None:
    we.begins(*programme(Degree.NONE))
    we.on(8)
    with connect(we.database) as connection:
        worker = reminders.rounds(connection, we.store, we.clock)
        we.walk(worker)
        followed = next(event for event in programme() if isinstance(event, AccountabilitySet))
        moved = Migrated(settings_version=2)
        happened(we.store, ONBOARDING, followed, at=day(8))
        we.lives(8, moved)
        we.walk(worker)
    assert we.days(Occasion.AGREEMENT, ADA) == [(8, 1)]
    assert we.clock.now == START.replace(day=9)
