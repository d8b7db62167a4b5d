"""Looking only at who can score enough finds the same as looking at everybody."""

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.matching_settings import Criterion, Weight
from domain.pairing import sweep
from domain.pairing.compiled import Compiled
from domain.pairing.edges import Plain
from domain.pairing.narrow import Pairs
from tests.domain.pairing import pools, strangers
from tests.domain.pairing.pools import Shape

PERSONAL = {Criterion.WISH, Criterion.COMMON_GROUND, Criterion.BIOGRAPHY}


def compiled_of(seed: int, mentees: int = 40, mentors: int = 30) -> Compiled:
    """Any rules, mentors with wishes of their own; of every third pool more than competencies is personal."""
    draw = Random(seed)
    among = [one for one in Criterion if seed % 3 == 0 or one not in PERSONAL]
    criteria = draw.sample(among, draw.randint(1, len(among)))
    parts = [draw.randint(1, 800) for _ in criteria]
    parts[0] += 10_000 - sum(parts)
    weights = tuple(Weight(criterion=name, parts=part) for name, part in zip(criteria, parts, strict=True))
    return Compiled(strangers.pool(mentees, mentors, seed), strangers.terms(draw, weights=weights))


def met(found: list[Pairs], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The scores that were found; -1 elsewhere."""
    scores = np.full(shape, -1, np.int64)
    for pairs in found:
        scores[pairs.mentees, pairs.mentors] = pairs.scores
    return scores


@pytest.mark.parametrize("seed", range(36))
def test_nobody_who_scores_enough_is_passed_over(seed: int) -> None:
    compiled = compiled_of(seed)
    exact = compiled.scores(np.arange(40)).astype(np.int64)
    draw = np.random.default_rng(seed)
    floors, costs = draw.integers(0, 9_000, 40), draw.integers(0, 2_000, 30)

    class Costly(Plain):
        def needed(self, floor: int) -> NDArray[np.int64]:
            return floor + costs

    found = [pairs for _, pairs in compiled.sweep.above(np.arange(40), Costly(floors, 30))]
    scores = met(found, exact.shape)
    enough = (exact >= 0) & (exact >= floors[:, np.newaxis] + costs)
    assert (scores[enough] == exact[enough]).all()
    assert ((scores == exact) | (scores == -1)).all()


@pytest.mark.parametrize("seed", range(36))
def test_what_the_best_reach_is_never_told_too_high(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "SAMPLE", 10)
    compiled, out = compiled_of(seed), np.arange(30) % 5 == 0
    exact = compiled.scores(np.arange(40))[:, ~out]
    for mentees, floors in compiled.sweep.floors(np.arange(40), 3, out):
        best = np.sort(exact[mentees], axis=1)
        assert (floors.certain <= best[:, -3]).all()
        assert (floors.likely <= best[:, -1]).all()


def test_more_than_competencies_is_personal() -> None:
    told = [compiled_of(seed).sweep.narrow is None for seed in range(36)]
    assert any(told)
    assert not all(told)


def test_where_too_much_is_wished_everybody_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, terms = pools.pool(Shape(60, 40, 80), 1), pools.terms()
    held = Compiled(pool, terms)
    monkeypatch.setattr(sweep, "CELLS", 0)
    estimated = Compiled(pool, terms)
    assert estimated.sweep.narrow is None
    asked = Plain(np.full(60, 8_000, np.int64), 40)
    one, other = (
        met([pairs for _, pairs in compiled.sweep.above(np.arange(60), asked)], (60, 40))
        for compiled in (held, estimated)
    )
    assert (one == other).all()


def test_what_wishes_reach_is_made_again_after_a_rest() -> None:
    compiled = Compiled(pools.pool(Shape(60, 40, 80), 1), pools.terms())
    asked = Plain(np.full(60, 8_000, np.int64), 40)
    before = met([pairs for _, pairs in compiled.sweep.above(np.arange(60), asked)], (60, 40))
    compiled.sweep.rest()
    after = met([pairs for _, pairs in compiled.sweep.above(np.arange(60), asked)], (60, 40))
    assert (before == after).all()
