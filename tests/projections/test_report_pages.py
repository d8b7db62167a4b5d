"""The report on pages: HTML that stands alone, PDF that can be read out, and every word of it text."""

import io
import re
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from projections.report_pages import as_html, as_pdf
from tests.projections.documented import document

NASTY = ["#panic()", "<script>alert(1)</script>", '*_$x$ `y` @z [a] \\ // #import "q"', "{{ 7 * 7 }}", "Ωмир"]


def pdf(name: str = "Leadership", purpose: str = "") -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf(document(name, purpose))))


def said(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


class Told(HTMLParser):
    """The text, the addresses and the elements."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.text, self.addresses, self.elements, self.alternatives = "", [""], {"a"}, [""]
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.add(tag)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        self.alternatives += [given["alt"] or ""] if tag == "img" else []

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone() -> None:
    told = Told(as_html(document()))
    assert all(address.startswith("data:image/svg+xml;base64,") for address in told.addresses[1:])
    assert not told.elements & {"script", "link", "iframe", "object"}
    assert "url(" not in told.text
    assert "default-src 'none'" in as_html(document()).decode()


def test_the_page_holds_everything() -> None:
    found = document()
    told = Told(as_html(found))
    for words in (
        found.program,
        *(word for fact in found.facts for word in fact),
        *(word for card in found.cards for word in (card.title, card.told, card.beside)),
        *(word for section in found.sections for word in (section.title, section.about)),
        *(word for term in found.method for word in term),
        "3 more are in the report’s own file.",
    ):
        assert words in told.text
    pictures = [picture.words for section in found.sections for picture in section.pictures]
    assert told.alternatives[1:] == pictures


def test_the_pdf_holds_everything_and_says_what_it_is() -> None:
    found, reader = document(), pdf()
    text = said(reader)
    for words in (
        found.program,
        *(word for fact in found.facts for word in fact),
        *(section.title for section in found.sections),
        "Formula version 1.",
        "3 more are in the report’s own file.",
    ):
        assert words in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Leadership: report"
    assert reader.metadata.creation_date == found.made
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object
    assert b"pdfuaid" in as_pdf(found)
    first = reader.outline[0]
    assert not isinstance(first, list)
    assert first.title == "Key figures"


def test_the_same_document_is_the_same_file() -> None:
    assert as_pdf(document()) == as_pdf(document())
    assert as_html(document()) == as_html(document())


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_only_text(name: str) -> None:
    told = Told(as_html(document(name, name)))
    assert f"{name}: report" in told.text
    assert "script" not in told.elements
    reader = pdf(name, name)
    assert reader.metadata is not None
    assert reader.metadata.title == f"{name}: report"
    assert re.sub(r"\s", "", said(reader)).count(re.sub(r"\s", "", name)) >= 2


def test_letters_that_no_font_has_hinder_nothing() -> None:
    """Some machine may have it."""
    assert len(pdf("領導力 \U000f1234").pages) > 1
    assert b"pdfuaid" not in as_pdf(document("\U000f1234"))
