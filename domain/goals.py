"""What members agree on, reach and say: agreement, goals, milestones, check-ins, concerns."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from domain.admission import ProgramIsArchived
from domain.course import running
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.mentorship import (
    AgreementSigned,
    CheckedIn,
    ConcernRaised,
    ConcernSettled,
    Goal,
    GoalAchieved,
    GoalDescribed,
    GoalDropped,
    GoalProgressed,
    GoalSet,
    Mentorship,
    MilestoneReached,
)
from domain.refusal import Refusal
from domain.relationship import Relationship, RelationshipIsUnknown, Status, refuse_outsiders


class NothingToSign(Refusal):
    """This relationship's programme asks for no agreement."""


class GoalIsUnknown(Refusal):
    """There is no such goal in this relationship."""


class GoalIsDropped(Refusal):
    """This goal has been dropped; set another one."""


class GoalIsAchieved(Refusal):
    """This goal has been achieved; set another one."""


class MilestoneIsUnknown(Refusal):
    """The plan of this relationship has no milestone {milestone}."""


class ConcernIsUnknown(Refusal):
    """There is no such concern about this relationship."""


class NobodyLooksAfterIt(Refusal):
    """No programme's staff could look after this: turn to whoever manages the organisation."""


def sign_agreement(state: Mentorship, *, within: Relationship, by: ParticipantId) -> list[DomainEvent]:
    now = _of_members(state, within, by)
    if now.settings.agreement.text is None:
        raise NothingToSign
    version = now.settings_version
    return [] if state.signed.get(by) == version else [AgreementSigned(by=by, version=version)]


def set_goal(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId,
    goal: UUID,
    text: str,
    competency: str | None = None,
    due: date | None = None,
) -> list[DomainEvent]:
    if goal in state.goals:
        return []
    _of_members(state, within, by)
    return [GoalSet(goal=goal, by=by, text=text, competency=competency, due=due)]


def describe_goal(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId,
    goal: UUID,
    text: str,
    competency: str | None = None,
    due: date | None = None,
) -> list[DomainEvent]:
    """By any of the members; the whole of it anew."""
    held = _goal(state, within, by, goal).event
    wished = GoalDescribed(goal=goal, by=by, text=text, competency=competency, due=due)
    same = (held.text, held.competency, held.due) == (wished.text, wished.competency, wished.due)
    if same:
        return []
    _refuse_closed(state.goals[goal])
    return [wished]


def progress_goal(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId,
    goal: UUID,
    percent: int,
    note: str | None = None,
) -> list[DomainEvent]:
    """The same figure with another note is news, and without a note is none."""
    held = _goal(state, within, by, goal)
    _refuse_closed(held)
    wished = GoalProgressed(goal=goal, by=by, percent=percent, note=note)
    if held.percent == wished.percent and wished.note in {None, held.note}:
        return []
    return [wished]


def achieve_goal(
    state: Mentorship, *, within: Relationship, by: ParticipantId, goal: UUID
) -> list[DomainEvent]:
    held = _goal(state, within, by, goal)
    if held.achieved:
        return []
    _refuse_closed(held)
    return [GoalAchieved(goal=goal, by=by)]


def drop_goal(
    state: Mentorship, *, within: Relationship, by: ParticipantId, goal: UUID, reason: str | None = None
) -> list[DomainEvent]:
    held = _goal(state, within, by, goal)
    if held.percent is None:
        return []
    _refuse_closed(held)
    return [GoalDropped(goal=goal, by=by, reason=reason)]


def reach_milestone(
    state: Mentorship, *, within: Relationship, milestone: str, by: ParticipantId | None
) -> list[DomainEvent]:
    """Of the plan of the version it keeps; the staff sees it reached, too."""
    if milestone in state.milestones:
        return []
    if milestone not in {one.id for one in running(state, within).settings.plan.milestones}:
        raise MilestoneIsUnknown(milestone=milestone)
    return [MilestoneReached(milestone=milestone, by=by)]


def check_in(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId,
    check_in: UUID,
    ratings: Mapping[str, int],
    comment: str | None = None,
) -> list[DomainEvent]:
    if check_in in state.noted:
        return []
    _of_members(state, within, by)
    return [CheckedIn(check_in=check_in, by=by, ratings=dict(ratings), comment=comment)]


def raise_concern(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId,
    concern: UUID,
    text: str,
    confidential: bool = True,
) -> list[DomainEvent]:
    if concern in state.concerns:
        return []
    if _of_members(state, within, by).program is None:
        raise NobodyLooksAfterIt
    return [ConcernRaised(concern=concern, by=by, text=text, confidential=confidential)]


def settle_concern(
    state: Mentorship, *, within: Relationship, by: ParticipantId, concern: UUID, note: str | None = None
) -> list[DomainEvent]:
    """Also once the relationship has ended, which may be what settles it."""
    if state.status is Status.UNKNOWN:
        raise RelationshipIsUnknown
    if concern not in state.concerns:
        raise ConcernIsUnknown
    if not state.concerns[concern]:
        return []
    if within.archived:
        raise ProgramIsArchived
    return [ConcernSettled(concern=concern, by=by, note=note)]


def _of_members(state: Mentorship, within: Relationship, by: ParticipantId) -> Relationship:
    now = running(state, within)
    refuse_outsiders(now, by)
    return now


def _goal(state: Mentorship, within: Relationship, by: ParticipantId, goal: UUID) -> Goal:
    _of_members(state, within, by)
    if goal not in state.goals:
        raise GoalIsUnknown
    return state.goals[goal]


def _refuse_closed(held: Goal) -> None:
    if held.achieved:
        raise GoalIsAchieved
    if held.percent is None:
        raise GoalIsDropped
