"""The terms of a run: which rules and weights count, and what one relationship takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.matching_settings import MatchingSettings
from domain.program_settings import RelationshipType

ENGINE: Final = 1
"""The version of the engine. It stands in the events: only the same version finds the same pairs again."""


@dataclass(frozen=True, slots=True)
class Terms:
    settings: MatchingSettings
    type: RelationshipType
    hours_a_month: int = 2


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a score is measured with: the terms, and how near competencies are to each other."""

    terms: Terms
    nearness: Mapping[tuple[str, str], int] = field(default_factory=dict)
