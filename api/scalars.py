"""Scalars of our own."""

import re
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

SCALARS: Final[dict[object, ScalarDefinition]] = {Position: POSITION}
"""For the schema's `scalar_map`."""
