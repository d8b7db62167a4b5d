"""Why a relationship is judged as it is: a sentence from the figures of each metric below its target."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from domain.accountability import ON_TRACK_FROM, Part, part
from domain.accountability_settings import Metric, Target

Figures = Mapping[str, Any]
"""A row of projections.measured."""

_SENTENCES: Final[Mapping[Metric, Callable[[Figures, Part], str]]] = {
    Metric.MEETING_CADENCE: lambda r, _: f"{r['held']} of {r['expected']} expected meetings were held.",
    Metric.SESSION_COMPLETION: lambda r, _: (
        f"{r['held']} of {r['held'] + r['missed'] + r['late_cancelled']} planned sessions took place."
    ),
    Metric.CHECK_IN_RATE: lambda r, _: f"{r['check_ins']} of {r['check_ins_due']} check-ins were given.",
    Metric.GOAL_PROGRESS: lambda _, p: f"Goals are at {p.value:.0%}; by now {p.target:.0%} is the target.",
    Metric.MILESTONES_ON_TIME: lambda r, _: (
        f"{r['milestones_on_time_count']} of {r['milestones_due']} milestones were reached on time."
    ),
    Metric.LEARNING_COMPLETION: lambda r, _: (
        f"{r['assignments_completed']} of {r['assignments_due']} assignments due were completed."
    ),
    Metric.RESPONSE_TIME: lambda _, p: f"A reply takes {p.value:.0f} hours; {p.target:.0f} is the target.",
    Metric.HOURS_MENTORED: lambda _, p: f"{p.value:.1f} hours were mentored; {p.target:.1f} is the target.",
}
"""Satisfaction counts, but is never a reason that is told: it is what one or two people have answered."""


def reasons(figures: Figures, targets: Sequence[Target]) -> list[str]:
    """What weighs most first."""
    known = [
        part(target, figures[target.metric], figures["elapsed"])
        for target in targets
        if target.weight > 0 and figures[target.metric] is not None and target.metric in _SENTENCES
    ]
    low = [one for one in known if one.score < ON_TRACK_FROM]
    low.sort(key=lambda one: (one.weight * (one.score - ON_TRACK_FROM), one.metric))
    return [_SENTENCES[one.metric](figures, one) for one in low]
