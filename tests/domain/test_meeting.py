"""A meeting: who proposes it and when, who agrees, how it went and what is noted of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain import meeting
from domain import meeting_times as times
from domain.ids import MentorshipId, ParticipantId
from domain.meeting import (
    MEETING,
    Answer,
    Answered,
    Cancelled,
    Confirmed,
    Described,
    Held,
    HeldTooEarly,
    Meeting,
    MeetingExists,
    MeetingIsCancelled,
    MeetingIsNotConfirmed,
    MeetingIsNotOverYet,
    MeetingIsOver,
    MeetingIsUnknown,
    Missed,
    Noted,
    Proposed,
    Rescheduled,
    Slot,
    SlotsProposed,
    Status,
    TimeHasPassed,
    TimeIsTooFar,
    Visibility,
)
from domain.meeting_times import (
    InvitationHasChanged,
    MeetingHasBegun,
    NobodyElseHasAccepted,
    SlotIsNotProposed,
)
from domain.program_settings import Settings, Side
from domain.refusal import Refusal
from domain.relationship import (
    AgreementIsUnsigned,
    NotInThisRelationship,
    Relationship,
    RelationshipHasEnded,
)
from domain.relationship import Status as Stage
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING
from tests.scenario import Given, When, given

THEIRS: Final = MentorshipId(UUID(int=0xE))
TOGETHER: Final = Relationship(
    mentorship=THEIRS,
    program=ONBOARDING,
    settings=Settings(),
    settings_version=1,
    members={ADA.id: Side.MENTOR, NOOR.id: Side.MENTEE, LIN.id: Side.MENTEE},
    status=Stage.RUNNING,
)
ENDED: Final = replace(TOGETHER, status=Stage.CONCLUDED)
NOW: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONDAY, TUESDAY, FRIDAY = (
    Slot(starts_at=datetime(2026, 3, day, 10, tzinfo=UTC), minutes=60) for day in (9, 10, 13)
)
AFTERWARDS: Final = datetime(2026, 3, 9, 11, 30, tzinfo=UTC)

PROPOSED: Final = Proposed(
    mentorship=THEIRS, by=ADA.id, slots=(MONDAY, TUESDAY), time_zone="Europe/Berlin", title="First meeting"
)
ONE_TIME: Final = PROPOSED.model_copy(update={"slots": (MONDAY,)})
ACCEPTED: Final = Answered(by=NOOR.id, answer=Answer.ACCEPTED)
CONFIRMED: Final = Confirmed(by=NOOR.id, slot=MONDAY)
CANCELLED: Final = Cancelled(by=NOOR.id)
HELD: Final = Held(
    by=NOOR.id,
    started_at=MONDAY.starts_at,
    duration_minutes=50,
    attendance=(ADA.id, NOOR.id),
    minutes="We set two goals.",
)
MISSED: Final = Missed(by=ADA.id, missed_by=(NOOR.id,))
NOTED: Final = Noted(note=UUID(int=1), by=NOOR.id, text="Ask about the exam", visibility=Visibility.AUTHOR)
BY_ADA: Final[dict[str, Any]] = {"within": TOGETHER, "by": ADA.id, "now": NOW}
BY_NOOR: Final[dict[str, Any]] = {"within": TOGETHER, "by": NOOR.id, "now": NOW}


def proposed(*more: Any) -> Given[Meeting]:
    return given(MEETING, PROPOSED, *more)


def agreed(*more: Any) -> Given[Meeting]:
    return given(MEETING, PROPOSED, CONFIRMED, *more)


def proposing(history: Given[Meeting], wished: Proposed, now: datetime = NOW) -> When[Meeting]:
    return history.when(meeting.propose, within=TOGETHER, proposed=wished, now=now)


def test_a_meeting_is_proposed() -> None:
    proposing(given(MEETING), PROPOSED).then(PROPOSED)


def test_nothing_else_is_proposed_under_the_same_id() -> None:
    proposing(proposed(), ONE_TIME).then_refused(MeetingExists)


@pytest.mark.parametrize(
    ("starts_at", "refusal", "details"),
    [
        (NOW, TimeHasPassed, {}),
        (NOW - timedelta(days=9_000), TimeHasPassed, {}),
        (NOW + timedelta(days=731), TimeIsTooFar, {"days": 730}),
        (datetime.max.replace(tzinfo=UTC), TimeIsTooFar, {"days": 730}),
    ],
)
def test_a_time_is_yet_to_come_and_not_too_far(
    starts_at: datetime, refusal: type[Refusal], details: dict[str, int]
) -> None:
    slot = Slot(starts_at=starts_at, minutes=30)
    wished = PROPOSED.model_copy(update={"slots": (MONDAY, slot)})
    proposing(given(MEETING), wished).then_refused(refusal, **details)
    proposed().when(times.propose_slots, **BY_NOOR, slots=(slot,)).then_refused(refusal, **details)
    agreed().when(times.reschedule, **BY_NOOR, slot=slot).then_refused(refusal, **details)


@pytest.mark.parametrize("slots", [(), (MONDAY,) * 2, tuple([MONDAY] * 11)])
def test_one_to_ten_different_times_are_proposed(slots: tuple[Slot, ...]) -> None:
    with pytest.raises(ValidationError):
        Proposed(mentorship=THEIRS, by=ADA.id, slots=slots, time_zone="Europe/Berlin")


@pytest.mark.parametrize("minutes", [4, 481])
def test_a_meeting_takes_between_five_minutes_and_eight_hours(minutes: int) -> None:
    with pytest.raises(ValidationError):
        Slot(starts_at=NOW, minutes=minutes)


def test_it_is_described_anew_by_anybody_in_it() -> None:
    described = Described(by=NOOR.id, title="Second meeting", place="Room 4")
    agreed().when(meeting.describe, within=TOGETHER, described=described).then(described)


def test_what_is_said_of_it_already_is_not_said_again() -> None:
    same = Described(by=NOOR.id, title="First meeting")
    proposed().when(meeting.describe, within=TOGETHER, described=same).then_nothing()


def test_other_times_are_proposed() -> None:
    others = SlotsProposed(by=NOOR.id, slots=(FRIDAY,))
    proposed(ACCEPTED).when(times.propose_slots, **BY_NOOR, slots=(FRIDAY,)).then(others)
    after = proposed(ACCEPTED, others).state
    assert (after.slots, after.answers, after.sequence) == ((FRIDAY,), {NOOR.id: Answer.ACCEPTED}, 1)


def test_a_time_agreed_on_stands_until_another_one_is() -> None:
    others = SlotsProposed(by=ADA.id, slots=(FRIDAY,))
    agreed().when(times.propose_slots, **BY_ADA, slots=(FRIDAY,)).then(others)
    after = agreed(others).state
    assert (after.status, after.slot, after.sequence) == (Status.CONFIRMED, MONDAY, 1)
    agreed(others).when(times.confirm, **BY_NOOR, slot=FRIDAY).then(Confirmed(by=NOOR.id, slot=FRIDAY))


@pytest.mark.parametrize("said", Answer)
def test_whoever_is_in_it_answers(said: Answer) -> None:
    answered = Answered(by=NOOR.id, answer=said)
    proposed().when(times.answer, **BY_NOOR, answer=said).then(answered)
    agreed(Rescheduled(by=ADA.id, slot=FRIDAY)).when(times.answer, **BY_NOOR, answer=said).then(answered)


def test_who_proposes_accepts() -> None:
    proposed().when(times.answer, **BY_ADA, answer=Answer.ACCEPTED).then_nothing()


@pytest.mark.parametrize("sequence", [0, 1, 7])
def test_a_reply_is_to_the_invitation_as_it_stands(sequence: int) -> None:
    wish = {**BY_NOOR, "sequence": sequence}
    history = agreed(Rescheduled(by=ADA.id, slot=FRIDAY))
    history.when(times.answer, **wish, answer=Answer.TENTATIVE).then_refused(InvitationHasChanged)
    history.when(times.propose_slots, **wish, slots=(TUESDAY,)).then_refused(InvitationHasChanged)


def test_a_reply_to_the_newest_invitation_is_an_answer() -> None:
    history = agreed(Rescheduled(by=ADA.id, slot=FRIDAY))
    wish = {**BY_NOOR, "sequence": 2}
    said = Answered(by=NOOR.id, answer=Answer.DECLINED)
    history.when(times.answer, **wish, answer=Answer.DECLINED).then(said)
    others = SlotsProposed(by=NOOR.id, slots=(TUESDAY,))
    history.when(times.propose_slots, **wish, slots=(TUESDAY,)).then(others)


def test_another_one_than_who_proposed_confirms_one_of_the_times() -> None:
    proposed().when(times.confirm, **BY_NOOR, slot=TUESDAY).then(Confirmed(by=NOOR.id, slot=TUESDAY))
    proposed().when(times.confirm, **BY_NOOR, slot=FRIDAY).then_refused(SlotIsNotProposed)


def test_who_proposed_confirms_once_somebody_else_has_accepted() -> None:
    proposed().when(times.confirm, **BY_ADA, slot=MONDAY).then_refused(NobodyElseHasAccepted)
    declined = Answered(by=LIN.id, answer=Answer.DECLINED)
    proposed(declined).when(times.confirm, **BY_ADA, slot=MONDAY).then_refused(NobodyElseHasAccepted)
    proposed(declined, ACCEPTED).when(times.confirm, **BY_ADA, slot=MONDAY).then(
        Confirmed(by=ADA.id, slot=MONDAY)
    )


def test_a_time_that_has_passed_is_not_confirmed() -> None:
    wish = {**BY_NOOR, "now": AFTERWARDS, "slot": MONDAY}
    proposed().when(times.confirm, **wish).then_refused(TimeHasPassed)


def test_answers_count_for_a_single_time_and_not_for_one_of_several() -> None:
    assert given(MEETING, ONE_TIME, ACCEPTED, Confirmed(by=LIN.id, slot=MONDAY)).state.answers == {
        ADA.id: Answer.ACCEPTED,
        NOOR.id: Answer.ACCEPTED,
        LIN.id: Answer.ACCEPTED,
    }
    assert proposed(ACCEPTED, Confirmed(by=LIN.id, slot=MONDAY)).state.answers == {LIN.id: Answer.ACCEPTED}


def test_a_meeting_is_moved_and_the_others_are_asked_again() -> None:
    moved = Rescheduled(by=ADA.id, slot=FRIDAY)
    agreed().when(times.reschedule, **BY_ADA, slot=FRIDAY).then(moved)
    after = agreed(moved).state
    assert (after.slot, after.answers, after.sequence) == (FRIDAY, {ADA.id: Answer.ACCEPTED}, 2)
    proposed().when(times.reschedule, **BY_ADA, slot=FRIDAY).then_refused(MeetingIsNotConfirmed)


@pytest.mark.parametrize(
    ("before", "late"),
    [(timedelta(hours=24), False), (timedelta(hours=23, minutes=59), True), (timedelta(seconds=1), True)],
)
def test_a_meeting_is_cancelled_in_time_or_late(before: timedelta, late: bool) -> None:
    wish = {**BY_NOOR, "now": MONDAY.starts_at - before, "reason": "I am ill"}
    cancelled = Cancelled(by=NOOR.id, late=late, reason="I am ill")
    agreed().when(times.cancel, **wish).then(cancelled)


def test_what_nobody_agreed_on_is_never_cancelled_late() -> None:
    wish = {**BY_NOOR, "now": AFTERWARDS}
    proposed().when(times.cancel, **wish).then(Cancelled(by=NOOR.id))


def test_once_its_time_has_come_only_how_it_went_is_said() -> None:
    wish = {**BY_NOOR, "now": MONDAY.starts_at}
    agreed().when(times.cancel, **wish).then_refused(MeetingHasBegun)
    agreed().when(times.reschedule, **wish, slot=FRIDAY).then_refused(MeetingHasBegun)
    agreed().when(times.confirm, **wish, slot=FRIDAY).then_refused(MeetingHasBegun)
    agreed().when(times.propose_slots, **wish, slots=(FRIDAY,)).then_refused(MeetingHasBegun)
    agreed().when(times.answer, **wish, answer=Answer.DECLINED).then_refused(MeetingHasBegun)


def holding(history: Given[Meeting], held: Held = HELD, **more: Any) -> When[Meeting]:
    return history.when(meeting.hold, **{"within": TOGETHER, "held": held, "now": AFTERWARDS, **more})


def missing(history: Given[Meeting], **more: Any) -> When[Meeting]:
    return history.when(meeting.miss, **{"within": TOGETHER, "missed": MISSED, "now": AFTERWARDS, **more})


def test_it_is_recorded_that_it_was_held_whether_or_not_it_was_confirmed() -> None:
    holding(agreed()).then(HELD)
    holding(proposed()).then(HELD)
    holding(agreed(), within=replace(TOGETHER, status=Stage.PAUSED)).then(HELD)


def test_nothing_is_recorded_before_it_is_over() -> None:
    early = HELD.model_copy(update={"started_at": MONDAY.starts_at - timedelta(hours=1)})
    for history in (agreed(), proposed()):
        holding(history, early, now=MONDAY.starts_at - timedelta(minutes=1)).then_refused(MeetingIsNotOverYet)
        holding(history, now=MONDAY.starts_at + timedelta(minutes=49)).then_refused(MeetingIsNotOverYet)
    missing(agreed(), now=MONDAY.starts_at - timedelta(minutes=1)).then_refused(MeetingIsNotOverYet)


@pytest.mark.parametrize("at", [MONDAY.starts_at - timedelta(hours=25), datetime.min.replace(tzinfo=UTC)])
def test_what_was_long_before_its_time_was_another_meeting(at: datetime) -> None:
    holding(agreed(), HELD.model_copy(update={"started_at": at})).then_refused(HeldTooEarly)


def test_who_was_there_is_in_the_relationship() -> None:
    with_kim = HELD.model_copy(update={"attendance": (ADA.id, KIM.id)})
    holding(agreed(), with_kim).then_refused(NotInThisRelationship)
    missed = MISSED.model_copy(update={"missed_by": (KIM.id,)})
    missing(agreed(), missed=missed).then_refused(NotInThisRelationship)


@pytest.mark.parametrize("there", [(), (ADA.id,), (ADA.id, ADA.id)])
def test_nobody_meets_alone(there: tuple[ParticipantId, ...]) -> None:
    holding(agreed(), HELD.model_copy(update={"attendance": there})).then_refused(meeting.NobodyElseCame)


def test_no_session_counts_before_the_agreement_is_signed() -> None:
    unsigned = replace(TOGETHER, unsigned=frozenset({NOOR.id}))
    holding(agreed(), within=unsigned).then_refused(AgreementIsUnsigned)
    missing(agreed(), within=unsigned).then_refused(AgreementIsUnsigned)


def test_it_is_recorded_who_did_not_come() -> None:
    missing(agreed()).then(MISSED)
    missing(proposed()).then_refused(MeetingIsNotConfirmed)


def test_it_is_recorded_once() -> None:
    missing(agreed(HELD)).then_refused(MeetingIsOver)
    holding(agreed(MISSED)).then_refused(MeetingIsOver)
    agreed(HELD).when(times.cancel, **BY_NOOR).then_refused(MeetingIsOver)


@pytest.mark.parametrize("history", [proposed(), agreed(), agreed(CANCELLED), agreed(HELD)])
def test_something_is_noted_at_any_time(history: Given[Meeting]) -> None:
    history.when(meeting.note, within=TOGETHER, noted=NOTED).then(NOTED)


EVERY_WISH: Final[list[tuple[Any, dict[str, Any]]]] = [
    (meeting.describe, {"described": Described(by=NOOR.id, title="Other")}),
    (times.propose_slots, {"by": NOOR.id, "slots": (FRIDAY,), "now": NOW}),
    (times.answer, {"by": NOOR.id, "answer": Answer.DECLINED, "now": NOW}),
    (times.confirm, {"by": NOOR.id, "slot": MONDAY, "now": NOW}),
    (times.reschedule, {"by": NOOR.id, "slot": FRIDAY, "now": NOW}),
    (times.cancel, {"by": NOOR.id, "now": NOW}),
    (meeting.hold, {"held": HELD, "now": AFTERWARDS}),
    (meeting.miss, {"missed": MISSED.model_copy(update={"by": NOOR.id}), "now": AFTERWARDS}),
    (meeting.note, {"noted": NOTED}),
    (meeting.propose, {"proposed": ONE_TIME.model_copy(update={"by": NOOR.id}), "now": NOW}),
]


@pytest.mark.parametrize(("decision", "wish"), EVERY_WISH)
def test_nothing_is_added_to_what_has_ended_nor_by_strangers(decision: Any, wish: dict[str, Any]) -> None:
    alone = replace(TOGETHER, members={ADA.id: Side.MENTOR})
    history = given(MEETING, PROPOSED)
    history.when(decision, within=ENDED, **wish).then_refused(RelationshipHasEnded)
    history.when(decision, within=alone, **wish).then_refused(NotInThisRelationship)


@pytest.mark.parametrize(("decision", "wish"), EVERY_WISH[:-1])
def test_of_a_meeting_that_is_not_nothing_is_said(decision: Any, wish: dict[str, Any]) -> None:
    given(MEETING).when(decision, within=TOGETHER, **wish).then_refused(MeetingIsUnknown)


@pytest.mark.parametrize(("decision", "wish"), [one for one in EVERY_WISH[:-2] if one[0] is not times.cancel])
def test_what_is_cancelled_stays_so(decision: Any, wish: dict[str, Any]) -> None:
    proposed(CANCELLED).when(decision, within=TOGETHER, **wish).then_refused(MeetingIsCancelled)
