"""Recruitment: what is lacking worked by hand, beside an independent assignment and runs with one place
more.
"""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from domain.matching_settings import Objective
from domain.pairing.bulk import compute
from domain.pairing.groups import compute_groups
from domain.pairing.marginal import one_more_place
from domain.pairing.pool import Person, Pool
from domain.pairing.recruitment import Shortage, recruitment, short
from domain.pairing.terms import Terms
from domain.program_settings import Kind, Size
from tests.domain.pairing.tables import Table, one, pair, pool_of, terms_of

TERMS = terms_of()


def mentee(name: str, **wishes: tuple[int, int]) -> Person:
    return Person(one(name), wishes=wishes)


def mentor(name: str, places: int, **offers: int) -> Person:
    return Person(one(name), places, offers=offers)


def shortages(pool: Pool, terms: Terms = TERMS) -> dict[str, Shortage]:
    return {found.competency: found for found in recruitment(pool, terms, compute(pool, terms, 1))}


POOL = Pool(
    (
        mentee("noor", chess=(3, 1), go=(1, 5)),
        mentee("kai", chess=(5, 2)),
        mentee("lea", chess=(2, 3), ballet=(1, 1)),
        mentee("bo", go=(1, 1)),
    ),
    (mentor("ada", 1, chess=5), mentor("max", 1, chess=2, go=4)),
)


def test_demand_places_and_what_is_short_by_level() -> None:
    """Three wish for chess at 2, 3 and 5; one place is at 5 and one at 2: one of them goes without."""
    chess = shortages(POOL)["chess"]
    assert (chess.demand, chess.wishing, chess.places, chess.short) == (5 + 4 + 3, 3, 2, 1)
    go = shortages(POOL)["go"]
    assert (go.demand, go.wishing, go.places, go.short) == (1 + 5, 2, 1, 1)


def test_what_stays_open_in_this_run_and_who_got_nobody() -> None:
    """Kai gets Ada, Bo gets Max: Noor and Lea are without, and with them three wishes."""
    found = shortages(POOL)
    assert (found["chess"].open, found["chess"].unmatched) == (2, 2)
    assert (found["go"].open, found["go"].unmatched) == (1, 1)
    assert (found["chess"].places_more, found["go"].places_more) == (1, 1)


def test_what_lacks_most_comes_first() -> None:
    pool = Pool(
        (mentee("noor", rare=(1, 1), usual=(1, 1)), mentee("kai", usual=(1, 1))), (mentor("ada", 3, usual=1),)
    )
    assert [found.competency for found in recruitment(pool, TERMS, compute(pool, TERMS, 1))] == [
        "rare",
        "usual",
    ]
    assert shortages(pool)["rare"] == Shortage(
        "rare", demand=5, wishing=1, places=0, short=1, open=1, unmatched=0, places_more=0
    )


def test_where_everybody_is_placed_one_place_more_places_nobody() -> None:
    pool = Pool((mentee("noor", chess=(1, 1)),), (mentor("ada", 2, chess=1),))
    assert shortages(pool)["chess"].places_more == 0


def test_other_objectives_do_not_count_people() -> None:
    assert shortages(POOL, terms_of(objective=Objective.SCORE_FIRST))["chess"].places_more is None


def test_in_groups_a_place_is_a_seat_and_peers_fulfil_wishes_too() -> None:
    hosted = terms_of(Kind.GROUP, sizes=(Size(), Size(least=2, most=3)))
    found = {one.competency: one for one in recruitment(POOL, hosted, compute_groups(POOL, hosted, 1))}
    assert (found["chess"].places, found["chess"].places_more, found["go"].places) == (6, None, 3)
    peers = terms_of(Kind.PEER, sizes=(Size(least=0), Size(least=2, most=3)))
    noor, kai = mentee("noor", chess=(2, 1)), Person(one("kai"), offers={"chess": 2})
    lone = Pool((noor, kai), ())
    (chess,) = recruitment(lone, peers, compute_groups(lone, peers, 1))
    assert (chess.short, chess.open, chess.unmatched) == (1, 0, 0)


def test_nobody_wishes_anything() -> None:
    assert recruitment(Pool((), ()), TERMS, compute(Pool((), ()), TERMS, 1)) == ()


_LEVELS = st.integers(1, 5)


@drawn(st.lists(_LEVELS, min_size=1, max_size=8), st.lists(st.tuples(_LEVELS, st.integers(0, 3)), max_size=5))
def test_what_is_short_is_what_the_best_assignment_leaves(
    wished: list[int], offered: list[tuple[int, int]]
) -> None:
    seats = [level for level, places in offered for _ in range(places)]
    if not seats:
        assert short(wished, offered) == len(wished)
        return
    fits = csr_array(np.array([[seat >= level for seat in seats] for level in wished], dtype=np.int8))
    matched = maximum_bipartite_matching(fits, perm_type="column")
    assert short(wished, offered) == int((matched < 0).sum())


@pytest.mark.parametrize("seed", range(20))
def test_one_place_more_places_one_more_exactly_where_it_says_so(seed: int) -> None:
    draw = Random(seed)
    table: Table = {
        (f"mentee {a}", f"mentor {b}"): draw.randint(0, 10_000)
        for a in range(8)
        for b in range(5)
        if draw.random() < 0.3
    }
    pool = pool_of(table, **_named(draw, table))
    before = compute(pool, TERMS, seed).totals.placed
    more = {
        mentor.id: compute(one_more_place(pool, mentor.id), TERMS, seed).totals.placed - before
        for mentor in pool.mentors
    }
    for found in shortages(pool).values():
        offering = [more[one.id] for one in pool.mentors if found.competency in one.offers]
        assert found.places_more == max(offering, default=0)


@pytest.mark.parametrize("seed", range(20))
def test_it_heeds_what_is_locked_and_forbidden_and_counts_people(seed: int) -> None:
    """Some mentees could have two mentors: a second one places nobody more."""
    draw = Random(seed)
    table: Table = {
        (f"mentee {a}", f"mentor {b}"): 5_000 for a in range(7) for b in range(5) if draw.random() < 0.4
    }
    pool = pool_of(table, **_named(draw, table, places=2))
    pairs = [pair(*names) for names in table]
    locked, forbidden = frozenset(pairs[:1]), frozenset(draw.sample(pairs[1:], 4))
    solve: Any = lambda pool: compute(pool, TERMS, seed, locked=locked, forbidden=forbidden)
    before = solve(pool)
    more = {
        mentor.id: solve(one_more_place(pool, mentor.id)).totals.placed - before.totals.placed
        for mentor in pool.mentors
    }
    for found in recruitment(pool, TERMS, before, forbidden=forbidden):
        offering = [more[one.id] for one in pool.mentors if found.competency in one.offers]
        assert found.places_more == max(offering, default=0)


def _named(draw: Random, table: Table, places: int = 1) -> dict[str, Any]:
    """Everybody wishes for one of three things, beside what the table says; a mentor offers one."""
    mentees, mentors = sorted({a for a, _ in table}), sorted({b for _, b in table})
    wishes: dict[str, Any] = {
        name: {"wishes": {draw.choice("xyz"): (1, 1)}, "places": draw.randint(1, places)} for name in mentees
    }
    offers: dict[str, Any] = {name: {"offers": {draw.choice("xyz"): 1}} for name in mentors}
    return {**wishes, **offers}
