"""The words a profile is made of: their shapes and limits, and who may say which field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from domain.ids import ParticipantId
from domain.words import ONE_LINE, Line, Slug, Text, Value, shaped


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(zone: str) -> str:
    if zone not in _time_zones():
        raise ValueError("must be a time zone of the IANA database, such as Europe/Berlin")
    return zone


_SUBTAG_CASE: Final[Mapping[int, Callable[[str], str]]] = {2: str.upper, 4: str.title}


def _language_cased(tag: str) -> str:
    """`EN-gb` -> `en-GB`, `zh-HANT` -> `zh-Hant`: one spelling a language, as BCP 47 recommends."""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_SUBTAG_CASE.get(len(part), str.lower)(part) for part in rest)])


def _without_repeats(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


_EMAIL = r"[^\s@<>()\[\],;:\\\"]{1,64}@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*"
_PHONE = shaped(r"\+?[0-9][0-9 ()./-]{2,39}", "must be a telephone number, such as +49 30 1234567")
_TAG = shaped(_LANGUAGE, "must be a language tag, such as en, pt-BR or zh-Hant")

Competency = Annotated[str, StringConstraints(min_length=1, max_length=120), *ONE_LINE]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    shaped(_EMAIL, "must be an e-mail address, such as ada@example.org"),
]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Language = Annotated[str, _TAG, AfterValidator(_language_cased)]
Languages = Annotated[tuple[Language, ...], Field(max_length=20), AfterValidator(_without_repeats)]
Level = Annotated[int, Field(ge=1, le=5)]
Priority = Annotated[int, Field(ge=1, le=5)]
MOST_COMPETENCIES: Final = 50
MOST_AVOIDED: Final = 100
HoursAMonth = Annotated[int, Field(ge=0, le=200)]

SELF: Final = "self"
"""The source of a field that the person has stated; no system of record may have this name."""


def _not_self(source: str) -> str:
    if source == SELF:
        raise ValueError("the name self is kept for what the person states")
    return source


Source = Annotated[Slug, AfterValidator(_not_self)]


class Job(Value):
    """One station of a working life."""

    title: Line
    organisation: Line | None = None
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("a job cannot end before it began")
        return self


class Contact(Value):
    """How the person wishes to be reached, beside the address in the record."""

    phone: Annotated[str, StringConstraints(strip_whitespace=True), _PHONE] | None = None
    messenger: Line | None = None
    note: Line | None = None


WorkHistory = Annotated[tuple[Job, ...], Field(max_length=50)]
Demographics = Annotated[dict[Slug, Line], Field(max_length=20)]
"""What the person chooses to say of themself, by question: `{"gender": "woman"}`; for reports on groups."""

RecordField = Literal[
    "name",
    "email",
    "job_title",
    "department",
    "location",
    "manager",
    "time_zone",
    "languages",
    "work_history",
]
StatedField = Literal["time_zone", "languages", "work_history", "biography", "contact", "demographics"]


class Words(Value):
    """Partial: a field left out is a field nothing is said about."""

    def said(self) -> dict[Any, Any]:
        return {name: value for name, value in self if name in self.model_fields_set}

    def news(self, known: Mapping[str, Any]) -> dict[Any, Any]:
        """What is said and not yet known; no word and an empty one say the same."""
        return {
            name: value for name, value in self.said().items() if (value or None) != (known.get(name) or None)
        }


class Record(Words):
    """What a system of record says.

    Name, e-mail, job, department, location and manager are the record's word. Time zone, languages and
    work history are filled by the record until the person states them.
    """

    name: Line | None = None
    email: Email | None = None
    job_title: Line | None = None
    department: Line | None = None
    location: Line | None = None
    manager: ParticipantId | None = None
    time_zone: TimeZone | None = None
    languages: Languages = ()
    work_history: WorkHistory = ()

    @field_validator("name")
    @classmethod
    def _kept(cls, name: str | None) -> str:
        if name is None:
            raise ValueError("a person always has a name")
        return name


class Statement(Words):
    """What the person says. Emptying a field that a record also knows hands it back to the record."""

    time_zone: TimeZone | None = None
    languages: Languages = ()
    work_history: WorkHistory = ()
    biography: Text | None = None
    contact: Contact | None = None
    demographics: Demographics | None = None


def key_of(competency: str) -> str:
    """Two spellings with one key are one competency."""
    return " ".join(competency.split()).casefold()


class LeavingReason(StrEnum):
    OWN_WISH = "own_wish"
    LEFT_ORGANISATION = "left_organisation"
    IMPORT_UNDONE = "import_undone"


Kind = Literal["text", "texts", "number", "flag"]
AUDIENCE_FIELDS: Final[Mapping[str, Kind]] = {
    "job_title": "text",
    "department": "text",
    "location": "text",
    "time_zone": "text",
    "languages": "texts",
    "competencies_offered": "texts",
    "competencies_sought": "texts",
    "hours_a_month": "number",
    "accepting": "flag",
    "has_manager": "flag",
    "expert": "flag",
}
"""What an audience rule can name; nothing personal is among them."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the rules of a programme read of a person; `profile` holds the fields an audience can name."""

    participant: ParticipantId
    active: bool
    profile: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hours_a_month(self) -> int | None:
        """None: the person has not said, and no limit of theirs is known."""
        hours: int | None = self.profile.get("hours_a_month")
        return hours

    @property
    def accepting(self) -> bool:
        return self.profile.get("accepting") is not False
