"""A programme's reports: each as of a moment, of the whole or of a part, beside an earlier moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import orjson
import psycopg
import strawberry
from strawberry import UNSET

from api import report_rows as rows
from api.arguments import LONGEST_PAGE, PAGE
from api.context import Context, Info
from api.program_staff import staff_of
from api.refusals import Problem
from api.relay import Connection, Edge, PageInfo
from domain.accountability import FORMULA_VERSION
from domain.ids import ProgramId
from domain.permissions import Action, Thing, may
from domain.program import PROGRAM
from domain.refusal import Refusal
from projections import report_lists
from projections.report_asked import NAMES, Asked, asked, snapshot
from projections.report_cohorts import COHORTS
from projections.report_dashboard import figures
from projections.report_equity import equity_of
from projections.report_figures import Beside
from projections.report_funnel import FUNNEL
from projections.report_hours import HOURS
from projections.report_learning import LEARNING
from projections.report_mentors import MENTORS
from projections.reporting import Report, Scope

Line = TypeVar("Line")
Given = Mapping[str, Any]
Read = Callable[[psycopg.Connection[Any], Scope], Any]


@strawberry.type(description="The key figures of a programme.")
class Dashboard:
    as_of: datetime
    health_formula_version: int
    figures: list[rows.ReportFigure]


@strawberry.type(name="Report", description="A report as of a moment, and what it said as of compareTo.")
class ReportOf(Generic[Line]):
    as_of: datetime
    rows: list[Line]
    before: list[Line] | None = strawberry.field(description="Null without compareTo.")


async def _dashboard(root: Any, info: Info, given: Given) -> Dashboard:
    wanted, (now, *before) = await _read(root, info, given, figures)
    pairs = [Beside(figure, None) for figure in now]
    if before:
        pairs = [Beside(figure, was.value) for figure, was in zip(now, before[0], strict=True)]
    return Dashboard(
        as_of=wanted.scope.as_of,
        health_formula_version=FORMULA_VERSION,
        figures=[rows.figure(pair) for pair in pairs],
    )


def _report(type_: Any, report: Report) -> Any:
    """What answers with the rows of the report, each as a line of this type."""

    def made(connection: psycopg.Connection[Any], scope: Scope) -> list[Any]:
        return [rows.line(type_, report, row) for row in report.rows(connection, scope)]

    async def answer(root: Any, info: Info, given: Given) -> ReportOf[Any]:
        return _beside(*await _read(root, info, given, made))

    return answer


def _equity(questions: int) -> Any:
    def made(connection: psycopg.Connection[Any], scope: Scope) -> list[Any]:
        return [rows.equity_group(group) for group in equity_of(connection, scope, questions)]

    async def answer(root: Any, info: Info, given: Given) -> ReportOf[rows.EquityGroup]:
        return _beside(*await _read(root, info, given, made))

    return answer


def _beside(wanted: Asked, found: Sequence[list[Any]]) -> ReportOf[Any]:
    now, *before = found
    return ReportOf(as_of=wanted.scope.as_of, rows=now, before=before[0] if before else None)


async def _at_risk(root: Any, info: Info, given: Given) -> Connection[rows.RelationshipAtRisk]:
    page = _Page.of(info.context, "at risk", given)
    readings = report_lists.worries, _by_id(report_lists.relationships)
    _, [found, *before] = await _read(root, info, given, *readings)
    was = before[0] if before else {}
    return page.cut([(str(one.mentorship), rows.at_risk(one, was.get(one.mentorship, {}))) for one in found])


async def _mentor_load(root: Any, info: Info, given: Given) -> Connection[rows.MentorLoad]:
    page = _Page.of(info.context, "mentor load", given)
    _, [found, *before] = await _read(root, info, given, lambda c, scope: list(MENTORS.rows(c, scope)))
    was = {row[0]: row for row in before[0]} if before else {}
    return page.cut([(str(row[0]), rows.mentor_load(MENTORS, row, was.get(row[0]))) for row in found])


async def _relationships(root: Any, info: Info, given: Given) -> Connection[rows.RelationshipFigures]:
    page = _Page.of(info.context, "relationships", given)

    def made(connection: psycopg.Connection[Any], scope: Scope) -> list[Any]:
        after, limit = UUID(page.after) if page.after else None, page.size + 1
        return list(report_lists.relationships(connection, scope, after=after, limit=limit))

    async def count(_: Any) -> int:
        _, [[number], *_] = await _read(root, info, given, report_lists.counted)
        return int(number)

    def earlier(connection: psycopg.Connection[Any], scope: Scope) -> Any:
        after = UUID(page.after) if page.after else None
        return report_lists.relationships(connection, scope, after=after)

    _, [found, *before] = await _read(root, info, given, made, _by_id(earlier))
    was = before[0] if before else {}
    keyed = [(id_, rows.relationship(one, was.get(id_))) for one in found if (id_ := one["mentorship_id"])]
    return page.connection([(str(id_), line) for id_, line in keyed], count)


def _by_id(read: Callable[[psycopg.Connection[Any], Scope], Iterable[Mapping[str, Any]]]) -> Read:
    return lambda connection, scope: {one["mentorship_id"]: one for one in read(connection, scope)}


@dataclass(frozen=True, slots=True)
class _Page:
    """So many after the one whose key the cursor holds; `name` is the list that the cursor is of."""

    context: Context
    name: str
    size: int
    after: str | None

    @classmethod
    def of(cls, context: Context, name: str, given: Given) -> "_Page":
        size = PAGE if given.get("first") is None else given["first"]
        if not 0 <= size <= LONGEST_PAGE:
            raise Problem("BAD_PAGE", f"A page holds 0 to {LONGEST_PAGE} items.")
        sealed = given.get("after")
        return cls(context, name, size, context.cursors.open(name, sealed)[0] if sealed is not None else None)

    def cut(self, every: Sequence[tuple[str, Any]]) -> Connection[Any]:
        """Of a list that is there as a whole. Who is no longer in it was the last one before its end."""
        keys = [key for key, _ in every]
        start = 0 if self.after is None else keys.index(self.after) + 1 if self.after in keys else len(keys)

        async def count(_: Any) -> int:
            return len(every)

        return self.connection(every[start : start + self.size + 1], count)

    def connection(self, found: Sequence[tuple[str, Any]], count: Any) -> Connection[Any]:
        """`found` has one more than the page where there are more."""
        edges = [Edge(node=node, cursor=self._cursor(key)) for key, node in found[: self.size]]
        info = PageInfo(
            has_next_page=len(found) > self.size,
            has_previous_page=self.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return Connection(edges=edges, nodes=[edge.node for edge in edges], page_info=info, count=count)

    def _cursor(self, key: str) -> str:
        return self.context.cursors.seal(self.name.encode(), orjson.dumps([key])).decode()


async def _read(
    root: Any, info: Info, given: Given, made: Read, before: Read | None = None
) -> tuple[Asked, list[Any]]:
    """What is made of the moment asked for, and of the one it is compared with, in one view of the log.

    `before` makes the second where it is made in another way.
    """
    try:
        wanted = asked(root.program, _as_text(given), info.context.now())
        readings = made, before or made
        return wanted, await info.context.in_thread(lambda _, connection: _made(connection, wanted, readings))
    except Refusal as refusal:
        raise Problem(refusal.code, refusal.sentence) from None


def _made(connection: psycopg.Connection[Any], wanted: Asked, readings: Sequence[Read]) -> list[Any]:
    with snapshot(connection, STATEMENT_SECONDS):
        return [made(connection, scope) for made, scope in zip(readings, wanted.scopes, strict=False)]


def _as_text(given: Given) -> dict[str, str]:
    said = {name: one for name, one in given.items() if name in NAMES and one not in (None, UNSET)}
    return {name: one if isinstance(one, str) else one.isoformat() for name, one in said.items()}


def _field(answer: Any, type_: Any, description: str) -> Any:
    """A report that is told as a whole, for those who read reports."""

    async def resolve(
        root: Any,
        info: Info,
        *,
        as_of: datetime | None = UNSET,
        compare_to: datetime | None = UNSET,
        since: datetime | None = UNSET,
        department: str | None = UNSET,
        location: str | None = UNSET,
        began_from: date | None = UNSET,
        began_until: date | None = UNSET,
    ) -> Any:
        root.permit(Action.SEE_REPORTS)
        asked_ = (as_of, compare_to, since, department, location, began_from, began_until)
        return await answer(root, info, dict(zip(ASKED, asked_, strict=True)))

    return strawberry.field(resolver=resolve, graphql_type=type_ | None, description=description)


def _list(answer: Any, type_: Any, description: str, action: Action = Action.SEE_REPORTS) -> Any:
    """A report that can be long, and so is told page by page."""

    async def resolve(
        root: Any,
        info: Info,
        *,
        as_of: datetime | None = UNSET,
        compare_to: datetime | None = UNSET,
        since: datetime | None = UNSET,
        department: str | None = UNSET,
        location: str | None = UNSET,
        began_from: date | None = UNSET,
        began_until: date | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> Any:
        root.permit(action)
        asked_ = (as_of, compare_to, since, department, location, began_from, began_until)
        given = dict(zip(ASKED, asked_, strict=True))
        return await answer(
            root, info, {**given, "first": None if first is UNSET else first, "after": after or None}
        )

    return strawberry.field(resolver=resolve, graphql_type=type_ | None, description=description)


STATEMENT_SECONDS: Final = 10
"""A client waits for what it asks here; what takes longer is had as a file."""
ASKED: Final = ("as_of", "compare_to", "since", "department", "location", "began_from", "began_until")


@strawberry.type(
    description="What a programme came to, as of any moment (now, if you say none). A part is told of only"
    " where no sum and no difference of what is told singles out fewer than five; relationships are of the"
    " department and location of their mentees (an empty text: of none), and began in whole quarters. A"
    " period begins at `since`."
)
class ProgramReports:
    program: strawberry.Private[ProgramId]
    allowed: strawberry.Private[frozenset[Action]]

    dashboard: Dashboard | None = _field(_dashboard, Dashboard, "The key figures.")
    funnel: ReportOf[rows.FunnelStage] | None = _field(
        _report(rows.FunnelStage, FUNNEL), ReportOf[rows.FunnelStage], "How far people have come."
    )
    cohorts: ReportOf[rows.CohortFigures] | None = _field(
        _report(rows.CohortFigures, COHORTS),
        ReportOf[rows.CohortFigures],
        "Relationships by the quarter in which they began.",
    )
    equity: ReportOf[rows.EquityGroup] | None = _field(
        _equity(1), ReportOf[rows.EquityGroup], "How mentees fare by what they say of themselves."
    )
    equity_crossed: ReportOf[rows.EquityGroup] | None = _field(
        _equity(2), ReportOf[rows.EquityGroup], "The same by two answers at once."
    )
    learning: ReportOf[rows.LearningFigures] | None = _field(
        _report(rows.LearningFigures, LEARNING),
        ReportOf[rows.LearningFigures],
        "Assignments, documents, questions and the library: first all, then by topic.",
    )
    hours: ReportOf[rows.MonthOfHours] | None = _field(
        _report(rows.MonthOfHours, HOURS), ReportOf[rows.MonthOfHours], "Meetings and hours, month by month."
    )
    mentor_load: Connection[rows.MentorLoad] | None = _list(
        _mentor_load, Connection[rows.MentorLoad], "What each mentor carries; the busiest first."
    )
    at_risk: Connection[rows.RelationshipAtRisk] | None = _list(
        _at_risk,
        Connection[rows.RelationshipAtRisk],
        "Relationships that need a look, the poorest health first; for facilitators, too.",
        Action.SEE_HEALTH,
    )
    relationships: Connection[rows.RelationshipFigures] | None = _list(
        _relationships, Connection[rows.RelationshipFigures], "Every relationship with its figures."
    )

    def permit(self, action: Action) -> None:
        if action not in self.allowed:
            raise Problem("FORBIDDEN", "You are not allowed to read this.")


async def reports_of_program(root: Any, info: Info) -> ProgramReports:
    """Who may read none of them is told so here already."""
    program = ProgramId(UUID(root.key))
    state = (await info.context.store.load_async(PROGRAM.stream(program))).state
    thing = Thing(None, program, staff_of(state))
    actions = (Action.SEE_REPORTS, Action.SEE_HEALTH)
    allowed = frozenset(action for action in actions if may(info.context.actor, action, thing))
    if not allowed:
        raise Problem("FORBIDDEN", "You are not allowed to read this.")
    return ProgramReports(program=program, allowed=allowed)
