"""The stable objective: worked by hand, beside an independent package, and no pair that would rather
change.
"""

from itertools import product
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from matching.games import HospitalResident  # type: ignore[import-untyped]  # it ships no types

from domain.ids import ParticipantId
from domain.match_outcome import Reason
from domain.matching_settings import Criterion, Objective
from domain.pairing import stable
from domain.pairing.bulk import compute
from domain.pairing.compiled import Compiled
from domain.pairing.locks import LockedPairIsBarred
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pool
from domain.pairing.stable import compute_stable
from domain.pairing.terms import Terms
from domain.pairing.views import Views
from tests.domain.pairing import pools
from tests.domain.pairing.tables import Table, one, pair, pool_of, terms_of

TERMS = terms_of(objective=Objective.STABLE)


def pairs_of(outcome: Outcome) -> set[tuple[ParticipantId, ParticipantId]]:
    return {(found.mentees[0], found.mentors[0]) for found in outcome.found}


# Everybody wants Ada; Ada would rather have Kai than Noor, and Max would rather have Noor.
MINE: Table = {
    ("noor", "ada"): 9_000, ("noor", "max"): 5_000, ("kai", "ada"): 8_000, ("kai", "max"): 1_000,
}  # fmt: skip
THEIRS: Table = {
    ("noor", "ada"): 3_000, ("kai", "ada"): 4_000, ("noor", "max"): 6_000, ("kai", "max"): 5_000,
}  # fmt: skip


def test_nobody_would_rather_change_with_somebody_who_would_too() -> None:
    outcome = compute_stable(pool_of(MINE, THEIRS), TERMS, 1)
    assert pairs_of(outcome) == {pair("kai", "ada"), pair("noor", "max")}
    # 2ab/(a+b): Kai and Ada 5,333, Noor and Max 5,454
    assert (outcome.totals.total, outcome.totals.placed, outcome.totals.bound) == (10_787, 2, 10_787)
    assert {(found.mentee_score, found.mentor_score, found.rank) for found in outcome.found} == {
        (8_000, 4_000, 1), (5_000, 6_000, 1),
    }  # fmt: skip


def test_who_has_another_than_before_has_moved() -> None:
    before = frozenset({pair("kai", "ada"), pair("noor", "ada")})
    outcome = compute_stable(pool_of(MINE, THEIRS), TERMS, 1, incumbents=before)
    assert (pairs_of(outcome), outcome.totals.moved) == ({pair("kai", "ada"), pair("noor", "max")}, 1)


def test_a_stable_result_can_be_worth_less_than_the_best_total() -> None:
    """Ada and Kai want each other most, so Noor is left with nobody who suits her."""
    table = {("noor", "ada"): 8_000, ("kai", "ada"): 9_000, ("kai", "max"): 8_000, ("noor", "max"): 100}
    outcome = compute_stable(pool_of(table, table), TERMS, 1)
    assert (outcome.totals.total, outcome.totals.bound) == (9_100, 16_000)


def test_a_locked_pair_stands_and_a_forbidden_one_is_none() -> None:
    locked = compute_stable(pool_of(MINE, THEIRS), TERMS, 1, locked=frozenset({pair("noor", "ada")}))
    assert pairs_of(locked) == {pair("noor", "ada"), pair("kai", "max")}
    assert {found.locked for found in locked.found if found.mentors == (one("ada"),)} == {True}
    forbidden = compute_stable(pool_of(MINE, THEIRS), TERMS, 1, forbidden=frozenset({pair("kai", "ada")}))
    assert pairs_of(forbidden) == {pair("noor", "ada"), pair("kai", "max")}


def test_a_locked_pair_that_a_rule_bars_is_refused() -> None:
    with pytest.raises(LockedPairIsBarred):
        compute_stable(
            pool_of({("noor", "ada"): 1}, mentors=("max",)), TERMS, 1, locked=frozenset({pair("noor", "max")})
        )


def test_who_is_rejected_by_all_learns_that_all_are_taken() -> None:
    outcome = compute_stable(pool_of({("noor", "ada"): 1, ("kai", "ada"): 2}), TERMS, 1)
    assert [(left.participant, left.reason) for left in outcome.unmatched] == [
        (one("noor"), Reason.ALL_TAKEN)
    ]


def test_an_empty_pool_is_stable() -> None:
    assert compute_stable(Pool((), ()), TERMS, 1).found == ()


def test_progress_is_told() -> None:
    told: list[str] = []
    compute_stable(pool_of(MINE, THEIRS), TERMS, 1, on_progress=lambda stage, _done, _of: told.append(stage))
    assert "stable" in told


def _random(seed: int, mentees: int, mentors: int) -> tuple[Table, Table, dict[str, int]]:
    """No two values alike, so that every preference is strict."""
    draw = Random(seed)
    names = list(
        product((f"mentee {at}" for at in range(mentees)), (f"mentor {at}" for at in range(mentors)))
    )
    known = [found for found in names if draw.random() < 0.7]
    values = draw.sample(range(1, 10_001), 2 * len(known))
    mine, theirs = (
        dict(zip(known, values, strict=False)),
        dict(zip(known, values[len(known) :], strict=False)),
    )
    return mine, theirs, {f"mentor {at}": draw.randint(1, 3) for at in range(mentors)}


@pytest.mark.parametrize("seed", range(30))
def test_an_independent_package_finds_the_same(seed: int) -> None:
    mine, theirs, places = _random(seed, 3 + seed, 2 + seed // 3)
    mentees, mentors = ({found[side] for found in mine} for side in (0, 1))
    game = HospitalResident.create_from_dictionaries(
        {a: sorted((b for x, b in mine if x == a), key=lambda b: -mine[a, b]) for a in mentees},
        {b: sorted((a for a, x in mine if x == b), key=lambda a: -theirs[a, b]) for b in mentors},
        {b: places[b] for b in mentors},
    )
    solved = {
        pair(resident.name, hospital.name)
        for hospital, residents in game.solve(optimal="resident").items()
        for resident in residents
    }
    assert pairs_of(compute_stable(pool_of(mine, theirs, places=places), TERMS, seed)) == solved


OF_BOTH_KINDS = dict.fromkeys(
    (Criterion.COMPETENCIES, Criterion.WISH, Criterion.PREFERENCE, Criterion.BIOGRAPHY, Criterion.LANGUAGES),
    2_000,
)
"""Criteria that each side sees for itself, and that both see the same."""


@drawn(st.integers(0, 60), st.integers(0, 20), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_no_two_would_rather_have_each_other(mentees: int, mentors: int, seed: int) -> None:
    pool = pools.pool(pools.Shape(mentees, mentors, 2 * mentors), seed)
    terms = pools.terms(objective=Objective.STABLE, weights=OF_BOTH_KINDS)
    outcome = compute_stable(pool, terms, seed)
    assert _blocking(pool, terms, outcome) == []
    assert outcome.totals.total <= outcome.totals.bound
    assert compute_stable(pools.shuffled(pool, seed + 1), terms, seed).digest == outcome.digest


def _blocking(pool: Pool, terms: Terms, outcome: Outcome) -> list[tuple[int, int]]:
    """Pairs of whom each has a free place, or somebody whom they like less."""
    compiled = Compiled(pool, terms)
    held = {(compiled.mentee_index[a], compiled.mentor_index[b]) for a, b in pairs_of(outcome)}
    worst_of_mentee, worst_of_mentor = dict[int, int](), dict[int, int]()
    for mentee in range(len(compiled.mentees)):
        own = [_view(compiled, *found)[0] for found in held if found[0] == mentee]
        worst_of_mentee[mentee] = min(own) if len(own) == compiled.mentee_places[mentee] else -1
    for mentor in range(len(compiled.mentors)):
        own = [_view(compiled, *found)[1] for found in held if found[1] == mentor]
        worst_of_mentor[mentor] = min(own) if len(own) == compiled.mentor_places[mentor] else -1
    return [
        (mentee, mentor)
        for mentee, mentor in product(worst_of_mentee, worst_of_mentor)
        if (mentee, mentor) not in held and not compiled.failed(mentee, mentor)
        if _view(compiled, mentee, mentor)[0] > worst_of_mentee[mentee]
        and _view(compiled, mentee, mentor)[1] > worst_of_mentor[mentor]
    ]


def _view(compiled: Compiled, mentee: int, mentor: int) -> tuple[int, int]:
    score = compiled.score(mentee, mentor)
    return (
        score.score if score.mentee_score is None else score.mentee_score,
        score.score if score.mentor_score is None else score.mentor_score,
    )


@drawn(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_views_in_rows_are_those_of_each_pair(seed: int) -> None:
    pool = pools.pool(pools.Shape(12, 8, 8), seed)
    compiled = Compiled(pool, pools.terms(weights=OF_BOTH_KINDS))
    views = Views.of(compiled)
    for mentee in range(12):
        mine, theirs = views.view(mentee)
        for mentor in range(8):
            expected = (-1, -1) if compiled.failed(mentee, mentor) else _view(compiled, mentee, mentor)
            assert (mine[mentor], theirs[mentor]) == expected


def test_who_exhausts_the_first_choices_is_ranked_further(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs, places = _random(7, 30, 10)
    pool = pool_of(mine, theirs, places=places)
    before = compute_stable(pool, TERMS, 1)
    monkeypatch.setattr(stable, "FIRST", 2)
    assert compute_stable(pool, TERMS, 1).digest == before.digest


def test_bulk_does_better_by_the_total_where_stability_is_not_asked_for() -> None:
    mine, theirs, places = _random(3, 20, 8)
    pool = pool_of(mine, theirs, places=places)
    best = compute(pool, terms_of(objective=Objective.SCORE_FIRST, minimum_score=0), 1)
    assert compute_stable(pool, TERMS, 1).totals.total <= best.totals.total
