"""What people wish of the other side of a programme: whom they would like, and what they prefer."""

from collections.abc import Sequence
from functools import partial

import strawberry

from api import enrollment_inputs as inputs
from api.command import Done, act_together, mutation, new_entity, until_unchanged
from api.context import Info
from api.enrollment_commands import EnrollmentPayload, Part, answers_of, decide
from api.making import Wish, making
from api.participant_commands import person_id, whose
from api.program_commands import program_id
from api.proposal_commands import permit_in
from domain import places, program
from domain.enrollment import ENROLLMENT
from domain.guards import StillChanging, same_terms
from domain.ids import EnrollmentId, ParticipantId, ProposalId, enrollment_id
from domain.matching_settings import Mode
from domain.permissions import Action
from domain.program import PROGRAM
from domain.program_settings import ProgramTerms, Side
from domain.proposal import PROPOSAL, Proposal
from domain.refusal import Refusal
from domain.store import CommandReused, Conflict, Step, Store
from projections.pairs import Connection, answered

Wishes = tuple[ParticipantId, ...]


async def _rank(info: Info, given: inputs.RankWishesInput) -> Done:
    """The list, and the proposal of the first wish that can be made: one append."""
    part = Part(program_id(given.program, "program"), whose(info, given.participant))
    wishes = tuple(person_id(one, "wishes", str(place)) for place, one in enumerate(given.wishes))
    id_ = ProposalId(new_entity(info.context, given))

    async def attempt() -> Done:
        await permit_in(info, Action.RANK_WISHES, part.program, part.person)
        return await _rank_and_ask(info, given, part, wishes, id_)

    return await until_unchanged(attempt)


async def _rank_and_ask(
    info: Info, given: inputs.RankWishesInput, part: Part, wishes: Wishes, id_: ProposalId
) -> Done:
    context, own = info.context, enrollment_id(part.program, part.person)
    held = (await context.store.load_async(PROGRAM.stream(part.program))).state
    terms = program.terms(held, part.program)
    ranking = Step(ENROLLMENT.stream(own), places.rank_wishes, {"program": terms, "wishes": wishes})
    for mentor in await context.in_thread(partial(_askable, part=part, wishes=wishes, terms=terms)):
        wish = Wish(part.program, (mentor,), (part.person,), Mode.SELF_DIRECTED, part.person, listed=wishes)
        try:
            _, steps = await context.in_thread(partial(making, id_=id_, wish=wish, now=context.now()))
            first, others = _own_first(steps, own)
            return await act_together(info, given, first, *others, meant=ranking)
        except (StillChanging, Conflict, CommandReused):
            raise
        except Refusal:
            continue
    unchanged = Step(PROGRAM.stream(part.program), same_terms, {"terms": terms}, guard=True)
    return await act_together(info, given, ranking, unchanged)


def _own_first(steps: Sequence[Step], own: EnrollmentId) -> tuple[Step, tuple[Step, ...]]:
    """The list is kept on the author's enrollment: that is what the command is about."""
    (first,) = (step for step in steps if step.stream.id == own)
    return first, tuple(step for step in steps if step is not first)


def _askable(
    store: Store, connection: Connection, *, part: Part, wishes: Wishes, terms: ProgramTerms
) -> Wishes:
    """Whom the list may ask now, the best first: one wish at a time."""
    own = store.load(ENROLLMENT.stream(enrollment_id(part.program, part.person))).state
    if own.role is not Side.MENTEE or Mode.SELF_DIRECTED not in terms.matching.modes:
        return ()
    loaded = store.load_all([PROPOSAL.stream(one) for one in own.requests])
    if any(_is_of_list(found.state, wishes) for found in loaded.values()):
        return ()
    passed_over = {*answered(connection, part.program, part.person), part.person}
    return tuple(who for who in wishes if who not in passed_over)


def _is_of_list(state: Proposal, wishes: Wishes) -> bool:
    made = state.made
    return made is not None and (made.rank is not None or not set(wishes).isdisjoint(made.mentors))


@strawberry.type
class WishCommands:
    @mutation(EnrollmentPayload)
    async def rank_wishes(self, info: Info, input: inputs.RankWishesInput) -> Done:
        """Say whom you would like, the best first. The first who can be a mentor is asked at once, the next
        when that one declines or does not answer in time. An empty list takes all wishes back.
        """
        return await _rank(info, input)

    @mutation(EnrollmentPayload)
    async def state_preference(self, info: Info, input: inputs.StatePreferenceInput) -> Done:
        """Say what you wish the other side to have said of themself. It counts, and nobody sees it."""
        part = Part(program_id(input.program, "program"), whose(info, input.participant))
        preference = answers_of(input.preference, "preference")
        decision = places.state_preference
        return await decide(info, input, Action.STATE_PREFERENCE, part, decision, preference=preference)
