"""Figures beside each other, and the sentences that reasons are told in; without a database."""

from typing import Any, Final

from domain.accountability_settings import DEFAULT_TARGETS, Metric, Target
from projections.report_figures import Beside, Figure, hide, of_a_part, of_the_whole
from projections.report_reasons import reasons
from projections.reporting import SUPPRESSED, Kind


def satisfied(value: float | None, n: int, *, told: bool = True) -> Figure:
    return Figure("satisfaction", "Satisfaction", Kind.SCORE, value, n, told=told)


def test_a_target_is_reached_at_its_value() -> None:
    figures = [Figure("match_rate", "Matched", Kind.SHARE, value, 10, 0.7) for value in (0.7, 0.69, None)]
    assert [figure.reached for figure in figures] == [True, False, None]
    assert satisfied(4.0, 9).reached is None


def test_what_people_said_is_told_of_five() -> None:
    assert of_the_whole(satisfied(4.0, 5)).value == 4.0
    assert of_the_whole(satisfied(4.0, 4)).suppressed
    assert of_the_whole(satisfied(None, 0)).value is None
    assert of_the_whole(satisfied(4.0, 4, told=False)).value == 4.0


def test_a_part_stands_beside_the_whole() -> None:
    whole = satisfied(4.0, 20)
    assert of_a_part(satisfied(4.5, 15), whole, allowed=True).value == 4.5
    assert of_a_part(satisfied(4.5, 15), whole, allowed=False).value is SUPPRESSED
    assert of_a_part(satisfied(4.5, 16), whole, allowed=True).n is None
    assert of_a_part(satisfied(4.5, 20), whole, allowed=True).value == 4.5


def test_a_change_is_told_where_both_moments_are() -> None:
    assert Beside(satisfied(4.0, 10), 3.5).change == 0.5
    assert Beside(satisfied(4.0, 10), None).change is None
    assert Beside(satisfied(None, 0), 3.5).change is None
    assert Beside(satisfied(4.0, 10), SUPPRESSED).change is SUPPRESSED
    assert Beside(hide(satisfied(4.0, 10)), 3.5).change is SUPPRESSED


LOW: Final[dict[str, Any]] = {
    "elapsed": 0.5, "held": 1, "expected": 4, "missed": 2, "late_cancelled": 1,
    "check_ins": 0, "check_ins_due": 8,
    "milestones_on_time_count": 0, "milestones_due": 3, "assignments_completed": 1, "assignments_due": 5,
    Metric.MEETING_CADENCE: 0.25, Metric.SESSION_COMPLETION: 0.25, Metric.CHECK_IN_RATE: 0.0,
    Metric.GOAL_PROGRESS: 0.1, Metric.MILESTONES_ON_TIME: 0.0, Metric.LEARNING_COMPLETION: 0.2,
    Metric.RESPONSE_TIME: 200.0, Metric.SATISFACTION: 1.0, Metric.HOURS_MENTORED: 1.5,
}  # fmt: skip
EVERY: Final = [
    *(target for metric, target in DEFAULT_TARGETS.items() if metric is not Metric.HOURS_MENTORED),
    Target(metric=Metric.HOURS_MENTORED, target=10, at_risk=5),
]


def test_each_metric_below_its_target_is_a_reason_but_for_what_people_answered() -> None:
    assert set(reasons(LOW, EVERY)) == {
        "1 of 4 expected meetings were held.",
        "1 of 4 planned sessions took place.",
        "0 of 8 check-ins were given.",
        "Goals are at 10%; by now 50% is the target.",
        "0 of 3 milestones were reached on time.",
        "1 of 5 assignments due were completed.",
        "A reply takes 200 hours; 48 is the target.",
        "1.5 hours were mentored; 10.0 is the target.",
    }


def test_the_reason_that_weighs_most_comes_first() -> None:
    heavy = Target(metric=Metric.GOAL_PROGRESS, target=0.5, at_risk=0.25, weight=9)
    light = DEFAULT_TARGETS[Metric.CHECK_IN_RATE]
    assert reasons(LOW, [light, heavy])[0].startswith("Goals")
    assert reasons({**LOW, Metric.GOAL_PROGRESS: 0.9}, [light, heavy]) == ["0 of 8 check-ins were given."]
    assert reasons({**LOW, Metric.GOAL_PROGRESS: None}, [heavy]) == []
