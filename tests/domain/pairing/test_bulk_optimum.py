"""Runs against independent answers: every pairing of tiny pools, and SciPy's assignment."""

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from domain.matching_settings import Objective
from domain.pairing import flow
from domain.pairing.bulk import compute
from domain.pairing.compiled import Compiled
from domain.pairing.edges import Edges
from domain.pairing.marks import Marks
from tests.domain.pairing import pools, strangers
from tests.domain.pairing.strangers import small

Pairing = tuple[tuple[int, int], ...]


def every_pairing(compiled: Compiled, mentee: int = 0) -> Iterator[Pairing]:
    if mentee == len(compiled.mentees):
        yield ()
        return
    scores = compiled.scores(np.arange(len(compiled.mentees)))
    yield from pairings(scores, list(compiled.mentor_places), mentee)


def pairings(scores: Any, places: list[int], mentee: int) -> Iterator[Pairing]:
    if mentee == len(scores):
        yield ()
        return
    yield from pairings(scores, places, mentee + 1)
    for mentor, score in enumerate(scores[mentee]):
        if score >= 0 and places[mentor] > 0:
            left = [*places[:mentor], places[mentor] - 1, *places[mentor + 1 :]]
            yield from (((mentee, mentor), *rest) for rest in pairings(scores, left, mentee + 1))


def placed_first(compiled: Compiled) -> tuple[int, int, int]:
    def worth(pairing: Pairing) -> tuple[int, int, int]:
        scores = [compiled.score(*pair).score for pair in pairing]
        return len(pairing), min(scores, default=0), sum(scores)

    return max(map(worth, every_pairing(compiled)))


@pytest.mark.parametrize("seed", range(30))
def test_most_are_placed_then_the_worst_raised_then_the_total(seed: int) -> None:
    pool, terms = small(seed), strangers.terms(Random(seed), objective=Objective.PLACED_FIRST)
    found = compute(pool, terms, seed=1).totals
    assert (found.placed, found.worst or 0, found.total) == placed_first(Compiled(pool, terms))
    assert found.bound == found.total


@pytest.mark.parametrize("seed", range(30))
def test_score_first_gives_the_highest_total_of_pairs_that_reach_the_minimum(seed: int) -> None:
    pool = small(seed)
    terms = strangers.terms(Random(seed), objective=Objective.SCORE_FIRST, minimum_score=4_000)
    compiled = Compiled(pool, terms)
    totals = (
        sum(compiled.score(*pair).score for pair in pairing)
        for pairing in every_pairing(compiled)
        if all(compiled.score(*pair).score >= 4_000 for pair in pairing)
    )
    found = compute(pool, terms, seed=1)
    assert found.totals.total == found.totals.bound == max(totals)
    assert all(one.score >= 4_000 for one in found.found)


@pytest.mark.parametrize(("mentees", "mentors"), [(60, 60), (150, 90), (300, 400)])
def test_the_total_is_that_of_an_independent_solver(mentees: int, mentors: int) -> None:
    pool = pools.pool(pools.Shape(mentees, mentors, mentors), seed=mentees)
    terms = pools.terms(objective=Objective.SCORE_FIRST, minimum_score=0)
    compiled = Compiled(pool, terms)
    scores = np.repeat(compiled.scores(np.arange(mentees)), compiled.mentor_places, axis=1)
    at, to = linear_sum_assignment(np.maximum(scores, 0), maximize=True)
    found = compute(pool, terms, seed=3).totals
    assert found.total == found.bound == np.maximum(scores[at, to], 0).sum()


@pytest.mark.parametrize("objective", [Objective.PLACED_FIRST, Objective.SCORE_FIRST])
@pytest.mark.parametrize("seed", range(12))
def test_an_independent_solver_finds_the_same_pairs(
    seed: int, objective: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being placed outweighs all scores, scores all marks: in doubles, so the marks must be short."""
    monkeypatch.setattr(flow, "mark_bits", lambda nodes: 20)
    pool = small(seed, mentees=24, mentors=14)
    terms = strangers.terms(Random(seed), objective=objective, minimum_score=0)
    compiled, found = Compiled(pool, terms), compute(pool, terms, seed=seed)
    at, to = (side.reshape(-1) for side in np.indices((24, 14)))
    scores = compiled.scores(np.arange(24)).astype(np.int64)
    marks = Marks(compiled.mentees, compiled.mentors, seed).of(Edges(at, to, scores.reshape(-1)), 20)
    worth = (scores << 25) + marks.reshape(24, 14)
    least = 0
    if objective is Objective.PLACED_FIRST:
        worth, least = worth + (1 << 45), found.totals.worst or 0
    worth = np.where(scores >= least, worth, 0)
    mentor_of = np.repeat(np.arange(14), compiled.mentor_places)
    rows, columns = linear_sum_assignment(worth[:, mentor_of], maximize=True)
    taken = [(row, mentor_of[column]) for row, column in zip(rows, columns, strict=True)]
    assert {(*one.mentees, *one.mentors) for one in found.found} == {
        (compiled.mentees[one].id, compiled.mentors[other].id) for one, other in taken if worth[one, other]
    }


def test_a_large_pool_is_proven_over_all_pairs() -> None:
    """Above 4 million pairs only the best of each person are looked at first."""
    pool = pools.pool(pools.Shape(2_100, 2_000, 2_000), seed=5)
    terms = pools.terms(objective=Objective.SCORE_FIRST, minimum_score=0)
    compiled = Compiled(pool, terms)
    scores = np.repeat(compiled.scores(np.arange(2_100)), compiled.mentor_places, axis=1)
    at, to = linear_sum_assignment(np.maximum(scores, 0), maximize=True)
    found = compute(pool, terms, seed=3).totals
    assert found.total == found.bound == np.maximum(scores[at, to], 0).sum()
