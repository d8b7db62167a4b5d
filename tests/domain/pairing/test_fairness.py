"""Fairness: rates, ratios and exposure worked by hand; who is too few is not told of, by no way round."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.matching_settings import WHOLE, Criterion, Weight
from domain.pairing.bulk import compute
from domain.pairing.fairness import Change, FairnessReport, Without, fairness, without
from domain.pairing.groups import compute_groups
from domain.pairing.pool import Person, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, Size
from domain.rates import rate, ratio
from tests.domain.pairing import pools
from tests.domain.pairing.tables import one, pool_of, terms_of

NORTH, SOUTH = ("home", "north"), ("home", "south")
OLD, YOUNG = ("age", "old"), ("age", "young")
TERMS = terms_of()


def crowd(name: str, count: int, groups: Mapping[str, str], **facts: object) -> tuple[Person, ...]:
    return tuple(Person(one(f"{name} {at}"), groups=groups, **facts) for at in range(count))  # type: ignore[arg-type]  # by name


def company() -> Pool:
    """Ten of the north and ten of the south, fourteen places: those of the north have what two mentors
    offer.
    """
    north = crowd("north", 10, {"home": "north"}, wishes={"chess": (1, 1)}, waiting_days=10)
    south = crowd("south", 10, {"home": "south"}, wishes={"go": (1, 1)}, waiting_days=21)
    chess = crowd("chess", 5, {"home": "north"}, offers={"chess": 1}, places=2)
    go = crowd("go", 5, {"home": "south"}, offers={"go": 1}, places=1)
    return Pool((*north, *south), (*chess, *go))


def report_of(pool: Pool, terms: Terms = TERMS, **more: object) -> FairnessReport:
    return fairness(pool, terms, compute(pool, terms, 1), **more)  # type: ignore[arg-type]  # by name


def test_rates_scores_waits_and_ratios_by_group() -> None:
    north, south = report_of(company()).mentees
    assert (north.answers, north.n, north.placed, north.mean_score, north.mean_wait) == (
        (NORTH,), 10, rate(10, 10), 10_000, 10.0,
    )  # fmt: skip
    assert (south.answers, south.placed, south.top_three, south.mean_wait) == (
        (SOUTH,), rate(5, 10), rate(5, 10), 21.0,
    )  # fmt: skip
    assert north.placed_impact == ratio(north.placed, north.placed)
    assert south.placed_impact == ratio(south.placed, north.placed)
    assert south.placed_impact is not None
    assert (south.placed_impact.value, south.placed_impact.n, south.placed_impact.flagged) == (
        5_000,
        20,
        True,
    )


def test_a_report_names_the_groups_it_flags() -> None:
    assert report_of(company()).flagged == ((SOUTH,),)


def test_mentors_share_beside_their_exposure() -> None:
    """Ten mentees of the north see three chess players each, ten of the south three go players each."""
    north, south = report_of(company()).mentors
    assert (north.answers, north.n, north.share, north.exposure, north.placed) == (
        (NORTH,), 5, 5_000, 5_000, rate(5, 5),
    )  # fmt: skip
    assert (south.exposure, south.placed) == (5_000, rate(5, 5))


def test_who_says_nothing_is_too_few_to_be_reckoned() -> None:
    """Three say nothing: beside the whole, all the groups together would tell of them."""
    told = report_of(Pool((*company().mentees, *crowd("silent", 3, {})), company().mentors))
    assert [group.answers for group in told.mentees] == [(SOUTH,)]
    assert told.suppressed_mentees == ((NORTH,),)
    enough = report_of(Pool((*company().mentees, *crowd("silent", 5, {})), company().mentors))
    assert (len(enough.mentees), enough.suppressed_mentees) == (2, ())


def test_who_answers_one_of_two_questions_is_too_few_to_be_reckoned() -> None:
    """One of the north does not say how old: what the north has more than its ages together is that one."""
    said = [
        crowd(f"{home} {age}", 10, {"home": home, "age": age})
        for home in ("north", "south")
        for age in ("middle", "old", "young")
    ]
    lone = crowd("north", 1, {"home": "north"})
    silent = crowd("silent", 6, {})
    told = report_of(Pool((*chain(*said), *lone, *silent), company().mentors))
    alone = [group.answers for group in told.mentees if len(group.answers) == 1]
    crossed = [group.answers for group in told.mentees if len(group.answers) == 2]
    assert (len(alone), crossed) == (5, [(YOUNG, NORTH), (YOUNG, SOUTH)])


def test_prices_move_the_exposure() -> None:
    dear = {one(f"chess {at}"): 10_001 for at in range(5)}
    north, south = report_of(company(), prices=dear).mentors
    assert (north.exposure, south.exposure) == (0, 10_000)


def test_where_nobody_is_eligible_there_is_no_exposure() -> None:
    pool = pool_of({}, mentees=("noor",), mentors=tuple(f"mentor {at}" for at in range(5)))
    held = replace(pool, mentors=tuple(replace(mentor, groups={"home": "north"}) for mentor in pool.mentors))
    (north,) = report_of(held).mentors
    assert (north.share, north.exposure, north.placed_impact) == (10_000, 0, None)
    assert report_of(Pool((), ())) == FairnessReport((), (), (), ())


def test_nobody_placed_has_no_mean_score_and_no_ratio() -> None:
    pool = Pool(crowd("north", 5, {"home": "north"}), ())
    (north,) = report_of(pool).mentees
    assert (north.mean_score, north.placed_impact, north.top_three_impact) == (None, None, None)


def test_small_groups_are_left_out_and_so_is_the_one_that_would_give_them_away() -> None:
    people = (
        *crowd("a", 20, {"home": "north"}),
        *crowd("b", 9, {"home": "south"}),
        *crowd("c", 2, {"home": "west"}),
    )
    told = report_of(Pool(people, crowd("m", 3, {"home": "north"})))
    assert [group.answers for group in told.mentees] == [(NORTH,)]
    assert told.suppressed_mentees == ((SOUTH,), (("home", "west"),))
    assert (told.mentors, told.suppressed_mentors) == ((), ((NORTH,),))


def test_two_questions_at_once() -> None:
    sizes = {("north", "old"): 6, ("north", "young"): 7, ("south", "old"): 8, ("south", "young"): 9}
    people = [crowd(f"{home} {age}", n, {"home": home, "age": age}) for (home, age), n in sizes.items()]
    told = report_of(Pool(tuple(person for part in people for person in part), ()))
    assert {group.answers: group.n for group in told.mentees} == {
        (NORTH,): 13, (SOUTH,): 17, (OLD,): 14, (YOUNG,): 16,
        (OLD, NORTH): 6, (YOUNG, NORTH): 7, (OLD, SOUTH): 8, (YOUNG, SOUTH): 9,
    }  # fmt: skip


def test_one_small_crossing_hides_all_four() -> None:
    sizes = {("north", "old"): 4, ("north", "young"): 7, ("south", "old"): 8, ("south", "young"): 9}
    people = [crowd(f"{home} {age}", n, {"home": home, "age": age}) for (home, age), n in sizes.items()]
    told = report_of(Pool(tuple(person for part in people for person in part), ()))
    assert [group.answers for group in told.mentees] == [(OLD,), (YOUNG,), (NORTH,), (SOUTH,)]
    assert len(told.suppressed_mentees) == 4


@drawn(st.lists(st.tuples(st.sampled_from("nsw"), st.sampled_from("xyz")), max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_group_that_is_told_of_is_small(answers: list[tuple[str, str]]) -> None:
    people = tuple(
        Person(one(f"mentee {at}"), groups={"home": home, "age": age})
        for at, (home, age) in enumerate(answers)
    )
    told = report_of(Pool(people, ()))
    assert all(group.n >= 5 for group in told.mentees)
    by_home = [group.n for group in told.mentees if len(group.answers) == 1 and group.answers[0][0] == "home"]
    rest = len(people) - sum(by_home)
    assert rest == 0 or rest >= 5 or not by_home


def test_members_of_groups_count_by_their_own_scores_and_peers_have_no_rank() -> None:
    hosted = terms_of(Kind.GROUP, sizes=(Size(), Size(least=2, most=6)))
    table = {(f"mentee {at}", "ada"): 1_000 * (at + 1) for at in range(5)}
    changes: dict[str, Any] = {f"mentee {at}": {"groups": {"home": "north"}} for at in range(5)}
    pool = pool_of(table, **changes)
    (north,) = fairness(pool, hosted, compute_groups(pool, hosted, 1)).mentees
    assert (north.placed, north.top_three, north.mean_score) == (rate(5, 5), rate(5, 5), 3_000)
    peers = terms_of(Kind.PEER, sizes=(Size(least=0), Size(least=2, most=6)))
    lone = replace(pool, mentors=())
    (north,) = fairness(lone, peers, compute_groups(lone, peers, 1)).mentees
    assert (north.placed, north.top_three) == (rate(5, 5), rate(0, 5))


def test_of_several_mentors_the_best_counts() -> None:
    table = {
        (f"mentee {at}", host): score for at in range(5) for host, score in (("ada", 4_000), ("max", 6_000))
    }
    changes: dict[str, Any] = {f"mentee {at}": {"groups": {"home": "north"}, "places": 2} for at in range(5)}
    pool = pool_of(table, places={"ada": 5, "max": 5}, **changes)
    (north,) = report_of(pool).mentees
    assert north.mean_score == 6_000


TWO = (
    Weight(criterion=Criterion.COMPETENCIES, parts=6_000), Weight(criterion=Criterion.WISH, parts=4_000),
)  # fmt: skip


def test_with_and_without_each_criterion() -> None:
    """Ada has five places. Those of the north wish for what she offers, those of the south for herself."""
    north = crowd("north", 5, {"home": "north"}, wishes={"chess": (1, 1)})
    south = crowd("south", 5, {"home": "south"}, wishes={"go": (1, 1)}, wished=(one("ada"),))
    ada = Person(one("ada"), places=5, offers={"chess": 1})
    pool, terms = Pool((*north, *south), (ada,)), terms_of(weights=TWO)
    told = report_of(pool, terms, again=lambda changed: compute(pool, changed, 1))
    placed = {group.answers: group.placed.count for group in told.mentees}
    assert placed == {(NORTH,): 5, (SOUTH,): 0}
    assert told.without == (
        Without(Criterion.COMPETENCIES, (
            Change((NORTH,), (10_000, 0), (10_000, 0)), Change((SOUTH,), (0, 10_000), (0, 10_000)),
        )),
        Without(Criterion.WISH, (
            Change((NORTH,), (10_000, 10_000), (10_000, 10_000)), Change((SOUTH,), (0, 0), (0, 0)),
        )),
    )  # fmt: skip


def test_where_nobody_is_placed_a_change_of_the_ratio_is_none() -> None:
    pool, terms = Pool(crowd("north", 5, {"home": "north"}), ()), terms_of(weights=TWO)
    told = report_of(pool, terms, again=lambda changed: compute(pool, changed, 1))
    assert [change.placed for part in told.without for change in part.changes] == [(None, None)] * 2


def test_the_only_criterion_cannot_be_left_out() -> None:
    assert without(TERMS, Criterion.COMPETENCIES) is None
    assert report_of(company(), again=lambda _: pytest.fail("nothing is left to compute")).without == ()


@drawn(st.lists(st.integers(1, 1_000), min_size=2, max_size=12).map(tuple))
def test_the_other_weights_keep_their_proportions_and_make_a_whole(drawn_parts: tuple[int, ...]) -> None:
    criteria = list(Criterion)[: len(drawn_parts)]
    scaled = [WHOLE * part // sum(drawn_parts) or 1 for part in drawn_parts]
    scaled[scaled.index(max(scaled))] += WHOLE - sum(scaled)
    weights = tuple(Weight(criterion=name, parts=part) for name, part in zip(criteria, scaled, strict=True))
    changed = without(terms_of(weights=weights), criteria[0])
    assert changed is not None
    rest = sum(scaled[1:])
    assert sum(weight.parts for weight in changed.settings.weights) == WHOLE
    for weight, before in zip(changed.settings.weights, weights[1:], strict=True):
        assert weight.criterion == before.criterion
        assert abs(weight.parts * rest - WHOLE * before.parts) < rest


def test_the_report_of_a_shuffled_pool_is_the_same() -> None:
    pool, terms = pools.pool(pools.Shape(60, 30, 40), 1), pools.terms()
    answers = ("north", "south", "west")
    grouped = tuple(replace(m, groups={"home": answers[m.id.int % 3]}) for m in pool.mentees)
    pool = replace(pool, mentees=grouped)
    assert report_of(pool, terms) == report_of(pools.shuffled(pool, 2), terms)
