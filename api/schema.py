"""The whole schema; `python -m api.schema FILE` writes it down."""

import sys
from pathlib import Path
from typing import Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from api.assignment import AssignmentQueries
from api.assignment_commands import AssignmentCommands
from api.attainment_commands import AttainmentCommands
from api.calendar import CalendarQueries
from api.calendar_commands import CalendarCommands
from api.competency import CompetencyQueries
from api.competency_commands import CompetencyCommands
from api.conversation_commands import ConversationCommands
from api.directory import DirectoryQueries
from api.enrollment import EnrollmentQueries
from api.enrollment_commands import EnrollmentCommands
from api.history import HistoryQueries
from api.inbox import InboxQueries
from api.inquiry import InquiryQueries
from api.inquiry_commands import InquiryCommands
from api.learning import LearningQueries
from api.log import LogQueries
from api.match_fairness import MatchFairnessQueries
from api.match_report import MatchReportQueries
from api.match_run import MatchRunQueries
from api.match_run_commands import MatchRunCommands
from api.meeting import MeetingQueries
from api.meeting_commands import MeetingCommands
from api.meeting_series_commands import MeetingSeriesCommands
from api.mentorship import MentorshipQueries
from api.mentorship_commands import MentorshipCommands
from api.notification import NotificationQueries
from api.notification_commands import NotificationCommands
from api.participant import ParticipantQueries
from api.participant_commands import ParticipantCommands
from api.program import ProgramQueries
from api.program_commands import ProgramCommands
from api.proposal import ProposalQueries
from api.proposal_commands import ProposalCommands
from api.refusals import ERROR_TYPES
from api.resource import ResourceQueries
from api.resource_commands import ResourceCommands
from api.scalars import SCALARS
from api.subscription import Subscription
from api.suggestion import SuggestionQueries
from api.survey import SurveyQueries
from api.survey_commands import SurveyCommands
from api.template import TemplateQueries
from api.viewer import ViewerQueries
from api.webhook import WebhookQueries
from api.webhook_commands import WebhookCommands
from api.wish_commands import WishCommands


@strawberry.type(description="What can be read. `minPosition` waits until your own writes can be seen.")
class Query(
    ViewerQueries,
    ParticipantQueries,
    ProgramQueries,
    EnrollmentQueries,
    ProposalQueries,
    MentorshipQueries,
    AssignmentQueries,
    ResourceQueries,
    SuggestionQueries,
    CompetencyQueries,
    MatchRunQueries,
    MatchReportQueries,
    MatchFairnessQueries,
    MeetingQueries,
    CalendarQueries,
    HistoryQueries,
    InboxQueries,
    LearningQueries,
    DirectoryQueries,
    InquiryQueries,
    NotificationQueries,
    TemplateQueries,
    SurveyQueries,
    WebhookQueries,
    LogQueries,
):
    pass


@strawberry.type(description="What can be done, each named by what you intend.")
class Mutation(
    ParticipantCommands,
    ProgramCommands,
    EnrollmentCommands,
    WishCommands,
    ProposalCommands,
    MentorshipCommands,
    AttainmentCommands,
    ResourceCommands,
    CompetencyCommands,
    MatchRunCommands,
    InquiryCommands,
    ConversationCommands,
    MeetingCommands,
    MeetingSeriesCommands,
    CalendarCommands,
    AssignmentCommands,
    NotificationCommands,
    SurveyCommands,
    WebhookCommands,
):
    pass


SCHEMA: Final = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=ERROR_TYPES,
    config=StrawberryConfig(scalar_map=SCALARS),
)
GRAPHQL: Final[GraphQLSchema] = SCHEMA._schema  # noqa: SLF001 strawberry hands it out in no other way


def main() -> None:
    text = SCHEMA.as_str() + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
