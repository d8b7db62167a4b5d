"""Who joins a relationship and who leaves it, within the sizes of its type."""

from collections import Counter
from collections.abc import Collection
from typing import Final

from domain.course import kind_of, running
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.mentorship import EndedEarly, EndReason, MemberJoined, MemberLeft, Mentorship
from domain.program_settings import Kind, Side
from domain.refusal import Refusal
from domain.relationship import Member, Relationship, refuse_outsiders

TAKES_IN: Final = frozenset({Kind.GROUP, Kind.CIRCLE, Kind.PEER})
FEWEST: Final = 2
"""Nobody is in a relationship alone."""


class NobodyElseFits(Refusal):
    """This relationship is for one mentor and one mentee; begin another one, or hand it over."""


class OnTheOtherSide(Refusal):
    """This person is in the relationship already, as a {role}."""


class RelationshipIsFull(Refusal):
    """A relationship of this type has at most {mentors} mentors and {mentees} mentees."""


class TooFewWouldRemain(Refusal):
    """Without this person too few would remain. End the relationship instead."""


def add_member(state: Mentorship, *, within: Relationship, member: Member) -> list[DomainEvent]:
    """Together with the place that is reserved for them."""
    now, kind = running(state, within), kind_of(state, within)
    held = now.members.get(member.participant)
    if held is member.role:
        return []
    if held is not None:
        raise OnTheOtherSide(role=held)
    if kind is None or kind.kind not in TAKES_IN:
        raise NobodyElseFits
    most = {Side.MENTOR: kind.mentors.most, Side.MENTEE: kind.mentees.most}
    if Counter(now.members.values())[member.role] >= most[member.role]:
        raise RelationshipIsFull(mentors=kind.mentors.most, mentees=kind.mentees.most)
    return [MemberJoined(member=member)]


def remove_member(
    state: Mentorship, *, within: Relationship, person: ParticipantId, reason: str | None = None
) -> list[DomainEvent]:
    return leave(state, within=within, by=person, reason=reason)


def leave(
    state: Mentorship, *, within: Relationship, by: ParticipantId, reason: str | None = None
) -> list[DomainEvent]:
    """The others go on, where they are enough."""
    if by in state.left:
        return []
    refuse_outsiders(running(state, within), by)
    if not enough_without(state, within, {by}):
        raise TooFewWouldRemain
    return [MemberLeft(participant=by, reason=reason)]


def part_with(
    state: Mentorship, *, within: Relationship, gone: Collection[ParticipantId], reason: EndReason
) -> list[DomainEvent]:
    """With members who are in the programme or the organisation no longer. The others go on, where they are
    enough; else it ends, and that is nobody's fault.
    """
    going, ended = [who for who in state.members if who in gone], EndedEarly(reason=reason)
    if not going or state.ended == ended:
        return []
    running(state, within)
    if enough_without(state, within, gone):
        return [MemberLeft(participant=who) for who in going]
    return [ended]


def enough_without(state: Mentorship, within: Relationship, gone: Collection[ParticipantId]) -> bool:
    kind = kind_of(state, within)
    left = Counter(side for who, side in state.members.items() if who not in gone)
    return (
        kind is not None
        and left[Side.MENTOR] >= kind.mentors.least
        and left[Side.MENTEE] >= kind.mentees.least
        and left.total() >= FEWEST
    )
