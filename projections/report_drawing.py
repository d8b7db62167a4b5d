"""How charts of reports are drawn: one look for all, as SVG for any slide, the same for the same figures.

Text is drawn as outlines of matplotlib's own font, so that it looks alike everywhere; what a chart shows is
said in words, too, for those who cannot see it. Every bar is labelled where it stands: no chart relies on
colours alone, and these (after Okabe and Ito) are told apart by those who see fewer.

matplotlib is imported with this module, and takes tens of megabytes: import it when a chart is asked for.
"""

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

BLUE, ORANGE, RED, GREEN = "#0072b2", "#e69f00", "#d55e00", "#009e73"
INK, FAINT, RULE, TRACK, SILENT = "#1d2733", "#5c6875", "#c9d1d9", "#eef1f4", "#aab4be"
SIZE: Final = (9.6, 5.4)
"""In inches, sixteen to nine as slides are."""
LONGEST, TOLD = 34, 60
"""Letters of a label, and of what stands beside a bar, that have room."""
LETTER: Final = 0.0142
"""The width of one beside a bar, as a part of the chart's."""

_FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
_PLAIN, _BOLD = (FontProperties(fname=_FONTS / f"{name}.ttf") for name in ("DejaVuSans", "DejaVuSans-Bold"))
_ONE_DRAWS: Final = threading.Lock()
"""matplotlib's settings are those of the whole process."""


@dataclass(frozen=True, slots=True)
class Bar:
    """`value` None: there is nothing to draw; `told` is what stands beside it all the same."""

    label: str
    value: float | None
    told: str
    colour: str = BLUE


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a chart, and what begins there; none where everything begins."""

    value: float
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`words` say what is drawn."""

    title: str
    subtitle: str
    words: str


def bars(chart: Chart, drawn: Sequence[Bar], most: float | None = None, marks: Sequence[Mark] = ()) -> bytes:
    """Lying bars, the first on top, on a track that ends at `most`."""
    with _canvas(chart) as (figure, svg):
        axes = _axes(figure, left=0.33, bottom=0.06, top=0.74 if marks else 0.80)
        end = most or max(bar.value or 0 for bar in drawn) or 1
        axes.set(xlim=(0, _room(drawn, end, most)), ylim=(max(len(drawn), 4) - 0.5, -0.5))
        for row, bar in enumerate(drawn):
            if most is not None:
                axes.barh(row, end, height=0.62, color=TRACK)
            axes.barh(row, min(bar.value or 0, end), height=0.62, color=bar.colour)
            _write(axes, -0.02 * end, row, _cut(bar.label), ha="right", va="center", size=10.5)
            beside = most or bar.value or 0
            ink = FAINT if bar.value is None else INK
            _write(axes, beside + 0.015 * end, row, bar.told, ha="left", va="center", size=10.5, colour=ink)
        for mark in marks:
            if mark.value:
                axes.axvline(mark.value, color=INK, linewidth=1, linestyle=(0, (3, 2)))
            _write(axes, mark.value + 0.01 * end, -0.62, mark.told, ha="left", va="bottom", colour=FAINT)
    return svg()


def _room(drawn: Sequence[Bar], end: float, most: float | None) -> float:
    """Where the chart ends to the right, so that what stands beside each bar has its place."""
    lengths = [(most or bar.value or 0, min(0.6, 0.04 + len(_cut(bar.told, TOLD)) * LETTER)) for bar in drawn]
    return max([end, *(value / (1 - beside) for value, beside in lengths)])


def columns(chart: Chart, drawn: Sequence[Bar]) -> bytes:
    """Standing bars, the first on the left; where there are many, every so many is labelled."""
    with _canvas(chart) as (figure, svg):
        axes = _axes(figure, left=0.05, bottom=0.14, top=0.78)
        end = max([bar.value or 0 for bar in drawn], default=0) or 1
        axes.set(xlim=(-0.6, max(len(drawn), 6) - 0.4), ylim=(0, end * 1.08))
        axes.axhline(0, color=RULE, linewidth=1.2)
        every = -(-len(drawn) // 12)
        for place, bar in enumerate(drawn):
            axes.bar(place, bar.value or 0, width=0.68, color=bar.colour)
            if place % every == 0:
                ink = FAINT if bar.value is None else INK
                _write(
                    axes, place, (bar.value or 0) + end * 0.02, bar.told, ha="center", va="bottom", colour=ink
                )
                _write(axes, place, -end * 0.03, _cut(bar.label, 12), ha="center", va="top", colour=FAINT)
    return svg()


@contextmanager
def _canvas(chart: Chart) -> Iterator[tuple[Figure, "_Svg"]]:
    style = mpl.rc_context({"svg.hashsalt": "chiron", "svg.fonttype": "path", "text.parse_math": False})
    with _ONE_DRAWS, style:
        figure = Figure(figsize=SIZE, facecolor="white")
        svg = _Svg(chart)
        figure.text(0.04, 0.93, _cut(chart.title, 60), fontproperties=_BOLD, size=17, color=INK, va="center")
        figure.text(
            0.04, 0.868, _cut(chart.subtitle, 110), fontproperties=_PLAIN, size=10.5, color=FAINT, va="center"
        )
        yield figure, svg
        svg.keep(figure)


class _Svg:
    def __init__(self, chart: Chart) -> None:
        self._chart, self._text = chart, ""

    def keep(self, figure: Figure) -> None:
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": "Chiron"})
        self._text = written.getvalue()

    def __call__(self) -> bytes:
        """Without the reference to a document type that lies elsewhere; with its title and its words."""
        head, _, rest = self._text.partition("<svg ")
        opening, _, body = rest.partition(">")
        title, words = (escape(_line(text)) for text in (self._chart.title, self._chart.words))
        told = f'<title id="t">{title}</title>\n <desc id="d">{words}</desc>'
        xml = head.partition("<!DOCTYPE")[0]
        return f'{xml}<svg role="img" aria-labelledby="t d" {opening}>\n {told}{body}'.encode()


def _axes(figure: Figure, *, left: float, bottom: float, top: float) -> Axes:
    axes = figure.add_axes((left, bottom, 0.96 - left, top - bottom))
    axes.set_axis_off()
    return axes


def _write(
    axes: Axes, x: float, y: float, text: str, *, ha: str, va: str, size: float = 10, colour: str = INK
) -> None:
    axes.text(x, y, _cut(text, TOLD), ha=ha, va=va, size=size, color=colour, fontproperties=_PLAIN)


def _cut(text: str, longest: int = LONGEST) -> str:
    """What can be drawn of it."""
    line = _line(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _line(text: str) -> str:
    """In one line, without what no XML may hold."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
