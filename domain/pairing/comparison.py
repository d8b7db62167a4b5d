"""Comparison: what-ifs on one frozen pool, side by side with the figures that tell them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.ids import ParticipantId
from domain.pairing.compiled import Compiled
from domain.pairing.fairness import Answers, groups_of, mentee_groups
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pool
from domain.pairing.recruitment import open_wishes
from domain.pairing.standing import companions, standings
from domain.pairing.terms import Terms


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one outcome. `impact` are the ratios of placed rates, without the groups that are too small to be
    told of; `short` the places that are missing, by competency: wishes that no mentor fulfils whom the
    mentee got. `company` is who each placed mentee is with.
    """

    placed: int
    total: int
    worst: int | None
    fifth: int | None
    mean: int | None
    impact: Mapping[Answers, int | None]
    short: Mapping[str, int]
    company: Mapping[ParticipantId, frozenset[ParticipantId]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A what-if beside the reference: differences, and how many people have not the same mentors in both.

    Worst, fifth percentile and mean are None where one of the two places nobody.
    """

    figures: Figures
    placed: int
    total: int
    worst: int | None
    fifth: int | None
    mean: int | None
    moved: int
    impact: Mapping[Answers, int | None]
    short: Mapping[str, int]


def figures(pool: Pool, terms: Terms, outcome: Outcome) -> Figures:
    compiled = Compiled(pool, terms)
    told, _ = groups_of(pool.mentees)
    groups = mentee_groups(told, standings(compiled, outcome))
    totals = outcome.totals
    return Figures(
        placed=totals.placed,
        total=totals.total,
        worst=totals.worst,
        fifth=totals.fifth,
        mean=totals.mean,
        impact={
            group.answers: group.placed_impact.value if group.placed_impact else None for group in groups
        },
        short=open_wishes(compiled, outcome),
        company=companions(outcome.found),
    )


def compare(reference: Figures, others: Sequence[Figures]) -> tuple[Compared, ...]:
    return tuple(_beside(reference, other) for other in others)


def _beside(reference: Figures, other: Figures) -> Compared:
    people = reference.company.keys() | other.company.keys()
    return Compared(
        figures=other,
        placed=other.placed - reference.placed,
        total=other.total - reference.total,
        worst=_minus(other.worst, reference.worst),
        fifth=_minus(other.fifth, reference.fifth),
        mean=_minus(other.mean, reference.mean),
        moved=sum(reference.company.get(one) != other.company.get(one) for one in people),
        impact={key: _minus(value, reference.impact.get(key)) for key, value in other.impact.items()},
        short={
            key: other.short.get(key, 0) - reference.short.get(key, 0)
            for key in sorted(reference.short.keys() | other.short.keys())
        },
    )


def _minus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other
