"""Relationships by the quarter in which they began, beside each other."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.accountability_settings import Metric
from domain.suppression import hidden, tellable
from projections.report_dashboard import METRIC_TITLES, share
from projections.report_relationships import AIMED, MEASURED, TOTALS, Totals, aimed
from projections.report_satisfaction import saying
from projections.report_scope import Cut, Params, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope

Connection = psycopg.Connection[Any]

COHORTS_SQL: Final = f"""
WITH {MEASURED}
SELECT w.part, to_char(r.began_at AT TIME ZONE 'UTC', 'YYYY-"Q"Q') AS cohort, {TOTALS}
  FROM {AIMED}
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
SAID: Final = f"{Metric.SATISFACTION}_n"


def cohorts(connection: Connection, scope: Scope) -> Iterator[Row]:
    """All quarters of the whole are told as they are, but for what people said of each other; of a part's,
    only those that give no few away.
    """
    taken = cut(connection, scope)
    params = aimed(connection, taken, by_quarter=True)
    whole, part = _cohorts(connection, scope, params)
    told = _told(taken, whole, part)
    said = _said(connection, taken, params, part)
    for name, totals in sorted(part.items()):
        if name in told:
            yield _row(name, totals, whole[name], said=name in said)
        else:
            yield (name, *[SUPPRESSED] * (len(COLUMNS) - 1))


def _told(taken: Cut, whole: Cohorts, part: Cohorts) -> frozenset[str]:
    if not taken.scope.part:
        return frozenset(part)
    gone = hidden({name: totals["n"] for name, totals in part.items()})
    return frozenset(
        name
        for name, totals in part.items()
        if taken.relationships
        and name not in gone
        and tellable(totals["n"], whole[name]["n"])
        and taken.whole.tells(taken.began_in(name))
    )


def _said(connection: Connection, taken: Cut, params: Params, part: Cohorts) -> frozenset[str]:
    """Those of whose satisfaction enough people have told, and which give none of the others away."""
    sizes = {name: totals[SAID] for name, totals in part.items() if totals[SAID]}
    enough = sizes.keys() - hidden(sizes)
    if not taken.scope.part:
        return frozenset(enough)
    known = saying(connection, params)
    return frozenset(name for name in enough if known.tells(taken.began_in(name)))


def _cohorts(connection: Connection, scope: Scope, params: Params) -> tuple[Cohorts, Cohorts]:
    found: dict[bool, dict[str, Totals]] = {False: {}, True: {}}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(COHORTS_SQL, params):
            found[row["part"]][row["cohort"]] = row
    return found[False], found[scope.part]


def _row(name: str, t: Totals, around: Totals, *, said: bool) -> Row:
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
        *(_mean(metric, t, around, said=said) for metric in METRIC_TITLES),
    )


def _mean(metric: Metric, t: Totals, around: Totals, *, said: bool) -> Any:
    n, private = t[f"{metric}_n"], metric is Metric.SATISFACTION
    shown = (said or not private) and (t is around or tellable(n, around[f"{metric}_n"]))
    if n and not shown:
        return SUPPRESSED
    return round(t[metric], 1) if private and n else t[metric]


COHORTS: Final = Report(
    "cohorts",
    "Cohorts",
    "Relationships by the quarter in which they began: how they do, and how many ended early.",
    COLUMNS,
    cohorts,
)
