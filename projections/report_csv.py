"""A report as CSV (RFC 4180, UTF-8), for spreadsheets and for programs, written as it is read."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from projections.reporting import SUPPRESSED, Column, Row

PIECE: Final = 65_536
"""Characters that are gathered before they are handed on."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a text instead of showing it."""


def as_csv(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[bytes]:
    """A head, then a line a row. Nothing is empty, what must not be told is `suppressed`."""
    gathered = io.StringIO(newline="")
    writer = csv.writer(gathered)
    writer.writerow([column.name for column in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if gathered.tell() >= PIECE:
            yield _taken(gathered)
    yield _taken(gathered)


def _taken(gathered: io.StringIO) -> bytes:
    text = gathered.getvalue()
    gathered.seek(0)
    gathered.truncate()
    return text.encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if value is SUPPRESSED:
        return SUPPRESSED.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, str):
        return defused(value)
    return value


def defused(text: str) -> str:
    """An apostrophe before it tells a spreadsheet that what follows is only text."""
    return f"'{text}" if text.startswith(FORMULA) else text
