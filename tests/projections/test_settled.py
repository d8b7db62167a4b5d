"""Figures kept of relationships that are over are those that are measured, and go when anything follows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from psycopg.errors import LockNotAvailable
from psycopg.rows import dict_row

from domain.assignment import Dropped
from domain.ids import MentorshipId
from domain.measuring import Dated
from domain.mentorship import Concluded, Outcome, Reopened
from domain.store import Database, Store
from projections import accountability, programs, relationships, runner
from projections.measured import measured
from projections.parking import park
from projections.projection import connect
from projections.runner import CLAIM
from projections.settled import COLUMNS, RECIPE, together
from projections.settling import forget, settle
from tests import lived
from tests.measured_by_hand import EXAMPLES, MENTORSHIP, assigned, began, day, elsewhere, rated
from tests.people import NOOR, ONBOARDING
from tests.projections.given import rows
from tests.projections.test_accountability import (
    Measuring,
    fresh_organisation,
    interleaved,
    kept_up,
    program_begins,
    recorded,
)

OF_ALL: Final = measured("%(at)s::timestamptz", "m.program_id = %(program)s")
TOGETHER: Final = together("%(at)s::timestamptz", "m.program_id = %(program)s")
END: Final = Dated(day(70), MENTORSHIP, Concluded(outcome=Outcome.ACHIEVED))

Rows = dict[UUID, dict[str, Any]]


@pytest.fixture
def connection(organisation: Database) -> Iterator[psycopg.Connection]:
    with connect(organisation) as opened:
        yield opened


@pytest.fixture
def ended(organisation: Database, store: Store) -> None:
    """One that ended on day 70, and one that goes on."""
    program_begins(store)
    told = [*EXAMPLES["three of four meetings"].events]
    recorded(store, [*told, END, *elsewhere(told, MentorshipId(UUID(int=0x9001)))])
    kept_up(organisation, store)


def told(connection: psycopg.Connection, statement: str, at: datetime) -> Rows:
    with connection.cursor(row_factory=dict_row) as cursor:
        asked = {"at": at, "program": ONBOARDING}
        return {row["mentorship_id"]: row for row in cursor.execute(statement, asked)}


def agree(connection: psycopg.Connection, at: datetime) -> None:
    """To the last digit; and what was foretold is what would have been said then."""
    found = told(connection, TOGETHER, at)
    foretold = {id_: row.pop("foretold") for id_, row in found.items()}
    assert found == told(connection, OF_ALL, at)
    for id_, verdict in foretold.items():
        if verdict is not None:
            ended_at = found[id_]["ended_at"]
            before = told(connection, OF_ALL, ended_at - (day(30) - day(0))).get(id_)
            assert verdict == (before["verdict"] if before else "too_early")


@pytest.mark.usefixtures("ended")
def test_what_is_over_is_settled_once(connection: psycopg.Connection) -> None:
    assert (settle(connection, 10), settle(connection, 10)) == (1, 0)
    for at in (69, 70, 90):
        agree(connection, day(at))
    with connection.cursor() as cursor:
        described = cursor.execute(OF_ALL, {"at": day(90), "program": ONBOARDING}).description
    assert described is not None
    assert [one.name for one in described] == list(COLUMNS)


@pytest.mark.usefixtures("ended")
def test_it_is_read_as_of_any_moment_from_then_on(connection: psycopg.Connection) -> None:
    settle(connection, 10)
    connection.execute("UPDATE measure_settled SET held = 99")
    held = [told(connection, TOGETHER, day(at))[MENTORSHIP]["held"] for at in (69, 70, 90)]
    assert held == [3, 99, 99]


@pytest.mark.usefixtures("ended")
def test_what_follows_takes_it_away(
    organisation: Database, store: Store, connection: psycopg.Connection
) -> None:
    settle(connection, 10)
    recorded(store, rated(80, NOOR.id, 5))
    kept_up(organisation, store)
    assert rows(organisation, "measure_settled", ("mentorship_id",)) == []
    agree(connection, day(90))
    assert settle(connection, 10) == 1
    assert rows(organisation, "measure_settled", ("settled_at",)) == [{"settled_at": day(80)}]
    for at in (75, 80, 90):
        agree(connection, day(at))
    recorded(store, [Dated(day(95), MENTORSHIP, Reopened(until=day(140).date()))])
    kept_up(organisation, store)
    assert settle(connection, 10) == 0
    for at in (90, 100):
        agree(connection, day(at))


def test_nothing_is_settled_whose_terms_are_not_known(
    organisation: Database, store: Store, connection: psycopg.Connection
) -> None:
    """A programme's read model may be behind, or never have heard of it."""
    program_begins(store)
    recorded(store, [began(), END])
    runner.catch_up(organisation, store, [relationships.PROJECTION, accountability.PROJECTION])
    assert settle(connection, 10) == 0
    connection.execute("UPDATE projections SET position = %(head)s", {"head": store.head()})
    assert settle(connection, 10) == 0
    connection.execute("UPDATE projections SET position = 0 WHERE name = 'programs'")
    runner.catch_up(organisation, store, [programs.PROJECTION])
    assert settle(connection, 10) == 1


@pytest.mark.usefixtures("ended")
def test_facts_under_way_are_waited_for(organisation: Database, connection: psycopg.Connection) -> None:
    """Else they would not see, and so not take away, what is settled meanwhile."""
    connection.execute("SET lock_timeout = '100ms'")
    model = accountability.PROJECTION
    (position,) = connection.execute("SELECT position FROM projections WHERE name = 'accountability'")
    fence = {
        "name": model.name,
        "version": model.version,
        "position": position[0],
        "reached": position[0] + 1,
    }
    with connect(organisation) as keeping:
        with keeping.transaction():
            assert keeping.execute(CLAIM, fence).rowcount == 1
            with pytest.raises(LockNotAvailable):
                settle(connection, 10)
        # Now the others are one event behind.
        assert settle(connection, 10) == 0
        connection.execute("UPDATE projections SET position = %(to)s", {"to": position[0] + 1})
        assert settle(connection, 10) == 1


@pytest.mark.usefixtures("ended")
def test_a_read_model_of_another_release_is_not_settled_by(connection: psycopg.Connection) -> None:
    for name in ("accountability", "programs", "relationships"):
        with connection.transaction(force_rollback=True):
            connection.execute(
                "UPDATE projections SET version = version - 1 WHERE name = %(name)s", {"name": name}
            )
            assert settle(connection, 10) == 0
    assert settle(connection, 10) == 1


@pytest.mark.usefixtures("ended")
def test_what_another_release_has_settled_is_neither_read_nor_kept(
    organisation: Database, connection: psycopg.Connection
) -> None:
    settle(connection, 10)
    connection.execute("UPDATE measure_settled SET recipe = 'another', held = 99")
    assert told(connection, TOGETHER, day(90))[MENTORSHIP]["held"] == 3
    assert settle(connection, 10) == 1
    forget(connection)
    assert rows(organisation, "measure_settled", ("recipe", "held")) == [{"recipe": RECIPE, "held": 3}]


@pytest.mark.usefixtures("ended")
def test_what_falls_with_a_relationship_takes_it_away(
    organisation: Database, store: Store, connection: psycopg.Connection
) -> None:
    """An assignment that is dropped by nobody: no activity, and yet it is due no longer."""
    recorded(store, assigned(1, 20, 0xB1))
    kept_up(organisation, store)
    settle(connection, 10)
    recorded(store, [Dated(day(75), UUID(int=0xB1), Dropped())])
    kept_up(organisation, store)
    agree(connection, day(90))
    settle(connection, 10)
    for at in (72, 80):
        agree(connection, day(at))
    due = [told(connection, TOGETHER, day(at))[MENTORSHIP]["assignments_due"] for at in (72, 80)]
    assert due == [1, 0]


def test_nothing_is_settled_of_a_programme_that_is_parked(
    organisation: Database, store: Store, connection: psycopg.Connection
) -> None:
    """Its terms are there, but perhaps not as they were set last."""
    program_begins(store)
    recorded(store, [began(), END])
    kept_up(organisation, store)
    for stream in (ONBOARDING, MENTORSHIP):
        with connection.transaction(force_rollback=True):
            park(connection, "programs", stream, 1, "poisonous")
            assert settle(connection, 10) == 0
    assert settle(connection, 10) == 1


@settings(max_examples=20)
@drawn(lived.lives(), st.randoms(use_true_random=False), st.lists(lived.moments, min_size=2, max_size=2))
def test_whatever_happens_the_same_is_told(
    measuring: Measuring, life: list[Dated], chance: Any, moments: list[datetime]
) -> None:
    """Of a life that arrives in any order, settled after each few of its events, and at last ended."""
    life = [*life, Dated(day(lived.LAST_DAY + 1), MENTORSHIP, Concluded(outcome=Outcome.ACHIEVED))]
    arrived = interleaved(elsewhere(life, MentorshipId(uuid4())), chance)
    with connect(measuring.database) as connection:
        for begin in range(0, len(arrived), 7):
            recorded(measuring.store, arrived[begin : begin + 7])
            measuring.keep_up()
            settled = settle(connection, 100)
        assert settled == 1
        for at in (*moments, day(lived.LAST_DAY + 1)):
            agree(connection, at)


@pytest.fixture(scope="module")
def measuring(postgres_url: str) -> Iterator[Measuring]:
    with fresh_organisation(postgres_url) as (database, store):
        yield Measuring(database, store)
