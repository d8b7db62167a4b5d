"""Scalars of our own."""

import re
from datetime import UTC, datetime
from typing import Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Position = NewType("Position", int)


def _position(value: object) -> Position:
    """What we give out, or the same as a plain number."""
    text = str(value)
    if isinstance(value, bool) or re.fullmatch("[0-9]{1,19}", text) is None or int(text) >= 2**63:
        raise GraphQLError("A position is a whole number from 0 to 2^63 - 1, as a string.")
    return Position(int(text))


POSITION: Final = strawberry.scalar(
    name="Position",
    description="A place in the log: a 64-bit whole number, as a string.",
    serialize=str,
    parse_value=_position,
)

AsOf = NewType("AsOf", str)


def _as_of(value: object) -> AsOf:
    """As text: digits are a position, all else is a moment."""
    text = str(value)
    return AsOf(str(_position(value)) if text.isdigit() else _moment(text).isoformat())


AS_OF: Final = strawberry.scalar(
    name="AsOf",
    description="A position of the log, or a moment.",
    serialize=str,
    parse_value=_as_of,
)

Json = NewType("Json", object)

JSON: Final = strawberry.scalar(
    name="JSON",
    description="Any JSON value, as it is kept.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


def _moment(text: object) -> datetime:
    """RFC 3339: a date, a time and the offset from UTC."""
    try:
        given = datetime.fromisoformat(str(text))
        moment = given.astimezone(UTC) if given.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise GraphQLError("A moment is written like 2026-01-31T09:00:00Z, with its offset from UTC.")
    return moment


MOMENT: Final = strawberry.scalar(
    name="DateTime",
    description="A moment, to the microsecond, in UTC.",
    serialize=lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    parse_value=_moment,
)

CalendarText = NewType("CalendarText", str)

CALENDAR_TEXT: Final = strawberry.scalar(
    name="CalendarText",
    description="iCalendar. Lines end as it has them, by carriage return and line feed, or by line feed.",
    serialize=str,
    parse_value=lambda value: CalendarText(str(value).replace("\r\n", "\n")),
)

SCALARS: Final[dict[object, ScalarDefinition]] = {
    Position: POSITION,
    AsOf: AS_OF,
    Json: JSON,
    CalendarText: CALENDAR_TEXT,
    datetime: MOMENT,
}
"""For the schema's `scalar_map`."""
