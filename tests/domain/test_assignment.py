"""Learning assignments: who suggests, assigns, does and judges what, and by which day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from domain import assignment as a
from domain.admission import ProgramIsArchived
from domain.assignment import (
    ASSIGNMENT,
    Assigned,
    Assignment,
    Completed,
    Dropped,
    Returned,
    Started,
    Submitted,
    Suggested,
)
from domain.guards import NotSharedHere, shared_with
from domain.ids import MentorshipId, ResourceId
from domain.program_settings import PlanSettings, Settings, Side, Task
from domain.relationship import NotInThisRelationship, Relationship, RelationshipHasEnded, Status
from domain.resource import RESOURCE, Audience, LinkShared, Published, Withdrawn
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM
from tests.scenario import Given, given

TODAY: Final = date(2030, 5, 2)
FRIDAY: Final = TODAY + timedelta(days=1)
THEIRS: Final = MentorshipId(UUID(int=0xA5))
TASKS: Final = (
    Task(id="reading", title="Read the handbook", due_day=10, description="All of it."),
    Task(id="listening", title="Listen", due_day=20, side=Side.MENTOR),
)
WITHIN: Final = Relationship(
    mentorship=THEIRS,
    program=ONBOARDING,
    settings=Settings(plan=PlanSettings(tasks=TASKS)),
    settings_version=1,
    members={ADA.id: Side.MENTOR, NOOR.id: Side.MENTEE, LIN.id: Side.MENTEE},
    status=Status.RUNNING,
)
ENDED: Final = replace(WITHIN, status=Status.CONCLUDED)


def suggested(**other: Any) -> Suggested:
    return Suggested(**{"mentorship": THEIRS, "by": LIN.id, "to": NOOR.id, "title": "Read a book", **other})


def assigned(**other: Any) -> Assigned:
    fields = {"mentorship": THEIRS, "by": ADA.id, "to": NOOR.id, "title": "Read a book", "due": FRIDAY}
    return Assigned(**{**fields, **other})


SUGGESTED, ASSIGNED, STARTED = suggested(), assigned(), Started(by=NOOR.id)
SUBMITTED: Final = Submitted(by=NOOR.id, text="I have read it.", resource=ResourceId(UUID(int=5)))
RETURNED, COMPLETED = Returned(by=ADA.id, reason="And what did you learn?"), Completed(by=ADA.id)
DROPPED: Final = Dropped(by=ADA.id)
NEXT_DAY: Final[dict[str, Any]] = {
    "within": WITHIN,
    "by": ADA.id,
    "due": FRIDAY + timedelta(days=1),
    "today": TODAY,
}


def so_far(*events: Any) -> Given[Assignment]:
    return given(ASSIGNMENT, *events)


@pytest.mark.parametrize(("by", "to"), [(LIN, NOOR), (NOOR, ADA), (ADA, NOOR), (NOOR, NOOR)])
def test_any_member_suggests_to_any(by: Any, to: Any) -> None:
    wish = suggested(by=by.id, to=to.id)
    so_far().when(a.suggest, within=WITHIN, suggested=wish).then(wish)
    so_far(wish).when(a.suggest, within=WITHIN, suggested=wish).then_nothing()


@pytest.mark.parametrize("by", [ADA, SAM])
def test_mentors_and_staff_assign_to_mentees(by: Any) -> None:
    event = assigned(by=by.id)
    so_far().when(a.assign, within=WITHIN, assigned=event, today=TODAY).then(event)
    so_far(event).when(a.assign, within=WITHIN, assigned=event, today=TODAY).then_nothing()


@pytest.mark.parametrize(
    ("event", "refusal"),
    [
        (assigned(by=LIN.id), a.OnlyMentorsAssign),
        (assigned(to=ADA.id), a.OnlyMenteesAreAssigned),
        (assigned(to=SAM.id), NotInThisRelationship),
        (assigned(due=TODAY - timedelta(days=1)), a.DueDayIsPast),
        (assigned(task="unheard-of"), a.TaskIsUnknown),
    ],
)
def test_what_cannot_be_assigned(event: Any, refusal: Any) -> None:
    so_far().when(a.assign, within=WITHIN, assigned=event, today=TODAY).then_refused(refusal)


def test_a_task_of_the_plan_is_for_the_side_that_the_plan_says() -> None:
    for_mentors = assigned(by=SAM.id, to=ADA.id, task="listening")
    so_far().when(a.assign, within=WITHIN, assigned=for_mentors, today=TODAY).then(for_mentors)
    for_both = assigned(to=ADA.id, task="reading")
    so_far().when(a.assign, within=WITHIN, assigned=for_both, today=TODAY).then(for_both)
    wrong = suggested(task="listening")
    so_far().when(a.suggest, within=WITHIN, suggested=wrong).then_refused(a.TaskIsForOthers, side=Side.MENTOR)
    assigning = so_far().when(a.assign, within=WITHIN, assigned=assigned(task="listening"), today=TODAY)
    assigning.then_refused(a.TaskIsForOthers, side=Side.MENTOR)


@pytest.mark.parametrize("first", [SUGGESTED, ASSIGNED])
def test_an_id_stands_for_one_assignment(first: Any) -> None:
    other = {"suggested": suggested(title="Another book"), "assigned": assigned(title="Another book")}
    suggesting = so_far(first).when(a.suggest, within=WITHIN, suggested=other["suggested"])
    suggesting.then_refused(a.AssignmentExists)
    assigning = so_far(first).when(a.assign, within=WITHIN, assigned=other["assigned"], today=TODAY)
    assigning.then_refused(a.AssignmentExists)


def test_the_plan_says_what_a_task_is_where_nobody_says_it_otherwise() -> None:
    plain: dict[str, Any] = {"title": None, "description": None}
    planned = {"task": "reading", "title": "Read the handbook", "description": "All of it."}
    assert a.told(WITHIN, task="reading", **plain) == planned
    assert a.told(WITHIN, task="reading", title="Skim", description=None) == {**planned, "title": "Skim"}
    assert a.told(WITHIN, task=None, title="Skim", description="It.")["description"] == "It."
    with pytest.raises(a.NothingToDo):
        a.told(WITHIN, task=None, **plain)
    with pytest.raises(a.TaskIsUnknown):
        a.told(WITHIN, task="unheard-of", **plain)


def test_the_plan_s_day_counts_from_the_beginning_and_is_never_over() -> None:
    early, late = TODAY - timedelta(days=4), TODAY - timedelta(days=40)
    assert a.due_by_plan(WITHIN, "reading", began=early, today=TODAY) == TODAY + timedelta(days=6)
    assert a.due_by_plan(WITHIN, "reading", began=late, today=TODAY) == TODAY


@pytest.mark.parametrize("before", [(SUGGESTED,), (ASSIGNED,), (ASSIGNED, STARTED)])
def test_what_is_suggested_or_assigned_gets_a_day(before: Any) -> None:
    due = NEXT_DAY["due"]
    again = Assigned(mentorship=THEIRS, by=ADA.id, to=NOOR.id, due=due)
    so_far(*before).when(a.schedule, **NEXT_DAY).then(again)
    so_far(*before, again).when(a.schedule, **NEXT_DAY).then_nothing()


def test_another_day_takes_nothing_back_that_was_done() -> None:
    again = Assigned(mentorship=THEIRS, by=ADA.id, to=NOOR.id)
    started = so_far(ASSIGNED, STARTED, again)
    started.when(a.start, within=WITHIN, by=NOOR.id).then_nothing()


def test_a_suggestion_without_a_day_is_assigned_without_one() -> None:
    wish = {**NEXT_DAY, "due": None}
    so_far(SUGGESTED).when(a.schedule, **wish).then(Assigned(mentorship=THEIRS, by=ADA.id, to=NOOR.id))


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        ((), a.AssignmentIsUnknown),
        ((ASSIGNED, SUBMITTED), a.AssignmentIsSubmitted),
        ((ASSIGNED, COMPLETED), a.AssignmentIsOver),
        ((SUGGESTED, DROPPED), a.AssignmentIsOver),
    ],
)
def test_what_gets_no_other_day(before: Any, refusal: Any) -> None:
    so_far(*before).when(a.schedule, **NEXT_DAY).then_refused(refusal)


@pytest.mark.parametrize("before", [(SUGGESTED,), (ASSIGNED,), (ASSIGNED, SUBMITTED, RETURNED)])
def test_it_is_started_and_submitted_by_whom_it_is_for(before: Any) -> None:
    so_far(*before).when(a.start, within=WITHIN, by=NOOR.id).then(STARTED)
    so_far(*before, STARTED).when(a.start, within=WITHIN, by=NOOR.id).then_nothing()
    so_far(*before).when(a.submit, within=WITHIN, submitted=SUBMITTED).then(SUBMITTED)
    so_far(*before, SUBMITTED).when(a.submit, within=WITHIN, submitted=SUBMITTED).then_nothing()
    so_far(*before).when(a.start, within=WITHIN, by=ADA.id).then_refused(a.AssignedToAnother)
    by_another = Submitted(by=LIN.id, text="Me, too.")
    so_far(*before).when(a.submit, within=WITHIN, submitted=by_another).then_refused(a.AssignedToAnother)


def test_what_is_submitted_can_be_submitted_better_but_not_started() -> None:
    better = Submitted(by=NOOR.id, text="Twice.")
    so_far(ASSIGNED, SUBMITTED).when(a.submit, within=WITHIN, submitted=better).then(better)
    again = so_far(ASSIGNED, SUBMITTED).when(a.start, within=WITHIN, by=NOOR.id)
    again.then_refused(a.AssignmentIsSubmitted)


@pytest.mark.parametrize("before", [(SUGGESTED,), (ASSIGNED, STARTED), (ASSIGNED, SUBMITTED)])
def test_a_mentor_sees_it_completed(before: Any) -> None:
    so_far(*before).when(a.complete, within=WITHIN, by=ADA.id).then(COMPLETED)
    so_far(*before, COMPLETED).when(a.complete, within=WITHIN, by=ADA.id).then_nothing()


def test_who_gave_it_judges_it() -> None:
    by_lin = so_far(SUGGESTED, SUBMITTED)
    by_lin.when(a.complete, within=WITHIN, by=LIN.id).then(Completed(by=LIN.id))
    returned = Returned(by=LIN.id, reason="More, please.")
    by_lin.when(a.send_back, within=WITHIN, returned=returned).then(returned)
    by_lin.when(a.drop, within=WITHIN, by=LIN.id).then(Dropped(by=LIN.id))


def test_others_do_not_judge() -> None:
    held = so_far(ASSIGNED, SUBMITTED)
    for by in (LIN.id, NOOR.id):
        held.when(a.complete, within=WITHIN, by=by).then_refused(a.AnotherJudges)
        returned = Returned(by=by, reason="No.")
        held.when(a.send_back, within=WITHIN, returned=returned).then_refused(a.AnotherJudges)
        held.when(a.drop, within=WITHIN, by=by).then_refused(a.AnotherJudges)
    held.when(a.complete, within=WITHIN, by=KIM.id).then_refused(NotInThisRelationship)


def test_it_is_returned_with_a_reason_once_it_is_submitted() -> None:
    so_far(ASSIGNED, SUBMITTED).when(a.send_back, within=WITHIN, returned=RETURNED).then(RETURNED)
    so_far(ASSIGNED, SUBMITTED, RETURNED).when(a.send_back, within=WITHIN, returned=RETURNED).then_nothing()
    early = so_far(ASSIGNED, STARTED).when(a.send_back, within=WITHIN, returned=RETURNED)
    early.then_refused(a.NothingIsSubmitted)


def test_it_is_dropped_and_a_suggestion_is_declined() -> None:
    so_far(ASSIGNED).when(a.drop, within=WITHIN, by=ADA.id).then(DROPPED)
    so_far(ASSIGNED, DROPPED).when(a.drop, within=WITHIN, by=ADA.id).then_nothing()
    so_far(SUGGESTED).when(a.drop, within=WITHIN, by=NOOR.id).then(Dropped(by=NOOR.id))


def test_staff_take_back_what_they_gave_alone() -> None:
    by_kim = so_far(ASSIGNED.model_copy(update={"by": KIM.id}))
    by_kim.when(a.drop, within=WITHIN, by=KIM.id).then(Dropped(by=KIM.id))
    so_far(ASSIGNED).when(a.drop, within=WITHIN, by=KIM.id).then_refused(NotInThisRelationship)


ENDINGS: Final[list[Any]] = [
    (a.submit, {"submitted": SUBMITTED}),
    (a.start, {"by": NOOR.id}),
    (a.complete, {"by": ADA.id}),
    (a.send_back, {"returned": RETURNED}),
    (a.drop, {"by": ADA.id}),
]


@pytest.mark.parametrize(("decision", "wish"), ENDINGS)
def test_nothing_is_done_about_what_is_over_or_unknown(decision: Any, wish: Any) -> None:
    over = (ASSIGNED, DROPPED if decision is a.complete else COMPLETED)
    so_far(*over).when(decision, within=WITHIN, **wish).then_refused(a.AssignmentIsOver)
    so_far().when(decision, within=WITHIN, **wish).then_refused(a.AssignmentIsUnknown)


@pytest.mark.parametrize(("decision", "wish"), [*ENDINGS, (a.schedule, {**NEXT_DAY})])
def test_nothing_is_done_after_the_end(decision: Any, wish: Any) -> None:
    so_far(ASSIGNED).when(decision, **{**wish, "within": ENDED}).then_refused(RelationshipHasEnded)
    archived = replace(WITHIN, archived=True)
    so_far(ASSIGNED).when(decision, **{**wish, "within": archived}).then_refused(ProgramIsArchived)


def test_nothing_is_given_after_the_end_or_by_outsiders() -> None:
    so_far().when(a.suggest, within=ENDED, suggested=SUGGESTED).then_refused(RelationshipHasEnded)
    so_far().when(a.assign, within=ENDED, assigned=ASSIGNED, today=TODAY).then_refused(RelationshipHasEnded)
    outside = suggested(by=SAM.id)
    so_far().when(a.suggest, within=WITHIN, suggested=outside).then_refused(NotInThisRelationship)


def test_what_an_assignment_is_about_is_shared_here_or_in_the_directory() -> None:
    link = LinkShared(mentorship=THEIRS, by=ADA.id, title="Listening", url="https://example.org/listen")
    elsewhere = MentorshipId(UUID(int=0xA6))
    in_the_directory = Published(by=ADA.id, to=Audience.DIRECTORY)
    given(RESOURCE, link).when(shared_with, mentorship=THEIRS).then_nothing()
    given(RESOURCE, link, in_the_directory).when(shared_with, mentorship=elsewhere).then_nothing()
    given(RESOURCE, link).when(shared_with, mentorship=elsewhere).then_refused(NotSharedHere)
    given(RESOURCE, link, Withdrawn()).when(shared_with, mentorship=THEIRS).then_refused(NotSharedHere)
    given(RESOURCE).when(shared_with, mentorship=THEIRS).then_refused(NotSharedHere)
