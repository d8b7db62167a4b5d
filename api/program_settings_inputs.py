"""What a programme's settings are given with. A field left out has its default."""

from datetime import date

import strawberry
from strawberry import UNSET

from api.enums import Criterion, Kind, Mode, Occasion, Side, SurveyAnswerKind, SurveyKind, SurveyMeasure
from domain.accountability_settings import Degree, Metric, Seer
from domain.matching_settings import HardRule, Likeness, Objective
from domain.program_settings import Approval, Channel

strawberry.enum(Degree, name="AccountabilityDegree", description="How closely relationships are followed.")
strawberry.enum(Metric, name="AccountabilityMetric")
strawberry.enum(Seer, description="Who sees the content; each sees what the one before sees.")
strawberry.enum(Approval, description="Who decides on an application.")
strawberry.enum(Channel, name="CommunicationChannel")
strawberry.enum(HardRule, name="MatchingRule")
strawberry.enum(Likeness, name="MatchingLikeness", description="Whether the same or another is better.")
strawberry.enum(
    Objective, name="MatchingObjective", description="What a run strives for, before everything else."
)


@strawberry.input
class SizeInput:
    least: int | None = UNSET
    most: int | None = UNSET


@strawberry.input(description="One kind of relationship that the programme offers.")
class RelationshipTypeInput:
    id: str
    kind: Kind
    name: str
    mentors: SizeInput | None = UNSET
    mentees: SizeInput | None = UNSET
    duration_days: int | None = UNSET
    cadence_days: int | None = strawberry.field(
        default=UNSET, description="Days from one meeting to the next."
    )
    session_minutes: int | None = UNSET


@strawberry.input(description="Asked with the application; without a side, of both.")
class QuestionInput:
    id: str
    text: str
    side: Side | None = UNSET
    required: bool | None = UNSET
    choices: list[str] | None = UNSET


@strawberry.input
class CapacityInput:
    mentees_per_mentor: int | None = UNSET
    mentors_per_mentee: int | None = UNSET
    open_requests: int | None = UNSET
    hours_a_month: int | None = strawberry.field(
        default=UNSET, description="What one relationship takes of each of its members."
    )


@strawberry.input(description="The days on which one can apply, both included.")
class WindowInput:
    opens: date | None = UNSET
    closes: date | None = UNSET


@strawberry.input
class EnrollmentSettingsInput:
    application: bool | None = strawberry.field(
        default=UNSET, description="Whether one can apply; otherwise only the invited take part."
    )
    approval: Approval | None = UNSET
    questions: list[QuestionInput] | None = UNSET
    capacity: CapacityInput | None = UNSET
    window: WindowInput | None = UNSET


@strawberry.input
class WeightInput:
    criterion: Criterion
    parts: int = strawberry.field(description="Of 10,000; all weights together are the whole.")


@strawberry.input(
    description="A step of the ladder of seniority: a job title that holds one of these words stands on it."
)
class RungInput:
    step: int
    words: list[str]


@strawberry.input(description="What a mentor so many rungs above the mentee is worth, of 10,000.")
class GapInput:
    rungs: int
    score: int


@strawberry.input(
    description="If the mentee fulfils one rule, the mentor must fulfil the other. As in limitAudience."
)
class PairRuleInput:
    id: str
    mentee: str | None = strawberry.field(default=UNSET, description="Left out: whoever the mentee is.")
    mentor: str


@strawberry.input
class MatchingSettingsInput:
    modes: list[Mode] | None = UNSET
    weights: list[WeightInput] | None = UNSET
    hard_rules: list[HardRule] | None = UNSET
    minimum_score: int | None = UNSET
    thin_pool: int | None = strawberry.field(
        default=UNSET, description="With fewer mentors than this, suggestions say that the choice is small."
    )
    pause_when_thin: bool | None = strawberry.field(
        default=UNSET, description="Whether nobody is asked while fewer than thinPool mentors have a place."
    )
    suggestions: int | None = UNSET
    wishes: int | None = UNSET
    objective: Objective | None = UNSET
    relationship: str | None = strawberry.field(
        default=UNSET, description="The type of relationship that a run makes; the first when left out."
    )
    location: Likeness | None = UNSET
    department: Likeness | None = UNSET
    ladder: list[RungInput] | None = UNSET
    gaps: list[GapInput] | None = UNSET
    least_rungs: int | None = strawberry.field(
        default=UNSET, description="How far above the mentee MENTOR_IS_SENIOR wants the mentor."
    )
    most_hours_apart: int | None = strawberry.field(default=UNSET, description="For TIME_ZONE_SPAN.")
    least_hours_together: int | None = strawberry.field(
        default=UNSET, description="For OVERLAPPING_HOURS, of working days from 8 to 18."
    )
    branch_score: int | None = strawberry.field(
        default=UNSET, description="What a competency in the same branch of the catalogue counts, of 10,000."
    )
    nearness_cap: int | None = strawberry.field(
        default=UNSET, description="What a competency that is near in meaning counts at most, of 10,000."
    )
    pair_rules: list[PairRuleInput] | None = UNSET
    incumbent_bonus: int | None = strawberry.field(
        default=UNSET, description="What a pair of before is worth more, so that few people are moved."
    )
    blind: bool | None = strawberry.field(
        default=UNSET, description="Whether who reviews pairs sees no names until they are published."
    )


@strawberry.input
class MilestoneInput:
    id: str
    title: str
    due_day: int
    description: str | None = UNSET


@strawberry.input
class TaskInput:
    id: str
    title: str
    due_day: int
    milestone: str | None = UNSET
    side: Side | None = UNSET
    description: str | None = UNSET


@strawberry.input
class PlanSettingsInput:
    milestones: list[MilestoneInput] | None = UNSET
    tasks: list[TaskInput] | None = UNSET


@strawberry.input
class AgreementSettingsInput:
    required: bool | None = UNSET
    text: str | None = UNSET


@strawberry.input(description="A ladder: one message on each of these days after the thing fell due.")
class ReminderInput:
    about: Occasion
    days: list[int]


@strawberry.input(
    description="The programme's own words, in Jinja's language; templateVariables says what they can hold."
)
class TemplateInput:
    about: Occasion
    subject: str
    body: str


@strawberry.input(description="What may be shared as a document.")
class DocumentLimitsInput:
    most_bytes: int | None = UNSET
    types: list[str] | None = strawberry.field(
        default=UNSET, description="Media types, such as application/pdf; image/* stands for all of a kind."
    )


@strawberry.input
class CommunicationsSettingsInput:
    channels: list[Channel] | None = UNSET
    reminders: list[ReminderInput] | None = UNSET
    templates: list[TemplateInput] | None = UNSET
    documents: DocumentLimitsInput | None = UNSET


@strawberry.input
class TargetInput:
    metric: Metric
    target: float
    at_risk: float
    weight: int | None = UNSET


@strawberry.input(description="All in days.")
class TimersInput:
    wish_reminder: int | None = UNSET
    wish_cascade: int | None = UNSET
    proposal_expires: int | None = UNSET
    agreement_unsigned: int | None = UNSET
    first_meeting: int | None = UNSET
    next_meeting: int | None = UNSET
    milestone_stuck: int | None = UNSET
    first_survey: int | None = UNSET
    survey_every: int | None = UNSET
    survey_reminder: int | None = UNSET
    survey_open: int | None = strawberry.field(
        default=UNSET, description="How long a survey can be answered; reminded of before that is over."
    )
    escalation: int | None = strawberry.field(
        default=UNSET,
        description="Where accountability is strict: how long the last reminder goes unheeded before the"
        " administrators hear of it.",
    )
    silence_warning: int | None = UNSET
    silence_conclusion: int | None = UNSET


@strawberry.input(
    description="Who sees the content of each kind of item; other staff sees only that it happened."
)
class ConfidentialityInput:
    messages: Seer | None = UNSET
    notes: Seer | None = UNSET
    meetings: Seer | None = UNSET
    goals: Seer | None = UNSET
    documents: Seer | None = UNSET
    check_ins: Seer | None = UNSET
    surveys: Seer | None = UNSET
    concerns: Seer | None = UNSET


@strawberry.input(description="A question of a survey.")
class SurveyQuestionInput:
    id: str
    text: str
    kind: SurveyAnswerKind | None = strawberry.field(default=UNSET, description="RATING when left out.")
    measures: SurveyMeasure | None = strawberry.field(
        default=UNSET,
        description="SATISFACTION and EFFECTIVENESS are measured by a RATING, RECOMMENDATION by a SCORE.",
    )
    required: bool | None = strawberry.field(default=UNSET, description="True when left out.")
    of_mentees: bool | None = strawberry.field(
        default=UNSET, description="Whether mentees who have a mentor are asked alone."
    )
    choices: list[str] | None = strawberry.field(
        default=UNSET, description="Two or more, for a question of kind CHOICE."
    )


@strawberry.input(description="What a survey of this kind asks, in place of our own questions.")
class SurveyFormInput:
    kind: SurveyKind
    questions: list[SurveyQuestionInput]


@strawberry.input
class AccountabilitySettingsInput:
    degree: Degree | None = UNSET
    targets: list[TargetInput] | None = UNSET
    timers: TimersInput | None = UNSET
    confidentiality: ConfidentialityInput | None = UNSET
    surveys: list[SurveyFormInput] | None = strawberry.field(
        default=UNSET,
        description="The programme's own; one of a kind that its degree does not ask for is asked, too.",
    )
