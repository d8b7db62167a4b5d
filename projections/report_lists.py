"""Relationships one by one: those that need somebody's look, and all with every figure, for analysts.

What one or two people answered in surveys is theirs: satisfaction is in neither list, and health is told
without it, as it could be reckoned from the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg

from domain.accountability import Verdict, health, part
from domain.accountability_settings import Metric, Target
from projections.report_dashboard import METRIC_TITLES
from projections.report_reasons import reasons
from projections.report_relationships import OPEN, aims_of, each
from projections.report_scope import CHOSEN, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

Connection = psycopg.Connection[Any]

_WORRYING: Final = frozenset({Verdict.AT_RISK, Verdict.NEEDS_CHECK_IN})
_MAYBE: Final = f"{OPEN} AND (r.verdict IN ('at_risk', 'needs_check_in') OR r.satisfaction IS NOT NULL)"
_MEMBERS: Final = """
(SELECT coalesce(array_agg(e.participant_id ORDER BY e.number), '{}'::uuid[]) FROM mentorship_members e
  WHERE e.mentorship_id = r.mentorship_id AND e.joined_at <= %(as_of)s
    AND (e.left_at IS NULL OR e.left_at > %(as_of)s))
"""

_PLAIN: Final = (
    Column("mentorship_id", "Relationship", Kind.ID),
    Column("settings_version", "Version of the terms", Kind.COUNT),
    Column("kind", "Kind", Kind.TEXT),
    Column("state", "State", Kind.TEXT),
    Column("began_at", "Began", Kind.MOMENT),
    Column("planned_end", "Planned end", Kind.DATE),
    Column("ended_at", "Ended", Kind.MOMENT),
    Column("outcome", "Outcome", Kind.TEXT),
    Column("end_reason", "Reason of the end", Kind.TEXT),
    Column("active_days", "Days, pauses not counted", Kind.DAYS),
    Column("cadence_days", "Days from meeting to meeting", Kind.COUNT),
    Column("members", "Members", Kind.COUNT),
    Column("held", "Meetings held", Kind.COUNT),
    Column("missed", "Meetings missed", Kind.COUNT),
    Column("late_cancelled", "Cancelled late", Kind.COUNT),
    Column("expected", "Meetings expected", Kind.COUNT),
    Column("check_ins", "Check-ins given", Kind.COUNT),
    Column("check_ins_due", "Check-ins due", Kind.COUNT),
    Column("goals", "Goals", Kind.COUNT),
    Column("goals_achieved", "Goals achieved", Kind.COUNT),
    Column("milestones_due", "Milestones due", Kind.COUNT),
    Column("milestones_on_time_count", "Milestones in time", Kind.COUNT),
    Column("assignments_due", "Assignments due", Kind.COUNT),
    Column("assignments_completed", "Assignments completed", Kind.COUNT),
    Column("replies", "Replies", Kind.COUNT),
    Column("last_activity_at", "Last activity", Kind.MOMENT),
    Column("health", "Health", Kind.COUNT),
    Column("verdict", "Verdict", Kind.TEXT),
)
_METRICS: Final = tuple(
    Column(str(metric), title, kind, hides=metric is Metric.SATISFACTION)
    for metric, (title, kind) in METRIC_TITLES.items()
)
COUNTED: Final = f"SELECT count(*)::int FROM ({CHOSEN}) c"  # noqa: S608 every part of it is written here
_SELECT: Final = ", ".join(f"r.{column.name}" for column in (*_PLAIN, *_METRICS))


def relationships(
    connection: Connection, scope: Scope, *, after: UUID | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """By their ids, so that a page goes on after the last one of the page before."""
    taken = cut(connection, scope)
    aims = aims_of(connection, taken.params)
    for row in each(connection, taken, f"{_SELECT}, r.elapsed", after=after, limit=limit):
        known = row[Metric.SATISFACTION] is not None
        told = dict(_unsaid(row, aims.get(row["settings_version"], ())))
        del told["elapsed"]
        yield {**told, Metric.SATISFACTION: SUPPRESSED if known else None}


def _unsaid(row: dict[str, Any], aims: Sequence[Target]) -> dict[str, Any]:
    """With health as it is without satisfaction."""
    if row[Metric.SATISFACTION] is None:
        return row
    of_others = [
        part(target, row[target.metric], row["elapsed"])
        for target in aims
        if target.metric is not Metric.SATISFACTION and row[target.metric] is not None
    ]
    found = health(of_others, row["active_days"])
    return {**row, "health": found.score, "verdict": str(found.verdict)}


def counted(connection: Connection, scope: Scope) -> list[int]:
    """How many they are."""
    params = cut(connection, scope).params
    return [number for (number,) in connection.execute(COUNTED, params)]


def _relationships(connection: Connection, scope: Scope) -> Iterator[Row]:
    return (tuple(row.values()) for row in relationships(connection, scope))


@dataclass(frozen=True, slots=True)
class Worry:
    """A relationship that needs somebody's look, and why."""

    mentorship: UUID
    members: tuple[UUID, ...]
    verdict: str
    health: int
    days_since_activity: float
    reasons: tuple[str, ...]

    @property
    def row(self) -> Row:
        members, reasons = " ".join(map(str, self.members)), " ".join(self.reasons)
        return (self.mentorship, members, self.verdict, self.health, self.days_since_activity, reasons)


def worries(connection: Connection, scope: Scope) -> list[Worry]:
    """Those with the poorest health first."""
    taken = cut(connection, scope)
    aims = aims_of(connection, taken.params)
    found = each(connection, taken, f"r.*, {_MEMBERS} AS people", _MAYBE)
    maybe = (_worry(row, aims.get(row["settings_version"], ()), scope) for row in found)
    told = [one for one in maybe if one.verdict in _WORRYING]
    return sorted(told, key=lambda one: (one.health, one.mentorship))


def _worry(row: dict[str, Any], aims: Sequence[Target], scope: Scope) -> Worry:
    row = _unsaid(row, aims)
    return Worry(
        row["mentorship_id"],
        tuple(row["people"]),
        row["verdict"],
        row["health"],
        (scope.as_of - row["last_activity_at"]).total_seconds() / 86400,
        tuple(reasons(row, aims)),
    )


def _worries(connection: Connection, scope: Scope) -> Iterator[Row]:
    return (one.row for one in worries(connection, scope))


RELATIONSHIPS: Final = Report(
    "relationships",
    "Relationships",
    "Every relationship with all that is measured of it.",
    (*_PLAIN, *_METRICS),
    _relationships,
)
AT_RISK: Final = Report(
    "at_risk",
    "Relationships at risk",
    "Relationships that need somebody's look, and why; the poorest health first.",
    (
        Column("mentorship_id", "Relationship", Kind.ID),
        Column("members", "Members", Kind.TEXT),
        Column("verdict", "Verdict", Kind.TEXT),
        Column("health", "Health", Kind.COUNT),
        Column("days_since_activity", "Days since the last activity", Kind.DAYS),
        Column("reasons", "Why", Kind.TEXT),
    ),
    _worries,
)
