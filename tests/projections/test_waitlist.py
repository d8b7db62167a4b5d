"""Stays on the waitlists, and the lists that estimates are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.enrollment import (
    Applied,
    Approved,
    EnrollmentEvent,
    InformationRequested,
    Rejected,
    Waitlisted,
    Withdrawn,
)
from domain.ids import ParticipantId, ProgramId, enrollment_id
from domain.program_settings import Side
from domain.store import Database, Store
from domain.waiting import FEWEST, Estimate
from projections import catalogue, runner, waitlist
from projections.projection import connect
from projections.waitlist import read_waitlists
from tests.people import LEADERSHIP, ONBOARDING
from tests.projections.given import ADA, NOOR, SAM, happened, shown

MORNING = datetime(2030, 5, 2, 9, tzinfo=UTC)


def applied(
    store: Store, who: ParticipantId, program: ProgramId = ONBOARDING, role: Side = Side.MENTEE
) -> None:
    happened(store, enrollment_id(program, who), Applied(program=program, participant=who, role=role))


def then(
    store: Store,
    who: ParticipantId,
    *events: EnrollmentEvent,
    day: float = 0,
    program: ProgramId = ONBOARDING,
) -> None:
    happened(store, enrollment_id(program, who), *events, at=MORNING + timedelta(days=day))


def stays(database: Database, store: Store) -> list[dict[str, Any]]:
    wanted = ("entered_position", "position_at_entry", "entered_at", "left_at", "outcome")
    found = shown(database, store, "waitlist_stays", *wanted)
    return sorted(found, key=lambda row: row["entered_position"])


def test_a_stay_begins_at_the_end_of_its_own_list(organisation: Database, store: Store) -> None:
    for who in (ADA, NOOR):
        applied(store, who)
        then(store, who, Waitlisted())
    applied(store, SAM, role=Side.MENTOR)
    then(store, SAM, Waitlisted())
    applied(store, SAM, LEADERSHIP)
    then(store, SAM, Waitlisted(), program=LEADERSHIP)
    assert [row["position_at_entry"] for row in stays(organisation, store)] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        (Approved(), "approved"),
        (Withdrawn(), "withdrawn"),
        (Rejected(participant=NOOR, reason="Full."), "rejected"),
        (InformationRequested(participant=NOOR, question="Why?"), "information_requested"),
        (Applied(program=ONBOARDING, participant=NOOR, role=Side.MENTOR), "applied"),
    ],
)
def test_whatever_comes_next_ends_it(
    organisation: Database, store: Store, ending: EnrollmentEvent, outcome: str
) -> None:
    applied(store, NOOR)
    then(store, NOOR, Waitlisted())
    then(store, NOOR, ending, day=3)
    (stay,) = stays(organisation, store)
    assert (stay["left_at"] - stay["entered_at"], stay["outcome"]) == (timedelta(days=3), outcome)


def test_who_waits_again_begins_anew(organisation: Database, store: Store) -> None:
    for who in (NOOR, ADA):
        applied(store, who)
        then(store, who, Waitlisted())
    then(store, NOOR, Waitlisted(), day=1)
    told = [(row["position_at_entry"], row["outcome"]) for row in stays(organisation, store)]
    assert told == [(1, "waitlisted"), (2, None), (2, None)]


def test_who_never_applied_waits_on_no_list(organisation: Database, store: Store) -> None:
    then(store, NOOR, Waitlisted())
    assert stays(organisation, store) == []


def lived(store: Store, number: int, ending: EnrollmentEvent, *, ends: float) -> None:
    """Somebody who began to wait on the first day."""
    who = ParticipantId(UUID(int=10_000 + number))
    applied(store, who)
    then(store, who, Waitlisted())
    then(store, who, ending, day=ends)


def estimate(database: Database, store: Store, who: ParticipantId, *, day: float) -> Estimate | None:
    runner.catch_up(database, store, catalogue.ALL)
    own = enrollment_id(ONBOARDING, who)
    with connect(database) as connection:
        found = read_waitlists(connection, [own])
    return found[own].estimate(1, MORNING + timedelta(days=day)) if own in found else None


def test_places_that_came_are_what_an_estimate_is_based_on(organisation: Database, store: Store) -> None:
    applied(store, NOOR)
    assert estimate(organisation, store, NOOR, day=1) is None
    then(store, NOOR, Waitlisted())
    for number in range(FEWEST - 1):
        lived(store, number, Approved(), ends=number + 1)
    lived(store, 10, Withdrawn(), ends=1)
    assert estimate(organisation, store, NOOR, day=9) == Estimate(based_on=4)
    lived(store, 11, Approved(), ends=8)
    told = estimate(organisation, store, NOOR, day=10)
    assert told is not None
    assert (told.based_on, told.from_days, told.to_days) == (5, 0, 6)


def test_of_a_very_long_list_the_last_places_tell(
    organisation: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rate is over the time in which those came that are read."""
    monkeypatch.setattr(waitlist, "MOST", 6)
    applied(store, NOOR)
    then(store, NOOR, Waitlisted())
    for number in range(20):
        lived(store, number, Approved(), ends=number + 1)
    told = estimate(organisation, store, NOOR, day=20)
    assert told is not None
    assert (told.based_on, told.from_days, told.to_days) == (6, 0, 3)
