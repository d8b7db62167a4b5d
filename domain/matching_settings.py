"""What is set about matching: who brings pairs together, what makes a good one, what forbids one."""

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from domain import audience
from domain.words import Line, Slug, Value, distinct

WHOLE: Final = 10_000
"""The best score, and the sum of all weights: whole numbers, so that every score can be recomputed."""

Score = Annotated[int, Field(ge=0, le=WHOLE)]


class Mode(StrEnum):
    SELF_DIRECTED = "self_directed"
    ADMINISTRATOR = "administrator"
    FACILITATOR = "facilitator"


class Criterion(StrEnum):
    """`experience` is the step in seniority between the two, `availability` the mentor's hours beside what a
    relationship takes, `common_ground` what both name among their competencies, `answers` equal answers to
    the programme's questions, `wish` each side's own list, `preference` what one wishes of the other side.
    """

    COMPETENCIES = "competencies"
    LANGUAGES = "languages"
    TIME_ZONE = "time_zone"
    LOCATION = "location"
    DEPARTMENT = "department"
    EXPERIENCE = "experience"
    AVAILABILITY = "availability"
    BIOGRAPHY = "biography"
    COMMON_GROUND = "common_ground"
    ANSWERS = "answers"
    WISH = "wish"
    PREFERENCE = "preference"


class HardRule(StrEnum):
    NOT_IN_REPORTING_LINE = "not_in_reporting_line"
    NOT_SAME_MANAGER = "not_same_manager"
    NOT_SAME_DEPARTMENT = "not_same_department"
    SAME_LOCATION = "same_location"
    SHARED_LANGUAGE = "shared_language"
    OVERLAPPING_HOURS = "overlapping_hours"
    NOT_MATCHED_BEFORE = "not_matched_before"
    TIME_ZONE_SPAN = "time_zone_span"
    MENTOR_IS_SENIOR = "mentor_is_senior"


class Objective(StrEnum):
    """`placed_first`: most people placed, then the worst-off raised, then the total. `score_first`: the
    highest total, of pairs that reach the minimum score. `stable`: no two would rather have each other.
    """

    PLACED_FIRST = "placed_first"
    SCORE_FIRST = "score_first"
    STABLE = "stable"


class Likeness(StrEnum):
    SAME = "same"
    OTHER = "other"


class Weight(Value):
    """`parts` of 10,000: whole numbers, so that every score can be recomputed to the last digit."""

    criterion: Criterion
    parts: Annotated[int, Field(ge=1, le=WHOLE)]


class Rung(Value):
    """One step of the ladder of seniority: a job title that holds one of these words stands on it."""

    step: Annotated[int, Field(ge=1, le=10)]
    words: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]


class Gap(Value):
    """What so many rungs from mentee up to mentor are worth; more are worth what the last gap is."""

    rungs: Annotated[int, Field(ge=-9, le=9)]
    score: Score


class PairRule(Value):
    """If the mentee fulfils `mentee` (None: always), the mentor must fulfil `mentor`: audience rules."""

    id: Slug
    mentee: Annotated[str, AfterValidator(audience.spell)] | None = None
    mentor: Annotated[str, AfterValidator(audience.spell)]


_WEIGHTS: Final = (
    Weight(criterion=Criterion.COMPETENCIES, parts=5_000),
    Weight(criterion=Criterion.LANGUAGES, parts=1_500),
    Weight(criterion=Criterion.TIME_ZONE, parts=1_500),
    Weight(criterion=Criterion.EXPERIENCE, parts=1_000),
    Weight(criterion=Criterion.AVAILABILITY, parts=1_000),
)
_LADDER: Final = (
    Rung(step=1, words=("intern", "trainee", "junior", "associate", "graduate", "assistant", "apprentice")),
    Rung(step=3, words=("senior",)),
    Rung(step=4, words=("staff", "principal", "lead", "manager")),
    Rung(step=5, words=("head", "director")),
    Rung(step=6, words=("vice president", "chief", "president")),
)
_GAPS: Final = tuple(
    Gap(rungs=rungs, score=score)
    for rungs, score in ((-2, 0), (-1, 2_000), (0, 5_000), (1, 9_000), (2, 10_000), (3, 8_000), (4, 6_000))
)


class MatchingSettings(Value):
    """`thin_pool` is the number of mentors below which suggestions say that the choice is small, and, with
    `pause_when_thin`, nobody is asked until there are more.

    A job title on no rung of `ladder` stands on step 2. A competency that is only near in meaning counts
    at most `nearness_cap`, one in the same branch of the catalogue `branch_score`. `relationship` is the type
    that a run makes, the programme's first where it is None. `blind` hides names from who reviews.
    """

    modes: Annotated[tuple[Mode, ...], Field(min_length=1)] = (Mode.SELF_DIRECTED,)
    weights: Annotated[tuple[Weight, ...], Field(min_length=1)] = _WEIGHTS
    hard_rules: tuple[HardRule, ...] = (HardRule.NOT_IN_REPORTING_LINE,)
    minimum_score: Score = 3_000
    thin_pool: Annotated[int, Field(ge=0, le=1_000)] = 10
    pause_when_thin: bool = False
    suggestions: Annotated[int, Field(ge=1, le=50)] = 5
    wishes: Annotated[int, Field(ge=1, le=20)] = 3
    objective: Objective = Objective.PLACED_FIRST
    relationship: Slug | None = None
    location: Likeness = Likeness.SAME
    department: Likeness = Likeness.OTHER
    ladder: Annotated[tuple[Rung, ...], Field(max_length=10)] = _LADDER
    gaps: Annotated[tuple[Gap, ...], Field(min_length=1, max_length=19)] = _GAPS
    least_rungs: Annotated[int, Field(ge=0, le=9)] = 1
    most_hours_apart: Annotated[int, Field(ge=0, le=14)] = 6
    least_hours_together: Annotated[int, Field(ge=1, le=10)] = 2
    branch_score: Score = 6_000
    nearness_cap: Score = 4_000
    pair_rules: Annotated[tuple[PairRule, ...], Field(max_length=20)] = ()
    incumbent_bonus: Score = 0
    blind: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        distinct(self.modes, "mode")
        distinct((weight.criterion for weight in self.weights), "criterion")
        distinct(self.hard_rules, "hard rule")
        distinct((rung.step for rung in self.ladder), "rung")
        distinct((gap.rungs for gap in self.gaps), "gap")
        distinct((rule.id for rule in self.pair_rules), "pair rule")
        if (total := sum(weight.parts for weight in self.weights)) != WHOLE:
            raise ValueError(f"the weights add up to {total:,} instead of {WHOLE:,}")
        return self
