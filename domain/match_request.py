"""What a run is requested with: the programme's terms, what the request says otherwise, and a frozen pool."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.match_run import Requested
from domain.matching_settings import MatchingSettings
from domain.program_settings import ProgramTerms, RelationshipType, Side
from domain.proposal import RelationshipIsUnknown
from domain.refusal import Refusal


class PoolIsEmpty(Refusal):
    """Nobody takes part in this programme yet: there is nobody to match."""


class PoolIsOneSided(Refusal):
    """Nobody takes part in this programme as a {role} yet: nobody can be matched."""


class ReferenceIsElsewhere(Refusal):
    """A scenario is computed on the pool of another run of the same programme."""


@dataclass(frozen=True, slots=True)
class FrozenPool:
    position: int
    digest: str


def relationship_type(program: ProgramTerms, settings: MatchingSettings) -> RelationshipType:
    """The type that a run with these settings makes; the first where they name none."""
    for kind in program.types:
        if settings.relationship in (None, kind.id):
            return kind
    raise RelationshipIsUnknown


def refuse_lopsided(kind: RelationshipType, taking_part: Mapping[Side, int]) -> None:
    """Raises which side nobody is on, where this type needs somebody there."""
    if not any(taking_part.values()):
        raise PoolIsEmpty
    for side, size in ((Side.MENTOR, kind.mentors), (Side.MENTEE, kind.mentees)):
        if size.least and not taking_part.get(side):
            raise PoolIsOneSided(role=side)


def requested(
    program: ProgramTerms,
    settings: MatchingSettings,
    pool: FrozenPool,
    seed: int,
    label: str | None = None,
) -> Requested:
    return Requested(
        program=program.program,
        settings_version=program.settings_version,
        settings=settings,
        type=relationship_type(program, settings),
        capacity=program.enrollment.capacity,
        pool_position=pool.position,
        pool_digest=pool.digest,
        seed=seed,
        label=label,
    )
