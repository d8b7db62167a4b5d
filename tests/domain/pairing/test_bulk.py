"""Runs whole: any order of people, places and locks, reasons, figures, and solving again."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.ids import ParticipantId
from domain.match_outcome import Reason
from domain.matching_settings import Criterion, HardRule, Objective
from domain.pairing import edges, grid, locks, outcome, settling, sweep
from domain.pairing.bulk import Bulk, Cancelled, Outcome, compute
from domain.pairing.compiled import Compiled
from domain.pairing.pool import Pair, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Side
from tests.domain.pairing import pools, strangers
from tests.domain.pairing.strangers import small


@pytest.mark.parametrize("objective", [Objective.PLACED_FIRST, Objective.SCORE_FIRST, Objective.STABLE])
def test_the_same_people_in_another_order_give_the_same_digest(objective: Objective) -> None:
    pool, terms = pools.pool(pools.Shape(200, 120, 260), seed=1), pools.terms(objective=objective)
    first = compute(pool, terms, seed=9)
    assert all(compute(pools.shuffled(pool, turn), terms, seed=9) == first for turn in range(3))


@drawn(st.integers(0, 10**6), st.sampled_from(Objective), st.integers(2, 9), st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_whatever_the_order_of_a_tiny_pool_the_digest_is_the_same(
    seed: int, objective: Objective, mentees: int, mentors: int
) -> None:
    pool = strangers.pool(mentees, mentors, seed)
    terms = strangers.terms(Random(seed), objective=objective)
    assert compute(pools.shuffled(pool, seed), terms, seed) == compute(pool, terms, seed)


def test_a_stable_run_is_solved_again_too() -> None:
    pool, terms = pools.pool(pools.Shape(30, 20, 40), seed=1), pools.terms(objective=Objective.STABLE)
    bulk = Bulk(pool, terms, seed=9)
    pair = min(pairs(bulk.solve()))
    assert pair not in pairs(bulk.solve(forbidden=frozenset({pair})))


def test_another_seed_only_breaks_ties_otherwise() -> None:
    pool, terms = (
        pools.pool(pools.Shape(300, 300, 300), seed=1),
        pools.terms(weights={Criterion.LANGUAGES: 10_000}),
    )
    one, other = compute(pool, terms, seed=1), compute(pool, terms, seed=2)
    assert pairs(one) != pairs(other)
    assert one.totals.total == other.totals.total


def pairs(outcome: Outcome) -> set[Pair]:
    return {(one.mentees[0], one.mentors[0]) for one in outcome.found}


def test_everybody_has_a_first_mentor_before_anybody_has_a_second() -> None:
    pool = pools.pool(pools.Shape(40, 30, 50), seed=2)
    pool = replace(pool, mentees=tuple(replace(one, places=2) for one in pool.mentees))
    found = compute(pool, pools.terms(rules=()), seed=1)
    taken = [one.mentees[0] for one in found.found]
    assert len(set(taken)) == 40
    assert len(taken) == sum(one.places for one in pool.mentors)
    assert len(pairs(found)) == len(taken)
    assert len({one.number for one in found.found}) == len(taken)


def test_no_place_is_given_twice() -> None:
    pool = pools.pool(pools.Shape(300, 40, 90), seed=4)
    found = compute(pool, pools.terms(), seed=1)
    for mentor in pool.mentors:
        assert sum(mentor.id in one.mentors for one in found.found) <= mentor.places


def test_a_locked_pair_stands_and_a_forbidden_one_does_not() -> None:
    pool, terms = pools.pool(pools.Shape(60, 40, 80), seed=3), pools.terms()
    free = compute(pool, terms, seed=1)
    first = min(pairs(free))
    again = compute(pool, terms, seed=1, forbidden=frozenset({first}))
    assert first not in pairs(again)
    back = compute(pool, terms, seed=1, locked=frozenset({first}))
    assert [one.locked for one in back.found if (one.mentees[0], one.mentors[0]) == first] == [True]
    assert pairs(back) == pairs(free)


def eligible(compiled: Compiled, *, barred: bool = False) -> Pair:
    scores = compiled.scores(np.arange(len(compiled.mentees)))
    mentee, mentor = np.argwhere((scores < 0) == barred)[0]
    return compiled.mentees[mentee].id, compiled.mentors[mentor].id


def test_a_lock_bends_no_rule() -> None:
    pool, terms = pools.pool(pools.Shape(60, 40, 80), seed=3), pools.terms()
    compiled = Compiled(pool, terms)
    with pytest.raises(locks.LockedPairIsBarred, match="breaks a hard rule"):
        compute(pool, terms, seed=1, locked=frozenset({eligible(compiled, barred=True)}))
    possible = eligible(compiled)
    with pytest.raises(locks.LockedPairIsForbidden):
        compute(pool, terms, seed=1, locked=frozenset({possible}), forbidden=frozenset({possible}))
    with pytest.raises(locks.LockedPairIsUnknown):
        compute(pool, terms, seed=1, locked=frozenset({(possible[0], ParticipantId(possible[0]))}))


def test_locks_need_places() -> None:
    pool, terms = pools.pool(pools.Shape(20, 2, 2), seed=3), pools.terms(rules=())
    mentor = pool.mentors[0]
    locked = frozenset((one.id, mentor.id) for one in pool.mentees[: mentor.places + 1])
    with pytest.raises(locks.LockedPairsNeedMorePlaces):
        compute(pool, terms, seed=1, locked=locked)


def test_incumbents_stay_unless_another_pair_is_better_by_more_than_the_bonus() -> None:
    pool = pools.pool(pools.Shape(80, 50, 100), seed=6)
    before = frozenset(pairs(compute(pool, pools.terms(), seed=1)))
    changed = {Criterion.COMPETENCIES: 2_000, Criterion.EXPERIENCE: 8_000}
    moved = [
        compute(pool, pools.terms(weights=changed, incumbent_bonus=bonus), seed=1, incumbents=before).totals
        for bonus in (0, 10_000)
    ]
    assert moved[0].moved > moved[1].moved
    assert moved[0].total >= moved[1].total
    assert all(one.bound >= one.total for one in moved)


REASONS = [
    (Pool((), ()), set()),
    (Pool(pools.pool(pools.Shape(3, 3, 3), 1).mentees, ()), {Reason.NOBODY_THERE}),
    (Pool((), pools.pool(pools.Shape(3, 3, 3), 1).mentors), {Reason.NOBODY_THERE}),
]


@pytest.mark.parametrize(("pool", "reasons"), REASONS)
def test_a_pool_with_an_empty_side_says_so(pool: Pool, reasons: set[Reason]) -> None:
    for objective in Objective:
        found = compute(pool, pools.terms(objective=objective), seed=1)
        assert not found.found
        assert {one.reason for one in found.unmatched} == reasons
        assert found.totals.total == found.totals.bound == 0
        assert found.totals.worst is None


def test_oneself_is_nobody() -> None:
    person = pools.pool(pools.Shape(1, 1, 1), 1).mentees[0]
    found = compute(Pool((person,), (person,)), pools.terms(), seed=1)
    assert [one.reason for one in found.unmatched] == [Reason.NOBODY_THERE] * 2


@pytest.mark.parametrize("seed", range(12))
def test_whoever_is_barred_learns_the_smallest_set_of_rules(seed: int) -> None:
    pool, terms = strangers.pool(7, 5, seed), strangers.terms(Random(seed))
    compiled = Compiled(pool, terms)
    told = {(one.side, one.participant): one for one in compute(pool, terms, seed=1).unmatched}
    for at, mentee in enumerate(compiled.mentees):
        sets = [
            compiled.failed(at, to) for to, mentor in enumerate(compiled.mentors) if mentor.id != mentee.id
        ]
        expect(told, Side.MENTEE, mentee.id, sets)
    for to, mentor in enumerate(compiled.mentors):
        sets = [
            compiled.failed(at, to) for at, mentee in enumerate(compiled.mentees) if mentor.id != mentee.id
        ]
        expect(told, Side.MENTOR, mentor.id, sets)


def expect(told: Any, side: Side, person: ParticipantId, sets: list[tuple[str, ...]]) -> None:
    smallest = min(sets, key=lambda names: (len(names), names))
    if smallest:
        assert told[side, person].reason == Reason.BARRED_BY_RULES
        assert told[side, person].rules == smallest
    elif (side, person) in told:
        assert told[side, person].reason == Reason.ALL_TAKEN


def test_whoever_has_only_forbidden_partners_learns_so() -> None:
    pool, terms = pools.pool(pools.Shape(6, 3, 9), seed=3), pools.terms(rules=())
    mentee = pool.mentees[0].id
    forbidden = frozenset((mentee, mentor.id) for mentor in pool.mentors)
    found = compute(pool, terms, seed=1, forbidden=forbidden)
    assert [(one.reason, one.rules) for one in found.unmatched if one.participant == mentee] == [
        (Reason.BARRED_BY_RULES, ("forbidden",))
    ]
    forbidden = frozenset((one.id, pool.mentors[0].id) for one in pool.mentees)
    found = compute(pool, terms, seed=1, forbidden=forbidden)
    assert [one.rules for one in found.unmatched if one.participant == pool.mentors[0].id] == [("forbidden",)]


def test_whoever_falls_short_of_the_minimum_learns_so() -> None:
    pool = pools.pool(pools.Shape(6, 3, 9), seed=3)
    terms = pools.terms(objective=Objective.SCORE_FIRST, minimum_score=10_000, rules=())
    found = compute(pool, terms, seed=1)
    assert {one.reason for one in found.unmatched} == {Reason.BELOW_MINIMUM}
    assert len(found.unmatched) == 9


def test_where_places_are_few_the_rest_learn_that_all_are_taken() -> None:
    found = compute(pools.pool(pools.Shape(30, 5, 5), seed=3), pools.terms(rules=()), seed=1)
    left = [one for one in found.unmatched if one.side is Side.MENTEE]
    assert {one.reason for one in left} == {Reason.ALL_TAKEN}
    assert found.totals.placed + len(left) == 30


def test_the_figures_are_those_of_the_pairs() -> None:
    pool, terms = pools.pool(pools.Shape(100, 60, 120), seed=8), pools.terms()
    compiled = Compiled(pool, terms)
    outcome = compute(pool, terms, seed=1)
    scores = sorted(one.score for one in outcome.found)
    told = outcome.totals
    assert (told.worst, told.mean, told.total) == (scores[0], sum(scores) // len(scores), sum(scores))
    assert told.fifth == scores[(len(scores) - 1) // 20]
    assert told.top_three == sum(one.rank <= 3 for one in outcome.found)
    rows = compiled.scores(np.arange(100))
    for one in outcome.found:
        mentee, mentor = compiled.mentee_index[one.mentees[0]], compiled.mentor_index[one.mentors[0]]
        assert one.rank == 1 + (rows[mentee] > one.score).sum()
        exact = compiled.score(mentee, mentor)
        assert (one.score, one.parts, one.answered) == (exact.score, exact.parts, exact.answered)


@pytest.mark.parametrize("objective", [Objective.PLACED_FIRST, Objective.SCORE_FIRST])
def test_solving_again_gives_what_a_run_from_the_beginning_gives(objective: Objective) -> None:
    pool, terms = pools.pool(pools.Shape(120, 70, 140), seed=11), pools.terms(objective=objective)
    assert_same_again(pool, terms, Random(1), turns=12)


@pytest.mark.parametrize("seed", range(25))
def test_solving_again_is_exact_for_any_people(seed: int) -> None:
    draw = Random(seed)
    objective = draw.choice((Objective.PLACED_FIRST, Objective.SCORE_FIRST))
    minimum, bonus = draw.choice((0, 3_000)), draw.choice((0, 2_000))
    terms = strangers.terms(draw, objective=objective, minimum_score=minimum, incumbent_bonus=bonus)
    assert_same_again(small(seed, 12, 9), terms, draw, turns=6)


def assert_same_again(pool: Pool, terms: Terms, draw: Random, turns: int) -> None:
    compiled = Compiled(pool, terms)
    scores = compiled.scores(np.arange(len(compiled.mentees)))
    possible = [(int(at), int(to)) for at, to in np.argwhere(scores >= 0)]
    before = frozenset(
        (compiled.mentees[at].id, compiled.mentors[to].id)
        for at, to in draw.sample(possible, len(possible) // 4)
    )
    bulk = Bulk(pool, terms, 5, before)
    for _ in range(turns):
        drawn = draw.sample(possible, min(len(possible), draw.randint(0, 4)))
        named = [(compiled.mentees[at].id, compiled.mentors[to].id) for at, to in drawn]
        fit = [pair for at, pair in enumerate(named) if pair[0] not in {one for one, _ in named[:at]}]
        locked = frozenset(fit[:1])
        forbidden = frozenset(named) - locked | frozenset(sorted(pairs(bulk.solve()))[:1]) - locked
        assert bulk.solve(locked=locked, forbidden=forbidden) == compute(
            pool, terms, seed=5, locked=locked, forbidden=forbidden, incumbents=before
        )


def test_whoever_has_all_their_best_forbidden_gets_the_next() -> None:
    pool, terms = pools.pool(pools.Shape(2_100, 2_000, 4_000), seed=5), pools.terms()
    compiled = Compiled(pool, terms)
    ranked = np.argsort(-compiled.row(0).astype(int))[:200].tolist()
    forbidden = frozenset((compiled.mentees[0].id, compiled.mentors[mentor].id) for mentor in ranked)
    bulk = Bulk(pool, terms, seed=1)
    bulk.solve()
    found = bulk.solve(forbidden=forbidden)
    assert found.totals.placed == 2_100
    assert found == compute(pool, terms, seed=1, forbidden=forbidden)


@pytest.mark.parametrize("objective", [Objective.PLACED_FIRST, Objective.SCORE_FIRST])
@pytest.mark.parametrize(
    "shape", [pools.Shape(90, 70, 100), pools.Shape(160, 60, 90), pools.Shape(70, 90, 90)]
)
def test_a_pool_too_large_to_be_held_finds_the_same(
    shape: pools.Shape, objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From three edges a person, rows computed again whenever they are asked for, proven over all pairs."""
    pool, terms = pools.pool(shape, seed=7), pools.terms(objective=objective)
    first = compute(pool, terms, seed=1)
    forbidden = frozenset(pairs(first))
    second = compute(pool, terms, seed=1, forbidden=forbidden)
    monkeypatch.setattr(grid, "HELD", 0)
    monkeypatch.setattr(edges, "BEST_OF_MANY", 3)
    monkeypatch.setattr(settling, "ENOUGH", 10**9)
    monkeypatch.setattr(settling, "FEW_ROUNDS", 40)
    monkeypatch.setattr(sweep, "SAMPLE", 8)
    bulk = Bulk(pool, terms, seed=1)
    assert bulk.solve() == first
    assert bulk.solve(forbidden=forbidden) == second


@pytest.mark.parametrize(("rounds", "enough", "gap"), [(1, 10**9, 0.2), (6, 20, 0.05)])
def test_a_pool_too_large_stops_where_it_is_proven_to_be_near(
    rounds: int, enough: int, gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, terms = pools.pool(pools.Shape(160, 60, 200), seed=7), pools.terms()
    exact = compute(pool, terms, seed=1).totals
    monkeypatch.setattr(grid, "HELD", 0)
    monkeypatch.setattr(edges, "BEST_OF_MANY", 3)
    monkeypatch.setattr(settling, "ENOUGH", enough)
    monkeypatch.setattr(settling, "FEW_ROUNDS", rounds)
    monkeypatch.setattr(outcome, "_REMEMBERED", 0)
    found = compute(pool, terms, seed=1).totals
    assert (found.placed, found.worst) == (exact.placed, exact.worst)
    assert found.total <= exact.total <= found.bound
    assert found.gap <= gap


def test_progress_is_told_and_whoever_hears_it_can_stop() -> None:
    pool, told = pools.pool(pools.Shape(200, 100, 200), seed=1), list[tuple[str, int, int]]()
    compute(pool, pools.terms(), seed=1, on_progress=lambda *now: told.append(now))
    assert told[-1][1] == told[-1][2]

    def stop(stage: str, done: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        compute(pool, pools.terms(), seed=1, on_progress=stop)


def test_impossible_rules_leave_everybody_barred() -> None:
    pool = pools.pool(pools.Shape(20, 10, 20), seed=1)
    nowhere = tuple(replace(one, location=None) for one in pool.mentees)
    found = compute(replace(pool, mentees=nowhere), pools.terms(rules=(HardRule.SAME_LOCATION,)), seed=1)
    assert {(one.reason, one.rules) for one in found.unmatched} == {
        (Reason.BARRED_BY_RULES, (HardRule.SAME_LOCATION.value,))
    }
    assert len(found.unmatched) == 30
