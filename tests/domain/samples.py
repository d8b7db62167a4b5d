"""Every event as it was ever stored, from `golden/<name>.v<version>.json`: only added to, never changed."""

import json
from pathlib import Path
from typing import Any, Final

from domain.aggregate import Aggregate
from domain.assignment import ASSIGNMENT
from domain.calendar_feed import CALENDAR_FEED
from domain.competency import COMPETENCY
from domain.conversation import CONVERSATION
from domain.enrollment import ENROLLMENT
from domain.event import ERASED, REGISTRY, UPCASTS, DomainEvent
from domain.inquiry import INQUIRY
from domain.match_run import MATCH_RUN
from domain.meeting import MEETING
from domain.mentorship import MENTORSHIP
from domain.notification import NOTIFICATION
from domain.participant import PARTICIPANT
from domain.program import PROGRAM
from domain.proposal import PROPOSAL
from domain.resource import RESOURCE
from domain.survey import SURVEY
from domain.webhook import WEBHOOK

GOLDEN: Final = Path(__file__).parent / "golden"
AGGREGATES: Final[tuple[Aggregate[Any], ...]] = (
    PARTICIPANT,
    PROGRAM,
    ENROLLMENT,
    PROPOSAL,
    MENTORSHIP,
    MATCH_RUN,
    COMPETENCY,
    RESOURCE,
    ASSIGNMENT,
    CONVERSATION,
    INQUIRY,
    MEETING,
    CALENDAR_FEED,
    SURVEY,
    NOTIFICATION,
    WEBHOOK,
)
NAMES: Final = sorted(
    name for name in REGISTRY if name.partition(".")[0] in {aggregate.category for aggregate in AGGREGATES}
)
EVERY: Final = [(name, version) for name in NAMES for version in range(1, REGISTRY[name].schema_version + 1)]


def stored(name: str, version: int) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((GOLDEN / f"{name}.v{version}.json").read_text(encoding="utf-8"))
    return sample


def revived(name: str, version: int) -> DomainEvent:
    """As the store reads it: raised to the current version, then checked."""
    data = stored(name, version)
    for passed in range(version, REGISTRY[name].schema_version):
        data = UPCASTS[name, passed](data)
    return REGISTRY[name].model_validate(data)


def variants(name: str) -> list[DomainEvent]:
    """Full, with nothing but what is required, and with what was personal erased."""
    full = revived(name, REGISTRY[name].schema_version)
    required = {
        field: getattr(full, field) for field, info in type(full).model_fields.items() if info.is_required()
    }
    erased = dict.fromkeys(full.personal_fields, ERASED)
    return [full, type(full).model_validate(required), full.model_copy(update=erased)]
