"""Coverage: which offer covers which wish, worked by hand, and the same figure as the criterion's own."""

from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.pairing import criteria
from domain.pairing.coverage import Covered, covered
from domain.pairing.pool import Person
from domain.pairing.terms import Yardstick
from tests.domain.pairing.tables import one, terms_of

NEAR = {("python", "ruby"): 4_000, ("python", "data"): 6_000}
YARDSTICK = Yardstick(terms_of(), NEAR)


def _wishes(**wishes: tuple[int, int]) -> Person:
    return Person(one("noor"), wishes=wishes)


def _offers(**offers: int) -> Person:
    return Person(one("ada"), offers=offers)


def test_each_wish_is_covered_by_the_best_offer_and_the_urgent_come_first() -> None:
    noor = _wishes(chess=(3, 5), python=(4, 1), sales=(2, 3))
    assert covered(noor, _offers(python=2, data=4, sales=5), YARDSTICK) == (
        # python at level 2 of 4 is worth 5,000; data at its level is near by 6,000 and covers it better
        Covered("python", 4, 1, 5, "data", 4, 6_000),
        Covered("sales", 2, 3, 3, "sales", 5, 10_000),
        Covered("chess", 3, 5, 1, None, 0, 0),
    )


def test_who_wishes_nothing_has_nothing_to_cover() -> None:
    assert covered(_wishes(), _offers(python=5), YARDSTICK) == ()


_KEYS = st.sampled_from(["python", "ruby", "data", "sales"])
_LEVELS = st.integers(1, 5)


@drawn(
    st.dictionaries(_KEYS, st.tuples(_LEVELS, st.integers(1, 5)), min_size=1),
    st.dictionaries(_KEYS, _LEVELS),
)
def test_the_weighted_mean_of_what_is_told_is_the_score_of_the_criterion(
    wishes: dict[str, tuple[int, int]], offers: dict[str, int]
) -> None:
    told = covered(_wishes(**wishes), _offers(**offers), YARDSTICK)
    mean = sum(wish.weight * wish.score for wish in told) // sum(wish.weight for wish in told)
    assert mean == criteria.competencies(_wishes(**wishes), _offers(**offers), YARDSTICK)
