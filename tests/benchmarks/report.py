"""The table on the screen, build/bench.json, and docs/benchmarks.md."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import Row

STYLES = {
    "": "",
    "ok": "[green]ok[/]",
    "missed": "[red]missed[/]",
    "not measured": "[bold red]NOT MEASURED[/]",
}
MARKS = (r"\| ok", r"\*\*missed\*\*", r"\*\*not measured\*\*")
KEYS = ("group", "name", "value", "unit", "against", "ratio", "reach", "ok")


def table(rows: Sequence[Row]) -> Table:
    drawn = Table(
        "group", "work", "figure", "against", "its figure", "ratio", "reach", "", header_style="bold"
    )
    for column in (2, 4, 5, 6):
        drawn.columns[column].justify = "right"
    group = ""
    for row in rows:
        if row.group != group and group:
            drawn.add_section()
        mark = STYLES[verdict(row)]
        first = row.group if row.group != group else ""
        group = row.group
        peer = figure(row.peer_value, row.unit)
        drawn.add_row(
            first, row.name, figure(row.value, row.unit), row.against, peer, times(row), row.reach, mark
        )
    return drawn


def verdict(row: Row) -> str:
    if row.value is None:
        return "not measured"
    if not row.reach:
        return ""
    return "ok" if row.ok else "missed"


def figure(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def times(row: Row) -> str:
    return "-" if row.ratio is None else f"{row.ratio:.2f} x"


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.write_text(json.dumps([_entry(row) for row in rows], indent=1) + "\n")


def _entry(row: Row) -> dict[str, object]:
    """Empty words are null; a figure keeps four digits, which is more than it holds."""
    told = {key: getattr(row, key) for key in KEYS}
    rounded = {key: float(f"{value:.4g}") for key, value in told.items() if isinstance(value, float)}
    return {key: None if value == "" else value for key, value in (told | rounded).items()}


def summary(rows: Sequence[Row]) -> str:
    goals = [row for row in rows if row.reach or row.value is None]
    unmeasured = sum(row.value is None for row in goals)
    return _told(sum(row.ok for row in goals), len(goals), unmeasured)


def _told(reached: int, goals: int, unmeasured: int) -> str:
    text = f"{reached} of {goals} goals reached"
    return f"{text}, {unmeasured} NOT MEASURED" if unmeasured else text


def write_page(rows: Sequence[Row], setting: Sequence[str], path: Path) -> None:
    """The groups of these rows anew; what the page tells of other groups stays."""
    sections = _sections(path.read_text()) if path.exists() else {}
    for group in dict.fromkeys(row.group for row in rows):
        sections[group] = _section(group, [row for row in rows if row.group == group], setting)
    text = "\n".join(sections.values())
    reached, missed, unmeasured = (len(re.findall(rf"{mark} \|$", text, re.MULTILINE)) for mark in MARKS)
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; one group alone is measured by `make bench ONLY=append`. Every side is",
        "measured in the same run on the same machine, side after side in several rounds, and a figure is",
        "the median of its rounds. A figure counts only with its check: what the side acknowledged is",
        "compared with what it holds. Each group says when, where and against what it was measured.",
        "",
        f"**{_told(reached, reached + missed + unmeasured, unmeasured)}.** Rows without a goal inform.",
        "",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n" + text)


def _sections(page: str) -> dict[str, str]:
    """By group, each as it stands."""
    found = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0].removeprefix("## "): section.rstrip("\n") + "\n" for section in found}


def _section(group: str, rows: Sequence[Row], setting: Sequence[str]) -> str:
    only = group.replace(" ", "-")
    lines = [
        f"## {group}",
        "",
        f"`make bench ONLY={only}`",
        "",
        *(f"- {line}" for line in setting),
        "",
        "| work | figure | against | its figure | ratio | reach | |",
        "|---|---:|---|---:|---:|---:|---|",
        *(_line(row) for row in rows),
        "",
        *(f"- {check}" for check in _checks(rows)),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    mark = verdict(row) if row.ok else f"**{verdict(row)}**"
    cells = (row.name, figure(row.value, row.unit), row.against, figure(row.peer_value, row.unit), times(row))
    return f"| {' | '.join((*cells, row.reach, mark))} |"


def _checks(rows: Sequence[Row]) -> list[str]:
    """What was compared, said once for all the rows it holds for."""
    by_check: dict[str, list[str]] = {}
    for row in rows:
        by_check.setdefault(row.checked, []).append(
            row.name if not row.against else f"{row.name} ({row.against})"
        )
    return [f"{'; '.join(names)}: {check}." for check, names in by_check.items()]


def show(console: Console, rows: Sequence[Row]) -> None:
    console.print(table(rows))
    for row in rows:
        if row.value is None:
            console.print(
                f"[bold red]{row.name} {row.against and f'(against {row.against})'}: {row.checked}[/]"
            )
    console.print(f"[bold]{summary(rows)}[/]")
