"""What joining, leaving and ending a relationship takes of all streams it concerns: one append, or nothing.

A place is held by exactly the members of a running relationship, under the proposal that it came of. Each
function gives all steps, guards included; the first is on the relationship itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain import course, joining, mentorship, participant, places
from domain.admission import PersonIsNotActive
from domain.aggregate import Decision, Step
from domain.enrollment import ENROLLMENT, TAKING_PART, Enrollment
from domain.event import DomainEvent
from domain.guards import StillChanging, if_unchanged, same_archive, same_person
from domain.ids import MentorshipId, ParticipantId, ProposalId, enrollment_id, successor_id
from domain.mentorship import MENTORSHIP, Began, EndReason, Mentorship
from domain.participant import PARTICIPANT, Participant
from domain.places import MentorAcceptsNobody
from domain.program import PROGRAM, Program
from domain.program_settings import Side
from domain.proposing import Parties
from domain.refusal import Refusal
from domain.relationship import RUNNING, Member, Relationship, RelationshipIsUnknown

Sides = Mapping[ParticipantId, Side]


class OutsideAnyProgram(Refusal):
    """This relationship belongs to no programme; that can be done in a programme's only."""


def ending(within: Relationship, held: Mentorship, decision: Decision, **wish: Any) -> tuple[Step, ...]:
    """Concluded or ended early, everybody's place is free."""
    first = _first(within, held, decision, wish)
    freed = _freed(within, held, held.members) if held.status in RUNNING else ()
    return (first, *freed, *_archive(within))


def leaving(
    within: Relationship, held: Mentorship, decision: Decision, who: ParticipantId, **wish: Any
) -> tuple[Step, ...]:
    """`decision` is `leave` or `remove_member`. The place of who leaves is free."""
    first = _first(within, held, decision, wish)
    leaves = held.status in RUNNING and who in held.members
    return (first, *(_freed(within, held, (who,)) if leaves else ()), *_archive(within))


def joining_in(
    within: Relationship,
    held: Mentorship,
    member: Member,
    parties: Parties | None,
    *,
    unwilling: bool = False,
) -> tuple[Step, ...]:
    """Reserves a place. `parties` are who would join, None outside any programme; `unwilling`: they and
    somebody there avoid each other, which nobody is told.
    """
    if parties is None:
        raise OutsideAnyProgram
    first = _first(within, held, joining.add_member, {"member": member}, unwilling=unwilling)
    taken = _taken(held, parties, {member.participant: member.role})
    return (first, *taken, *_as_they_were(parties), parties.terms)


def reopening(
    within: Relationship,
    held: Mentorship,
    parties: Parties | None,
    *,
    until: date,
    today: date,
    unwilling: bool = False,
) -> tuple[Step, ...]:
    """Reserves everybody's place again; `parties` are all members, None outside any programme.

    `unwilling` as in `joining_in`: since it ended, one may have come to avoid another.
    """
    first = _first(within, held, course.reopen, {"until": until, "today": today}, unwilling=unwilling)
    if held.status in RUNNING:
        return (first, *_archive(within))
    if parties is None:
        assert within.program is None  # noqa: S101 in a programme everybody has a place
        others = {"others": frozenset(held.members)}
        return (first, *(Step(PARTICIPANT.stream(who), _is_here, others, guard=True) for who in held.members))
    return (first, *_taken(held, parties, held.members), *_as_they_were(parties), parties.terms)


def handing_over(
    within: Relationship,
    held: Mentorship,
    parties: Parties | None,
    mentors: Sequence[ParticipantId],
    *,
    unwilling: bool = False,
) -> tuple[Step, ...]:
    """It goes on as its successor, with the mentees and places it has; `mentors` are all it is to have.

    `parties` are these mentors, None outside any programme; `unwilling` as in `joining_in`.
    """
    if parties is None:
        raise OutsideAnyProgram
    went_on = _successor(within, held, tuple(dict.fromkeys(mentors)))
    wish = {"mentors": mentors, "successor": went_on.id}
    steps = [_first(within, held, course.hand_over, wish, unwilling=unwilling)]
    steps.append(Step(MENTORSHIP.stream(went_on.id), mentorship.begin, {"began": went_on.began}))
    if held.status not in RUNNING:
        return (*steps, *_archive(within))
    then = {member.participant: member.role for member in went_on.began.members}
    staying = {who: side for who, side in held.members.items() if who in then}
    coming = {who: side for who, side in then.items() if who not in held.members}
    steps += _freed(within, held, held.members.keys() - then)
    steps += _taken(held, parties, coming)
    return (*steps, *_still_in(parties, staying), *_as_they_were(parties), parties.terms)


def migrating(within: Relationship, held: Mentorship, program: Program | None) -> tuple[Step, ...]:
    """To the version that the programme has now; None: it belongs to none."""
    if within.program is None or program is None:
        raise OutsideAnyProgram
    newest = {"version": program.settings_version, "settings": program.settings}
    first = _first(within, held, course.migrate, newest)
    same = {"version": program.settings_version, "archived": within.archived}
    return (first, Step(PROGRAM.stream(within.program), _is_newest, same, guard=True))


@dataclass(frozen=True, slots=True)
class Leaver:
    """A member who is in the organisation or in the programme no longer, as they were read."""

    person: Participant
    part: Enrollment
    reason: EndReason


def leaver(person: Participant, part: Enrollment | None, side: Side) -> Leaver | None:
    """`part` None: the relationship belongs to no programme."""
    if person.status in {participant.Status.LEFT, participant.Status.ERASED}:
        return Leaver(person, part or ENROLLMENT.initial, EndReason.LEFT_ORGANISATION)
    if part is None or (part.role is side and part.status in TAKING_PART):
        return None
    return Leaver(person, part, EndReason.LEFT_PROGRAM)


def losing(
    within: Relationship, held: Mentorship, leavers: Mapping[ParticipantId, Leaver]
) -> tuple[Step, ...]:
    """Of a relationship that runs: the others go on where they are enough; else it ends, and everybody's
    place is free.
    """
    reasons = {one.reason for one in leavers.values()}
    of_all = EndReason.LEFT_ORGANISATION
    wish = {"gone": frozenset(leavers), "reason": of_all if of_all in reasons else EndReason.LEFT_PROGRAM}
    first = _first(within, held, joining.part_with, wish)
    goes_on = joining.enough_without(held, within, leavers)
    freed = _freed(within, held, leavers if goes_on else held.members)
    parts = {enrollment_id(within.program, who): one.part for who, one in leavers.items() if within.program}
    return (
        first,
        *(_if_same_part(step, parts) for step in freed),
        *(
            Step(PARTICIPANT.stream(who), same_person, {"held": one.person}, guard=True)
            for who, one in leavers.items()
        ),
        *_archive(within),
    )


def _if_same_part(step: Step, parts: Mapping[Any, Enrollment]) -> Step:
    part = parts.get(step.stream.id)
    if part is None:
        return step
    given = {"held": part, "decision": step.decision, "wish": step.arguments}
    return Step(step.stream, if_unchanged, given)


def _first(
    within: Relationship,
    held: Mentorship,
    decision: Decision,
    wish: Mapping[str, Any],
    *,
    unwilling: bool = False,
) -> Step:
    given = {"held": held, "decision": decision, "wish": {"within": within, **wish}, "unwilling": unwilling}
    return Step(MENTORSHIP.stream(within.mentorship), _with_its_members, given)


def _with_its_members(
    state: Mentorship, *, held: Mentorship, decision: Decision, wish: Mapping[str, Any], unwilling: bool
) -> Sequence[DomainEvent]:
    """The decision, where what it reserves, frees and begins was told from these terms."""
    if _read(state, decision) != _read(held, decision):
        raise StillChanging
    decided = decision(state, **wish)
    if decided and unwilling:
        raise MentorAcceptsNobody
    return decided


def _read(state: Mentorship, decision: Decision) -> tuple[Any, ...]:
    """Only what goes on elsewhere takes the planned end along; an extension hinders nobody else."""
    until = state.planned_end if decision is course.hand_over else None
    return state.status, state.members, until


def _freed(within: Relationship, held: Mentorship, people: Iterable[ParticipantId]) -> list[Step]:
    proposal = _proposal(held)
    if within.program is None or proposal is None:
        return []
    parts = [ENROLLMENT.stream(enrollment_id(within.program, who)) for who in people]
    return [Step(part, places.free_place, {"proposal": proposal}) for part in parts]


def _taken(held: Mentorship, parties: Parties, people: Sides) -> list[Step]:
    proposal, steps = _proposal(held), list[Step]()
    for who, side in people.items() if proposal else ():
        place = {"proposal": proposal, "side": side, **parties.place(who)}
        elsewhere = (step for step in parties.guards(who) if step.stream.id != who)
        steps += [parties.enrollment(who, places.reserve_place, place), *elsewhere]
    return steps


def _as_they_were(parties: Parties) -> list[Step]:
    """All of whom it was read whether they avoid each other: more than the facts that a place needs."""
    return [
        Step(PARTICIPANT.stream(who), same_person, {"held": person}, guard=True)
        for who, person in parties.persons.items()
    ]


def _proposal(held: Mentorship) -> ProposalId | None:
    """What its places are held under; without one it has none."""
    return held.began.proposal if held.began else None


def _still_in(parties: Parties, people: Sides) -> list[Step]:
    """Who goes on is in the programme still, and has the place."""
    steps = (parties.enrollment(who, places.takes_part, {"role": side}) for who, side in people.items())
    return [replace(step, guard=True) for step in steps]


def _archive(within: Relationship) -> tuple[Step, ...]:
    if within.program is None:
        return ()
    same = {"archived": within.archived}
    return (Step(PROGRAM.stream(within.program), same_archive, same, guard=True),)


def _is_newest(state: Program, *, version: int, archived: bool) -> list[DomainEvent]:
    if state.settings_version != version:
        raise StillChanging
    return same_archive(state, archived=archived)


def _is_here(state: Participant, *, others: frozenset[ParticipantId]) -> list[DomainEvent]:
    if state.status is not participant.Status.ACTIVE:
        raise PersonIsNotActive
    if others & state.avoided:
        raise MentorAcceptsNobody
    return []


@dataclass(frozen=True, slots=True)
class Successor:
    id: MentorshipId
    began: Began


def _successor(within: Relationship, held: Mentorship, mentors: Sequence[ParticipantId]) -> Successor:
    if held.began is None:
        raise RelationshipIsUnknown
    mentees = [who for who, side in held.members.items() if side is Side.MENTEE]
    sides = ((Side.MENTOR, mentors), (Side.MENTEE, mentees))
    members = tuple(Member(participant=who, role=side) for side, people in sides for who in people)
    began = held.began.model_copy(
        update={
            "settings_version": held.settings_version,
            "members": members,
            "planned_end": held.planned_end,
            "predecessor": within.mentorship,
        }
    )
    return Successor(successor_id(within.mentorship), began)
