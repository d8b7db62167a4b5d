"""The cast of the tests: Ada mentors Noor, Sam facilitates, Kim administers; others come as they are needed.

Ids are fixed, so that a failing test reads the same twice.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.ids import EnrollmentId, ParticipantId, ProgramId, enrollment_id
from domain.participant import Registered
from domain.permissions import Actor, Role
from domain.profile import PersonFacts


@dataclass(frozen=True)
class Person:
    id: ParticipantId
    name: str
    email: str
    department: str
    roles: frozenset[Role] = frozenset({Role.PARTICIPANT})

    @property
    def registered(self) -> Registered:
        known_as = self.email.partition("@")[0]
        return Registered(name=self.name, email=self.email, external_id=known_as, source="csv")

    @property
    def actor(self) -> Actor:
        return Actor(id=str(self.id), roles=self.roles, participant=self.id)

    def facts(self, *, active: bool = True, **profile: Any) -> PersonFacts:
        known = {"department": self.department, "hours_a_month": 8, "accepting": True, **profile}
        return PersonFacts(participant=self.id, active=active, profile=known)

    def in_program(self, program: ProgramId) -> EnrollmentId:
        return enrollment_id(program, self.id)


def _person(number: int, name: str, department: str, *roles: Role) -> Person:
    email = f"{name.partition(' ')[0].lower()}@example.org"
    person = ParticipantId(UUID(int=number))
    return Person(person, name, email, department, frozenset({Role.PARTICIPANT, *roles}))


ADA: Final = _person(0xADA, "Ada Okafor", "Engineering")
NOOR: Final = _person(0x1005, "Noor Haddad", "Sales")
LIN: Final = _person(0x117, "Lin Wei", "Finance")
SAM: Final = _person(0x5A3, "Sam Rivera", "People", Role.FACILITATOR)
KIM: Final = _person(0x817, "Kim Larsen", "People", Role.ADMINISTRATOR)
OLA: Final = _person(0x01A, "Ola Nowak", "People", Role.ORGANISATION_ADMIN)
EVE: Final = _person(0xE7E, "Eve Martin", "Audit", Role.AUDITOR)

ONBOARDING: Final = ProgramId(UUID(int=0x0B))
LEADERSHIP: Final = ProgramId(UUID(int=0x1EAD))
