"""What a relationship's people agree on, reach and say of it, as the API shows it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api import edges
from api.enums import GoalState
from api.relay import Connection
from api.scalars import Json

if TYPE_CHECKING:
    from api.participant import Participant

WORDS = "For whom the programme's confidentiality policy names."


@strawberry.type(description="Who has signed which version of the agreement.")
class AgreementSignature:
    version: int
    signed_at: datetime
    key: strawberry.Private[str]

    by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="What the members promise each other, as the version they keep has it.")
class MentorshipAgreement:
    text: str
    required: bool = strawberry.field(description="Until all have signed, no session counts.")
    version: int = strawberry.field(description="The programme's version whose text this is.")
    complete: bool = strawberry.field(description="Whether everybody who is in it has signed this version.")
    key: strawberry.Private[str]

    signatures: list[AgreementSignature] = strawberry.field(resolver=edges.edge)


@strawberry.type(description="One step towards a goal, or its end.")
class GoalStep:
    at: datetime
    state: GoalState = strawberry.field(description="What the goal was after it.")
    percent: int | None = strawberry.field(description="Null where it was dropped.")
    note: str | None = strawberry.field(description=WORDS)
    key: strawberry.Private[str]

    by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(
    description="What somebody in a relationship wants to reach. What changed after you left is null."
)
class Goal:
    goal_id: UUID
    text: str | None = strawberry.field(description=WORDS)
    competency: str | None = strawberry.field(description=WORDS)
    due: date | None
    state: GoalState | None
    percent: int | None
    set_at: datetime
    changed_at: datetime | None = strawberry.field(description="When state and percent became so.")
    ended_at: datetime | None
    key: strawberry.Private[str]

    set_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )
    steps: Connection[GoalStep] | None = strawberry.field(
        resolver=edges.page, description="How it came there, in order."
    )


@strawberry.type(description="A milestone of the plan that the relationship keeps.")
class MentorshipMilestone:
    milestone: str
    title: str
    description: str | None
    due: date = strawberry.field(description="Paused days are not counted.")
    reached_at: datetime | None
    key: strawberry.Private[str]

    reached_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(description="What somebody said of how it goes.")
class CheckIn:
    at: datetime
    ratings: Json | None = strawberry.field(description=f"1 to 5, by what is rated. {WORDS}")
    comment: str | None = strawberry.field(description=WORDS)
    key: strawberry.Private[str]

    by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type(
    description="Something that troubles somebody. Other members see only what is not confidential."
)
class Concern:
    concern_id: UUID
    confidential: bool
    text: str | None = strawberry.field(description=WORDS)
    raised_at: datetime
    settled_at: datetime | None
    note: str | None = strawberry.field(description=f"How it was settled. {WORDS}")
    key: strawberry.Private[str]

    raised_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description=WORDS
    )
    settled_by: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge, description=WORDS
    )
