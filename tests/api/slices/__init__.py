"""What each slice adds to the tests over every command, query and role: one module a slice.

A module has `MUTATIONS` and `QUERIES` (who may, by command and by query, as in tests.api.test_roles),
`UNVERSIONED` and `ONES_OWN` (as there and in tests.api.wishes), `scene(house, base)` which sets up what they
are about and gives its ids by a word, and `wishes(base)`, one good input for each of its commands, told from
`base.ids`. A query names an id as `$word`.
"""

from types import ModuleType
from typing import Final

from tests.api.slices import (
    accountability,
    assignments,
    conversations,
    directory,
    history,
    inbox,
    meetings,
    mentorships,
    notifications,
    reports,
    resources,
    surveys,
    webhooks,
)

SLICES: Final[tuple[ModuleType, ...]] = (
    accountability,
    assignments,
    conversations,
    directory,
    mentorships,
    meetings,
    resources,
    history,
    inbox,
    notifications,
    surveys,
    reports,
    webhooks,
)
