"""An audience rule as a condition on `people_as_of`: the same people fulfil it as domain.audience finds."""

from collections.abc import Mapping
from typing import Any, Final, assert_never

from domain.audience import And, Condition, Not, Or, Rule, parse

_COLUMNS: Final[Mapping[str, str]] = {
    "job_title": "f.job_title",
    "department": "f.department",
    "location": "f.location",
    "time_zone": "f.time_zone",
    "languages": "f.languages",
    "competencies_offered": "f.offered",
    "competencies_sought": "f.sought",
    "hours_a_month": "f.hours_a_month",
    "accepting": "f.accepting",
    "has_manager": "f.has_manager",
    "expert": "f.expert",
}
_DENIALS: Final[Mapping[str, str]] = {"!=": "==", "not in": "in", "not has": "has"}
_TESTS: Final[Mapping[str, str]] = {
    "==": "{column} = {value}",
    "in": "{column} = ANY ({value})",
    "has": "{value} = ANY ({column})",
    "<": "{column} < {value}",
    "<=": "{column} <= {value}",
    ">": "{column} > {value}",
    ">=": "{column} >= {value}",
}


def fulfilled(rule: str | None, params: dict[str, Any]) -> str:
    """The condition, for rows called `f`; what it compares with becomes a parameter. No rule admits all."""
    return "true" if rule is None else _written(parse(rule), params)


def _written(rule: Rule, params: dict[str, Any]) -> str:
    match rule:
        case Condition(field, operator, value):
            test = _TESTS[_DENIALS.get(operator, operator)]
            met = test.format(column=_COLUMNS[field], value=_bound(value, params))
            return f"coalesce({met}, false) IS {'NOT ' if operator in _DENIALS else ''}TRUE"
        case Not(inner):
            return f"NOT ({_written(inner, params)})"
        case And(rules):
            return " AND ".join(f"({_written(part, params)})" for part in rules)
        case Or(rules):
            return " OR ".join(f"({_written(part, params)})" for part in rules)
        case _:
            assert_never(rule)


def _bound(value: str | int | bool | tuple[str, ...], params: dict[str, Any]) -> str:
    """Folded as the columns are, and of its own type also where nothing tells which."""
    name = f"rule_{len(params)}"
    match value:
        case str():
            params[name], kind = value.casefold(), "text"
        case tuple():
            params[name], kind = [part.casefold() for part in value], "text[]"
        case bool():
            params[name], kind = value, "boolean"
        case _:
            params[name], kind = value, "int"
    return f"%({name})s::{kind}"
