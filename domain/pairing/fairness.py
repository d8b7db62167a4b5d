"""Fairness of a run: how people fared by what they say of themselves, and by two such answers at once.

Nobody's group decides anything in a run; this looks at what came of it. Who says nothing is in no group.
Groups under five are left out, and those that would give them away. A ratio below four fifths is flagged: a
reason to look, not a verdict.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.ids import ParticipantId
from domain.match_outcome import Found
from domain.matching_settings import WHOLE, Criterion, Weight
from domain.pairing.compiled import Compiled
from domain.pairing.grid import OnProgress, silent
from domain.pairing.outcome import TOP, Outcome
from domain.pairing.pool import Person, Pool
from domain.pairing.standing import Standing, standings
from domain.pairing.terms import Terms
from domain.rates import Rate, Ratio, rate, ratio
from domain.suppression import Cell, hidden, hidden_cells

Answers = tuple[tuple[str, str], ...]
"""One question and its answer, or two of them."""

Again = Callable[[Terms], Outcome]
"""The same run on the same pool with other terms."""

_NONE: Final = ""
"""The answer of who says nothing: no group to be told of, but one that could be reckoned."""
_CELLS: Final = 2_000_000
"""So many scores are held at a time."""


@dataclass(frozen=True, slots=True)
class MenteeGroup:
    """`mean_score` is of those placed. Impact is the rate beside the best group's of the same question or
    two.
    """

    answers: Answers
    n: int
    placed: Rate
    top_three: Rate
    mean_score: int | None
    mean_wait: float
    placed_impact: Ratio | None
    top_three_impact: Ratio | None


@dataclass(frozen=True, slots=True)
class MentorGroup:
    """`share` of all mentors beside `exposure`: the share of the first three suggestions of every mentee.

    In 10,000ths. `placed` are those who got somebody.
    """

    answers: Answers
    n: int
    placed: Rate
    placed_impact: Ratio | None
    share: int
    exposure: int


@dataclass(frozen=True, slots=True)
class Change:
    """One group's impact ratios with a criterion, and without it."""

    answers: Answers
    placed: tuple[int | None, int | None]
    top_three: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Without:
    criterion: Criterion
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """`suppressed` are the groups of mentees and of mentors that nothing is told of."""

    mentees: tuple[MenteeGroup, ...]
    mentors: tuple[MentorGroup, ...]
    suppressed_mentees: tuple[Answers, ...]
    suppressed_mentors: tuple[Answers, ...]
    without: tuple[Without, ...] = ()

    @property
    def flagged(self) -> tuple[Answers, ...]:
        """The groups of mentees with a ratio below four fifths."""
        return tuple(
            group.answers
            for group in self.mentees
            if any(found and found.flagged for found in (group.placed_impact, group.top_three_impact))
        )


def fairness(
    pool: Pool,
    terms: Terms,
    outcome: Outcome,
    *,
    prices: Mapping[ParticipantId, int] | None = None,
    again: Again | None = None,
    on_progress: OnProgress = silent,
) -> FairnessReport:
    """With `again`, the run is computed once more without each criterion."""
    compiled = Compiled(pool, terms)
    told, untold = groups_of(compiled.mentees)
    mentors, untold_mentors = groups_of(compiled.mentors)
    mentees = mentee_groups(told, standings(compiled, outcome))
    return FairnessReport(
        mentees,
        _mentor_groups(mentors, outcome.found, _exposure(compiled, prices or {}, on_progress)),
        untold,
        untold_mentors,
        tuple(_without_each(pool, terms, told, mentees, again)) if again else (),
    )


Groups = Mapping[Answers, Sequence[Person]]


def groups_of(people: Sequence[Person]) -> tuple[Groups, tuple[Answers, ...]]:
    """Those that can be told of, and the names of those that cannot."""
    single, crossed = _by_answers(people, 1), _by_answers(people, 2)
    sizes = _sizes(single, len(people))
    gone = frozenset[Cell]().union(*map(hidden, sizes.values()))
    lost = {(answer,) for answer in gone} | set(_hidden_crossings(_tables(crossed, sizes), gone))
    every = {**single, **crossed}
    told = {key: every[key] for key in sorted(every) if key not in lost}
    return told, tuple(sorted(lost & every.keys()))


def _by_answers(people: Iterable[Person], questions: int) -> dict[Answers, list[Person]]:
    found: dict[Answers, list[Person]] = defaultdict(list)
    for person in people:
        for answers in combinations(sorted(person.groups.items()), questions):
            found[answers].append(person)
    return dict(found)


def _sizes(single: Groups, whole: int) -> dict[str, dict[Cell, int]]:
    """Of each question every answer, and who gives none: how many they are is the whole less the others."""
    sizes: dict[str, dict[Cell, int]] = defaultdict(dict)
    for (answer,), people in single.items():
        sizes[answer[0]][answer] = len(people)
    for question, given in sizes.items():
        given[question, _NONE] = whole - sum(given.values())
    return {question: _somebody(given) for question, given in sizes.items()}


def _tables(
    crossed: Groups, sizes: Mapping[str, Mapping[Cell, int]]
) -> dict[tuple[str, str], dict[Cell, int]]:
    """Of each two questions the answers crossed, and who gives only one of them, or none."""
    tables: dict[tuple[str, str], dict[Cell, int]] = defaultdict(dict)
    for ((one, answer), (other, second)), people in crossed.items():
        tables[one, other][answer, second] = len(people)
    for (one, other), cells in tables.items():
        rows, columns = sizes[one], sizes[other]
        for (_, answer), size in columns.items():
            cells[_NONE, answer] = size - sum(n for (_, second), n in cells.items() if second == answer)
        for (_, answer), size in rows.items():
            cells[answer, _NONE] = size - sum(n for (first, _), n in cells.items() if first == answer)
    return {questions: _somebody(cells) for questions, cells in tables.items()}


def _somebody(sizes: Mapping[Cell, int]) -> dict[Cell, int]:
    return {key: size for key, size in sizes.items() if size}


def _hidden_crossings(
    tables: Mapping[tuple[str, str], Mapping[Cell, int]], gone: frozenset[Cell]
) -> Iterator[Answers]:
    for (one, other), cells in tables.items():
        rows = frozenset(answer for question, answer in gone if question == one)
        columns = frozenset(answer for question, answer in gone if question == other)
        yield from (((one, a), (other, b)) for a, b in hidden_cells(cells, rows, columns))


def mentee_groups(groups: Groups, standing: Mapping[ParticipantId, Standing]) -> tuple[MenteeGroup, ...]:
    bare = [_mentee_group(answers, people, standing) for answers, people in groups.items()]
    placed = _impacts({group.answers: group.placed for group in bare})
    top_three = _impacts({group.answers: group.top_three for group in bare})
    return tuple(
        replace(group, placed_impact=placed[group.answers], top_three_impact=top_three[group.answers])
        for group in bare
    )


def _mentee_group(
    answers: Answers, people: Sequence[Person], standing: Mapping[ParticipantId, Standing]
) -> MenteeGroup:
    held = [standing[person.id] for person in people if person.id in standing]
    return MenteeGroup(
        answers=answers,
        n=len(people),
        placed=rate(len(held), len(people)),
        top_three=rate(sum(found.top_three for found in held), len(people)),
        mean_score=sum(found.score for found in held) // len(held) if held else None,
        mean_wait=round(sum(person.waiting_days for person in people) / len(people), 1),
        placed_impact=None,
        top_three_impact=None,
    )


def _impacts(rates: Mapping[Answers, Rate]) -> dict[Answers, Ratio | None]:
    """Beside the best of the same question or questions; of equals the largest group."""
    best: dict[tuple[str, ...], Rate] = {}
    for answers, found in rates.items():
        asked = tuple(question for question, _ in answers)
        held = best.get(asked)
        if held is None or (found.count * held.n, found.n) > (held.count * found.n, held.n):
            best[asked] = found
    return {
        answers: ratio(found, best[tuple(question for question, _ in answers)])
        for answers, found in rates.items()
    }


def _mentor_groups(
    groups: Groups, found: Iterable[Found], slots: Mapping[ParticipantId, int]
) -> tuple[MentorGroup, ...]:
    busy = {mentor for one in found for mentor in one.mentors}
    rates = {
        answers: rate(sum(person.id in busy for person in people), len(people))
        for answers, people in groups.items()
    }
    impacts = _impacts(rates)
    return tuple(
        MentorGroup(
            answers=answers,
            n=len(people),
            placed=rates[answers],
            placed_impact=impacts[answers],
            share=_share(len(people), len(slots)),
            exposure=_share(sum(slots[person.id] for person in people), sum(slots.values())),
        )
        for answers, people in groups.items()
    )


def _share(part: int, whole: int) -> int:
    return WHOLE * part // whole if whole else 0


def _exposure(
    compiled: Compiled, prices: Mapping[ParticipantId, int], on_progress: OnProgress
) -> dict[ParticipantId, int]:
    """How many mentees have each mentor among the first three that would be suggested to them."""
    price = np.array([prices.get(mentor.id, 0) for mentor in compiled.mentors], dtype=np.int64)
    if not price.size:
        return {}
    slots = np.zeros(price.size, dtype=np.int64)
    step = max(1, _CELLS // max(1, price.size))
    for start in range(0, len(compiled.mentees), step):
        on_progress("exposure", start, len(compiled.mentees))
        block = np.arange(start, min(start + step, len(compiled.mentees)))
        slots += _first_three(compiled.scores(block), price)
    return {mentor.id: int(count) for mentor, count in zip(compiled.mentors, slots, strict=True)}


def _first_three(scores: NDArray[np.int32], price: NDArray[np.int64]) -> NDArray[np.int64]:
    mentors = price.size
    barred = scores < 0
    # distinct keys, so that equal worth goes by index and the answer is the same everywhere
    keys = (scores - price) * mentors - np.arange(mentors)
    keys[barred] = np.iinfo(np.int64).min
    many = min(TOP, mentors)
    first = np.argpartition(-keys, many - 1, axis=1)[:, :many]
    eligible = ~np.take_along_axis(barred, first, axis=1)
    return np.bincount(first[eligible], minlength=mentors)


def _without_each(
    pool: Pool, terms: Terms, groups: Groups, mentees: Sequence[MenteeGroup], again: Again
) -> Iterator[Without]:
    for weight in terms.settings.weights:
        changed = without(terms, weight.criterion)
        if changed is None:
            continue
        after = mentee_groups(groups, standings(Compiled(pool, changed), again(changed)))
        yield Without(weight.criterion, tuple(map(_change, mentees, after)))


def _change(before: MenteeGroup, after: MenteeGroup) -> Change:
    return Change(
        before.answers,
        (_value(before.placed_impact), _value(after.placed_impact)),
        (_value(before.top_three_impact), _value(after.top_three_impact)),
    )


def _value(found: Ratio | None) -> int | None:
    return found.value if found else None


def without(terms: Terms, criterion: Criterion) -> Terms | None:
    """The same terms with the other weights in their proportion; None where it is the only one.

    What does not come out even goes to the largest remainders, of equals to the first.
    """
    rest = [weight for weight in terms.settings.weights if weight.criterion != criterion]
    if not rest:
        return None
    whole = sum(weight.parts for weight in rest)
    parts = [WHOLE * weight.parts // whole for weight in rest]
    by_remainder = sorted(range(len(rest)), key=lambda at: -(WHOLE * rest[at].parts % whole))
    for at in by_remainder[: WHOLE - sum(parts)]:
        parts[at] += 1
    weights = tuple(
        Weight(criterion=weight.criterion, parts=share) for weight, share in zip(rest, parts, strict=True)
    )
    return replace(terms, settings=terms.settings.model_copy(update={"weights": weights}))
