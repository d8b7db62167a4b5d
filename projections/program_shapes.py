"""How programmes are read: their terms, their people and who waits for a place."""

from typing import Final

from domain.permissions import Action
from projections.board_shapes import RUN_ORDERS, RUN_STATES
from projections.log_shapes import log_of
from projections.proposal_edges import MENTORSHIPS_OF_PROGRAM, PROPOSALS_OF_PROGRAM, proposals_of_person
from projections.shape import Column, Connection, Filter, Guard, Key, Kind, Many, One, Order, Shape
from projections.staffing import staff_of
from projections.waitlist_shapes import WAITLIST_ESTIMATE_OF

MODELS: Final = ("programs",)
"""The read models these shapes are made of."""


SETTINGS: Final = Guard(Action.SEE_SETTINGS, staffed=staff_of("{p}.program_id"))
SAME_PROGRAM: Final = "{t}.program_id = {p}.program_id"

BY_ID: Final = Key("{t}.program_id", "uuid")
PROGRAM_ORDERS: Final = {
    "name": Order((Key("{t}.name", "text"), BY_ID)),
    "name_desc": Order((Key("{t}.name", "text"), BY_ID), descending=True),
    "drafted_at": Order((Key("{t}.drafted_at", "timestamptz"), BY_ID)),
    "drafted_at_desc": Order((Key("{t}.drafted_at", "timestamptz"), BY_ID), descending=True),
}
PROGRAM_FILTERS: Final = {
    "text": Filter("strpos(lower(concat_ws(' ', {t}.name, {t}.purpose)), lower({v})) > 0", "text"),
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
    "staff": Filter(
        "{t}.program_id IN (SELECT s.program_id FROM program_staff s WHERE s.person_id = {v})",
        "uuid",
        of="Participant",
    ),
}

PROGRAM: Final = Shape(
    "Program",
    "programs",
    key="{t}.program_id",
    seen=(
        Guard(Action.SEE_PROGRAMS, staffed=staff_of("{t}.program_id"), when="{t}.state <> 'draft'"),
        Guard(Action.SEE_DRAFTS, staffed=staff_of("{t}.program_id")),
    ),
    columns=(
        Column("id", Kind.ID, "{t}.program_id", of="Program"),
        Column("name", Kind.TEXT, "{t}.name"),
        Column("purpose", Kind.TEXT, "{t}.purpose"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("settings_version", Kind.INT, "{t}.settings_version"),
        Column("audience", Kind.JSON, "{t}.audience"),
        Column("drafted_at", Kind.TIMESTAMP, "{t}.drafted_at"),
        Column("opened_at", Kind.TIMESTAMP, "{t}.opened_at"),
        Column("closed_at", Kind.TIMESTAMP, "{t}.closed_at"),
        Column("wound_down_at", Kind.TIMESTAMP, "{t}.wound_down_at"),
        Column("archived_at", Kind.TIMESTAMP, "{t}.archived_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "settings": One("ProgramSettings", SAME_PROGRAM, SETTINGS),
        "versions": Many("ProgramVersion", SAME_PROGRAM, "{t}.settings_version", SETTINGS),
        "staff": Many("ProgramStaff", SAME_PROGRAM, "{t}.role, {t}.person_id"),
        "content": Many("ProgramContent", SAME_PROGRAM, "{t}.added_at, {t}.content_id"),
        "announcements": Many("ProgramAnnouncement", SAME_PROGRAM, "{t}.made_at DESC, {t}.announcement_id"),
        "roster": Connection(
            "Enrollment",
            SAME_PROGRAM,
            {"": Order((Key("{t}.enrollment_id", "uuid"),))},
            {"role": Filter("{t}.role = {v}", "text"), "state": Filter("{t}.state = {v}", "text")},
        ),
        "waitlist": Connection(
            "Enrollment",
            SAME_PROGRAM + " AND {t}.state = 'waitlisted'",
            {"": Order((Key("{t}.waitlist_position", "bigint"),))},
            {"role": Filter("{t}.role = {v}", "text")},
        ),
        "proposals": PROPOSALS_OF_PROGRAM,
        "mentorships": MENTORSHIPS_OF_PROGRAM,
        "matchRuns": Connection("MatchRun", SAME_PROGRAM, {"": RUN_ORDERS["requested_at"]}, RUN_STATES),
        "log": log_of("{p}.program_id"),
    },
)

PROGRAM_SETTINGS: Final = Shape(
    "ProgramSettings",
    "programs",
    columns=(
        Column("version", Kind.INT, "{t}.settings_version"),
        Column("relationship_types", Kind.JSON, "{t}.relationship_types"),
        Column("enrollment", Kind.JSON, "{t}.enrollment"),
        Column("matching", Kind.JSON, "{t}.matching"),
        Column("plan", Kind.JSON, "{t}.plan"),
        Column("agreement", Kind.JSON, "{t}.agreement"),
        Column("communications", Kind.JSON, "{t}.communications"),
        Column("accountability", Kind.JSON, "{t}.accountability"),
    ),
)

PROGRAM_VERSION: Final = Shape(
    "ProgramVersion",
    "program_versions",
    columns=(
        Column("version", Kind.INT, "{t}.settings_version"),
        Column("settings", Kind.JSON, "{t}.settings"),
        Column("position", Kind.POSITION, "{t}.position"),
    ),
)

PROGRAM_STAFF: Final = Shape(
    "ProgramStaff",
    "program_staff",
    key="concat_ws('/', {t}.program_id, {t}.person_id, {t}.role)",
    key_type="text",
    columns=(
        Column("role", Kind.ENUM, "{t}.role"),
        Column("assigned_at", Kind.TIMESTAMP, "{t}.assigned_at"),
    ),
    edges={"person": One("Participant", "{t}.participant_id = {p}.person_id")},
)

PROGRAM_CONTENT: Final = Shape(
    "ProgramContent",
    "program_content",
    columns=(
        Column("content_id", Kind.UUID, "{t}.content_id"),
        Column("title", Kind.TEXT, "{t}.title"),
        Column("url", Kind.TEXT, "{t}.url"),
        Column("description", Kind.TEXT, "{t}.description"),
        Column("added_at", Kind.TIMESTAMP, "{t}.added_at"),
    ),
)

PROGRAM_ANNOUNCEMENT: Final = Shape(
    "ProgramAnnouncement",
    "program_announcements",
    columns=(
        Column("announcement_id", Kind.UUID, "{t}.announcement_id"),
        Column("title", Kind.TEXT, "{t}.title"),
        Column("body", Kind.TEXT, "{t}.body"),
        Column("side", Kind.ENUM, "{t}.side"),
        Column("made_at", Kind.TIMESTAMP, "{t}.made_at"),
    ),
)

OWN: Final = "{t}.participant_id = {viewer}"
STAFFED: Final = staff_of("{t}.program_id")
ANSWERS: Final = Guard(Action.SEE_ANSWERS, own=OWN, staffed=STAFFED)
PREFERENCE: Final = Guard(Action.SEE_PREFERENCE, own=OWN)
WISHES: Final = Guard(
    Action.SEE_ANSWERS, own="{p}.participant_id = {viewer}", staffed=staff_of("{p}.program_id")
)
WISHED: Final = (
    "EXISTS (SELECT FROM wished_people w WHERE w.enrollment_id = {p}.enrollment_id"
    " AND w.participant_id = {t}.participant_id)"
)
BY_WISH: Final = (
    "(SELECT w.rank FROM wished_people w WHERE w.enrollment_id = {p}.enrollment_id"
    " AND w.participant_id = {t}.participant_id)"
)
PLACE: Final = (
    "CASE WHEN {t}.state = 'waitlisted' THEN (SELECT count(*) FROM enrollments w"
    " WHERE w.program_id = {t}.program_id AND w.role = {t}.role AND w.state = 'waitlisted'"
    " AND w.waitlist_position <= {t}.waitlist_position) END"
)

ENROLLMENT: Final = Shape(
    "Enrollment",
    "enrollments",
    key="{t}.enrollment_id",
    seen=(Guard(Action.SEE_ENROLLMENTS, own=OWN, staffed=STAFFED),),
    columns=(
        Column("id", Kind.ID, "{t}.enrollment_id", of="Enrollment"),
        Column("role", Kind.ENUM, "{t}.role"),
        Column("state", Kind.ENUM, "{t}.state"),
        Column("answers", Kind.JSON, "{t}.answers", ANSWERS),
        Column("question", Kind.TEXT, "{t}.question", ANSWERS),
        Column("answer", Kind.TEXT, "{t}.answer", ANSWERS),
        Column("reason", Kind.TEXT, "{t}.reason", ANSWERS),
        Column("waitlist_position", Kind.INT, PLACE),
        Column("places_reserved", Kind.INT, "{t}.places_reserved"),
        Column("hours_reserved", Kind.INT, "{t}.hours_reserved"),
        Column("open_requests", Kind.INT, "{t}.open_requests"),
        Column("preference", Kind.JSON, "{t}.preference", PREFERENCE),
        Column("paused_until", Kind.DATE, "{t}.paused_until"),
        Column("invited_at", Kind.TIMESTAMP, "{t}.invited_at"),
        Column("applied_at", Kind.TIMESTAMP, "{t}.applied_at"),
        Column("decided_at", Kind.TIMESTAMP, "{t}.decided_at"),
        Column("waitlisted_at", Kind.TIMESTAMP, "{t}.waitlisted_at"),
        Column("ended_at", Kind.TIMESTAMP, "{t}.ended_at"),
        Column("version", Kind.INT, "{t}.version"),
    ),
    edges={
        "waitlistEstimate": WAITLIST_ESTIMATE_OF,
        "program": One("Program", SAME_PROGRAM),
        "participant": One("Participant", "{t}.participant_id = {p}.participant_id"),
        "wishes": Many("Participant", WISHED, BY_WISH, WISHES),
        "proposals": proposals_of_person(" AND {t}.program_id = {p}.program_id"),
        "log": log_of("{p}.enrollment_id"),
    },
)

ENROLLMENT_ORDERS: Final = {"": Order((Key("{t}.enrollment_id", "uuid"),))}
ENROLLMENT_FILTERS: Final = {
    "program": Filter("{t}.program_id = {v}", "uuid", of="Program"),
    "participant": Filter("{t}.participant_id = {v}", "uuid", of="Participant"),
    "role": Filter("{t}.role = {v}", "text"),
    "states": Filter("{t}.state = ANY ({v})", "text[]"),
}

SHAPES: Final = (
    PROGRAM,
    PROGRAM_SETTINGS,
    PROGRAM_VERSION,
    PROGRAM_STAFF,
    PROGRAM_CONTENT,
    PROGRAM_ANNOUNCEMENT,
    ENROLLMENT,
)
