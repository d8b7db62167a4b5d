"""What a run is requested with, and why none can be made."""

import pytest

from domain.match_request import (
    FrozenPool,
    PoolIsEmpty,
    PoolIsOneSided,
    refuse_lopsided,
    relationship_type,
    requested,
)
from domain.matching_settings import MatchingSettings
from domain.program_settings import Kind, RelationshipType, Side
from domain.proposal import RelationshipIsUnknown
from tests.programs import PAIR, onboarding

CIRCLE = RelationshipType(id="circle", kind=Kind.CIRCLE, name="Circle")
SETTINGS = MatchingSettings(relationship="circle")


def test_a_run_makes_the_type_that_its_settings_name_or_the_first() -> None:
    program = onboarding(types=(PAIR, CIRCLE))
    assert relationship_type(program, SETTINGS) == CIRCLE
    assert relationship_type(program, MatchingSettings()) == PAIR


@pytest.mark.parametrize("types", [(), (PAIR,)])
def test_a_type_that_the_programme_does_not_have_is_refused(types: tuple[RelationshipType, ...]) -> None:
    with pytest.raises(RelationshipIsUnknown):
        relationship_type(onboarding(types=types), SETTINGS)


def test_a_request_keeps_the_terms_and_the_pool() -> None:
    program = onboarding(types=(PAIR, CIRCLE))
    made = requested(program, SETTINGS, FrozenPool(17, "abc"), 2**62, "Spring")
    assert (made.program, made.settings_version, made.type) == (program.program, 1, CIRCLE)
    assert (made.capacity, made.settings) == (program.enrollment.capacity, SETTINGS)
    assert (made.pool_position, made.pool_digest, made.seed, made.label) == (17, "abc", 2**62, "Spring")
    assert made.reference is None


def test_somebody_must_be_there_on_each_side_that_the_type_needs() -> None:
    refuse_lopsided(PAIR, {Side.MENTOR: 1, Side.MENTEE: 1})
    refuse_lopsided(CIRCLE, {Side.MENTEE: 4})
    with pytest.raises(PoolIsEmpty):
        refuse_lopsided(CIRCLE, {})
    for side, other in ((Side.MENTOR, Side.MENTEE), (Side.MENTEE, Side.MENTOR)):
        with pytest.raises(PoolIsOneSided) as refused:
            refuse_lopsided(PAIR, {side: 3})
        assert refused.value.details == {"role": other}
