"""An inquiry: somebody asks an expert a question, and may agree on a flash session with them."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency
from domain.relationship import Rating
from domain.words import Text

Topics = Annotated[tuple[Competency, ...], Field(max_length=20)]


class Asked(DomainEvent, name="inquiry.asked", subject="by"):
    """`session`: a flash session is wished for, not only an answer."""

    expert: ParticipantId
    by: ParticipantId
    text: Personal[Text]
    topics: Topics = ()
    session: bool = False


class FollowedUp(DomainEvent, name="inquiry.followed_up", subject="by"):
    """Asked further about the answer."""

    by: ParticipantId
    text: Personal[Text]


class Answered(DomainEvent, name="inquiry.answered", subject="by"):
    by: ParticipantId
    text: Personal[Text]


class Declined(DomainEvent, name="inquiry.declined", subject="by"):
    by: ParticipantId
    reason: Personal[Text | None] = None


class SessionAgreed(DomainEvent, name="inquiry.session_agreed"):
    """Recorded together with the beginning of the flash session."""

    by: ParticipantId
    mentorship: MentorshipId


class Closed(DomainEvent, name="inquiry.closed"):
    """`by` None: one of the two has left."""

    by: ParticipantId | None = None


class Rated(DomainEvent, name="inquiry.rated", subject="by"):
    by: ParticipantId
    rating: Rating
    comment: Personal[Text | None] = None


InquiryEvent = Asked | FollowedUp | Answered | Declined | SessionAgreed | Closed | Rated


class Status(StrEnum):
    UNKNOWN = "unknown"
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`words` are those of the last question or answer."""

    asked: Asked | None = None
    status: Status = Status.UNKNOWN
    words: FollowedUp | Answered | None = None
    session: MentorshipId | None = None
    rated: Rated | None = None


def evolve(state: Inquiry, event: InquiryEvent) -> Inquiry:
    match event:
        case Asked():
            return Inquiry(event, Status.WAITING)
        case FollowedUp():
            return replace(state, status=Status.WAITING, words=event)
        case Answered():
            return replace(state, status=Status.ANSWERED, words=event)
        case Declined():
            return replace(state, status=Status.DECLINED)
        case SessionAgreed():
            return replace(state, session=event.mentorship)
        case Closed():
            return replace(state, status=Status.CLOSED)
        case Rated():
            return replace(state, rated=event)
        case _:
            assert_never(event)


INQUIRY: Final = Aggregate("inquiry", Inquiry(), evolve)
