"""The metrics of relationships as of any moment: one SELECT over the dated rows, for whoever reports.

The formulas are told in docs/metrics.md, and in plain arithmetic in domain/measuring.py, which agrees. No
part of it holds a brace or a per cent sign, so it can stand in any other SQL.
"""

from typing import Final

from domain.accountability import AT_RISK_BELOW, FEWEST_DAYS, FEWEST_METRICS, ON_TRACK_FROM
from domain.accountability_settings import DEFAULT_TARGETS, METRICS_OF, Metric

MODELS: Final = ("accountability", "relationships", "programs")
"""The read models it is made of."""

_DEFAULTS: Final = ", ".join(
    f"('{degree}', '{metric}', {target.target}::float8, {target.at_risk}::float8, {target.weight})"
    for degree, metrics in METRICS_OF.items()
    for metric in metrics
    for target in [DEFAULT_TARGETS[metric]]
)
_TARGETS: Final = ",\n           ".join(
    f"max(t.target) FILTER (WHERE t.metric = '{metric}') AS {metric}_target,"
    f" max(t.at_risk) FILTER (WHERE t.metric = '{metric}') AS {metric}_at_risk,"
    f" max(t.weight) FILTER (WHERE t.metric = '{metric}') AS {metric}_weight"
    for metric in Metric
)


def measured(as_of: str, only: str = "true") -> str:
    """`as_of` is a timestamptz in SQL, `only` a condition on the row `m` of mentorships."""
    return _SELECT.replace("<as_of>", f"({as_of})").replace("<only>", f"({only})")


def _score(metric: Metric) -> str:
    """Piecewise linear: 0 at the worst, 40 at risk, 70 at the target, 100 at the best."""
    value = f"v.{metric}"
    target, at_risk = _threshold(metric, "target"), _threshold(metric, "at_risk")
    if metric is Metric.RESPONSE_TIME:
        return (
            f"CASE WHEN {value} <= 0 THEN 100"
            f" WHEN {value} <= {target} THEN 70 + 30 * ({target} - {value}) / {target}"
            f" WHEN {value} <= {at_risk} THEN 40 + 30 * ({at_risk} - {value}) / ({at_risk} - {target})"
            f" WHEN {value} < 2 * {at_risk} THEN 40 * (2 * {at_risk} - {value}) / {at_risk}"
            f" WHEN {value} IS NOT NULL THEN 0 END"
        )
    worst, best = _ENDS.get(metric, ("0", "1"))
    return (
        f"CASE WHEN {value} >= {best} THEN 100"
        f" WHEN {value} >= {target} THEN 70 + 30 * ({value} - {target}) / ({best} - {target})"
        f" WHEN {value} >= {at_risk} THEN 40 + 30 * ({value} - {at_risk}) / ({target} - {at_risk})"
        f" WHEN {value} > {worst} THEN 40 * ({value} - {worst}) / ({at_risk} - {worst})"
        f" WHEN {value} IS NOT NULL THEN 0 END"
    )


def _threshold(metric: Metric, bound: str) -> str:
    """That of the goals' progress is meant for half time, and grows with the time that has passed."""
    told = f"t.{metric}_{bound}"
    return f"least(1, {told} * 2 * v.elapsed)" if metric is Metric.GOAL_PROGRESS else told


_ENDS: Final = {
    Metric.SATISFACTION: ("1", "5"),
    Metric.HOURS_MENTORED: ("0", "2 * t.hours_mentored_target"),
}
_SCORES: Final = ",\n           ".join(
    f"CASE WHEN t.{metric}_weight > 0 THEN {_score(metric)} END AS {metric}_score" for metric in Metric
)
_WEIGHED: Final = " + ".join(f"coalesce(w.{metric}_weight * w.{metric}_score, 0)" for metric in Metric)
_WEIGHT: Final = " + ".join(
    f"CASE WHEN w.{metric}_score IS NULL THEN 0 ELSE w.{metric}_weight END" for metric in Metric
)
_KNOWN: Final = ", ".join(f"w.{metric}_score" for metric in Metric)
_VALUES: Final = ", ".join(f"h.{metric}" for metric in Metric)

# The seconds that had counted at a moment of the same relationship.
_ACTIVE_AT: Final = """(
            SELECT c.active_before + CASE WHEN c.still_at IS NULL
                                          THEN date_part('epoch', a.at - c.from_at) ELSE 0 END
              FROM measure_spells c WHERE c.mentorship_id = a.mentorship_id AND c.from_at <= a.at
             ORDER BY c.from_at DESC, c.number DESC LIMIT 1)"""

_SELECT: Final = f"""
WITH stood AS MATERIALIZED (
    SELECT m.mentorship_id, m.program_id, s.settings_version, m.kind, m.type ->> 'id' AS type_id,
           (m.type ->> 'cadence_days')::int AS began_cadence, m.began_at, s.planned_end, s.state, s.ended_at,
           s.outcome, s.end_reason, s.no_fault, s.members, s.others, s.rested, s.still_at,
           s.active_before + CASE WHEN s.still_at IS NULL THEN date_part('epoch', n.t - s.from_at) ELSE 0 END
               AS active, n.t
      FROM (SELECT <as_of>::timestamptz AS t) n
     CROSS JOIN mentorships m
      JOIN measure_spells s ON s.mentorship_id = m.mentorship_id AND s.from_at <= n.t
                           AND (s.until_at IS NULL OR n.t < s.until_at)
     WHERE <only>
),
kept AS MATERIALIZED (
    SELECT n.program_id, n.settings_version, n.settings
      FROM (SELECT DISTINCT program_id, settings_version FROM stood) k
      JOIN program_versions n ON n.program_id = k.program_id AND n.settings_version = k.settings_version
),
terms AS MATERIALIZED (
    SELECT k.program_id, k.settings_version,
           (SELECT array_agg((e.told ->> 'due_day')::float8 ORDER BY (e.told ->> 'due_day')::float8)
              FROM jsonb_array_elements(k.settings -> 'plan' -> 'milestones') AS e (told)) AS due_days, t.*
      FROM kept k CROSS JOIN LATERAL (
    SELECT {_TARGETS}
      FROM (SELECT coalesce(o.metric, d.metric) AS metric, coalesce(o.target, d.target) AS target,
                   coalesce(o.at_risk, d.at_risk) AS at_risk, coalesce(o.weight, d.weight) AS weight
              FROM (SELECT * FROM (VALUES {_DEFAULTS}) AS d (degree, metric, target, at_risk, weight)
                     WHERE d.degree = k.settings -> 'accountability' ->> 'degree') d
              FULL JOIN jsonb_to_recordset(k.settings -> 'accountability' -> 'targets')
                   AS o (metric text, target float8, at_risk float8, weight int) ON o.metric = d.metric) t) t
),
cadences AS MATERIALIZED (
    SELECT k.program_id, k.settings_version, e.told ->> 'id' AS type_id,
           (e.told ->> 'cadence_days')::int AS cadence_days
      FROM kept k CROSS JOIN LATERAL jsonb_array_elements(k.settings -> 'relationship_types') AS e (told)
),
planned AS MATERIALIZED (
    SELECT k.program_id, k.settings_version, e.told ->> 'id' AS milestone,
           (e.told ->> 'due_day')::int AS due_day
      FROM kept k CROSS JOIN LATERAL jsonb_array_elements(k.settings -> 'plan' -> 'milestones') AS e (told)
),
reached AS (
    SELECT s.mentorship_id, count(*) AS on_time
      FROM stood s
      JOIN measure_milestones r ON r.mentorship_id = s.mentorship_id AND r.at <= s.t
      JOIN planned p ON p.program_id = s.program_id AND p.settings_version = s.settings_version
                    AND p.milestone = r.milestone
     WHERE p.due_day <= s.active / 86400 AND r.active_days <= p.due_day
     GROUP BY s.mentorship_id
),
given AS (
    SELECT s.mentorship_id, count(*) AS due, count(*) FILTER (WHERE a.completed_at <= s.t) AS completed
      FROM stood s
      JOIN measure_assignments a ON a.mentorship_id = s.mentorship_id AND a.at <= s.t
                                AND (a.until_at IS NULL OR s.t < a.until_at)
     WHERE CASE WHEN s.rested
                THEN date_part('epoch', (a.due + 1)::timestamp AT TIME ZONE 'UTC' - a.at)
                     <= s.active - {_ACTIVE_AT}
                ELSE (a.due + 1)::timestamp AT TIME ZONE 'UTC' <= s.t END
     GROUP BY s.mentorship_id
),
rated AS (
    SELECT o.mentorship_id, avg(o.rating) AS satisfaction
      FROM (SELECT s.mentorship_id, w.role, avg(r.rating) AS rating
              FROM stood s
              JOIN measure_ratings r ON r.mentorship_id = s.mentorship_id AND r.at <= s.t
                                    AND (r.until_at IS NULL OR s.t < r.until_at)
              JOIN measure_members w ON w.mentorship_id = r.mentorship_id
                                    AND w.participant_id = r.participant_id AND w.from_at <= s.t
                                    AND (w.until_at IS NULL OR s.t < w.until_at)
             GROUP BY s.mentorship_id, w.role) o
     GROUP BY o.mentorship_id
),
counted AS (
    SELECT s.*, c.cadence_days, floor(s.active / 86400 / c.cadence_days)::int AS expected,
           coalesce(p.held, 0) AS held, coalesce(p.missed, 0) AS missed,
           coalesce(p.late_cancelled, 0) AS late_cancelled, coalesce(p.minutes, 0) AS minutes,
           coalesce(p.check_ins, 0) AS check_ins, coalesce(p.goals, 0) AS goals,
           coalesce(p.goals_achieved, 0) AS goals_achieved, coalesce(p.goal_percent, 0) AS goal_percent,
           coalesce(p.replies, 0) AS replies, p.response, coalesce(p.at, s.began_at) AS last_activity_at,
           CASE WHEN s.others
                THEN (SELECT sum(c.members * (floor(c.until / 86400 / c.cadence_days)
                                              - floor(c.active_before / 86400 / c.cadence_days)))::int
                        FROM (SELECT c.members, c.active_before, d.cadence_days,
                                     CASE WHEN c.until_at IS NULL OR s.t < c.until_at THEN s.active
                                          WHEN c.still_at IS NOT NULL THEN c.active_before
                                          ELSE c.active_before + date_part('epoch', c.until_at - c.from_at)
                                          END AS until
                                FROM measure_spells c
                               CROSS JOIN (SELECT coalesce(k.cadence_days, s.began_cadence) AS cadence_days) d
                               WHERE c.mentorship_id = s.mentorship_id AND c.from_at <= s.t) c)
                ELSE s.members * floor(s.active / 86400 / c.cadence_days)::int END AS check_ins_due
      FROM stood s
      LEFT JOIN cadences k ON k.program_id = s.program_id AND k.settings_version = s.settings_version
                          AND k.type_id = s.type_id
     CROSS JOIN LATERAL (SELECT coalesce(k.cadence_days, s.began_cadence) AS cadence_days) c
      LEFT JOIN LATERAL (SELECT * FROM measure_points p
                          WHERE p.mentorship_id = s.mentorship_id AND p.at <= s.t
                          ORDER BY p.at DESC, p.position DESC LIMIT 1) p ON true
),
valued AS (
    SELECT c.*, c.active / 86400 AS active_days,
           CASE WHEN c.expected > 0 THEN least(1, c.held::float8 / c.expected) END AS meeting_cadence,
           c.held::float8 / nullif(c.held + c.missed + c.late_cancelled, 0) AS session_completion,
           CASE WHEN c.check_ins_due > 0 THEN least(1, c.check_ins::float8 / c.check_ins_due) END
               AS check_in_rate,
           c.goal_percent::float8 / 100 / nullif(c.goals, 0) AS goal_progress,
           coalesce(r.on_time, 0)::float8 / nullif(width_bucket(c.active / 86400, t.due_days), 0)
               AS milestones_on_time,
           g.completed::float8 / g.due AS learning_completion,
           c.response AS response_time, o.satisfaction,
           CASE WHEN c.held > 0 OR c.expected > 0 THEN c.minutes / 60.0::float8 END AS hours_mentored,
           coalesce(r.on_time, 0)::int AS milestones_on_time_count,
           coalesce(width_bucket(c.active / 86400, t.due_days), 0) AS milestones_due,
           coalesce(g.due, 0)::int AS assignments_due, coalesce(g.completed, 0)::int AS assignments_completed,
           coalesce(c.active / nullif(c.active + greatest(0, date_part('epoch',
               c.planned_end::timestamp AT TIME ZONE 'UTC' - coalesce(c.still_at, c.t))), 0), 1) AS elapsed
      FROM counted c
      LEFT JOIN reached r USING (mentorship_id)
      LEFT JOIN given g USING (mentorship_id)
      LEFT JOIN rated o USING (mentorship_id)
      LEFT JOIN terms t ON t.program_id = c.program_id AND t.settings_version = c.settings_version
),
scored AS (
    SELECT v.*, {", ".join(f"t.{metric}_weight" for metric in Metric)},
           {_SCORES}
      FROM valued v
      LEFT JOIN terms t ON t.program_id = v.program_id AND t.settings_version = v.settings_version
),
judged AS (
    SELECT w.*, CASE WHEN w.active_days >= {FEWEST_DAYS} AND num_nonnulls({_KNOWN}) >= {FEWEST_METRICS}
                     THEN round(({_WEIGHED}) / nullif({_WEIGHT}, 0))::int END AS health
      FROM scored w
)
SELECT h.mentorship_id, h.program_id, h.settings_version, h.kind, h.began_at, h.planned_end, h.state,
       h.ended_at, h.outcome, h.end_reason, h.no_fault, h.active_days, h.cadence_days, h.members, h.held,
       h.missed, h.late_cancelled, h.expected, h.minutes, h.check_ins, h.check_ins_due, h.goals,
       h.goals_achieved, h.milestones_due, h.milestones_on_time_count, h.assignments_due,
       h.assignments_completed, h.replies, h.last_activity_at, h.elapsed, {_VALUES}, h.health,
       CASE WHEN h.program_id IS NULL THEN NULL
            WHEN h.health IS NULL THEN 'too_early'
            WHEN h.health < {AT_RISK_BELOW} THEN 'at_risk'
            WHEN h.health < {ON_TRACK_FROM} THEN 'needs_check_in'
            ELSE 'on_track' END AS verdict
  FROM judged h
"""  # noqa: S608 every part of it is written here
