"""Rows of scores are the definition, computed faster: every pair is asked both ways."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from domain.matching_settings import Criterion, HardRule
from domain.pairing.compiled import Compiled
from domain.pairing.pool import Pool
from tests.domain.pairing import pools, strangers


@pytest.mark.parametrize("seed", range(40))
def test_rows_equal_the_definition(seed: int) -> None:
    compiled = Compiled(strangers.pool(9, 11, seed), strangers.terms(Random(seed)))
    assert_same(compiled)


@pytest.mark.parametrize("criterion", tuple(Criterion))
def test_rows_of_one_criterion_equal_the_definition(criterion: Criterion) -> None:
    terms = pools.terms(weights={criterion: 10_000}, rules=())
    assert_same(Compiled(strangers.pool(12, 12, 3), terms))


@pytest.mark.parametrize("rule", tuple(HardRule))
def test_rows_under_one_rule_equal_the_definition(rule: HardRule) -> None:
    assert_same(Compiled(strangers.pool(12, 12, 4), pools.terms(rules=(rule,))))


def assert_same(compiled: Compiled) -> None:
    rows = compiled.scores(np.arange(len(compiled.mentees)))
    for mentee in range(len(compiled.mentees)):
        for mentor in range(len(compiled.mentors)):
            failed = compiled.failed(mentee, mentor)
            plain = -1 if failed else compiled.score(mentee, mentor).score
            assert rows[mentee, mentor] == plain, (mentee, mentor, failed)


def test_a_block_comes_in_the_order_asked_for() -> None:
    compiled = Compiled(strangers.pool(9, 11, 1), pools.terms())
    whole = compiled.scores(np.arange(9))
    assert (compiled.scores(np.array([7, 2, 7])) == whole[[7, 2, 7]]).all()
    assert (compiled.row(4) == whole[4]).all()


def test_the_order_in_which_people_come_does_not_matter() -> None:
    pool = strangers.pool(9, 11, 2)
    turned = replace(pool, mentees=pool.mentees[::-1], mentors=pool.mentors[::-1])
    one, other = Compiled(pool, pools.terms()), Compiled(turned, pools.terms())
    assert one.mentees == other.mentees
    assert dict(one.mentor_index) == dict(other.mentor_index)
    assert (one.scores(np.arange(9)) == other.scores(np.arange(9))).all()


def test_an_empty_side_makes_empty_rows() -> None:
    pool = strangers.pool(3, 3, 1)
    assert Compiled(Pool((), pool.mentors), pools.terms()).scores(np.arange(0)).shape == (0, 3)
    assert Compiled(Pool(pool.mentees, ()), pools.terms()).scores(np.arange(3)).shape == (3, 0)


def test_a_score_tells_its_parts() -> None:
    pool = pools.pool(pools.Shape(4, 4, 4), 1)
    found = Compiled(pool, pools.terms()).score(0, 0)
    assert found.answered == found.asked == len(found.parts) == 5
    assert found.mentee_score is not None
