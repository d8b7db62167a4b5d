"""What can be read: a type's table, columns and edges as data, which the query planner compiles.

Every piece of SQL is static. `{t}` stands for the row itself, `{p}` for the row an edge comes from, `{v}` for
a filter's value, `{role}` for the role a staff condition is about, and `{viewer}`, `{actor}`, `{roles}` for
who asks. The planner puts aliases and parameter numbers in their places, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.permissions import Action


class Kind(StrEnum):
    """How a value leaves; `texts` and `enums` are lists, `position` is a 64-bit integer, as text."""

    TEXT = "text"
    INT = "int"
    BOOL = "bool"
    ID = "id"
    UUID = "uuid"
    DATE = "date"
    TIMESTAMP = "timestamp"
    JSON = "json"
    ENUM = "enum"
    TEXTS = "texts"
    ENUMS = "enums"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Guard:
    """Who sees it: whoever `domain.permissions` lets do `action`, on rows where `when` holds.

    `own`, `staffed` and `opened` say in SQL what these scopes mean here; unsaid, the scope reaches nothing.
    """

    action: Action
    own: str = "false"
    staffed: str = "false"
    opened: str = "false"
    when: str = "true"


Conditions = Mapping[str, tuple[Guard, ...]]


@dataclass(frozen=True, slots=True)
class Column:
    """`name` as in Python; `of` is the type whose global id a Kind.ID column holds.

    Where only parts of the value depend on who asks, `sql` names them: each of the `conditions` is true where
    any of its guards lets the actor through.
    """

    name: str
    kind: Kind
    sql: str
    guard: Guard | None = None
    of: str = ""
    conditions: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Key:
    """One part of an order: never NULL, and of this SQL type.

    Where the guard does not let the actor see it, rows are not ordered by it, but as if it were `hidden`:
    their order would tell it.
    """

    sql: str
    type: str
    guard: Guard | None = None
    hidden: str = "''"


@dataclass(frozen=True, slots=True)
class Order:
    """A total order, so the last key is unique; a page goes on after the keys of the row it ended with."""

    keys: tuple[Key, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that applies when its argument is given.

    `of` is the type whose global id the value is, "*" any stream's, None where it is no id. Only rows that
    the guard lets the actor through to can match: what cannot be seen cannot be searched. `conditions` are
    as a column's.
    """

    sql: str
    type: str
    of: str | None = None
    guard: Guard | None = None
    conditions: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class One:
    """To at most one row; absent where there is none, or none that may be seen."""

    target: str
    on: str = "true"
    guard: Guard | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Many:
    """To a short list, whole; `order` is an ORDER BY. The target's table names the arguments in `given`."""

    target: str
    on: str
    order: str
    guard: Guard | None = None
    given: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """Where the text `argument` is given, it finds and ranks rows: they come from `table`, which names it and
    has all columns of the target's own.
    """

    argument: str
    table: str


@dataclass(frozen=True, slots=True)
class Connection:
    """To any number of rows, a page at a time; `orders` by the word of orderBy, first the default."""

    target: str
    on: str
    orders: Mapping[str, Order]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    guard: Guard | None = None
    count: str = "count(*)"
    """How all rows are counted, where no condition leaves any out."""
    search: Search | None = None


Edge = One | Many | Connection


@dataclass(frozen=True, slots=True)
class Shape:
    """`seen` are the ways in which a row can be visible: any one is enough, without any it always is.

    `key` finds a row again, to follow its edges.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    edges: Mapping[str, Edge] = field(default_factory=dict)
    seen: tuple[Guard, ...] = ()
    key: str = ""
    key_type: str = "uuid"
