"""Explanations of a run from the numbers that were optimised: why this one, why not that one, why nobody.

Codes and figures only; `explain_texts` makes sentences of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from domain.ids import ParticipantId
from domain.match_outcome import Found
from domain.matching_settings import Criterion, Objective
from domain.pairing import rules
from domain.pairing.compiled import Compiled
from domain.pairing.coverage import Covered, coverage
from domain.pairing.locks import known
from domain.pairing.marginal import Bound, Difference, Locking, with_pair
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pair
from domain.pairing.sides import Row
from domain.pairing.sweep import BARRED
from domain.pairing.veil import veiled, veiled_counts, veiled_parts

Rules = tuple[str, ...]

_ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion: what it gave the mentee's side, None where too little is known, and its weight of
    10,000.
    """

    criterion: Criterion
    score: int | None
    weight: int


class Fate(StrEnum):
    """What became of somebody else: free still; full; or the mentee's own too, of several."""

    FREE = "free"
    FULL = "full"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Alternative:
    """`taken` of `places`; `better` of those who took them score higher with this mentor than the mentee
    would.
    """

    mentor: ParticipantId
    score: int
    rank: int
    fate: Fate
    places: int
    taken: int
    better: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The smallest set that keeps the mentee from `mentor`, the one nearest to them: rules, and perhaps
    being full.

    `barred_by` counts the mentors that each rule bars; `eligible` mentors no rule bars.
    """

    mentor: ParticipantId | None
    rules: Rules
    full: bool
    below_minimum: bool
    barred_by: Mapping[str, int]
    eligible: int
    free: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """`mentor` is the mentee's own, of several the best, of a group its host. Scores as in what was found."""

    mentee: ParticipantId
    found: Found | None
    mentor: ParticipantId | None
    score: int | None
    rank: int | None
    eligible: int
    parts: tuple[Part, ...]
    coverage: tuple[Covered, ...]
    alternatives: tuple[Alternative, ...]
    blocked: Blocked | None


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`rules` that bar the pair; or what having it would cost: exactly, or `at_least` so many points of the
    whole.

    None where it is not known. `together` they are already.
    """

    mentee: ParticipantId
    mentor: ParticipantId
    score: int
    rules: Rules = ()
    together: bool = False
    below_minimum: bool = False
    at_least: int | None = None
    exactly: Difference | None = None


def explain(
    compiled: Compiled,
    outcome: Outcome,
    mentee_id: ParticipantId,
    *,
    forbidden: frozenset[Pair] = frozenset(),
) -> Explanation:
    """`forbidden` are the pairs that the run was not to make."""
    mentee = compiled.mentee_index[mentee_id]
    mine = sorted(
        (one for one in outcome.found if mentee_id in one.mentees), key=lambda one: (-one.score, one.number)
    )
    own = [compiled.mentor_index[mentor] for one in mine for mentor in one.mentors]
    found, mentor = mine[0] if mine else None, own[0] if own else None
    row, market = _row(compiled, mentee, forbidden), _Taken(compiled, outcome)
    return Explanation(
        mentee=mentee_id,
        found=found,
        mentor=None if mentor is None else compiled.mentors[mentor].id,
        score=found.score if found else None,
        rank=None if mentor is None else 1 + int((row > row[mentor]).sum()),
        eligible=int((row >= 0).sum()),
        parts=_parts(compiled, found, mentee, mentor),
        coverage=() if mentor is None else coverage(compiled, mentee, mentor),
        alternatives=tuple(market.alternatives(mentee, row, own)),
        blocked=None if found else _blocked(compiled, market, mentee, row),
    )


def _row(compiled: Compiled, mentee: int, forbidden: frozenset[Pair]) -> Row:
    row = compiled.row(mentee).copy()
    row[[other for one, other in known(compiled, forbidden) if one == mentee]] = BARRED
    return row


def why_not(
    compiled: Compiled,
    outcome: Outcome,
    mentee_id: ParticipantId,
    mentor_id: ParticipantId,
    *,
    forbidden: frozenset[Pair] = frozenset(),
    bound: Bound | None = None,
    again: Locking | None = None,
) -> WhyNot:
    """With `bound`, what it costs at least; with `again`, exactly. Raises what `again` raises."""
    mentee, mentor = compiled.mentee_index[mentee_id], compiled.mentor_index[mentor_id]
    score = compiled.score(mentee, mentor).score
    failed = compiled.failed(mentee, mentor)
    if (mentee_id, mentor_id) in forbidden:
        failed = (*failed, rules.FORBIDDEN)
    if failed:
        return WhyNot(mentee_id, mentor_id, score, veiled(failed))
    if any(mentee_id in found.mentees and mentor_id in found.mentors for found in outcome.found):
        return WhyNot(mentee_id, mentor_id, score, together=True)
    if _falls_short(compiled, score):
        return WhyNot(mentee_id, mentor_id, score, below_minimum=True)
    return WhyNot(
        mentee_id,
        mentor_id,
        score,
        at_least=bound.least_loss(outcome.totals.total, mentee, mentor) if bound else None,
        exactly=with_pair(outcome, (mentee_id, mentor_id), again) if again else None,
    )


def _falls_short(compiled: Compiled, score: int) -> bool:
    settings = compiled.terms.settings
    return settings.objective is Objective.SCORE_FIRST and score < settings.minimum_score


def _parts(compiled: Compiled, found: Found | None, mentee: int, mentor: int | None) -> tuple[Part, ...]:
    """In a group without a host they are the means over the group."""
    if found is None:
        return ()
    told = found.parts if mentor is None else compiled.score(mentee, mentor).parts
    weights = {weight.criterion: weight.parts for weight in compiled.terms.settings.weights}
    return tuple(
        Part(criterion, told.get(criterion), parts) for criterion, parts in veiled_parts(weights).items()
    )


class _Taken:
    """Who has which mentor."""

    def __init__(self, compiled: Compiled, outcome: Outcome) -> None:
        self._compiled = compiled
        self._mentees: dict[int, list[int]] = {}
        for found in outcome.found:
            for mentor_id in found.mentors:
                mentor = compiled.mentor_index[mentor_id]
                self._mentees.setdefault(mentor, []).extend(
                    compiled.mentee_index[one] for one in found.mentees
                )

    def taken(self, mentor: int) -> int:
        return len(self._mentees.get(mentor, ()))

    def places(self, mentor: int) -> int:
        """A mentor of groups hosts one of them in a run; what it holds is what there is to take."""
        most, places = self._compiled.terms.type.mentees.most, int(self._compiled.mentor_places[mentor])
        return places if most == 1 else most * min(places, 1)

    def full(self, mentor: int) -> bool:
        return self.taken(mentor) >= self.places(mentor)

    def alternatives(self, mentee: int, row: Row, own: list[int]) -> Iterator[Alternative]:
        """The three best beside the mentee's own first."""
        ranked = np.argsort(-row, kind="stable")[: _ALTERNATIVES + 1].tolist()
        others = [mentor for mentor in ranked if mentor not in own[:1] and row[mentor] >= 0]
        for mentor in others[:_ALTERNATIVES]:
            score = int(row[mentor])
            yield Alternative(
                mentor=self._compiled.mentors[mentor].id,
                score=score,
                rank=1 + int((row > score).sum()),
                fate=Fate.OWN if mentor in own else Fate.FULL if self.full(mentor) else Fate.FREE,
                places=self.places(mentor),
                taken=self.taken(mentor),
                better=sum(
                    self._compiled.score(other, mentor).score > score
                    for other in self._mentees.get(mentor, ())
                    if other != mentee
                ),
            )


def _blocked(compiled: Compiled, market: _Taken, mentee: int, row: Row) -> Blocked:
    failed = [
        () if score >= 0 else compiled.failed(mentee, mentor) or (rules.FORBIDDEN,)
        for mentor, score in enumerate(row.tolist())
    ]
    eligible = np.flatnonzero(row >= 0).tolist()
    nearest = _nearest(compiled, market, mentee, failed)
    return Blocked(
        mentor=None if nearest is None else compiled.mentors[nearest].id,
        rules=() if nearest is None else veiled(failed[nearest]),
        full=nearest is not None and _is_full(market, nearest, failed[nearest]),
        below_minimum=bool(eligible) and all(_falls_short(compiled, int(row[mentor])) for mentor in eligible),
        barred_by=veiled_counts(Counter(rule for names in failed for rule in names)),
        eligible=len(eligible),
        free=sum(not market.full(mentor) for mentor in eligible),
    )


def _is_full(market: _Taken, mentor: int, failed: Rules) -> bool:
    """Who has no place to begin with is barred by that, not full."""
    return rules.CAPACITY not in failed and market.full(mentor)


def _nearest(compiled: Compiled, market: _Taken, mentee: int, failed: Sequence[Rules]) -> int | None:
    """The mentor kept off by the fewest obstacles; of equals, the one with the best score."""
    obstacles = {
        mentor: len(names) + _is_full(market, mentor, names)
        for mentor, names in enumerate(failed)
        if rules.ONESELF not in names
    }
    fewest = min(obstacles.values(), default=0)
    return max(
        (mentor for mentor, count in obstacles.items() if count == fewest),
        key=lambda mentor: compiled.score(mentee, mentor).score,
        default=None,
    )
