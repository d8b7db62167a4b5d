"""How long the wait for a place may be: from the rate at which places came, and how wrong that was before.

Places come at random at some rate, of which those that came in some days tell, but not exactly. With that
uncertainty, the days until the k-th next place are k / came * days times an F variable with 2 k and 2 came
degrees of freedom. An estimate is its middle 80 %, by Paulson's approximation of F: between 79.8 % and 80.6 %
in truth, whatever the position.
"""

from typing import Final

from projections.shape import Column, Kind, One, Shape

MODELS: Final = ("waitlist",)
"""The read models these shapes are made of."""

FEWEST: Final = 5
"""With fewer places seen to come, nothing is told."""

# For whom waits: of all others there is no row. `k` is the place in the list. Places count since `since`: for
# 90 days, or as long as the list is old, a day at least. `z`: 10 % of the normal distribution lie above it.
# `error` is how far off the middle would have been, told on the first day, for the last 200 who got a place.
# What is fenced by OFFSET is reckoned once, not at each use.
ESTIMATES: Final = f"""(
SELECT w.enrollment_id, r.came AS based_on,
       CASE WHEN r.came >= {FEWEST}
            THEN floor(r.days * p.k / r.came * power((f.m - f.s) / f.d, 3))::int END AS from_days,
       CASE WHEN r.came >= {FEWEST}
            THEN ceil(r.days * p.k / r.came * power((f.m + f.s) / f.d, 3))::int END AS to_days,
       CASE WHEN r.came >= {FEWEST} THEN e.error END AS past_error_days
  FROM waitlist_stays w
 CROSS JOIN LATERAL (
       SELECT count(*) AS k FROM waitlist_stays s
        WHERE s.program_id = w.program_id AND s.role = w.role
          AND s.left_at IS NULL AND s.entered_position <= w.entered_position OFFSET 0) p
 CROSS JOIN LATERAL (
       SELECT greatest(now() - interval '90 days', min(s.entered_at)) AS since FROM waitlist_stays s
        WHERE s.program_id = w.program_id AND s.role = w.role OFFSET 0) o
 CROSS JOIN LATERAL (
       SELECT count(*) AS came, greatest(extract(epoch FROM now() - o.since) / 86400, 1)::float8 AS days
         FROM waitlist_stays s
        WHERE s.program_id = w.program_id AND s.role = w.role
          AND s.outcome = 'approved' AND s.left_at BETWEEN o.since AND now() OFFSET 0) r
 CROSS JOIN LATERAL (
       SELECT 1 / (9.0::float8 * p.k) AS a, 1 / (9.0::float8 * greatest(r.came, 1)) AS b,
              1.2815515655446004::float8 AS z OFFSET 0) t
 CROSS JOIN LATERAL (
       SELECT (1 - t.a) * (1 - t.b) AS m, (1 - t.b) ^ 2 - t.b * t.z ^ 2 AS d,
              t.z * sqrt((1 - t.a) ^ 2 * t.b + (1 - t.b) ^ 2 * t.a - t.a * t.b * t.z ^ 2) AS s OFFSET 0) f
 CROSS JOIN LATERAL (
       SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY l.days))::int AS error
         FROM (SELECT abs(s.days_before * s.position_at_entry / s.came_before
                          - extract(epoch FROM s.left_at - s.entered_at) / 86400) AS days
                 FROM waitlist_stays s
                WHERE s.program_id = w.program_id AND s.role = w.role
                  AND s.outcome = 'approved' AND s.came_before >= {FEWEST}
                ORDER BY s.left_at DESC LIMIT 200) l) e
 WHERE w.left_at IS NULL)"""  # noqa: S608 the one number in it stands above

WAITLIST_ESTIMATE: Final = Shape(
    "WaitlistEstimate",
    ESTIMATES,
    columns=(
        Column("from_days", Kind.INT, "{t}.from_days"),
        Column("to_days", Kind.INT, "{t}.to_days"),
        Column("based_on", Kind.INT, "{t}.based_on"),
        Column("past_error_days", Kind.INT, "{t}.past_error_days"),
    ),
)
WAITLIST_ESTIMATE_OF: Final = One("WaitlistEstimate", "{t}.enrollment_id = {p}.enrollment_id")

SHAPES: Final = (WAITLIST_ESTIMATE,)
