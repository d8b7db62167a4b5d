"""A learning assignment: suggested or assigned to one member, worked on, submitted, completed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId, ResourceId
from domain.program_settings import Side, Task
from domain.refusal import Refusal
from domain.relationship import Relationship, refuse_ended, refuse_outsiders
from domain.words import Line, Slug, Text


class Suggested(DomainEvent, name="assignment.suggested", subject="by"):
    """`task` is the programme's own, by its id in the plan, where it is one; `resource` what to work with."""

    mentorship: MentorshipId
    by: ParticipantId
    to: ParticipantId
    title: Personal[Line]
    description: Personal[Text | None] = None
    task: Slug | None = None
    resource: ResourceId | None = None


class Assigned(DomainEvent, name="assignment.assigned", subject="by"):
    """Without a title it is what was suggested, or assigned before, and only the day is new."""

    mentorship: MentorshipId
    by: ParticipantId
    to: ParticipantId
    title: Personal[Line | None] = None
    description: Personal[Text | None] = None
    task: Slug | None = None
    resource: ResourceId | None = None
    due: date | None = None


class Started(DomainEvent, name="assignment.started"):
    by: ParticipantId


class Submitted(DomainEvent, name="assignment.submitted", subject="by"):
    by: ParticipantId
    text: Personal[Text | None] = None
    resource: ResourceId | None = None


class Completed(DomainEvent, name="assignment.completed"):
    by: ParticipantId


class Returned(DomainEvent, name="assignment.returned", subject="by"):
    """There is more to do."""

    by: ParticipantId
    reason: Personal[Text]


class Dropped(DomainEvent, name="assignment.dropped"):
    by: ParticipantId | None = None


AssignmentEvent = Suggested | Assigned | Started | Submitted | Completed | Returned | Dropped


class Status(StrEnum):
    UNKNOWN = "unknown"
    SUGGESTED = "suggested"
    ASSIGNED = "assigned"
    STARTED = "started"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    COMPLETED = "completed"
    DROPPED = "dropped"


OPEN: Final = frozenset({Status.SUGGESTED, Status.ASSIGNED, Status.STARTED, Status.RETURNED})
"""Still with whom it is for."""
OVER: Final = frozenset({Status.COMPLETED, Status.DROPPED})


@dataclass(frozen=True, slots=True)
class Assignment:
    terms: Suggested | Assigned | None = None
    status: Status = Status.UNKNOWN
    submitted: Submitted | None = None
    returned: Returned | None = None


class AssignmentIsUnknown(Refusal):
    """There is no such assignment."""


class AssignmentExists(Refusal):
    """Something else has been suggested or assigned under this id already."""


class AssignmentIsOver(Refusal):
    """This assignment is completed or dropped. Suggest or assign another one."""


class AssignmentIsSubmitted(Refusal):
    """This has been submitted already. It waits to be completed or returned."""


class NothingIsSubmitted(Refusal):
    """Nothing has been submitted yet that could be returned."""


class NothingToDo(Refusal):
    """Say what there is to do: a title, or a task of the programme's plan."""


class TaskIsUnknown(Refusal):
    """The programme's plan has no such task."""


class TaskIsForOthers(Refusal):
    """By the programme's plan this task is for the {side}s alone."""


class OnlyMentorsAssign(Refusal):
    """Only mentors and the programme's staff assign. You can suggest it."""


class OnlyMenteesAreAssigned(Refusal):
    """What is no task of the plan is assigned to mentees alone. Suggest it to the mentor."""


class AssignedToAnother(Refusal):
    """This is for somebody else to do."""


class AnotherJudges(Refusal):
    """Only who gave this and the mentors of the relationship can do that."""


class DueDayIsPast(Refusal):
    """The day it is due is over already. Choose another one."""


def told(
    within: Relationship, *, task: Slug | None, title: Line | None, description: Text | None
) -> dict[str, Any]:
    """What there is to do. A task of the plan says it in its own words where nothing else is said."""
    planned = _planned(within, task) if task is not None else None
    if planned is not None:
        title, description = title or planned.title, description or planned.description
    if title is None:
        raise NothingToDo
    return {"task": task, "title": title, "description": description}


def due_by_plan(within: Relationship, task: Slug, *, began: date, today: date) -> date:
    """The day that the plan says, counted from the beginning; today where that is over."""
    return max(today, began + timedelta(days=_planned(within, task).due_day))


def _planned(within: Relationship, task: Slug) -> Task:
    for planned in within.settings.plan.tasks:
        if planned.id == task:
            return planned
    raise TaskIsUnknown


def suggest(state: Assignment, *, within: Relationship, suggested: Suggested) -> list[DomainEvent]:
    """By any member to any member, oneself among them."""
    if state.terms == suggested:
        return []
    refuse_ended(within)
    refuse_outsiders(within, suggested.by, suggested.to)
    _refuse_other_side(within, suggested)
    if state.terms is not None:
        raise AssignmentExists
    return [suggested]


def assign(state: Assignment, *, within: Relationship, assigned: Assigned, today: date) -> list[DomainEvent]:
    """By a mentor, or by staff, who are no members."""
    if state.terms == assigned:
        return []
    _refuse_assigning(within, assigned, today)
    if state.terms is not None:
        raise AssignmentExists
    return [assigned]


def schedule(
    state: Assignment, *, within: Relationship, by: ParticipantId, due: date | None, today: date
) -> list[DomainEvent]:
    """Makes a suggestion an assignment, and gives what is assigned another day."""
    terms = _given(state)
    if isinstance(terms, Assigned) and terms.due == due:
        return []
    assigned = Assigned(
        mentorship=terms.mentorship, by=by, to=terms.to, task=terms.task, resource=terms.resource, due=due
    )
    _refuse_assigning(within, assigned, today)
    _refuse_not_open(state)
    return [assigned]


def _refuse_assigning(within: Relationship, assigned: Assigned, today: date) -> None:
    refuse_ended(within)
    refuse_outsiders(within, assigned.to)
    if within.members.get(assigned.by) is Side.MENTEE:
        raise OnlyMentorsAssign
    if assigned.task is None and within.members[assigned.to] is not Side.MENTEE:
        raise OnlyMenteesAreAssigned
    _refuse_other_side(within, assigned)
    if assigned.due is not None and assigned.due < today:
        raise DueDayIsPast


def _refuse_other_side(within: Relationship, terms: Suggested | Assigned) -> None:
    side = _planned(within, terms.task).side if terms.task is not None else None
    if side is not None and within.members[terms.to] is not side:
        raise TaskIsForOthers(side=side)


def start(state: Assignment, *, within: Relationship, by: ParticipantId) -> list[DomainEvent]:
    """What is suggested can be taken up just so."""
    _refuse_anothers(state, by)
    if state.status is Status.STARTED:
        return []
    refuse_ended(within)
    refuse_outsiders(within, by)
    _refuse_not_open(state)
    return [Started(by=by)]


def submit(state: Assignment, *, within: Relationship, submitted: Submitted) -> list[DomainEvent]:
    """Whether or not anybody said that it was started. Submitted again, it is what was submitted last."""
    _refuse_anothers(state, submitted.by)
    if state.status is Status.SUBMITTED and state.submitted == submitted:
        return []
    refuse_ended(within)
    refuse_outsiders(within, submitted.by)
    _refuse_over(state)
    return [submitted]


def complete(state: Assignment, *, within: Relationship, by: ParticipantId) -> list[DomainEvent]:
    """Submitted or not: whoever judges it may have seen it done."""
    terms = _given(state)
    if state.status is Status.COMPLETED:
        return []
    _refuse_judging(within, by, terms.by)
    _refuse_over(state)
    return [Completed(by=by)]


def send_back(state: Assignment, *, within: Relationship, returned: Returned) -> list[DomainEvent]:
    terms = _given(state)
    if state.status is Status.RETURNED and state.returned == returned:
        return []
    _refuse_judging(within, returned.by, terms.by)
    _refuse_over(state)
    if state.status is not Status.SUBMITTED:
        raise NothingIsSubmitted
    return [returned]


def drop(state: Assignment, *, within: Relationship, by: ParticipantId) -> list[DomainEvent]:
    """By who may judge it; what is only suggested, by whom it is suggested to as well."""
    terms = _given(state)
    if state.status is Status.DROPPED:
        return []
    declining = (terms.to,) if state.status is Status.SUGGESTED else ()
    _refuse_judging(within, by, terms.by, *declining)
    _refuse_over(state)
    return [Dropped(by=by)]


def _given(state: Assignment) -> Suggested | Assigned:
    if state.terms is None:
        raise AssignmentIsUnknown
    return state.terms


def _refuse_anothers(state: Assignment, by: ParticipantId) -> None:
    if _given(state).to != by:
        raise AssignedToAnother


def _refuse_judging(within: Relationship, by: ParticipantId, *entitled: ParticipantId) -> None:
    """`entitled` may be of the staff, who are no members."""
    refuse_ended(within)
    if by in entitled:
        return
    refuse_outsiders(within, by)
    if within.members[by] is not Side.MENTOR:
        raise AnotherJudges


def _refuse_over(state: Assignment) -> None:
    if state.status in OVER:
        raise AssignmentIsOver


def _refuse_not_open(state: Assignment) -> None:
    _refuse_over(state)
    if state.status not in OPEN:
        raise AssignmentIsSubmitted


def evolve(state: Assignment, event: AssignmentEvent) -> Assignment:
    match event:
        case Suggested():
            return Assignment(event, Status.SUGGESTED)
        case Assigned():
            begun = state.status in {Status.STARTED, Status.RETURNED}
            return replace(state, terms=event, status=state.status if begun else Status.ASSIGNED)
        case Started():
            return replace(state, status=Status.STARTED)
        case Submitted():
            return replace(state, status=Status.SUBMITTED, submitted=event)
        case Completed():
            return replace(state, status=Status.COMPLETED)
        case Returned():
            return replace(state, status=Status.RETURNED, returned=event)
        case Dropped():
            return replace(state, status=Status.DROPPED)
        case _:
            assert_never(event)


ASSIGNMENT: Final = Aggregate("assignment", Assignment(), evolve)
