"""Distinct id types. Every id is a UUID that says nothing about a person."""

from typing import Final, NewType
from uuid import UUID, uuid5

ParticipantId = NewType("ParticipantId", UUID)
ProgramId = NewType("ProgramId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)
ProposalId = NewType("ProposalId", UUID)
MatchRunId = NewType("MatchRunId", UUID)
MentorshipId = NewType("MentorshipId", UUID)
ImportId = NewType("ImportId", UUID)
CompetencyId = NewType("CompetencyId", UUID)
MeetingId = NewType("MeetingId", UUID)
ConversationId = NewType("ConversationId", UUID)
ResourceId = NewType("ResourceId", UUID)
AssignmentId = NewType("AssignmentId", UUID)
InquiryId = NewType("InquiryId", UUID)
CalendarFeedId = NewType("CalendarFeedId", UUID)
SurveyId = NewType("SurveyId", UUID)
NotificationId = NewType("NotificationId", UUID)
WebhookId = NewType("WebhookId", UUID)

Pair = tuple[ParticipantId, ParticipantId]
"""Mentee and mentor, in this order everywhere."""


def enrollment_id(program: ProgramId, participant: ParticipantId) -> EnrollmentId:
    """One enrollment a programme and person: the id itself makes a second one impossible."""
    return EnrollmentId(uuid5(program, participant.hex))


def mentorship_id(proposal: ProposalId) -> MentorshipId:
    """One mentorship a proposal, for the same reason."""
    return MentorshipId(uuid5(proposal, "mentorship"))


def successor_id(mentorship: MentorshipId) -> MentorshipId:
    """The one that a handed-over mentorship goes on as."""
    return MentorshipId(uuid5(mentorship, "successor"))


def flash_id(inquiry: InquiryId) -> MentorshipId:
    """The flash session that an inquiry leads to."""
    return MentorshipId(uuid5(inquiry, "session"))


def meeting_id(series: UUID, number: int) -> MeetingId:
    """One of the meetings that recur as this series."""
    return MeetingId(uuid5(series, f"meeting {number}"))


def calendar_feed_id(participant: ParticipantId) -> CalendarFeedId:
    """One calendar feed a person."""
    return CalendarFeedId(uuid5(participant, "calendar"))


def conversation_id(mentorship: MentorshipId) -> ConversationId:
    """One conversation a mentorship."""
    return ConversationId(uuid5(mentorship, "conversation"))


def survey_id(mentorship: MentorshipId, occurrence: str, to: ParticipantId) -> SurveyId:
    """One survey a member and `occurrence`, as `first`, `recurring 2` or `meeting` and its id."""
    return SurveyId(uuid5(mentorship, f"survey {occurrence} {to}"))


def notification_id(about: UUID, occurrence: str, to: ParticipantId) -> NotificationId:
    """One notification a person and `occurrence`, which tells apart what is said of one thing."""
    return NotificationId(uuid5(about, f"notification {occurrence} {to}"))


def proposal_id(run: MatchRunId, number: int) -> ProposalId:
    """What a published run proposes: one proposal a pair, however often it is published."""
    return ProposalId(uuid5(run, f"pair {number}"))


_LABELS: Final = UUID("0d2f6a0e-6c1b-4f0e-9a53-3b1f0c7f5a11")


def competency_id(key: str) -> CompetencyId:
    """One entry a label, by its `profile.key_of`: the id itself makes a second one impossible."""
    return CompetencyId(uuid5(_LABELS, key))
