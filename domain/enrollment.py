"""An enrollment: one person in one programme, on one side, from invitation or application to completion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import Field

from domain import admission
from domain.aggregate import Aggregate
from domain.event import DomainEvent, Erased, Personal
from domain.ids import ParticipantId, ProgramId, ProposalId
from domain.profile import Demographics, PersonFacts
from domain.program_settings import Approval, ProgramTerms, Side
from domain.refusal import Refusal
from domain.words import Slug, Text

Answers = Annotated[dict[Slug, Text], Field(max_length=30)]
Wishes = Annotated[tuple[ParticipantId, ...], Field(max_length=20)]


class Invited(DomainEvent, name="enrollment.invited"):
    program: ProgramId
    participant: ParticipantId
    role: Side


class Applied(DomainEvent, name="enrollment.applied", subject="participant"):
    program: ProgramId
    participant: ParticipantId
    role: Side
    answers: Personal[Answers | None] = None


class InformationRequested(DomainEvent, name="enrollment.information_requested", subject="participant"):
    participant: ParticipantId
    question: Personal[Text]


class InformationGiven(DomainEvent, name="enrollment.information_given", subject="participant"):
    participant: ParticipantId
    answer: Personal[Text]


class Approved(DomainEvent, name="enrollment.approved"):
    pass


class Rejected(DomainEvent, name="enrollment.rejected", subject="participant"):
    participant: ParticipantId
    reason: Personal[Text]


class Waitlisted(DomainEvent, name="enrollment.waitlisted"):
    """The order of the waitlist is the order of these events in the log."""


class PreferenceStated(DomainEvent, name="enrollment.preference_stated", subject="participant"):
    """What the person wishes the other side to have said of themself, by question; for matching alone."""

    participant: ParticipantId
    preference: Personal[Demographics]


class WishesRanked(DomainEvent, name="enrollment.wishes_ranked"):
    """Whom the person would like, the best first; each is asked when the one before has declined."""

    wishes: Wishes


class RequestOpened(DomainEvent, name="enrollment.request_opened"):
    """Recorded together with the proposal, so that no race opens more than the programme allows."""

    proposal: ProposalId


class RequestClosed(DomainEvent, name="enrollment.request_closed"):
    proposal: ProposalId


class PlaceReserved(DomainEvent, name="enrollment.place_reserved"):
    """Recorded together with the confirmation of the proposal, so that no race can overfill anybody."""

    proposal: ProposalId
    hours_a_month: Annotated[int, Field(ge=0, le=200)]


class PlaceReleased(DomainEvent, name="enrollment.place_released"):
    proposal: ProposalId


class Paused(DomainEvent, name="enrollment.paused"):
    until: date


class Resumed(DomainEvent, name="enrollment.resumed"):
    pass


class Withdrawn(DomainEvent, name="enrollment.withdrawn"):
    """By the person, or because they have left the organisation; it counts against nobody."""


class Removed(DomainEvent, name="enrollment.removed", subject="participant"):
    """By the staff, or because the person is outside the audience now."""

    participant: ParticipantId
    reason: Personal[Text]
    outside_audience: bool = False


class Completed(DomainEvent, name="enrollment.completed"):
    pass


# fmt: off
EnrollmentEvent = (
    Invited | Applied | InformationRequested | InformationGiven | Approved | Rejected | Waitlisted
    | PreferenceStated | WishesRanked | RequestOpened | RequestClosed | PlaceReserved | PlaceReleased
    | Paused | Resumed | Withdrawn | Removed | Completed
)
# fmt: on


class Status(StrEnum):
    NONE = "none"
    INVITED = "invited"
    APPLIED = "applied"
    INFORMATION_REQUESTED = "information_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WAITLISTED = "waitlisted"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    OUTSIDE = "outside"
    COMPLETED = "completed"


_UNDECIDED: Final = frozenset({Status.APPLIED, Status.INFORMATION_REQUESTED, Status.WAITLISTED})
TAKING_PART: Final = frozenset({Status.APPROVED, Status.PAUSED})
_INSIDE: Final = _UNDECIDED | TAKING_PART
_INVOLVED: Final = _INSIDE | {Status.INVITED}
_TURNED_AWAY: Final = frozenset({Status.REJECTED, Status.REMOVED})


NOBODY: Final = ParticipantId(UUID(int=0))


@dataclass(frozen=True, slots=True)
class Enrollment:
    """`places`: the hours a month of each confirmed proposal; `requests`: own proposals that wait for an
    answer. Nobody's, until something happened.
    """

    status: Status = Status.NONE
    participant: ParticipantId = NOBODY
    role: Side = Side.MENTEE
    answers: Answers | Erased | None = None
    question: str | Erased | None = None
    answer: str | Erased | None = None
    paused_until: date | None = None
    places: Mapping[ProposalId, int] = field(default_factory=dict)
    requests: frozenset[ProposalId] = frozenset()
    wishes: tuple[ParticipantId, ...] = ()
    preference: Demographics | Erased | None = None


class AlreadyInProgram(Refusal):
    """This person is already in the programme, or has applied with other answers."""


class NoApplicationWaits(Refusal):
    """No application of this person waits for a decision."""


class NoInformationIsRequested(Refusal):
    """Nothing has been asked of this person."""


class NotInProgram(Refusal):
    """This person does not take part in the programme."""


class EnrollmentIsPaused(Refusal):
    """This person's part in the programme is paused."""


class PauseMustEndLater(Refusal):
    """A pause ends on a later day than today."""


class RelationshipsStillRun(Refusal):
    """This person's relationships in the programme have not ended yet."""


def invite(state: Enrollment, *, program: ProgramTerms, person: PersonFacts, role: Side) -> list[DomainEvent]:
    refuse_archived(program)
    if state.status in _INSIDE or (state.status is Status.INVITED and state.role is role):
        return _already(state, role, state.answers)
    if not program.open:
        raise admission.ProgramIsNotOpen
    admission.refuse_outside(program, person, role)
    return [Invited(program=program.program, participant=person.participant, role=role)]


def apply(
    state: Enrollment,
    *,
    program: ProgramTerms,
    person: PersonFacts,
    role: Side,
    answers: Mapping[str, str],
    today: date,
) -> list[DomainEvent]:
    """An invited person accepts by applying and needs no further approval."""
    refuse_archived(program)
    told, who = dict(answers) or None, person.participant
    wished = Applied(program=program.program, participant=who, role=role, answers=told)
    invited = state.status is Status.INVITED and state.role is role
    if state.status in _INSIDE:
        return _already(state, role, wished.answers)
    if not program.open:
        raise admission.ProgramIsNotOpen
    if not invited and state.status in _TURNED_AWAY:
        raise admission.NeedsInvitation
    if not invited:
        admission.refuse_shut(program, today)
    admission.refuse_outside(program, person, role)
    admission.refuse_answers(program, role, answers)
    at_once = invited or program.enrollment.approval is Approval.AUTOMATIC
    return [wished, Approved()] if at_once else [wished]


def request_information(state: Enrollment, *, program: ProgramTerms, question: str) -> list[DomainEvent]:
    """Not of people on the waitlist: answering must not cost them their position."""
    refuse_unless(state, program, _UNDECIDED - {Status.WAITLISTED}, NoApplicationWaits)
    wished = InformationRequested(participant=state.participant, question=question)
    waits = state.status is Status.INFORMATION_REQUESTED and state.question == wished.question
    return [] if waits else [wished]


def give_information(state: Enrollment, *, program: ProgramTerms, answer: str) -> list[DomainEvent]:
    given = InformationGiven(participant=state.participant, answer=answer)
    if state.status is Status.APPLIED and state.answer == given.answer:
        return []
    refuse_unless(state, program, frozenset({Status.INFORMATION_REQUESTED}), NoInformationIsRequested)
    return [given]


def approve(state: Enrollment, *, program: ProgramTerms, person: PersonFacts) -> list[DomainEvent]:
    if state.status is Status.APPROVED:
        return []
    refuse_unless(state, program, _UNDECIDED, NoApplicationWaits)
    admission.refuse_outside(program, person, state.role)
    return [Approved()]


def reject(state: Enrollment, *, program: ProgramTerms, reason: str) -> list[DomainEvent]:
    if state.status is Status.REJECTED:
        return []
    refuse_unless(state, program, _UNDECIDED, NoApplicationWaits)
    return [Rejected(participant=state.participant, reason=reason)]


def waitlist(state: Enrollment, *, program: ProgramTerms) -> list[DomainEvent]:
    if state.status is Status.WAITLISTED:
        return []
    refuse_unless(state, program, _UNDECIDED, NoApplicationWaits)
    return [Waitlisted()]


def pause(state: Enrollment, *, program: ProgramTerms, until: date, today: date) -> list[DomainEvent]:
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    if (state.status, state.paused_until) == (Status.PAUSED, until):
        return []
    if until <= today:
        raise PauseMustEndLater
    return [Paused(until=until)]


def resume(state: Enrollment, *, program: ProgramTerms) -> list[DomainEvent]:
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    return [Resumed()] if state.status is Status.PAUSED else []


def withdraw(state: Enrollment, *, program: ProgramTerms) -> list[DomainEvent]:
    """Places stay reserved until the relationships behind them have ended."""
    if state.status is Status.WITHDRAWN:
        return []
    refuse_unless(state, program, _INVOLVED, NotInProgram)
    return [Withdrawn()]


def remove(state: Enrollment, *, program: ProgramTerms, reason: str) -> list[DomainEvent]:
    if state.status is Status.REMOVED:
        return []
    refuse_unless(state, program, _INVOLVED, NotInProgram)
    return [Removed(participant=state.participant, reason=reason)]


def recheck(state: Enrollment, *, program: ProgramTerms, person: PersonFacts) -> list[DomainEvent]:
    """After the person or the rule has changed: a leaver, or who is outside the audience, is in no longer."""
    if program.archived or state.status not in _INVOLVED:
        return []
    if not person.active:
        return [Withdrawn()]
    if (condition := admission.failing_condition(program, person, state.role)) is None:
        return []
    sentence = admission.OutsideAudience(role=state.role, condition=condition).sentence
    return [Removed(participant=person.participant, reason=sentence, outside_audience=True)]


def complete(state: Enrollment, *, program: ProgramTerms) -> list[DomainEvent]:
    if state.status is Status.COMPLETED:
        return []
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    if state.places:
        raise RelationshipsStillRun
    return [Completed()]


def refuse_archived(program: ProgramTerms) -> None:
    if program.archived:
        raise admission.ProgramIsArchived


def _already(state: Enrollment, role: Side, answers: object) -> list[DomainEvent]:
    if (state.role, state.answers) != (role, answers):
        raise AlreadyInProgram
    return []


def refuse_unless(
    state: Enrollment, program: ProgramTerms, statuses: frozenset[Status], refusal: type[Refusal]
) -> None:
    refuse_archived(program)
    if state.status not in statuses:
        raise refusal


def evolve(state: Enrollment, event: EnrollmentEvent) -> Enrollment:
    match event:
        case Invited():
            return replace(state, status=Status.INVITED, participant=event.participant, role=event.role)
        case Applied():
            anew = Enrollment(Status.APPLIED, event.participant, event.role, event.answers)
            return replace(anew, places=state.places, requests=state.requests)
        case InformationRequested():
            return replace(state, status=Status.INFORMATION_REQUESTED, question=event.question)
        case InformationGiven():
            return replace(state, status=Status.APPLIED, answer=event.answer)
        case Approved():
            return replace(state, status=Status.APPROVED)
        case Rejected():
            return replace(state, status=Status.REJECTED)
        case Waitlisted():
            return replace(state, status=Status.WAITLISTED)
        case PreferenceStated():
            return replace(state, preference=event.preference)
        case WishesRanked():
            return replace(state, wishes=event.wishes)
        case RequestOpened():
            return replace(state, requests=state.requests | {event.proposal})
        case RequestClosed():
            return replace(state, requests=state.requests - {event.proposal})
        case PlaceReserved():
            return replace(state, places={**state.places, event.proposal: event.hours_a_month})
        case PlaceReleased():
            return replace(state, places={k: v for k, v in state.places.items() if k != event.proposal})
        case Paused():
            return replace(state, status=Status.PAUSED, paused_until=event.until)
        case Resumed():
            return replace(state, status=Status.APPROVED, paused_until=None)
        case Withdrawn():
            return replace(state, status=Status.WITHDRAWN)
        case Removed():
            return replace(state, status=Status.OUTSIDE if event.outside_audience else Status.REMOVED)
        case Completed():
            return replace(state, status=Status.COMPLETED)
        case _:
            assert_never(event)


ENROLLMENT: Final = Aggregate("enrollment", Enrollment(), evolve)
