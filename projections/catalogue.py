"""Every read model there is."""

from typing import Final

from projections import profiles, programs
from projections.projection import Projection

ALL: Final[tuple[Projection, ...]] = (profiles.PROJECTION, programs.PROJECTION)
