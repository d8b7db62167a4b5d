"""Stays on waitlists, and what they tell who waits: by an independent package, and lists lived through."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg.rows import dict_row
from scipy import stats

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
from projections.projection import connect
from projections.waitlist_shapes import BOUNDS, ESTIMATES, FEWEST, TERMS
from tests.people import LEADERSHIP, ONBOARDING
from tests.projections.given import ADA, NOOR, SAM, happened, shown

NOBODY_YET = {"based_on": 0, "from_days": None, "to_days": None, "past_error_days": None}


def applied(
    store: Store, who: ParticipantId, program: ProgramId = ONBOARDING, role: Side = Side.MENTEE
) -> None:
    happened(store, enrollment_id(program, who), Applied(program=program, participant=who, role=role))


def then(
    store: Store, who: ParticipantId, event: EnrollmentEvent, ago: float = 0, program: ProgramId = ONBOARDING
) -> None:
    """So many days ago."""
    happened(store, enrollment_id(program, who), event, at=datetime.now(UTC) - timedelta(days=ago))


def waits(store: Store, who: ParticipantId, ago: float = 0) -> None:
    applied(store, who)
    then(store, who, Waitlisted(), ago)


def stays(database: Database, store: Store) -> list[dict[str, Any]]:
    wanted = ("entered_position", "position_at_entry", "entered_at", "left_at", "outcome")
    found = shown(database, store, "waitlist_stays", *wanted)
    return sorted(found, key=lambda row: row["entered_position"])


def test_a_stay_begins_at_the_end_of_its_own_list(organisation: Database, store: Store) -> None:
    for who in (ADA, NOOR):
        waits(store, who)
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
    waits(store, NOOR, ago=3)
    then(store, NOOR, ending)
    (stay,) = stays(organisation, store)
    assert (round((stay["left_at"] - stay["entered_at"]).total_seconds() / 86400), stay["outcome"]) == (
        3,
        outcome,
    )


def test_who_waits_again_begins_anew(organisation: Database, store: Store) -> None:
    for who in (NOOR, ADA):
        waits(store, who)
    then(store, NOOR, Waitlisted())
    told = [(row["position_at_entry"], row["outcome"]) for row in stays(organisation, store)]
    assert told == [(1, "waitlisted"), (2, None), (2, None)]


def test_who_never_applied_waits_on_no_list(organisation: Database, store: Store) -> None:
    then(store, NOOR, Waitlisted())
    assert stays(organisation, store) == []


def came(store: Store, *ago: float, began: float = 40, ending: EnrollmentEvent | None = None) -> None:
    """Others who waited from long ago, until a place came so many days ago."""
    for number, days in enumerate(ago):
        who = ParticipantId(UUID(int=store.head() * 1_000 + number))
        waits(store, who, began)
        then(store, who, ending or Approved(), days)


def estimate(database: Database, store: Store, who: ParticipantId) -> dict[str, Any] | None:
    shown(database, store, "waitlist_stays")
    query = (
        f"SELECT based_on, from_days, to_days, past_error_days FROM {ESTIMATES} t"  # noqa: S608 written in this repository
        " WHERE t.enrollment_id = %(own)s"
    )
    with connect(database) as connection:
        cursor = connection.cursor(row_factory=dict_row)
        return cursor.execute(query, {"own": enrollment_id(ONBOARDING, who)}).fetchone()


def test_before_enough_places_have_come_no_days_are_told(organisation: Database, store: Store) -> None:
    applied(store, NOOR)
    assert estimate(organisation, store, NOOR) is None
    then(store, NOOR, Waitlisted(), 10)
    assert estimate(organisation, store, NOOR) == NOBODY_YET
    came(store, *range(1, FEWEST))
    came(store, 1, ending=Withdrawn())
    assert estimate(organisation, store, NOOR) == {**NOBODY_YET, "based_on": 4}
    then(store, NOOR, Approved())
    assert estimate(organisation, store, NOOR) is None


def test_the_rate_is_over_the_life_of_a_young_list(organisation: Database, store: Store) -> None:
    """Nine in thirty days, and three wait: 10 days by the rate, and four times out of five 3 to 22."""
    for who in (ADA, SAM, NOOR):
        waits(store, who, 30)
    came(store, *range(1, 10), began=30)
    told = estimate(organisation, store, NOOR)
    assert told == {"based_on": 9, "from_days": 3, "to_days": 22, "past_error_days": None}


def test_what_came_long_ago_says_nothing_of_now(organisation: Database, store: Store) -> None:
    came(store, *[100.0] * 9, began=200)
    waits(store, NOOR)
    assert estimate(organisation, store, NOOR) == NOBODY_YET


def test_its_error_is_of_those_who_could_have_been_told(organisation: Database, store: Store) -> None:
    """Five had come in fifty days when number two began to wait: for twenty days, and it was thirty."""
    came(store, 75, 70, 65, 60, 55, began=105)
    for who in (ADA, SAM):
        waits(store, who, 55)
    then(store, SAM, Approved(), 25)
    told = estimate(organisation, store, ADA)
    assert told is not None
    assert (told["based_on"], told["past_error_days"]) == (6, 10)


def bounds(database: Database, asked: Sequence[tuple[int, int]], days: float) -> list[tuple[int, int]]:
    """Of the k-th place, where so many came in the days."""
    query = (
        "SELECT b.from_days, b.to_days FROM unnest(%(k)s::int[], %(came)s::int[])"  # noqa: S608 written in this repository
        " WITH ORDINALITY AS p (k, came, n)"
        " CROSS JOIN LATERAL (SELECT p.came, %(days)s::float8 AS days) r"
        f" CROSS JOIN LATERAL ({TERMS}) t CROSS JOIN LATERAL ({BOUNDS}) b ORDER BY p.n"
    )
    wanted = {"k": [k for k, _ in asked], "came": [n for _, n in asked], "days": days}
    with connect(database) as connection:
        return connection.execute(query, wanted).fetchall()


def test_the_interval_is_that_of_an_independent_package(organisation: Database) -> None:
    asked = [(k, n) for k in (1, 2, 3, 8, 50, 400, 5_000) for n in (5, 6, 9, 20, 100, 1_000)]
    whole = 500_000
    for (k, n), (low, high) in zip(asked, bounds(organisation, asked, whole), strict=True):
        told = stats.betaprime(k, n)
        assert 0.797 < told.cdf(high / whole) - told.cdf(low / whole) < 0.807


def test_four_of_five_wait_as_long_as_they_were_told(organisation: Database) -> None:
    """Lists that are lived through: places come at random, at a rate that nobody knows."""
    chance = random.Random(7)
    lived = []
    for _ in range(4_000):
        rate, k = chance.uniform(0.2, 2), chance.randint(1, 20)
        n = sum(1 for at in arrivals(chance, rate) if at < 90)
        if n >= FEWEST:
            lived.append((k, n, sum(chance.expovariate(rate) for _ in range(k))))
    told = bounds(organisation, [(k, n) for k, n, _ in lived], 90)
    within = [low <= wait <= high for (low, high), (*_, wait) in zip(told, lived, strict=True)]
    assert 0.79 < sum(within) / len(within) < 0.88


def arrivals(chance: random.Random, rate: float) -> list[float]:
    at, found = 0.0, []
    while at < 90:
        at += chance.expovariate(rate)
        found.append(at)
    return found
