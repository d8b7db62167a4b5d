"""The course of each relationship as dated spells: in which of them time runs, who is in it, on what terms.

All of it comes from one stream, so it is told in the order in which it happened.
"""

from typing import Any, Final, assert_never

from domain.mentorship import (
    Began,
    Concluded,
    EndedEarly,
    Extended,
    HandedOver,
    MemberJoined,
    MemberLeft,
    Migrated,
    MilestoneReached,
    Paused,
    Reopened,
    Resumed,
)
from domain.relationship import Status
from projections.statements import Statements

# A spell ends where the next one begins. `active_before` are the seconds that had counted when it began;
# `still_at` is since when none do. `mixed`: both sides are there. `others`: once there were other members.
DDL: Final = """
CREATE TABLE measure_spells (
    mentorship_id    uuid        NOT NULL,
    number           bigint      NOT NULL,
    from_at          timestamptz NOT NULL,
    until_at         timestamptz,
    state            text        NOT NULL,
    active_before    float8      NOT NULL,
    still_at         timestamptz,
    type_id          text        NOT NULL,
    cadence_days     int         NOT NULL,
    settings_version int         NOT NULL,
    planned_end      date        NOT NULL,
    members          int         NOT NULL,
    mixed            boolean     NOT NULL,
    others           boolean     NOT NULL,
    ended_at         timestamptz,
    outcome          text,
    end_reason       text,
    no_fault         boolean,
    PRIMARY KEY (mentorship_id, number)
);
CREATE UNIQUE INDEX measure_spells_open ON measure_spells (mentorship_id) WHERE until_at IS NULL;
CREATE INDEX measure_spells_by_time ON measure_spells (mentorship_id, from_at, number);

CREATE TABLE measure_members (
    mentorship_id  uuid        NOT NULL,
    participant_id uuid        NOT NULL,
    number         bigint      NOT NULL,
    role           text        NOT NULL,
    from_at        timestamptz NOT NULL,
    until_at       timestamptz,
    PRIMARY KEY (mentorship_id, participant_id, number)
);
CREATE INDEX measure_members_by_person ON measure_members (participant_id);

CREATE TABLE measure_milestones (
    mentorship_id uuid        NOT NULL,
    milestone     text        NOT NULL,
    at            timestamptz NOT NULL,
    active_days   float8      NOT NULL,
    PRIMARY KEY (mentorship_id, milestone)
);
"""
TABLES: Final = ("measure_spells", "measure_members", "measure_milestones")

BEGAN: Final = """
INSERT INTO measure_spells (mentorship_id, number, from_at, state, active_before, type_id, cadence_days,
                            settings_version, planned_end, members, mixed, others)
SELECT %(mentorship)s, %(version)s, %(at)s, 'running', 0, %(type)s, %(cadence_days)s, %(settings_version)s,
       %(planned_end)s, %(members)s, %(mixed)s, false
 WHERE NOT EXISTS (SELECT FROM measure_spells WHERE mentorship_id = %(mentorship)s)
"""
# Only of the beginning that the first spell was made by.
MEMBERS: Final = """
INSERT INTO measure_members (mentorship_id, participant_id, number, role, from_at)
SELECT s.mentorship_id, w.participant_id, s.number, w.role, s.from_at
  FROM measure_spells s, unnest(%(people)s::uuid[], %(roles)s::text[]) AS w (participant_id, role)
 WHERE s.mentorship_id = %(mentorship)s AND s.number = %(version)s
ON CONFLICT DO NOTHING
"""
JOINED: Final = """
INSERT INTO measure_members (mentorship_id, participant_id, number, role, from_at)
SELECT s.mentorship_id, %(person)s::uuid, %(version)s::bigint, %(role)s::text,
       greatest(%(at)s::timestamptz, s.from_at)
  FROM measure_spells s
 WHERE s.mentorship_id = %(mentorship)s AND s.until_at IS NULL
   AND NOT EXISTS (SELECT FROM measure_members w WHERE w.mentorship_id = s.mentorship_id
                      AND w.participant_id = %(person)s AND w.until_at IS NULL)
"""
LEFT: Final = """
UPDATE measure_members w SET until_at = greatest(%(at)s::timestamptz, s.from_at)
  FROM measure_spells s
 WHERE s.mentorship_id = %(mentorship)s AND s.until_at IS NULL
   AND w.mentorship_id = s.mentorship_id AND w.participant_id = %(person)s AND w.until_at IS NULL
"""
# What is not said stays as it was. Clocks differ by a little; a spell never begins before the one before it.
ENDED: Final = """
UPDATE measure_spells SET until_at = greatest(%(at)s::timestamptz, from_at)
 WHERE mentorship_id = %(mentorship)s AND until_at IS NULL
"""
WENT_ON: Final = """
INSERT INTO measure_spells (mentorship_id, number, from_at, state, active_before, still_at, type_id,
                            cadence_days, settings_version, planned_end, members, mixed, others, ended_at,
                            outcome, end_reason, no_fault)
SELECT s.mentorship_id, %(version)s::bigint, s.until_at, n.state,
       s.active_before + CASE WHEN s.still_at IS NULL
                              THEN date_part('epoch', s.until_at - s.from_at) ELSE 0 END,
       CASE WHEN n.state <> 'running' THEN coalesce(s.still_at, s.until_at) END,
       s.type_id, s.cadence_days,
       coalesce(%(settings_version)s::int, s.settings_version),
       coalesce(%(planned_end)s::date, s.planned_end),
       w.members, w.mixed, s.others OR %(others)s::boolean,
       CASE WHEN n.ended THEN coalesce(s.ended_at, s.until_at) END,
       CASE WHEN n.ended THEN coalesce(%(outcome)s::text, s.outcome) END,
       CASE WHEN n.ended THEN coalesce(%(reason)s::text, s.end_reason) END,
       CASE WHEN n.ended THEN coalesce(%(no_fault)s::boolean, s.no_fault) END
  FROM (SELECT * FROM measure_spells WHERE mentorship_id = %(mentorship)s ORDER BY number DESC LIMIT 1) s
 CROSS JOIN LATERAL (SELECT coalesce(%(state)s::text, s.state) AS state,
                            coalesce(%(state)s::text, s.state) NOT IN ('running', 'paused') AS ended) n
 CROSS JOIN LATERAL (SELECT count(*)::int AS members, count(DISTINCT role) > 1 AS mixed
                       FROM measure_members m
                      WHERE m.mentorship_id = s.mentorship_id AND m.until_at IS NULL) w
"""
MILESTONE: Final = """
INSERT INTO measure_milestones (mentorship_id, milestone, at, active_days)
SELECT s.mentorship_id, %(milestone)s, greatest(%(at)s::timestamptz, s.from_at),
       (s.active_before + CASE WHEN s.still_at IS NULL
                               THEN greatest(0, date_part('epoch', %(at)s::timestamptz - s.from_at))
                               ELSE 0 END) / 86400
  FROM measure_spells s WHERE s.mentorship_id = %(mentorship)s AND s.until_at IS NULL
ON CONFLICT DO NOTHING
"""

Seen = dict[str, Any]
Course = (
    Began | MemberJoined | MemberLeft | Paused | Resumed | Extended | Concluded | EndedEarly | Reopened
    | HandedOver | Migrated
)  # fmt: skip
_UNSAID: Final = dict.fromkeys(
    ("state", "settings_version", "planned_end", "outcome", "reason", "no_fault"), None
)


def project(sql: Statements, event: Course | MilestoneReached, seen: Seen) -> None:
    """`seen` is the event's place: mentorship, at and version."""
    match event:
        case Began():
            _begin(sql, event, seen)
        case MilestoneReached():
            sql.execute(MILESTONE, {**seen, "milestone": event.milestone})
        case MemberJoined():
            joined = {"person": event.member.participant, "role": event.member.role}
            sql.execute(JOINED, {**seen, **joined})
            _go_on(sql, seen, others=True)
        case MemberLeft():
            sql.execute(LEFT, {**seen, "person": event.participant})
            _go_on(sql, seen, others=True)
        case _:
            _go_on(sql, seen, **_changed(event))


def _begin(sql: Statements, event: Began, seen: Seen) -> None:
    people = [member.participant for member in event.members]
    roles = [member.role for member in event.members]
    there = {"members": len(set(people)), "mixed": len(set(roles)) > 1}
    kind = {"type": event.type.id, "cadence_days": event.type.cadence_days}
    terms = {**kind, "settings_version": event.settings_version, "planned_end": event.planned_end}
    sql.execute(BEGAN, {**seen, **terms, **there})
    sql.execute(MEMBERS, {**seen, "people": people, "roles": roles})


def _go_on(sql: Statements, seen: Seen, *, others: bool = False, **said: Any) -> None:
    sql.execute(ENDED, seen)
    sql.execute(WENT_ON, {**_UNSAID, **seen, "others": others, **said})


def _changed(
    event: Paused | Resumed | Extended | Concluded | EndedEarly | Reopened | HandedOver | Migrated,
) -> dict[str, Any]:
    match event:
        case Paused():
            return {"state": Status.PAUSED}
        case Resumed():
            return {"state": Status.RUNNING}
        case Extended():
            return {"planned_end": event.until}
        case Reopened():
            return {"state": Status.RUNNING, "planned_end": event.until}
        case Migrated():
            return {"settings_version": event.settings_version}
        case Concluded():
            return {"state": Status.CONCLUDED, "outcome": event.outcome}
        case EndedEarly():
            return {"state": Status.ENDED_EARLY, "reason": event.reason, "no_fault": event.no_fault}
        case HandedOver():
            return {"state": Status.HANDED_OVER}
        case _:
            assert_never(event)
