"""Groups and circles: worked by hand, beside every possible result, and what must hold of any."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.match_outcome import Reason
from domain.matching_settings import HardRule, Objective
from domain.pairing import grouping, hosting, locks
from domain.pairing.groups import compute_groups
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pair, Pool
from domain.pairing.terms import Terms
from domain.program_settings import Kind, Side, Size
from tests.domain.pairing import pools
from tests.domain.pairing.tables import Table, one, pair, pool_of, terms_of

ONE = Size()


def groups_of(least: int, most: int, mentors: Size = ONE, **settings: object) -> Terms:
    kind = Kind.GROUP if mentors.least else Kind.CIRCLE
    return terms_of(kind, sizes=(mentors, Size(least=least, most=most)), **settings)


def found(outcome: Outcome, *names: str) -> dict[str, set[str]]:
    """By host the members, by the names given; without a host, by the first of the group."""
    called = {one(name): name for name in names}
    return {
        called[(group.mentors or group.mentees)[0]]: {called[mentee] for mentee in group.mentees}
        for group in outcome.found
    }


def reasons(outcome: Outcome) -> dict[object, Reason]:
    return {left.participant: left.reason for left in outcome.unmatched}


# Noor, Kai and Lea do best with Ada, Bo with Max; but two are needed to fill a group, and Ada can take three.
FOUR: Table = {
    ("noor", "ada"): 9_000, ("kai", "ada"): 8_000, ("lea", "ada"): 7_000, ("bo", "ada"): 2_000,
    ("noor", "max"): 3_000, ("kai", "max"): 5_000, ("lea", "max"): 6_500, ("bo", "max"): 9_500,
}  # fmt: skip
NAMES = ("noor", "kai", "lea", "bo", "ada", "max")


def test_who_is_with_others_than_before_has_moved() -> None:
    """Noor stays with Ada, Bo goes from Ada to Max; of the mentor who is gone nothing is known."""
    before = frozenset({pair("noor", "ada"), pair("bo", "ada"), pair("lea", "gone")})
    assert compute_groups(pool_of(FOUR), groups_of(2, 3), 1, incumbents=before).totals.moved == 1


def test_everybody_sits_where_the_worst_off_and_then_all_together_do_best() -> None:
    outcome = compute_groups(pool_of(FOUR), groups_of(2, 3), 1)
    assert found(outcome, *NAMES) == {"ada": {"noor", "kai"}, "max": {"lea", "bo"}}
    assert (outcome.totals.placed, outcome.totals.total, outcome.totals.worst) == (4, 33_000, 6_500)
    assert (outcome.totals.places, outcome.totals.bound, outcome.totals.top_three) == (6, 33_500, 4)
    assert outcome.unmatched == ()


def test_a_group_says_the_mean_of_its_members_and_the_worst_rank() -> None:
    outcome = compute_groups(pool_of(FOUR), groups_of(4, 4), 1)
    (group,) = outcome.found
    assert group.mentors == (one("max"),)
    assert (group.score, group.rank) == ((3_000 + 5_000 + 6_500 + 9_500) // 4, 2)
    assert (group.answered, group.asked, group.locked) == (1, 1, False)
    assert group.parts == {"competencies": 6_000}
    assert reasons(outcome) == {one("ada"): Reason.GROUP_TOO_SMALL}


def test_who_is_left_over_by_a_group_that_cannot_be_filled_learns_why() -> None:
    table = {("noor", "ada"): 9_000, ("kai", "ada"): 8_000, ("bo", "max"): 9_500}
    outcome = compute_groups(pool_of(table), groups_of(2, 3), 1)
    assert found(outcome, *NAMES) == {"ada": {"noor", "kai"}}
    assert reasons(outcome) == {one("bo"): Reason.GROUP_TOO_SMALL, one("max"): Reason.GROUP_TOO_SMALL}


def test_who_finds_the_only_group_full_learns_why() -> None:
    table = {("noor", "ada"): 9_000, ("kai", "ada"): 8_000, ("bo", "ada"): 7_000}
    outcome = compute_groups(pool_of(table), groups_of(2, 2), 1)
    assert found(outcome, *NAMES) == {"ada": {"noor", "kai"}}
    assert reasons(outcome) == {one("bo"): Reason.ALL_TAKEN}


def test_who_is_barred_from_all_learns_the_rules() -> None:
    outcome = compute_groups(
        pool_of({("noor", "ada"): 1, ("kai", "ada"): 1}, mentees=("bo",)), groups_of(2, 2), 1
    )
    assert [(left.participant, left.reason, left.rules) for left in outcome.unmatched] == [
        (one("bo"), Reason.BARRED_BY_RULES, ("avoided",))
    ]


def test_a_mentor_barred_from_all_learns_the_rules() -> None:
    outcome = compute_groups(
        pool_of({("noor", "ada"): 1, ("kai", "ada"): 1}, mentors=("max",)), groups_of(2, 2), 1
    )
    assert [(left.participant, left.side, left.rules) for left in outcome.unmatched] == [
        (one("max"), Side.MENTOR, ("avoided",))
    ]


def test_a_closed_group_opens_again_where_others_can_spare_members() -> None:
    """Ada's two and Max's one: no group of two for Bo, unless Lea comes over from Ada's three."""
    table = {
        ("noor", "ada"): 9_000, ("kai", "ada"): 9_000, ("lea", "ada"): 9_000,
        ("lea", "max"): 1_000, ("bo", "max"): 9_000,
    }  # fmt: skip
    outcome = compute_groups(pool_of(table), groups_of(2, 3), 1)
    assert found(outcome, *NAMES) == {"ada": {"noor", "kai"}, "max": {"lea", "bo"}}


def test_with_the_score_first_a_pair_below_the_minimum_is_none() -> None:
    terms = groups_of(2, 3, objective=Objective.SCORE_FIRST, minimum_score=3_000)
    table = {**FOUR, ("zoe", "ada"): 2_999}
    outcome = compute_groups(pool_of(table), terms, 1)
    assert found(outcome, *NAMES) == {"ada": {"noor", "kai"}, "max": {"lea", "bo"}}
    assert reasons(outcome) == {one("zoe"): Reason.BELOW_MINIMUM}


def test_a_locked_mentee_is_with_that_host_and_a_forbidden_one_is_not() -> None:
    locked, forbidden = frozenset({pair("noor", "max")}), frozenset({pair("bo", "max")})
    outcome = compute_groups(pool_of(FOUR), groups_of(2, 3), 1, locked=locked, forbidden=forbidden)
    assert found(outcome, *NAMES) == {"max": {"noor", "lea"}, "ada": {"kai", "bo"}}
    assert [group.locked for group in outcome.found] == [
        one("noor") in group.mentees for group in outcome.found
    ]


def test_a_host_to_whom_somebody_is_locked_closes_last() -> None:
    """Ada's group of two would close before Max's of three; the lock turns it about."""
    table = {("noor", "ada"): 9_000, ("kai", "ada"): 9_000} | {
        (name, host): 9_000 - 1_000 * (host == "ada")
        for name in ("lea", "bo", "zoe")
        for host in ("max", "ada")
    }
    assert set(found(compute_groups(pool_of(table), groups_of(4, 5), 1), *NAMES, "zoe")) == {"ada"}
    locked = frozenset({pair("lea", "max")})
    left = compute_groups(pool_of(table), groups_of(4, 5), 1, locked=locked)
    assert found(left, *NAMES, "zoe") == {"ada": {"noor", "kai", "bo", "zoe"}}
    assert reasons(left)[one("lea")] is Reason.GROUP_TOO_SMALL


def test_a_lock_that_cannot_stand_is_refused() -> None:
    def lock(*pairs: Pair, forbidden: frozenset[Pair] = frozenset()) -> None:
        compute_groups(pool_of(FOUR), groups_of(2, 2), 1, locked=frozenset(pairs), forbidden=forbidden)

    with pytest.raises(locks.LockedPairIsUnknown):
        lock(pair("noor", "nobody"))
    with pytest.raises(locks.LockedPairIsForbidden):
        lock(pair("noor", "ada"), forbidden=frozenset({pair("noor", "ada")}))
    with pytest.raises(locks.LockedPairsNeedMorePlaces) as refused:
        lock(pair("noor", "ada"), pair("kai", "ada"), pair("lea", "ada"))
    assert refused.value.details == {"places": 2}
    with pytest.raises(locks.LockedPairsNeedMorePlaces):
        lock(pair("noor", "ada"), pair("noor", "max"))


def test_a_forbidden_pair_of_people_who_are_gone_makes_no_difference() -> None:
    gone = frozenset({pair("noor", "nobody"), pair("nobody", "ada")})
    plain = compute_groups(pool_of(FOUR), groups_of(2, 3), 1)
    assert compute_groups(pool_of(FOUR), groups_of(2, 3), 1, forbidden=gone) == plain


def test_left_over_mentors_join_the_groups_that_they_suit_best() -> None:
    table = {(name, "ada"): 9_000 for name in ("noor", "kai")} | {
        (name, "max"): 9_000 for name in ("lea", "bo")
    }
    every = {(name, "max"): 5_000 for name in ("noor", "kai")} | {
        (name, "ada"): 5_000 for name in ("lea", "bo")
    }
    co_hosts = {(name, "eva"): 100 for name in ("noor", "kai")} | {
        (name, "eva"): 200 for name in ("lea", "bo")
    }
    joe = {(name, "joe"): 50 for name in ("noor", "kai", "lea", "bo")}
    terms = groups_of(2, 2, Size(least=1, most=2))
    outcome = compute_groups(pool_of(table | every | co_hosts | joe), terms, 1)
    assert {group.mentors for group in outcome.found} == {(one("ada"), one("joe")), (one("max"), one("eva"))}
    assert {group.score for group in outcome.found} == {9_000}


def test_a_co_host_is_locked_or_forbidden_too_and_barred_by_one_member_from_all() -> None:
    table = {(name, host): 9_000 for name in ("noor", "kai") for host in ("ada", "eva", "joe")} | {
        ("noor", "max"): 9_999
    }
    table |= {(name, "ada"): 9_500 for name in ("noor", "kai")} | {("noor", "eva"): 1, ("kai", "eva"): 1}
    terms = groups_of(2, 2, Size(least=1, most=2))
    eva = compute_groups(
        pool_of(table), terms, 1, locked=frozenset({pair("noor", "ada"), pair("noor", "eva")})
    )
    host_and_co_host = {mentor for group in eva.found for mentor in group.mentors}
    assert host_and_co_host == {one("ada"), one("eva")}
    nobody = frozenset({pair("noor", "eva"), pair("kai", "joe")})
    assert [group.mentors for group in compute_groups(pool_of(table), terms, 1, forbidden=nobody).found] == [
        (one("ada"),)
    ]


def test_what_is_decided_of_one_group_says_nothing_of_another() -> None:
    table = {(name, "ada"): 9_000 for name in ("noor", "kai")} | {
        (name, "max"): 9_000 for name in ("lea", "bo")
    }
    table |= {(name, host): 10 for name in ("noor", "kai", "lea", "bo") for host in ("eva", "joe")}
    terms, lock, bar = groups_of(2, 2, Size(least=1, most=2)), pair("noor", "eva"), pair("lea", "eva")
    for locked, forbidden in ((frozenset({lock}), frozenset[Pair]()), (frozenset[Pair](), frozenset({bar}))):
        outcome = compute_groups(pool_of(table), terms, 1, locked=locked, forbidden=forbidden)
        assert {frozenset(group.mentors) for group in outcome.found} == {
            frozenset({one("ada"), one("eva")}),
            frozenset({one("max"), one("joe")}),
        }


def test_groups_that_need_two_mentors_close_until_there_are_enough() -> None:
    table = {(name, host): 9_000 for name in ("noor", "kai", "lea", "bo") for host in ("ada", "max", "eva")}
    outcome = compute_groups(pool_of(table), groups_of(2, 4, Size(least=2, most=2)), 1)
    assert [len(group.mentors) for group in outcome.found] == [2]
    assert outcome.totals.placed == 4


def test_where_no_group_has_its_two_mentors_all_close() -> None:
    table = {(name, "ada"): 9_000 for name in ("noor", "kai")}
    outcome = compute_groups(pool_of(table), groups_of(2, 4, Size(least=2, most=2)), 1)
    assert outcome.found == ()
    assert set(reasons(outcome).values()) == {Reason.GROUP_TOO_SMALL}


def test_nobody_there() -> None:
    terms = groups_of(2, 3)
    assert set(reasons(compute_groups(pool_of({}, mentees=("noor",)), terms, 1)).values()) == {
        Reason.NOBODY_THERE
    }
    assert set(reasons(compute_groups(pool_of({}, mentors=("ada",)), terms, 1)).values()) == {
        Reason.NOBODY_THERE
    }
    empty = compute_groups(Pool((), ()), terms, 1)
    assert (empty.found, empty.unmatched, empty.totals.bound, empty.totals.mean) == ((), (), 0, None)


# Two who like each other, and two others.
PEERS = {("noor", "kai"): 9_000, ("lea", "bo"): 8_000, ("noor", "bo"): 1_000}


def peers_of(likes: Table, **changes: object) -> Pool:
    """Mentees only, who like each other as the table says, both ways."""
    names = tuple(sorted({name for pair in likes for name in pair}))
    pool = pool_of({}, mentees=names, **changes)  # type: ignore[arg-type]  # changes go by name
    both = {**likes, **{(other, name): score for (name, other), score in likes.items()}}
    return replace(
        pool, nearness={(f"need-{name}", f"gift-{other}"): score for (name, other), score in both.items()}
    )


def test_without_hosts_those_who_are_like_each_other_meet() -> None:
    outcome = compute_groups(peers_of(PEERS), groups_of(2, 2, Size(least=0, most=1)), 1)
    assert {frozenset(group.mentees) for group in outcome.found} == {
        frozenset({one("noor"), one("kai")}), frozenset({one("lea"), one("bo")}),
    }  # fmt: skip
    assert [group.score for group in sorted(outcome.found, key=lambda group: group.score)] == [8_000, 9_000]
    assert {(group.mentors, group.rank) for group in outcome.found} == {((), 0)}
    assert (outcome.totals.total, outcome.totals.bound, outcome.totals.top_three) == (34_000, 34_000, 0)


def test_peers_never_sit_with_whom_they_avoid() -> None:
    pool = peers_of(PEERS, noor={"avoided": frozenset({one("kai")})})
    outcome = compute_groups(pool, groups_of(2, 2, Size(least=0, most=1)), 1)
    assert all({one("noor"), one("kai")} != set(group.mentees) for group in outcome.found)
    assert outcome.totals.placed == 4


def test_that_the_mentor_is_senior_says_nothing_of_peers_nor_does_a_wish_for_mentors() -> None:
    noor = {"title_step": 1, "wished": (one("ada"), one("kai"))}
    pool = peers_of(PEERS, noor=noor, kai={"title_step": 3})
    terms = groups_of(2, 2, Size(least=0, most=1), hard_rules=(HardRule.MENTOR_IS_SENIOR,))
    assert compute_groups(pool, terms, 1).totals.placed == 4


def test_whom_no_host_takes_meets_peers() -> None:
    table = {(name, "ada"): 9_000 for name in ("noor", "kai")}
    pool = pool_of(table, mentees=("lea", "bo", "zoe"))
    outcome = compute_groups(pool, groups_of(2, 3, Size(least=0, most=1)), 1)
    assert {(group.mentors, frozenset(group.mentees)) for group in outcome.found} == {
        ((one("ada"),), frozenset({one("noor"), one("kai")})),
        ((), frozenset({one("lea"), one("bo"), one("zoe")})),
    }


def test_peers_too_few_for_a_group_learn_why_and_one_alone_that_nobody_is_there() -> None:
    terms = groups_of(3, 4, Size(least=0, most=1))
    assert set(reasons(compute_groups(peers_of({("noor", "kai"): 1}), terms, 1)).values()) == {
        Reason.GROUP_TOO_SMALL
    }
    assert set(reasons(compute_groups(pool_of({}, mentees=("noor",)), terms, 1)).values()) == {
        Reason.NOBODY_THERE
    }


def test_a_mentee_without_a_place_meets_no_peers_either() -> None:
    pool = peers_of(PEERS, noor={"places": 0})
    outcome = compute_groups(pool, groups_of(3, 4, Size(least=0, most=1)), 1)
    assert outcome.totals.placed == 3
    assert [left.participant for left in outcome.unmatched] == [one("noor")]


def test_very_many_peers_meet_within_parts_of_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whose clocks and languages are near stay together: here the parts are two cities."""
    monkeypatch.setattr(grouping, "PEERS_AT_ONCE", 4)
    cities: dict[str, Any] = {
        f"{city} {at}": {"utc_offset": offset, "languages": (city,)}
        for city, offset in (("pune", 330), ("lyon", 60))
        for at in range(4)
    }
    pool = pool_of({}, mentees=tuple(cities), **cities)
    outcome = compute_groups(pool, groups_of(2, 2, Size(least=0, most=1)), 1)
    pune = {one(f"pune {at}") for at in range(4)}
    assert outcome.totals.placed == 8
    assert all(len(pune & set(group.mentees)) in {0, 2} for group in outcome.found)


def every_result(table: Table, least: int, most: int) -> Iterator[tuple[int, int, int]]:
    """People, the worst score and the total of every way to seat them within the bounds."""
    mentees, hosts = sorted({a for a, _ in table}), sorted({b for _, b in table})
    for choice in product([None, *hosts], repeat=len(mentees)):
        sizes = [choice.count(host) for host in hosts]
        seats = [(mentee, host) for mentee, host in zip(mentees, choice, strict=True) if host]
        if all(size == 0 or least <= size <= most for size in sizes) and all(seat in table for seat in seats):
            scores = [table[seat] for seat in seats]
            yield len(scores), min(scores, default=0), sum(scores)


@pytest.mark.parametrize("seed", range(25))
def test_no_other_result_of_a_small_pool_is_better(seed: int) -> None:
    draw = Random(seed)
    least, most = draw.choice([(2, 3), (3, 4), (2, 4), (3, 3)])
    pairs = product((f"mentee {at}" for at in range(6)), (f"host {at}" for at in range(3)))
    table = {
        found: draw.randint(0, 10_000) for found in pairs if draw.random() < draw.choice([0.4, 0.6, 0.9])
    }
    totals = compute_groups(pool_of(table), groups_of(least, most), seed).totals
    assert (totals.placed, totals.worst or 0, totals.total) == max(every_result(table, least, most))


_SHAPES = st.tuples(
    st.integers(0, 40), st.integers(0, 12), st.integers(1, 5), st.integers(0, 4), st.integers(0, 2)
)


@drawn(_SHAPES, st.sampled_from(list(Objective)), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_every_group_holds_its_bounds_and_nobody_sits_twice(
    shape: tuple[int, int, int, int, int], objective: Objective, seed: int
) -> None:
    mentees, mentors, least, more, hosts = shape
    pool = pools.pool(pools.Shape(mentees, mentors, 2 * mentors), seed)
    kind = groups_of(least, least + more, Size(least=hosts, most=max(hosts, 1))).type
    terms = replace(pools.terms(objective=objective), type=kind)
    outcome = compute_groups(pool, terms, seed)
    _holds(outcome, terms, pool)
    assert compute_groups(pools.shuffled(pool, seed + 1), terms, seed).digest == outcome.digest


def _holds(outcome: Outcome, terms: Terms, pool: Pool) -> None:
    kind = terms.type
    for group in outcome.found:
        assert kind.mentees.least <= len(group.mentees) <= kind.mentees.most
        assert kind.mentors.least <= len(group.mentors) <= kind.mentors.most
    seated = [person for group in outcome.found for person in (*group.mentees, *group.mentors)]
    left = [one.participant for one in outcome.unmatched]
    everybody = [person.id for person in (*pool.mentees, *pool.mentors)]
    assert sorted([*seated, *left]) == sorted(everybody)
    assert outcome.totals.total <= outcome.totals.bound
    assert outcome.totals.placed == sum(len(group.mentees) for group in outcome.found)


def test_a_pool_too_large_to_try_everything_holds_its_bounds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "FEW", 100)
    pool, terms = pools.pool(pools.Shape(120, 20, 20), 3), groups_of(5, 7, hard_rules=())
    terms = replace(pools.terms(), type=terms.type)
    _holds(compute_groups(pool, terms, 3), terms, pool)


def test_progress_is_told_and_two_locks_of_one_mentee_do_not_depend_on_their_order() -> None:
    told: list[tuple[str, int, int]] = []
    pairs: list[Pair] = [pair("noor", "ada"), pair("noor", "max")]
    terms = groups_of(4, 4, Size(least=1, most=2))
    first, second = (
        compute_groups(
            pool_of(FOUR), terms, 1, locked=frozenset(order), on_progress=lambda *at: told.append(at)
        )
        for order in (pairs, pairs[::-1])
    )
    assert first == second
    assert any(stage == "groups" for stage, _, _ in told)
