"""Relationships as they stand: which mentorships there are, of which kind, and who is in them."""

from typing import Any, Final

from domain.mentorship import Began
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE mentorships (
    mentorship_id    uuid   PRIMARY KEY,
    program_id       uuid,
    settings_version int    NOT NULL,
    type             jsonb  NOT NULL,
    kind             text   NOT NULL,
    state            text   NOT NULL CHECK (state IN ('running')),
    began_at         timestamptz NOT NULL,
    planned_end      date   NOT NULL,
    proposal_id      uuid,
    began_position   bigint NOT NULL,
    version          bigint NOT NULL,
    position         bigint NOT NULL
);
CREATE UNIQUE INDEX mentorships_by_beginning ON mentorships (began_position);
CREATE INDEX mentorships_by_program ON mentorships (program_id, began_position);
CREATE INDEX mentorships_by_proposal ON mentorships (proposal_id);

CREATE TABLE mentorship_members (
    mentorship_id  uuid NOT NULL,
    number         int  NOT NULL,
    participant_id uuid NOT NULL,
    role           text NOT NULL CHECK (role IN ('mentor', 'mentee')),
    program_id     uuid,
    joined_at      timestamptz NOT NULL,
    left_at        timestamptz,
    PRIMARY KEY (mentorship_id, number)
);
CREATE INDEX mentorship_members_by_person ON mentorship_members (participant_id, mentorship_id);
CREATE UNIQUE INDEX mentorship_members_by_key
    ON mentorship_members ((mentorship_id::text || '/' || number::text));

CREATE TABLE mentorship_glass (
    mentorship_id uuid        NOT NULL,
    actor         text        NOT NULL,
    until         timestamptz NOT NULL,
    PRIMARY KEY (mentorship_id, actor)
);
"""

BEGAN: Final = """
INSERT INTO mentorships (mentorship_id, program_id, settings_version, type, kind, state, began_at,
                         planned_end, proposal_id, began_position, version, position)
VALUES (%(mentorship)s, %(program)s, %(settings_version)s, %(type)s, %(kind)s, 'running', %(at)s,
        %(planned_end)s, %(proposal)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (mentorship_id) DO UPDATE SET version = excluded.version, position = excluded.position
"""
# Only of the beginning that the row was made by.
MEMBERS: Final = """
INSERT INTO mentorship_members (mentorship_id, number, participant_id, role, program_id, joined_at)
SELECT m.mentorship_id, w.number, w.participant_id, w.role, m.program_id, m.began_at
  FROM mentorships m,
       unnest(%(people)s::uuid[], %(roles)s::text[]) WITH ORDINALITY AS w (participant_id, role, number)
 WHERE m.mentorship_id = %(mentorship)s AND m.began_position = %(position)s
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, Began)  # noqa: S101 what PROJECTION.names lets through
    seen: dict[str, Any] = {
        "mentorship": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    terms = {
        "program": event.program,
        "settings_version": event.settings_version,
        "type": jsonb(event.type.model_dump(mode="json")),
        "kind": event.type.kind,
        "planned_end": event.planned_end,
        "proposal": event.proposal,
    }
    sql.execute(BEGAN, {**seen, **terms})
    people = [member.participant for member in event.members]
    sql.execute(MEMBERS, {**seen, "people": people, "roles": [member.role for member in event.members]})


PROJECTION: Final = Projection(
    name="relationships",
    version=2,
    ddl=DDL,
    tables=("mentorships", "mentorship_members", "mentorship_glass"),
    names=frozenset({Began.event_name}),
    apply=project,
)
