"""Veil: nobody is told that somebody avoids somebody, which looks as if there were no place; nor what they
prefer of the other side.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from domain.matching_settings import Criterion

AVOIDED: Final = "avoided"
CAPACITY: Final = "capacity"


def veiled(rules: Iterable[str]) -> tuple[str, ...]:
    """The names of rules as they may be told."""
    return tuple(sorted({CAPACITY if rule == AVOIDED else rule for rule in rules}))


def veiled_counts(barred: Mapping[str, int]) -> dict[str, int]:
    """How many each rule bars, as it may be told."""
    told: Counter[str] = Counter()
    for rule, count in barred.items():
        told[CAPACITY if rule == AVOIDED else rule] += count
    return dict(sorted(told.items()))


def veiled_parts(parts: Mapping[Criterion, int]) -> dict[Criterion, int]:
    """The parts of a score as they may be told."""
    return {criterion: score for criterion, score in parts.items() if criterion is not Criterion.PREFERENCE}
