"""Words with a fixed set of values; each is shown in capitals and kept in small letters."""

from enum import StrEnum

import strawberry

from domain.conversation import Kind as SaidKind
from domain.match_outcome import Reason as UnmatchedReason
from domain.matching_settings import Criterion, Mode
from domain.meeting import Answer as MeetingReply
from domain.meeting import Visibility as NoteVisibility
from domain.meeting_series import Period
from domain.mentorship import EndReason, Outcome
from domain.occasions import Occasion
from domain.permissions import Role
from domain.program_settings import Kind, Side, StaffRole
from domain.relationship import Sharing
from domain.resource import Audience as ResourceAudience
from domain.survey_forms import AnswerKind as SurveyAnswerKind
from domain.survey_forms import Measure as SurveyMeasure
from domain.survey_forms import SurveyKind
from domain.webhook import Reason as WebhookPauseReason
from projections.competency_search import FoundBy
from projections.history_entries import EntryKind as HistoryKind
from projections.inbox import InboxKind

strawberry.enum(Role, description="What somebody may do here.")
strawberry.enum(Side, description="The two sides of mentoring; a person takes one of them in a programme.")
strawberry.enum(UnmatchedReason, name="UnmatchedReason", description="Why a run leaves somebody without.")
strawberry.enum(StaffRole, description="What staff of a programme do.")
strawberry.enum(Kind, name="RelationshipKind")
strawberry.enum(Mode, name="MatchingMode", description="Who brings a pair together.")
strawberry.enum(Criterion, name="MatchingCriterion")
strawberry.enum(Outcome, name="MentorshipOutcome", description="What a relationship came to.")
strawberry.enum(EndReason, description="Why a relationship ended before its time.")
strawberry.enum(HistoryKind, name="HistoryKind", description="What an entry of a history is about.")
strawberry.enum(InboxKind, description="What can wait for somebody.")
strawberry.enum(SaidKind, name="SaidKind", description="What was said: a message, a question, an answer.")
strawberry.enum(Sharing, description="How far beyond the relationship something may be found.")
strawberry.enum(MeetingReply, name="MeetingReply", description="What somebody says to an invitation.")
strawberry.enum(NoteVisibility, name="NoteVisibility", description="Who may read a note.")
strawberry.enum(Period, name="SeriesPeriod", description="What a series of meetings counts in.")
strawberry.enum(ResourceAudience, name="ResourceAudience", description="Who finds what has been shared.")
strawberry.enum(SurveyKind, description="When a survey is asked: by timers, or by hand as a pulse.")
strawberry.enum(SurveyAnswerKind, name="SurveyAnswerKind", description="How a question is answered.")
strawberry.enum(SurveyMeasure, name="SurveyMeasure", description="What an answer counts towards.")
strawberry.enum(Occasion, name="CommunicationOccasion", description="What people are told of.")
strawberry.enum(WebhookPauseReason, name="WebhookPauseReason", description="Why nothing is sent.")
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


@strawberry.enum(description="How an assignment stands.")
class AssignmentState(StrEnum):
    SUGGESTED = "suggested"
    ASSIGNED = "assigned"
    STARTED = "started"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    COMPLETED = "completed"
    DROPPED = "dropped"


@strawberry.enum(description="How a survey stands.")
class SurveyState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    LAPSED = "lapsed"


@strawberry.enum(description="How a meeting stands.")
class MeetingState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


@strawberry.enum(description="How a question to an expert stands.")
class InquiryState(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    DECLINED = "declined"
    CLOSED = "closed"


@strawberry.enum(description="What is said about a question.")
class InquiryWordsKind(StrEnum):
    QUESTION = "question"
    FURTHER_QUESTION = "further_question"
    ANSWER = "answer"


@strawberry.enum(description="How a goal stands.")
class GoalState(StrEnum):
    OPEN = "open"
    ACHIEVED = "achieved"
    DROPPED = "dropped"


@strawberry.enum(description="What has been shared.")
class ResourceKind(StrEnum):
    DOCUMENT = "document"
    LINK = "link"


@strawberry.enum(description="Whether what was shared is still there.")
class ResourceState(StrEnum):
    SHARED = "shared"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


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


@strawberry.enum(description="What an entry of the library is.")
class LibraryKind(StrEnum):
    ANSWER = "answer"
    DOCUMENT = "document"
    LINK = "link"


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
class MeetingOrder(StrEnum):
    STARTS_AT_DESC = "starts_at_desc"
    STARTS_AT = "starts_at"
    PROPOSED_AT_DESC = "proposed_at_desc"


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
    "AssignmentState",
    "Cause",
    "Criterion",
    "EndReason",
    "EnrollmentState",
    "FoundBy",
    "GoalState",
    "HistoryKind",
    "InboxKind",
    "InquiryState",
    "InquiryWordsKind",
    "Kind",
    "LibraryKind",
    "MatchRunOrder",
    "MatchRunState",
    "MeetingOrder",
    "MeetingReply",
    "MeetingState",
    "MentorshipOrder",
    "MentorshipState",
    "Mode",
    "NoteVisibility",
    "Occasion",
    "Outcome",
    "PairChoiceKind",
    "ParticipantOrder",
    "ParticipantStatus",
    "Period",
    "ProgramOrder",
    "ProgramState",
    "ProposalState",
    "ResourceAudience",
    "ResourceKind",
    "ResourceState",
    "Role",
    "SaidKind",
    "Sharing",
    "Side",
    "StaffRole",
    "SurveyAnswerKind",
    "SurveyKind",
    "SurveyMeasure",
    "SurveyState",
    "UnmatchedReason",
    "WebhookPauseReason",
]


@strawberry.enum(description="How far a mail has come.")
class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    UNSENT = "unsent"
    FAILED = "failed"


@strawberry.enum(description="How far an event has come on its way to a webhook.")
class WebhookDeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
