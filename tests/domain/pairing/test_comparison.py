"""What-ifs beside each other on one frozen pool."""

from typing import Any

from domain.matching_settings import Objective
from domain.pairing.bulk import compute
from domain.pairing.comparison import compare, figures
from domain.pairing.groups import compute_groups
from domain.pairing.pool import Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, Size
from tests.domain.pairing.tables import Table, one, pool_of, terms_of

# Ada has one place: Noor would be worth most with her, but then Kai is without.
TABLE: Table = {("noor", "ada"): 9_000, ("noor", "max"): 1_000, ("kai", "ada"): 2_000}
POOL = pool_of(TABLE)
PLACED = terms_of()
SCORED = terms_of(objective=Objective.SCORE_FIRST, minimum_score=0)


def test_the_figures_of_one_outcome() -> None:
    told = figures(POOL, PLACED, compute(POOL, PLACED, 1))
    assert (told.placed, told.total, told.worst, told.fifth, told.mean) == (2, 3_000, 1_000, 1_000, 1_500)
    assert told.company == {one("noor"): {one("max")}, one("kai"): {one("ada")}}
    assert told.short == {"need-kai": 1, "need-noor": 1}
    assert told.impact == {}


def test_what_another_objective_would_change() -> None:
    before, after = (figures(POOL, terms, compute(POOL, terms, 1)) for terms in (PLACED, SCORED))
    (told,) = compare(before, [after])
    assert told.figures is after
    assert (told.placed, told.total, told.worst, told.fifth, told.mean) == (-1, 6_000, 8_000, 8_000, 7_500)
    # Noor has another mentor, Kai none any more
    assert told.moved == 2
    assert told.short == {"need-kai": 0, "need-noor": 0}


def test_beside_itself_nothing_changes() -> None:
    told = figures(POOL, PLACED, compute(POOL, PLACED, 1))
    (same,) = compare(told, [told])
    assert (same.placed, same.total, same.moved, same.worst) == (0, 0, 0, 0)


def test_where_one_places_nobody_their_scores_cannot_be_compared() -> None:
    nobody = terms_of(objective=Objective.SCORE_FIRST, minimum_score=10_000)
    before, after = (figures(POOL, terms, compute(POOL, terms, 1)) for terms in (PLACED, nobody))
    (told,) = compare(before, [after])
    assert (told.placed, told.worst, told.mean) == (-2, None, None)


def crowd() -> Pool:
    """Five of the north with high scores, five of the south with low ones, and Ada with five places."""
    table = {
        (f"{home} {at}", "ada"): score
        for home, score in (("north", 9_000), ("south", 4_000))
        for at in range(5)
    }
    homes: dict[str, Any] = {name: {"groups": {"home": name.partition(" ")[0]}} for name, _ in table}
    return pool_of(table, places={"ada": 5}, **homes)


def test_impact_ratios_are_compared_by_group() -> None:
    pool, south = crowd(), (("home", "south"),)
    locked = frozenset((one(f"south {at}"), one("ada")) for at in range(5))
    before = figures(pool, PLACED, compute(pool, PLACED, 1))
    after = figures(pool, PLACED, compute(pool, PLACED, 1, locked=locked))
    assert before.impact == {(("home", "north"),): 10_000, south: 0}
    (told,) = compare(before, [after])
    assert told.impact == {(("home", "north"),): -10_000, south: 10_000}


def test_without_a_ratio_there_is_no_difference() -> None:
    pool = crowd()
    nobody = terms_of(objective=Objective.SCORE_FIRST, minimum_score=10_000)
    before, after = (figures(pool, terms, compute(pool, terms, 1)) for terms in (nobody, PLACED))
    assert set(before.impact.values()) == {None}
    assert set(compare(before, [after])[0].impact.values()) == {None}


def circles(least: int, most: int) -> Terms:
    return terms_of(Kind.PEER, sizes=(Size(least=0), Size(least=least, most=most)))


def test_who_sits_with_other_peers_has_moved() -> None:
    pool = pool_of({}, mentees=("noor", "kai", "lea"))
    three, two = (
        figures(pool, terms, compute_groups(pool, terms, 1)) for terms in (circles(3, 3), circles(2, 2))
    )
    assert compare(three, [two])[0].moved == 3
