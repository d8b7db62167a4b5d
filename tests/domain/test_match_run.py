"""A run is requested, computed, corrected by hand, approved and published; what is out of date is dropped."""

from typing import Any
from uuid import UUID

import pytest

from domain import admission, match_run
from domain.event import DomainEvent
from domain.ids import MatchRunId, proposal_id
from domain.match_outcome import Found, Totals
from domain.match_run import (
    MATCH_RUN,
    ApprovalWithdrawn,
    Cancelled,
    Computed,
    Discarded,
    Failed,
    PairForbidden,
    PairLocked,
    PairReleased,
    PairsApproved,
    Published,
    Requested,
    Status,
)
from domain.matching_settings import MatchingSettings, Mode
from domain.program_settings import Capacity
from tests.people import ADA, KIM, LIN, NOOR, ONBOARDING, SAM
from tests.programs import EVERY_MODE, PAIR, onboarding
from tests.scenario import Given, given

OPEN = onboarding()
REQUESTED = Requested(
    program=ONBOARDING,
    settings_version=1,
    settings=EVERY_MODE,
    type=PAIR,
    capacity=Capacity(),
    pool_position=17,
    pool_digest="9c0a",
    seed=42,
)
NOOR_WITH_ADA = Found(number=1, mentors=(ADA.id,), mentees=(NOOR.id,), score=7_200)
LIN_WITH_KIM = Found(number=2, mentors=(KIM.id,), mentees=(LIN.id,), score=5_100)
TOTALS = Totals(mentees=2, mentors=2, places=4, placed=2, total=12_300, bound=12_500)
LOCKED = PairLocked(mentee=NOOR.id, mentor=ADA.id)
FORBIDDEN = PairForbidden(mentee=NOOR.id, mentor=ADA.id)
RELEASED = PairReleased(mentee=NOOR.id, mentor=ADA.id)
FAILED = Failed(revision=0, code="POOL_IS_EMPTY", reason="Nobody takes part as a mentee.")
PAIR_OF_TWO = {"mentee": NOOR.id, "mentor": ADA.id}


def computed(*pairs: Found, revision: int = 0) -> Computed:
    told = pairs or (NOOR_WITH_ADA, LIN_WITH_KIM)
    digests = {"inputs_digest": "aa01", "digest": "bb02"}
    return Computed(engine=1, revision=revision, pairs=told, unmatched=(), totals=TOTALS, **digests)


def requested(*since: DomainEvent) -> Given[match_run.MatchRun]:
    return given(MATCH_RUN, REQUESTED, *since)


def drafted(*since: DomainEvent) -> Given[match_run.MatchRun]:
    return requested(computed(), *since)


def test_a_run_is_requested_once() -> None:
    given(MATCH_RUN).when(match_run.request, program=OPEN, requested=REQUESTED).then(REQUESTED)
    another = REQUESTED.model_copy(update={"seed": 43})
    requested().when(match_run.request, program=OPEN, requested=another).then_refused(match_run.RunExists)


@pytest.mark.parametrize(
    ("program", "refusal"),
    [
        (onboarding(matching=MatchingSettings(modes=(Mode.FACILITATOR,))), admission.ModeIsNotOffered),
        (onboarding(open=False, over=True), admission.ProgramIsWoundDown),
        (onboarding(open=False, over=True, archived=True), admission.ProgramIsArchived),
    ],
)
def test_runs_are_for_programmes_that_live_and_want_them(program: Any, refusal: Any) -> None:
    given(MATCH_RUN).when(match_run.request, program=program, requested=REQUESTED).then_refused(refusal)
    approved = drafted(PairsApproved(numbers=(1,)))
    approved.when(match_run.publish, program=program).then_refused(refusal)


def test_what_is_computed_is_recorded_once() -> None:
    requested().when(match_run.record_computed, computed=computed()).then(computed())
    drafted().when(match_run.record_computed, computed=computed()).then_nothing()
    assert drafted().state.found[1] == ((ADA.id,), (NOOR.id,))


@pytest.mark.parametrize("since", [LOCKED, FORBIDDEN, Cancelled(), Discarded(), FAILED])
def test_what_nobody_waits_for_any_more_is_dropped(since: DomainEvent) -> None:
    requested(since).when(match_run.record_computed, computed=computed()).then_nothing()
    requested(since).when(match_run.record_failed, failed=FAILED).then_nothing()


def test_a_lock_makes_the_draft_out_of_date_until_it_is_solved_again() -> None:
    drafted().when(match_run.lock_pair, **PAIR_OF_TWO).then(LOCKED)
    again = drafted(LOCKED)
    assert (again.state.status, again.state.revision) == (Status.COMPUTING, 1)
    again.when(match_run.approve_pairs).then_refused(match_run.RunIsNotReady, status=Status.COMPUTING)
    solved = computed(revision=1)
    again.when(match_run.record_computed, computed=solved).then(solved)


def test_a_failed_run_says_why_and_is_solved_again_after_a_change() -> None:
    requested().when(match_run.record_failed, failed=FAILED).then(FAILED)
    failed = requested(FAILED)
    failed.when(match_run.publish, program=OPEN).then_refused(match_run.RunIsNotReady, status=Status.FAILED)
    failed.when(match_run.forbid_pair, **PAIR_OF_TWO).then(FORBIDDEN)
    assert requested(FAILED, FORBIDDEN).state.status is Status.COMPUTING


def test_a_pair_is_locked_or_forbidden_and_released() -> None:
    drafted(LOCKED).when(match_run.lock_pair, **PAIR_OF_TWO).then_nothing()
    drafted(LOCKED).when(match_run.forbid_pair, **PAIR_OF_TWO).then_refused(match_run.PairIsLocked)
    drafted(FORBIDDEN).when(match_run.lock_pair, **PAIR_OF_TWO).then_refused(match_run.PairIsForbidden)
    drafted(FORBIDDEN).when(match_run.forbid_pair, **PAIR_OF_TWO).then_nothing()
    drafted(LOCKED).when(match_run.release_pair, **PAIR_OF_TWO).then(RELEASED)
    drafted(FORBIDDEN).when(match_run.release_pair, **PAIR_OF_TWO).then(RELEASED)
    drafted().when(match_run.release_pair, **PAIR_OF_TWO).then_nothing()
    released = drafted(FORBIDDEN, RELEASED).state
    assert (released.forbidden, released.revision) == (frozenset(), 2)


def test_nobody_is_locked_to_themself() -> None:
    themself = {"mentee": NOOR.id, "mentor": NOOR.id}
    drafted().when(match_run.lock_pair, **themself).then_refused(admission.NobodyMentorsThemself)


def test_pairs_are_approved_one_by_one_or_all() -> None:
    drafted().when(match_run.approve_pairs, numbers=[2]).then(PairsApproved(numbers=(2,)))
    one = drafted(PairsApproved(numbers=(2,)))
    one.when(match_run.approve_pairs).then(PairsApproved(numbers=(1,)))
    one.when(match_run.approve_pairs, numbers=[2]).then_nothing()
    one.when(match_run.withdraw_approval, numbers=[2]).then(ApprovalWithdrawn(numbers=(2,)))
    one.when(match_run.withdraw_approval).then(ApprovalWithdrawn(numbers=(2,)))
    drafted().when(match_run.withdraw_approval).then_nothing()
    assert drafted(PairsApproved(numbers=(1, 2)), ApprovalWithdrawn(numbers=(1,))).state.approved_numbers == {
        2
    }


def test_only_what_was_found_is_approved() -> None:
    for decision in (match_run.approve_pairs, match_run.withdraw_approval):
        drafted().when(decision, numbers=[1, 9, 7]).then_refused(match_run.PairsAreUnknown, numbers="7, 9")


def test_what_is_approved_stays_so_when_it_is_found_again() -> None:
    """By its members: its number may be another one."""
    renumbered = NOOR_WITH_ADA.model_copy(update={"number": 2})
    lin_with_sam = Found(number=1, mentors=(SAM.id,), mentees=(LIN.id,), score=4_000)
    anew = computed(lin_with_sam, renumbered, revision=1)
    again = drafted(PairsApproved(numbers=(1, 2)), PairForbidden(mentee=LIN.id, mentor=KIM.id), anew)
    assert again.state.approved_numbers == {2}
    assert again.state.approved == {((ADA.id,), (NOOR.id,))}


def test_what_is_approved_is_published_once() -> None:
    drafted().when(match_run.publish, program=OPEN).then_refused(match_run.NothingIsApproved)
    approved = drafted(PairsApproved(numbers=(1,)))
    approved.when(match_run.publish, program=OPEN).then(Published())
    drafted(Published()).when(match_run.publish, program=OPEN).then_nothing()
    requested().when(match_run.publish, program=OPEN).then_refused(
        match_run.RunIsNotReady, status=Status.COMPUTING
    )


def test_each_published_pair_is_one_proposal_however_often() -> None:
    run, other = MatchRunId(UUID(int=1)), MatchRunId(UUID(int=2))
    ids = {proposal_id(run, 1), proposal_id(run, 2), proposal_id(other, 1)}
    assert (len(ids), proposal_id(run, 1) in ids) == (3, True)


@pytest.mark.parametrize(
    ("ending", "decision", "status"),
    [
        (Cancelled(), match_run.cancel, Status.CANCELLED),
        (Discarded(), match_run.discard, Status.DISCARDED),
    ],
)
def test_a_run_is_given_up(ending: DomainEvent, decision: Any, status: Status) -> None:
    requested().when(decision).then(ending)
    drafted().when(decision).then(ending)
    requested(FAILED).when(decision).then(ending)
    requested(ending).when(decision).then_nothing()
    given(MATCH_RUN).when(decision).then_refused(match_run.RunIsUnknown)
    drafted(Published()).when(decision).then_refused(match_run.RunIsOver, status=Status.PUBLISHED)


@pytest.mark.parametrize(
    ("decision", "wish"),
    [
        (match_run.lock_pair, PAIR_OF_TWO),
        (match_run.forbid_pair, PAIR_OF_TWO),
        (match_run.release_pair, PAIR_OF_TWO),
        (match_run.approve_pairs, {}),
        (match_run.withdraw_approval, {}),
    ],
)
def test_what_is_over_stays_as_it_is(decision: Any, wish: dict[str, Any]) -> None:
    over = drafted(PairsApproved(numbers=(1,)), Published())
    over.when(decision, **wish).then_refused(match_run.RunIsOver, status=Status.PUBLISHED)
    given(MATCH_RUN).when(decision, **wish).then_refused(match_run.RunIsUnknown)


def test_the_gap_is_a_share_of_the_bound() -> None:
    assert TOTALS.gap == pytest.approx(200 / 12_500)
    empty = Totals(mentees=0, mentors=0, places=0, placed=0, total=0, bound=0)
    assert empty.gap == 0.0
