"""A report: a table of figures about one programme as of a moment, for GraphQL and for files alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, Final

import psycopg

from domain.ids import ProgramId


class Suppressed(Enum):
    """What stands where a figure would say something about each of a few people."""

    SUPPRESSED = "suppressed"


SUPPRESSED: Final = Suppressed.SUPPRESSED


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: the programme as of a moment, and which part of it; None leaves nothing out.

    A relationship is of the department and the location that any of its mentees had at that moment.
    `began_from` and `began_until`, both included, take those that began in that time; `since` is where
    figures that count what happened in a period begin.
    """

    program: ProgramId
    as_of: datetime
    began_from: date | None = None
    began_until: date | None = None
    department: str | None = None
    location: str | None = None
    since: datetime | None = None

    @property
    def part(self) -> bool:
        """Whether it leaves relationships of the programme out."""
        return any((self.began_from, self.began_until, self.department, self.location))


class Kind(StrEnum):
    """How a figure is read. A share goes from 0 to 1, days and hours may have parts; of a number another
    column says what it is.
    """

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    SCORE = "score"
    DAYS = "days"
    HOURS = "hours"
    DATE = "date"
    MOMENT = "moment"
    ID = "id"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` as in GraphQL's snake case and a file's head, `title` for a person; `hides` where SUPPRESSED may
    stand in it.
    """

    name: str
    title: str
    kind: Kind
    hides: bool = False


Row = Sequence[Any]
"""A value a column; None where there is nothing to tell, SUPPRESSED where it must not be told."""


@dataclass(frozen=True, slots=True)
class Report:
    """`rows` come one by one from the database and need no memory for all of them."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[psycopg.Connection, Scope], Iterator[Row]]


Reports = Mapping[str, Report]
