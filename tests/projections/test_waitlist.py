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
from projections.waitlist_shapes import ESTIMATES, FEWEST
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


def estimates(database: Database) -> dict[UUID, dict[str, Any]]:
    """By enrollment."""
    with connect(database) as connection:
        found = connection.cursor(row_factory=dict_row).execute(ESTIMATES).fetchall()
    return {row.pop("enrollment_id"): row for row in found}


def estimate(database: Database, store: Store, who: ParticipantId) -> dict[str, Any] | None:
    shown(database, store, "waitlist_stays")
    return estimates(database).get(enrollment_id(ONBOARDING, who))


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


LISTS = """
WITH lists AS (SELECT gen_random_uuid() AS program, l.*
                 FROM unnest(%(k)s::int[], %(came)s::int[]) WITH ORDINALITY AS l (k, came, number)),
     past AS (INSERT INTO waitlist_stays
              SELECT 1000000 * l.number + n, gen_random_uuid(), l.program, 'mentee',
                     now() - interval '200 days', 1, 0, 1, now() - interval '40 days', 'approved'
                FROM lists l, generate_series(1, l.came) n)
INSERT INTO waitlist_stays
SELECT 1000000 * l.number + l.came + n, gen_random_uuid(), l.program, 'mentee', now(), n, l.came, 90
  FROM lists l, generate_series(1, l.k) n
"""
LAST = """
SELECT DISTINCT ON (program_id) enrollment_id
  FROM waitlist_stays WHERE left_at IS NULL ORDER BY program_id, entered_position DESC
"""
ORDER = "SELECT enrollment_id, entered_position / 1000000 FROM waitlist_stays WHERE left_at IS NULL"


def bounds(database: Database, asked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For the k-th and last of a list on which so many places came in ninety days."""
    with connect(database) as connection:
        connection.execute(LISTS, {"k": [k for k, _ in asked], "came": [n for _, n in asked]})
        connection.execute("ANALYZE waitlist_stays")
        last = {one for (one,) in connection.execute(LAST)}
        numbers = {number: one for one, number in connection.execute(ORDER) if one in last}
    told = estimates(database)
    found = [told[numbers[number]] for number in range(1, len(asked) + 1)]
    return [(one["from_days"], one["to_days"]) for one in found]


def test_the_interval_is_that_of_an_independent_package(organisation: Database) -> None:
    """To a day, and to what an approximation may be wrong by: less at the upper end than at the lower."""
    asked = [(k, n) for k in (1, 2, 3, 8, 50, 400) for n in (5, 6, 9, 20, 100, 400)]
    for (k, n), (low, high) in zip(asked, bounds(organisation, asked), strict=True):
        first, last = 90 * stats.betaprime(k, n).ppf([0.1, 0.9])
        assert 0.93 * first - 1 < low < 1.01 * first
        assert 0.98 * last < high < 1.01 * last + 1


def test_four_of_five_wait_as_long_as_they_were_told(organisation: Database) -> None:
    """Lists that are lived through: places come at random, at a rate that nobody knows."""
    chance = random.Random(7)
    lived: list[tuple[int, int, float]] = []
    while len(lived) < 500:
        rate, k = chance.uniform(0.1, 1), chance.randint(1, 20)
        if (n := arrivals(chance, rate)) >= FEWEST:
            lived.append((k, n, sum(chance.expovariate(rate) for _ in range(k))))
    told = bounds(organisation, [(k, n) for k, n, _ in lived])
    within = [low <= wait <= high for (low, high), (*_, wait) in zip(told, lived, strict=True)]
    assert 0.77 < sum(within) / len(within) < 0.9


def arrivals(chance: random.Random, rate: float) -> int:
    """In ninety days."""
    at, found = chance.expovariate(rate), 0
    while at < 90:
        at, found = at + chance.expovariate(rate), found + 1
    return found
