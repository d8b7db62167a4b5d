"""Every read model there is."""

from typing import Final

from projections import board, competencies, meanings, profiles, programs, proposals, relationships, waitlist
from projections.projection import Projection

ALL: Final[tuple[Projection, ...]] = (
    profiles.PROJECTION,
    competencies.PROJECTION,
    meanings.PROJECTION,
    programs.PROJECTION,
    proposals.PROJECTION,
    relationships.PROJECTION,
    board.PROJECTION,
    waitlist.PROJECTION,
)
