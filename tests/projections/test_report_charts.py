"""Pictures of reports: whole and the same each time, said in words, and made of text whatever it is."""

import re
from xml.etree import ElementTree as ET

import pytest

from projections.report_charts import DRAWINGS, blank, drawn
from projections.report_drawing import RED, Bar, Chart, bars, columns
from projections.reporting import SUPPRESSED
from tests.projections.documented import SUBTITLE, TOLD, picture

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: bytes) -> tuple[str | None, str | None]:
    root = ET.fromstring(svg)  # noqa: S314 our own
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "t d")
    return root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_says_what_it_shows(name: str) -> None:
    title, description = words(picture(name).svg)
    assert title == DRAWINGS[name].title
    assert description == picture(name).words
    for bar in DRAWINGS[name].bars(TOLD[name]):
        assert f"{bar.label}: {bar.told}" in picture(name).words


def test_the_same_figures_are_the_same_file() -> None:
    again = drawn(DRAWINGS["funnel"], TOLD["funnel"], SUBTITLE)
    assert again == picture("funnel")
    text = picture("funnel").svg.decode()
    assert "<!DOCTYPE" not in text
    assert "<dc:date>" not in text


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = picture("funnel").svg.decode()
    assert not re.search(r'(?:href|src)="(?!#)', text)
    assert "<script" not in text


def test_what_must_not_be_told_is_not_drawn() -> None:
    [*_, few] = DRAWINGS["equity"].bars(TOLD["equity"])
    assert (few.value, few.told) == (None, "hidden")
    hidden = [{**row, "value": SUPPRESSED} for row in TOLD["metrics"]]
    assert all(bar.value is None for bar in DRAWINGS["metrics"].bars(hidden))


def test_markup_and_formulas_are_text() -> None:
    rows = [{"question": "$\\frac{1}{0}$", "answer": "</svg><script>\x0b&", "matched_rate": 0.5, "n": 9}]
    found = drawn(DRAWINGS["equity"], rows, "$x$ #panic() ]]> --")
    assert found is not None
    _, description = words(found.svg)
    assert "</svg><script>" in (description or "")
    assert b"<script" not in found.svg


def test_of_nothing_there_is_a_picture_only_where_one_is_asked_for() -> None:
    for drawing in DRAWINGS.values():
        empty = [{**row, "value": None} for row in TOLD[drawing.name] if drawing.report == "dashboard"]
        assert drawn(drawing, empty, SUBTITLE) is None
        title, description = words(blank(drawing, SUBTITLE).svg)
        assert (title, "nothing to show yet" in (description or "")) == (drawing.title, True)


def test_many_columns_and_figures_of_nothing_have_room() -> None:
    chart = Chart("A title that is much too long to stand in one line " * 3, SUBTITLE, "words")
    many = [Bar(f"Month {at}", at % 7, str(at)) for at in range(60)]
    assert words(columns(chart, many))[1] == "words"
    assert words(columns(chart, [Bar("one", None, "hidden")]))[1] == "words"
    assert words(bars(chart, [Bar("one " * 20, 0, "0", RED), Bar("two", 1e9, "much " * 30)]))[1] == "words"
