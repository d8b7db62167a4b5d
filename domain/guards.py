"""What a command about an enrollment relies on elsewhere: steps that decide nothing, and refuse a change."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain import participant, program
from domain.aggregate import Decision
from domain.enrollment import Enrollment
from domain.event import DomainEvent
from domain.ids import MentorshipId
from domain.mentorship import Mentorship
from domain.profile import PersonFacts
from domain.program_settings import ProgramTerms, Stage
from domain.refusal import Refusal
from domain.resource import Audience, Resource


class StillChanging(Refusal):
    """What this depends on is being changed just now. Try again."""


class NotSharedHere(Refusal):
    """There is no such document or link in this relationship or in the directory."""


def same_terms(state: program.Program, *, terms: ProgramTerms) -> list[DomainEvent]:
    if program.terms(state, terms.program) != terms:
        raise StillChanging
    return []


def same_facts(state: participant.Participant, *, facts: PersonFacts) -> list[DomainEvent]:
    if participant.facts(state, facts.participant) != facts:
        raise StillChanging
    return []


def same_person(state: participant.Participant, *, held: participant.Participant) -> list[DomainEvent]:
    """All that is known of them, where rules read more than the facts."""
    if state != held:
        raise StillChanging
    return []


def same_relationship(state: Mentorship, *, held: Mentorship) -> list[DomainEvent]:
    """All that is read of a relationship by what happens within it."""
    if _read_within(state) != _read_within(held):
        raise StillChanging
    return []


def _read_within(state: Mentorship) -> tuple[Any, ...]:
    return state.status, state.members, state.settings_version, state.signed


def same_archive(state: program.Program, *, archived: bool) -> list[DomainEvent]:
    """The programme's versions never change; that it is archived may."""
    if (state.stage is Stage.ARCHIVED) is not archived:
        raise StillChanging
    return []


def shared_with(state: Resource, *, mentorship: MentorshipId) -> list[DomainEvent]:
    """The members of the relationship find it."""
    if state.shared is None or state.withdrawn:
        raise NotSharedHere
    if state.shared.mentorship != mentorship and state.audience is not Audience.DIRECTORY:
        raise NotSharedHere
    return []


def same_part(state: Enrollment, *, held: Enrollment) -> list[DomainEvent]:
    if state != held:
        raise StillChanging
    return []


def same_hours(state: Enrollment, *, hours: int) -> list[DomainEvent]:
    if sum(state.places.values()) != hours:
        raise StillChanging
    return []


def if_unchanged(
    state: Any, *, held: Any, decision: Decision, wish: Mapping[str, Any]
) -> Sequence[DomainEvent]:
    """The decision, where what it brings about elsewhere was told from this very state."""
    if state != held:
        raise StillChanging
    return decision(state, **wish)
