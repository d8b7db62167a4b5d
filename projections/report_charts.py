"""Which pictures a report is shown by. Their names are those of their files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.accountability import AT_RISK_BELOW, ON_TRACK_FROM, Verdict
from projections.report_dashboard import METRIC_TITLES
from projections.report_drawing import BLUE, GREEN, ORANGE, RED, SILENT, Bar, Chart, Mark, bars, columns
from projections.report_words import in_words
from projections.reporting import SUPPRESSED, Kind, Report, Row

Told = Mapping[str, Any]
"""A row by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Picture:
    name: str
    words: str
    svg: bytes


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a report's rows become bars; `standing` ones follow each other in time, or count something up."""

    name: str
    report: str
    title: str
    bars: Callable[[Sequence[Told]], Iterator[Bar]]
    standing: bool = False
    most: float | None = None
    marks: tuple[Mark, ...] = ()


def pictures(report: Report, rows: Sequence[Row], subtitle: str) -> tuple[Picture, ...]:
    """Of nothing there is no picture."""
    of_it = (drawing for drawing in DRAWINGS.values() if drawing.report == report.name)
    return tuple(found for drawing in of_it if (found := drawn(drawing, told(report, rows), subtitle)))


def told(report: Report, rows: Iterable[Row]) -> list[Told]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def drawn(drawing: Drawing, rows: Sequence[Told], subtitle: str) -> Picture | None:
    found = list(drawing.bars(rows))
    if not found:
        return None
    words = f"{drawing.title}. {'; '.join(f'{bar.label}: {bar.told}' for bar in found)}."
    chart = Chart(drawing.title, subtitle, words)
    if drawing.standing:
        return Picture(drawing.name, words, columns(chart, found))
    return Picture(drawing.name, words, bars(chart, found, drawing.most, drawing.marks))


def blank(drawing: Drawing, subtitle: str) -> Picture:
    """A file that is asked for is there, even where there is nothing to draw yet."""
    words = f"{drawing.title}. There is nothing to show yet."
    nothing = (Bar("", None, "There is nothing to show yet."),)
    return Picture(drawing.name, words, bars(Chart(drawing.title, subtitle, words), nothing))


def _plain(value: Any) -> Any:
    return None if value is SUPPRESSED else value


def _funnel(rows: Sequence[Told]) -> Iterator[Bar]:
    for row in rows:
        parts = [in_words(row["people"], Kind.COUNT)]
        if _plain(row["of_before"]) is not None:
            parts.append(f"{in_words(row['of_before'], Kind.SHARE)} of those before")
        if _plain(row["median_days"]):
            parts.append(f"after {in_words(row['median_days'], Kind.DAYS)}")
        yield Bar(row["title"], _plain(row["people"]), " · ".join(parts))


_COLOURS: Final = {
    Verdict.ON_TRACK: BLUE,
    Verdict.NEEDS_CHECK_IN: ORANGE,
    Verdict.AT_RISK: RED,
    Verdict.TOO_EARLY: SILENT,
}


def _health(rows: Sequence[Told]) -> Iterator[Bar]:
    found = {row["figure"]: row for row in rows}
    if any(found[verdict]["value"] for verdict in _COLOURS):
        for verdict, colour in _COLOURS.items():
            row = found[verdict]
            yield Bar(row["title"], _plain(row["value"]), in_words(row["value"], Kind.COUNT), colour)


def _metrics(rows: Sequence[Told]) -> Iterator[Bar]:
    found = {row["figure"]: row for row in rows}
    for metric, (title, kind) in METRIC_TITLES.items():
        share, mean = found[f"{metric}_at_target"]["value"], found[metric]["value"]
        if share is not None:
            told = f"{in_words(share, Kind.SHARE)} · mean {in_words(mean, kind)}"
            yield Bar(title, _plain(share), told)


def _hours(rows: Sequence[Told]) -> Iterator[Bar]:
    for row in rows:
        yield Bar(f"{row['month']:%b %Y}", _plain(row["hours"]), in_words(row["hours"], Kind.HOURS), GREEN)


def _cohorts(rows: Sequence[Told]) -> Iterator[Bar]:
    for row in rows:
        told = f"{in_words(row['health'], Kind.SCORE)} · {in_words(row['relationships'], Kind.COUNT)} begun"
        yield Bar(row["cohort"], _plain(row["health"]), told)


def _load(rows: Sequence[Told]) -> Iterator[Bar]:
    """Everybody who takes part as a mentor, by how many relationships are theirs."""
    carried = Counter(row["relationships"] for row in rows)
    for many in range(max(carried, default=-1) + 1):
        yield Bar(str(many), carried[many], f"{carried[many]:,}")


def _equity(rows: Sequence[Told]) -> Iterator[Bar]:
    for row in rows:
        told = in_words(row["matched_rate"], Kind.SHARE)
        if _plain(row["n"]) is not None:
            told = f"{told} · {in_words(row['n'], Kind.COUNT)} mentees"
        yield Bar(f"{row['question']}: {row['answer']}", _plain(row["matched_rate"]), told)


_OPINIONS: Final = {"promoters": BLUE, "passives": SILENT, "detractors": RED}


def _recommending(rows: Sequence[Told]) -> Iterator[Bar]:
    """Of each side, those who answered; nobody has answered: nothing."""
    for row in rows:
        if row["n"]:
            for opinion, colour in _OPINIONS.items():
                told = in_words(row[opinion], Kind.COUNT)
                yield Bar(f"{row['side']}: {opinion}", _plain(row[opinion]), told, colour)


_FROM_0_TO_100: Final = (
    Mark(0, "at risk"),
    Mark(AT_RISK_BELOW, "check-in"),
    Mark(ON_TRACK_FROM, "on track"),
)
DRAWINGS: Final[Mapping[str, Drawing]] = {
    drawing.name: drawing
    for drawing in (
        Drawing("health", "dashboard", "Health of the relationships under way", _health),
        Drawing("metrics", "dashboard", "Relationships at their target, by metric", _metrics, most=1),
        Drawing("funnel", "funnel", "How far people come", _funnel),
        Drawing("cohorts", "cohorts", "Health by cohort", _cohorts, most=100, marks=_FROM_0_TO_100),
        Drawing("hours", "hours", "Hours mentored, by month", _hours, standing=True),
        Drawing("mentors", "mentors", "Mentors by how many relationships they carry", _load, standing=True),
        Drawing("recommending", "net_promoter_score", "Who would recommend the programme", _recommending),
        Drawing("equity", "equity", "Mentees matched, by what they say of themselves", _equity, most=1),
    )
}
