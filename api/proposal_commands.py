"""What can be done with proposals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import proposal_inputs as inputs
from api.command import (
    CommandInput,
    Done,
    Payload,
    act,
    act_together,
    entity,
    mutation,
    new_entity,
    permit,
    until_unchanged,
)
from api.context import Context, Info
from api.making import Wish, making
from api.mentorship import Mentorship, load_mentorship
from api.participant_commands import person_id, whose
from api.program_commands import program_id
from api.program_staff import staff_of
from api.proposal import Proposal, load_proposal
from api.proposal_inputs import ProposalCommandInput
from api.refusals import BadInput
from domain import program, proposal, proposing
from domain.guards import StillChanging
from domain.ids import ParticipantId, ProgramId, ProposalId, mentorship_id
from domain.matching_settings import Mode
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.program_settings import ProgramTerms
from domain.proposal import PROPOSAL, Made
from domain.proposing import Parties
from domain.refusal import Refusal
from domain.store import CommandReused, Conflict, Decision, Step
from projections.pairs import read_parties


@strawberry.type
class ProposalPayload(Payload):
    proposal: Proposal | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.proposal = await load_proposal(info, entity)


@strawberry.type
class AnswerPayload(ProposalPayload):
    mentorship: Mentorship | None = strawberry.field(
        default=None, description="What has begun, where this was the last answer that was needed."
    )

    async def read(self, info: Info, entity: UUID) -> None:
        await ProposalPayload.read(self, info, entity)
        self.mentorship = await load_mentorship(info, mentorship_id(ProposalId(entity)))


@dataclass(frozen=True, slots=True)
class Permitted:
    """A proposal as it is, by whoever may do that to it; `program` are the terms of its programme."""

    id: ProposalId
    held: proposal.Proposal
    made: Made
    program: ProgramTerms

    def step(self, decision: Decision, wish: dict[str, Any]) -> Step:
        return Step(PROPOSAL.stream(self.id), decision, wish)


async def _permitted(context: Context, given: ProposalCommandInput, action: Action) -> Permitted:
    """A member's own proposal is the member's; to withdraw it, it must be of their making."""
    id_ = ProposalId(entity("Proposal", given.proposal, "proposal"))
    held = (await context.store.load_async(PROPOSAL.stream(id_))).state
    if held.made is None:
        permit(context, action, Thing())
        raise BadInput.at("NOT_FOUND", "There is no such proposal.", "proposal")
    state = (await context.store.load_async(PROGRAM.stream(held.made.program))).state
    whose_ = (held.made.author,) if action is Action.WITHDRAW_PROPOSAL else _people(held.made)
    own = context.actor.participant if context.actor.participant in whose_ else None
    permit(context, action, Thing(own, held.made.program, staff_of(state)))
    return Permitted(id_, held, held.made, program.terms(state, held.made.program))


def _people(made: Made) -> tuple[ParticipantId, ...]:
    return (*made.mentors, *made.mentees)


def _oneself(context: Context) -> ParticipantId:
    """Who answers; only members may, and they are participants."""
    assert context.actor.participant is not None  # noqa: S101 permit() lets nobody else through
    return context.actor.participant


async def _parties(context: Context, found: Permitted) -> Parties:
    people = _people(found.made)
    read = lambda store, connection: read_parties(store, connection, found.made.program, people)
    return (await context.in_thread(read)).parties


async def _say(
    info: Info, given: ProposalCommandInput, action: Action, decision: Decision, **words: Any
) -> Done:
    """What changes nothing for the others."""
    found = await _permitted(info.context, given, action)
    stream = PROPOSAL.stream(found.id)
    return await act(info, given, stream, decision, by=_oneself(info.context), **words)


async def _accept(info: Info, given: ProposalCommandInput) -> Done:
    context, today = info.context, info.context.now().date()
    found = await _permitted(context, given, Action.ACCEPT_PROPOSAL)
    by, parties = _oneself(context), await _parties(context, found)
    steps = proposing.accepting(found.id, found.held, parties, by=by, today=today)
    wish = {"by": by, "program": found.program, "mentorship": mentorship_id(found.id)}
    return await act_together(info, given, *steps, meant=found.step(proposal.accept, wish))


async def _decline(info: Info, given: inputs.DeclineProposalInput) -> Done:
    """Those who stay may have waited for this alone. Where one of them cannot begin, they go on waiting."""
    decline = partial(_decline_as_it_is, info, given)
    try:
        return await until_unchanged(partial(decline, completing=True))
    except (StillChanging, Conflict, CommandReused):
        raise
    except Refusal:
        return await until_unchanged(partial(decline, completing=False))


async def _decline_as_it_is(info: Info, given: inputs.DeclineProposalInput, *, completing: bool) -> Done:
    context = info.context
    found = await _permitted(context, given, Action.DECLINE_PROPOSAL)
    by, parties = _oneself(context), await _parties(context, found)
    wish: dict[str, Any] = {
        "reason": _or_none(given.reason),
        "for_good": given.for_good,
        "completing": completing,
    }
    steps = proposing.declining(found.id, found.held, parties, by=by, today=context.now().date(), **wish)
    meant = found.step(proposal.decline, {"by": by, "mentorship": mentorship_id(found.id), **wish})
    return await act_together(info, given, *steps, meant=meant)


async def _withdraw(info: Info, given: ProposalCommandInput) -> Done:
    found = await _permitted(info.context, given, Action.WITHDRAW_PROPOSAL)
    steps = proposing.ending(found.id, found.held, found.program, proposal.withdraw)
    return await act_together(info, given, *steps)


async def permit_in(info: Info, action: Action, program_: ProgramId, person: ParticipantId | None) -> None:
    state = (await info.context.store.load_async(PROGRAM.stream(program_))).state
    permit(info.context, action, Thing(person, program_, staff_of(state)))


async def _propose(info: Info, given: CommandInput, action: Action, wish: Wish) -> Done:
    id_, now = ProposalId(new_entity(info.context, given)), info.context.now()

    async def attempt() -> Done:
        await permit_in(info, action, wish.program, wish.author)
        _, steps = await info.context.in_thread(partial(making, id_=id_, wish=wish, now=now))
        return await act_together(info, given, *steps)

    return await until_unchanged(attempt)


def _or_none(given: str | None) -> str | None:
    return None if given is UNSET else given


def _each(given: Sequence[str], *path: str) -> tuple[ParticipantId, ...]:
    return tuple(person_id(one, *path, str(place)) for place, one in enumerate(given))


@strawberry.type
class ProposalCommands:
    @mutation(ProposalPayload)
    async def request_mentor(self, info: Info, input: inputs.RequestMentorInput) -> Done:
        """Ask somebody to be your mentor."""
        author = whose(info, input.participant)
        wish = Wish(
            program_id(input.program, "program"),
            mentors=(person_id(input.mentor, "mentor"),),
            mentees=(author,),
            mode=Mode.SELF_DIRECTED,
            author=author,
            relationship=_or_none(input.relationship),
            words=_or_none(input.words),
        )
        return await _propose(info, input, Action.REQUEST_MENTOR, wish)

    @mutation(ProposalPayload)
    async def propose_pair(self, info: Info, input: inputs.ProposePairInput) -> Done:
        """Propose these people to each other."""
        wish = Wish(
            program_id(input.program, "program"),
            mentors=_each(input.mentors, "mentors"),
            mentees=_each(input.mentees, "mentees"),
            mode=Mode.FACILITATOR,
            relationship=_or_none(input.relationship),
        )
        return await _propose(info, input, Action.PROPOSE_PAIR, wish)

    @mutation(ProposalPayload)
    async def mark_proposal_viewed(self, info: Info, input: inputs.MarkProposalViewedInput) -> Done:
        """You have seen it; the others are told so."""
        return await _say(info, input, Action.VIEW_PROPOSAL, proposal.view)

    @mutation(ProposalPayload)
    async def request_proposal_information(
        self, info: Info, input: inputs.RequestProposalInformationInput
    ) -> Done:
        """Ask the others something before you decide."""
        decision = proposal.request_information
        return await _say(info, input, Action.ASK_ABOUT_PROPOSAL, decision, question=input.question)

    @mutation(ProposalPayload)
    async def give_proposal_information(self, info: Info, input: inputs.GiveProposalInformationInput) -> Done:
        """Answer what somebody else has asked about it."""
        decision = proposal.give_information
        return await _say(info, input, Action.ANSWER_ABOUT_PROPOSAL, decision, answer=input.answer)

    @mutation(AnswerPayload)
    async def accept_proposal(self, info: Info, input: inputs.AcceptProposalInput) -> Done:
        """Say yes. The last yes that is needed begins the mentorship."""
        return await until_unchanged(partial(_accept, info, input))

    @mutation(AnswerPayload)
    async def decline_proposal(self, info: Info, input: inputs.DeclineProposalInput) -> Done:
        """Say no, and why if you like."""
        return await _decline(info, input)

    @mutation(ProposalPayload)
    async def withdraw_proposal(self, info: Info, input: inputs.WithdrawProposalInput) -> Done:
        """Take back what you have asked for; staff withdraw any proposal of their programme."""
        return await _withdraw(info, input)
