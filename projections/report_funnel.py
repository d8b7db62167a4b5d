"""How far people come: who could take part, who was let in, was matched, met, and brought it to an end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.suppression import tellable
from projections.report_people import SIDES, common
from projections.report_relationships import AS_OF, OF_PROGRAM
from projections.report_scope import Cut, cut
from projections.reporting import SUPPRESSED, Column, Kind, Report, Row, Scope
from projections.settled import together

Connection = psycopg.Connection[Any]

STAGES: Final[Mapping[str, tuple[str, str | None]]] = {
    "eligible": ("Could take part", None),
    "invited": ("Were invited", "eligible"),
    "applied": ("Applied", "eligible"),
    "enrolled": ("Were let in", "applied"),
    "matched": ("Were matched", "enrolled"),
    "active": ("Met", "matched"),
    "concluded": ("Brought a relationship to its end", "matched"),
    "ended_early": ("Had a relationship end early", "matched"),
}
"""Each with its title and the stage it is a share of: not everybody is invited, and not all who end met."""

_BEYOND: Final = " AND d.{stage}_at IS NOT NULL"
_COUNTS: Final = ", ".join(
    f"(count(*) FILTER (WHERE d.eligible{_BEYOND.format(stage=stage) if before else ''}))::int AS {stage}"
    for stage, (_, before) in STAGES.items()
)
_DAYS: Final = "extract(epoch FROM greatest(d.{stage}_at, d.{before}_at) - d.{before}_at)::float8 / 86400"
_TIMES: Final = ", ".join(
    f"percentile_cont({part}) WITHIN GROUP (ORDER BY {_DAYS.format(stage=stage, before=before)})"
    f" FILTER (WHERE d.{stage}_at IS NOT NULL) AS {stage}_{name}"
    for stage, (_, before) in STAGES.items()
    if before not in (None, "eligible")
    for part, name in ((0.5, "median"), (0.9, "p90"))
)
FUNNEL_SQL: Final = f"""
WITH {{people}},
r AS MATERIALIZED ({together(AS_OF, OF_PROGRAM)}),
met AS (
    SELECT r.mentorship_id, min(g.ended_at) AS at
      FROM r JOIN meetings g USING (mentorship_id)
     WHERE g.state = 'held' AND g.ended_at <= {AS_OF} GROUP BY 1),
reached AS (
    SELECT e.participant_id, min(met.at) AS active_at,
           min(r.ended_at) FILTER (WHERE r.state = 'concluded') AS concluded_at,
           min(r.ended_at) FILTER (WHERE r.state = 'ended_early') AS ended_early_at
      FROM r JOIN mentorship_members e ON e.mentorship_id = r.mentorship_id AND e.joined_at <= {AS_OF}
      LEFT JOIN met ON met.mentorship_id = r.mentorship_id
     GROUP BY 1),
steps AS (
    SELECT p.in_part, p.eligible, p.invited_at, p.applied_at, p.enrolled_at, p.matched_at,
           CASE WHEN p.matched_at IS NOT NULL THEN x.active_at END AS active_at,
           CASE WHEN p.matched_at IS NOT NULL THEN x.concluded_at END AS concluded_at,
           CASE WHEN p.matched_at IS NOT NULL THEN x.ended_early_at END AS ended_early_at
      FROM people p LEFT JOIN reached x USING (participant_id))
SELECT w.part, {_COUNTS}, {_TIMES} FROM steps d {{sides}} GROUP BY 1
"""  # noqa: S608 every part of it is written here


@dataclass(frozen=True, slots=True)
class Stage:
    """Shares are of the stage it follows and of the first; days are those from the stage it follows."""

    key: str
    title: str
    people: Any
    of_before: Any
    of_first: Any
    median_days: Any
    p90_days: Any

    @property
    def row(self) -> Row:
        return (
            self.key, self.title, self.people, self.of_before, self.of_first, self.median_days, self.p90_days
        )  # fmt: skip


def funnel(connection: Connection, scope: Scope) -> list[Stage]:
    taken = cut(connection, scope)
    whole, part = _counts(connection, taken)
    return [_stage(key, part, whole, allowed=taken.people) for key in STAGES]


Counts = Mapping[str, Any]


def _counts(connection: Connection, cut: Cut) -> tuple[Counts, Counts]:
    params = dict(cut.sides)
    statement = FUNNEL_SQL.format(people=common(connection, params), sides=SIDES.format(t="d"))
    with connection.cursor(row_factory=dict_row) as cursor:
        found = {row.pop("part"): row for row in cursor.execute(statement, params)}
    whole = found.get(False, dict.fromkeys(STAGES, 0))
    return whole, found.get(True, dict.fromkeys(STAGES, 0)) if cut.scope.part else whole


def _stage(key: str, part: Counts, whole: Counts, *, allowed: bool) -> Stage:
    """In a part, what cannot stand beside the whole is not told, nor is a share of it."""
    title, before = STAGES[key]
    told = {stage for stage in STAGES if part is whole or (allowed and tellable(part[stage], whole[stage]))}
    if key not in told:
        return Stage(key, title, *[SUPPRESSED] * 5)

    def of(stage: str | None) -> Any:
        if before is None or stage is None:
            return None
        return _share(part[key], part[stage]) if stage in told else SUPPRESSED

    return Stage(
        key,
        title,
        part[key],
        of(before),
        of("eligible"),
        part.get(f"{key}_median"),
        part.get(f"{key}_p90"),
    )


def _share(count: int, n: int) -> float | None:
    return count / n if n else None


def _rows(connection: Connection, scope: Scope) -> Iterator[Row]:
    return (stage.row for stage in funnel(connection, scope))


FUNNEL: Final = Report(
    "funnel",
    "Funnel",
    "How many people have come how far by then, and how long it took; each is counted once a stage.",
    (
        Column("stage", "Stage", Kind.TEXT),
        Column("title", "What it is", Kind.TEXT),
        Column("people", "People", Kind.COUNT, hides=True),
        Column("of_before", "Of the stage it follows", Kind.SHARE, hides=True),
        Column("of_first", "Of all who could", Kind.SHARE, hides=True),
        Column("median_days", "Days to get there, median", Kind.DAYS, hides=True),
        Column("p90_days", "Days to get there, 90 %", Kind.DAYS, hides=True),
    ),
    _rows,
)
