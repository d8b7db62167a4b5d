"""Every read model there is."""

from typing import Final

from projections import competencies, meanings, profiles, programs, proposals, relationships
from projections.projection import Projection

ALL: Final[tuple[Projection, ...]] = (
    profiles.PROJECTION,
    competencies.PROJECTION,
    meanings.PROJECTION,
    programs.PROJECTION,
    proposals.PROJECTION,
    relationships.PROJECTION,
)
