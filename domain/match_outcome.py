"""What a run finds: pairs with the parts of their score, who stays without and why, and figures of it all."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, Score
from domain.program_settings import Side
from domain.words import Value

Count = Annotated[int, Field(ge=0)]


class Found(Value):
    """One relationship that a run proposes; `number` tells it from the others of the run, from 1 on.

    `score` combines both sides' by the harmonic mean; a side that could say nothing is None. `parts` are the
    criteria's own scores as they went into the mentee's side, `answered` of `asked` criteria could be told.
    `rank` is the mentor's place among all that are eligible for the mentee, 1 is the best. Of a group, score
    and parts are the means over its members, rank and answered the worst.
    """

    number: Annotated[int, Field(ge=1)]
    mentors: tuple[ParticipantId, ...]
    mentees: tuple[ParticipantId, ...]
    score: Score
    mentee_score: Score | None = None
    mentor_score: Score | None = None
    parts: dict[Criterion, Score] = Field(default_factory=dict)
    answered: Count = 0
    asked: Count = 0
    rank: Count = 0
    locked: bool = False


class Reason(StrEnum):
    """Why somebody stays without: nobody on the other side; rules bar everybody; those whom no rule bars are
    taken by others (or nobody is left for a host); all fall short of the minimum; the group closed.
    """

    NOBODY_THERE = "nobody_there"
    BARRED_BY_RULES = "barred_by_rules"
    ALL_TAKEN = "all_taken"
    BELOW_MINIMUM = "below_minimum"
    GROUP_TOO_SMALL = "group_too_small"


class Unmatched(Value):
    """`rules` is the smallest set of hard rules without which somebody would have been eligible."""

    participant: ParticipantId
    side: Side
    reason: Reason
    rules: tuple[str, ...] = ()


class Totals(Value):
    """`total` is the sum of scores, `bound` what no pairing over all pairs can exceed; `moved` are mentees
    whose mentor is another than before, where there was one. `fifth` is the fifth percentile, `top_three`
    counts mentees who got one of their three best.
    """

    mentees: Count
    mentors: Count
    places: Count
    placed: Count
    total: Count
    bound: Count
    worst: Score | None = None
    fifth: Score | None = None
    mean: Score | None = None
    top_three: Count = 0
    moved: Count = 0

    @property
    def gap(self) -> float:
        """How far from the optimum over all pairs the run can be at most, as a share of the bound."""
        return (self.bound - self.total) / self.bound if self.bound else 0.0
