"""Relationships by the quarter in which they began, beside each other."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.accountability_settings import Metric
from domain.suppression import FEWEST, hidden, tellable
from projections.report_dashboard import METRIC_TITLES, share
from projections.report_relationships import MEASURED, TARGETS, TOTALS, Totals, targets
from projections.report_scope import Cut, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

Connection = psycopg.Connection[Any]

COHORTS_SQL: Final = f"""
WITH {MEASURED}
SELECT w.part, to_char(r.began_at AT TIME ZONE 'UTC', 'YYYY-"Q"Q') AS cohort, {TOTALS}
  FROM r LEFT JOIN {TARGETS} USING (settings_version)
 CROSS JOIN unnest(%(parts)s::boolean[]) AS w (part)
 WHERE NOT w.part OR r.mentorship_id IN (SELECT mentorship_id FROM chosen)
 GROUP BY 1, 2
"""  # noqa: S608 every part of it is written here
COLUMNS: Final = (
    Column("cohort", "Began in", Kind.TEXT),
    Column("relationships", "Relationships", Kind.COUNT, hides=True),
    Column("open_relationships", "Under way", Kind.COUNT, hides=True),
    Column("concluded", "Concluded", Kind.COUNT, hides=True),
    Column("ended_early", "Ended early", Kind.COUNT, hides=True),
    Column("early_closure", "Ended early, of those that ended", Kind.SHARE, hides=True),
    Column("health", "Health", Kind.SCORE, hides=True),
    Column("at_risk", "At risk", Kind.COUNT, hides=True),
    *(Column(str(metric), title, kind, hides=True) for metric, (title, kind) in METRIC_TITLES.items()),
)

Cohorts = Mapping[str, Totals]


def cohorts(connection: Connection, scope: Scope) -> Iterator[Row]:
    """All quarters of the whole are told as they are, but for what people said of each other; of a part's,
    only those that give no few away.
    """
    taken = cut(connection, scope)
    whole, part = _cohorts(connection, taken)
    gone = hidden({name: totals["n"] for name, totals in part.items()}) if scope.part else frozenset()
    for name, totals in sorted(part.items()):
        around = whole[name]
        told = not scope.part or (
            taken.relationships and name not in gone and tellable(totals["n"], around["n"])
        )
        yield _row(name, totals, around) if told else (name, *[SUPPRESSED] * (len(COLUMNS) - 1))


def _cohorts(connection: Connection, cut: Cut) -> tuple[Cohorts, Cohorts]:
    params = {**cut.sides, **targets(connection, cut.params)}
    found: dict[bool, dict[str, Totals]] = {False: {}, True: {}}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(COHORTS_SQL, params):
            found[row["part"]][row["cohort"]] = row
    return found[False], found[cut.scope.part]


def _row(name: str, t: Totals, around: Totals) -> Row:
    ended = t["concluded"] + t["ended_early"]
    return (
        name,
        t["n"],
        t["open"],
        t["concluded"],
        t["ended_early"],
        share(t["ended_early"], ended),
        t["health"],
        t["at_risk"],
        *(_mean(metric, t, around) for metric in METRIC_TITLES),
    )


def _mean(metric: Metric, t: Totals, around: Totals) -> Any:
    n, all_n = t[f"{metric}_n"], around[f"{metric}_n"]
    few = 0 < n < FEWEST if t is around else n and not tellable(n, all_n)
    private = metric is Metric.SATISFACTION
    if few and (private or t is not around):
        return SUPPRESSED
    return round(t[metric], 1) if private and n else t[metric]


COHORTS: Final = Report(
    "cohorts",
    "Cohorts",
    "Relationships by the quarter in which they began: how they do, and how many ended early.",
    COLUMNS,
    cohorts,
)
