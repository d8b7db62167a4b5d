"""Places, requests and wishes: what matching does to an enrollment, within what its person can take on."""

from collections.abc import Sequence

from domain import admission
from domain.enrollment import (
    TAKING_PART,
    Enrollment,
    EnrollmentIsPaused,
    NotInProgram,
    PlaceReleased,
    PlaceReserved,
    PreferenceStated,
    RequestClosed,
    RequestOpened,
    Status,
    WishesRanked,
    refuse_archived,
    refuse_unless,
)
from domain.event import DomainEvent
from domain.ids import ParticipantId, ProposalId
from domain.profile import Demographics, PersonFacts
from domain.program_settings import ProgramTerms, Side
from domain.refusal import Refusal


class MentorIsFull(Refusal):
    """This mentor has all the mentees the programme allows, {limit}."""


class MenteeIsFull(Refusal):
    """This mentee has all the mentors the programme allows, {limit}."""


class MentorHasNoHours(Refusal):
    """This mentor has no hours left: {hours} a month are offered, {taken} are taken, {wanted} are needed."""


class MentorAcceptsNobody(Refusal):
    """This mentor takes no new mentees at present."""


class PoolIsTooThin(Refusal):
    """Asking pauses while fewer than {limit} mentors of this programme have a free place; wishes are kept."""


class TooManyRequests(Refusal):
    """At most {limit} requests can wait for an answer; wait for one, or withdraw one."""


class TooManyWishes(Refusal):
    """At most {limit} people can be wished for."""


class WishedTwice(Refusal):
    """Each person can be wished for once."""


class NotOnThatSide(Refusal):
    """This person takes no part in the programme as a {role}."""


def takes_part(state: Enrollment, *, role: Side) -> list[DomainEvent]:
    """A guard: the person is in, on that side, be it pausing."""
    if state.role is not role or state.status not in TAKING_PART:
        raise NotOnThatSide(role=role)
    return []


def reserve_place(
    state: Enrollment,
    *,
    program: ProgramTerms,
    person: PersonFacts,
    proposal: ProposalId,
    side: Side | None = None,
    hours_elsewhere: int = 0,
) -> list[DomainEvent]:
    """`side`: on which they were proposed, where a proposal leads here; `hours_elsewhere`: what the person's
    places in other programmes take a month. A request that led here waits no longer.
    """
    if proposal in state.places:
        return []
    refuse_without_place(state, program=program, person=person, hours_elsewhere=hours_elsewhere)
    if side not in {None, state.role}:
        raise NotOnThatSide(role=side)
    reserved = PlaceReserved(proposal=proposal, hours_a_month=program.enrollment.capacity.hours_a_month)
    return [reserved, *close_request(state, proposal=proposal)]


def refuse_without_place(
    state: Enrollment, *, program: ProgramTerms, person: PersonFacts, hours_elsewhere: int = 0
) -> None:
    """Raises why one relationship more cannot be taken on."""
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    if state.status is Status.PAUSED:
        raise EnrollmentIsPaused
    admission.refuse_outside(program, person, state.role)
    capacity, mentors = program.enrollment.capacity, state.role is Side.MENTOR
    if mentors and not person.accepting:
        raise MentorAcceptsNobody
    limit = capacity.mentees_per_mentor if mentors else capacity.mentors_per_mentee
    if len(state.places) >= limit:
        raise (MentorIsFull if mentors else MenteeIsFull)(limit=limit)
    taken, hours = sum(state.places.values()) + hours_elsewhere, person.hours_a_month
    if mentors and hours is not None and taken + capacity.hours_a_month > hours:
        raise MentorHasNoHours(hours=hours, taken=taken, wanted=capacity.hours_a_month)


def release_place(state: Enrollment, *, program: ProgramTerms, proposal: ProposalId) -> list[DomainEvent]:
    refuse_archived(program)
    return free_place(state, proposal=proposal)


def free_place(state: Enrollment, *, proposal: ProposalId) -> list[DomainEvent]:
    """With the end of what it was reserved for, which says whether that may end."""
    return [PlaceReleased(proposal=proposal)] if proposal in state.places else []


def could_take(
    state: Enrollment,
    *,
    program: ProgramTerms,
    person: PersonFacts,
    proposal: ProposalId,
    side: Side,
    asks: bool = False,
    hours_elsewhere: int = 0,
) -> list[DomainEvent]:
    """On this side there is room for one relationship more; who `asks` has so many requests at most."""
    if proposal in state.requests or proposal in state.places:
        return []
    takes_part(state, role=side)
    refuse_without_place(state, program=program, person=person, hours_elsewhere=hours_elsewhere)
    if not asks:
        return []
    limit = program.enrollment.capacity.open_requests
    if len(state.requests) >= limit:
        raise TooManyRequests(limit=limit)
    return [RequestOpened(proposal=proposal)]


def close_request(state: Enrollment, *, proposal: ProposalId) -> list[DomainEvent]:
    """Also in an archived programme: what waits there must be able to end."""
    return [RequestClosed(proposal=proposal)] if proposal in state.requests else []


def rank_wishes(
    state: Enrollment, *, program: ProgramTerms, wishes: Sequence[ParticipantId]
) -> list[DomainEvent]:
    """The whole list, the best first; an empty one takes all wishes back."""
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    if len(wishes) > program.matching.wishes:
        raise TooManyWishes(limit=program.matching.wishes)
    if len(set(wishes)) < len(wishes):
        raise WishedTwice
    if state.participant in wishes:
        raise admission.NobodyMentorsThemself
    return [] if state.wishes == tuple(wishes) else [WishesRanked(wishes=tuple(wishes))]


def state_preference(
    state: Enrollment, *, program: ProgramTerms, preference: Demographics
) -> list[DomainEvent]:
    """What is stated replaces what was; an empty one takes it back."""
    refuse_unless(state, program, TAKING_PART, NotInProgram)
    if (state.preference or {}) == preference:
        return []
    return [PreferenceStated(participant=state.participant, preference=preference)]
