"""What can be done with a relationship: who is in it, and how it goes on or ends."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import strawberry
from strawberry import UNSET

from api import mentorship_inputs as inputs
from api.attainment_commands import MentorshipPayload
from api.command import Done, act, act_together, mutation, new_entity, until_unchanged
from api.context import Context, Info
from api.mentorship_inputs import MentorshipCommandInput
from api.newcomers import Newcomers, newcomers, returning
from api.participant_commands import person_id
from api.within import Within, mentorship_key, within
from domain import course, joining, parting
from domain.ids import ParticipantId, successor_id
from domain.mentorship import MENTORSHIP, Mentorship
from domain.permissions import Action
from domain.program import PROGRAM
from domain.program_settings import Side
from domain.relationship import Member
from domain.store import Decision, Step

Wish = Mapping[str, Any]
Telling = Callable[[Context, Within, Decision, Wish], Awaitable[Sequence[Step]]]
"""What a decision about a relationship takes of all streams it concerns; its own step is the first."""


async def _act(
    info: Info,
    given: MentorshipCommandInput,
    action: Action,
    decision: Decision,
    telling: Telling,
    **wish: Any,
) -> Done:
    """Where what the steps were told from has changed meanwhile, they are told anew."""
    id_ = mentorship_key(given.mentorship, "mentorship")

    async def attempt() -> Done:
        found = await within(info.context, id_, action, "mentorship")
        first, *others = await telling(info.context, found, decision, wish)
        meant = Step(first.stream, decision, {"within": found.relationship, **wish})
        return await act_together(info, given, first, *others, meant=meant)

    return await until_unchanged(attempt)


async def _alone(_: Context, found: Within, decision: Decision, wish: Wish) -> Sequence[Step]:
    """It changes nothing but the relationship."""
    stream = MENTORSHIP.stream(found.relationship.mentorship)
    return (Step(stream, decision, {"within": found.relationship, **wish}), *found.program_guards)


async def _ending(_: Context, found: Within, decision: Decision, wish: Wish) -> Sequence[Step]:
    return parting.ending(found.relationship, found.held, decision, **wish)


async def _leaving(
    _: Context, found: Within, decision: Decision, wish: Wish, *, who: ParticipantId | None
) -> Sequence[Step]:
    """`who` is left out where they go by themselves."""
    return parting.leaving(found.relationship, found.held, decision, who or found.oneself, **wish)


async def _joining(context: Context, found: Within, _: Decision, wish: Wish) -> Sequence[Step]:
    member: Member = wish["member"]
    new = await _newcomers(context, found, {**found.held.members, member.participant: member.role})
    steps = parting.joining_in(found.relationship, found.held, member, new.parties, unwilling=new.unwilling)
    return new.kept_out(steps)


async def _handing_over(context: Context, found: Within, _: Decision, wish: Wish) -> Sequence[Step]:
    mentors: Sequence[ParticipantId] = wish["mentors"]
    mentees = {who: side for who, side in found.held.members.items() if side is Side.MENTEE}
    new = await _newcomers(context, found, {**mentees, **dict.fromkeys(mentors, Side.MENTOR)})
    steps = parting.handing_over(
        found.relationship, found.held, new.parties, mentors, unwilling=new.unwilling
    )
    return new.kept_out(steps)


async def _newcomers(
    context: Context, found: Within, then: Mapping[ParticipantId, Side], held: Mentorship | None = None
) -> Newcomers:
    """`held`: whom they come to; left out, who is in it."""
    day, there = context.now().date(), held or found.held
    read = lambda store, connection: newcomers(store, connection, found.relationship, there, then, day=day)
    return await context.in_thread(read)


async def _reopening(context: Context, found: Within, _: Decision, wish: Wish) -> Sequence[Step]:
    new = await _newcomers(context, found, found.held.members, returning(found.held))
    steps = parting.reopening(found.relationship, found.held, new.parties, **wish, unwilling=new.unwilling)
    return new.kept_out(steps)


async def _migrate(info: Info, given: inputs.MigrateMentorshipInput) -> Done:
    id_ = mentorship_key(given.mentorship, "mentorship")

    async def attempt() -> Done:
        found = await within(info.context, id_, Action.MIGRATE_MENTORSHIP, "mentorship")
        program = found.relationship.program
        state = (await info.context.store.load_async(PROGRAM.stream(program))).state if program else None
        first, *others = parting.migrating(found.relationship, found.held, state)
        return await act_together(info, given, first, *others)

    return await until_unchanged(attempt)


async def _break_glass(info: Info, given: inputs.BreakGlassInput) -> Done:
    id_ = mentorship_key(given.mentorship, "mentorship")
    await within(info.context, id_, Action.BREAK_GLASS, "mentorship")
    wish = {"glass": new_entity(info.context, given), "reason": given.reason, "hours": given.hours}
    return await act(info, given, MENTORSHIP.stream(id_), course.break_glass, **wish)


def _or_none(given: str | None) -> str | None:
    return None if given is UNSET else given


@strawberry.type
class MentorshipCommands:
    @mutation(MentorshipPayload)
    async def add_member(self, info: Info, input: inputs.AddMemberInput) -> Done:
        """Take somebody into a group, a circle or a peer relationship."""
        member = Member(participant=person_id(input.participant, "participant"), role=input.role)
        return await _act(info, input, Action.ADD_MEMBER, joining.add_member, _joining, member=member)

    @mutation(MentorshipPayload)
    async def remove_member(self, info: Info, input: inputs.RemoveMemberInput) -> Done:
        """The others go on without somebody, where they are enough."""
        person = person_id(input.participant, "participant")
        wish = {"person": person, "reason": _or_none(input.reason)}
        leaving = partial(_leaving, who=person)
        return await _act(info, input, Action.REMOVE_MEMBER, joining.remove_member, leaving, **wish)

    @mutation(MentorshipPayload)
    async def leave_mentorship(self, info: Info, input: inputs.LeaveMentorshipInput) -> Done:
        """The others go on without you, where they are enough."""
        wish = {"by": info.context.actor.participant, "reason": _or_none(input.reason)}
        leaving = partial(_leaving, who=None)
        return await _act(info, input, Action.LEAVE_MENTORSHIP, joining.leave, leaving, **wish)

    @mutation(MentorshipPayload)
    async def pause_mentorship(self, info: Info, input: inputs.PauseMentorshipInput) -> Done:
        """Until that day no time counts against anybody; or change the day of a pause."""
        wish = {"until": input.until, "today": info.context.now().date()}
        return await _act(info, input, Action.PAUSE_MENTORSHIP, course.pause, _alone, **wish)

    @mutation(MentorshipPayload)
    async def resume_mentorship(self, info: Info, input: inputs.ResumeMentorshipInput) -> Done:
        """Go on before the day that was set."""
        return await _act(info, input, Action.RESUME_MENTORSHIP, course.resume, _alone)

    @mutation(MentorshipPayload)
    async def extend_mentorship(self, info: Info, input: inputs.ExtendMentorshipInput) -> Done:
        """Let it run longer than was planned."""
        wish = {"until": input.until, "today": info.context.now().date()}
        return await _act(info, input, Action.EXTEND_MENTORSHIP, course.extend, _alone, **wish)

    @mutation(MentorshipPayload)
    async def conclude_mentorship(self, info: Info, input: inputs.ConcludeMentorshipInput) -> Done:
        """It has come to its end."""
        return await _act(
            info, input, Action.CONCLUDE_MENTORSHIP, course.conclude, _ending, outcome=input.outcome
        )

    @mutation(MentorshipPayload)
    async def end_mentorship(self, info: Info, input: inputs.EndMentorshipInput) -> Done:
        """It ends before its time; without fault, unless you say otherwise."""
        wish = {
            "by": info.context.actor.participant,
            "reason": input.reason,
            "words": _or_none(input.words),
            "no_fault": input.no_fault,
        }
        return await _act(info, input, Action.END_MENTORSHIP, course.end_early, _ending, **wish)

    @mutation(MentorshipPayload)
    async def reopen_mentorship(self, info: Info, input: inputs.ReopenMentorshipInput) -> Done:
        """It runs again, until that day, where everybody still has a place for it."""
        wish = {"until": input.until, "today": info.context.now().date()}
        return await _act(info, input, Action.REOPEN_MENTORSHIP, course.reopen, _reopening, **wish)

    @mutation(MentorshipPayload)
    async def hand_over_mentorship(self, info: Info, input: inputs.HandOverMentorshipInput) -> Done:
        """The mentees go on with these mentors, in a relationship that follows this one."""
        mentors = tuple(person_id(one, "mentors", str(place)) for place, one in enumerate(input.mentors))
        successor = successor_id(mentorship_key(input.mentorship, "mentorship"))
        wish = {"mentors": mentors, "successor": successor}
        return await _act(info, input, Action.HAND_OVER_MENTORSHIP, course.hand_over, _handing_over, **wish)

    @mutation(MentorshipPayload)
    async def migrate_mentorship(self, info: Info, input: inputs.MigrateMentorshipInput) -> Done:
        """From now on the programme's newest terms hold."""
        return await _migrate(info, input)

    @mutation(MentorshipPayload)
    async def break_glass(self, info: Info, input: inputs.BreakGlassInput) -> Done:
        """Read for some hours what only members may. They are told that you do, and why."""
        return await _break_glass(info, input)
