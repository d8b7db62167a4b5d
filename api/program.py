"""A programme as the API shows it: its terms, staff, content, news and people."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enrollment import Enrollment
from api.enums import ProgramOrder, ProgramState, Side, StaffRole
from api.loading import load, resolve
from api.log import LogEntry
from api.match_run import MatchRun, runs_of_program
from api.relay import Connection, Node
from api.report import ProgramReports, reports_of_program
from api.scalars import Json, Position
from api.survey_results import SurveyResults, survey_results_of_program

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant
    from api.proposal import Proposal


@strawberry.type(description="How a programme is run, as it stands.")
class ProgramSettings:
    version: int
    relationship_types: Json
    enrollment: Json
    matching: Json
    plan: Json
    agreement: Json
    communications: Json
    accountability: Json
    key: strawberry.Private[str | None] = None


@strawberry.type(description="The terms as they once were; a running relationship keeps those it began with.")
class ProgramVersion:
    version: int
    settings: Json
    position: Position
    key: strawberry.Private[str | None] = None


@strawberry.type
class ProgramStaff:
    role: StaffRole
    assigned_at: datetime
    key: strawberry.Private[str]

    person: Annotated["Participant", strawberry.lazy("api.participant")] | None = strawberry.field(
        resolver=edges.edge
    )


@strawberry.type
class ProgramContent:
    content_id: UUID
    title: str
    url: str
    description: str | None
    added_at: datetime
    key: strawberry.Private[str | None] = None


@strawberry.type
class ProgramAnnouncement:
    announcement_id: UUID
    title: str
    body: str
    side: Side | None = strawberry.field(description="The side it is meant for; null is both.")
    made_at: datetime
    key: strawberry.Private[str | None] = None


@strawberry.type(description="A mentoring programme.")
class Program(Node):
    id: strawberry.ID
    name: str
    purpose: str | None
    state: ProgramState
    settings_version: int
    audience: Json = strawberry.field(description="Who can take part, by side.")
    drafted_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    wound_down_at: datetime | None
    archived_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    settings: ProgramSettings | None = strawberry.field(resolver=edges.edge)
    versions: list[ProgramVersion] | None = strawberry.field(resolver=edges.edge)
    staff: list[ProgramStaff] = strawberry.field(resolver=edges.edge)
    content: list[ProgramContent] = strawberry.field(resolver=edges.edge)
    announcements: list[ProgramAnnouncement] = strawberry.field(resolver=edges.edge)
    roster: Connection[Enrollment] | None = strawberry.field(
        resolver=edges.roster, description="Whoever is or was in it, as far as you may see."
    )
    waitlist: Connection[Enrollment] | None = strawberry.field(
        resolver=edges.waitlist, description="Who waits for a place; the first is next."
    )
    proposals: Connection[Annotated["Proposal", strawberry.lazy("api.proposal")]] | None = strawberry.field(
        resolver=edges.proposals, description="The newest first."
    )
    mentorships: Connection[Annotated["Mentorship", strawberry.lazy("api.mentorship")]] | None = (
        strawberry.field(resolver=edges.mentorships)
    )
    match_runs: Connection[MatchRun] | None = strawberry.field(
        resolver=runs_of_program, description="As its staff sees them, in the order they were requested."
    )
    reports: ProgramReports | None = strawberry.field(
        resolver=reports_of_program, description="What it came to, for those who read its reports."
    )
    survey_results: SurveyResults | None = strawberry.field(
        resolver=survey_results_of_program,
        description="What its surveys came to, of all relationships or of a part; for who reads its reports.",
    )
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.input(description="All conditions given must hold.")
class ProgramFilter:
    text: str | None = strawberry.field(default=UNSET, description="Stands in name or purpose.")
    states: list[ProgramState] | None = UNSET
    staff: strawberry.ID | None = strawberry.field(
        default=UNSET, description="A participant who is staff of it."
    )


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: ProgramFilter | None = UNSET,  # noqa: A002 the argument's public name
    order_by: ProgramOrder | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class ProgramQueries:
    program: Program | None = strawberry.field(resolver=_one, description="One programme.")
    programs: Connection[Program] | None = strawberry.field(
        resolver=_many, description="The programmes you may see, by name; a draft only its staff sees."
    )


async def load_program(info: Info, key: UUID) -> Program | None:
    found: Program | None = await load(info, "Program", key)
    return found
