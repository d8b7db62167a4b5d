"""Proposals as they stand: who has been proposed to whom and why, who has answered, and how it ended."""

from collections.abc import Mapping
from typing import Any, Final, assert_never, get_args

from domain.participant import Erased
from domain.proposal import (
    FEWEST,
    Accepted,
    Confirmed,
    Declined,
    Expired,
    InformationGiven,
    InformationRequested,
    Made,
    ProposalEvent,
    Provenance,
    Superseded,
    Viewed,
    Withdrawn,
)
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE proposals (
    proposal_id      uuid   PRIMARY KEY,
    program_id       uuid   NOT NULL,
    settings_version int    NOT NULL,
    relationship     text   NOT NULL,
    mode             text   NOT NULL CHECK (mode IN ('self_directed', 'administrator', 'facilitator')),
    state            text   NOT NULL CHECK (state IN (
        'waiting', 'declined', 'withdrawn', 'expired', 'superseded', 'confirmed')),
    rank             int,
    least_mentors    int    NOT NULL,
    least_mentees    int    NOT NULL,
    score            int,
    mentee_score     int,
    mentor_score     int,
    parts            jsonb,
    answered         int,
    asked            int,
    provenance       jsonb,
    run_id           uuid,
    author_id        uuid,
    words            text,
    question         text,
    question_by      uuid,
    question_at      timestamptz,
    answer           text,
    answer_by        uuid,
    answer_at        timestamptz,
    expires_at       timestamptz NOT NULL,
    made_at          timestamptz NOT NULL,
    ended_at         timestamptz,
    made_position    bigint NOT NULL,
    ended_position   bigint,
    mentorship_id    uuid,
    version          bigint NOT NULL,
    position         bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX proposals_by_making ON proposals (made_position);
CREATE INDEX proposals_by_program ON proposals (program_id, made_position);
CREATE INDEX proposals_by_run ON proposals (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX proposals_by_author ON proposals (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX proposals_by_asking ON proposals (question_by) WHERE question_by IS NOT NULL;
CREATE INDEX proposals_by_answering ON proposals (answer_by) WHERE answer_by IS NOT NULL;
CREATE INDEX proposals_waiting ON proposals (expires_at) WHERE state = 'waiting';

CREATE TABLE proposal_members (
    proposal_id       uuid   NOT NULL,
    number            int    NOT NULL,
    participant_id    uuid   NOT NULL,
    role              text   NOT NULL CHECK (role IN ('mentor', 'mentee')),
    program_id        uuid   NOT NULL,
    viewed_at         timestamptz,
    accepted_at       timestamptz,
    declined_at       timestamptz,
    declined_position bigint,
    reason            text,
    for_good          boolean NOT NULL DEFAULT false,
    PRIMARY KEY (proposal_id, number)
);
CREATE INDEX proposal_members_by_person ON proposal_members (participant_id, proposal_id);
CREATE UNIQUE INDEX proposal_members_by_key ON proposal_members ((proposal_id::text || '/' || number::text));

CREATE TABLE proposal_alternatives (
    proposal_id    uuid NOT NULL,
    number         int  NOT NULL,
    program_id     uuid NOT NULL,
    participant_id uuid NOT NULL,
    score          int  NOT NULL,
    rank           int  NOT NULL,
    PRIMARY KEY (proposal_id, number)
);
CREATE UNIQUE INDEX proposal_alternatives_by_key
    ON proposal_alternatives ((proposal_id::text || '/' || number::text));

CREATE TABLE erased_members (participant_id uuid PRIMARY KEY);
"""

MADE: Final = """
INSERT INTO proposals (proposal_id, program_id, settings_version, relationship, mode, state, rank,
                       least_mentors, least_mentees, score, mentee_score, mentor_score, parts, answered,
                       asked, provenance, run_id, author_id, words, expires_at, made_at, made_position,
                       version, position)
VALUES (%(proposal)s, %(program)s, %(settings_version)s, %(relationship)s, %(mode)s, 'waiting', %(rank)s,
        %(least_mentors)s, %(least_mentees)s, %(score)s, %(mentee_score)s, %(mentor_score)s, %(parts)s,
        %(answered)s, %(asked)s, %(provenance)s, %(run)s, %(author)s, %(words)s, %(expires_at)s, %(at)s,
        %(position)s, %(version)s, %(position)s)
ON CONFLICT (proposal_id) DO NOTHING
"""
# Only of the one that the row was made by.
MEMBERS: Final = """
INSERT INTO proposal_members (proposal_id, number, participant_id, role, program_id)
SELECT p.proposal_id, m.number, m.participant_id,
       CASE WHEN m.number <= cardinality(%(mentors)s::uuid[]) THEN 'mentor' ELSE 'mentee' END, p.program_id
  FROM proposals p,
       unnest(%(mentors)s::uuid[] || %(mentees)s::uuid[]) WITH ORDINALITY AS m (participant_id, number)
 WHERE p.proposal_id = %(proposal)s AND p.made_position = %(position)s
"""
ALTERNATIVES: Final = """
INSERT INTO proposal_alternatives (proposal_id, number, program_id, participant_id, score, rank)
SELECT p.proposal_id, a.number, p.program_id, (a.told ->> 'person')::uuid, (a.told ->> 'score')::int,
       (a.told ->> 'rank')::int
  FROM proposals p,
       jsonb_array_elements(p.provenance -> 'alternatives') WITH ORDINALITY AS a (told, number)
 WHERE p.proposal_id = %(proposal)s AND p.made_position = %(position)s
"""
VIEWED: Final = """
UPDATE proposal_members SET viewed_at = coalesce(viewed_at, %(at)s)
 WHERE proposal_id = %(proposal)s AND participant_id = %(by)s
"""
INFORMATION_REQUESTED: Final = """
UPDATE proposals
   SET question = %(question)s, question_by = %(by)s, question_at = %(at)s,
       answer = NULL, answer_by = NULL, answer_at = NULL
 WHERE proposal_id = %(proposal)s
"""
INFORMATION_GIVEN: Final = """
UPDATE proposals SET answer = %(answer)s, answer_by = %(by)s, answer_at = %(at)s
 WHERE proposal_id = %(proposal)s
"""
ACCEPTED: Final = """
UPDATE proposal_members SET accepted_at = %(at)s
 WHERE proposal_id = %(proposal)s AND participant_id = %(by)s
"""
DECLINED: Final = """
UPDATE proposal_members
   SET declined_at = %(at)s, declined_position = %(position)s, reason = %(reason)s, for_good = %(for_good)s
 WHERE proposal_id = %(proposal)s AND participant_id = %(by)s
"""
# As domain.proposal counts who is left.
TOO_FEW: Final = """
UPDATE proposals p
   SET state = 'declined', ended_at = %(at)s, ended_position = %(position)s
  FROM (SELECT count(*) FILTER (WHERE m.role = 'mentor') AS mentors,
               count(*) FILTER (WHERE m.role = 'mentee') AS mentees
          FROM proposal_members m
         WHERE m.proposal_id = %(proposal)s AND m.declined_at IS NULL) AS left_over
 WHERE p.proposal_id = %(proposal)s AND p.state = 'waiting'
   AND (mentors < p.least_mentors OR mentees < p.least_mentees OR mentors + mentees < %(fewest)s)
"""
ENDED: Final = """
UPDATE proposals
   SET state = %(state)s, ended_at = %(at)s, ended_position = %(position)s, mentorship_id = %(mentorship)s
 WHERE proposal_id = %(proposal)s
"""
SEEN: Final = """
UPDATE proposals SET version = %(version)s, position = %(position)s WHERE proposal_id = %(proposal)s
"""
ERASED: Final = "INSERT INTO erased_members (participant_id) VALUES (%(participant)s) ON CONFLICT DO NOTHING"
WORDS_CLEARED: Final = "UPDATE proposals SET words = NULL WHERE author_id = %(participant)s"
QUESTIONS_CLEARED: Final = """
UPDATE proposals
   SET question = CASE WHEN question_by = %(participant)s THEN NULL ELSE question END,
       answer = CASE WHEN answer_by = %(participant)s THEN NULL ELSE answer END
 WHERE question_by = %(participant)s OR answer_by = %(participant)s
"""
REASONS_CLEARED: Final = "UPDATE proposal_members SET reason = NULL WHERE participant_id = %(participant)s"
# Words may follow the erasure in the log, and be readable still until the key is gone.
CLEARED_IF_ERASED: Final = """
UPDATE proposals p
   SET words = CASE WHEN p.author_id IN (SELECT participant_id FROM erased_members) THEN NULL ELSE words END,
       question = CASE WHEN p.question_by IN (SELECT participant_id FROM erased_members)
                       THEN NULL ELSE question END,
       answer = CASE WHEN p.answer_by IN (SELECT participant_id FROM erased_members)
                     THEN NULL ELSE answer END
 WHERE p.proposal_id = %(proposal)s
"""
REASON_CLEARED_IF_ERASED: Final = """
UPDATE proposal_members m SET reason = NULL
  FROM erased_members e
 WHERE m.proposal_id = %(proposal)s AND e.participant_id = m.participant_id
"""


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, Erased):
        erased = {"participant": recorded.stream_id}
        for statement in (ERASED, WORDS_CLEARED, QUESTIONS_CLEARED, REASONS_CLEARED):
            sql.execute(statement, erased)
    else:
        _project_proposal(sql, recorded, event)  # type: ignore[arg-type]  # what PROJECTION.names leaves


def _project_proposal(sql: Statements, recorded: RecordedEvent, event: ProposalEvent) -> None:
    seen: Mapping[str, Any] = {
        "proposal": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    ended = {**seen, "mentorship": None}
    match event:
        case Made():
            sql.execute(MADE, {**seen, **_made(event)})
            sql.execute(MEMBERS, {**seen, "mentors": list(event.mentors), "mentees": list(event.mentees)})
            sql.execute(ALTERNATIVES, seen)
        case Viewed():
            sql.execute(VIEWED, {**seen, "by": event.by})
        case InformationRequested():
            asked = {**seen, "by": event.by, "question": known(event.question)}
            sql.execute(INFORMATION_REQUESTED, asked)
        case InformationGiven():
            sql.execute(INFORMATION_GIVEN, {**seen, "by": event.by, "answer": known(event.answer)})
        case Accepted():
            sql.execute(ACCEPTED, {**seen, "by": event.by})
        case Declined():
            said = {"by": event.by, "reason": known(event.reason), "for_good": event.for_good}
            sql.execute(DECLINED, {**seen, **said})
            sql.execute(TOO_FEW, {**seen, "fewest": FEWEST})
        case Withdrawn():
            sql.execute(ENDED, {**ended, "state": "withdrawn"})
        case Expired():
            sql.execute(ENDED, {**ended, "state": "expired"})
        case Superseded():
            sql.execute(ENDED, {**ended, "state": "superseded"})
        case Confirmed():
            sql.execute(ENDED, {**seen, "state": "confirmed", "mentorship": event.mentorship})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)
    if event.personal_fields:
        sql.execute(CLEARED_IF_ERASED, seen)
        sql.execute(REASON_CLEARED_IF_ERASED, seen)


def _made(event: Made) -> dict[str, Any]:
    plain = event.model_dump(exclude={"mentors", "mentees", "provenance", "words"})
    return {**plain, "words": known(event.words), **_told(event.provenance)}


def _told(provenance: Provenance | None) -> dict[str, Any]:
    """What is read often in columns of its own, and all of it together."""
    columns = ("score", "mentee_score", "mentor_score", "answered", "asked", "run")
    if provenance is None:
        return dict.fromkeys((*columns, "parts", "provenance"))
    whole = provenance.model_dump(mode="json")
    told = {name: whole[name] for name in columns}
    return {**told, "parts": jsonb(whole["parts"]), "provenance": jsonb(whole)}


PROJECTION: Final = Projection(
    name="proposals",
    version=1,
    ddl=DDL,
    tables=("proposals", "proposal_members", "proposal_alternatives", "erased_members"),
    names=frozenset(kind.event_name for kind in get_args(ProposalEvent)) | {Erased.event_name},
    apply=project,
)
