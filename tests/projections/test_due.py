"""What is found due is what the domain decides on the same events, and nothing that has been told already."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain import due as rules
from domain.accountability_settings import Degree, Metric, Target
from domain.ids import MeetingId, MentorshipId
from domain.mentorship import (
    AgreementSigned,
    CheckedIn,
    Concluded,
    Extended,
    MemberLeft,
    MilestoneReached,
    Outcome,
    Paused,
    Reopened,
    Resumed,
)
from domain.notification import Sent
from domain.occasions import Occasion
from domain.program_settings import AgreementSettings, PlanSettings, Reminder
from domain.store import Database, Store
from domain.survey import Asked
from domain.survey_forms import DEFAULT_FORMS, SurveyKind
from projections.due import Found
from tests.people import ADA, KIM, NOOR, SAM
from tests.projections.given import happened
from tests.projections.left_undone import AGREED, EVERYBODY, PLAN, START, US, Undone, day, programme
from workers.related import related

SECOND = timedelta(seconds=1)
CALM: Any = {"agreement": AgreementSettings(), "plan": PlanSettings()}
MEETING = MeetingId(UUID(int=0x3EE7))
LADDER = (Reminder(about=Occasion.AGREEMENT, days=(1, 3, 9)),)


@pytest.fixture
def undone(organisation: Database, store: Store) -> Undone:
    return Undone(organisation, store)


def told(undone: Undone, at: float, one: Found, number: int, occasion: Occasion | None = None) -> None:
    sent = Sent(
        to=one.to_id,
        occasion=occasion or one.occasion,
        about=one.about,
        mentorship=US,
        rung=number,
        detail=rules.escalated(one.thing) if occasion else one.detail,
    )
    happened(undone.store, uuid4(), sent, at=day(at))


def test_a_rung_that_was_sent_is_not_due_again_and_the_next_one_is(undone: Undone) -> None:
    undone.begins(*programme(Degree.STANDARD, *LADDER, plan=PlanSettings()))
    [ada, noor] = sorted(undone.found(8.5), key=lambda one: one.to_id)
    told(undone, 8.5, ada, 1)
    assert [one.to_id for one in undone.found(8.6)] == [noor.to_id]
    found = {one.to_id: one for one in undone.found(10) if one.occasion is Occasion.AGREEMENT}
    assert {who: one.sent for who, one in found.items()} == {ADA.id: 1, NOOR.id: 0}
    assert {one.due_at for one in found.values()} == {day(10)}


def test_what_is_for_somebody_else_or_about_something_else_is_another_ladder(undone: Undone) -> None:
    other = MentorshipId(UUID(int=0x06))
    undone.begins(*programme(plan=PlanSettings()))
    undone.pair(other)
    [mine] = [one for one in undone.found(8) if (one.about, one.to_id) == (US, ADA.id)]
    told(undone, 8, mine, 1)
    assert {(one.about, one.to_id) for one in undone.found(9)} == {
        (US, NOOR.id),
        (other, ADA.id),
        (other, NOOR.id),
    }


def test_administrators_are_found_once_a_thing(undone: Undone) -> None:
    undone.begins(*programme(Degree.STRICT, plan=PlanSettings()))
    for one in undone.found(7):
        told(undone, 7, one, 1)
    assert [one for one in undone.found(9) if one.undone_by] == []
    [escalation] = [one for one in undone.found(14) if one.undone_by]
    assert (escalation.to_id, escalation.sent, escalation.sent_at) == (KIM.id, 1, day(7))
    told(undone, 14, escalation, 1, Occasion.ESCALATION)
    assert [one for one in undone.found(20) if one.undone_by and one.occasion == "agreement"] == []


def test_check_ins_are_due_where_they_are_measured(undone: Undone) -> None:
    counted = (Target(metric=Metric.CHECK_IN_RATE, target=0.8, at_risk=0.5),)
    own = Reminder(about=Occasion.CHECK_IN, days=(1,))
    undone.begins(*programme(Degree.LIGHT, own, targets=counted, **CALM))
    assert undone.due(14) == {}
    assert undone.due(15) == {("check_in", "check-in-1"): EVERYBODY}
    undone.lives(15, CheckedIn(by=ADA.id, ratings={"progress": 4}))
    assert undone.due(16) == {("check_in", "check-in-1"): {NOOR.id}}
    assert undone.due(30)["check_in", "check-in-2"] == {ADA.id}


def test_only_whoever_is_in_it_is_reminded(undone: Undone) -> None:
    undone.begins(*programme(plan=PlanSettings()))
    undone.lives(3, MemberLeft(participant=NOOR.id))
    assert undone.due(8) == {("agreement", "version-1"): {ADA.id}}


def test_silence_is_told_to_facilitators_as_well_and_ends_once_all_members_were_warned(
    undone: Undone,
) -> None:
    undone.begins(*programme(**CALM))
    undone.meets(12, MEETING)
    warned = [one for one in undone.found(102) if one.occasion == "silence"]
    assert {one.to_id for one in warned} == {ADA.id, NOOR.id, SAM.id}
    assert {one.since for one in warned} == {day(12)}
    for one in warned[:2]:
        told(undone, 102, one, 1)
    last = warned[2]
    missing = last.to_id in EVERYBODY
    assert undone.silent(109) == ([] if missing else [US])
    told(undone, 103, last, 1)
    assert undone.silent(108.9) == []
    assert undone.silent(110) == [US]


def test_a_limit_takes_what_has_been_due_for_longest(undone: Undone) -> None:
    undone.begins(*programme(plan=PlanSettings()))
    assert [one.occasion for one in undone.found(20, limit=2)] == ["agreement", "agreement"]


def test_of_a_survey_that_was_asked_after_its_meeting_nothing_is_to_ask(undone: Undone) -> None:
    forms = (DEFAULT_FORMS[SurveyKind.MEETING],)
    undone.begins(*programme(Degree.LIGHT, surveys=forms, **CALM))
    undone.meets(3, MEETING)
    assert undone.to_ask(4) == [("meeting", US)]
    questions = DEFAULT_FORMS[SurveyKind.MEETING].questions
    asked = Asked(
        mentorship=US, to=ADA.id, kind=SurveyKind.MEETING, questions=questions, due=date(2030, 2, 1),
        meeting=MEETING,
    )  # fmt: skip
    happened(undone.store, uuid4(), asked, at=day(4))
    assert undone.to_ask(5) == []


SIGNED = [AgreementSigned(by=who.id, version=1) for who in (ADA, NOOR)]
DONE = st.sampled_from(
    [
        *SIGNED,
        MilestoneReached(milestone="goals", by=ADA.id),
        CheckedIn(by=NOOR.id, ratings={"progress": 3}),
        Extended(until=date(2030, 3, 1)),
    ]
)
PAUSED, RESUMED = Paused(until=date(2031, 1, 1)), Resumed()
ENDED, REOPENED = Concluded(outcome=Outcome.ACHIEVED), Reopened(until=date(2030, 6, 1))
RESTS = st.sampled_from([(PAUSED, RESUMED), (ENDED, REOPENED)])
LIVED = st.lists(st.tuples(st.floats(0.1, 12), DONE | RESTS, st.floats(0.1, 12)), max_size=6)


def live(undone: Undone, us: MentorshipId, lived: list[tuple[float, Any, float]]) -> float:
    """Until which day; a rest takes as long as it says."""
    at = 0.0
    for after, what, length in lived:
        at += after
        first, *last = what if isinstance(what, tuple) else (what,)
        undone.lives(at, first, stream=us)
        for event in last:
            at += length
            undone.lives(at, event, stream=us)
    return at


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(LIVED, st.floats(0, 130))
def test_it_is_what_the_domain_decides(
    undone: Undone, lived: list[tuple[float, Any, float]], idle: float
) -> None:
    """Whatever happened, rests included: the same things, overdue for as long, to the second."""
    us = MentorshipId(uuid4())
    if not list(undone.store.history(US)):
        undone.begins(*programme(Degree.STANDARD, *LADDER, agreement=AGREED, plan=PLAN))
    undone.pair(us, planned_end=date(2030, 2, 1))
    now = day(live(undone, us, lived) + idle)
    read = related(undone.store, us)
    found = [one for one in undone.found((now - START) / timedelta(days=1), 10_000) if one.about == us]
    for one in found:
        late = rules.overdue(one.thing, read.within, read.held, course=read.course, now=now)
        days = rules.ladder(read.within.settings, one.occasion)
        assert late is not None
        number = rules.rung(days, overdue=late, sent=one.sent)
        assert number is not None
        assert abs(now - late + timedelta(days=days[number - 1]) - one.due_at) < SECOND
    waits = {who: rules.age(read.course, day(0), now) - timedelta(days=8) for who in read.within.unsigned}
    told = {one.to_id for one in found if one.occasion is Occasion.AGREEMENT}
    assert {who for who, late in waits.items() if late > SECOND} <= told
    assert told <= {who for who, late in waits.items() if late > -SECOND}
