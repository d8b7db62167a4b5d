"""The end-of-programme report as one HTML file, and as PDF. Whatever stands in it is text, whatever it is.

The PDF is set by typst, which brings its own fonts; where somebody's words are in letters that these lack,
the machine's are used, if it has any. Both are the same for the same document.
"""

import base64
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Final

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from projections.report_document import Document

TEMPLATES: Final = Path(__file__).parent / "report_templates"


def as_html(document: Document) -> bytes:
    """No script, nothing that is fetched: it can be kept, sent and printed as it is."""
    return _page().render(document=document).encode()


def as_pdf(document: Document) -> bytes:
    """Tagged for those who have it read to them: PDF/UA, unless there is a letter in it that no font has."""
    import typst  # noqa: PLC0415 tens of megabytes, which HTML does without

    told = orjson.dumps(asdict(document), default=bytes.decode).decode()

    def compiled(*, universal: bool) -> bytes:
        return typst.compile(
            TEMPLATES / "report.typ",
            format="pdf",
            sys_inputs={"told": told},
            timestamp=int(document.made.timestamp()),
            pdf_standards=["ua-1"] if universal else [],
        )

    try:
        return compiled(universal=True)
    except typst.TypstError:
        return compiled(universal=False)


@cache
def _page() -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["data_address"] = _data_address
    return environment.get_template("report.html")


def _data_address(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
