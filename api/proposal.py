"""A proposal as the API shows it: who has been proposed to whom, why, and what they answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import Criterion, Mode, ProposalState, Side
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant
    from api.program import Program


@strawberry.type(description="One person in a proposal, and how they have answered.")
class ProposalMember:
    label: str = strawberry.field(
        description="Tells members apart where their names are not shown, such as `Mentee 3F2A`."
    )
    role: Side
    viewed_at: datetime | None
    accepted_at: datetime | None
    declined_at: datetime | None
    reason: str | None = strawberry.field(description="Why they declined; for them and for the staff.")
    for_good: bool | None = strawberry.field(
        description="Whether they never want this proposed again; for them and for the staff."
    )
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description="Null for the staff while the programme is reviewed blindly."
    )


@strawberry.type(description="What one criterion said of the two, 0 to 10,000.")
class ScorePart:
    criterion: Criterion
    score: int
    weight: int | None = strawberry.field(description="Of 10,000; for the staff.")
    key: strawberry.Private[str | None] = None


@strawberry.type(description="Somebody else who could have been proposed.")
class ProposalAlternative:
    score: int
    rank: int = strawberry.field(description="1 is the best of all that were eligible.")
    key: strawberry.Private[str]

    participant: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="How many people a rule kept out.")
class BarredCount:
    rule: str
    count: int
    key: strawberry.Private[str | None] = None


@strawberry.type(description="Why these people: in the numbers that were compared when it was made.")
class ProposalExplanation:
    engine: int = strawberry.field(description="The version of what computed it.")
    digest: str = strawberry.field(description="Names exactly what was read for it.")
    score: int = strawberry.field(description="Both sides' scores together, 0 to 10,000.")
    mentee_score: int | None
    mentor_score: int | None
    answered: int = strawberry.field(description="So many criteria could be told of these people ...")
    asked: int = strawberry.field(description="... of so many that count.")
    rank: int | None = strawberry.field(description="The mentor's place among all eligible; 1 is the best.")
    eligible: int | None = strawberry.field(description="How many mentors could have been proposed.")
    run: strawberry.ID | None = strawberry.field(description="The run that found it; for the staff.")
    key: strawberry.Private[str]

    parts: list[ScorePart] = strawberry.field(resolver=edges.edge)
    alternatives: list[ProposalAlternative] | None = strawberry.field(
        resolver=edges.edge, description="For mentees and staff."
    )
    barred: list[BarredCount] | None = strawberry.field(
        resolver=edges.edge, description="For mentees and staff."
    )


@strawberry.type(
    description="These people could form a relationship: it waits for acceptances and ends once."
)
class Proposal(Node):
    id: strawberry.ID
    relationship: str = strawberry.field(description="The id of the type of relationship.")
    mode: Mode
    state: ProposalState
    rank: int | None = strawberry.field(
        description="The place of a wish in its author's list; for them and for the staff."
    )
    score: int | None
    settings_version: int = strawberry.field(description="The version of the programme it was made under.")
    words: str | None = strawberry.field(description="What who made it has written to the others.")
    question: str | None = strawberry.field(description="What was asked last; for members and staff.")
    asked_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )
    members: list[ProposalMember] = strawberry.field(
        resolver=edges.edge, description="Mentors first; those who have declined are among them."
    )
    asked_by: ProposalMember | None = strawberry.field(resolver=edges.edge)
    answered_by: ProposalMember | None = strawberry.field(resolver=edges.edge)
    explanation: ProposalExplanation | None = strawberry.field(resolver=edges.edge)
    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge, description="What came of it."
    )
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class ProposalFilter:
    program: strawberry.ID | None = UNSET
    participant: strawberry.ID | None = strawberry.field(default=UNSET, description="A member.")
    states: list[ProposalState] | None = UNSET
    modes: list[Mode] | None = UNSET
    run: strawberry.ID | None = strawberry.field(default=UNSET, description="The run that found it.")


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: ProposalFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class ProposalQueries:
    proposal: Proposal | None = strawberry.field(resolver=_one, description="One proposal.")
    proposals: Connection[Proposal] | None = strawberry.field(
        resolver=_many, description="Your own, and those of the programmes you staff; the newest first."
    )


async def load_proposal(info: Info, key: UUID) -> Proposal | None:
    found: Proposal | None = await load(info, "Proposal", key)
    return found
