"""Suggestions: by score minus price, so that not everybody asks the same few."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest

from domain.ids import ParticipantId
from domain.pairing.compiled import Compiled
from domain.pairing.suggest import prices, suggest
from tests.domain.pairing import pools
from tests.domain.pairing.pools import Shape


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return Compiled(pools.pool(Shape(400, 160, 480), 2), pools.terms())


def test_without_prices_the_best_scores_come_first(compiled: Compiled) -> None:
    row = compiled.row(0)
    found = suggest(compiled, compiled.mentees[0].id, {}, 7)
    assert [one.score for one in found] == np.sort(row)[::-1][:7].tolist()


def test_a_price_moves_a_mentor_down_and_shows_the_plain_score(compiled: Compiled) -> None:
    dear = prices(compiled)
    for mentee in compiled.mentees[:20]:
        found = suggest(compiled, mentee.id, dear, 6)
        worth = [one.score - dear[one.mentor] for one in found]
        row = compiled.row(compiled.mentee_index[mentee.id])
        every = sorted(
            (
                int(score) - dear[mentor.id]
                for mentor, score in zip(compiled.mentors, row, strict=True)
                if score >= 0
            ),
            reverse=True,
        )
        assert worth == every[:6]
        assert all(one.price == dear[one.mentor] for one in found)


def test_a_suggestion_says_what_it_rests_on(compiled: Compiled) -> None:
    mentee = next(one for one in compiled.mentees if len(one.wishes) > 1)
    best = suggest(compiled, mentee.id, {}, 1)[0]
    exact = compiled.score(compiled.mentee_index[mentee.id], compiled.mentor_index[best.mentor])
    assert (best.score, best.parts, best.answered) == (exact.score, exact.parts, exact.answered)
    assert {one.wish for one in best.coverage} == set(mentee.wishes)


def test_only_the_eligible_are_suggested(compiled: Compiled) -> None:
    at = 3
    found = suggest(compiled, compiled.mentees[at].id, {}, 1_000)
    assert len(found) == (compiled.row(at) >= 0).sum()
    assert not any(compiled.failed(at, compiled.mentor_index[one.mentor]) for one in found)


def test_prices_spread_the_first_requests(compiled: Compiled) -> None:
    raw, priced = over_capacity(compiled, {}), over_capacity(compiled, prices(compiled))
    assert raw > 2 * priced


def over_capacity(compiled: Compiled, dear: Mapping[ParticipantId, int]) -> int:
    """How many first requests ask for places that are not there."""
    asked = Counter(suggest(compiled, mentee.id, dear, 1)[0].mentor for mentee in compiled.mentees)
    return sum(
        max(0, asked[mentor.id] - int(places))
        for mentor, places in zip(compiled.mentors, compiled.mentor_places, strict=True)
    )
