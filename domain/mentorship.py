"""A mentorship: what mentors and mentees agree on and reach together, from its beginning to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, assert_never
from uuid import UUID

from pydantic import Field

from domain.aggregate import Aggregate
from domain.by_id import ById
from domain.event import THE_STREAM, DomainEvent, Erased, Personal, grew
from domain.ids import InquiryId, MentorshipId, ParticipantId, ProgramId, ProposalId
from domain.profile import Competency
from domain.program_settings import RelationshipType, Settings, Side
from domain.refusal import Refusal
from domain.relationship import Member, Rating, Relationship, Status
from domain.words import Slug, Text

Percent = Annotated[int, Field(ge=0, le=100)]


class Began(DomainEvent, name="mentorship.began", version=2):
    """The terms are those of this version of the programme, until the mentorship is migrated.

    `proposal` is what its places are reserved for: a successor keeps its predecessor's. A flash session
    that an `inquiry` led to needs neither programme nor proposal.
    """

    program: ProgramId | None = None
    settings_version: int = 0
    type: RelationshipType
    members: Annotated[tuple[Member, ...], Field(min_length=2, max_length=100)]
    planned_end: date
    proposal: ProposalId | None = None
    predecessor: MentorshipId | None = None
    inquiry: InquiryId | None = None


grew("mentorship.began", 1)


class AgreementSigned(DomainEvent, name="mentorship.agreement_signed"):
    """`version` is the programme's settings version whose text was signed."""

    by: ParticipantId
    version: int


class GoalSet(DomainEvent, name="mentorship.goal_set", subject="by"):
    goal: UUID
    by: ParticipantId
    text: Personal[Text]
    competency: Competency | None = None
    due: date | None = None


class GoalDescribed(DomainEvent, name="mentorship.goal_described", subject="by"):
    goal: UUID
    by: ParticipantId
    text: Personal[Text]
    competency: Competency | None = None
    due: date | None = None


class GoalProgressed(DomainEvent, name="mentorship.goal_progressed", subject="by"):
    goal: UUID
    by: ParticipantId
    percent: Percent
    note: Personal[Text | None] = None


class GoalAchieved(DomainEvent, name="mentorship.goal_achieved"):
    goal: UUID
    by: ParticipantId


class GoalDropped(DomainEvent, name="mentorship.goal_dropped", subject="by"):
    goal: UUID
    by: ParticipantId
    reason: Personal[Text | None] = None


class MilestoneReached(DomainEvent, name="mentorship.milestone_reached"):
    """A milestone of the programme's plan, by its id."""

    milestone: Slug
    by: ParticipantId | None = None


class CheckedIn(DomainEvent, name="mentorship.checked_in", subject="by"):
    """`ratings` from 1 to 5 by what is rated, as `progress` or `relationship`."""

    check_in: UUID | None = None
    by: ParticipantId
    ratings: Annotated[dict[Slug, Rating], Field(min_length=1, max_length=20)]
    comment: Personal[Text | None] = None


class MemberJoined(DomainEvent, name="mentorship.member_joined"):
    """Recorded together with the place that is reserved for them."""

    member: Member


class MemberLeft(DomainEvent, name="mentorship.member_left", subject="participant"):
    """Recorded together with the release of their place."""

    participant: ParticipantId
    reason: Personal[Text | None] = None


class ConcernRaised(DomainEvent, name="mentorship.concern_raised", subject="by"):
    """A `confidential` one is no business of the other members, not even that there is one."""

    concern: UUID
    by: ParticipantId
    text: Personal[Text]
    confidential: bool = True


class ConcernSettled(DomainEvent, name="mentorship.concern_settled", subject="by"):
    concern: UUID
    by: ParticipantId
    note: Personal[Text | None] = None


class Paused(DomainEvent, name="mentorship.paused"):
    """`until` is the first day on which it runs again by itself."""

    until: date


class Resumed(DomainEvent, name="mentorship.resumed"):
    pass


class Extended(DomainEvent, name="mentorship.extended"):
    until: date


class Outcome(StrEnum):
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partly_achieved"
    NOT_ACHIEVED = "not_achieved"
    LAPSED = "lapsed"


class Concluded(DomainEvent, name="mentorship.concluded"):
    outcome: Outcome


class EndReason(StrEnum):
    NO_FIT = "no_fit"
    NO_TIME = "no_time"
    LEFT_PROGRAM = "left_program"
    LEFT_ORGANISATION = "left_organisation"
    GOALS_CHANGED = "goals_changed"
    OTHER = "other"


class EndedEarly(DomainEvent, name="mentorship.ended_early", subject="by"):
    """Without fault it leaves no mark on either side. `by` None: a rule ended it, and there are no words."""

    by: ParticipantId | None = None
    reason: EndReason
    words: Personal[Text | None] = None
    no_fault: bool = True


class Reopened(DomainEvent, name="mentorship.reopened"):
    """Its members hold their places again."""

    until: date


class HandedOver(DomainEvent, name="mentorship.handed_over"):
    """It goes on as `successor`, with the mentees it had."""

    successor: MentorshipId


class Migrated(DomainEvent, name="mentorship.migrated"):
    """From now on this version of the programme's settings holds.

    `still_signed`: its agreement reads the same, so who has signed the one before need not sign again.
    """

    settings_version: int
    still_signed: bool = False


class GlassBroken(DomainEvent, name="mentorship.glass_broken", subject=THE_STREAM):
    """Who did it (the envelope says) reads what only members may, for `hours`; the members are told."""

    glass: UUID | None = None
    reason: Personal[Text]
    hours: Annotated[int, Field(ge=1, le=72)] = 4


# fmt: off
MentorshipEvent = (
    Began | AgreementSigned | GoalSet | GoalDescribed | GoalProgressed | GoalAchieved | GoalDropped
    | MilestoneReached | CheckedIn | MemberJoined | MemberLeft | ConcernRaised | ConcernSettled | Paused
    | Resumed | Extended | Concluded | EndedEarly | Reopened | HandedOver | Migrated | GlassBroken
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Goal:
    """`percent` is None once it is dropped; `note` is what was said with the last progress."""

    event: GoalSet | GoalDescribed
    percent: int | None = 0
    note: str | Erased | None = None
    achieved: bool = False


@dataclass(frozen=True, slots=True)
class Mentorship:
    """`members` are those in it now, `left` who was before; `signed` has the version each has signed.

    `noted` has the ids of check-ins and of broken glass: each is recorded once.
    """

    began: Began | None = None
    status: Status = Status.UNKNOWN
    members: Mapping[ParticipantId, Side] = field(default_factory=dict)
    left: frozenset[ParticipantId] = frozenset()
    settings_version: int = 0
    planned_end: date = date.max
    paused_until: date | None = None
    signed: Mapping[ParticipantId, int] = field(default_factory=dict)
    goals: Mapping[UUID, Goal] = field(default_factory=dict)
    milestones: frozenset[str] = frozenset()
    concerns: Mapping[UUID, bool] = field(default_factory=dict)
    noted: ById[bool] = field(default_factory=ById)
    ended: Concluded | EndedEarly | None = None
    successor: MentorshipId | None = None


def evolve(state: Mentorship, event: MentorshipEvent) -> Mentorship:
    match event:
        case Began():
            return _begun(event)
        case AgreementSigned():
            return replace(state, signed={**state.signed, event.by: event.version})
        case GoalSet() | GoalDescribed() | GoalProgressed() | GoalAchieved() | GoalDropped():
            return replace(state, goals=_goals(state.goals, event))
        case MilestoneReached():
            return replace(state, milestones=state.milestones | {event.milestone})
        case MemberJoined():
            who = event.member.participant
            return replace(state, members={**state.members, who: event.member.role}, left=state.left - {who})
        case MemberLeft():
            who = event.participant
            staying = {other: side for other, side in state.members.items() if other != who}
            return replace(state, members=staying, left=state.left | {who})
        case ConcernRaised() | ConcernSettled():
            open_ = isinstance(event, ConcernRaised)
            return replace(state, concerns={**state.concerns, event.concern: open_})
        case Paused():
            return replace(state, status=Status.PAUSED, paused_until=event.until)
        case Resumed():
            return replace(state, status=Status.RUNNING, paused_until=None)
        case Extended():
            return replace(state, planned_end=event.until)
        case Concluded():
            return replace(state, status=Status.CONCLUDED, paused_until=None, ended=event)
        case EndedEarly():
            return replace(state, status=Status.ENDED_EARLY, paused_until=None, ended=event)
        case Reopened():
            return replace(state, status=Status.RUNNING, planned_end=event.until, ended=None)
        case HandedOver():
            return replace(state, status=Status.HANDED_OVER, paused_until=None, successor=event.successor)
        case Migrated():
            return _migrated(state, event)
        case CheckedIn():
            return _noted(state, event.check_in)
        case GlassBroken():
            return _noted(state, event.glass)
        case _:
            assert_never(event)


def _begun(event: Began) -> Mentorship:
    return Mentorship(
        began=event,
        status=Status.RUNNING,
        members={member.participant: member.role for member in event.members},
        settings_version=event.settings_version,
        planned_end=event.planned_end,
    )


def _migrated(state: Mentorship, event: Migrated) -> Mentorship:
    kept = {
        who: event.settings_version if event.still_signed and version == state.settings_version else version
        for who, version in state.signed.items()
    }
    return replace(state, settings_version=event.settings_version, signed=kept)


def _noted(state: Mentorship, id_: UUID | None) -> Mentorship:
    return replace(state, noted=state.noted.having(id_, True)) if id_ else state


_OfAGoal = GoalSet | GoalDescribed | GoalProgressed | GoalAchieved | GoalDropped


def _goals(goals: Mapping[UUID, Goal], event: _OfAGoal) -> Mapping[UUID, Goal]:
    held = goals.get(event.goal)
    if isinstance(event, GoalSet):
        return {**goals, event.goal: Goal(event)}
    return {**goals, event.goal: _goal(held, event)} if held else goals


def _goal(held: Goal, event: GoalDescribed | GoalProgressed | GoalAchieved | GoalDropped) -> Goal:
    match event:
        case GoalDescribed():
            return replace(held, event=event)
        case GoalProgressed():
            return replace(held, percent=event.percent, note=event.note)
        case GoalAchieved():
            return replace(held, percent=100, achieved=True)
        case GoalDropped():
            return replace(held, percent=None)
        case _:
            assert_never(event)


class MentorshipExists(Refusal):
    """This mentorship has begun already."""


def begin(state: Mentorship, *, began: Began) -> list[DomainEvent]:
    if state.began is None:
        return [began]
    if state.began != began:
        raise MentorshipExists
    return []


def relationship(
    state: Mentorship, mentorship: MentorshipId, settings: Settings, *, archived: bool = False
) -> Relationship:
    """`settings` are those of the programme's version that the mentorship keeps."""
    began, version, needed = state.began, state.settings_version, settings.agreement.required
    return Relationship(
        mentorship=mentorship,
        program=began.program if began else None,
        settings=settings,
        settings_version=version,
        members=state.members,
        status=state.status,
        unsigned=frozenset(who for who in state.members if needed and state.signed.get(who) != version),
        archived=archived,
    )


MENTORSHIP: Final = Aggregate("mentorship", Mentorship(), evolve)
