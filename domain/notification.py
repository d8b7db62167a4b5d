"""A notification: somebody is told of something once. Its words are those of the programme's templates.

What it is about, and in which programme, stands in the event; the text is made of the template and of what
the read models know when it is read, so no name is ever written down with it.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent
from domain.ids import MentorshipId, ParticipantId, ProgramId
from domain.occasions import Occasion
from domain.refusal import Refusal
from domain.words import Slug


class Sent(DomainEvent, name="notification.sent"):
    """`about` is the stream or the thing in it that it is about, `on` the day that it fell due or will.

    `rung` counts the reminders of one ladder from 1. The words are those of `settings_version`.
    `detail` is a word of the programme's own, as a milestone's id.
    """

    to: ParticipantId
    occasion: Occasion
    about: UUID
    program: ProgramId | None = None
    settings_version: int = 0
    mentorship: MentorshipId | None = None
    rung: Annotated[int, Field(ge=1, le=20)] = 1
    on: date | None = None
    detail: Slug | None = None


class Read(DomainEvent, name="notification.read"):
    """It needs no attention any more."""

    by: ParticipantId


NotificationEvent = Sent | Read


@dataclass(frozen=True, slots=True)
class Notification:
    sent: Sent | None = None
    read: bool = False


class NotificationIsUnknown(Refusal):
    """There is no such notification."""


class NotToldToYou(Refusal):
    """This notification is for somebody else."""


def send(state: Notification, *, sent: Sent) -> list[DomainEvent]:
    """Once, however many send it."""
    return [] if state.sent else [sent]


def read(state: Notification, *, by: ParticipantId) -> list[DomainEvent]:
    if state.sent is None:
        raise NotificationIsUnknown
    if state.sent.to != by:
        raise NotToldToYou
    return [] if state.read else [Read(by=by)]


def evolve(state: Notification, event: NotificationEvent) -> Notification:
    match event:
        case Sent():
            return replace(state, sent=event)
        case Read():
            return replace(state, read=True)
        case _:
            assert_never(event)


NOTIFICATION: Final = Aggregate("notification", Notification(), evolve)
