"""Texts with variables, in the language of Jinja: what may stand in one, and what it then reads as.

A template holds variables, texts, comparisons, `if`, and a few filters. Nothing loops, calls, computes or
reaches into a value, so what is accepted can neither fail nor take long, whatever the variables hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.occasions import ANNOUNCED, VARIABLES, Occasion, Values, Variable, Variables
from domain.words import ONE_LINE, PRINTABLE, Line, Text, Value

# A text of before there were variables is up to five times as long once what Jinja would read is escaped.
Subject = Annotated[str, StringConstraints(min_length=1, max_length=1_200), *ONE_LINE]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60_000), PRINTABLE]

LONGEST_SUBJECT: Final = 500
LONGEST_BODY: Final = 60_000
"""So much of what a template becomes is told."""
DEEPEST: Final = 20
"""How deep one thing can stand within another."""
WIDEST_NUMBER: Final = 10**12

FILTERS: Final[Mapping[str, str]] = {
    "capitalize": "the first letter large, the others small",
    "lower": "in small letters",
    "title": "each word with a large letter",
    "trim": "without blanks around it",
    "upper": "in capitals",
}
_REFUSED: Final[Mapping[type[nodes.Node], str]] = {
    nodes.For: "loops",
    nodes.Call: "calls",
    nodes.CallBlock: "calls",
    nodes.Macro: "macros",
    nodes.Getattr: "parts of a value",
    nodes.Getitem: "parts of a value",
    nodes.Import: "other templates",
    nodes.FromImport: "other templates",
    nodes.Include: "other templates",
    nodes.Extends: "other templates",
    nodes.Block: "blocks",
    nodes.Test: "tests with `is`",
    nodes.Assign: "variables of its own",
    nodes.AssignBlock: "variables of its own",
    nodes.BinExpr: "computations",
    nodes.Concat: "computations",
    nodes.List: "lists",
    nodes.Tuple: "lists",
    nodes.Dict: "lists",
}
_ORDERS: Final = frozenset({"lt", "lteq", "gt", "gteq"})
_EQUALS: Final = frozenset({"eq", "ne"})

# A text stays a text: a mail's HTML part is escaped where it is made.
_JINJA: Final = ImmutableSandboxedEnvironment(
    autoescape=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    finalize=lambda value: "" if value is None else value,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a template cannot be used, and why."""

    line: int
    sentence: str


class _Faulty(Exception):
    def __init__(self, line: int, sentence: str) -> None:
        self.fault = Fault(line, sentence)
        super().__init__(sentence)


class Template(Value):
    """What is said on an occasion where the programme has words of its own."""

    about: Occasion
    subject: Subject
    body: Body

    @field_validator("subject", "body")
    @classmethod
    def _sound(cls, source: str, info: ValidationInfo) -> str:
        return _sound(source, VARIABLES[info.data["about"]]) if "about" in info.data else source


class Announcement(Value):
    """What can be announced; what is stored may be longer, because an older one was escaped."""

    title: Line
    text: Text

    @field_validator("title", "text")
    @classmethod
    def _sound(cls, source: str) -> str:
        return _sound(source, ANNOUNCED)


def _sound(source: str, known: Variables) -> str:
    if found := fault(source, known):
        told = {"line": found.line, "why": found.sentence}
        raise PydanticCustomError("template_is_wrong", "line {line}: {why}", told)
    return source


def fault(source: str, known: Variables) -> Fault | None:
    """What keeps this from being a template with these variables; None: it is one."""
    return _fault(source, tuple(known.values()))


def subject(source: str, values: Values) -> str:
    """One line, whatever stands in the values."""
    return _cut(" ".join(_rendered(source, values, LONGEST_BODY).split()), LONGEST_SUBJECT)


def body(source: str, values: Values) -> str:
    return _rendered(source, values, LONGEST_BODY).strip()


@lru_cache(maxsize=256)
def _fault(source: str, known: tuple[Variable, ...]) -> Fault | None:
    try:
        tree = _JINJA.parse(source)
        _Check({variable.name: variable for variable in known}).walk(tree, 0)
    except _Faulty as error:
        return error.fault
    except TemplateSyntaxError as error:
        return Fault(error.lineno, (error.message or "cannot be read").removesuffix("."))
    except (ValueError, RecursionError):
        return Fault(1, "a number is too long, or too much stands within each other")
    return None


class _Check:
    """Raises _Faulty at the first thing that must not stand in a template."""

    def __init__(self, known: Variables) -> None:
        self._known = known

    def walk(self, node: nodes.Node, depth: int) -> None:
        if depth > DEEPEST:
            raise _Faulty(node.lineno, f"at most {DEEPEST} things can stand within each other")
        match node:
            case nodes.Name():
                self._name(node)
            case nodes.Filter():
                _filter(node)
            case nodes.Compare():
                self._comparison(node)
            case nodes.Const():
                _constant(node)
            case nodes.CondExpr(expr2=None):
                raise _Faulty(node.lineno, "`if` within a line needs an `else`")
            case (
                nodes.Template() | nodes.Output() | nodes.TemplateData() | nodes.If() | nodes.CondExpr()
                | nodes.And() | nodes.Or() | nodes.Not() | nodes.Operand()
            ):  # fmt: skip
                pass
            case _:
                raise _Faulty(node.lineno, f"a template has no {_called(node)}")
        for child in node.iter_child_nodes():
            self.walk(child, depth + 1)

    def _name(self, node: nodes.Name) -> None:
        if node.name not in self._known:
            raise _Faulty(node.lineno, f"knows only the variables {', '.join(sorted(self._known))}")

    def _comparison(self, node: nodes.Compare) -> None:
        """Whatever is put in order must be numbers: anything can be told apart."""
        orders = {operand.op for operand in node.ops}
        sides = (node.expr, *(operand.expr for operand in node.ops))
        if not orders <= _ORDERS | _EQUALS:
            raise _Faulty(node.lineno, "a template has no searches with `in`")
        if orders & _ORDERS and not all(map(self._is_number, sides)):
            raise _Faulty(node.lineno, "only numbers can be less or more")

    def _is_number(self, node: nodes.Expr) -> bool:
        if isinstance(node, nodes.Name):
            return node.name in self._known and self._known[node.name].numeric
        return isinstance(node, nodes.Const) and isinstance(node.value, int | float)


def _filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise _Faulty(node.lineno, f"knows only the filters {', '.join(sorted(FILTERS))}")
    if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise _Faulty(node.lineno, f"the filter {node.name} takes nothing in parentheses")


def _constant(node: nodes.Const) -> None:
    if isinstance(node.value, int | float) and not -WIDEST_NUMBER < node.value < WIDEST_NUMBER:
        raise _Faulty(node.lineno, "numbers have at most twelve digits")


def _called(node: nodes.Node) -> str:
    return next((word for kind, word in _REFUSED.items() if isinstance(node, kind)), "such things")


@lru_cache(maxsize=256)
def _compiled(source: str) -> Compiled:
    return _JINJA.from_string(source)


def _rendered(source: str, values: Values, most: int) -> str:
    return _cut("".join(_up_to(most, _compiled(source).generate(values))), most)


def _up_to(most: int, pieces: Iterable[str]) -> Iterator[str]:
    """Pieces until there is more than that many characters; what is beyond is never made."""
    size = 0
    for piece in pieces:
        yield piece
        size += len(piece)
        if size > most:
            return


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
