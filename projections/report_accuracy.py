"""How often health was right: what it said thirty days before relationships ended, and how they ended."""

from collections.abc import Mapping
from typing import Any, Final

from domain.accountability import Accuracy
from domain.accountability import accuracy_of as accuracy
from projections.measured import measured
from projections.settled import BEFORE_THE_END

_BEFOREHAND: Final = measured(
    "e.moment", "e.foretold IS NULL", "mentorships m JOIN ended e ON e.mentorship_id = m.mentorship_id"
)
FORETOLD: Final = f"""
ended AS MATERIALIZED (
    SELECT r.mentorship_id, r.ended_at - {BEFORE_THE_END} AS moment, r.foretold,
           r.state = 'ended_early' OR r.outcome IN ('lapsed', 'not_achieved') AS badly
      FROM r WHERE r.state IN ('concluded', 'ended_early')),
foretold AS MATERIALIZED (
    SELECT ended.mentorship_id, ended.badly, coalesce(ended.foretold, b.verdict, 'too_early') AS verdict
      FROM ended LEFT JOIN ({_BEFOREHAND}) b USING (mentorship_id))
"""  # noqa: S608 every part of it is written here
"""Of each that has ended among the measured `r`. Before one had begun it was too early to tell, too."""

JUDGED: Final = """
(count(*) FILTER (WHERE foretold.verdict = 'at_risk'))::int AS warned,
(count(*) FILTER (WHERE foretold.badly AND foretold.verdict <> 'too_early'))::int AS failed,
(count(*) FILTER (WHERE foretold.badly AND foretold.verdict = 'at_risk'))::int AS failed_warned,
(count(*) FILTER (WHERE foretold.verdict <> 'too_early'))::int AS judged,
(count(*) FILTER (WHERE foretold.verdict = 'too_early'))::int AS judged_too_early
"""


def accuracy_of(totals: Mapping[str, Any]) -> Accuracy:
    return accuracy(
        warned=totals["warned"],
        failed=totals["failed"],
        both=totals["failed_warned"],
        judged=totals["judged"],
        too_early=totals["judged_too_early"],
    )
