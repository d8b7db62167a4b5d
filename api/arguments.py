"""A field's arguments as parameters: read once when a statement is written, bound anew by every request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from api.refusals import Problem
from api.relay import AT_A_POSITION, NODE_TYPES, Cursors, parse_global_id
from domain.permissions import Actor
from projections.shape import Filter, Order

PAGE: Final = 20
LONGEST_PAGE: Final = 100
STREAM_TYPES: Final = tuple(name for name in NODE_TYPES if name not in AT_A_POSITION)


@dataclass(frozen=True, slots=True)
class Request:
    """What a parameter may depend on. `arguments` are those of each field whose arguments hold variables."""

    actor: Actor
    cursors: Cursors
    arguments: tuple[Mapping[str, Any], ...] = ()


Bind = Callable[[Request], Any]
Source = Callable[[Request], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Arguments:
    """`sample` tells which arguments are given; `source` finds where a request has their values."""

    sample: Mapping[str, Any] = field(default_factory=dict)
    source: Callable[[], Source] = lambda: lambda _: {}

    @classmethod
    def fixed(cls, values: Mapping[str, Any]) -> "Arguments":
        return cls(values, lambda: lambda _: values)

    def has(self, name: str) -> bool:
        return _look(self.sample, name) is not None

    def value(self, name: str) -> Bind:
        source = self.source()
        return lambda request: _look(source(request), name)

    def order(self, orders: Mapping[str, Order]) -> tuple[str, Order]:
        """The order asked for: part of the statement, not a parameter."""
        chosen = self.sample.get("orderBy")
        word = next(iter(orders)) if chosen is None else str(chosen.value)
        return word, orders[word]

    def filter(self, name: str, one: Filter) -> Bind:
        read = self.value(name)
        return lambda request: _plain(read(request), one)

    def cursor(self, side: str, tag: str, at: int, width: int) -> Bind:
        read = self.value(side)

        def bind(request: Request) -> str:
            keys = request.cursors.open(tag, read(request))
            if len(keys) != width:
                raise Problem("BAD_CURSOR", "This is not a cursor of this list in this order.")
            return keys[at]

        return bind


def _look(values: Mapping[str, Any], name: str) -> Any:
    """An argument of the field itself or of its filter."""
    found = values.get(name)
    return (values.get("filter") or {}).get(name) if found is None else found


def limit(given: Arguments) -> tuple[int, bool]:
    """How many rows a page shows, and whether they are counted from the end.

    Part of the statement, not a parameter: the database plans a page of 20 unlike one of unknown size.
    """
    if given.has("first") and given.has("last"):
        raise Problem("BAD_PAGE", "Ask for the first or for the last, not for both.")
    backward = given.has("last")
    size = given.sample.get("last" if backward else "first")
    size = PAGE if size is None else size
    if not 0 <= size <= LONGEST_PAGE:
        raise Problem("BAD_PAGE", f"A page holds 0 to {LONGEST_PAGE} items.")
    return size, backward


def text(value: str) -> str:
    """PostgreSQL keeps no U+0000, and UTF-8 no lone surrogate."""
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem("BAD_TEXT", "A text holds a character that no text here can hold.")
    return value


def _plain(value: Any, one: Filter) -> Any:
    match value:
        case list():
            return [_plain(item, one) for item in value]
        case Enum():
            return str(value.value)
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case int():
            return str(value)
    if one.of is None:
        return text(value)
    return parse_global_id(value, *(STREAM_TYPES if one.of == "*" else (one.of,))).key
