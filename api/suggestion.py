"""Suggestions: whom one mentee could ask, the best first, and why; for them, or for who accompanies them."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.context import Context, Info
from api.enums import Criterion
from api.loading import fresh_arguments, load
from api.match_report import WishCoverage
from api.program_staff import staff_of
from api.proposal import ScorePart
from api.refusals import Problem
from api.relay import parse_global_id
from api.scalars import Position
from domain import program as program_slice
from domain.admission import ModeIsNotOffered
from domain.enrollment import ENROLLMENT, Status
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.matching_settings import Mode
from domain.permissions import Action, Thing, may
from domain.program import PROGRAM
from domain.program_settings import ProgramTerms, Side
from projections.suggesting import Choice, Suggested, choice

if TYPE_CHECKING:
    from api.participant import Participant

MOST: Final = 50


async def _participant(root: Any, info: Info) -> Any:
    return await load(info, "Participant", root.mentor)


@strawberry.type(description="A mentor who could be asked now.")
class Suggestion:
    rank: int = strawberry.field(
        description="1 is the best: by score, less what a place of this mentor is worth to others."
    )
    score: int = strawberry.field(description="Both sides' scores together, 0 to 10,000.")
    mentee_score: int | None
    mentor_score: int | None
    parts: list[ScorePart]
    answered: int = strawberry.field(description="So many criteria could be told of these two ...")
    asked: int = strawberry.field(description="... of so many that count.")
    coverage: list[WishCoverage] = strawberry.field(
        description="What the mentee wishes to learn, and which offer covers it best."
    )
    places_left: int = strawberry.field(description="How many relationships this mentor can still have.")
    marginal_value: int | None = strawberry.field(
        description="What this pair adds to the whole: the score less the price of the place; for the staff."
    )
    mentor: strawberry.Private[UUID]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=_participant
    )


@strawberry.type(description="Whom a mentee could ask.")
class Suggestions:
    suggestions: list[Suggestion] = strawberry.field(description="The best first.")
    eligible: int = strawberry.field(description="How many mentors could be suggested in all.")
    pool_is_thin: bool = strawberry.field(description="Fewer than the programme holds to be a choice.")
    hint: str | None = strawberry.field(description="What that means, for people to read.")


async def _suggestions(
    info: Info,
    program: strawberry.ID,
    participant: strawberry.ID | None = UNSET,
    first: int | None = UNSET,
    min_position: Position | None = UNSET,
) -> Suggestions | None:
    await fresh_arguments(info)
    context = info.context
    own = ProgramId(UUID(parse_global_id(program, "Program").key))
    person = _person(context, participant)
    terms, staffs = await _permitted(context, own, person)
    if not staffs and Mode.SELF_DIRECTED not in terms.matching.modes:
        raise Problem(ModeIsNotOffered().code, ModeIsNotOffered().sentence)
    limit = _limit(terms, first)
    return _shown(terms, await _choice(context, own, person, limit), staffs=staffs)


def _person(context: Context, given: str | None) -> ParticipantId:
    if given is not None and given is not UNSET:
        return ParticipantId(UUID(parse_global_id(given, "Participant").key))
    if context.actor.participant is None:
        raise Problem("PARTICIPANT_MISSING", "Say who is meant: you have no profile yourself.")
    return context.actor.participant


async def _permitted(context: Context, own: ProgramId, person: ParticipantId) -> tuple[ProgramTerms, bool]:
    """The terms, and whether it is the programme's staff that asks; raises a Problem where nobody may."""
    state = (await context.store.load_async(PROGRAM.stream(own))).state
    allowed = partial(may, context.actor, Action.SEE_SUGGESTIONS)
    if not allowed(Thing(person, own, staff_of(state))):
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    return program_slice.terms(state, own), allowed(Thing(None, own, staff_of(state)))


async def _choice(context: Context, own: ProgramId, person: ParticipantId, limit: int) -> Choice:
    """Whoever could not be in the pool has none read: that takes long, and pushes another programme's out."""
    part = (await context.store.load_async(ENROLLMENT.stream(enrollment_id(own, person)))).state
    if part.role is not Side.MENTEE or part.status is not Status.APPROVED:
        return Choice()
    kept = await context.pools.of(own)
    return await context.in_thread(lambda store, _: choice(store, kept, person, limit))


def _limit(terms: ProgramTerms, first: int | None) -> int:
    limit = terms.matching.suggestions if first is None or first is UNSET else first
    if not 1 <= limit <= MOST:
        raise Problem("BAD_PAGE", f"Ask for 1 to {MOST} suggestions.")
    return limit


def _shown(terms: ProgramTerms, found: Choice, *, staffs: bool) -> Suggestions:
    thin = found.eligible < terms.matching.thin_pool
    return Suggestions(
        suggestions=[_one(terms, rank, one, staffs) for rank, one in enumerate(found.suggested, 1)],
        eligible=found.eligible,
        pool_is_thin=thin,
        hint=_hint(found, thin=thin),
    )


def _hint(found: Choice, *, thin: bool) -> str | None:
    if not found.in_pool:
        return "No mentor can be suggested to this person in the programme now."
    if not thin:
        return None
    return f"Only {found.eligible} mentors could be suggested now: it may be worth waiting until more are in."


def _one(terms: ProgramTerms, rank: int, one: Suggested, staffs: bool) -> Suggestion:
    told = one.found
    weights = {weight.criterion: weight.parts for weight in terms.matching.weights}
    return Suggestion(
        rank=rank,
        score=told.score,
        mentee_score=told.mentee_score,
        mentor_score=told.mentor_score,
        # What one wishes of the other side would tell what the other has said of themself.
        parts=[
            ScorePart(criterion=criterion, score=score, weight=weights.get(criterion) if staffs else None)
            for criterion, score in sorted(told.parts.items())
            if criterion is not Criterion.PREFERENCE
        ],
        answered=told.answered,
        asked=told.asked,
        coverage=[
            WishCoverage(
                wish=each.wish,
                level=each.level,
                priority=each.priority,
                offer=each.offer,
                offered_level=None if each.offer is None else each.offered,
                score=each.score,
            )
            for each in told.coverage
        ],
        places_left=one.places,
        marginal_value=told.score - told.price if staffs else None,
        mentor=told.mentor,
    )


@strawberry.type
class SuggestionQueries:
    suggestions: Suggestions | None = strawberry.field(
        resolver=_suggestions,
        description="Whom you could ask to be your mentor; or, for staff, whom this person could ask.",
    )
