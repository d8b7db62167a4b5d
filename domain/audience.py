"""Audience rules: a small expression over profile fields, such as

    department in ["Sales", "Finance"] and hours_a_month >= 2 and not (location == "Berlin")

It is parsed, never executed; who is refused learns the condition that failed, in words. Of a field that
is not known, only `!=`, `not in` and `not has` are true. Text compares without regard to case.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NoReturn, assert_never

from domain.profile import AUDIENCE_FIELDS, Kind
from domain.refusal import Refusal


class RuleIsUnreadable(Refusal):
    """This audience rule cannot be read at character {at}: {problem}."""


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    operator: str
    value: str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: "Rule"


@dataclass(frozen=True, slots=True)
class And:
    rules: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    rules: "tuple[Rule, ...]"


Rule = Condition | Not | And | Or

MOST_CHARACTERS: Final = 2_000
DEEPEST: Final = 20
"""Parentheses and nots inside each other; deeper is no rule that anybody can read."""

OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": ("==", "!=", "in", "not in"),
    "texts": ("has", "not has"),
    "number": ("==", "!=", "<", "<=", ">", ">="),
    "flag": ("==", "!="),
}
_DENIALS: Final[Mapping[str, str]] = {"!=": "==", "not in": "in", "not has": "has"}
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": lambda held, value: held == value,
    "in": lambda held, value: held in value,
    "has": lambda held, value: value in held,
    "<": lambda held, value: held < value,
    "<=": lambda held, value: held <= value,
    ">": lambda held, value: held > value,
    ">=": lambda held, value: held >= value,
}
_SENTENCES: Final[Mapping[str, str]] = {
    "==": "{field} must be {value}",
    "!=": "{field} must not be {value}",
    "in": "{field} must be one of {value}",
    "not in": "{field} must be none of {value}",
    "has": "{field} must include {value}",
    "not has": "{field} must not include {value}",
    "<": "{field} must be less than {value}",
    "<=": "{field} must be at most {value}",
    ">": "{field} must be more than {value}",
    ">=": "{field} must be at least {value}",
}
_OPPOSITES: Final[Mapping[str, str]] = {
    **_DENIALS,
    **{plain: denial for denial, plain in _DENIALS.items()},
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}


def failing(rule: str, profile: Mapping[str, Any]) -> str | None:
    """The condition that keeps this person out, in words; None for who is in."""
    failed = failure(parse(rule), profile)
    return None if failed is None else describe(failed)


def spell(rule: str) -> str:
    """The one spelling of a rule. Raises RuleIsUnreadable."""
    return write(parse(rule))


def fulfils(rule: Rule, profile: Mapping[str, Any]) -> bool:
    match rule:
        case Condition(field, operator, value):
            held = profile.get(field)
            test = _TESTS[_DENIALS.get(operator, operator)]
            met = held is not None and test(_folded(held), _folded(value))
            return met is not (operator in _DENIALS)
        case Not(inner):
            return not fulfils(inner, profile)
        case And(rules):
            return all(fulfils(part, profile) for part in rules)
        case Or(rules):
            return any(fulfils(part, profile) for part in rules)
        case _:
            assert_never(rule)


def failure(rule: Rule, profile: Mapping[str, Any]) -> Rule | None:
    """The smallest part that explains why the rule is not fulfilled: of an `and` the first that fails."""
    if fulfils(rule, profile):
        return None
    match rule:
        case And(rules):
            return next(f for part in rules if (f := failure(part, profile)) is not None)
        case Not(Or(rules)):
            return next(f for part in rules if (f := failure(Not(part), profile)) is not None)
        case Not(Not(inner)):
            return failure(inner, profile)
        case _:
            return rule


def describe(rule: Rule, *, denied: bool = False) -> str:
    match rule:
        case Condition(field, operator, value):
            sentence = _SENTENCES[_OPPOSITES[operator] if denied else operator]
            words = ", ".join(map(_literal, value)) if isinstance(value, tuple) else _literal(value)
            return sentence.format(field=field.replace("_", " "), value=words)
        case Not(inner):
            return describe(inner, denied=not denied)
        case And(rules) | Or(rules):
            every = isinstance(rule, And) is not denied
            return (" and " if every else ", or ").join(describe(part, denied=denied) for part in rules)
        case _:
            assert_never(rule)


def write(rule: Rule) -> str:
    match rule:
        case Condition(field, "==", True):
            return field
        case Condition(field, operator, value):
            return f"{field} {operator} {_literal(value)}"
        case Not(inner):
            return f"not ({write(inner)})"
        case And(rules):
            return " and ".join(f"({write(part)})" if isinstance(part, Or) else write(part) for part in rules)
        case Or(rules):
            return " or ".join(map(write, rules))
        case _:
            assert_never(rule)


def _literal(value: str | int | bool | tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _folded(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(part.casefold() for part in value)
    return value.casefold() if isinstance(value, str) else value


@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """Raises RuleIsUnreadable."""
    if len(text) > MOST_CHARACTERS:
        raise RuleIsUnreadable(
            at=MOST_CHARACTERS, problem=f"it is longer than {MOST_CHARACTERS:,} characters"
        )
    reader = _Reader(text)
    rule = reader.any_of(0)
    if reader.word:
        reader.refuse("'and', 'or' or the end is expected here")
    return rule


_WORD: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|-?[0-9]+|\w+|[=!<>]=|[<>()\[\],]|\S|$)')


class _Reader:
    """One word ahead; `at` counts from 1, as people do."""

    def __init__(self, text: str) -> None:
        self._words: Iterator[re.Match[str]] = _WORD.finditer(text)
        self.word, self.at = "", 1
        self.advance()

    def advance(self) -> str:
        passed, ahead = self.word, next(self._words)
        self.word, self.at = ahead[1], ahead.start(1) + 1
        return passed

    def refuse(self, problem: str) -> NoReturn:
        raise RuleIsUnreadable(at=self.at, problem=problem)

    def skip(self, word: str) -> bool:
        found = self.word == word
        if found:
            self.advance()
        return found

    def any_of(self, depth: int) -> Rule:
        rules = [self.all_of(depth)]
        while self.skip("or"):
            rules.append(self.all_of(depth))
        flat = [part for rule in rules for part in (rule.rules if isinstance(rule, Or) else (rule,))]
        return flat[0] if len(flat) == 1 else Or(tuple(flat))

    def all_of(self, depth: int) -> Rule:
        rules = [self.one(depth)]
        while self.skip("and"):
            rules.append(self.one(depth))
        flat = [part for rule in rules for part in (rule.rules if isinstance(rule, And) else (rule,))]
        return flat[0] if len(flat) == 1 else And(tuple(flat))

    def one(self, depth: int) -> Rule:
        if depth > DEEPEST:
            self.refuse(f"more than {DEEPEST} parentheses or nots are inside each other")
        if self.skip("not"):
            return Not(self.one(depth + 1))
        if not self.skip("("):
            return self.condition()
        rule = self.any_of(depth + 1)
        if not self.skip(")"):
            self.refuse("a closing parenthesis is missing")
        return rule

    def condition(self) -> Condition:
        kind = AUDIENCE_FIELDS.get(self.word)
        if kind is None:
            self.refuse(f"a field is expected, one of {', '.join(AUDIENCE_FIELDS)}")
        field = self.advance()
        if kind == "flag" and self.word not in {"==", "!="}:
            return Condition(field, "==", True)
        at, operator = self.at, self.advance() if self.word else ""
        if operator == "not":
            operator = f"not {self.advance() if self.word else ''}"
        if operator not in OPERATORS[kind]:
            self.at = at
            self.refuse(f"{field} can be compared with {', '.join(OPERATORS[kind])}")
        if operator in {"in", "not in"}:
            return Condition(field, operator, self.several())
        return Condition(field, operator, self.text() if kind in {"text", "texts"} else self.plain(kind))

    def several(self) -> tuple[str, ...]:
        if not self.skip("["):
            self.refuse('a list is expected, such as ["Sales", "Finance"]')
        values = [self.text()]
        while self.skip(","):
            values.append(self.text())
        if not self.skip("]"):
            self.refuse("a closing bracket is missing")
        return tuple(values)

    def text(self) -> str:
        try:
            value = json.loads(self.word)
        except ValueError:
            value = None
        if not isinstance(value, str) or not value.isprintable():
            self.refuse('a text is expected, such as "Sales"')
        self.advance()
        return value

    def plain(self, kind: Kind) -> int | bool:
        if kind == "flag":
            if self.word not in {"true", "false"}:
                self.refuse("true or false is expected")
            return self.advance() == "true"
        if re.fullmatch(r"-?[0-9]{1,9}", self.word) is None:
            self.refuse("a whole number is expected, such as 2")
        return int(self.advance())
