"""How long the wait for a place may be: from the rate at which places came, and how wrong that was before.

Places come at random at some rate, of which those that came in some days tell, but not exactly. With that
uncertainty, the days until the k-th next place are k / came * days times an F variable with 2 k and 2 came
degrees of freedom. An estimate is its middle 80 %, by Paulson's approximation of F: between 79.8 % and 80.6 %
in truth, whatever the position.
"""

from typing import Final

from projections.shape import Column, Kind, One, Shape
from projections.waitlist import rate

MODELS: Final = ("waitlist",)
"""The read models these shapes are made of."""

FEWEST: Final = 5
"""With fewer places seen to come, nothing is told."""
LAST: Final = 200
"""The error is of so many who have got a place."""
DEVIATE: Final = "1.2815515655446004"
"""Of the normal distribution: 10 % lie above it."""

NOW: Final = "now()"
PLACE: Final = (
    "SELECT count(*) AS k FROM waitlist_stays s WHERE s.program_id = w.program_id AND s.role = w.role"
    " AND s.left_at IS NULL AND s.entered_position <= w.entered_position"
)
# Without places that came, one is enough to reckon with: it is not told.
TERMS: Final = "SELECT 1 / (9.0::float8 * p.k) AS a, 1 / (9.0::float8 * greatest(r.came, 1)) AS b"
F: Final = (
    "power(((1 - a) * (1 - b) {sign} {z} * sqrt((1 - a) ^ 2 * b + (1 - b) ^ 2 * a - a * b * {z} ^ 2))"
    " / ((1 - b) ^ 2 - b * {z} ^ 2), 3)"
)
BOUNDS: Final = (
    "SELECT floor(r.days * p.k / nullif(r.came, 0) * "
    + F.format(sign="-", z=DEVIATE)
    + ")::int AS from_days,"
    " ceil(r.days * p.k / nullif(r.came, 0) * " + F.format(sign="+", z=DEVIATE) + ")::int AS to_days"
)
# What would have been told in the middle, to the last who got a place and could have been told anything.
LATEST: Final = (
    "SELECT abs(s.days_before * s.position_at_entry / s.came_before"  # noqa: S608 every part is written here
    " - extract(epoch FROM s.left_at - s.entered_at) / 86400) AS days"
    " FROM waitlist_stays s WHERE s.program_id = w.program_id AND s.role = w.role"
    f" AND s.outcome = 'approved' AND s.came_before >= {FEWEST} ORDER BY s.left_at DESC LIMIT {LAST}"
)
ERROR: Final = (
    "SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY l.days))::int AS past_error_days"  # noqa: S608 as above
    f" FROM ({LATEST}) l"
)
# For whom waits: of all others there is no row. What is fenced by OFFSET is reckoned once, not at each use.
ESTIMATES: Final = (
    "(SELECT w.enrollment_id, r.came AS based_on, b.from_days, b.to_days, e.past_error_days"  # noqa: S608 as above
    f" FROM waitlist_stays w CROSS JOIN LATERAL ({PLACE} OFFSET 0) p"
    f" CROSS JOIN LATERAL ({rate('w', NOW)} OFFSET 0) r CROSS JOIN LATERAL ({TERMS} OFFSET 0) t"
    f" LEFT JOIN LATERAL ({BOUNDS}) b ON r.came >= {FEWEST}"
    f" LEFT JOIN LATERAL ({ERROR}) e ON r.came >= {FEWEST} WHERE w.left_at IS NULL)"
)

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
