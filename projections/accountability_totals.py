"""What happened in each relationship as dated totals: as of any moment, the last row before it tells all.

A batch of facts is folded at once, from the first of them on: a row takes the totals of the row before it
and adds its own. Whatever arrives late, also a pause that time was counted in, has all later rows of its
relationship told anew; normally there are none. So the order of arrival never matters.
"""

from typing import Any, Final
from uuid import UUID

from domain.store import RecordedEvent

DDL: Final = """
CREATE TABLE measure_points (
    mentorship_id  uuid        NOT NULL,
    at             timestamptz NOT NULL,
    position       bigint      NOT NULL,
    kind           text        NOT NULL,
    amount         int,
    goal_id        uuid,
    held           int         NOT NULL,
    missed         int         NOT NULL,
    late_cancelled int         NOT NULL,
    minutes        int         NOT NULL,
    check_ins      int         NOT NULL,
    goals          int         NOT NULL,
    goals_achieved int         NOT NULL,
    goal_percent   int         NOT NULL,
    replies        int         NOT NULL,
    response       float8,
    satisfaction   float8,
    active_at      timestamptz,
    PRIMARY KEY (mentorship_id, at, position)
);
CREATE INDEX measure_points_of_goals ON measure_points (mentorship_id, goal_id, at, position)
    WHERE goal_id IS NOT NULL;

CREATE INDEX measure_points_of_ratings ON measure_points (mentorship_id, at DESC, position DESC)
    INCLUDE (satisfaction) WHERE kind IN ('rated', 'members');

CREATE TABLE measure_streams (
    stream_id     uuid   PRIMARY KEY,
    mentorship_id uuid   NOT NULL,
    opened        bigint NOT NULL
);

CREATE TABLE measure_said (
    mentorship_id uuid        NOT NULL,
    number        bigint      NOT NULL,
    at            timestamptz NOT NULL,
    by_id         uuid        NOT NULL,
    role          text,
    mixed         boolean     NOT NULL,
    replied_at    timestamptz,
    hours         float8,
    PRIMARY KEY (mentorship_id, number)
);
CREATE INDEX measure_said_waiting ON measure_said (mentorship_id, number) WHERE replied_at IS NULL;
"""
TABLES: Final = ("measure_points", "measure_said", "measure_streams")

RATINGS: Final = "{point}.kind IN ('rated', 'members')"
"""The points at which it can change how satisfied a relationship is."""

# Plans are made once, of tables that may be empty then: without this they would read them whole for ever.
_BY_INDEX: Final = """
SELECT set_config(setting, 'off', true)
  FROM unnest('{enable_seqscan,enable_hashjoin,enable_mergejoin}'::text[]) AS setting
"""
_OPENED: Final = """
INSERT INTO measure_streams (stream_id, mentorship_id, opened)
SELECT n.stream_id, n.mentorship_id, n.version
  FROM unnest(%(stream)s::uuid[], %(mentorship)s::uuid[], %(version)s::bigint[], %(opens)s::boolean[])
       AS n (stream_id, mentorship_id, version, opens)
 WHERE n.opens
ON CONFLICT DO NOTHING
"""
# What came before its stream was opened is of no relationship, also where both come at once.
_NEWS: Final = """
    SELECT coalesce(n.mentorship_id, s.mentorship_id) AS mentorship_id, n.at, n.position, n.version, n.kind,
           n.amount, n.who
      FROM unnest(%(stream)s::uuid[], %(mentorship)s::uuid[], %(at)s::timestamptz[], %(position)s::bigint[],
                  %(version)s::bigint[], %(kind)s::text[], %(amount)s::int[], %(who)s::uuid[])
           AS n (stream_id, mentorship_id, at, position, version, kind, amount, who)
      LEFT JOIN LATERAL (SELECT * FROM measure_streams s
                          WHERE n.mentorship_id IS NULL AND s.stream_id = n.stream_id
                            AND s.opened < n.version OFFSET 0) s ON true
     WHERE coalesce(n.mentorship_id, s.mentorship_id) IS NOT NULL
"""
# Of those that say themselves which relationship they are of, as these kinds do, less is needed.
_OWN_NEWS: Final = """
    SELECT n.mentorship_id, n.at, n.kind
      FROM unnest(%(mentorship)s::uuid[], %(at)s::timestamptz[], %(kind)s::text[])
           AS n (mentorship_id, at, kind)"""
# On which side somebody is, at a moment, and whether there are two sides then.
_ROLE: Final = """(
        SELECT i.role FROM measure_members i
         WHERE i.mentorship_id = {row}.mentorship_id AND i.participant_id = {row}.{who}
           AND i.from_at <= {row}.at
         ORDER BY i.from_at DESC, i.number DESC LIMIT 1)"""
_MIXED: Final = """coalesce((
        SELECT c.mixed FROM measure_spells c
         WHERE c.mentorship_id = {row}.mentorship_id AND c.from_at <= {row}.at
         ORDER BY c.from_at DESC, c.number DESC LIMIT 1), false)"""
# The seconds that had counted at a moment.
_ACTIVE: Final = """(
        SELECT c.active_before + CASE WHEN c.still_at IS NULL
                                      THEN date_part('epoch', {at} - c.from_at) ELSE 0 END
          FROM measure_spells c
         WHERE c.mentorship_id = {row}.mentorship_id AND c.from_at <= {at}
         ORDER BY c.from_at DESC, c.number DESC LIMIT 1)"""

# The mean of the sides; each is the mean of what its members said last.
_SATISFIED: Final = """(
               SELECT avg(o.rating) FROM (
                   SELECT avg(r.rating) AS rating
                     FROM measure_members i
                    CROSS JOIN LATERAL (
                          SELECT r.rating FROM measure_ratings r
                           WHERE r.mentorship_id = i.mentorship_id AND r.participant_id = i.participant_id
                             AND r.at <= t.at
                           ORDER BY r.at DESC, r.survey_id DESC LIMIT 1) r
                    WHERE i.mentorship_id = t.mentorship_id AND i.from_at <= t.at
                      AND (i.until_at IS NULL OR t.at < i.until_at)
                    GROUP BY i.role) o)"""

_SAID: Final = f"""
WITH news AS ({_NEWS})
INSERT INTO measure_said (mentorship_id, number, at, by_id, role, mixed)
SELECT n.mentorship_id, n.position, n.at, n.who, {_ROLE.format(row="n", who="who")},
       {_MIXED.format(row="n")}
  FROM news n WHERE n.kind = 'said'
ON CONFLICT DO NOTHING
"""  # noqa: S608 every part of it is written here
# A course that is known late changes who was on which side, and which hours count.
_UNSAID: Final = f"""
WITH since AS (
    SELECT n.mentorship_id, min(n.at) AS at FROM ({_OWN_NEWS}) n
     WHERE n.kind IN ('course', 'members') GROUP BY n.mentorship_id)
UPDATE measure_said w
   SET role = {_ROLE.format(row="w", who="by_id")}, mixed = {_MIXED.format(row="w")},
       replied_at = NULL, hours = NULL
  FROM since f
 WHERE w.mentorship_id = f.mentorship_id AND (w.at >= f.at OR w.replied_at >= f.at)
"""  # noqa: S608 the same
# A reply is the first word of the other side, or of anybody else where all are on one.
_REPLIED: Final = f"""
WITH news AS ({_NEWS}), waiting AS (
    SELECT k.*, lag(k.by_id) OVER (PARTITION BY k.mentorship_id ORDER BY k.number)
                IS DISTINCT FROM k.by_id AS another
      FROM (SELECT DISTINCT mentorship_id FROM news WHERE kind IN ('said', 'course', 'members')) t
     CROSS JOIN LATERAL (SELECT * FROM measure_said k
                          WHERE k.mentorship_id = t.mentorship_id AND k.replied_at IS NULL OFFSET 0) k),
heard AS (
    SELECT k.mentorship_id, k.number, k.at,
           CASE WHEN k.mixed AND k.role = 'mentor' THEN min(k.at) FILTER (WHERE k.role = 'mentee') OVER later
                WHEN k.mixed AND k.role = 'mentee' THEN min(k.at) FILTER (WHERE k.role = 'mentor') OVER later
                ELSE min(k.at) FILTER (WHERE k.another) OVER later END AS replied_at
      FROM waiting k
    WINDOW later AS (PARTITION BY k.mentorship_id ORDER BY k.number DESC
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
UPDATE measure_said w
   SET replied_at = h.replied_at,
       hours = greatest(0, coalesce({_ACTIVE.format(row="h", at="h.replied_at")}
                                    - {_ACTIVE.format(row="h", at="h.at")},
                                    date_part('epoch', h.replied_at - h.at))) / 3600
  FROM heard h
 WHERE w.mentorship_id = h.mentorship_id AND w.number = h.number AND h.replied_at IS NOT NULL
"""  # noqa: S608 the same
# When an assignment is due: its time is counted from when it was given.
_DUE: Final = f"""
WITH since AS (
    SELECT n.mentorship_id, min(n.at) AS at FROM ({_OWN_NEWS}) n
     WHERE n.kind IN ('assigned', 'course') GROUP BY n.mentorship_id)
UPDATE measure_assignments a
   SET due_active = date_part('epoch', a.due_at - a.at)
                    + coalesce({_ACTIVE.format(row="a", at="a.at")}, 0)
  FROM since f
 WHERE a.mentorship_id = f.mentorship_id AND a.at >= f.at AND a.due_at IS NOT NULL
"""  # noqa: S608 the same
# What was missed or called off while time stood still counts against nobody.
_FOLDED: Final = f"""
WITH news AS ({_NEWS}), since AS (
    SELECT mentorship_id, min(at) AS at FROM news GROUP BY mentorship_id),
unsettled AS (
    DELETE FROM measure_settled z USING since f WHERE z.mentorship_id = f.mentorship_id),
told AS (
    SELECT n.mentorship_id, n.at, n.position, n.kind, n.amount,
           CASE WHEN n.kind IN ('goal', 'achieved', 'dropped') THEN n.who END AS goal_id,
           min(n.at) OVER (PARTITION BY n.mentorship_id) AS since
      FROM news n
     UNION ALL
    SELECT p.mentorship_id, p.at, p.position, p.kind, p.amount, p.goal_id, f.at
      FROM since f
     CROSS JOIN LATERAL (SELECT * FROM measure_points p
                          WHERE p.mentorship_id = f.mentorship_id AND p.at >= f.at OFFSET 0) p),
steps AS (
    SELECT t.*, b.held, b.missed, b.late_cancelled, b.minutes, b.check_ins, b.goals, b.goals_achieved,
           b.goal_percent, b.replies, b.response,
           CASE WHEN t.kind IN ('missed', 'late') THEN coalesce((
               SELECT c.still_at IS NULL FROM measure_spells c
                WHERE c.mentorship_id = t.mentorship_id AND c.from_at <= t.at
                ORDER BY c.from_at DESC, c.number DESC LIMIT 1), true) END AS counts,
           CASE WHEN t.goal_id IS NOT NULL THEN coalesce(lag(t.kind) OVER goal, g.kind, 'dropped')
                END AS kind_before,
           CASE WHEN t.goal_id IS NOT NULL THEN coalesce(lag(t.amount) OVER goal, g.amount, 0)
                END AS amount_before,
           b.satisfaction, b.active_at, CASE WHEN t.kind = 'said' THEN (
               SELECT ARRAY[count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY r.hours)]
                 FROM measure_said r WHERE r.mentorship_id = t.mentorship_id AND r.replied_at <= t.at)
               END AS replied,
           count(*) FILTER (WHERE t.kind = 'said') OVER so_far AS word,
           CASE WHEN t.kind IN ('rated', 'members') THEN {_SATISFIED} END AS satisfied,
           count(*) FILTER (WHERE t.kind IN ('rated', 'members')) OVER so_far AS rating
      FROM told t
      LEFT JOIN LATERAL (SELECT * FROM measure_points b
                          WHERE b.mentorship_id = t.mentorship_id AND b.at < t.since
                          ORDER BY b.at DESC, b.position DESC LIMIT 1) b ON true
      LEFT JOIN LATERAL (SELECT * FROM measure_points g
                          WHERE g.mentorship_id = t.mentorship_id AND g.goal_id = t.goal_id
                            AND g.at < t.since
                          ORDER BY g.at DESC, g.position DESC LIMIT 1) g ON true
     WHERE t.kind NOT IN ('course', 'asked')
    WINDOW goal AS (PARTITION BY t.mentorship_id, t.goal_id ORDER BY t.at, t.position),
           so_far AS (PARTITION BY t.mentorship_id ORDER BY t.at, t.position))
INSERT INTO measure_points (
    mentorship_id, at, position, kind, amount, goal_id, held, missed, late_cancelled, minutes, check_ins,
    goals, goals_achieved, goal_percent, replies, response, satisfaction, active_at)
SELECT s.mentorship_id, s.at, s.position, s.kind, s.amount, s.goal_id,
       coalesce(s.held, 0) + count(*) FILTER (WHERE s.kind = 'held') OVER so_far,
       coalesce(s.missed, 0) + count(*) FILTER (WHERE s.kind = 'missed' AND s.counts) OVER so_far,
       coalesce(s.late_cancelled, 0) + count(*) FILTER (WHERE s.kind = 'late' AND s.counts) OVER so_far,
       coalesce(s.minutes, 0) + coalesce(sum(s.amount) FILTER (WHERE s.kind = 'held') OVER so_far, 0),
       coalesce(s.check_ins, 0) + count(*) FILTER (WHERE s.kind = 'check_in') OVER so_far,
       coalesce(s.goals, 0)
           + coalesce(sum((s.kind <> 'dropped')::int - (s.kind_before <> 'dropped')::int)
                      FILTER (WHERE s.goal_id IS NOT NULL) OVER so_far, 0),
       coalesce(s.goals_achieved, 0)
           + coalesce(sum((s.kind = 'achieved')::int - (s.kind_before = 'achieved')::int)
                      FILTER (WHERE s.goal_id IS NOT NULL) OVER so_far, 0),
       coalesce(s.goal_percent, 0)
           + coalesce(sum(s.amount - s.amount_before) FILTER (WHERE s.goal_id IS NOT NULL) OVER so_far, 0),
       CASE WHEN s.word = 0 THEN coalesce(s.replies, 0) ELSE (max(s.replied) OVER word)[1] END,
       CASE WHEN s.word = 0 THEN s.response ELSE (max(s.replied) OVER word)[2] END,
       CASE WHEN s.rating = 0 THEN s.satisfaction ELSE max(s.satisfied) OVER rating END,
       coalesce(max(s.at) FILTER (WHERE s.kind NOT IN ('rated', 'members')) OVER so_far, s.active_at)
  FROM steps s
WINDOW so_far AS (PARTITION BY s.mentorship_id ORDER BY s.at, s.position),
       word AS (PARTITION BY s.mentorship_id, s.word),
       rating AS (PARTITION BY s.mentorship_id, s.rating)
ON CONFLICT (mentorship_id, at, position) DO UPDATE
   SET held = excluded.held, missed = excluded.missed, late_cancelled = excluded.late_cancelled,
       minutes = excluded.minutes, check_ins = excluded.check_ins, goals = excluded.goals,
       goals_achieved = excluded.goals_achieved, goal_percent = excluded.goal_percent,
       replies = excluded.replies, response = excluded.response, satisfaction = excluded.satisfaction,
       active_at = excluded.active_at
"""  # noqa: S608 the same
FOLD: Final = (_BY_INDEX, _OPENED, _SAID, _UNSAID, _REPLIED, _DUE, _FOLDED)
"""Given rows as `fact` makes them."""


def fact(
    kind: str,
    recorded: RecordedEvent,
    mentorship: UUID | None = None,
    *,
    opens: bool = False,
    amount: int | None = None,
    who: UUID | None = None,
) -> dict[str, Any]:
    """Without `mentorship` it is that of the stream, which an event before has told, that `opens` it. `who`
    has said it, or is the goal. A `course` and what is `asked` are no facts of their own; with the one those
    from then on are told anew.
    """
    return {
        "stream": recorded.stream_id,
        "mentorship": mentorship,
        "at": recorded.recorded_at,
        "position": recorded.position,
        "version": recorded.version,
        "kind": kind,
        "opens": opens,
        "amount": amount,
        "who": who,
    }
