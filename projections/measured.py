"""The metrics of relationships as of any moment: one SELECT over the dated rows, for whoever reports.

The formulas are told in docs/metrics.md, and in plain arithmetic in domain/measuring.py, which agrees. No
part of it holds a brace or a per cent sign, so it can stand in any other SQL.
"""

from functools import reduce
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


def measured(as_of: str, only: str = "true", of: str = "mentorships m") -> str:
    """`as_of` is a timestamptz in SQL, `only` a condition on the row `m` of mentorships. `of` has these rows,
    joined to others say that both may name; each may be measured as of a moment of its own.
    """
    filled = (("<as_of>", f"({as_of})"), ("<only>", f"({only})"), ("<of>", of))
    return reduce(lambda text, part: text.replace(*part), filled, _SELECT)


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
_VALUES: Final = ", ".join(f"w.{metric}" for metric in Metric)
_HEALTH: Final = (
    f"CASE WHEN w.active / 86400 >= {FEWEST_DAYS} AND num_nonnulls({_KNOWN}) >= {FEWEST_METRICS}"
    f" THEN round(({_WEIGHED}) / nullif({_WEIGHT}, 0))::int END"
)

_SELECT: Final = f"""
WITH stood AS MATERIALIZED (
    SELECT m.mentorship_id, m.program_id, s.settings_version, m.kind, s.type_id,
           s.cadence_days AS began_cadence, m.began_at, s.planned_end, s.state, s.ended_at, s.outcome,
           s.end_reason, s.no_fault, s.members, s.others, n.t, coalesce(s.still_at, n.t) AS moment,
           s.active_before + CASE WHEN s.still_at IS NULL THEN date_part('epoch', n.t - s.from_at) ELSE 0 END
               AS active
      FROM <of>
     CROSS JOIN LATERAL (SELECT <as_of>::timestamptz AS t) n
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
    SELECT k.program_id, k.settings_version, t.*,
           (SELECT jsonb_object_agg(e.told ->> 'id', e.told -> 'due_day')
              FROM jsonb_array_elements(k.settings -> 'plan' -> 'milestones') AS e (told)) AS planned,
           (SELECT array_agg((e.told ->> 'due_day')::float8 ORDER BY (e.told ->> 'due_day')::float8)
              FROM jsonb_array_elements(k.settings -> 'plan' -> 'milestones') AS e (told)) AS due_days,
           (SELECT jsonb_object_agg(e.told ->> 'id', e.told -> 'cadence_days')
              FROM jsonb_array_elements(k.settings -> 'relationship_types') AS e (told)) AS cadences
      FROM kept k CROSS JOIN LATERAL (
    SELECT {_TARGETS}
      FROM (SELECT coalesce(o.metric, d.metric) AS metric, coalesce(o.target, d.target) AS target,
                   coalesce(o.at_risk, d.at_risk) AS at_risk, coalesce(o.weight, d.weight) AS weight
              FROM (SELECT * FROM (VALUES {_DEFAULTS}) AS d (degree, metric, target, at_risk, weight)
                     WHERE d.degree = k.settings -> 'accountability' ->> 'degree') d
              FULL JOIN jsonb_to_recordset(k.settings -> 'accountability' -> 'targets')
                   AS o (metric text, target float8, at_risk float8, weight int) ON o.metric = d.metric) t) t
),
reached AS MATERIALIZED (
    SELECT s.mentorship_id, count(*)::int AS on_time
      FROM stood s
      JOIN measure_milestones r ON r.mentorship_id = s.mentorship_id
      JOIN terms t ON t.program_id = s.program_id AND t.settings_version = s.settings_version
     WHERE r.at <= s.t AND (t.planned ->> r.milestone)::float8 BETWEEN r.active_days AND s.active / 86400
     GROUP BY s.mentorship_id
),
given AS MATERIALIZED (
    SELECT s.mentorship_id, count(*)::int AS due,
           count(*) FILTER (WHERE a.completed_at <= s.t)::int AS completed
      FROM stood s
      JOIN measure_assignments a ON a.mentorship_id = s.mentorship_id
     WHERE a.at <= s.t AND (a.until_at IS NULL OR s.t < a.until_at) AND a.due_active <= s.active
     GROUP BY s.mentorship_id
),
counted AS MATERIALIZED (
    SELECT s.*, c.cadence_days, floor(s.active / 86400 / c.cadence_days)::int AS expected,
           coalesce(p.held, 0) AS held, coalesce(p.missed, 0) AS missed,
           coalesce(p.late_cancelled, 0) AS late_cancelled, coalesce(p.minutes, 0) AS minutes,
           coalesce(p.check_ins, 0) AS check_ins, coalesce(p.goals, 0) AS goals,
           coalesce(p.goals_achieved, 0) AS goals_achieved, coalesce(p.goal_percent, 0) AS goal_percent,
           coalesce(p.replies, 0) AS replies, p.response,
           coalesce(p.active_at, s.began_at) AS last_activity_at,
           CASE WHEN s.others
                THEN (SELECT sum(e.members * (floor(e.until / 86400 / c.cadence_days)
                                              - floor(e.active_before / 86400 / c.cadence_days)))::int
                        FROM (SELECT e.members, e.active_before,
                                     CASE WHEN e.until_at IS NULL OR s.t < e.until_at THEN s.active
                                          WHEN e.still_at IS NOT NULL THEN e.active_before
                                          ELSE e.active_before + date_part('epoch', e.until_at - e.from_at)
                                          END AS until
                                FROM measure_spells e
                               WHERE e.mentorship_id = s.mentorship_id AND e.from_at <= s.t) e)
                ELSE s.members * floor(s.active / 86400 / c.cadence_days)::int END AS check_ins_due,
           coalesce(r.on_time, 0) AS milestones_on_time_count,
           coalesce(width_bucket(s.active / 86400, t.due_days), 0) AS milestones_due,
           coalesce(g.due, 0) AS assignments_due, coalesce(g.completed, 0) AS assignments_completed,
           coalesce(s.active / nullif(s.active + greatest(0, date_part('epoch',
               s.planned_end::timestamp AT TIME ZONE 'UTC' - s.moment)), 0), 1) AS elapsed,
           p.satisfaction
      FROM stood s
      LEFT JOIN terms t ON t.program_id = s.program_id AND t.settings_version = s.settings_version
     CROSS JOIN LATERAL (
           SELECT coalesce((t.cadences ->> s.type_id)::int, s.began_cadence) AS cadence_days OFFSET 0) c
      LEFT JOIN reached r USING (mentorship_id)
      LEFT JOIN given g USING (mentorship_id)
      LEFT JOIN LATERAL (SELECT * FROM measure_points p
                          WHERE p.mentorship_id = s.mentorship_id AND p.at <= s.t
                          ORDER BY p.at DESC, p.position DESC LIMIT 1) p ON true
),
valued AS NOT MATERIALIZED (
    SELECT c.*,
           CASE WHEN c.expected > 0 THEN least(1, c.held::float8 / c.expected) END AS meeting_cadence,
           c.held::float8 / nullif(c.held + c.missed + c.late_cancelled, 0) AS session_completion,
           CASE WHEN c.check_ins_due > 0 THEN least(1, c.check_ins::float8 / c.check_ins_due) END
               AS check_in_rate,
           c.goal_percent::float8 / (100 * nullif(c.goals, 0)) AS goal_progress,
           c.milestones_on_time_count::float8 / nullif(c.milestones_due, 0) AS milestones_on_time,
           c.assignments_completed::float8 / nullif(c.assignments_due, 0) AS learning_completion,
           c.response AS response_time,
           CASE WHEN c.held > 0 OR c.expected > 0 THEN c.minutes / 60.0::float8 END AS hours_mentored
      FROM counted c
),
scored AS MATERIALIZED (
    SELECT v.*, {", ".join(f"t.{metric}_weight" for metric in Metric)},
           {_SCORES}
      FROM valued v
      LEFT JOIN terms t ON t.program_id = v.program_id AND t.settings_version = v.settings_version
)
SELECT w.mentorship_id, w.program_id, w.settings_version, w.kind, w.began_at, w.planned_end, w.state,
       w.ended_at, w.outcome, w.end_reason, w.no_fault, w.active / 86400 AS active_days, w.cadence_days,
       w.members, w.held, w.missed, w.late_cancelled, w.expected, w.minutes, w.check_ins, w.check_ins_due,
       w.goals, w.goals_achieved, w.milestones_due, w.milestones_on_time_count, w.assignments_due,
       w.assignments_completed, w.replies, w.last_activity_at, w.elapsed, {_VALUES},
       {_HEALTH} AS health,
       CASE WHEN w.program_id IS NOT NULL
            THEN coalesce((ARRAY['at_risk', 'needs_check_in', 'on_track'])[
                1 + width_bucket({_HEALTH}, ARRAY[{AT_RISK_BELOW}, {ON_TRACK_FROM}])], 'too_early') END
           AS verdict
  FROM scored w
"""  # noqa: S608 every part of it is written here
