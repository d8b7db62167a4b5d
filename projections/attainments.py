"""What people agree on, reach and say of it in a relationship: rows of the read model of relationships."""

from typing import Any, Final, assert_never
from uuid import uuid5

from domain.mentorship import (
    AgreementSigned,
    CheckedIn,
    ConcernRaised,
    ConcernSettled,
    GoalAchieved,
    GoalDescribed,
    GoalDropped,
    GoalProgressed,
    GoalSet,
    MilestoneReached,
)
from projections.statements import Statements, jsonb, known

DDL: Final = """
CREATE TABLE mentorship_signatures (
    mentorship_id    uuid NOT NULL,
    participant_id   uuid NOT NULL,
    settings_version int  NOT NULL,
    signed_at        timestamptz NOT NULL,
    PRIMARY KEY (mentorship_id, participant_id, settings_version)
);
CREATE UNIQUE INDEX mentorship_signatures_by_key ON mentorship_signatures
    ((mentorship_id::text || '/' || participant_id::text || '/' || settings_version::text));

CREATE TABLE mentorship_goals (
    goal_id       uuid   PRIMARY KEY,
    mentorship_id uuid   NOT NULL,
    set_by        uuid   NOT NULL,
    text          text,
    text_by       uuid   NOT NULL,
    text_at       timestamptz NOT NULL,
    competency    text,
    due           date,
    state         text   NOT NULL CHECK (state IN ('open', 'achieved', 'dropped')),
    percent       int    NOT NULL,
    set_at        timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    set_position  bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX mentorship_goals_in_order ON mentorship_goals (mentorship_id, set_position);
CREATE INDEX mentorship_goals_by_writing ON mentorship_goals (text_by);

CREATE TABLE mentorship_goal_steps (
    position       bigint PRIMARY KEY,
    mentorship_id  uuid   NOT NULL,
    goal_id        uuid   NOT NULL,
    participant_id uuid   NOT NULL,
    state          text   NOT NULL,
    percent        int,
    note           text,
    at             timestamptz NOT NULL
);
CREATE INDEX mentorship_goal_steps_in_order ON mentorship_goal_steps (mentorship_id, goal_id, position);
CREATE INDEX mentorship_goal_steps_by_person ON mentorship_goal_steps (participant_id);

CREATE TABLE mentorship_milestones (
    mentorship_id uuid NOT NULL,
    milestone     text NOT NULL,
    reached_at    timestamptz NOT NULL,
    reached_by    uuid,
    PRIMARY KEY (mentorship_id, milestone)
);

CREATE TABLE mentorship_check_ins (
    check_in_id    uuid   PRIMARY KEY,
    position       bigint NOT NULL,
    mentorship_id  uuid   NOT NULL,
    participant_id uuid   NOT NULL,
    ratings        jsonb  NOT NULL,
    comment        text,
    at             timestamptz NOT NULL
);
CREATE INDEX mentorship_check_ins_in_order ON mentorship_check_ins (mentorship_id, position);
CREATE INDEX mentorship_check_ins_by_person ON mentorship_check_ins (participant_id, mentorship_id);

CREATE TABLE mentorship_concerns (
    concern_id      uuid    PRIMARY KEY,
    mentorship_id   uuid    NOT NULL,
    raised_by       uuid    NOT NULL,
    confidential    boolean NOT NULL,
    text            text,
    raised_at       timestamptz NOT NULL,
    settled_by      uuid,
    settled_at      timestamptz,
    note            text,
    raised_position bigint  NOT NULL
);
CREATE UNIQUE INDEX mentorship_concerns_in_order ON mentorship_concerns (mentorship_id, raised_position);
CREATE INDEX mentorship_concerns_open ON mentorship_concerns (mentorship_id) WHERE settled_at IS NULL;
CREATE INDEX mentorship_concerns_by_raising ON mentorship_concerns (raised_by);
CREATE INDEX mentorship_concerns_by_settling ON mentorship_concerns (settled_by) WHERE settled_by IS NOT NULL;
"""
TABLES: Final = (
    "mentorship_signatures",
    "mentorship_goals",
    "mentorship_goal_steps",
    "mentorship_milestones",
    "mentorship_check_ins",
    "mentorship_concerns",
)

SIGNED: Final = """
INSERT INTO mentorship_signatures (mentorship_id, participant_id, settings_version, signed_at)
VALUES (%(mentorship)s, %(by)s, %(signed)s, %(at)s)
ON CONFLICT DO NOTHING
"""
GOAL_SET: Final = """
INSERT INTO mentorship_goals (mentorship_id, goal_id, set_by, text, text_by, text_at, competency, due, state,
                              percent, set_at, changed_at, set_position)
VALUES (%(mentorship)s, %(goal)s, %(by)s, %(text)s, %(by)s, %(at)s, %(competency)s, %(due)s, 'open',
        0, %(at)s, %(at)s, %(position)s)
ON CONFLICT (goal_id) DO NOTHING
"""
GOAL_DESCRIBED: Final = """
UPDATE mentorship_goals
   SET text = %(text)s, text_by = %(by)s, text_at = %(at)s, competency = %(competency)s, due = %(due)s
 WHERE mentorship_id = %(mentorship)s AND goal_id = %(goal)s
"""
GOAL_CHANGED: Final = """
UPDATE mentorship_goals
   SET state = %(state)s, percent = coalesce(%(percent)s, percent), changed_at = %(at)s,
       ended_at = CASE %(state)s WHEN 'open' THEN NULL ELSE %(at)s::timestamptz END
 WHERE mentorship_id = %(mentorship)s AND goal_id = %(goal)s
"""
STEP: Final = """
INSERT INTO mentorship_goal_steps (position, mentorship_id, goal_id, participant_id, state, percent, note, at)
VALUES (%(position)s, %(mentorship)s, %(goal)s, %(by)s, %(state)s, %(percent)s, %(note)s, %(at)s)
"""
REACHED: Final = """
INSERT INTO mentorship_milestones (mentorship_id, milestone, reached_at, reached_by)
VALUES (%(mentorship)s, %(milestone)s, %(at)s, %(by)s)
ON CONFLICT DO NOTHING
"""
CHECKED_IN: Final = """
INSERT INTO mentorship_check_ins (check_in_id, position, mentorship_id, participant_id, ratings, comment, at)
VALUES (%(check_in)s, %(position)s, %(mentorship)s, %(by)s, %(ratings)s, %(comment)s, %(at)s)
ON CONFLICT (check_in_id) DO NOTHING
"""
RAISED: Final = """
INSERT INTO mentorship_concerns (mentorship_id, concern_id, raised_by, confidential, text, raised_at,
                                 raised_position)
VALUES (%(mentorship)s, %(concern)s, %(by)s, %(confidential)s, %(text)s, %(at)s, %(position)s)
ON CONFLICT (concern_id) DO NOTHING
"""
SETTLED: Final = """
UPDATE mentorship_concerns SET settled_by = %(by)s, settled_at = %(at)s, note = %(note)s
 WHERE mentorship_id = %(mentorship)s AND concern_id = %(concern)s
"""

# Each for a person who has been erased, and for nobody else.
CLEARED: Final = (
    """
UPDATE mentorship_goals SET text = NULL
 WHERE text_by = %(person)s AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE mentorship_goal_steps SET note = NULL
 WHERE participant_id = %(person)s
   AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE mentorship_check_ins SET comment = NULL
 WHERE participant_id = %(person)s
   AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE mentorship_concerns SET text = NULL
 WHERE raised_by = %(person)s AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
""",
    """
UPDATE mentorship_concerns SET note = NULL
 WHERE settled_by = %(person)s AND EXISTS (SELECT FROM mentorship_erased WHERE participant_id = %(person)s)
""",
)

OfAGoal = GoalSet | GoalDescribed | GoalProgressed | GoalAchieved | GoalDropped
Attainment = AgreementSigned | OfAGoal | MilestoneReached | CheckedIn | ConcernRaised | ConcernSettled


def project(sql: Statements, event: Attainment, seen: dict[str, Any]) -> None:
    """`seen` is the event's place: mentorship, at, version and position."""
    match event:
        case AgreementSigned():
            sql.execute(SIGNED, {**seen, "by": event.by, "signed": event.version})
        case MilestoneReached():
            sql.execute(REACHED, {**seen, **event.model_dump()})
        case CheckedIn():
            sql.execute(CHECKED_IN, {**seen, **_check_in(event, seen)})
        case ConcernRaised():
            said = {"text": known(event.text), "confidential": event.confidential}
            sql.execute(RAISED, {**seen, "concern": event.concern, "by": event.by, **said})
        case ConcernSettled():
            said = {"concern": event.concern, "by": event.by, "note": known(event.note)}
            sql.execute(SETTLED, {**seen, **said})
        case _:
            _goal(sql, event, {**seen, "goal": event.goal, "by": event.by})


def _check_in(event: CheckedIn, seen: dict[str, Any]) -> dict[str, Any]:
    """One without an id has its place in the stream."""
    id_ = event.check_in or uuid5(seen["mentorship"], f"check-in {seen['version']}")
    said = {"ratings": jsonb(event.ratings), "comment": known(event.comment)}
    return {"check_in": id_, "by": event.by, **said}


def _goal(sql: Statements, event: OfAGoal, seen: dict[str, Any]) -> None:
    match event:
        case GoalSet():
            sql.execute(GOAL_SET, {**seen, **_words(event)})
        case GoalDescribed():
            sql.execute(GOAL_DESCRIBED, {**seen, **_words(event)})
        case GoalProgressed():
            _step(sql, {**seen, "state": "open", "percent": event.percent, "note": known(event.note)})
        case GoalAchieved():
            _step(sql, {**seen, "state": "achieved", "percent": 100, "note": None})
        case GoalDropped():
            _step(sql, {**seen, "state": "dropped", "percent": None, "note": known(event.reason)})
        case _:
            assert_never(event)


def _words(event: GoalSet | GoalDescribed) -> dict[str, Any]:
    return {"text": known(event.text), "competency": event.competency, "due": event.due}


def _step(sql: Statements, step: dict[str, Any]) -> None:
    sql.execute(GOAL_CHANGED, step)
    sql.execute(STEP, step)
