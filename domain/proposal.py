"""A proposal: these people could form a relationship. It waits for acceptances and ends exactly once."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, assert_never

from pydantic import AfterValidator, AwareDatetime, Field

from domain.admission import ModeIsNotOffered, NobodyMentorsThemself, refuse_over
from domain.aggregate import Aggregate
from domain.event import DomainEvent, Erased, Personal
from domain.ids import MatchRunId, MentorshipId, ParticipantId, ProgramId
from domain.matching_settings import Criterion, Mode, Score
from domain.program_settings import ProgramTerms, Size
from domain.refusal import Refusal
from domain.words import Line, Slug, Text, Value, distinct

Count = Annotated[int, Field(ge=0)]
MOST_ALTERNATIVES: Final = 3
FEWEST: Final = 2
"""Nobody is in a relationship alone."""


def _each_once(people: tuple[ParticipantId, ...]) -> tuple[ParticipantId, ...]:
    distinct(people, "person")
    return people


People = Annotated[tuple[ParticipantId, ...], Field(max_length=100), AfterValidator(_each_once)]


class Alternative(Value):
    """Somebody else who could have been proposed; `rank` 1 is the best of all that were eligible."""

    person: ParticipantId
    score: Score
    rank: Count


class Provenance(Value):
    """Why these people: the engine and a digest of what it read, the score with its parts, who else there
    was.

    `barred` counts, by rule, whom a hard rule kept out. `run` is None where nobody ran over the whole pool.
    """

    engine: int
    digest: Line
    score: Score
    mentee_score: Score | None = None
    mentor_score: Score | None = None
    parts: dict[Criterion, Score] = Field(default_factory=dict)
    answered: Count = 0
    asked: Count = 0
    rank: Count = 0
    eligible: Count = 0
    alternatives: Annotated[tuple[Alternative, ...], Field(max_length=MOST_ALTERNATIVES)] = ()
    barred: dict[str, Count] = Field(default_factory=dict)
    run: MatchRunId | None = None


class Made(DomainEvent, name="proposal.made", subject="author"):
    """`relationship` is the type by its id; `rank` the place of a wish in its author's list. With fewer than
    the `least` of a side left, a decline ends it.
    """

    program: ProgramId
    settings_version: int
    relationship: Slug
    mentors: People
    mentees: People
    least_mentors: Count = 1
    least_mentees: Count = 1
    mode: Mode
    rank: Annotated[int, Field(ge=1)] | None = None
    provenance: Provenance | None = None
    expires_at: AwareDatetime
    author: ParticipantId | None = None
    words: Personal[Text | None] = None


class Viewed(DomainEvent, name="proposal.viewed"):
    by: ParticipantId


class InformationRequested(DomainEvent, name="proposal.information_requested", subject="by"):
    by: ParticipantId
    question: Personal[Text]


class InformationGiven(DomainEvent, name="proposal.information_given", subject="by"):
    by: ParticipantId
    answer: Personal[Text]


class Accepted(DomainEvent, name="proposal.accepted"):
    by: ParticipantId


class Declined(DomainEvent, name="proposal.declined", subject="by"):
    """`for_good`: these people are never proposed to each other again."""

    by: ParticipantId
    reason: Personal[Text | None] = None
    for_good: bool = False


class Withdrawn(DomainEvent, name="proposal.withdrawn"):
    """By who made it, or because somebody takes no part any more."""


class Expired(DomainEvent, name="proposal.expired"):
    pass


class Superseded(DomainEvent, name="proposal.superseded"):
    """Another one has taken somebody's last place."""


class Confirmed(DomainEvent, name="proposal.confirmed"):
    """Recorded together with the places and the beginning of the mentorship."""

    mentorship: MentorshipId


# fmt: off
ProposalEvent = (
    Made | Viewed | InformationRequested | InformationGiven | Accepted | Declined | Withdrawn | Expired
    | Superseded | Confirmed
)
# fmt: on


class Status(StrEnum):
    UNKNOWN = "unknown"
    WAITING = "waiting"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """`made` is None until it is; members are those who have not declined."""

    status: Status = Status.UNKNOWN
    made: Made | None = None
    accepted: frozenset[ParticipantId] = frozenset()
    declined: frozenset[ParticipantId] = frozenset()
    viewed: frozenset[ParticipantId] = frozenset()
    question: tuple[ParticipantId, str | Erased] | None = None
    answer: tuple[ParticipantId, str | Erased] | None = None

    @property
    def mentors(self) -> tuple[ParticipantId, ...]:
        return tuple(who for who in (self.made.mentors if self.made else ()) if who not in self.declined)

    @property
    def mentees(self) -> tuple[ParticipantId, ...]:
        return tuple(who for who in (self.made.mentees if self.made else ()) if who not in self.declined)

    @property
    def members(self) -> tuple[ParticipantId, ...]:
        return (*self.mentors, *self.mentees)

    @property
    def enough(self) -> bool:
        held = self.made
        return (
            held is not None
            and len(self.mentors) >= held.least_mentors
            and len(self.mentees) >= held.least_mentees
            and len(self.members) >= FEWEST
        )

    @property
    def agreed(self) -> bool:
        return self.enough and self.accepted.issuperset(self.members)


class ProposalIsUnknown(Refusal):
    """There is no such proposal."""


class ProposalExists(Refusal):
    """Something else has been proposed under this id."""


class ProposalHasEnded(Refusal):
    """This proposal has ended: it is {status}."""


class NotInThisProposal(Refusal):
    """This proposal is not about you."""


class AlreadyAccepted(Refusal):
    """You have accepted this proposal already; what is agreed is not declined but ended."""


class NothingWasAsked(Refusal):
    """Nothing has been asked about this proposal, or by yourself."""


class RelationshipIsUnknown(Refusal):
    """The programme offers no relationship of this type."""


class SizesDoNotFit(Refusal):
    """Here are {least_mentors} to {most_mentors} mentors and {least_mentees} to {most_mentees} mentees."""


def make(state: Proposal, *, program: ProgramTerms, made: Made) -> list[DomainEvent]:
    """Who makes it for themself is one of them, and has accepted with that."""
    if state.made is not None:
        if state.made != made:
            raise ProposalExists
        return []
    refuse_over(program)
    if made.author is not None and made.author not in (*made.mentors, *made.mentees):
        raise NotInThisProposal
    if made.mode not in program.matching.modes:
        raise ModeIsNotOffered
    if set(made.mentors) & set(made.mentees):
        raise NobodyMentorsThemself
    _refuse_sizes(program, made)
    return [made] if made.author is None else [made, Accepted(by=made.author)]


def view(state: Proposal, *, by: ParticipantId) -> list[DomainEvent]:
    _refuse_stranger(state, by)
    return [] if by in state.viewed else [Viewed(by=by)]


def request_information(state: Proposal, *, by: ParticipantId, question: str) -> list[DomainEvent]:
    _refuse_ended(state, by)
    wished = InformationRequested(by=by, question=question)
    return [] if state.question == (by, wished.question) else [wished]


def give_information(state: Proposal, *, by: ParticipantId, answer: str) -> list[DomainEvent]:
    """By anybody but who has asked."""
    given = InformationGiven(by=by, answer=answer)
    if state.answer == (by, given.answer):
        return []
    _refuse_ended(state, by)
    if state.question is None or state.question[0] == by:
        raise NothingWasAsked
    return [given]


def accept(
    state: Proposal, *, by: ParticipantId, program: ProgramTerms, mentorship: MentorshipId
) -> list[DomainEvent]:
    """The last needed acceptance confirms."""
    _refuse_stranger(state, by)
    if by in state.accepted:
        return []
    _refuse_ended(state, by)
    refuse_over(program)
    return _agreed([Accepted(by=by)], state, mentorship)


def decline(
    state: Proposal,
    *,
    by: ParticipantId,
    mentorship: MentorshipId,
    reason: str | None = None,
    for_good: bool = False,
    completing: bool = True,
) -> list[DomainEvent]:
    """In a group the others go on, as long as they are enough; they may have waited only for this answer.

    Without `completing` they go on waiting: nobody has to stay because somebody else cannot begin.
    """
    _refuse_stranger(state, by)
    if by in state.declined:
        return []
    _refuse_ended(state, by)
    if by in state.accepted:
        raise AlreadyAccepted
    declined: list[DomainEvent] = [Declined(by=by, reason=reason, for_good=for_good)]
    return _agreed(declined, state, mentorship) if completing else declined


def withdraw(state: Proposal) -> list[DomainEvent]:
    if state.status is Status.WITHDRAWN:
        return []
    _refuse_not_waiting(state)
    return [Withdrawn()]


def expire(state: Proposal, *, now: datetime) -> list[DomainEvent]:
    """Nothing where it has ended, or where its time has not come yet."""
    due = state.made is not None and state.made.expires_at <= now
    return [Expired()] if state.status is Status.WAITING and due else []


def supersede(state: Proposal) -> list[DomainEvent]:
    return [Superseded()] if state.status is Status.WAITING else []


def _agreed(events: list[DomainEvent], state: Proposal, mentorship: MentorshipId) -> list[DomainEvent]:
    for event in events:
        state = evolve(state, event)  # type: ignore[arg-type]  # what this module has just decided
    return [*events, Confirmed(mentorship=mentorship)] if state.agreed else events


def _refuse_sizes(program: ProgramTerms, made: Made) -> None:
    kind = next((one for one in program.types if one.id == made.relationship), None)
    if kind is None:
        raise RelationshipIsUnknown
    fits = _fit(kind.mentors, made.mentors) and _fit(kind.mentees, made.mentees)
    if not fits or not Proposal(made=made).enough:
        raise SizesDoNotFit(
            least_mentors=kind.mentors.least,
            most_mentors=kind.mentors.most,
            least_mentees=kind.mentees.least,
            most_mentees=kind.mentees.most,
        )


def _fit(size: Size, people: People) -> bool:
    return size.least <= len(people) <= size.most


def _refuse_stranger(state: Proposal, by: ParticipantId) -> None:
    if state.made is None:
        raise ProposalIsUnknown
    if by not in (*state.made.mentors, *state.made.mentees):
        raise NotInThisProposal


def _refuse_not_waiting(state: Proposal) -> None:
    if state.made is None:
        raise ProposalIsUnknown
    if state.status is not Status.WAITING:
        raise ProposalHasEnded(status=state.status)


def _refuse_ended(state: Proposal, by: ParticipantId) -> None:
    _refuse_stranger(state, by)
    _refuse_not_waiting(state)
    if by in state.declined:
        raise ProposalHasEnded(status=Status.DECLINED)


def evolve(state: Proposal, event: ProposalEvent) -> Proposal:
    match event:
        case Made():
            return replace(state, status=Status.WAITING, made=event)
        case Viewed():
            return replace(state, viewed=state.viewed | {event.by})
        case InformationRequested():
            return replace(state, question=(event.by, event.question), answer=None)
        case InformationGiven():
            return replace(state, answer=(event.by, event.answer))
        case Accepted():
            return replace(state, accepted=state.accepted | {event.by})
        case Declined():
            left = replace(state, declined=state.declined | {event.by})
            return left if left.enough else replace(left, status=Status.DECLINED)
        case Withdrawn():
            return replace(state, status=Status.WITHDRAWN)
        case Expired():
            return replace(state, status=Status.EXPIRED)
        case Superseded():
            return replace(state, status=Status.SUPERSEDED)
        case Confirmed():
            return replace(state, status=Status.CONFIRMED)
        case _:
            assert_never(event)


PROPOSAL: Final = Aggregate("proposal", Proposal(), evolve)
