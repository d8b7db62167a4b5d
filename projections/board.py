"""The matching board: every run with its pairs, what is approved of them, who stays without, and choices."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, assert_never, get_args
from uuid import UUID, uuid5

from domain.ids import MatchRunId, ParticipantId, proposal_id
from domain.match_run import (
    ApprovalWithdrawn,
    Cancelled,
    Computed,
    Discarded,
    Failed,
    MatchRunEvent,
    PairForbidden,
    PairLocked,
    PairReleased,
    PairsApproved,
    Published,
    Requested,
)
from domain.pairing.veil import veiled
from domain.store import RecordedEvent
from projections.projection import Projection
from projections.statements import Statements, jsonb

DDL: Final = """
CREATE TABLE match_runs (
    run_id           uuid   PRIMARY KEY,
    program_id       uuid   NOT NULL,
    state            text   NOT NULL CHECK (state IN (
        'computing', 'draft', 'failed', 'cancelled', 'published', 'discarded')),
    label            text,
    reference_id     uuid,
    settings_version int    NOT NULL,
    settings         jsonb  NOT NULL,
    type             jsonb  NOT NULL,
    blind            boolean NOT NULL,
    seed             bigint NOT NULL,
    pool_position    bigint NOT NULL,
    pool_digest      text   NOT NULL,
    revision         int    NOT NULL DEFAULT 0,
    shown_revision   int,
    engine           int,
    inputs_digest    text,
    digest           text,
    totals           jsonb,
    pairs            int    NOT NULL DEFAULT 0,
    approved         int    NOT NULL DEFAULT 0,
    unmatched        int    NOT NULL DEFAULT 0,
    failure_code     text,
    failure          text,
    requested_at     timestamptz NOT NULL,
    computed_at      timestamptz,
    published_at     timestamptz,
    ended_at         timestamptz,
    requested_position bigint NOT NULL,
    version          bigint NOT NULL,
    position         bigint NOT NULL
);
CREATE INDEX match_runs_by_program ON match_runs (program_id, requested_position);
CREATE INDEX match_runs_in_order ON match_runs (requested_position);

CREATE TABLE run_pairs (
    run_id       uuid    NOT NULL,
    number       int     NOT NULL,
    pair_id      uuid    NOT NULL,
    mentors      uuid[]  NOT NULL,
    mentees      uuid[]  NOT NULL,
    score        int     NOT NULL,
    mentee_score int,
    mentor_score int,
    parts        jsonb   NOT NULL,
    answered     int     NOT NULL,
    asked        int     NOT NULL,
    rank         int     NOT NULL,
    locked       boolean NOT NULL,
    approved     boolean NOT NULL,
    PRIMARY KEY (run_id, number)
);
CREATE INDEX run_pairs_by_id ON run_pairs (pair_id);

CREATE TABLE run_people (
    person_key     uuid PRIMARY KEY,
    run_id         uuid NOT NULL,
    participant_id uuid NOT NULL
);
CREATE INDEX run_people_by_participant ON run_people (run_id, participant_id);

CREATE TABLE run_unmatched (
    person_key uuid   PRIMARY KEY,
    run_id     uuid   NOT NULL,
    side       text   NOT NULL,
    reason     text   NOT NULL,
    rules      text[] NOT NULL
);
CREATE INDEX run_unmatched_by_run ON run_unmatched (run_id, person_key);

CREATE TABLE run_choices (
    choice_id uuid PRIMARY KEY,
    run_id    uuid NOT NULL,
    choice    text NOT NULL CHECK (choice IN ('locked', 'forbidden')),
    mentee    uuid NOT NULL,
    mentor    uuid NOT NULL
);
CREATE INDEX run_choices_by_run ON run_choices (run_id);
"""

REQUESTED: Final = """
INSERT INTO match_runs (run_id, program_id, state, label, reference_id, settings_version, settings, type,
                        blind, seed, pool_position, pool_digest, requested_at, requested_position, version,
                        position)
VALUES (%(run)s, %(program)s, 'computing', %(label)s, %(reference)s, %(settings_version)s, %(settings)s,
        %(type)s, %(blind)s, %(seed)s, %(pool_position)s, %(pool_digest)s, %(at)s, %(position)s, %(version)s,
        %(position)s)
ON CONFLICT (run_id) DO NOTHING
"""
# What was found before is shown, and what is approved of it is known, until something else is found.
REVISED: Final = """
UPDATE match_runs SET state = 'computing', revision = revision + 1, failure_code = NULL, failure = NULL
 WHERE run_id = %(run)s
"""
CHOSEN: Final = """
INSERT INTO run_choices (choice_id, run_id, choice, mentee, mentor)
VALUES (%(choice_id)s, %(run)s, %(choice)s, %(mentee)s, %(mentor)s)
ON CONFLICT (choice_id) DO UPDATE SET choice = excluded.choice
"""
RELEASED: Final = "DELETE FROM run_choices WHERE choice_id = %(choice_id)s"
NAMED: Final = """
INSERT INTO run_people (person_key, run_id, participant_id)
SELECT n.key, %(run)s, n.participant
  FROM jsonb_to_recordset(%(people)s) AS n (key uuid, participant uuid)
ON CONFLICT (person_key) DO NOTHING
"""
COMPUTED: Final = """
UPDATE match_runs
   SET state = 'draft', shown_revision = %(revision)s, engine = %(engine)s,
       inputs_digest = %(inputs_digest)s, digest = %(digest)s, totals = %(totals)s, computed_at = %(at)s,
       failure_code = NULL, failure = NULL
 WHERE run_id = %(run)s
"""
# The pairs found before step aside until it is known which of them are found again.
ASIDE: Final = "UPDATE run_pairs SET number = -number WHERE run_id = %(run)s"
FOUND: Final = """
INSERT INTO run_pairs (run_id, number, pair_id, mentors, mentees, score, mentee_score, mentor_score, parts,
                       answered, asked, rank, locked, approved)
SELECT %(run)s, f.number, f.pair_id, f.mentors, f.mentees, f.score, f.mentee_score, f.mentor_score, f.parts,
       f.answered, f.asked, f.rank, f.locked,
       EXISTS (SELECT FROM run_pairs o
                WHERE o.run_id = %(run)s AND o.number < 0 AND o.approved
                  AND o.mentors = f.mentors AND o.mentees = f.mentees)
  FROM jsonb_to_recordset(%(pairs)s) AS f (
       number int, pair_id uuid, mentors uuid[], mentees uuid[], score int, mentee_score int,
       mentor_score int, parts jsonb, answered int, asked int, rank int, locked boolean)
ON CONFLICT (run_id, number) DO NOTHING
"""
FOUND_BEFORE: Final = "DELETE FROM run_pairs WHERE run_id = %(run)s AND number < 0"
PLACED: Final = "DELETE FROM run_unmatched WHERE run_id = %(run)s"
UNMATCHED: Final = """
INSERT INTO run_unmatched (person_key, run_id, side, reason, rules)
SELECT u.key, %(run)s, u.side, u.reason, u.rules
  FROM jsonb_to_recordset(%(unmatched)s) AS u (key uuid, side text, reason text, rules text[])
ON CONFLICT (person_key) DO NOTHING
"""
COUNTED: Final = """
UPDATE match_runs
   SET (pairs, approved) = (SELECT count(*), count(*) FILTER (WHERE p.approved)
                              FROM run_pairs p WHERE p.run_id = %(run)s),
       unmatched = (SELECT count(*) FROM run_unmatched u WHERE u.run_id = %(run)s)
 WHERE run_id = %(run)s
"""
# While a run is solved again, its pairs have no numbers by which they could be approved.
APPROVED: Final = """
UPDATE run_pairs p SET approved = %(approved)s
 WHERE p.run_id = %(run)s AND p.number = ANY (%(numbers)s)
   AND EXISTS (SELECT FROM match_runs r WHERE r.run_id = p.run_id AND r.shown_revision = r.revision)
"""
FAILED: Final = """
UPDATE match_runs SET state = 'failed', failure_code = %(code)s, failure = %(reason)s WHERE run_id = %(run)s
"""
PUBLISHED: Final = "UPDATE match_runs SET state = 'published', published_at = %(at)s WHERE run_id = %(run)s"
ENDED: Final = "UPDATE match_runs SET state = %(state)s, ended_at = %(at)s WHERE run_id = %(run)s"
SEEN: Final = """
UPDATE match_runs SET version = %(version)s, position = %(position)s WHERE run_id = %(run)s
"""


def person_key(run: UUID, participant: ParticipantId) -> UUID:
    """By which somebody is known on the board of one run; the id itself cannot be told from it."""
    return uuid5(run, f"person {participant}")


def person_label(run: UUID, participant: ParticipantId) -> str:
    """What somebody is called in a blind review: the same all through a run, another in every run."""
    return str(person_key(run, participant))[:8].upper()


def project(sql: Statements, recorded: RecordedEvent) -> None:
    event: MatchRunEvent = recorded.event  # type: ignore[assignment]  # PROJECTION.names lets no other in
    seen: Mapping[str, Any] = {
        "run": recorded.stream_id,
        "at": recorded.recorded_at,
        "version": recorded.version,
        "position": recorded.position,
    }
    match event:
        case Requested():
            sql.execute(REQUESTED, {**seen, **_requested(event)})
        case PairLocked():
            _choose(sql, seen, "locked", event)
        case PairForbidden():
            _choose(sql, seen, "forbidden", event)
        case PairReleased():
            sql.execute(REVISED, seen)
            sql.execute(RELEASED, {"choice_id": _choice_id(recorded.stream_id, event)})
        case Computed():
            _find(sql, seen, event)
        case Failed():
            sql.execute(FAILED, {**seen, "code": event.code, "reason": event.reason})
        case PairsApproved() | ApprovalWithdrawn():
            approved = isinstance(event, PairsApproved)
            sql.execute(APPROVED, {**seen, "approved": approved, "numbers": list(event.numbers)})
            sql.execute(COUNTED, seen)
        case Published():
            sql.execute(PUBLISHED, seen)
        case Cancelled():
            sql.execute(ENDED, {**seen, "state": "cancelled"})
        case Discarded():
            sql.execute(ENDED, {**seen, "state": "discarded"})
        case _:
            assert_never(event)
    sql.execute(SEEN, seen)


def _requested(event: Requested) -> dict[str, Any]:
    told = event.model_dump(mode="json")
    return {
        **told,
        "settings": jsonb(told["settings"]),
        "type": jsonb(told["type"]),
        "blind": event.settings.blind,
    }


def _choose(sql: Statements, seen: Mapping[str, Any], choice: str, event: PairLocked | PairForbidden) -> None:
    run = seen["run"]
    sql.execute(REVISED, seen)
    pair = {"mentee": event.mentee, "mentor": event.mentor}
    sql.execute(CHOSEN, {**seen, **pair, "choice": choice, "choice_id": _choice_id(run, event)})
    sql.execute(NAMED, {**seen, "people": _people(run, pair.values())})


def _choice_id(run: UUID, event: PairLocked | PairForbidden | PairReleased) -> UUID:
    return uuid5(run, f"choice {event.mentee} {event.mentor}")


def _find(sql: Statements, seen: Mapping[str, Any], event: Computed) -> None:
    run = MatchRunId(seen["run"])
    told = event.model_dump(mode="json")
    named = {who for pair in event.pairs for who in (*pair.mentors, *pair.mentees)}
    named |= {one.participant for one in event.unmatched}
    sql.execute(NAMED, {**seen, "people": _people(run, named)})
    sql.execute(COMPUTED, {**seen, **told, "totals": jsonb(told["totals"])})
    sql.execute(ASIDE, seen)
    pairs = [{**pair, "pair_id": str(proposal_id(run, pair["number"]))} for pair in told["pairs"]]
    sql.execute(FOUND, {**seen, "pairs": jsonb(pairs)})
    sql.execute(FOUND_BEFORE, seen)
    sql.execute(PLACED, seen)
    unmatched = [
        {**said, "key": str(person_key(run, one.participant)), "rules": veiled(one.rules)}
        for said, one in zip(told["unmatched"], event.unmatched, strict=True)
    ]
    sql.execute(UNMATCHED, {**seen, "unmatched": jsonb(unmatched)})
    sql.execute(COUNTED, seen)


def _people(run: UUID, people: Iterable[ParticipantId]) -> Any:
    return jsonb([{"key": str(person_key(run, who)), "participant": str(who)} for who in people])


PROJECTION: Final = Projection(
    name="board",
    version=1,
    ddl=DDL,
    tables=("match_runs", "run_pairs", "run_people", "run_unmatched", "run_choices"),
    names=frozenset(kind.event_name for kind in get_args(MatchRunEvent)),
    apply=project,
)
