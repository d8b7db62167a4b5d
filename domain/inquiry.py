"""An inquiry: somebody asks an expert a question, and may agree on a flash session with them.

Only the two see it. It is open until it is declined or closed, however often it is answered.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import Field

from domain.admission import PersonIsNotActive
from domain.aggregate import Aggregate
from domain.event import DomainEvent, Personal
from domain.ids import MentorshipId, ParticipantId
from domain.profile import Competency, PersonFacts
from domain.program_settings import Kind, RelationshipType
from domain.refusal import Refusal
from domain.relationship import Rating
from domain.words import Text

Topics = Annotated[tuple[Competency, ...], Field(max_length=20)]
MOST_WAITING: Final = 10
"""How many questions of one person may wait for an answer; of those asked at one moment, a few more."""
FLASH: Final = RelationshipType(
    id="flash",
    kind=Kind.FLASH,
    name="Flash session",
    duration_days=30,
    cadence_days=30,
    session_minutes=30,
)
"""What a session that is agreed upon begins."""


class Asked(DomainEvent, name="inquiry.asked", subject="by"):
    """`session`: a flash session is wished for, not only an answer."""

    expert: ParticipantId
    by: ParticipantId
    text: Personal[Text]
    topics: Topics = ()
    session: bool = False


class FollowedUp(DomainEvent, name="inquiry.followed_up", subject="by"):
    """Asked further about the answer; `session` as in what was asked first."""

    by: ParticipantId
    text: Personal[Text]
    session: bool = False


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


OPEN: Final = frozenset({Status.WAITING, Status.ANSWERED})


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`words` are those of the last further question or answer; `session_wished` once it ever was."""

    asked: Asked | None = None
    status: Status = Status.UNKNOWN
    words: FollowedUp | Answered | None = None
    answered: bool = False
    session_wished: bool = False
    session: MentorshipId | None = None
    rated: Rated | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Both as they are now; so many of the asker's questions wait already.

    `apart`: one avoids the other, or has declined them for good, of which nobody is told.
    """

    asker: PersonFacts
    expert: PersonFacts
    waiting: int = 0
    apart: bool = False


class InquiryExists(Refusal):
    """There is another question under this id."""


class InquiryIsUnknown(Refusal):
    """There is no such question."""


class InquiryHasEnded(Refusal):
    """This question is closed; ask a new one."""


class NobodyAsksThemself(Refusal):
    """Nobody can ask themself."""


class ExpertIsNotListed(Refusal):
    """This person is not in the directory of experts."""


class ExpertAcceptsNobody(Refusal):
    """This expert takes no questions at present."""


class TooManyQuestionsWait(Refusal):
    """{limit} of your questions wait for an answer; close one that you do not need any more."""


class TheOtherDoesThis(Refusal):
    """This is for the other one of you to do."""


class NotAnsweredYet(Refusal):
    """This has not been answered yet."""


class AlreadyAnswered(Refusal):
    """What has been answered is not declined any more; close it instead."""


class NoSessionIsWished(Refusal):
    """Nobody has asked for a session here; whoever asks can wish for one in a further question."""


def ask(state: Inquiry, *, asked: Asked, asking: Asking) -> list[DomainEvent]:
    """Asked by whoever is active of whoever is listed and takes questions."""
    if state.asked is not None:
        if state.asked != asked:
            raise InquiryExists
        return []
    if asked.by == asked.expert:
        raise NobodyAsksThemself
    if not asking.asker.active:
        raise PersonIsNotActive
    if not asking.expert.active or not asking.expert.profile["expert"]:
        raise ExpertIsNotListed
    if asking.waiting >= MOST_WAITING:
        raise TooManyQuestionsWait(limit=MOST_WAITING)
    if asking.apart or not asking.expert.accepting or asking.expert.hours_a_month == 0:
        raise ExpertAcceptsNobody
    return [asked]


def follow_up(state: Inquiry, *, by: ParticipantId, text: str, session: bool = False) -> list[DomainEvent]:
    asked = _open(state)
    if by != asked.by:
        raise TheOtherDoesThis
    wished = FollowedUp(by=by, text=text, session=session)
    if state.words == wished:
        return []
    if state.status is not Status.ANSWERED:
        raise NotAnsweredYet
    return [wished]


def answer(state: Inquiry, *, by: ParticipantId, text: str) -> list[DomainEvent]:
    """An answer can be added to."""
    asked = _open(state)
    if by != asked.expert:
        raise TheOtherDoesThis
    wished = Answered(by=by, text=text)
    return [] if state.words == wished else [wished]


def decline(state: Inquiry, *, by: ParticipantId, reason: str | None = None) -> list[DomainEvent]:
    asked = _known(state)
    if by != asked.expert:
        raise TheOtherDoesThis
    if state.status is Status.DECLINED:
        return []
    _open(state)
    if state.answered or state.session:
        raise AlreadyAnswered
    return [Declined(by=by, reason=reason)]


def agree_session(state: Inquiry, *, by: ParticipantId, mentorship: MentorshipId) -> list[DomainEvent]:
    asked = _known(state)
    if by != asked.expert:
        raise TheOtherDoesThis
    if state.session == mentorship:
        return []
    _open(state)
    if not state.session_wished:
        raise NoSessionIsWished
    return [SessionAgreed(by=by, mentorship=mentorship)]


def close(state: Inquiry, *, by: ParticipantId) -> list[DomainEvent]:
    asked = _known(state)
    if by not in (asked.by, asked.expert):
        raise TheOtherDoesThis
    if state.status is Status.CLOSED:
        return []
    _open(state)
    return [Closed(by=by)]


def rate(state: Inquiry, *, by: ParticipantId, rating: int, comment: str | None = None) -> list[DomainEvent]:
    """Once it was answered or led to a session, also when it is closed; a later rating takes its place."""
    asked = _known(state)
    if by != asked.by:
        raise TheOtherDoesThis
    if not state.answered and state.session is None:
        raise NotAnsweredYet
    wished = Rated(by=by, rating=rating, comment=comment)
    return [] if state.rated == wished else [wished]


def let_go(state: Inquiry) -> list[DomainEvent]:
    """One of the two has left."""
    return [Closed()] if state.status in OPEN else []


def _known(state: Inquiry) -> Asked:
    if state.asked is None:
        raise InquiryIsUnknown
    return state.asked


def _open(state: Inquiry) -> Asked:
    asked = _known(state)
    if state.status not in OPEN:
        raise InquiryHasEnded
    return asked


def evolve(state: Inquiry, event: InquiryEvent) -> Inquiry:
    match event:
        case Asked():
            return Inquiry(event, Status.WAITING, session_wished=event.session)
        case FollowedUp():
            wished = state.session_wished or event.session
            return replace(state, status=Status.WAITING, words=event, session_wished=wished)
        case Answered():
            return replace(state, status=Status.ANSWERED, words=event, answered=True)
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
