"""Relationships as they were measured at a moment: each with all its figures, and all of them together."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from domain.accountability_settings import AccountabilitySettings, Metric, Target
from projections.measured import measured
from projections.report_accuracy import FORETOLD, JUDGED
from projections.report_satisfaction import SAID, settled
from projections.report_scope import CHOSEN, Cut, Params
from projections.settled import together

Connection = psycopg.Connection[Any]

AS_OF: Final = "%(as_of)s::timestamptz"
OF_PROGRAM: Final = "m.program_id = %(program)s"
ACTIVE_DAYS: Final = 30
"""A relationship in which something happened in so many days is active."""

VERSIONS: Final = """
SELECT settings_version, settings -> 'accountability' AS accountability FROM program_versions
 WHERE program_id = %(program)s ORDER BY settings_version
"""
_REACHED: Final[Mapping[Metric, str]] = {
    Metric.RESPONSE_TIME: "r.response_time <= t.response_time",
    Metric.GOAL_PROGRESS: "r.goal_progress >= least(1, t.goal_progress * 2 * r.elapsed)",
}


def _of_metric(metric: Metric) -> str:
    """Counted where the terms of the relationship measure it."""
    private = metric is Metric.SATISFACTION
    value, target = ("said.value", "said.target") if private else (f"r.{metric}", f"t.{metric}")
    known = f"WHERE {value} IS NOT NULL AND {target} IS NOT NULL"
    reached = _REACHED.get(metric, f"{value} >= {target}")
    return (
        f"avg({value}) FILTER ({known}) AS {metric}, (count(*) FILTER ({known}))::int AS {metric}_n,"
        f" (count(*) FILTER ({known} AND {reached}))::int AS {metric}_reached,"
        f" (count(*) FILTER ({known} AND {target} > 0))::int AS {metric}_aimed"
    )


OPEN: Final = "r.state IN ('running', 'paused')"
TOTALS: Final = f"""
count(*)::int AS n,
(count(*) FILTER (WHERE {OPEN}))::int AS open,
(count(*) FILTER (WHERE r.state = 'running'))::int AS running,
(count(*) FILTER (WHERE r.state = 'running'
    AND r.last_activity_at >= %(as_of)s::timestamptz - make_interval(days => {ACTIVE_DAYS})))::int AS active,
(count(*) FILTER (WHERE r.state = 'concluded'))::int AS concluded,
(count(*) FILTER (WHERE r.state = 'ended_early'))::int AS ended_early,
coalesce(sum(r.held), 0)::int AS held,
coalesce(sum(r.minutes), 0)::float8 / 60 AS hours,
coalesce(sum(r.goals), 0)::int AS goals,
coalesce(sum(r.goals_achieved), 0)::int AS goals_achieved,
avg(r.health) FILTER (WHERE {OPEN})::float8 AS health,
(count(r.health) FILTER (WHERE {OPEN}))::int AS health_n,
(count(*) FILTER (WHERE {OPEN} AND r.verdict = 'at_risk'))::int AS at_risk,
(count(*) FILTER (WHERE {OPEN} AND r.verdict = 'needs_check_in'))::int AS needs_check_in,
(count(*) FILTER (WHERE {OPEN} AND r.verdict = 'on_track'))::int AS on_track,
(count(*) FILTER (WHERE {OPEN} AND r.verdict = 'too_early'))::int AS too_early,
{", ".join(map(_of_metric, Metric))}
"""
TARGETS: Final = (
    "unnest(%(versions)s::int[], "
    + ", ".join(f"%(target_{metric})s::float8[]" for metric in Metric)
    + f") AS t (settings_version, {', '.join(Metric)})"
)
MEASURED: Final = f"r AS MATERIALIZED ({together(AS_OF, OF_PROGRAM)}), chosen AS ({CHOSEN}), {SAID}"
AIMED: Final = f"r LEFT JOIN {TARGETS} USING (settings_version) LEFT JOIN said USING (mentorship_id)"
TOGETHER: Final = f"""
WITH {MEASURED}, {FORETOLD}
SELECT w.part, {TOTALS}, {JUDGED}
  FROM {AIMED} LEFT JOIN foretold USING (mentorship_id)
 CROSS JOIN unnest(%(parts)s::boolean[]) AS w (part)
 WHERE NOT w.part OR r.mentorship_id IN (SELECT mentorship_id FROM chosen)
 GROUP BY w.part
"""  # noqa: S608 every part of it is written here

Totals = Mapping[str, Any]


NOTHING: Final[Totals] = {
    **dict.fromkeys(
        (
            "n", "open", "running", "active", "concluded", "ended_early", "held", "goals", "goals_achieved",
            "health_n", "at_risk", "needs_check_in", "on_track", "too_early", "warned", "failed",
            "failed_warned", "judged", "judged_too_early",
        ),
        0,
    ),
    "hours": 0.0,
    "health": None,
    **dict.fromkeys(Metric, None),
    **{f"{metric}_{what}": 0 for metric in Metric for what in ("n", "reached", "aimed")},
}  # fmt: skip


def totals_of(connection: Connection, cut: Cut, params: Params) -> tuple[Totals, Totals]:
    """Of all relationships of the programme, and of those that the scope takes; `params` are from `aimed`."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = {row.pop("part"): row for row in cursor.execute(TOGETHER, params)}
    whole = found.get(False, NOTHING)
    return whole, found.get(True, NOTHING) if cut.scope.part else whole


def aims_of(connection: Connection, params: Params) -> Mapping[int, tuple[Target, ...]]:
    """What is measured under each version of the programme's terms."""
    return {
        version: AccountabilitySettings.model_validate(stored).measured()
        for version, stored in connection.execute(VERSIONS, params)
    }


def targets(connection: Connection, params: Params) -> Params:
    """The same as parameters: of each metric a list, in the order of the versions."""
    aims = aims_of(connection, params)
    held = [{target.metric: target.target for target in aim} for aim in aims.values()]
    return {
        "versions": list(aims),
        **{f"target_{metric}": [aim.get(metric) for aim in held] for metric in Metric},
    }


def aimed(connection: Connection, cut: Cut, *, by_quarter: bool) -> Params:
    """The parameters of MEASURED and AIMED."""
    aims = targets(connection, cut.params)
    return {**cut.sides, **aims, **settled(connection, cut, by_quarter=by_quarter)}


# So many of the relationships that the scope takes, in the order of their ids.
_PAGE: Final = """
SELECT mentorship_id FROM chosen
 WHERE %(after)s::uuid IS NULL OR mentorship_id > %(after)s::uuid ORDER BY 1 LIMIT %(limit)s
"""
_ON_PAGE: Final = measured(AS_OF, "m.mentorship_id IN (SELECT mentorship_id FROM page)")

EACH_SQL: Final = f"""
WITH chosen AS ({CHOSEN}), page AS ({_PAGE}), r AS ({_ON_PAGE})
SELECT {{select}} FROM r WHERE {{where}} ORDER BY r.mentorship_id
"""  # noqa: S608 every part of it is written here


def each(
    connection: Connection,
    cut: Cut,
    select: str,
    where: str = "true",
    *,
    after: UUID | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Of each relationship that the scope takes, what `select` says of `r`; a few at a time."""
    statement = EACH_SQL.format(select=select, where=where)
    with connection.transaction(), connection.cursor("relationships", row_factory=dict_row) as cursor:
        cursor.execute(statement, {**cut.params, "after": after, "limit": limit})
        yield from cursor
