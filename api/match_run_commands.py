"""What can be done with match runs."""

import asyncio
from typing import Any, Final
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import match_run_inputs as inputs
from api.command import (
    Done,
    Payload,
    act,
    act_together,
    entity,
    mutation,
    new_entity,
    permit,
    plain,
    until_unchanged,
    value,
)
from api.context import Context, Info
from api.match_run import MatchRun, load_match_run
from api.match_run_inputs import (
    MatchRunCommandInput,
    PairChoiceInput,
    PairNumbersInput,
    RequestMatchRunInput,
)
from api.participant_commands import person_id
from api.program_commands import program_id
from api.program_staff import staff_of
from api.refusals import BadInput, Problem
from domain import match_run, program
from domain.aggregate import Stream
from domain.guards import same_terms
from domain.ids import MatchRunId, ProgramId
from domain.match_run import MATCH_RUN, Requested
from domain.matching_settings import MatchingSettings
from domain.permissions import Action, Thing
from domain.program import PROGRAM
from domain.program_settings import ProgramTerms
from domain.store import Decision, Step
from projections import program_shapes
from projections.run_request import Reference, RunWish, on_the_pool_of, on_the_pool_of_now

SEEDS: Final = 2**63


@strawberry.type
class MatchRunPayload(Payload):
    match_run: MatchRun | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.match_run = await load_match_run(info, entity)


def run_id(given: str, *path: str) -> MatchRunId:
    return MatchRunId(entity("MatchRun", given, *path))


async def _program(context: Context, id_: ProgramId) -> tuple[ProgramTerms, Thing]:
    held = (await context.store.load_async(PROGRAM.stream(id_))).state
    return program.terms(held, id_), Thing(program=id_, staff=staff_of(held))


async def _request(info: Info, given: RequestMatchRunInput) -> Done:
    context, own = info.context, program_id(given.program, "program")
    run = MATCH_RUN.stream(new_entity(context, given))

    async def attempt() -> Done:
        terms, thing = await _program(context, own)
        permit(context, Action.REQUEST_RUN, thing)
        first = (await context.store.load_async(run)).state.requested
        requested = await _requested(context, given, terms, MatchRunId(run.id), first)
        wish = Step(run, match_run.request, {"program": terms, "requested": requested})
        unchanged = Step(PROGRAM.stream(own), same_terms, {"terms": terms}, guard=True)
        return await act_together(info, given, wish, unchanged)

    return await until_unchanged(attempt)


async def _requested(
    context: Context,
    given: RequestMatchRunInput,
    terms: ProgramTerms,
    run: MatchRunId,
    first: Requested | None,
) -> Requested:
    """`first` is what the key was used for before: a repetition means the pool that was frozen then."""
    if first is None:
        match_run.refuse_unmatchable(terms)
    reference = await _reference(context, given)
    base = first or (reference.requested if reference else None)
    settings = _settings(given, base.settings if base else terms.matching)
    wish = RunWish(settings, drawn=run.int % SEEDS, seed=_seed(given), label=given.label)
    if reference is not None:
        return on_the_pool_of(reference, terms, wish)
    if first is not None:
        return on_the_pool_of(Reference(run, first), terms, wish).model_copy(update={"reference": None})
    position = await asyncio.to_thread(context.store.head)
    if not await context.caught_up(program_shapes.MODELS, position):
        raise Problem("STALE", "The read models do not show the log's head yet.", retryable=True)
    return await context.in_thread(
        lambda _, connection: on_the_pool_of_now(connection, terms, wish, position)
    )


async def _reference(context: Context, given: RequestMatchRunInput) -> Reference | None:
    if given.reference is None:
        return None
    other = run_id(given.reference, "reference")
    held = (await context.store.load_async(MATCH_RUN.stream(other))).state.requested
    if held is None:
        raise BadInput.at("NOT_FOUND", "There is no such match run.", "reference")
    return Reference(other, held)


def _settings(given: RequestMatchRunInput, base: MatchingSettings) -> MatchingSettings:
    said = plain(given.settings) if given.settings else {}
    return value(MatchingSettings, {**base.model_dump(), **said}, "settings")


def _seed(given: RequestMatchRunInput) -> int | None:
    if given.seed is None:
        return None
    digits = given.seed.isascii() and given.seed.isdigit() and len(given.seed) < 20
    if not digits or int(given.seed) >= SEEDS:
        raise BadInput.at("BAD_SEED", "A seed is a whole number from 0 to 2^63 - 1, as a string.", "seed")
    return int(given.seed)


async def _permitted(
    context: Context, given: MatchRunCommandInput, action: Action
) -> tuple[Stream[match_run.MatchRun], ProgramTerms]:
    """The run, and the terms of its programme as they are."""
    stream = MATCH_RUN.stream(run_id(given.run, "run"))
    requested = (await context.store.load_async(stream)).state.requested
    if requested is None:
        permit(context, action, Thing())
        raise BadInput.at("NOT_FOUND", "There is no such match run.", "run")
    terms, thing = await _program(context, requested.program)
    permit(context, action, thing)
    return stream, terms


async def _act(
    info: Info, given: MatchRunCommandInput, action: Action, decision: Decision, **arguments: Any
) -> Done:
    stream, _ = await _permitted(info.context, given, action)
    return await act(info, given, stream, decision, **arguments)


async def _choose(info: Info, given: PairChoiceInput, action: Action, decision: Decision) -> Done:
    mentee, mentor = person_id(given.mentee, "mentee"), person_id(given.mentor, "mentor")
    return await _act(info, given, action, decision, mentee=mentee, mentor=mentor)


async def _publish(info: Info, given: MatchRunCommandInput) -> Done:
    """While the programme's terms are as they were read."""

    async def attempt() -> Done:
        stream, terms = await _permitted(info.context, given, Action.PUBLISH_RUN)
        unchanged = Step(PROGRAM.stream(terms.program), same_terms, {"terms": terms}, guard=True)
        wish = Step(stream, match_run.publish, {"program": terms})
        return await act_together(info, given, wish, unchanged)

    return await until_unchanged(attempt)


def _numbers(given: PairNumbersInput) -> dict[str, Any]:
    return {"numbers": None if given.numbers is UNSET else given.numbers}


@strawberry.type
class MatchRunCommands:
    @mutation(MatchRunPayload)
    async def request_match_run(self, info: Info, input: inputs.RequestMatchRunInput) -> Done:
        """Freeze the pool of a programme and compute pairs; or another scenario on a pool frozen before."""
        return await _request(info, input)

    @mutation(MatchRunPayload)
    async def lock_pair(self, info: Info, input: inputs.LockPairInput) -> Done:
        """Have this pair in the run; everybody else is solved again around it."""
        return await _choose(info, input, Action.LOCK_PAIR, match_run.lock_pair)

    @mutation(MatchRunPayload)
    async def forbid_pair(self, info: Info, input: inputs.ForbidPairInput) -> Done:
        """Do not have this pair in the run; it is solved again without it."""
        return await _choose(info, input, Action.FORBID_PAIR, match_run.forbid_pair)

    @mutation(MatchRunPayload)
    async def release_pair(self, info: Info, input: inputs.ReleasePairInput) -> Done:
        """Neither lock nor bar this pair any more."""
        return await _choose(info, input, Action.RELEASE_PAIR, match_run.release_pair)

    @mutation(MatchRunPayload)
    async def approve_pairs(self, info: Info, input: inputs.ApprovePairsInput) -> Done:
        """Approve some pairs, or all."""
        return await _act(info, input, Action.APPROVE_PAIRS, match_run.approve_pairs, **_numbers(input))

    @mutation(MatchRunPayload)
    async def withdraw_approval(self, info: Info, input: inputs.WithdrawApprovalInput) -> Done:
        """Take back the approval of some pairs, or of all."""
        return await _act(info, input, Action.APPROVE_PAIRS, match_run.withdraw_approval, **_numbers(input))

    @mutation(MatchRunPayload)
    async def publish_match_run(self, info: Info, input: inputs.PublishMatchRunInput) -> Done:
        """Propose the approved pairs to their people. Nothing about the run changes after that."""
        return await _publish(info, input)

    @mutation(MatchRunPayload)
    async def cancel_match_run(self, info: Info, input: inputs.CancelMatchRunInput) -> Done:
        """Stop a run, be it under way."""
        return await _act(info, input, Action.CANCEL_RUN, match_run.cancel)

    @mutation(MatchRunPayload)
    async def discard_match_run(self, info: Info, input: inputs.DiscardMatchRunInput) -> Done:
        """Put a run away that is not to be published."""
        return await _act(info, input, Action.DISCARD_RUN, match_run.discard)
