"""How closely a programme is followed: its degree, metrics, timers, and who sees what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from domain.survey_forms import DEFAULT_FORMS, SurveyForm, SurveyKind
from domain.words import Value, distinct


class Degree(StrEnum):
    NONE = "none"
    LIGHT = "light"
    STANDARD = "standard"
    STRICT = "strict"


class Metric(StrEnum):
    MEETING_CADENCE = "meeting_cadence"
    SESSION_COMPLETION = "session_completion"
    CHECK_IN_RATE = "check_in_rate"
    GOAL_PROGRESS = "goal_progress"
    MILESTONES_ON_TIME = "milestones_on_time"
    LEARNING_COMPLETION = "learning_completion"
    RESPONSE_TIME = "response_time"
    SATISFACTION = "satisfaction"
    HOURS_MENTORED = "hours_mentored"


class Target(Value):
    """Reached at `target`, at risk at `at_risk`; `weight` is the metric's part in the health score."""

    metric: Metric
    target: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    at_risk: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    weight: Annotated[int, Field(ge=0, le=100)] = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        less_is_better = self.metric is Metric.RESPONSE_TIME
        if (self.at_risk < self.target) if less_is_better else (self.at_risk > self.target):
            raise ValueError("the target must be better than what counts as at risk")
        if self.target > _HIGHEST.get(self.metric, 10_000):
            raise ValueError(f"the target of {self.metric} can be at most {_HIGHEST[self.metric]:g}")
        return self


_HIGHEST: Final[Mapping[Metric, float]] = {
    Metric.MEETING_CADENCE: 1,
    Metric.SESSION_COMPLETION: 1,
    Metric.CHECK_IN_RATE: 1,
    Metric.GOAL_PROGRESS: 1,
    Metric.MILESTONES_ON_TIME: 1,
    Metric.LEARNING_COMPLETION: 1,
    Metric.SATISFACTION: 5,
}

DEFAULT_TARGETS: Final[Mapping[Metric, Target]] = {
    target.metric: target
    for target in (
        Target(metric=Metric.MEETING_CADENCE, target=0.8, at_risk=0.5),
        Target(metric=Metric.SESSION_COMPLETION, target=0.85, at_risk=0.6),
        Target(metric=Metric.CHECK_IN_RATE, target=0.8, at_risk=0.5),
        Target(metric=Metric.GOAL_PROGRESS, target=0.5, at_risk=0.25),
        Target(metric=Metric.MILESTONES_ON_TIME, target=0.65, at_risk=0.4),
        Target(metric=Metric.LEARNING_COMPLETION, target=0.7, at_risk=0.4),
        Target(metric=Metric.RESPONSE_TIME, target=48, at_risk=120),
        Target(metric=Metric.SATISFACTION, target=4, at_risk=3),
        Target(metric=Metric.HOURS_MENTORED, target=0, at_risk=0, weight=0),
    )
}

_LIGHT: Final = (Metric.MEETING_CADENCE, Metric.SATISFACTION, Metric.HOURS_MENTORED)
_STANDARD: Final = (*_LIGHT, Metric.CHECK_IN_RATE, Metric.GOAL_PROGRESS, Metric.RESPONSE_TIME)
_STRICT: Final = (
    *_STANDARD,
    Metric.SESSION_COMPLETION,
    Metric.MILESTONES_ON_TIME,
    Metric.LEARNING_COMPLETION,
)
METRICS_OF: Final[Mapping[Degree, tuple[Metric, ...]]] = {
    Degree.NONE: (),
    Degree.LIGHT: _LIGHT,
    Degree.STANDARD: _STANDARD,
    Degree.STRICT: _STRICT,
}

_CLOSING: Final = frozenset({SurveyKind.CLOSING})
_ALL_ALONG: Final = _CLOSING | {SurveyKind.FIRST, SurveyKind.RECURRING}
SURVEYS_OF: Final[Mapping[Degree, frozenset[SurveyKind]]] = {
    Degree.NONE: frozenset(),
    Degree.LIGHT: _CLOSING,
    Degree.STANDARD: _ALL_ALONG,
    Degree.STRICT: _ALL_ALONG,
}
"""Those that are asked where the programme says nothing of its own."""

_Days = Annotated[int, Field(ge=1, le=730)]


class Timers(Value):
    """All in days.

    `escalation` is how long the last reminder of strict accountability goes unheeded before the
    administrators hear of it, `survey_open` how long a survey can be answered.
    """

    wish_reminder: _Days = 2
    wish_cascade: _Days = 3
    proposal_expires: _Days = 14
    agreement_unsigned: _Days = 7
    first_meeting: _Days = 10
    next_meeting: _Days = 14
    milestone_stuck: _Days = 21
    first_survey: _Days = 30
    survey_every: _Days = 60
    survey_reminder: _Days = 2
    survey_open: _Days = 14
    escalation: _Days = 7
    silence_warning: _Days = 90
    silence_conclusion: _Days = 7

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.wish_reminder >= self.wish_cascade:
            raise ValueError("a wish is reminded of before it cascades to the next")
        if self.survey_reminder >= self.survey_open:
            raise ValueError("a survey is reminded of before it lapses")
        return self


class Seer(StrEnum):
    """Each sees what the one before sees."""

    MEMBERS = "members"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"


class Confidentiality(Value):
    """Who sees the content of each kind of item; everybody else on the staff sees only that it happened."""

    messages: Seer = Seer.MEMBERS
    notes: Seer = Seer.MEMBERS
    meetings: Seer = Seer.FACILITATOR
    goals: Seer = Seer.FACILITATOR
    documents: Seer = Seer.MEMBERS
    check_ins: Seer = Seer.FACILITATOR
    surveys: Seer = Seer.ADMINISTRATOR
    concerns: Seer = Seer.FACILITATOR


class AccountabilitySettings(Value):
    """`targets` override the defaults of the degree's metrics, or add a metric to them.

    `surveys` are the programme's own; one of a kind that the degree does not ask for is asked, too.
    """

    degree: Degree = Degree.STANDARD
    targets: tuple[Target, ...] = ()
    timers: Timers = Timers()
    confidentiality: Confidentiality = Confidentiality()
    surveys: Annotated[tuple[SurveyForm, ...], Field(max_length=len(SurveyKind))] = ()

    @model_validator(mode="after")
    def _measures_once(self) -> Self:
        if len({target.metric for target in self.targets}) != len(self.targets):
            raise ValueError("each metric can have one target")
        distinct((form.kind for form in self.surveys), "survey")
        return self

    def measured(self) -> tuple[Target, ...]:
        """What is measured in fact: the degree's metrics and the programme's own, each with its target."""
        wanted = {metric: DEFAULT_TARGETS[metric] for metric in METRICS_OF[self.degree]}
        return tuple({**wanted, **{target.metric: target for target in self.targets}}.values())

    def asks(self, kind: SurveyKind) -> SurveyForm | None:
        """The form of the surveys that are asked by themselves; None where none of this kind is."""
        own = {form.kind: form for form in self.surveys}
        return own.get(kind) or (DEFAULT_FORMS[kind] if kind in SURVEYS_OF[self.degree] else None)
