"""Programmes as they stand: their terms in every version, staff, content and news, and who is in them."""

from typing import Any, Final, assert_never, get_args

from domain.enrollment import EnrollmentEvent
from domain.participant import Erased
from domain.program import (
    AccountabilitySet,
    AgreementSet,
    AnnouncementMade,
    Archived,
    AudienceLimited,
    Closed,
    CommunicationsSet,
    ContentAdded,
    ContentRemoved,
    Described,
    Drafted,
    EnrollmentConfigured,
    MatchingConfigured,
    Opened,
    PlanSet,
    ProgramEvent,
    RelationshipTypesSet,
    StaffAssigned,
    StaffWithdrawn,
    WoundDown,
)
from domain.program_settings import Settings
from domain.store import RecordedEvent
from projections import roster
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE programs (
    program_id         uuid   PRIMARY KEY,
    name               text   NOT NULL,
    purpose            text,
    state              text   NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'wound_down', 'archived')),
    settings_version   int    NOT NULL DEFAULT 1,
    audience           jsonb  NOT NULL,
    relationship_types jsonb  NOT NULL,
    enrollment         jsonb  NOT NULL,
    matching           jsonb  NOT NULL,
    plan               jsonb  NOT NULL,
    agreement          jsonb  NOT NULL,
    communications     jsonb  NOT NULL,
    accountability     jsonb  NOT NULL,
    drafted_at         timestamptz NOT NULL,
    opened_at          timestamptz,
    closed_at          timestamptz,
    wound_down_at      timestamptz,
    archived_at        timestamptz,
    version            bigint NOT NULL,
    position           bigint NOT NULL
);
CREATE INDEX programs_by_name ON programs (name, program_id);

CREATE TABLE program_versions (
    program_id       uuid   NOT NULL,
    settings_version int    NOT NULL,
    settings         jsonb  NOT NULL,
    position         bigint NOT NULL,
    PRIMARY KEY (program_id, settings_version)
);

CREATE TABLE program_staff (
    program_id  uuid NOT NULL,
    person_id   uuid NOT NULL,
    role        text NOT NULL CHECK (role IN ('facilitator', 'administrator')),
    assigned_at timestamptz NOT NULL,
    PRIMARY KEY (program_id, person_id, role)
);
CREATE INDEX program_staff_by_person ON program_staff (person_id);

CREATE TABLE program_content (
    program_id  uuid NOT NULL,
    content_id  uuid NOT NULL,
    title       text NOT NULL,
    url         text NOT NULL,
    description text,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (program_id, content_id)
);

CREATE TABLE program_announcements (
    program_id      uuid NOT NULL,
    announcement_id uuid NOT NULL,
    title           text NOT NULL,
    body            text NOT NULL,
    side            text,
    made_at         timestamptz NOT NULL,
    PRIMARY KEY (program_id, announcement_id)
);
"""

DRAFTED: Final = """
INSERT INTO programs (program_id, name, purpose, state, audience, relationship_types, enrollment, matching,
                      plan, agreement, communications, accountability, drafted_at, version, position)
VALUES (%(program)s, %(name)s, %(purpose)s, 'draft', %(audience)s, %(relationship_types)s, %(enrollment)s,
        %(matching)s, %(plan)s, %(agreement)s, %(communications)s, %(accountability)s, %(at)s,
        %(version)s, %(position)s)
ON CONFLICT (program_id) DO NOTHING
"""
DESCRIBED: Final = "UPDATE programs SET name = %(name)s, purpose = %(purpose)s WHERE program_id = %(program)s"
# A draft is still being written; what is changed after that is a new version of the terms.
AUDIENCE: Final = """
UPDATE programs
   SET audience = CASE WHEN %(rule)s::text IS NULL THEN audience - %(side)s::text
                       ELSE audience || jsonb_build_object(%(side)s::text, %(rule)s::text) END,
       settings_version = settings_version + (state <> 'draft')::int
 WHERE program_id = %(program)s
"""
SETTINGS: Final = """
UPDATE programs
   SET relationship_types = CASE %(of)s WHEN 'relationship_types' THEN %(value)s ELSE relationship_types END,
       enrollment         = CASE %(of)s WHEN 'enrollment'         THEN %(value)s ELSE enrollment         END,
       matching           = CASE %(of)s WHEN 'matching'           THEN %(value)s ELSE matching           END,
       plan               = CASE %(of)s WHEN 'plan'               THEN %(value)s ELSE plan               END,
       agreement          = CASE %(of)s WHEN 'agreement'          THEN %(value)s ELSE agreement          END,
       communications     = CASE %(of)s WHEN 'communications'     THEN %(value)s ELSE communications     END,
       accountability     = CASE %(of)s WHEN 'accountability'     THEN %(value)s ELSE accountability     END,
       settings_version   = settings_version + (state <> 'draft')::int
 WHERE program_id = %(program)s
"""
VERSIONED: Final = """
INSERT INTO program_versions (program_id, settings_version, settings, position)
SELECT program_id, settings_version,
       jsonb_build_object('audience', audience, 'relationship_types', relationship_types,
                          'enrollment', enrollment, 'matching', matching, 'plan', plan,
                          'agreement', agreement, 'communications', communications,
                          'accountability', accountability),
       %(position)s
  FROM programs WHERE program_id = %(program)s
ON CONFLICT (program_id, settings_version)
DO UPDATE SET settings = excluded.settings, position = excluded.position
"""
CONTENT_ADDED: Final = """
INSERT INTO program_content (program_id, content_id, title, url, description, added_at)
VALUES (%(program)s, %(content)s, %(title)s, %(url)s, %(description)s, %(at)s)
ON CONFLICT (program_id, content_id) DO NOTHING
"""
CONTENT_REMOVED: Final = """
DELETE FROM program_content WHERE program_id = %(program)s AND content_id = %(content)s
"""
STAFF_ASSIGNED: Final = """
INSERT INTO program_staff (program_id, person_id, role, assigned_at)
VALUES (%(program)s, %(person)s, %(role)s, %(at)s)
ON CONFLICT (program_id, person_id, role) DO NOTHING
"""
STAFF_WITHDRAWN: Final = """
DELETE FROM program_staff WHERE program_id = %(program)s AND person_id = %(person)s AND role = %(role)s
"""
OPENED: Final = """
UPDATE programs SET state = 'open', opened_at = %(at)s, closed_at = NULL WHERE program_id = %(program)s
"""
CLOSED: Final = "UPDATE programs SET state = 'closed', closed_at = %(at)s WHERE program_id = %(program)s"
WOUND_DOWN: Final = """
UPDATE programs SET state = 'wound_down', wound_down_at = %(at)s WHERE program_id = %(program)s
"""
ARCHIVED: Final = (
    "UPDATE programs SET state = 'archived', archived_at = %(at)s WHERE program_id = %(program)s"
)
ANNOUNCED: Final = """
INSERT INTO program_announcements (program_id, announcement_id, title, body, side, made_at)
VALUES (%(program)s, %(announcement)s, %(title)s, %(text)s, %(side)s, %(at)s)
ON CONFLICT (program_id, announcement_id) DO NOTHING
"""
SEEN: Final = """
UPDATE programs SET version = %(version)s, position = %(position)s WHERE program_id = %(program)s
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, EnrollmentEvent):
        roster.project(sql, recorded, event)
    elif isinstance(event, Erased):
        roster.erase(sql, recorded.stream_id)
    else:
        _project_program(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _project_program(sql: Statements, recorded: RecordedEvent, event: ProgramEvent) -> None:
    seen = {
        "program": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Drafted():
            sql.execute(
                DRAFTED, {**seen, "name": event.name, "purpose": event.purpose, **_default_settings()}
            )
            sql.execute(VERSIONED, seen)
        case Described():
            sql.execute(DESCRIBED, {**seen, "name": event.name, "purpose": event.purpose})
        case AudienceLimited():
            sql.execute(AUDIENCE, {**seen, "side": event.role, "rule": event.rule})
            sql.execute(VERSIONED, seen)
        case (
            RelationshipTypesSet()
            | EnrollmentConfigured()
            | MatchingConfigured()
            | PlanSet()
            | AgreementSet()
            | CommunicationsSet()
            | AccountabilitySet()
        ):
            sql.execute(SETTINGS, {**seen, **_part(event)})
            sql.execute(VERSIONED, seen)
        case ContentAdded():
            sql.execute(CONTENT_ADDED, {**seen, **event.model_dump()})
        case ContentRemoved():
            sql.execute(CONTENT_REMOVED, {**seen, "content": event.content})
        case StaffAssigned():
            sql.execute(STAFF_ASSIGNED, {**seen, "person": event.person, "role": event.role})
        case StaffWithdrawn():
            sql.execute(STAFF_WITHDRAWN, {**seen, "person": event.person, "role": event.role})
        case Opened():
            sql.execute(OPENED, seen)
        case Closed():
            sql.execute(CLOSED, seen)
        case WoundDown():
            sql.execute(WOUND_DOWN, seen)
        case Archived():
            sql.execute(ARCHIVED, seen)
        case AnnouncementMade():
            sql.execute(ANNOUNCED, {**seen, **event.model_dump()})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


Part = (
    RelationshipTypesSet
    | EnrollmentConfigured
    | MatchingConfigured
    | PlanSet
    | AgreementSet
    | CommunicationsSet
    | AccountabilitySet
)

PARTS: Final[dict[type[Part], str]] = {
    RelationshipTypesSet: "relationship_types",
    EnrollmentConfigured: "enrollment",
    MatchingConfigured: "matching",
    PlanSet: "plan",
    AgreementSet: "agreement",
    CommunicationsSet: "communications",
    AccountabilitySet: "accountability",
}


def _part(event: Part) -> dict[str, Any]:
    """Which column a settings event is about, and what it now holds: the event's one field."""
    (value,) = event.model_dump(mode="json").values()
    return {"of": PARTS[type(event)], "value": jsonb(value)}


def _default_settings() -> dict[str, Any]:
    return {part: jsonb(value) for part, value in Settings().model_dump(mode="json").items()}


PROJECTION: Final = Projection(
    name="programs",
    version=4,
    ddl=DDL + roster.DDL,
    tables=(
        "programs",
        "program_versions",
        "program_staff",
        "program_content",
        "program_announcements",
        *roster.TABLES,
    ),
    names=frozenset(
        kind.event_name for events in (ProgramEvent, EnrollmentEvent) for kind in get_args(events)
    )
    | {Erased.event_name},
    apply=project,
)
