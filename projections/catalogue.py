"""Every read model there is."""

from typing import Final

from projections import (
    accountability,
    assignments,
    board,
    competencies,
    conversations,
    directory,
    history,
    inquiries,
    learning,
    meanings,
    meetings,
    notifications,
    participation,
    passed_on,
    preferences,
    profiles,
    programs,
    proposals,
    relationships,
    resources,
    surveys,
    waitlist,
)
from projections.projection import Projection

ALL: Final[tuple[Projection, ...]] = (
    profiles.PROJECTION,
    preferences.PROJECTION,
    competencies.PROJECTION,
    meanings.PROJECTION,
    programs.PROJECTION,
    proposals.PROJECTION,
    relationships.PROJECTION,
    conversations.PROJECTION,
    meetings.PROJECTION,
    learning.PROJECTION,
    resources.PROJECTION,
    assignments.PROJECTION,
    inquiries.PROJECTION,
    notifications.PROJECTION,
    surveys.PROJECTION,
    directory.PROJECTION,
    board.PROJECTION,
    waitlist.PROJECTION,
    participation.PROJECTION,
    passed_on.PROJECTION,
    history.PROJECTION,
    accountability.PROJECTION,
)
