"""One person in one programme: who comes in, who waits, who has a place, who goes."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import admission, enrollment, places
from domain.enrollment import (
    ENROLLMENT,
    Applied,
    Approved,
    Completed,
    InformationGiven,
    InformationRequested,
    Invited,
    Paused,
    PlaceReserved,
    Rejected,
    Removed,
    Resumed,
    Waitlisted,
    Withdrawn,
)
from domain.event import ERASED, DomainEvent
from domain.ids import ProposalId
from domain.program_settings import Side
from tests.people import ADA, LIN, NOOR, ONBOARDING, Person
from tests.programs import onboarding
from tests.scenario import Given, When, given

TODAY = date(2030, 5, 2)
OPEN = onboarding()
ARCHIVED = onboarding(open=False, over=True, archived=True)
SALES_ONLY = onboarding({Side.MENTEE: 'department == "Sales"'})
PROPOSAL = ProposalId(UUID(int=1))
APPLIED = Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)
INVITED = Invited(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)
ASKED = InformationRequested(participant=NOOR.id, question="Which shift?")
REJECTED = Rejected(participant=NOOR.id, reason="Too early.")
REMOVED = Removed(participant=NOOR.id, reason="No longer here.")
OUTSIDE = Removed(participant=NOOR.id, reason="department must be Sales", outside_audience=True)
PAUSED = Paused(until=date(2030, 6, 1))
RESERVED = PlaceReserved(proposal=PROPOSAL, hours_a_month=2)


def noor(*since: DomainEvent) -> Given[enrollment.Enrollment]:
    return given(ENROLLMENT, APPLIED, *since)


def mentor(*since: DomainEvent) -> Given[enrollment.Enrollment]:
    applied = Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTOR)
    return given(ENROLLMENT, applied, Approved(), *since)


def nobody_yet() -> Given[enrollment.Enrollment]:
    return given(ENROLLMENT)


def apply(history: Given[Any], program: Any = OPEN, person: Person = NOOR, **wish: Any) -> When[Any]:
    facts = person.facts(**wish.pop("facts", {}))
    told = {"role": Side.MENTEE, "answers": {}, "today": TODAY, **wish}
    return history.when(enrollment.apply, program=program, person=facts, **told)


def invite(history: Given[Any], program: Any = OPEN, role: Side = Side.MENTEE, **facts: Any) -> When[Any]:
    return history.when(enrollment.invite, program=program, person=NOOR.facts(**facts), role=role)


def test_a_person_applies() -> None:
    apply(nobody_yet()).then(APPLIED)


def test_approval_can_be_automatic() -> None:
    apply(nobody_yet(), onboarding(approval="automatic")).then(APPLIED, Approved())


def test_the_invited_are_in_when_they_accept() -> None:
    invite(nobody_yet()).then(INVITED)
    apply(given(ENROLLMENT, INVITED)).then(APPLIED, Approved())


def test_an_invitation_opens_what_is_by_invitation_only_or_out_of_season() -> None:
    by_invitation, over_since_april = (
        onboarding(application=False),
        onboarding(window={"closes": "2030-04-30"}),
    )
    apply(nobody_yet(), by_invitation).then_refused(admission.NeedsInvitation)
    apply(nobody_yet(), over_since_april).then_refused(admission.WindowIsShut)
    apply(given(ENROLLMENT, INVITED), by_invitation).then(APPLIED, Approved())
    apply(given(ENROLLMENT, INVITED), over_since_april).then(APPLIED, Approved())


def test_an_invitation_is_for_one_side() -> None:
    mentor = Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTOR)
    apply(given(ENROLLMENT, INVITED), role=Side.MENTOR).then(mentor)
    invite(given(ENROLLMENT, INVITED), role=Side.MENTOR).then(
        Invited(program=ONBOARDING, participant=NOOR.id, role=Side.MENTOR)
    )


def test_who_is_in_needs_no_invitation() -> None:
    invite(noor(Approved())).then_nothing()
    invite(noor(Approved()), role=Side.MENTOR).then_refused(enrollment.AlreadyInProgram)


def test_a_closed_programme_takes_nobody() -> None:
    closed = onboarding(open=False)
    apply(nobody_yet(), closed).then_refused(admission.ProgramIsNotOpen)
    invite(nobody_yet(), closed).then_refused(admission.ProgramIsNotOpen)


def test_who_is_outside_the_audience_learns_why() -> None:
    apply(nobody_yet(), SALES_ONLY, LIN).then_refused(
        admission.OutsideAudience, role=Side.MENTEE, condition='department must be "Sales"'
    )
    invite(nobody_yet(), SALES_ONLY, department="Finance").then_refused(
        admission.OutsideAudience, role=Side.MENTEE, condition='department must be "Sales"'
    )
    apply(nobody_yet(), SALES_ONLY).then(APPLIED)


def test_the_audience_of_one_side_is_not_that_of_the_other() -> None:
    apply(nobody_yet(), SALES_ONLY, LIN, role=Side.MENTOR).then(
        Applied(program=ONBOARDING, participant=LIN.id, role=Side.MENTOR)
    )


def test_only_active_people_come_in() -> None:
    apply(nobody_yet(), facts={"active": False}).then_refused(admission.PersonIsNotActive)
    invite(nobody_yet(), active=False).then_refused(admission.PersonIsNotActive)


def test_one_applies_once() -> None:
    apply(noor(), role=Side.MENTOR).then_refused(enrollment.AlreadyInProgram)
    apply(noor(Approved(), PAUSED)).then_nothing()
    asking = onboarding(questions=[{"id": "why", "text": "Why?"}])
    apply(noor(), asking, answers={"why": "To learn."}).then_refused(enrollment.AlreadyInProgram)


@pytest.mark.parametrize("gone", [Withdrawn(), Completed(), OUTSIDE])
def test_who_went_may_come_again(gone: DomainEvent) -> None:
    apply(noor(Approved(), gone)).then(APPLIED)


@pytest.mark.parametrize("turned_away", [REJECTED, REMOVED])
def test_who_was_turned_away_comes_again_by_invitation(turned_away: DomainEvent) -> None:
    apply(noor(turned_away)).then_refused(admission.NeedsInvitation)
    invite(noor(turned_away)).then(INVITED)
    apply(noor(turned_away, INVITED)).then(APPLIED, Approved())


ASKING = onboarding(
    questions=[
        {"id": "why", "text": "Why?", "side": "mentee"},
        {"id": "shift", "text": "Which shift?", "choices": ["Early", "Late"], "required": False},
        {"id": "years", "text": "How long?", "side": "mentor"},
    ]
)


def test_questions_are_answered() -> None:
    answers = {"why": "To learn.", "shift": "Late"}
    apply(nobody_yet(), ASKING, answers=answers).then(APPLIED.model_copy(update={"answers": answers}))
    apply(nobody_yet(), ASKING, answers={"why": "To learn."}).then(
        APPLIED.model_copy(update={"answers": {"why": "To learn."}})
    )


def test_answers_fit_their_questions() -> None:
    apply(nobody_yet(), ASKING).then_refused(admission.AnswerIsMissing, question="why")
    apply(nobody_yet(), ASKING, answers={"why": "So.", "years": "3"}).then_refused(
        admission.AnswerFitsNoQuestion, question="years", role=Side.MENTEE
    )
    apply(nobody_yet(), ASKING, answers={"why": "So.", "shift": "Night"}).then_refused(
        admission.AnswerIsNoChoice, question="shift"
    )


def test_information_is_requested_and_given() -> None:
    noor().when(enrollment.request_information, program=OPEN, question="Which shift?").then(ASKED)
    answer = InformationGiven(participant=NOOR.id, answer="The late one.")
    noor(ASKED).when(enrollment.give_information, program=OPEN, answer="The late one.").then(answer)
    noor(ASKED, answer).when(enrollment.request_information, program=OPEN, question="Which shift?").then(
        ASKED
    )
    noor().when(enrollment.give_information, program=OPEN, answer="The late one.").then_refused(
        enrollment.NoInformationIsRequested
    )


def test_asking_somebody_on_the_waitlist_would_cost_them_their_position() -> None:
    noor(Waitlisted()).when(
        enrollment.request_information, program=OPEN, question="Which shift?"
    ).then_refused(enrollment.NoApplicationWaits)


@pytest.mark.parametrize("waiting", [(), (ASKED,), (Waitlisted(),)])
def test_a_waiting_application_is_approved_or_rejected(waiting: tuple[DomainEvent, ...]) -> None:
    noor(*waiting).when(enrollment.approve, program=OPEN, person=NOOR.facts()).then(Approved())
    noor(*waiting).when(enrollment.reject, program=OPEN, reason="Too early.").then(REJECTED)


def test_approval_looks_at_the_person_again() -> None:
    approve = noor().when
    approve(enrollment.approve, program=OPEN, person=NOOR.facts(active=False)).then_refused(
        admission.PersonIsNotActive
    )
    approve(enrollment.approve, program=SALES_ONLY, person=NOOR.facts(department="Finance")).then_refused(
        admission.OutsideAudience, role=Side.MENTEE, condition='department must be "Sales"'
    )


def test_a_closed_programme_still_decides_and_one_wound_down_takes_nobody() -> None:
    closed, over = onboarding(open=False), onboarding(open=False, over=True)
    noor().when(enrollment.approve, program=closed, person=NOOR.facts()).then(Approved())
    noor().when(enrollment.approve, program=over, person=NOOR.facts()).then_refused(
        admission.ProgramIsWoundDown
    )
    noor().when(enrollment.reject, program=over, reason="Too early.").then(REJECTED)


def test_people_are_put_on_the_waitlist() -> None:
    noor().when(enrollment.waitlist, program=OPEN).then(Waitlisted())


@pytest.mark.parametrize(
    ("decision", "wish"),
    [
        (enrollment.request_information, {"question": "Which shift?"}),
        (enrollment.approve, {"person": NOOR.facts()}),
        (enrollment.reject, {"reason": "Too early."}),
        (enrollment.waitlist, {}),
    ],
)
def test_only_a_waiting_application_is_decided(decision: Any, wish: Any) -> None:
    refused = enrollment.NoApplicationWaits
    nobody_yet().when(decision, program=OPEN, **wish).then_refused(refused)
    given(ENROLLMENT, INVITED).when(decision, program=OPEN, **wish).then_refused(refused)
    noor(Approved(), PAUSED).when(decision, program=OPEN, **wish).then_refused(refused)
    noor(Withdrawn()).when(decision, program=OPEN, **wish).then_refused(refused)


def pause(history: Given[Any], until: date = PAUSED.until) -> When[Any]:
    return history.when(enrollment.pause, program=OPEN, until=until, today=TODAY)


def test_taking_part_is_paused_and_resumed() -> None:
    pause(mentor()).then(PAUSED)
    pause(mentor(PAUSED), until=date(2030, 7, 1)).then(Paused(until=date(2030, 7, 1)))
    mentor(PAUSED).when(enrollment.resume, program=OPEN).then(Resumed())
    mentor().when(enrollment.resume, program=OPEN).then_nothing()
    pause(mentor(PAUSED, Resumed())).then(PAUSED)


def test_a_pause_ends_later_than_today() -> None:
    pause(mentor(), until=TODAY).then_refused(enrollment.PauseMustEndLater)


def test_who_does_not_take_part_neither_pauses_nor_completes() -> None:
    pause(noor()).then_refused(enrollment.NotInProgram)
    noor().when(enrollment.resume, program=OPEN).then_refused(enrollment.NotInProgram)
    noor().when(enrollment.complete, program=OPEN).then_refused(enrollment.NotInProgram)


INVOLVED: list[tuple[DomainEvent, ...]] = [
    (INVITED,),
    (APPLIED,),
    (APPLIED, ASKED),
    (APPLIED, Waitlisted()),
    (APPLIED, Approved()),
    (APPLIED, Approved(), PAUSED),
]


@pytest.mark.parametrize("history", INVOLVED)
def test_whoever_is_involved_can_withdraw_or_be_removed(history: tuple[DomainEvent, ...]) -> None:
    given(ENROLLMENT, *history).when(enrollment.withdraw, program=OPEN).then(Withdrawn())
    given(ENROLLMENT, *history).when(enrollment.remove, program=OPEN, reason="No longer here.").then(REMOVED)


@pytest.mark.parametrize("history", [(), (APPLIED, REJECTED), (APPLIED, Approved(), Completed())])
def test_who_is_not_in_can_neither_withdraw_nor_be_removed(history: tuple[DomainEvent, ...]) -> None:
    refused = enrollment.NotInProgram
    given(ENROLLMENT, *history).when(enrollment.withdraw, program=OPEN).then_refused(refused)
    given(ENROLLMENT, *history).when(enrollment.remove, program=OPEN, reason="Gone.").then_refused(refused)


@pytest.mark.parametrize("history", INVOLVED)
def test_who_is_outside_the_audience_now_is_removed_with_the_reason(history: tuple[DomainEvent, ...]) -> None:
    moved = NOOR.facts(department="Finance")
    given(ENROLLMENT, *history).when(enrollment.recheck, program=SALES_ONLY, person=moved).then(
        Removed(
            participant=NOOR.id,
            reason='The programme is not for everybody; as a mentee, department must be "Sales".',
            outside_audience=True,
        )
    )


def test_who_is_still_inside_or_was_never_in_stays_as_they_are() -> None:
    moved = NOOR.facts(department="Finance")
    for history, program, person in [
        (noor(), SALES_ONLY, NOOR.facts()),
        (noor(), OPEN, moved),
        (nobody_yet(), SALES_ONLY, moved),
        (noor(Withdrawn()), SALES_ONLY, moved),
    ]:
        history.when(enrollment.recheck, program=program, person=person).then_nothing()
    over = onboarding(dict(SALES_ONLY.audience), archived=True)
    noor().when(enrollment.recheck, program=over, person=moved).then_nothing()
    noor().when(enrollment.recheck, program=over, person=NOOR.facts(active=False)).then_nothing()


@pytest.mark.parametrize("history", INVOLVED)
def test_a_leaver_is_in_no_longer_without_a_mark(history: tuple[DomainEvent, ...]) -> None:
    left = NOOR.facts(active=False, department="Finance")
    given(ENROLLMENT, *history).when(enrollment.recheck, program=SALES_ONLY, person=left).then(Withdrawn())
    nobody_yet().when(enrollment.recheck, program=OPEN, person=left).then_nothing()


def test_taking_part_is_completed_when_no_relationship_runs() -> None:
    mentor().when(enrollment.complete, program=OPEN).then(Completed())
    mentor(PAUSED).when(enrollment.complete, program=OPEN).then(Completed())
    mentor(RESERVED).when(enrollment.complete, program=OPEN).then_refused(enrollment.RelationshipsStillRun)


def test_places_outlive_a_withdrawal_until_their_relationships_end() -> None:
    again = mentor(RESERVED, Withdrawn(), Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTOR))
    assert again.state.places == {PROPOSAL: 2}


@pytest.mark.parametrize(
    ("history", "decision", "wish"),
    [
        ((), enrollment.invite, {"person": NOOR.facts(), "role": Side.MENTEE}),
        (
            (),
            enrollment.apply,
            {"person": NOOR.facts(), "role": Side.MENTEE, "answers": {}, "today": TODAY},
        ),
        ((APPLIED,), enrollment.request_information, {"question": "Which shift?"}),
        ((APPLIED, ASKED), enrollment.give_information, {"answer": "The late one."}),
        ((APPLIED,), enrollment.approve, {"person": NOOR.facts()}),
        ((APPLIED,), enrollment.reject, {"reason": "Too early."}),
        ((APPLIED,), enrollment.waitlist, {}),
        ((APPLIED, Approved()), places.reserve_place, {"person": NOOR.facts(), "proposal": PROPOSAL}),
        ((APPLIED, Approved(), RESERVED), places.release_place, {"proposal": PROPOSAL}),
        ((APPLIED, Approved()), places.rank_wishes, {"wishes": (ADA.id,)}),
        ((APPLIED, Approved()), places.state_preference, {"preference": {"gender": "woman"}}),
        ((APPLIED, Approved()), enrollment.pause, {"until": PAUSED.until, "today": TODAY}),
        ((APPLIED, Approved(), PAUSED), enrollment.resume, {}),
        ((APPLIED,), enrollment.withdraw, {}),
        ((APPLIED,), enrollment.remove, {"reason": "Gone."}),
        ((APPLIED, Approved()), enrollment.complete, {}),
    ],
)
def test_nothing_can_be_added_to_an_archived_programme(history: Any, decision: Any, wish: Any) -> None:
    given(ENROLLMENT, *history).when(decision, program=ARCHIVED, **wish).then_refused(
        admission.ProgramIsArchived
    )


def test_one_mentors_here_and_is_mentored_there() -> None:
    here, there = ADA.in_program(ONBOARDING), NOOR.in_program(ONBOARDING)
    assert here != there
    assert here == ADA.in_program(ONBOARDING)


def test_an_erased_history_still_folds() -> None:
    history = noor(
        APPLIED.model_copy(update={"answers": ERASED}),
        InformationRequested(participant=NOOR.id, question=ERASED),
        InformationGiven(participant=NOOR.id, answer=ERASED),
        Rejected(participant=NOOR.id, reason=ERASED),
        Removed(participant=NOOR.id, reason=ERASED),
    )
    assert history.state.status is enrollment.Status.REMOVED
