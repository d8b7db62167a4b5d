"""A CSV file as people really send it: several encodings and delimiters, headings spelled their own way.

The file is streamed, so its size is no matter. What cannot be read is said with its line and the reason;
nothing that could be read is lost with it.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from domain.refusal import Refusal

CELL_LIMIT: Final = 20_000
LINE_LIMIT: Final = 1_000_000
CHUNK: Final = 1 << 20
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SPOKEN: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 without a byte order mark",
    "utf-16-be": "UTF-16 without a byte order mark",
    "utf-32": "UTF-32",
    "cp1252": "Windows Latin-1, because it is not valid UTF-8",
    "latin-1": "Latin-1, because it is not valid UTF-8",
}


class FileUnreadable(Refusal):
    """{file} cannot be imported: {reason}."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one row stays out. `reason` never repeats what stands in a personal column."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the cells of the columns we know, without surrounding blanks; an empty cell is ''."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written: found out before its first row is read. A column of None is unknown."""

    encoding: str
    delimiter: str
    columns: tuple[str | None, ...]
    unknown: tuple[str, ...] = field(default=())

    @property
    def known(self) -> frozenset[str]:
        return frozenset(column for column in self.columns if column)

    @property
    def spoken(self) -> str:
        return f"{SPOKEN[self.encoding]}, separated by {DELIMITERS[self.delimiter]}s"


def examine(path: Path, synonyms: Mapping[str, Sequence[str]]) -> Layout:
    """Find out encoding, delimiter and columns. `synonyms`: column -> the headings that also mean it."""
    encoding = _encoding(path)
    meaning = {_folded(word): column for column, words in synonyms.items() for word in (column, *words)}
    with _text(path, encoding) as file:
        opening = file.readline(LINE_LIMIT)
        if "\0" in opening:
            raise FileUnreadable(file=path.name, reason="it is not a text file: save it as CSV")
        if not opening.strip():
            raise FileUnreadable(file=path.name, reason="it is empty; its first line must name the columns")
        file.seek(0)
        delimiter = max(
            DELIMITERS, key=lambda mark: (_recognised(opening, mark, meaning), opening.count(mark))
        )
        try:
            headings = next(csv.reader(file, delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise FileUnreadable(
                file=path.name, reason=f"its first line does not name columns: {error}"
            ) from error
    columns = tuple(meaning.get(_folded(heading)) for heading in headings)
    if twice := sorted({column for column in columns if column and columns.count(column) > 1}):
        raise FileUnreadable(
            file=path.name, reason=f"more than one column means {twice[0]}: keep one of them"
        )
    unknown = tuple(_shown(heading) for heading, column in zip(headings, columns, strict=True) if not column)
    return Layout(encoding, delimiter, columns, tuple(heading for heading in unknown if heading))


def read(
    path: Path, layout: Layout, progress: Callable[[int], None] | None = None
) -> Iterator[Record | Problem]:
    """Every row in order. `progress` hears how many more bytes of the file are behind us."""
    csv.field_size_limit(CELL_LIMIT)
    with _text(path, layout.encoding) as file:
        lines = _Lines(file, path.name, progress)
        rows = csv.reader(lines, delimiter=layout.delimiter, strict=True)
        next(rows)
        while True:
            first = lines.begin_row()
            try:
                cells = next(rows)
            except StopIteration:
                lines.report()
                return
            except csv.Error:
                yield Problem(first, lines.give_back())
                continue
            if any(cell.strip() for cell in cells):
                yield _record(first, cells, layout.columns)


def _record(line: int, cells: list[str], columns: tuple[str | None, ...]) -> Record | Problem:
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(columns):
        return Problem(line, f"has {len(cells)} cells, but the first line names {len(columns)} columns")
    return Record(line, {column: cell.strip() for column, cell in zip(columns, cells, strict=True) if column})


class _Lines:
    """Feeds the CSV parser, and takes back the lines that a stray quote has swallowed."""

    def __init__(self, file: TextIO, name: str, progress: Callable[[int], None] | None) -> None:
        self.file, self.name, self.progress = file, name, progress
        self.number, self.told = 0, 0
        self.row: list[str] = []
        self.again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else self.file.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LINE_LIMIT:
            raise FileUnreadable(file=self.name, reason=f"line {self.number} is endless: is it a CSV file?")
        self.row.append(line)
        return line

    def begin_row(self) -> int:
        self.row.clear()
        if self.number % 500 == 0:
            self.report()
        return self.number + 1

    def report(self) -> None:
        if self.progress:
            here = self.file.buffer.tell()
            self.progress(here - self.told)
            self.told = here

    def give_back(self) -> str:
        """All but the row's first line will be read again; returns what was wrong with that first line."""
        swallowed = self.row[1:]
        self.again.extendleft(reversed(swallowed))
        self.number -= len(swallowed)
        return "a quote is opened here and not closed as it should be, or a cell is far too long"


def _encoding(path: Path) -> str:
    """By its byte order mark, else UTF-8 where all of it is valid, else what old systems write."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return _decodable(path, (encoding,))
    if start[1::2] == b"\0\0":
        return _decodable(path, ("utf-16-le",))
    if start[::2] == b"\0\0":
        return _decodable(path, ("utf-16-be",))
    return _decodable(path, ("utf-8", "cp1252", "latin-1"))


def _decodable(path: Path, candidates: tuple[str, ...]) -> str:
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileUnreadable(
        file=path.name, reason=f"it begins as {SPOKEN[candidates[0]]} but is damaged: export it again"
    )


def _text(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _recognised(opening: str, delimiter: str, meaning: Mapping[str, str]) -> int:
    return sum(_folded(heading.strip('"\r\n ')) in meaning for heading in opening.split(delimiter))


def _folded(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading.casefold())


def _shown(heading: str) -> str:
    """A heading fit for a terminal: one line, no control characters, not endless."""
    return re.sub(r"[^\w .,()/%&'+-]", "?", heading.strip())[:60]
