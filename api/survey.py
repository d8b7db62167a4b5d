"""A survey as the API shows it: what is asked of one member, and what was answered."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import SurveyAnswerKind, SurveyKind, SurveyMeasure, SurveyState
from api.loading import load, resolve
from api.log import LogEntry
from api.meeting import Meeting
from api.relay import Connection, Node
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

ANSWERED = "For who answered, and whoever the programme trusts with surveys."


@strawberry.type(description="One question of a survey, and its answer.")
class SurveyQuestion:
    question: str = strawberry.field(description="Its id within the survey; answers name it.")
    text: str
    kind: SurveyAnswerKind
    measures: SurveyMeasure | None = strawberry.field(
        description="What the answer counts towards, if anything."
    )
    required: bool
    choices: list[str] = strawberry.field(description="For a question of kind CHOICE.")
    rating: int | None = strawberry.field(description=f"1 to 5, or a score from 0 to 10. {ANSWERED}")
    choice: str | None = strawberry.field(description=ANSWERED)
    words: str | None = strawberry.field(description=ANSWERED)
    key: strawberry.Private[str | None] = None


@strawberry.type(description="What one member of a relationship is asked about it at one time.")
class Survey(Node):
    id: strawberry.ID
    kind: SurveyKind
    state: SurveyState | None = strawberry.field(description="Null for who had left before it changed.")
    due: date = strawberry.field(description="The last day on which it can be answered.")
    asked_at: datetime
    answered_at: datetime | None
    lapsed_at: datetime | None = strawberry.field(description="When its last day was over.")
    version: int
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    asked_of: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )
    meeting: Meeting | None = strawberry.field(
        resolver=edges.edge, description="Which it is about, where it was asked after one."
    )
    questions: list[SurveyQuestion] = strawberry.field(resolver=edges.edge)
    log: Connection[LogEntry] | None = edges.log_field()


async def surveys_of_mentorship(
    root: Any,
    info: Info,
    *,
    kinds: list[SurveyKind] | None = UNSET,
    asked_of: strawberry.ID | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


@strawberry.type
class SurveyQueries:
    survey: Survey | None = strawberry.field(resolver=_one, description="One survey.")


async def load_survey(info: Info, key: UUID) -> Survey | None:
    found: Survey | None = await load(info, "Survey", key)
    return found
