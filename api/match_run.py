"""A match run as the API shows it: the matching board."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import MatchRunOrder, MatchRunState, PairChoiceKind, Side, UnmatchedReason
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Json, Position

if TYPE_CHECKING:
    from api.participant import Participant
    from api.program import Program
    from api.proposal import Proposal


@strawberry.type(description="Somebody on the board of a run.")
class MatchPerson:
    label: str = strawberry.field(
        description="What they are called in a blind review: another word in every run."
    )
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Null in a blind review, until the run is published."
    )


@strawberry.type(description="Figures of a whole run; scores are 0 to 10,000.")
class MatchTotals:
    mentees: int
    mentors: int
    places: int
    placed: int
    total: int = strawberry.field(description="The sum of the scores of all pairs.")
    bound: int = strawberry.field(description="What no pairing over all pairs can exceed.")
    gap: int = strawberry.field(
        description="How far the total can be from the best one at most, in millionths of the bound."
    )
    worst: int | None
    fifth: int | None = strawberry.field(description="The fifth percentile of the scores.")
    mean: int | None
    top_three: int = strawberry.field(description="How many mentees got one of their three best.")
    moved: int = strawberry.field(description="How many mentees have another mentor than before.")
    key: strawberry.Private[str | None] = None


@strawberry.type(description="How far a computation, or the making of proposals, has come.")
class MatchProgress:
    stage: str
    done: int
    total: int
    updated_at: datetime
    key: strawberry.Private[str | None] = None


@strawberry.type(description="One relationship that a run proposes.")
class MatchPair:
    number: int = strawberry.field(description="By which it is approved.")
    score: int = strawberry.field(description="0 to 10,000: the harmonic mean of both sides' scores.")
    mentee_score: int | None
    mentor_score: int | None
    parts: Json = strawberry.field(description="What each criterion gave the mentee's side.")
    answered: int = strawberry.field(description="How many of the criteria could be told.")
    asked: int
    rank: int = strawberry.field(description="The mentor's place among all eligible ones; 1 is the best.")
    locked: bool
    approved: bool
    not_proposed_code: str | None = strawberry.field(
        description="Why no proposal was made of it when the run was published."
    )
    not_proposed: str | None = strawberry.field(description="The same as a sentence.")
    key: strawberry.Private[str]

    mentors: list[MatchPerson] = strawberry.field(
        resolver=edges.edge, description="Of several, the host is the first."
    )
    mentees: list[MatchPerson] = strawberry.field(resolver=edges.edge)
    proposal: Annotated["Proposal", strawberry.lazy("api.proposal")] | None = strawberry.field(
        resolver=edges.edge, description="What came of it, once the run is published."
    )


@strawberry.type(description="Somebody whom a run leaves without, and why.")
class UnmatchedPerson:
    side: Side
    reason: UnmatchedReason
    rules: list[str] = strawberry.field(
        description="The smallest set of rules without which somebody would have been eligible."
    )
    key: strawberry.Private[str]

    person: MatchPerson | None = strawberry.field(resolver=edges.edge)


@strawberry.type(description="A pair that somebody locked or barred in a run.")
class PairChoice:
    choice: PairChoiceKind
    key: strawberry.Private[str]

    mentee: MatchPerson | None = strawberry.field(resolver=edges.edge)
    mentor: MatchPerson | None = strawberry.field(resolver=edges.edge)


@strawberry.input(description="All conditions given must hold.")
class MatchPairFilter:
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="On either side; finds nobody while a blind review hides who is who."
    )
    approved: bool | None = UNSET


@strawberry.input(description="All conditions given must hold.")
class UnmatchedFilter:
    side: Side | None = UNSET
    reason: UnmatchedReason | None = UNSET
    rule: str | None = UNSET


async def _pairs(
    root: Any,
    info: Info,
    *,
    filter: MatchPairFilter | None = UNSET,  # noqa: A002 the argument's public name
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def _unmatched(
    root: Any,
    info: Info,
    *,
    filter: UnmatchedFilter | None = UNSET,  # noqa: A002 the argument's public name
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


@strawberry.type(description="One computation over a frozen pool, corrected by hand, approved, published.")
class MatchRun(Node):
    id: strawberry.ID
    state: MatchRunState
    label: str | None
    settings_version: int
    settings: Json = strawberry.field(description="The programme's, with what the request said otherwise.")
    relationship: Json = strawberry.field(description="The type of relationship that it makes.")
    seed: str = strawberry.field(description="Decides where scores do not: a 63-bit number, as a string.")
    pool_position: Position = strawberry.field(description="Where in the log the pool was frozen.")
    pool_digest: str
    revision: int = strawberry.field(description="Counts locks and bars.")
    shown_revision: int | None = strawberry.field(
        description="The revision whose pairs are shown: while a newer one is computed, the last one."
    )
    engine: int | None = strawberry.field(description="The version of the engine.")
    inputs_digest: str | None = strawberry.field(description="Of all that the engine read.")
    digest: str | None = strawberry.field(description="Of all that it found.")
    pair_count: int
    approved_count: int
    unmatched_count: int
    failure_code: str | None
    failure: str | None = strawberry.field(description="Why it could not be computed.")
    requested_at: datetime
    computed_at: datetime | None
    published_at: datetime | None
    ended_at: datetime | None = strawberry.field(description="When it was cancelled or discarded.")
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )
    reference: Annotated["MatchRun", strawberry.lazy("api.match_run")] | None = strawberry.field(
        resolver=edges.edge, description="The run on whose pool this one is a scenario."
    )
    totals: MatchTotals | None = strawberry.field(resolver=edges.edge)
    progress: MatchProgress | None = strawberry.field(
        resolver=edges.edge, description="While it is computed, and while its proposals are made."
    )
    pairs: Connection[MatchPair] | None = strawberry.field(resolver=_pairs)
    unmatched: Connection[UnmatchedPerson] | None = strawberry.field(resolver=_unmatched)
    choices: list[PairChoice] = strawberry.field(resolver=edges.edge)
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class MatchRunFilter:
    program: strawberry.ID | None = UNSET
    states: list[MatchRunState] | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: MatchRunFilter | None = UNSET,  # noqa: A002 the argument's public name
    order_by: MatchRunOrder | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class MatchRunQueries:
    match_run: MatchRun | None = strawberry.field(resolver=_one, description="One run.")
    match_runs: Connection[MatchRun] | None = strawberry.field(
        resolver=_many, description="The runs of the programmes you staff, in the order they were requested."
    )


async def runs_of_program(
    root: Any,
    info: Info,
    *,
    states: list[MatchRunState] | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def load_match_run(info: Info, key: UUID) -> MatchRun | None:
    found: MatchRun | None = await load(info, "MatchRun", key)
    return found
