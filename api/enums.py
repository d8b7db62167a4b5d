"""Words with a fixed set of values; each is shown in capitals and kept in small letters."""

from enum import StrEnum

import strawberry

from domain.permissions import Role
from domain.program_settings import Side, StaffRole

strawberry.enum(Role, description="What somebody may do here.")
strawberry.enum(Side, description="The two sides of mentoring; a person takes one of them in a programme.")
strawberry.enum(StaffRole, description="What staff of a programme do.")


@strawberry.enum(description="Whether somebody is with the organisation.")
class ParticipantStatus(StrEnum):
    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


@strawberry.enum(description="How far a programme's life has come.")
class ProgramState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    WOUND_DOWN = "wound_down"
    ARCHIVED = "archived"


@strawberry.enum(description="How a person stands in a programme.")
class EnrollmentState(StrEnum):
    INVITED = "invited"
    APPLIED = "applied"
    INFORMATION_REQUESTED = "information_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WAITLISTED = "waitlisted"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    COMPLETED = "completed"


@strawberry.enum(description="What made something happen.")
class Cause(StrEnum):
    COMMAND = "command"
    TIMER = "timer"
    RULE = "rule"
    SYNC = "sync"


@strawberry.enum
class ParticipantOrder(StrEnum):
    NAME = "name"
    NAME_DESC = "name_desc"
    REGISTERED_AT = "registered_at"
    REGISTERED_AT_DESC = "registered_at_desc"


@strawberry.enum
class ProgramOrder(StrEnum):
    NAME = "name"
    NAME_DESC = "name_desc"
    DRAFTED_AT = "drafted_at"
    DRAFTED_AT_DESC = "drafted_at_desc"


__all__ = [
    "Cause",
    "EnrollmentState",
    "ParticipantOrder",
    "ParticipantStatus",
    "ProgramOrder",
    "ProgramState",
    "Role",
    "Side",
    "StaffRole",
]
