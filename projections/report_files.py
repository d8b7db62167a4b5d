"""Files of a programme's reports: which there are, and what stands in each.

What draws, sets type and writes columns is imported when such a file is asked for: together it takes more
memory than all else that a process which only answers queries holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from domain.accountability import FORMULA_VERSION
from domain.refusal import Refusal
from projections.report_asked import Asked, columns_of, rows_of
from projections.report_csv import as_csv
from projections.report_words import moment_in_words
from projections.reporting import Reports
from projections.reports import REPORTS as OF_THE_PROGRAM
from projections.survey_results import REPORTS as OF_SURVEYS

Connection = psycopg.Connection[Any]

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
DOCUMENT: Final = "report"
"""The name of what holds all reports, on pages."""
PAGES: Final = ("html", "pdf")
TABLES: Final = ("csv", "parquet")

FILED: Final[Reports] = {**OF_THE_PROGRAM, **{report.name: report for report in OF_SURVEYS}}
"""The reports that there are as files."""

CALLED: Final = "SELECT name FROM programs WHERE program_id = %(program)s"


class FileUnknown(Refusal):
    """There is no such file: choose one of {files}."""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    suffix: str

    def __str__(self) -> str:
        return f"{self.name}.{self.suffix}"


def files(reports: Reports) -> list[File]:
    """All there are."""
    from projections.report_charts import DRAWINGS  # noqa: PLC0415 the module's docstring says why

    drawings = [name for name, drawing in DRAWINGS.items() if drawing.report in reports]
    return [
        *(File(DOCUMENT, suffix) for suffix in PAGES),
        *(File(name, suffix) for name in reports for suffix in TABLES),
        *(File(name, "svg") for name in drawings),
    ]


def known(reports: Reports, name: str, suffix: str) -> File:
    """Raises FileUnknown."""
    wanted = File(name, suffix)
    if suffix in TABLES and name in reports:
        return wanted
    found = files(reports)
    if wanted not in found:
        alike = [one for one in found if one.suffix == suffix]
        raise FileUnknown(files=", ".join(map(str, alike or found)))
    return wanted


def pieces(
    connection: Connection, reports: Reports, file: File, asked: Asked, made: datetime
) -> Iterator[bytes]:
    """The file's bytes, as they are made; in a snapshot."""
    if file.suffix in PAGES:
        yield _pages(connection, reports, file.suffix, asked, made)
    elif file.suffix == "svg":
        yield _picture(connection, reports, file.name, asked)
    else:
        yield from _table(connection, reports, file, asked)


def _pages(connection: Connection, reports: Reports, suffix: str, asked: Asked, made: datetime) -> bytes:
    from projections.report_document import document  # noqa: PLC0415 as above
    from projections.report_pages import as_html, as_pdf  # noqa: PLC0415 as above

    found = document(connection, reports, asked, made)
    return as_pdf(found) if suffix == "pdf" else as_html(found)


def _picture(connection: Connection, reports: Reports, drawn: str, asked: Asked) -> bytes:
    from projections import report_charts  # noqa: PLC0415 as above

    drawing = report_charts.DRAWINGS[drawn]
    report = reports[drawing.report]
    [(name,)] = connection.execute(CALLED, {"program": asked.scope.program})
    subtitle = f"{name} · as of {moment_in_words(asked.scope.as_of)}"
    rows = report_charts.told(report, report.rows(connection, asked.scope))
    picture = report_charts.drawn(drawing, rows, subtitle) or report_charts.blank(drawing, subtitle)
    return picture.svg


def _table(connection: Connection, reports: Reports, file: File, asked: Asked) -> Iterator[bytes]:
    report = reports[file.name]
    columns, rows = columns_of(report), rows_of(connection, report, asked)
    if file.suffix == "csv":
        return as_csv(columns, rows)
    from projections.report_parquet import as_parquet  # noqa: PLC0415 as above

    about = {
        "report": report.name,
        "program": str(asked.scope.program),
        "as_of": asked.scope.as_of.isoformat(),
        "health_formula_version": str(FORMULA_VERSION),
    }
    return as_parquet(columns, rows, about)
