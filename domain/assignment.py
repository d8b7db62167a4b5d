"""A learning assignment: suggested or assigned to one member, worked on, submitted, completed."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId, ResourceId
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
    """Says all of it, whether it was suggested before or not."""

    mentorship: MentorshipId
    by: ParticipantId
    to: ParticipantId
    title: Personal[Line]
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


@dataclass(frozen=True, slots=True)
class Assignment:
    terms: Suggested | Assigned | None = None
    status: Status = Status.UNKNOWN
    submitted: Submitted | None = None
    returned: Returned | None = None


def evolve(state: Assignment, event: AssignmentEvent) -> Assignment:
    match event:
        case Suggested():
            return Assignment(event, Status.SUGGESTED)
        case Assigned():
            return replace(state, terms=event, status=Status.ASSIGNED)
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
