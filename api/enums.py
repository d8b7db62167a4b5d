"""Words with a fixed set of values; each is shown in capitals and kept in small letters."""

from enum import StrEnum

import strawberry

from domain.match_outcome import Reason as UnmatchedReason
from domain.matching_settings import Criterion, Mode
from domain.mentorship import EndReason, Outcome
from domain.permissions import Role
from domain.program_settings import Kind, Side, StaffRole
from projections.competency_search import FoundBy

strawberry.enum(Role, description="What somebody may do here.")
strawberry.enum(Side, description="The two sides of mentoring; a person takes one of them in a programme.")
strawberry.enum(UnmatchedReason, name="UnmatchedReason", description="Why a run leaves somebody without.")
strawberry.enum(StaffRole, description="What staff of a programme do.")
strawberry.enum(Kind, name="RelationshipKind")
strawberry.enum(Mode, name="MatchingMode", description="Who brings a pair together.")
strawberry.enum(Criterion, name="MatchingCriterion")
strawberry.enum(Outcome, name="MentorshipOutcome", description="What a relationship came to.")
strawberry.enum(EndReason, description="Why a relationship ended before its time.")
strawberry.enum(FoundBy, description="How a text led to an entry: by the word, its spelling or its meaning.")


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


@strawberry.enum(description="How a proposal stands; every state but the first is its end.")
class ProposalState(StrEnum):
    WAITING = "waiting"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CONFIRMED = "confirmed"


@strawberry.enum(description="How far a relationship has come.")
class MentorshipState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CONCLUDED = "concluded"
    ENDED_EARLY = "ended_early"
    HANDED_OVER = "handed_over"


@strawberry.enum(description="How a goal stands.")
class GoalState(StrEnum):
    OPEN = "open"
    ACHIEVED = "achieved"
    DROPPED = "dropped"


@strawberry.enum(description="How far a match run has come.")
class MatchRunState(StrEnum):
    COMPUTING = "computing"
    DRAFT = "draft"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


@strawberry.enum(description="What somebody wants of a pair in a run.")
class PairChoiceKind(StrEnum):
    LOCKED = "locked"
    FORBIDDEN = "forbidden"


@strawberry.enum(description="What became of somebody else who was eligible.")
class AlternativeFate(StrEnum):
    FREE = "free"
    FULL = "full"
    OWN = "own"


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
class MentorshipOrder(StrEnum):
    BEGAN_AT_DESC = "began_at_desc"
    BEGAN_AT = "began_at"
    PLANNED_END = "planned_end"
    PLANNED_END_DESC = "planned_end_desc"


@strawberry.enum
class MatchRunOrder(StrEnum):
    REQUESTED_AT = "requested_at"
    REQUESTED_AT_DESC = "requested_at_desc"


@strawberry.enum
class ProgramOrder(StrEnum):
    NAME = "name"
    NAME_DESC = "name_desc"
    DRAFTED_AT = "drafted_at"
    DRAFTED_AT_DESC = "drafted_at_desc"


__all__ = [
    "AlternativeFate",
    "Cause",
    "Criterion",
    "EndReason",
    "EnrollmentState",
    "FoundBy",
    "GoalState",
    "Kind",
    "MatchRunOrder",
    "MatchRunState",
    "MentorshipOrder",
    "MentorshipState",
    "Mode",
    "Outcome",
    "PairChoiceKind",
    "ParticipantOrder",
    "ParticipantStatus",
    "ProgramOrder",
    "ProgramState",
    "ProposalState",
    "Role",
    "Side",
    "StaffRole",
    "UnmatchedReason",
]
