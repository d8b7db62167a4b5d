"""One leads, another takes over; lost connections, poison and new versions pass without anybody's help."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from structlog.testing import capture_logs

from domain.store import Database, RecordedEvent, Store
from domain.store.listener import Listener
from projections import freshness, projection
from projections.projection import Projection, connect
from projections.statements import Statements
from tests.projections import tally
from tests.projections.given import ADA, NOOR, SAM, eventually
from tests.projections.tally import TALLY, offer, tallies
from workers.projector import Projector


@pytest.fixture
def tallied(organisation: Database) -> Database:
    tally.install(organisation)
    return organisation


@contextlib.contextmanager
def projecting(database: Database, store: Store, one: Projection = TALLY) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Projector(database, store, one).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def leaders(database: Database, name: str = "tally") -> list[int]:
    """The processes of PostgreSQL that hold this organisation's lead."""
    query = """
        SELECT pid FROM pg_locks,
               hashtextextended('keep ' || current_schema() || '.' || %(name)s, 0) AS key
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
           AND (classid::bigint << 32 | objid::bigint) = key
    """
    with connect(database) as connection:
        return [row[0] for row in connection.execute(query, {"name": name})]


def terminate(database: Database, pid: int) -> None:
    with psycopg.connect(database.url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})


def test_it_catches_up_and_follows(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    with projecting(tallied, store):
        eventually(lambda: tallies(tallied) == {ADA: [1]})
        offer(store, NOOR, 1)
        offer(store, ADA, 2)
        eventually(lambda: tallies(tallied) == {ADA: [1, 2], NOOR: [1]})


def test_the_leader_works_and_another_takes_over_when_it_stops(tallied: Database, store: Store) -> None:
    applied_by: list[str] = []

    def by(name: str) -> Projection:
        def apply(sql: Statements, recorded: RecordedEvent) -> None:
            applied_by.append(name)
            tally.count(sql, recorded)

        return replace(TALLY, apply=apply)

    with contextlib.ExitStack() as second:
        with projecting(tallied, store, by("first")):
            eventually(lambda: len(leaders(tallied)) == 1)
            second.enter_context(projecting(tallied, store, by("second")))
            offer(store, ADA, 1)
            offer(store, NOOR, 1)
            eventually(lambda: tallies(tallied) == {ADA: [1], NOOR: [1]})
            assert len(leaders(tallied)) == 1
        offer(store, ADA, 2)
        eventually(lambda: tallies(tallied) == {ADA: [1, 2], NOOR: [1]})
    assert applied_by == ["first", "first", "second"]


def test_one_that_stands_by_can_be_stopped(tallied: Database, store: Store) -> None:
    with projecting(tallied, store):
        eventually(lambda: leaders(tallied))
        leader = leaders(tallied)
        with projecting(tallied, store):
            offer(store, ADA, 1)
            offer(store, NOOR, 1)
            eventually(lambda: tallies(tallied) == {ADA: [1], NOOR: [1]})
        assert leaders(tallied) == leader


def test_it_comes_back_after_its_connection_was_cut(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    with projecting(tallied, store):
        eventually(lambda: tallies(tallied) == {ADA: [1]})
        (leader,) = leaders(tallied)
        terminate(tallied, leader)
        offer(store, ADA, 2)
        offer(store, NOOR, 1)
        eventually(lambda: tallies(tallied) == {ADA: [1, 2], NOOR: [1]})
        assert leaders(tallied) not in ([leader], [])


def test_a_connection_cut_in_the_middle_of_a_batch_costs_nothing(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, 2)
    offer(store, NOOR, 1)
    cuts: list[int] = []

    def cut_once() -> None:
        if not cuts:
            cuts.extend(leaders(tallied))
            terminate(tallied, cuts[0])

    with projecting(tallied, store, tally.when(2, cut_once)):
        eventually(lambda: tallies(tallied) == {ADA: [1, 2], NOOR: [1]})
    assert len(cuts) == 1


def test_poison_parks_one_stream_while_the_others_are_followed(tallied: Database, store: Store) -> None:
    with projecting(tallied, store):
        offer(store, ADA, 1, competency=tally.SQL_POISON)
        offer(store, NOOR, 1)
        offer(store, SAM, 1)
        eventually(lambda: tallies(tallied) == {NOOR: [1], SAM: [1]})
    (status,) = (status for status in projection.status(tallied) if status.name == "tally")
    assert [parked.stream_id for parked in status.parked] == [ADA]


def test_a_new_version_is_rebuilt_before_it_is_followed(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, competency=tally.SQL_POISON)
    offer(store, NOOR, 1)
    with projecting(tallied, store):
        eventually(lambda: tallies(tallied) == {NOOR: [1]})
    with projecting(tallied, store, replace(TALLY, version=2, apply=tally.forgiving)):
        eventually(lambda: tallies(tallied) == {ADA: [1], NOOR: [1]})
        offer(store, NOOR, 2)
        eventually(lambda: tallies(tallied) == {ADA: [1], NOOR: [1, 2]})
    (status,) = (status for status in projection.status(tallied) if status.name == "tally")
    assert (status.version, status.parked) == (2, ())


def test_stopped_in_a_rebuild_it_goes_on_with_it_next_time(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    offer(store, NOOR, 1)
    with projecting(tallied, store):
        eventually(lambda: tallies(tallied) == {ADA: [1], NOOR: [1]})
    stop = threading.Event()
    stopping = replace(tally.when(2, stop.set), version=2)
    Projector(tallied, store, stopping).run(stop)
    (status,) = (status for status in projection.status(tallied) if status.name == "tally")
    assert (status.version, status.rebuilt_to) == (1, 2)
    with projecting(tallied, store, replace(TALLY, version=2)):
        eventually(lambda: 2 in {one.version for one in projection.status(tallied) if one.name == "tally"})
    assert tallies(tallied) == {ADA: [1], NOOR: [1]}


def test_it_waits_for_what_is_not_installed_yet(organisation: Database, store: Store) -> None:
    offer(store, ADA, 1)
    offer(store, NOOR, 1)
    with capture_logs() as said, projecting(organisation, store):
        eventually(lambda: any(one["event"] == "worker.interrupted" for one in said))
        tally.install(organisation)
        eventually(lambda: tallies(organisation) == {ADA: [1], NOOR: [1]})


def test_whoever_waits_is_told_of_the_new_position(tallied: Database, store: Store) -> None:
    hints: list[str] = []
    listener = Listener(tallied, freshness.channel(tallied))
    listener.subscribe(hints.append)
    try:
        eventually(lambda: "" in hints)
        with projecting(tallied, store):
            offer(store, ADA, 1)
            last = offer(store, NOOR, 1)
            eventually(lambda: f"tally:{last}" in hints)
    finally:
        listener.close()
