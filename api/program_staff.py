"""Who is staff of a programme, as permissions ask it."""

from collections import defaultdict
from uuid import UUID

from domain.permissions import Role
from domain.program import Program


def staff_of(state: Program) -> dict[UUID, frozenset[Role]]:
    staff: dict[UUID, frozenset[Role]] = defaultdict(frozenset)
    for person, role in state.staff:
        staff[person] |= {Role(role)}
    return staff
