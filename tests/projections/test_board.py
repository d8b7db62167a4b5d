"""Each event of a match run, and the rows it leaves on the board; always with another run beside."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.event import DomainEvent
from domain.ids import MatchRunId, ProgramId, proposal_id
from domain.match_outcome import Found, Reason, Totals, Unmatched
from domain.match_run import (
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
)
from domain.matching_settings import Criterion, MatchingSettings, Mode
from domain.program_settings import Capacity, Side
from domain.store import Database, Store
from projections.board import person_key, person_label
from tests.people import LIN
from tests.programs import PAIR
from tests.projections.given import ADA, NOOR, SAM, happened, shown

GROWTH = ProgramId(UUID(int=1))
RUN, OTHER = MatchRunId(UUID(int=41)), MatchRunId(UUID(int=42))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)

NOOR_WITH_ADA = Found(
    number=1, mentors=(ADA,), mentees=(NOOR,), score=7_200, mentee_score=7_500, mentor_score=6_900,
    parts={Criterion.LANGUAGES: 7_500}, answered=1, asked=2, rank=1,
)  # fmt: skip
LIN_WITH_SAM = Found(number=2, mentors=(SAM,), mentees=(LIN.id,), score=5_100)
NOBODY_FOR_LIN = Unmatched(
    participant=LIN.id, side=Side.MENTEE, reason=Reason.BARRED_BY_RULES, rules=("shared_language",)
)
TOTALS = Totals(mentees=2, mentors=2, places=3, placed=2, total=12_300, bound=12_400, worst=5_100)


def requested(**said: Any) -> Requested:
    held: dict[str, Any] = {
        "program": GROWTH,
        "settings_version": 2,
        "settings": MatchingSettings(modes=(Mode.ADMINISTRATOR,)),
        "type": PAIR,
        "capacity": Capacity(),
        "pool_position": 17,
        "pool_digest": "abc",
        "seed": 2**63 - 1,
    }
    return Requested(**{**held, **said})


def computed(*pairs: Found, revision: int = 0, unmatched: tuple[Unmatched, ...] = ()) -> Computed:
    return Computed(
        engine=1, revision=revision, inputs_digest="in", digest="out", pairs=pairs, unmatched=unmatched,
        totals=TOTALS,
    )  # fmt: skip


@pytest.fixture
def two_runs(store: Store) -> None:
    happened(store, RUN, requested(label="Spring"), at=MONDAY)
    happened(store, OTHER, requested(reference=RUN, settings=MatchingSettings(blind=True)), at=TUESDAY)


def run(database: Database, store: Store, *columns: str) -> tuple[Any, ...]:
    """The first run's row; the other one's never changes with it."""
    first, _ = shown(database, store, "match_runs", *columns)
    return tuple(first.values())


def pairs(database: Database, store: Store) -> set[tuple[int, UUID, bool]]:
    found = shown(database, store, "run_pairs", "number", "mentees", "approved")
    return {(row["number"], row["mentees"][0], row["approved"]) for row in found}


@pytest.mark.usefixtures("two_runs")
def test_a_run_is_requested(organisation: Database, store: Store) -> None:
    first, second = shown(organisation, store, "match_runs")
    assert (first["run_id"], first["program_id"], first["state"], first["label"]) == (
        RUN,
        GROWTH,
        "computing",
        "Spring",
    )
    assert (first["seed"], first["pool_position"], first["pool_digest"]) == (2**63 - 1, 17, "abc")
    assert (first["settings"]["modes"], first["type"]["id"]) == (["administrator"], "pair")
    assert (first["blind"], first["reference_id"], first["requested_at"]) == (False, None, MONDAY)
    assert (second["blind"], second["reference_id"], second["requested_at"]) == (True, RUN, TUESDAY)
    assert (first["settings_version"], first["requested_position"], first["version"]) == (2, 1, 1)


@pytest.mark.usefixtures("two_runs")
def test_what_is_found_is_shown_whole(organisation: Database, store: Store) -> None:
    happened(store, RUN, computed(NOOR_WITH_ADA, unmatched=(NOBODY_FOR_LIN,)), at=TUESDAY)
    [pair] = shown(organisation, store, "run_pairs")
    assert pair == {
        "run_id": RUN,
        "number": 1,
        "pair_id": proposal_id(RUN, 1),
        "mentors": [ADA],
        "mentees": [NOOR],
        "score": 7_200,
        "mentee_score": 7_500,
        "mentor_score": 6_900,
        "parts": {"languages": 7_500},
        "answered": 1,
        "asked": 2,
        "rank": 1,
        "locked": False,
        "approved": False,
    }
    assert shown(organisation, store, "run_unmatched") == [
        {
            "person_key": person_key(RUN, LIN.id),
            "run_id": RUN,
            "side": "mentee",
            "reason": "barred_by_rules",
            "rules": ["shared_language"],
        }
    ]
    figures = run(organisation, store, "state", "engine", "inputs_digest", "digest", "shown_revision")
    assert figures == ("draft", 1, "in", "out", 0)
    counts = ("pairs", "approved", "unmatched", "totals", "computed_at")
    assert run(organisation, store, *counts) == (1, 0, 1, TOTALS.model_dump(), TUESDAY)


@pytest.mark.usefixtures("two_runs")
def test_everybody_named_has_a_label_of_that_run(organisation: Database, store: Store) -> None:
    for one in (RUN, OTHER):
        happened(store, one, computed(NOOR_WITH_ADA, unmatched=(NOBODY_FOR_LIN,)))
    happened(store, RUN, PairLocked(mentee=SAM, mentor=ADA))
    found = {(row["run_id"], row["participant_id"]) for row in shown(organisation, store, "run_people")}
    assert found == {(RUN, who) for who in (ADA, NOOR, LIN.id, SAM)} | {
        (OTHER, who) for who in (ADA, NOOR, LIN.id)
    }
    labels = {person_label(one, who) for one in (RUN, OTHER) for who in (ADA, NOOR)}
    assert len(labels) == 4
    assert {len(label) for label in labels} == {8}


@pytest.mark.usefixtures("two_runs")
def test_pairs_are_approved_and_withdrawn_by_number(organisation: Database, store: Store) -> None:
    for one in (RUN, OTHER):
        happened(store, one, computed(NOOR_WITH_ADA, LIN_WITH_SAM))
    happened(store, RUN, PairsApproved(numbers=(1, 2)))
    happened(store, RUN, ApprovalWithdrawn(numbers=(2, 9)))
    approved = shown(organisation, store, "run_pairs", "run_id", "number", "approved")
    assert {(row["run_id"], row["number"]) for row in approved if row["approved"]} == {(RUN, 1)}
    assert run(organisation, store, "pairs", "approved") == (2, 1)


@pytest.mark.usefixtures("two_runs")
def test_what_is_found_again_stays_approved_whatever_its_number(organisation: Database, store: Store) -> None:
    happened(store, RUN, computed(NOOR_WITH_ADA, LIN_WITH_SAM), PairsApproved(numbers=(1, 2)))
    happened(store, RUN, PairForbidden(mentee=LIN.id, mentor=SAM))
    assert pairs(organisation, store) == {(1, NOOR, True), (2, LIN.id, True)}
    assert run(organisation, store, "state", "revision", "shown_revision") == ("computing", 1, 0)
    lin_with_ada = LIN_WITH_SAM.model_copy(update={"number": 1, "mentors": (ADA,)})
    again = NOOR_WITH_ADA.model_copy(update={"number": 2, "score": 6_000})
    happened(store, RUN, computed(lin_with_ada, again, revision=1))
    assert pairs(organisation, store) == {(1, LIN.id, False), (2, NOOR, True)}
    counts = run(organisation, store, "state", "revision", "shown_revision", "pairs", "approved")
    assert counts == ("draft", 1, 1, 2, 1)


@pytest.mark.usefixtures("two_runs")
def test_nothing_is_approved_while_a_run_is_solved_again(organisation: Database, store: Store) -> None:
    happened(store, RUN, computed(NOOR_WITH_ADA), PairLocked(mentee=NOOR, mentor=ADA))
    happened(store, RUN, PairsApproved(numbers=(1,)))
    assert pairs(organisation, store) == {(1, NOOR, False)}


@pytest.mark.usefixtures("two_runs")
def test_who_is_found_a_mentor_later_is_unmatched_no_more(organisation: Database, store: Store) -> None:
    happened(store, RUN, computed(NOOR_WITH_ADA, unmatched=(NOBODY_FOR_LIN,)))
    happened(store, RUN, PairLocked(mentee=LIN.id, mentor=SAM))
    happened(store, RUN, computed(NOOR_WITH_ADA, LIN_WITH_SAM, revision=1))
    assert shown(organisation, store, "run_unmatched") == []
    assert run(organisation, store, "unmatched") == (0,)


@pytest.mark.usefixtures("two_runs")
def test_choices_are_made_and_taken_back(organisation: Database, store: Store) -> None:
    happened(store, RUN, PairLocked(mentee=NOOR, mentor=ADA), PairForbidden(mentee=LIN.id, mentor=SAM))
    happened(store, OTHER, PairLocked(mentee=NOOR, mentor=ADA))
    columns = ("run_id", "choice", "mentee", "mentor")
    made = {tuple(row.values()) for row in shown(organisation, store, "run_choices", *columns)}
    assert made == {
        (RUN, "locked", NOOR, ADA),
        (RUN, "forbidden", LIN.id, SAM),
        (OTHER, "locked", NOOR, ADA),
    }
    happened(store, RUN, PairReleased(mentee=NOOR, mentor=ADA))
    left = shown(organisation, store, "run_choices", "run_id", "choice")
    assert {tuple(row.values()) for row in left} == {(RUN, "forbidden"), (OTHER, "locked")}
    assert run(organisation, store, "state", "revision") == ("computing", 3)


@pytest.mark.usefixtures("two_runs")
def test_a_failure_says_why_until_it_is_tried_again(organisation: Database, store: Store) -> None:
    happened(store, RUN, Failed(revision=0, code="ENGINE_FAILED", reason="It could not be computed."))
    failed = ("failed", "ENGINE_FAILED", "It could not be computed.")
    assert run(organisation, store, "state", "failure_code", "failure") == failed
    happened(store, RUN, PairLocked(mentee=NOOR, mentor=ADA))
    assert run(organisation, store, "state", "failure_code", "failure") == ("computing", None, None)


@pytest.mark.usefixtures("two_runs")
@pytest.mark.parametrize(
    ("end", "row"),
    [
        (Cancelled(), ("cancelled", None, TUESDAY)),
        (Discarded(), ("discarded", None, TUESDAY)),
        (Published(), ("published", TUESDAY, None)),
    ],
)
def test_a_run_ends(organisation: Database, store: Store, end: DomainEvent, row: tuple[Any, ...]) -> None:
    happened(store, RUN, end, at=TUESDAY)
    assert run(organisation, store, "state", "published_at", "ended_at") == row


@pytest.mark.usefixtures("two_runs")
def test_a_run_says_how_far_it_has_come(organisation: Database, store: Store) -> None:
    position = happened(store, RUN, computed(NOOR_WITH_ADA))
    assert run(organisation, store, "version", "position") == (2, position)
