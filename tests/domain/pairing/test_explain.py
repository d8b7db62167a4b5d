"""Explanations: worked by hand, and what having a pair costs beside solving with it."""

from itertools import product

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.ids import ParticipantId
from domain.matching_settings import Criterion, HardRule, Objective, Weight
from domain.pairing.bulk import Bulk, compute
from domain.pairing.compiled import Compiled
from domain.pairing.coverage import Covered
from domain.pairing.explain import Alternative, Explanation, Fate, Part, WhyNot, explain, why_not
from domain.pairing.explain_texts import explanation_texts, why_not_texts
from domain.pairing.groups import compute_groups
from domain.pairing.marginal import Bound, Difference, with_place
from domain.pairing.outcome import Outcome
from domain.pairing.pool import Pool
from domain.pairing.suggest import prices
from domain.pairing.terms import Terms
from domain.program_settings import Kind, Size
from tests.domain.pairing.tables import Table, one, pair, pool_of, terms_of

# Ada has one place, Max two. Kai needs Ada more than Noor does: together they do best with Noor at Max.
TABLE: Table = {
    ("noor", "ada"): 9_000, ("noor", "max"): 8_500, ("noor", "eva"): 4_000,
    ("kai", "ada"): 9_500, ("kai", "max"): 2_000,
}  # fmt: skip
POOL = pool_of(TABLE, places={"max": 2})
TERMS = terms_of()
COMPILED = Compiled(POOL, TERMS)
OUTCOME = compute(POOL, TERMS, 1)


def told_of(pool: Pool, terms: Terms, name: str, outcome: Outcome | None = None) -> Explanation:
    return explain(Compiled(pool, terms), outcome or compute(pool, terms, 1), one(name))


FULL = (
    "Number 1, with a score of 9,000, is full: 1 place taken, 1 of them by mentees with a higher score there."
)


def test_why_this_one() -> None:
    told = explain(COMPILED, OUTCOME, one("noor"))
    assert (told.mentor, told.score, told.rank, told.eligible) == (one("max"), 8_500, 2, 3)
    assert told.parts == (Part(Criterion.COMPETENCIES, 8_500, 10_000),)
    assert told.coverage == (Covered("need-noor", 1, 1, 5, "gift-max", 1, 8_500),)
    assert told.alternatives == (
        Alternative(one("ada"), 9_000, 1, Fate.FULL, places=1, taken=1, better=1),
        Alternative(one("eva"), 4_000, 3, Fate.FREE, places=1, taken=0, better=0),
    )
    assert told.blocked is None
    assert explanation_texts(told, lambda key: key.upper()) == (
        "The score is 8,500 of 10,000, based on 1 of 1 criteria.",
        "That is number 2 among 3 eligible mentors.",
        "What is wished and what is offered: 8,500 of 10,000, counting 100 %.",
        "The wish for NEED-NOOR at level 1 is covered by GIFT-MAX at level 1: 8,500 of 10,000.",
        FULL,
        "Number 3, with a score of 4,000, still has room: 0 of 1 place taken.",
    )


def test_a_criterion_of_which_too_little_is_known_and_a_wish_that_stays_open_are_said() -> None:
    weights = (
        Weight(criterion=Criterion.COMPETENCIES, parts=7_500),
        Weight(criterion=Criterion.LOCATION, parts=2_500),
    )
    pool = pool_of({("noor", "ada"): 0}, noor={"wishes": {"chess": (3, 2)}})
    texts = explanation_texts(told_of(pool, terms_of(weights=weights), "noor"))
    assert texts[2:] == (
        "What is wished and what is offered: 0 of 10,000, counting 75 %.",
        "The location: too little is known; the other criteria count for it.",
        "The wish for chess at level 3 stays open.",
    )


def test_of_several_mentors_the_others_are_ones_own_too() -> None:
    table = {("noor", "ada"): 9_000, ("noor", "max"): 8_000}
    told = told_of(pool_of(table, places={"noor": 2}), TERMS, "noor")
    assert [(other.mentor, other.fate) for other in told.alternatives] == [(one("max"), Fate.OWN)]
    assert "Number 2, with a score of 8,000, is matched too." in explanation_texts(told)


def blocked_text(told: Explanation) -> str:
    (text,) = explanation_texts(told)[-1:]
    return text


def test_why_nobody_all_full() -> None:
    told = told_of(pool_of({("noor", "ada"): 9_000, ("kai", "ada"): 9_500}), TERMS, "noor")
    assert told.blocked is not None
    assert (told.blocked.mentor, told.blocked.rules, told.blocked.full) == (one("ada"), (), True)
    assert (
        blocked_text(told) == "What stands least in the way: all places are taken "
        "(1 mentor eligible, 0 of them with room)."
    )


def test_why_nobody_the_smallest_set_of_rules_and_full_mentors() -> None:
    """Ada is full and of another place; Max only too junior; Eva too junior and of another place."""
    pool = pool_of(
        {("noor", name): 5_000 for name in ("ada", "max", "eva")} | {("kai", "ada"): 9_000},
        noor={"location": "Pune", "title_step": 3},
        kai={"location": "Lyon", "title_step": 1},
        ada={"location": "Lyon", "title_step": 5},
        max={"location": "Pune", "title_step": 3},
        eva={"location": "Lyon", "title_step": 2},
    )
    told = told_of(pool, terms_of(hard_rules=(HardRule.SAME_LOCATION, HardRule.MENTOR_IS_SENIOR)), "noor")
    assert told.blocked is not None
    assert (told.blocked.mentor, told.blocked.rules, told.blocked.full) == (
        one("max"),
        ("mentor_is_senior",),
        False,
    )
    assert told.blocked.barred_by == {"mentor_is_senior": 2, "same_location": 2}
    assert blocked_text(told) == (
        "What stands least in the way: the mentor is not known to be senior enough "
        "(0 mentors eligible, 0 of them with room)."
    )


def test_why_nobody_does_not_tell_who_avoids_whom() -> None:
    told = told_of(pool_of({}, mentees=("noor",), mentors=("ada",)), TERMS, "noor")
    assert told.blocked is not None
    assert (told.blocked.rules, told.blocked.barred_by) == (("capacity",), {"capacity": 1})
    assert "no place" in blocked_text(told)


def test_why_nobody_without_mentors_below_the_minimum_and_with_all_forbidden() -> None:
    assert (
        blocked_text(told_of(pool_of({}, mentees=("noor",)), TERMS, "noor"))
        == "There is no mentor in the pool."
    )
    score_first = terms_of(objective=Objective.SCORE_FIRST, minimum_score=3_000)
    low = told_of(pool_of({("noor", "ada"): 2_000}), score_first, "noor")
    assert blocked_text(low) == "All 1 eligible mentor fall short of the minimum score."
    pool, forbidden = pool_of({("noor", "ada"): 2_000}), frozenset({pair("noor", "ada")})
    outcome = compute(pool, TERMS, 1, forbidden=forbidden)
    told = explain(Compiled(pool, TERMS), outcome, one("noor"), forbidden=forbidden)
    assert told.blocked is not None
    assert told.blocked.rules == ("forbidden",)


def test_who_mentors_too_is_not_told_that_they_stand_in_their_own_way() -> None:
    told = told_of(pool_of({}, mentees=("noor",), mentors=("noor",)), TERMS, "noor")
    assert told.blocked is not None
    assert (told.blocked.mentor, told.blocked.barred_by) == (None, {"capacity": 1, "oneself": 1})


def test_a_member_of_a_group_stands_with_the_host_and_a_peer_with_all() -> None:
    hosted = terms_of(Kind.GROUP, sizes=(Size(), Size(least=2, most=2)))
    pool = pool_of({("noor", "ada"): 9_000, ("noor", "max"): 9_500, ("kai", "ada"): 5_000})
    told = told_of(pool, hosted, "noor", compute_groups(pool, hosted, 1))
    assert (told.mentor, told.score, told.rank, told.parts[0].score) == (one("ada"), 7_000, 2, 9_000)
    assert [(other.mentor, other.places) for other in told.alternatives] == [(one("max"), 2)]
    peers = terms_of(Kind.PEER, sizes=(Size(least=0), Size(least=2, most=2)))
    lone = pool_of({}, mentees=("noor", "kai"))
    among = told_of(lone, peers, "noor", compute_groups(lone, peers, 1))
    assert (among.mentor, among.rank, among.coverage, among.parts) == (
        None, None, (), (Part(Criterion.COMPETENCIES, 0, 10_000),),
    )  # fmt: skip


def test_where_no_group_could_be_filled_that_is_said() -> None:
    hosted = terms_of(Kind.GROUP, sizes=(Size(), Size(least=2, most=2)))
    pool = pool_of({("noor", "ada"): 9_000})
    assert blocked_text(told_of(pool, hosted, "noor", compute_groups(pool, hosted, 1))) == (
        "1 eligible mentor had room, but no group could be filled."
    )


def why(mentee: str, mentor: str, **more: object) -> tuple[WhyNot, tuple[str, ...]]:
    told = why_not(COMPILED, OUTCOME, one(mentee), one(mentor), **more)  # type: ignore[arg-type]  # by name
    return told, why_not_texts(told)


def test_why_not_the_rules_that_failed() -> None:
    told, texts = why("kai", "eva")
    assert told.rules == ("capacity",)
    assert texts[1:] == ("One of the two has no place or no hours left.",)
    told, texts = why("noor", "ada", forbidden=frozenset({pair("noor", "ada")}))
    assert texts == ("The score of these two is 9,000 of 10,000.", "This pair is forbidden in this run.")


def test_why_not_those_who_are_together() -> None:
    assert why("noor", "max")[1] == ("These two are matched.",)


def test_why_not_below_the_minimum() -> None:
    terms, pool = (
        terms_of(objective=Objective.SCORE_FIRST, minimum_score=3_000),
        pool_of({("noor", "ada"): 2_000}),
    )
    told = why_not(Compiled(pool, terms), compute(pool, terms, 1), one("noor"), one("ada"))
    assert why_not_texts(told)[1] == "That is below the minimum score."


def test_why_not_at_least_so_many_points() -> None:
    """Kai would lose 7,500 with Max instead of Ada, Noor win 500: 7,000 points. Prices tell it without
    solving.
    """
    bound = Bound(COMPILED, prices(COMPILED))
    assert bound.total == 18_000
    told, texts = why("noor", "ada", bound=bound)
    assert (told.at_least, told.exactly) == (7_000, None)
    assert texts[1:] == ("At least 7,000 points of the whole would be lost.",)


def test_why_not_exactly() -> None:
    bulk = Bulk(POOL, TERMS, 1)
    told, texts = why("noor", "ada", again=lambda pairs: bulk.solve(locked=pairs))
    assert told.exactly == Difference(placed=0, total=-7_000)
    assert texts[1:] == ("Together they would mean 7,000 points of the whole lost.",)


@pytest.mark.parametrize(
    ("placed", "total", "text"),
    [
        (-1, -500, "Together they would mean 1 person fewer placed, and 500 points of the whole lost."),
        (2, 0, "Together they would mean 2 people more placed."),
        (0, 1, "Together they would mean 1 point of the whole gained."),
        (0, 0, "Together they would cost nothing."),
    ],
)
def test_what_a_pair_costs_in_words(placed: int, total: int, text: str) -> None:
    told = WhyNot(one("noor"), one("ada"), 9_000, exactly=Difference(placed, total))
    assert why_not_texts(told)[-1] == text


def test_a_pair_that_need_not_cost_anything() -> None:
    told = WhyNot(one("noor"), one("ada"), 9_000, at_least=0)
    assert why_not_texts(told)[-1] == "It need not cost any of the total."
    assert why_not_texts(WhyNot(one("noor"), one("ada"), 9_000)) == (
        "The score of these two is 9,000 of 10,000.",
    )


def test_the_programmes_own_rules_go_by_their_ids() -> None:
    told = WhyNot(one("noor"), one("ada"), 0, rules=("pair_rule:same-guild",))
    assert why_not_texts(told)[-1] == "The programme's own rule same-guild does not allow it."


def test_what_one_more_place_would_do() -> None:
    pool = pool_of({("noor", "ada"): 9_000, ("kai", "ada"): 9_500, ("noor", "max"): 1_000})
    gain = with_place(pool, compute(pool, TERMS, 1), one("ada"), lambda more: compute(more, TERMS, 1))
    assert gain == Difference(placed=0, total=8_000)


@st.composite
def _pools(draw: st.DrawFn) -> Pool:
    pairs = list(product((f"mentee {at}" for at in range(5)), (f"mentor {at}" for at in range(4))))
    table = draw(st.dictionaries(st.sampled_from(pairs), st.integers(0, 10_000), min_size=1))
    names = {f"{side} {at}" for side in ("mentee", "mentor") for at in range(5)}
    return pool_of(table, places={name: draw(st.integers(1, 2)) for name in sorted(names)})


@drawn(_pools(), st.dictionaries(st.integers(0, 3), st.integers(0, 9_000)))
@settings(max_examples=15, deadline=None)
def test_no_pair_costs_less_than_the_bound_says_whatever_the_prices(pool: Pool, some: dict[int, int]) -> None:
    terms = terms_of(objective=Objective.SCORE_FIRST, minimum_score=0)
    compiled, bulk = Compiled(pool, terms), Bulk(pool, terms, 1)
    outcome = bulk.solve()
    guessed = {one(f"mentor {at}"): price for at, price in some.items()}
    _never_more(compiled, bulk, outcome, Bound(compiled, {**prices(compiled), **guessed}))


def _never_more(compiled: Compiled, bulk: Bulk, outcome: Outcome, bound: Bound) -> None:
    assert bound.total >= outcome.totals.total
    together: set[tuple[ParticipantId, ParticipantId]] = {(f.mentees[0], f.mentors[0]) for f in outcome.found}
    for mentee, mentor in product(compiled.mentees, compiled.mentors):
        told = why_not(
            compiled, outcome, mentee.id, mentor.id, bound=bound, again=lambda pairs: bulk.solve(locked=pairs)
        )
        if told.exactly is None:
            assert told.rules or (mentee.id, mentor.id) in together
        else:
            assert told.at_least is not None
            # with several mentors a mentee, what is settled in turns need not be the best of all
            assert told.at_least <= max(0, -told.exactly.total)
