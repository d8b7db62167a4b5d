"""Relationships as they stand: who is in them, how far they have come, and what is said and reached there."""

from typing import Any, Final, assert_never, get_args
from uuid import UUID

from domain.mentorship import (
    Began,
    Concluded,
    EndedEarly,
    Extended,
    GlassBroken,
    HandedOver,
    MemberJoined,
    MemberLeft,
    MentorshipEvent,
    Migrated,
    Paused,
    Reopened,
    Resumed,
)
from domain.participant import Erased
from domain.relationship import Status
from domain.store import RecordedEvent
from projections import attainments
from projections.projection import Projection
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE mentorships (
    mentorship_id    uuid   PRIMARY KEY,
    program_id       uuid,
    settings_version int    NOT NULL,
    type             jsonb  NOT NULL,
    kind             text   NOT NULL,
    state            text   NOT NULL CHECK (state IN (
        'running', 'paused', 'concluded', 'ended_early', 'handed_over')),
    began_at         timestamptz NOT NULL,
    planned_end      date   NOT NULL,
    paused_until     date,
    ended_at         timestamptz,
    outcome          text,
    end_reason       text,
    no_fault         boolean,
    ended_by         uuid,
    end_words        text,
    proposal_id      uuid,
    inquiry_id       uuid,
    predecessor_id   uuid,
    successor_id     uuid,
    began_position   bigint NOT NULL,
    version          bigint NOT NULL,
    position         bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX mentorships_by_beginning ON mentorships (began_position);
CREATE INDEX mentorships_by_planned_end ON mentorships (planned_end, mentorship_id);
CREATE INDEX mentorships_by_program ON mentorships (program_id, began_position);
CREATE INDEX mentorships_by_proposal ON mentorships (proposal_id);
CREATE INDEX mentorships_by_ending ON mentorships (ended_by) WHERE ended_by IS NOT NULL;
CREATE INDEX mentorships_paused ON mentorships (paused_until) WHERE state = 'paused';

CREATE TABLE mentorship_members (
    mentorship_id   uuid NOT NULL,
    number          int  NOT NULL,
    participant_id  uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('mentor', 'mentee')),
    program_id      uuid,
    joined_at       timestamptz NOT NULL,
    joined_position bigint NOT NULL,
    left_at         timestamptz,
    left_position   bigint,
    leaving_reason  text,
    PRIMARY KEY (mentorship_id, number)
);
CREATE INDEX mentorship_members_by_person ON mentorship_members (participant_id, mentorship_id);
CREATE UNIQUE INDEX mentorship_members_by_key
    ON mentorship_members ((mentorship_id::text || '/' || number::text));

CREATE TABLE mentorship_ends (
    ended_position    bigint PRIMARY KEY,
    mentorship_id     uuid   NOT NULL,
    reopened_position bigint
);
CREATE INDEX mentorship_ends_by_mentorship ON mentorship_ends (mentorship_id);

CREATE TABLE mentorship_pauses (
    mentorship_id uuid        NOT NULL,
    number        int         NOT NULL,
    paused_at     timestamptz NOT NULL,
    until         date        NOT NULL,
    ended_at      timestamptz,
    days_before   int         NOT NULL,
    PRIMARY KEY (mentorship_id, number)
);

CREATE TABLE mentorship_glass (
    position       bigint      PRIMARY KEY,
    mentorship_id  uuid        NOT NULL,
    actor          text        NOT NULL,
    participant_id uuid,
    reason         text,
    broken_at      timestamptz NOT NULL,
    until          timestamptz NOT NULL
);
CREATE INDEX mentorship_glass_by_actor ON mentorship_glass (mentorship_id, actor, until);

CREATE TABLE mentorship_erased (participant_id uuid PRIMARY KEY);
"""

BEGAN: Final = """
INSERT INTO mentorships (mentorship_id, program_id, settings_version, type, kind, state, began_at,
                         planned_end, proposal_id, inquiry_id, predecessor_id, began_position, version,
                         position)
VALUES (%(mentorship)s, %(program)s, %(settings_version)s, %(type)s, %(kind)s, 'running', %(at)s,
        %(planned_end)s, %(proposal)s, %(inquiry)s, %(predecessor)s, %(position)s, %(version)s, %(position)s)
ON CONFLICT (mentorship_id) DO NOTHING
"""
# Only of the beginning that the row was made by.
MEMBERS: Final = """
INSERT INTO mentorship_members (mentorship_id, number, participant_id, role, program_id, joined_at,
                                joined_position)
SELECT m.mentorship_id, w.number, w.participant_id, w.role, m.program_id, m.began_at, m.began_position
  FROM mentorships m,
       unnest(%(people)s::uuid[], %(roles)s::text[]) WITH ORDINALITY AS w (participant_id, role, number)
 WHERE m.mentorship_id = %(mentorship)s AND m.began_position = %(position)s
"""
MEMBER_JOINED: Final = """
INSERT INTO mentorship_members (mentorship_id, number, participant_id, role, program_id, joined_at,
                                joined_position)
SELECT m.mentorship_id, 1 + max(w.number), %(person)s::uuid, %(role)s::text, m.program_id,
       %(at)s::timestamptz, %(position)s::bigint
  FROM mentorships m JOIN mentorship_members w ON w.mentorship_id = m.mentorship_id
 WHERE m.mentorship_id = %(mentorship)s
 GROUP BY m.mentorship_id
HAVING NOT bool_or(w.participant_id = %(person)s AND w.left_at IS NULL)
"""
MEMBER_LEFT: Final = """
UPDATE mentorship_members SET left_at = %(at)s, left_position = %(position)s, leaving_reason = %(reason)s
 WHERE mentorship_id = %(mentorship)s AND participant_id = %(person)s AND left_at IS NULL
"""
PAUSED: Final = """
UPDATE mentorships SET state = 'paused', paused_until = %(until)s WHERE mentorship_id = %(mentorship)s
"""
# What is paused already is paused longer: there is one open pause at most, the one with the last number.
PAUSE_BEGAN: Final = """
INSERT INTO mentorship_pauses (mentorship_id, number, paused_at, until, days_before)
SELECT %(mentorship)s::uuid, 1 + count(*), %(at)s::timestamptz, %(until)s::date,
       coalesce(sum((p.ended_at AT TIME ZONE 'UTC')::date - (p.paused_at AT TIME ZONE 'UTC')::date), 0)
  FROM mentorship_pauses p
 WHERE p.mentorship_id = %(mentorship)s AND p.ended_at IS NOT NULL
ON CONFLICT (mentorship_id, number) DO UPDATE SET until = excluded.until
"""
PAUSE_ENDED: Final = """
UPDATE mentorship_pauses SET ended_at = %(at)s WHERE mentorship_id = %(mentorship)s AND ended_at IS NULL
"""
RESUMED: Final = """
UPDATE mentorships SET state = 'running', paused_until = NULL WHERE mentorship_id = %(mentorship)s
"""
EXTENDED: Final = "UPDATE mentorships SET planned_end = %(until)s WHERE mentorship_id = %(mentorship)s"
ENDED: Final = """
UPDATE mentorships
   SET state = %(state)s, paused_until = NULL, ended_at = %(at)s, outcome = %(outcome)s,
       end_reason = %(reason)s, no_fault = %(no_fault)s, ended_by = %(by)s,
       end_words = %(words)s, successor_id = %(successor)s
 WHERE mentorship_id = %(mentorship)s
"""
REOPENED: Final = """
UPDATE mentorships
   SET state = 'running', planned_end = %(until)s, ended_at = NULL, outcome = NULL, end_reason = NULL,
       no_fault = NULL, ended_by = NULL, end_words = NULL
 WHERE mentorship_id = %(mentorship)s
"""
END_BEGAN: Final = """
INSERT INTO mentorship_ends (ended_position, mentorship_id) VALUES (%(position)s, %(mentorship)s)
"""
END_ENDED: Final = """
UPDATE mentorship_ends SET reopened_position = %(position)s
 WHERE mentorship_id = %(mentorship)s AND reopened_position IS NULL
"""
# Where the text is the same, who has signed it has signed it.
STILL_SIGNED: Final = """
INSERT INTO mentorship_signatures (mentorship_id, participant_id, settings_version, signed_at)
SELECT s.mentorship_id, s.participant_id, %(settings_version)s::int, s.signed_at
  FROM mentorship_signatures s JOIN mentorships m USING (mentorship_id, settings_version)
 WHERE s.mentorship_id = %(mentorship)s
ON CONFLICT DO NOTHING
"""
MIGRATED: Final = """
UPDATE mentorships SET settings_version = %(settings_version)s WHERE mentorship_id = %(mentorship)s
"""
GLASS_BROKEN: Final = """
INSERT INTO mentorship_glass (position, mentorship_id, actor, participant_id, reason, broken_at, until)
VALUES (%(position)s, %(mentorship)s, %(actor)s, %(person)s, %(reason)s, %(at)s,
        %(at)s::timestamptz + make_interval(hours => %(hours)s::int))
"""
SEEN: Final = """
UPDATE mentorships SET version = %(version)s, position = %(position)s WHERE mentorship_id = %(mentorship)s
"""

ERASED: Final = """
INSERT INTO mentorship_erased (participant_id) VALUES (%(person)s) ON CONFLICT DO NOTHING
"""
WORDS_CLEARED: Final = """
UPDATE mentorships SET end_words = NULL
 WHERE ended_by = %(person)s AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
"""
REASONS_CLEARED: Final = """
UPDATE mentorship_members SET leaving_reason = NULL
 WHERE participant_id = %(person)s
   AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
"""
CLEARED: Final = (WORDS_CLEARED, REASONS_CLEARED, *attainments.CLEARED)

Course = Paused | Resumed | Extended | Concluded | EndedEarly | Reopened | HandedOver | Migrated
Ending = Concluded | EndedEarly | HandedOver
Membership = Began | MemberJoined | MemberLeft


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        sql.execute(ERASED, {"person": recorded.stream_id})
        _clear(sql, recorded.stream_id)
    else:
        _project_mentorship(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _clear(sql: Statements, person: UUID) -> None:
    """Words may follow the erasure in the log, and be readable still until the key is gone."""
    for statement in CLEARED:
        sql.execute(statement, {"person": person})


def _project_mentorship(sql: Statements, recorded: RecordedEvent, event: MentorshipEvent) -> None:
    seen: dict[str, Any] = {
        "mentorship": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Began() | MemberJoined() | MemberLeft():
            _members(sql, event, seen)
        case Paused() | Resumed() | Extended() | Reopened() | Migrated():
            _course(sql, event, seen)
        case Concluded() | EndedEarly() | HandedOver():
            sql.execute(ENDED, {**seen, **_ending(event)})
            sql.execute(PAUSE_ENDED, seen)
            sql.execute(END_BEGAN, seen)
        case GlassBroken():
            who = {"actor": recorded.actor, "person": _person(recorded.actor)}
            said = {"reason": known(event.reason), "hours": event.hours}
            sql.execute(GLASS_BROKEN, {**seen, **who, **said})
        case _:
            attainments.project(sql, event, seen)
    sql.execute(SEEN, seen)
    if event.personal_fields and not isinstance(event, GlassBroken):
        _clear(sql, getattr(event, str(event.subject)))


def _members(sql: Statements, event: Membership, seen: dict[str, Any]) -> None:
    match event:
        case Began():
            sql.execute(BEGAN, {**seen, **_terms(event)})
            people = [member.participant for member in event.members]
            roles = [member.role for member in event.members]
            sql.execute(MEMBERS, {**seen, "people": people, "roles": roles})
        case MemberJoined():
            joined = {"person": event.member.participant, "role": event.member.role}
            sql.execute(MEMBER_JOINED, {**seen, **joined})
        case MemberLeft():
            left = {"person": event.participant, "reason": known(event.reason)}
            sql.execute(MEMBER_LEFT, {**seen, **left})
        case _:
            assert_never(event)


def _terms(event: Began) -> dict[str, Any]:
    plain = event.model_dump(exclude={"type", "members"})
    return {**plain, "type": jsonb(event.type.model_dump(mode="json")), "kind": event.type.kind}


def _course(
    sql: Statements, event: Paused | Resumed | Extended | Reopened | Migrated, seen: dict[str, Any]
) -> None:
    match event:
        case Paused():
            sql.execute(PAUSED, {**seen, "until": event.until})
            sql.execute(PAUSE_BEGAN, {**seen, "until": event.until})
        case Resumed():
            sql.execute(RESUMED, seen)
            sql.execute(PAUSE_ENDED, seen)
        case Extended():
            sql.execute(EXTENDED, {**seen, "until": event.until})
        case Reopened():
            sql.execute(REOPENED, {**seen, "until": event.until})
            sql.execute(END_ENDED, seen)
        case Migrated():
            if event.still_signed:
                sql.execute(STILL_SIGNED, {**seen, "settings_version": event.settings_version})
            sql.execute(MIGRATED, {**seen, "settings_version": event.settings_version})
        case _:
            assert_never(event)


def _ending(event: Concluded | EndedEarly | HandedOver) -> dict[str, Any]:
    said: dict[str, Any] = dict.fromkeys(("outcome", "reason", "no_fault", "by", "words", "successor"))
    match event:
        case Concluded():
            return {**said, "state": Status.CONCLUDED, "outcome": event.outcome}
        case EndedEarly():
            told = {**event.model_dump(exclude={"words"}), "words": known(event.words)}
            return {**said, **told, "state": Status.ENDED_EARLY}
        case HandedOver():
            return {**said, "state": Status.HANDED_OVER, "successor": event.successor}
        case _:
            assert_never(event)


def _person(actor: str) -> UUID | None:
    """People act under their own id; others under whatever their token says."""
    try:
        return UUID(actor)
    except ValueError:
        return None


PROJECTION: Final = Projection(
    name="relationships",
    version=3,
    ddl=DDL + attainments.DDL,
    tables=(
        "mentorships",
        "mentorship_members",
        "mentorship_ends",
        "mentorship_pauses",
        "mentorship_glass",
        "mentorship_erased",
        *attainments.TABLES,
    ),
    names=frozenset(kind.event_name for kind in get_args(MentorshipEvent)) | {Erased.event_name},
    apply=project,
)
