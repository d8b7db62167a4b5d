"""What members agree on, reach and say: each once, by members, and only while the relationship runs."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import goals
from domain.admission import ProgramIsArchived
from domain.event import ERASED
from domain.guards import StillChanging
from domain.mentorship import (
    MENTORSHIP,
    AgreementSigned,
    CheckedIn,
    ConcernRaised,
    ConcernSettled,
    Concluded,
    GoalAchieved,
    GoalDescribed,
    GoalDropped,
    GoalProgressed,
    GoalSet,
    MemberLeft,
    Migrated,
    MilestoneReached,
    Outcome,
    Paused,
)
from domain.refusal import Refusal
from domain.relationship import NotInThisRelationship, RelationshipHasEnded, RelationshipIsUnknown
from tests.domain.related import ARCHIVED, ASIDE, BARE, TOGETHER, UNKNOWN, circle, pair, within
from tests.people import ADA, LIN, NOOR, SAM
from tests.scenario import Given, When, given

GOAL, OTHER, CONCERN, CHECK_IN = (UUID(int=number) for number in (0x60A1, 0x60A2, 0xC0, 0xC1))
SET = GoalSet(goal=GOAL, by=NOOR.id, text="Give a talk", competency="Public speaking", due=date(2030, 7, 1))
ACHIEVED, DROPPED = GoalAchieved(goal=GOAL, by=ADA.id), GoalDropped(goal=GOAL, by=ADA.id)
CONCLUDED = Concluded(outcome=Outcome.ACHIEVED)
ASKED: dict[str, Any] = {"within": TOGETHER, "by": NOOR.id}


def test_everybody_signs_the_agreement_of_the_version_kept() -> None:
    signed = AgreementSigned(by=NOOR.id, version=1)
    pair().when(goals.sign_agreement, **ASKED).then(signed)
    pair(signed).when(goals.sign_agreement, **ASKED).then_nothing()
    pair(signed).when(goals.sign_agreement, within=TOGETHER, by=ADA.id).then(
        AgreementSigned(by=ADA.id, version=1)
    )
    moved = Migrated(settings_version=2)
    pair(signed, moved).when(goals.sign_agreement, within=within(moved), by=NOOR.id).then(
        AgreementSigned(by=NOOR.id, version=2)
    )


def test_nothing_is_signed_where_there_is_no_agreement() -> None:
    pair().when(goals.sign_agreement, within=BARE, by=NOOR.id).then_refused(goals.NothingToSign)


def test_the_terms_are_those_of_the_version_that_is_kept() -> None:
    """Migrated since they were read: the decision is taken anew."""
    moved = pair(Migrated(settings_version=2))
    moved.when(goals.sign_agreement, **ASKED).then_refused(StillChanging)


def test_who_has_signed_need_not_sign_the_same_text_again() -> None:
    signed, moved = AgreementSigned(by=NOOR.id, version=1), Migrated(settings_version=2, still_signed=True)
    lived = (signed, AgreementSigned(by=ADA.id, version=1), moved)
    assert within(*lived).unsigned == frozenset()
    assert within(signed, moved).unsigned == {ADA.id}
    late = (signed, Migrated(settings_version=2), AgreementSigned(by=ADA.id, version=2))
    assert within(*late, Migrated(settings_version=3, still_signed=True)).unsigned == {NOOR.id}


def set_(history: Given[Any], **more: Any) -> When[Any]:
    said = {"goal": GOAL, "text": "Give a talk", "competency": "Public speaking", "due": date(2030, 7, 1)}
    return history.when(goals.set_goal, **{**ASKED, **said, **more})


def test_goals_are_set_once() -> None:
    set_(pair()).then(SET)
    set_(pair(SET), text="Another text").then_nothing()
    set_(pair(SET), goal=OTHER, competency=None, due=None).then(
        GoalSet(goal=OTHER, by=NOOR.id, text="Give a talk")
    )
    set_(pair(Paused(until=date(2030, 6, 1)))).then(SET)


def describe(history: Given[Any], **more: Any) -> When[Any]:
    said = {"goal": GOAL, "text": "Give a talk", "competency": "Public speaking", "due": date(2030, 7, 1)}
    return history.when(goals.describe_goal, **{**ASKED, "by": ADA.id, **said, **more})


def test_any_member_puts_a_goal_in_other_words() -> None:
    other = GoalDescribed(goal=GOAL, by=ADA.id, text="Give two talks")
    describe(pair(SET)).then_nothing()
    describe(pair(SET), text="Give two talks", competency=None, due=None).then(other)
    describe(pair(SET, other)).then(GoalDescribed(**{**other.model_dump(), **SET.model_dump(), "by": ADA.id}))
    describe(pair(SET, ACHIEVED), text="Give two talks").then_refused(goals.GoalIsAchieved)
    describe(pair(SET, DROPPED), text="Give two talks").then_refused(goals.GoalIsDropped)


def progress(history: Given[Any], percent: int, note: str | None = None) -> When[Any]:
    return history.when(goals.progress_goal, **ASKED, goal=GOAL, percent=percent, note=note)


def test_a_goal_progresses_and_may_fall_back() -> None:
    half = GoalProgressed(goal=GOAL, by=NOOR.id, percent=50)
    noted = half.model_copy(update={"note": "Slides are done"})
    progress(pair(SET), 0).then_nothing()
    progress(pair(SET), 50).then(half)
    progress(pair(SET, half), 20).then(GoalProgressed(goal=GOAL, by=NOOR.id, percent=20))
    progress(pair(SET, half), 50, "Slides are done").then(noted)
    progress(pair(SET, noted), 50).then_nothing()
    erased = noted.model_copy(update={"note": ERASED})
    progress(pair(SET, erased), 50, "Slides are done").then(noted)


def test_what_is_over_does_not_progress() -> None:
    progress(pair(SET, ACHIEVED), 50).then_refused(goals.GoalIsAchieved)
    progress(pair(SET, ACHIEVED), 100).then_refused(goals.GoalIsAchieved)
    progress(pair(SET, DROPPED), 50).then_refused(goals.GoalIsDropped)


def test_what_is_achieved_is_wholly_so() -> None:
    pair(SET).when(goals.achieve_goal, **ASKED, goal=GOAL).then(GoalAchieved(goal=GOAL, by=NOOR.id))
    assert pair(SET, ACHIEVED).state.goals[GOAL].percent == 100
    pair(SET, ACHIEVED).when(goals.achieve_goal, **ASKED, goal=GOAL).then_nothing()
    pair(SET, DROPPED).when(goals.achieve_goal, **ASKED, goal=GOAL).then_refused(goals.GoalIsDropped)


def test_a_goal_is_dropped_while_it_is_open() -> None:
    dropped = GoalDropped(goal=GOAL, by=NOOR.id, reason="Another one matters more")
    asked = {**ASKED, "goal": GOAL, "reason": "Another one matters more"}
    pair(SET).when(goals.drop_goal, **asked).then(dropped)
    pair(SET, DROPPED).when(goals.drop_goal, **asked).then_nothing()
    pair(SET, ACHIEVED).when(goals.drop_goal, **asked).then_refused(goals.GoalIsAchieved)


def test_a_milestone_is_one_of_the_plan() -> None:
    reached = MilestoneReached(milestone="first-talk", by=NOOR.id)
    reach = {**ASKED, "milestone": "first-talk"}
    pair().when(goals.reach_milestone, **reach).then(reached)
    pair(reached).when(goals.reach_milestone, **{**reach, "by": ADA.id}).then_nothing()
    pair().when(goals.reach_milestone, **{**reach, "by": None}).then(MilestoneReached(milestone="first-talk"))
    unknown = {"milestone": "second-talk"}
    pair().when(goals.reach_milestone, **{**reach, **unknown}).then_refused(
        goals.MilestoneIsUnknown, **unknown
    )
    pair().when(goals.reach_milestone, **{**reach, "within": BARE}).then_refused(
        goals.MilestoneIsUnknown, milestone="first-talk"
    )


def test_members_check_in_as_often_as_they_like_and_each_time_once() -> None:
    first = CheckedIn(check_in=CHECK_IN, by=NOOR.id, ratings={"progress": 4}, comment="Well")
    said = {**ASKED, "ratings": {"progress": 4}, "comment": "Well"}
    pair().when(goals.check_in, **said, check_in=CHECK_IN).then(first)
    pair(first).when(goals.check_in, **said, check_in=CHECK_IN).then_nothing()
    pair(first).when(goals.check_in, **said, check_in=OTHER).then(
        first.model_copy(update={"check_in": OTHER})
    )


def test_check_ins_of_the_first_days_have_no_id() -> None:
    assert len(pair(CheckedIn(by=NOOR.id, ratings={"progress": 4})).state.noted) == 0


def test_a_concern_is_raised_where_somebody_can_look_after_it() -> None:
    say = {"within": within(first=ASIDE), "by": NOOR.id, "concern": CONCERN, "text": "We do not get on"}
    given(MENTORSHIP, ASIDE).when(goals.raise_concern, **say).then_refused(goals.NobodyLooksAfterIt)


def test_a_concern_is_raised_and_settled_even_after_the_end() -> None:
    raised = ConcernRaised(concern=CONCERN, by=NOOR.id, text="We do not get on")
    settled = ConcernSettled(concern=CONCERN, by=SAM.id, note="Talked about")
    say = {**ASKED, "concern": CONCERN, "text": "We do not get on"}
    settle: dict[str, Any] = {
        "within": TOGETHER,
        "by": SAM.id,
        "concern": CONCERN,
        "note": "Talked about",
    }
    pair().when(goals.raise_concern, **say).then(raised)
    pair(raised).when(goals.raise_concern, **say).then_nothing()
    pair(raised).when(goals.settle_concern, **settle).then(settled)
    pair(raised, CONCLUDED).when(goals.settle_concern, **settle).then(settled)
    pair(raised, settled).when(goals.settle_concern, **settle).then_nothing()
    pair().when(goals.settle_concern, **settle).then_refused(goals.ConcernIsUnknown)
    archived = {**settle, "within": ARCHIVED}
    pair(raised).when(goals.settle_concern, **archived).then_refused(ProgramIsArchived)
    given(MENTORSHIP).when(goals.settle_concern, **settle).then_refused(RelationshipIsUnknown)


Wish = tuple[Callable[..., Any], dict[str, Any]]
OF_MEMBERS: list[Wish] = [
    (goals.sign_agreement, {}),
    (goals.set_goal, {"goal": OTHER, "text": "Give a talk"}),
    (goals.describe_goal, {"goal": GOAL, "text": "Give two talks"}),
    (goals.progress_goal, {"goal": GOAL, "percent": 50}),
    (goals.achieve_goal, {"goal": GOAL}),
    (goals.drop_goal, {"goal": GOAL}),
    (goals.check_in, {"check_in": CHECK_IN, "ratings": {"progress": 4}}),
    (goals.raise_concern, {"concern": CONCERN, "text": "We do not get on"}),
]
OF_ANYBODY: list[Wish] = [(goals.reach_milestone, {"milestone": "first-talk"})]


@pytest.mark.parametrize(("decision", "said"), OF_MEMBERS, ids=lambda one: getattr(one, "__name__", ""))
def test_only_who_is_in_it_now_says_so(decision: Any, said: dict[str, Any]) -> None:
    pair(SET).when(decision, within=TOGETHER, by=LIN.id, **said).then_refused(NotInThisRelationship)
    left = circle(SET, MemberLeft(participant=SAM.id))
    left.when(decision, within=TOGETHER, by=SAM.id, **said).then_refused(NotInThisRelationship)


@pytest.mark.parametrize(
    ("decision", "said"), OF_MEMBERS + OF_ANYBODY, ids=lambda one: getattr(one, "__name__", "")
)
def test_nothing_is_added_to_what_has_ended(decision: Any, said: dict[str, Any]) -> None:
    refused: list[tuple[Given[Any], Any, type[Refusal]]] = [
        (pair(SET, CONCLUDED), TOGETHER, RelationshipHasEnded),
        (pair(SET), ARCHIVED, ProgramIsArchived),
        (given(MENTORSHIP, SET), UNKNOWN, RelationshipIsUnknown),
    ]
    for history, terms, refusal in refused:
        history.when(decision, within=terms, by=NOOR.id, **said).then_refused(refusal)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (goals.describe_goal, {"text": "Give two talks"}),
        (goals.progress_goal, {"percent": 50}),
        (goals.achieve_goal, {}),
        (goals.drop_goal, {}),
    ],
)
def test_a_goal_must_be_known(decision: Any, said: dict[str, Any]) -> None:
    pair(SET).when(decision, **ASKED, goal=OTHER, **said).then_refused(goals.GoalIsUnknown)
