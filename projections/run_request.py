"""Freezing the pool that a run is requested on. The read models must show the position first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg

from domain.ids import MatchRunId, ProgramId
from domain.match_request import (
    FrozenPool,
    ReferenceIsElsewhere,
    refuse_lopsided,
    relationship_type,
    requested,
)
from domain.match_run import Requested
from domain.matching_settings import MatchingSettings
from domain.program_settings import ProgramTerms, Side
from projections.pool import freeze

TAKING_PART: Final = """
SELECT role, count(*) FROM enrollments WHERE program_id = %(program)s AND state = 'approved' GROUP BY role
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another run, and what it was requested with."""

    run: MatchRunId
    requested: Requested


@dataclass(frozen=True, slots=True)
class RunWish:
    """`settings` are whole. Without a `seed`, that of the reference counts, else `drawn`."""

    settings: MatchingSettings
    drawn: int
    seed: int | None = None
    label: str | None = None


def on_the_pool_of_now(
    connection: Connection, program: ProgramTerms, wish: RunWish, position: int
) -> Requested:
    """Raises why nobody could be matched."""
    refuse_lopsided(relationship_type(program, wish.settings), taking_part(connection, program.program))
    pool = FrozenPool(position, freeze(connection, program.program, position))
    seed = wish.drawn if wish.seed is None else wish.seed
    return requested(program, wish.settings, pool, seed, wish.label)


def on_the_pool_of(reference: Reference, program: ProgramTerms, wish: RunWish) -> Requested:
    """A scenario: all but the settings, and what they choose, is as in the other run."""
    held = reference.requested
    if held.program != program.program:
        raise ReferenceIsElsewhere
    same = wish.settings.relationship == held.settings.relationship
    types = (held.type,) if same else program.types
    terms = replace(program, settings_version=held.settings_version, types=types)
    pool = FrozenPool(held.pool_position, held.pool_digest)
    seed = held.seed if wish.seed is None else wish.seed
    scenario = requested(terms, wish.settings, pool, seed, wish.label)
    return scenario.model_copy(update={"capacity": held.capacity, "reference": reference.run})


def taking_part(connection: Connection, program: ProgramId) -> Mapping[Side, int]:
    found = connection.execute(TAKING_PART, {"program": program})
    return {Side(role): count for role, count in found}
