"""The end-of-programme report: what stands in it and in which order, whatever it is printed on.

What is about single people or relationships has no place on paper that goes from hand to hand: of a report
with ids only the picture is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from domain.accountability import (
    AT_RISK_BELOW,
    BEFOREHAND_DAYS,
    FEWEST_DAYS,
    FEWEST_METRICS,
    FORMULA_VERSION,
    ON_TRACK_FROM,
)
from domain.suppression import FEWEST
from projections import report_charts, report_dashboard
from projections.report_asked import Asked
from projections.report_figures import Beside
from projections.report_words import (
    FIGURES,
    NOTHING,
    change_in_words,
    day_in_words,
    in_words,
    moment_in_words,
)
from projections.reporting import Column, Kind, Report, Reports, Row

Connection = psycopg.Connection[Any]

LONGEST: Final = 40
"""Lines of a table on paper; all of them are in the report's own file."""
ON_CARDS: Final = (
    "enrolled", "match_rate", "open_relationships", "health", "hours", "goal_attainment", "early_closure",
    "net_promoter_score",
)  # fmt: skip
ALL: Final = "All together"
_FOR_PROGRAMS: Final = frozenset({"figure", "unit", "stage"})

PROGRAM: Final = """
SELECT name, purpose, opened_at, least(closed_at, wound_down_at, archived_at) FROM programs
 WHERE program_id = %(program)s
"""


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure; `beside` is what it is compared with."""

    title: str
    told: str
    beside: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numeric` says which columns hold figures, `more` how many lines are left out."""

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    lines: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    about: str
    pictures: tuple[report_charts.Picture, ...]
    grid: Grid | None


@dataclass(frozen=True, slots=True)
class Document:
    program: str
    purpose: str
    facts: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    method: tuple[tuple[str, str], ...]
    made: datetime


_HEALTH: Final = (
    "The weighted mean of how each measured metric stands between the worst and the best there is, from 0 to"
    f" 100: 40 where it is at risk, 70 at its target. Below {AT_RISK_BELOW} a relationship is at risk, below"
    f" {ON_TRACK_FROM} it needs a check-in. With fewer than {FEWEST_DAYS} active days or {FEWEST_METRICS}"
    f" metrics it is too early to tell. Formula version {FORMULA_VERSION}."
)
_RIGHT: Final = (
    f"Of the relationships that have ended, what health said {BEFOREHAND_DAYS} days before is compared with"
    " how they ended. Health is triage: it says where to look first, not who is to blame."
)
_HIDDEN: Final = (
    f"Figures of fewer than {FEWEST} people are hidden, and with them any that would give them away by"
    " subtraction."
)
METHOD: Final = (
    ("As of", "Facts count from the moment they were recorded: what is told of a past day never changes."),
    (
        "Time",
        "Days in which a relationship rested, paused or ended before it was reopened, count for nobody.",
    ),
    ("Health", _HEALTH),
    ("How often health was right", _RIGHT),
    ("Hidden figures", _HIDDEN),
    ("Targets", "Those of the programme's terms under which each relationship runs."),
)


def document(connection: Connection, reports: Reports, asked: Asked, made: datetime) -> Document:
    """To be read in a snapshot. The key figures stand before the other reports."""
    [(name, purpose, *period)] = connection.execute(PROGRAM, {"program": asked.scope.program})
    figures = _figures(connection, asked)
    told = [Told(one, list(one.rows(connection, asked.scope))) for one in reports.values() if _on_paper(one)]
    subtitle = f"{name} · as of {moment_in_words(asked.scope.as_of)}"
    sections = [_key_figures(figures, asked, subtitle), *(one.section(subtitle) for one in told)]
    return Document(
        name,
        purpose or "",
        (*_facts(asked, *period), ("Made on", moment_in_words(made))),
        tuple(_card(one, asked) for one in figures if one.now.key in ON_CARDS),
        tuple(one for one in sections if one.grid or one.pictures),
        METHOD,
        made,
    )


def _figures(connection: Connection, asked: Asked) -> list[Beside]:
    now, *before = (report_dashboard.figures(connection, scope) for scope in asked.scopes)
    if not before:
        return [Beside(figure, None) for figure in now]
    return [Beside(figure, was.value) for figure, was in zip(now, *before, strict=True)]


def _facts(asked: Asked, opened: datetime | None, ended: datetime | None) -> Iterator[tuple[str, str]]:
    scope = asked.scope
    if opened is not None:
        until = scope.as_of if ended is None else min(scope.as_of, ended)
        yield "Period", f"{day_in_words(opened)} to {day_in_words(until)}"
    yield "As of", moment_in_words(scope.as_of)
    if asked.compare_to is not None:
        yield "Compared with", moment_in_words(asked.compare_to)
    if scope.department is not None:
        yield "Department", scope.department or "none"
    if scope.location is not None:
        yield "Location", scope.location or "none"
    if scope.began_from is not None:
        yield "Begun from", day_in_words(scope.began_from)
    if scope.began_until is not None:
        yield "Begun until", day_in_words(scope.began_until)


def _card(one: Beside, asked: Asked) -> Card:
    figure = one.now
    told = in_words(figure.value, figure.kind)
    if asked.compare_to is None:
        return Card(figure.title, told, f"of {figure.n:,}" if figure.n is not None else "")
    return Card(figure.title, told, change_in_words(one.change, figure.kind))


def _key_figures(figures: Sequence[Beside], asked: Asked, subtitle: str) -> Section:
    dashboard = report_dashboard.DASHBOARD
    pictures = report_charts.pictures(dashboard, [one.now.row for one in figures], subtitle)
    before = () if asked.compare_to is None else (f"On {moment_in_words(asked.compare_to)}", "Change")
    heads = ("Figure", "Value", *before, "Of how many", "Target", "Reached")
    measured = [one for one in figures if one.now.value is not None or one.previous is not None]
    lines = tuple(tuple(_line(one, compared=bool(before))) for one in measured)
    numeric = (False, *(True for _ in heads[1:-1]), False)
    return Section("Key figures", dashboard.about, pictures, Grid(heads, numeric, lines))


def _line(one: Beside, *, compared: bool) -> Iterator[str]:
    figure = one.now
    yield figure.title
    yield in_words(figure.value, figure.kind)
    if compared:
        yield in_words(one.previous, figure.kind)
        yield change_in_words(one.change, figure.kind)
    yield in_words(figure.n, Kind.COUNT)
    yield in_words(figure.target, figure.kind)
    yield in_words(figure.reached, Kind.FLAG)


def _of_each(report: Report) -> bool:
    return any(column.kind is Kind.ID for column in report.columns)


def _on_paper(report: Report) -> bool:
    """The key figures stand there already."""
    shown = any(drawing.report == report.name for drawing in report_charts.DRAWINGS.values())
    return report.name != report_dashboard.DASHBOARD.name and (shown or not _of_each(report))


@dataclass(frozen=True, slots=True)
class Told:
    """A report and what it said."""

    report: Report
    rows: list[Row]

    def section(self, subtitle: str) -> Section:
        columns = self.report.columns
        pictures = report_charts.pictures(self.report, self.rows, subtitle)
        grid = None if _of_each(self.report) or not self.rows else _grid(columns, self.rows)
        return Section(self.report.title, self.report.about, pictures, grid)


def _grid(columns: Sequence[Column], rows: Sequence[Row]) -> Grid:
    """Without columns that nothing stands in; what is about nothing by itself is about all together."""
    unit = next((at for at, column in enumerate(columns) if column.name == "unit"), None)
    shown = [
        at
        for at, column in enumerate(columns)
        if column.name not in _FOR_PROGRAMS and any(row[at] is not None for row in rows)
    ]
    lines = tuple(
        tuple(in_words(row[at], _kind(columns[at], row, unit)) for at in shown) for row in rows[:LONGEST]
    )
    lines = tuple((ALL, *line[1:]) if line[0] == NOTHING else line for line in lines)
    heads = tuple(columns[at].title for at in shown)
    numeric = tuple(columns[at].kind in FIGURES for at in shown)
    return Grid(heads, numeric, lines, max(0, len(rows) - LONGEST))


def _kind(column: Column, row: Row, unit: int | None) -> Kind:
    return Kind(row[unit]) if column.kind is Kind.NUMBER and unit is not None else column.kind
