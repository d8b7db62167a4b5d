"""The course of a relationship: paused and resumed, extended, ended, reopened, handed over, migrated."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from domain.admission import NobodyMentorsThemself, ProgramIsArchived
from domain.enrollment import PauseMustEndLater
from domain.event import DomainEvent
from domain.guards import StillChanging
from domain.ids import MentorshipId, ParticipantId
from domain.mentorship import (
    Concluded,
    EndedEarly,
    EndReason,
    Extended,
    GlassBroken,
    HandedOver,
    Mentorship,
    Migrated,
    Outcome,
    Paused,
    Reopened,
    Resumed,
    relationship,
)
from domain.program_settings import RelationshipType, Settings, Side
from domain.refusal import Refusal
from domain.relationship import RUNNING, Relationship, RelationshipIsUnknown, Status, refuse_ended


class EndMustBeLater(Refusal):
    """It ends on {planned_end} already; choose a later day."""


class EndHasPassed(Refusal):
    """It ends on a later day than today."""


class WordsAreSomebodys(Refusal):
    """Only a person ends a relationship in words of their own; give the reason alone."""


class RelationshipStillRuns(Refusal):
    """This relationship has not ended; extend it if it is to run longer."""


class RelationshipGoesOn(Refusal):
    """This relationship has been handed over, and goes on with another mentor; it cannot be reopened."""


class MentorsDoNotFit(Refusal):
    """A relationship of this type has {least} to {most} mentors."""


class MentorsStayTheSame(Refusal):
    """These are its mentors already; hand it over to somebody else."""


def running(state: Mentorship, within: Relationship) -> Relationship:
    """The relationship as its own stream has it. Of `within` holds what it says of the programme, as long as
    it was read of the version that the relationship keeps.
    """
    now = relationship(state, within.mentorship, within.settings, archived=within.archived)
    refuse_ended(now)
    if state.settings_version != within.settings_version:
        raise StillChanging
    return now


def kind_of(state: Mentorship, within: Relationship) -> RelationshipType | None:
    """As the version that it keeps offers it; what is offered no longer stays as it began."""
    began = state.began.type if state.began else None
    offered = (kind for kind in within.settings.relationship_types if began and kind.id == began.id)
    return next(offered, began)


def pause(state: Mentorship, *, within: Relationship, until: date, today: date) -> list[DomainEvent]:
    """Paused already, it is paused until another day."""
    running(state, within)
    if state.paused_until == until:
        return []
    if until <= today:
        raise PauseMustEndLater
    return [Paused(until=until)]


def resume(state: Mentorship, *, within: Relationship) -> list[DomainEvent]:
    running(state, within)
    return [Resumed()] if state.status is Status.PAUSED else []


def resume_in_time(state: Mentorship, *, today: date) -> list[DomainEvent]:
    """Nothing where it runs, where it has ended, or before its day has come."""
    due = state.paused_until is not None and state.paused_until <= today
    return [Resumed()] if due else []


def extend(state: Mentorship, *, within: Relationship, until: date, today: date) -> list[DomainEvent]:
    running(state, within)
    if until == state.planned_end:
        return []
    if until < state.planned_end:
        raise EndMustBeLater(planned_end=state.planned_end)
    if until <= today:
        raise EndHasPassed
    return [Extended(until=until)]


def conclude(state: Mentorship, *, within: Relationship, outcome: Outcome) -> list[DomainEvent]:
    return _end(state, within, Concluded(outcome=outcome))


def end_early(
    state: Mentorship,
    *,
    within: Relationship,
    by: ParticipantId | None,
    reason: EndReason,
    words: str | None = None,
    no_fault: bool = True,
) -> list[DomainEvent]:
    """`by` None: a service, or somebody else who is no participant."""
    if by is None and words is not None:
        raise WordsAreSomebodys
    return _end(state, within, EndedEarly(by=by, reason=reason, words=words, no_fault=no_fault))


def _end(state: Mentorship, within: Relationship, ended: Concluded | EndedEarly) -> list[DomainEvent]:
    if state.ended == ended:
        return []
    running(state, within)
    return [ended]


def reopen(state: Mentorship, *, within: Relationship, until: date, today: date) -> list[DomainEvent]:
    if state.status is Status.UNKNOWN:
        raise RelationshipIsUnknown
    if within.archived:
        raise ProgramIsArchived
    if state.status is Status.HANDED_OVER:
        raise RelationshipGoesOn
    if state.status in RUNNING:
        return _reopened(state, until)
    if until <= today:
        raise EndHasPassed
    return [Reopened(until=until)]


def _reopened(state: Mentorship, until: date) -> list[DomainEvent]:
    if state.planned_end != until:
        raise RelationshipStillRuns
    return []


def hand_over(
    state: Mentorship, *, within: Relationship, mentors: Sequence[ParticipantId], successor: MentorshipId
) -> list[DomainEvent]:
    """`mentors` are all that it goes on with; who of them is a mentor now stays one."""
    if state.successor == successor:
        return []
    now, kind = running(state, within), kind_of(state, within)
    mentees = {who for who, side in now.members.items() if side is Side.MENTEE}
    if mentees & set(mentors):
        raise NobodyMentorsThemself
    if set(mentors) == now.members.keys() - mentees:
        raise MentorsStayTheSame
    if kind and not kind.mentors.least <= len(set(mentors)) <= kind.mentors.most:
        raise MentorsDoNotFit(least=kind.mentors.least, most=kind.mentors.most)
    return [HandedOver(successor=successor)]


def migrate(
    state: Mentorship, *, within: Relationship, version: int, settings: Settings
) -> list[DomainEvent]:
    """To the programme's newest `version`, whose `settings` these are."""
    if state.settings_version == version:
        return []
    same = running(state, within).settings.agreement.text == settings.agreement.text
    return [Migrated(settings_version=version, still_signed=same)]


def break_glass(state: Mentorship, *, glass: UUID, reason: str, hours: int = 4) -> list[DomainEvent]:
    """Of any relationship, also where it has ended or its programme is archived: it adds nothing to it."""
    if state.status is Status.UNKNOWN:
        raise RelationshipIsUnknown
    return [] if glass in state.noted else [GlassBroken(glass=glass, reason=reason, hours=hours)]
