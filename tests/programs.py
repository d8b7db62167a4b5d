"""The programmes of the tests: onboarding is for everybody, leadership for Sales and Engineering."""

from typing import Any, Final
from uuid import UUID

from domain.accountability_settings import Timers
from domain.event import DomainEvent
from domain.matching_settings import MatchingSettings, Mode
from domain.program import Drafted, Opened, RelationshipTypesSet, StaffAssigned
from domain.program_settings import EnrollmentSettings, Kind, ProgramTerms, RelationshipType, Side, StaffRole
from tests.people import KIM, ONBOARDING, SAM

EVERY_MODE: Final = MatchingSettings(modes=tuple(Mode))
PAIR: Final = RelationshipType(id="pair", kind=Kind.ONE_TO_ONE, name="Pair")
DRAFTED: Final = Drafted(name="Onboarding", purpose="Nobody starts alone.")
READY: Final[tuple[DomainEvent, ...]] = (
    DRAFTED,
    RelationshipTypesSet(types=(PAIR,)),
    StaffAssigned(person=KIM.id, role=StaffRole.ADMINISTRATOR),
    StaffAssigned(person=SAM.id, role=StaffRole.FACILITATOR),
)
OPENED: Final[tuple[DomainEvent, ...]] = (*READY, Opened())

HANDBOOK: Final = UUID(int=0xB00C)


def onboarding(
    audience: dict[Side, str] | None = None,
    *,
    open: bool = True,  # noqa: A002 the word of ProgramTerms
    over: bool = False,
    archived: bool = False,
    types: tuple[RelationshipType, ...] = (PAIR,),
    matching: MatchingSettings = EVERY_MODE,
    **enrollment: Any,
) -> ProgramTerms:
    return ProgramTerms(
        ONBOARDING,
        open=open,
        over=over,
        archived=archived,
        audience=audience or {},
        enrollment=EnrollmentSettings.model_validate(enrollment),
        settings_version=1,
        types=types,
        matching=matching,
        timers=Timers(),
    )
