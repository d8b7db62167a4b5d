"""Relationships one by one: those that need somebody's look, and all with every figure, for analysts.

What one or two people answered in surveys is theirs: satisfaction is in neither list.
"""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from domain.accountability_settings import Metric
from projections.report_dashboard import METRIC_TITLES
from projections.report_relationships import OPEN, each
from projections.report_scope import cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

Connection = psycopg.Connection[Any]

_WORRYING: Final = f"{OPEN} AND r.verdict IN ('at_risk', 'needs_check_in')"
_MEMBERS: Final = """
(SELECT coalesce(array_agg(e.participant_id ORDER BY e.number), '{{}}') FROM mentorship_members e
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
_PRIVATE: Final = len(_PLAIN) + list(METRIC_TITLES).index(Metric.SATISFACTION)
_SELECT: Final = ", ".join(f"r.{column.name}" for column in (*_PLAIN, *_METRICS))


def _relationships(connection: Connection, scope: Scope) -> Iterator[Row]:
    for row in each(connection, cut(connection, scope), _SELECT):
        yield (*row[:_PRIVATE], SUPPRESSED if row[_PRIVATE] is not None else None, *row[_PRIVATE + 1 :])


RELATIONSHIPS: Final = Report(
    "relationships",
    "Relationships",
    "Every relationship with all that is measured of it.",
    (*_PLAIN, *_METRICS),
    _relationships,
)
