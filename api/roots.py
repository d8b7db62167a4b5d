"""Where a query can begin, as shapes: the fields of Query, and every shape by its type name."""

from collections.abc import Mapping
from typing import Final

from domain.permissions import Action
from projections import (
    accountability_shapes,
    assignment_shapes,
    board_shapes,
    competency_shapes,
    conversation_shapes,
    history_shapes,
    inbox_shapes,
    inquiry_shapes,
    learning_shapes,
    log_shapes,
    meeting_shapes,
    notification_shapes,
    profile_shapes,
    program_shapes,
    proposal_shapes,
    relationship_shapes,
    reports,
    resource_shapes,
    survey_shapes,
    waitlist_shapes,
    webhook_shapes,
)
from projections.assignment_shapes import ASSIGNMENT
from projections.board_shapes import MATCH_RUN, RUN_FILTERS, RUN_ORDERS
from projections.competency_shapes import COMPETENCY, COMPETENCY_FILTERS, COMPETENCY_ORDERS
from projections.conversation_shapes import CONVERSATION
from projections.history_shapes import HISTORY, HISTORY_ENTRY
from projections.inbox_shapes import INBOX
from projections.inquiry_shapes import INQUIRIES, INQUIRY
from projections.learning_shapes import LIBRARY
from projections.log_shapes import LOG_ENTRY, LOG_FILTERS, LOG_ORDERS
from projections.meeting_shapes import ALL_MEETING_FILTERS, ALL_MEETING_ORDERS, MEETING
from projections.notification_shapes import NOTIFICATION, NOTIFICATIONS
from projections.profile_shapes import PARTICIPANT, PEOPLE_FILTERS, PEOPLE_ORDERS
from projections.program_shapes import (
    ENROLLMENT,
    ENROLLMENT_FILTERS,
    ENROLLMENT_ORDERS,
    PROGRAM,
    PROGRAM_FILTERS,
    PROGRAM_ORDERS,
)
from projections.proposal_shapes import PROPOSAL, PROPOSAL_FILTERS, PROPOSAL_ORDERS
from projections.relationship_shapes import MENTORSHIP, MENTORSHIP_FILTERS, MENTORSHIP_ORDERS
from projections.resource_shapes import RESOURCE
from projections.shape import Column, Connection, Edge, Filter, Guard, Kind, Many, One, Shape
from projections.survey_shapes import SURVEY
from projections.webhook_shapes import WEBHOOK, WEBHOOKS

READ_MODELS: Final = (
    *profile_shapes.MODELS,
    *program_shapes.MODELS,
    *proposal_shapes.MODELS,
    *relationship_shapes.MODELS,
    *accountability_shapes.MODELS,
    *resource_shapes.MODELS,
    *board_shapes.MODELS,
    *competency_shapes.MODELS,
    *waitlist_shapes.MODELS,
    *conversation_shapes.MODELS,
    *meeting_shapes.MODELS,
    *assignment_shapes.MODELS,
    *learning_shapes.MODELS,
    *inquiry_shapes.MODELS,
    *notification_shapes.MODELS,
    *survey_shapes.MODELS,
    *webhook_shapes.MODELS,
    *history_shapes.MODELS,
    *reports.MODELS,
)
"""What `minPosition` waits for. The log is read as it stands and is never behind."""

VIEWER: Final = Shape(
    "Viewer",
    "(SELECT {actor} AS actor, {roles} AS roles, {viewer} AS participant_id)",
    key="{t}.actor",
    key_type="text",
    columns=(Column("actor", Kind.TEXT, "{t}.actor"), Column("roles", Kind.ENUMS, "{t}.roles")),
    edges={"participant": One("Participant", "{t}.participant_id = {p}.participant_id")},
)

READ_MODEL: Final = Shape(
    "ReadModel",
    "(SELECT p.name, p.version, p.position, p.updated_at,"
    " (SELECT coalesce(max(e.position), 0) FROM events e) - p.position AS lag,"
    " (SELECT count(*) FROM parked_streams s WHERE s.projection = p.name) AS parked FROM projections p)",
    seen=(Guard(Action.SEE_VIEWS),),
    columns=(
        Column("name", Kind.TEXT, "{t}.name"),
        Column("version", Kind.INT, "{t}.version"),
        Column("position", Kind.POSITION, "{t}.position"),
        Column("lag", Kind.POSITION, "{t}.lag"),
        Column("parked", Kind.INT, "{t}.parked"),
        Column("updated_at", Kind.TIMESTAMP, "{t}.updated_at"),
    ),
)

SHAPES: Final[Mapping[str, Shape]] = {
    shape.name: shape
    for shape in (
        *profile_shapes.SHAPES,
        *program_shapes.SHAPES,
        *proposal_shapes.SHAPES,
        *relationship_shapes.SHAPES,
        *resource_shapes.SHAPES,
        *board_shapes.SHAPES,
        *competency_shapes.SHAPES,
        *waitlist_shapes.SHAPES,
        *conversation_shapes.SHAPES,
        *meeting_shapes.SHAPES,
        *assignment_shapes.SHAPES,
        *learning_shapes.SHAPES,
        *inquiry_shapes.SHAPES,
        *notification_shapes.SHAPES,
        *survey_shapes.SHAPES,
        *webhook_shapes.SHAPES,
        *history_shapes.SHAPES,
        *inbox_shapes.SHAPES,
        *log_shapes.SHAPES,
        VIEWER,
        READ_MODEL,
    )
}
NODES: Final = (
    PARTICIPANT,
    PROGRAM,
    ENROLLMENT,
    PROPOSAL,
    MENTORSHIP,
    MATCH_RUN,
    COMPETENCY,
    CONVERSATION,
    MEETING,
    ASSIGNMENT,
    RESOURCE,
    INQUIRY,
    NOTIFICATION,
    SURVEY,
    WEBHOOK,
    LOG_ENTRY,
    HISTORY_ENTRY,
)


def by_id(shape: Shape) -> One:
    return One(shape.name, filters={"id": Filter(shape.key + " = {v}", shape.key_type, of=shape.name)})


QUERY: Final = Shape(
    "Query",
    "",
    (),
    edges={
        "viewer": One("Viewer"),
        "participant": by_id(PARTICIPANT),
        "participants": Connection("Participant", "true", PEOPLE_ORDERS, PEOPLE_FILTERS),
        "program": by_id(PROGRAM),
        "programs": Connection("Program", "true", PROGRAM_ORDERS, PROGRAM_FILTERS),
        "enrollment": by_id(ENROLLMENT),
        "enrollments": Connection("Enrollment", "true", ENROLLMENT_ORDERS, ENROLLMENT_FILTERS),
        "proposal": by_id(PROPOSAL),
        "proposals": Connection("Proposal", "true", PROPOSAL_ORDERS, PROPOSAL_FILTERS),
        "inquiry": by_id(INQUIRY),
        "inquiries": INQUIRIES,
        "mentorship": by_id(MENTORSHIP),
        "assignment": by_id(ASSIGNMENT),
        "mentorships": Connection("Mentorship", "true", MENTORSHIP_ORDERS, MENTORSHIP_FILTERS),
        "resource": by_id(RESOURCE),
        "meeting": by_id(MEETING),
        "survey": by_id(SURVEY),
        "meetings": Connection("Meeting", "true", ALL_MEETING_ORDERS, ALL_MEETING_FILTERS),
        "matchRun": by_id(MATCH_RUN),
        "matchRuns": Connection("MatchRun", "true", RUN_ORDERS, RUN_FILTERS),
        "competency": by_id(COMPETENCY),
        "competencies": Connection("Competency", "true", COMPETENCY_ORDERS, COMPETENCY_FILTERS),
        "events": Connection(
            "LogEntry", "true", LOG_ORDERS, LOG_FILTERS, count="coalesce(max({t}.position), 0)"
        ),
        "history": HISTORY,
        "inbox": INBOX,
        "notification": by_id(NOTIFICATION),
        "notifications": NOTIFICATIONS,
        "library": LIBRARY,
        "webhook": by_id(WEBHOOK),
        "webhooks": WEBHOOKS,
        "readModels": Many("ReadModel", "true", "{t}.name"),
    },
)


def edges_of(type_name: str) -> Mapping[str, Edge]:
    return QUERY.edges if type_name == QUERY.name else SHAPES[type_name].edges if type_name in SHAPES else {}


LOG_CURSOR: Final = "Query.events."
"""The order that a cursor of `events` belongs to."""
