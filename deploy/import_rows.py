"""One row of a people file: which columns there are, and how their cells become what the domain takes."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from deploy import csv_reader
from deploy.csv_reader import Problem
from domain.profile import (
    MOST_COMPETENCIES,
    Competency,
    Email,
    HoursAMonth,
    Job,
    Languages,
    Level,
    Priority,
    Record,
    TimeZone,
    WorkHistory,
)
from domain.words import Line, Text

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "external_id": (
        "id",
        "employee id",
        "employee number",
        "employee no",
        "personnel number",
        "staff id",
        "user id",
    ),
    "name": ("full name", "display name", "employee name", "person"),
    "given_name": ("first name", "forename"),
    "family_name": ("last name", "surname"),
    "email": ("e-mail", "e-mail address", "mail", "work email", "business email"),
    "job_title": ("title", "job", "position", "role"),
    "department": ("dept", "division", "business unit", "organisational unit", "organizational unit"),
    "location": ("office", "site", "city", "workplace"),
    "time_zone": ("tz", "timezone"),
    "languages": ("language", "spoken languages"),
    "manager": ("manager id", "manager email", "line manager", "supervisor", "reports to"),
    "work_history": ("career", "experience", "employment history"),
    "biography": ("bio", "about", "about me"),
    "hours_a_month": ("mentoring hours", "mentoring hours a month", "hours per month", "hours"),
    "competencies_offered": ("offers", "skills", "skills offered", "competencies", "can help with"),
    "competencies_sought": ("seeks", "skills sought", "wants to learn", "development goals", "interests"),
}
"""Column -> the headings that also mean it; case, blanks and punctuation do not matter."""

IDENTIFYING: Final = frozenset({"external_id", "email"})
NAMING: Final = frozenset({"name", "family_name"})
RECORD_COLUMNS: Final = (
    "name",
    "email",
    "job_title",
    "department",
    "location",
    "time_zone",
    "languages",
    "work_history",
)
JOB: Final = re.compile(
    r"(?P<since>\d{4}-\d\d(-\d\d)?)(\s*(/|\.\.)\s*(?P<until>\d{4}-\d\d(-\d\d)?)?)?\s+(?P<what>\S.*)", re.ASCII
)
NUMBER: Final = re.compile("[0-9]{1,9}")
DEFAULT_LEVEL: Final = 3
DEFAULT_PRIORITY: Final = 3


class Offer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    competency: Competency
    level: Level = DEFAULT_LEVEL


class Wish(Offer):
    priority: Priority = DEFAULT_PRIORITY


class Row(BaseModel):
    """What a row says. A field that is not set belongs to a column that the file does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    external_id: Line
    name: Line
    email: Email | None = None
    job_title: Line | None = None
    department: Line | None = None
    location: Line | None = None
    time_zone: TimeZone | None = None
    languages: Languages = ()
    manager: Line | None = None
    work_history: WorkHistory = ()
    biography: Text | None = None
    hours_a_month: HoursAMonth | None = None
    competencies_offered: Annotated[tuple[Offer, ...], Field(max_length=MOST_COMPETENCIES)] = ()
    competencies_sought: Annotated[tuple[Wish, ...], Field(max_length=MOST_COMPETENCIES)] = ()

    def record(self, **resolved: Any) -> Record:
        """The system of record's word: the columns the file has, an empty cell being an empty field."""
        said = {name: getattr(self, name) for name in RECORD_COLUMNS if name in self.model_fields_set}
        return Record.model_construct(**said, **resolved)  # each value has passed its check in this row


def parse(cells: csv_reader.Record) -> Row | Problem:
    """A problem names the column and what is wrong with it, not what stands in it."""
    try:
        given = {
            name: PARSERS[name](text) if name in PARSERS else text or None
            for name, text in _named(cells.cells)
        }
        return Row.model_validate(given)
    except ValidationError as error:
        within = _WITHIN.get(error.title, "")
        return Problem(
            cells.line, "; ".join(dict.fromkeys(within + _sentence(fault) for fault in error.errors()))
        )
    except _CellUnclear as error:
        return Problem(cells.line, str(error))


def digest(text: str) -> bytes:
    """Stands for an e-mail address or external id where 100,000 of them must be remembered."""
    return hashlib.blake2b(text.strip().casefold().encode(), digest_size=12).digest()


class _CellUnclear(Exception):
    """A cell whose parts cannot be told apart."""


def _named(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """A name in two columns becomes one; without a column of ids the e-mail address serves as the id."""
    named = dict(cells)
    parts = [named.pop(column, "") for column in ("given_name", "family_name")]
    if not named.get("name"):
        named["name"] = " ".join(part for part in parts if part)
    if "external_id" not in named:
        named["external_id"] = named.get("email", "").casefold()
    return list(named.items())


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]


def _languages(text: str) -> list[str]:
    return [part.replace("_", "-") for part in re.split(r"[;|,\s]+", text) if part]


def _jobs(text: str) -> list[Job]:
    jobs = []
    for part in _parts(text):
        found = JOB.fullmatch(part)
        if found is None:
            raise _CellUnclear(
                "work_history: each job reads like 2019-04/2022-01 Engineer, Company; the end may be left out"
            )
        title, _, organisation = found["what"].partition(", ")
        jobs.append(
            Job(
                title=title,
                organisation=organisation or None,
                since=_day(found["since"]),
                until=_day(found["until"]) if found["until"] else None,
            )
        )
    return jobs


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) > len("2019-04") else f"{text}-01")
    except ValueError:
        raise _CellUnclear("work_history: there is no such date") from None


def _rated(text: str, kind: type[Offer]) -> list[Offer]:
    """`Python:4; public speaking` and, with a priority, `negotiation:3:1`; the last mention of one counts."""
    rated = [_rating(kind, part) for part in _parts(text)]
    return list({rating.competency.casefold(): rating for rating in rated}.values())


@lru_cache(20_000)  # an organisation has a vocabulary: the same words come in a thousand rows
def _rating(kind: type[Offer], text: str) -> Offer:
    name, *given = re.split(r"\s*:\s*", text)
    numbers = list(kind.model_fields)[1:]
    if len(given) > len(numbers) or not all(NUMBER.fullmatch(number) for number in given):
        shape = ":".join(kind.model_fields)
        raise _CellUnclear(
            f"{_COLUMN_OF[kind]}: each reads like {shape}, numbers from 1 to 5, with ; between them"
        )
    return kind.model_validate({"competency": name, **dict(zip(numbers, map(int, given), strict=False))})


_COLUMN_OF: Final[Mapping[type[Offer], str]] = {Offer: "competencies_offered", Wish: "competencies_sought"}
PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "languages": _languages,
    "work_history": _jobs,
    "competencies_offered": lambda text: _rated(text, Offer),
    "competencies_sought": lambda text: _rated(text, Wish),
}

_WITHIN: Final = {"Offer": "competencies_offered: ", "Wish": "competencies_sought: ", "Job": "work_history: "}
_SENTENCES: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_type": "is missing",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "too_long": "has more than {max_length} entries",
    "greater_than_equal": "must be a whole number from {ge} on",
    "less_than_equal": "must be a whole number up to {le}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "string_unicode": "has characters that no text has",
}


def _sentence(fault: ErrorDetails) -> str:
    context: Mapping[str, Any] = fault.get("ctx", {})
    column = ".".join(str(part) for part in fault["loc"] if isinstance(part, str))
    known = _SENTENCES.get(fault["type"])
    words = known.format(**context) if known else fault["msg"].removeprefix("Value error, ")
    return f"{column}: {words}" if column else words
