"""Rows and position commit together, once, whoever else is at it, and whatever is wrong with an event."""

import threading
from dataclasses import replace

import psycopg
import pytest

from domain.participant import Erased
from domain.store import Database, RecordedEvent, Store, StoreUnavailable
from projections import projection, runner
from projections.projection import connect
from projections.runner import ReadModelIsMissing, ReadModelIsOfAnotherVersion, Runner
from projections.statements import Statements
from tests.projections import tally
from tests.projections.given import ADA, NOOR, SAM, eventually, happened
from tests.projections.tally import PYTHON_POISON, SQL_POISON, TALLY, offer, tallies


@pytest.fixture
def tallied(organisation: Database) -> Database:
    tally.install(organisation)
    return organisation


def status(database: Database) -> projection.Status:
    (found,) = (status for status in projection.status(database) if status.name == "tally")
    return found


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 100])
def test_batches_of_any_size_apply_every_event_once_and_in_order(
    tallied: Database, store: Store, batch: int
) -> None:
    offer(store, ADA, 1, 2)
    offer(store, NOOR, 5)
    tally.unrelated(store, NOOR)
    last = offer(store, ADA, 3, 4)
    with connect(tallied) as connection:
        follower = Runner(connection, store, TALLY, batch)
        while follower.advance():
            assert status(tallied).position == follower.position
    assert tallies(tallied) == {ADA: [1, 2, 3, 4], NOOR: [5]}
    assert follower.position == follower.head == last


def test_the_position_passes_events_that_the_read_model_does_not_read(
    tallied: Database, store: Store
) -> None:
    offer(store, ADA, 1)
    last = tally.unrelated(store, NOOR)
    runner.catch_up(tallied, store, [TALLY])
    assert (status(tallied).position, status(tallied).lag) == (last, 0)


def test_an_empty_log_is_caught_up_with(tallied: Database, store: Store) -> None:
    runner.catch_up(tallied, store, [TALLY])
    assert (status(tallied).position, status(tallied).head, status(tallied).seconds_behind) == (0, 0, 0)


def test_status_says_how_far_behind_a_read_model_is(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, 2, 3)
    behind = status(tallied)
    assert (behind.version, behind.position, behind.head, behind.lag) == (1, 0, 3, 3)
    assert behind.seconds_behind > 0
    assert (behind.parked, behind.rebuilt_to) == ((), None)


def test_of_two_that_saw_the_same_batch_one_applies_it(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, 2)
    with connect(tallied) as first, connect(tallied) as second:
        quick, slow = Runner(first, store, TALLY), Runner(second, store, TALLY)
        assert quick.advance()
        assert slow.advance()
        assert slow.position == quick.position == 2
        assert not slow.advance()
    assert tallies(tallied) == {ADA: [1, 2]}


def test_two_at_once_double_nothing_and_lose_nothing(tallied: Database, store: Store) -> None:
    stop = threading.Event()

    def keep_on() -> None:
        with connect(tallied) as connection:
            follower = Runner(connection, store, TALLY, batch=5)
            stopping = False
            while follower.advance() or not stopping:
                # Asked before the next look: what came before the stop is looked at once more.
                stopping = stop.is_set()

    threads = [threading.Thread(target=keep_on, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(60):
        offer(store, (ADA, NOOR, SAM)[number % 3], *range(1, 6))
    stop.set()
    for thread in threads:
        thread.join()
    assert tallies(tallied) == {person: [1, 2, 3, 4, 5] * 20 for person in (ADA, NOOR, SAM)}


@pytest.mark.parametrize(
    ("poison", "reason"),
    [(PYTHON_POISON, "ValueError in count, line "), (SQL_POISON, "DivisionByZero (22012)")],
)
def test_a_poison_event_parks_its_stream_and_the_rest_goes_on(
    tallied: Database, store: Store, poison: str, reason: str
) -> None:
    offer(store, ADA, 1)
    offer(store, NOOR, 1)
    poisoned = offer(store, ADA, 2, competency=poison)
    offer(store, NOOR, 2)
    offer(store, ADA, 3)
    runner.catch_up(tallied, store, [TALLY])
    last = offer(store, NOOR, 3)
    offer(store, ADA, 4)
    offer(store, SAM, 5)
    runner.catch_up(tallied, store, [TALLY])
    assert tallies(tallied) == {ADA: [1], NOOR: [1, 2, 3], SAM: [5]}
    found = status(tallied)
    assert found.position == last + 2
    (parked,) = found.parked
    assert (parked.stream_id, parked.position) == (ADA, poisoned)
    assert parked.reason.startswith(reason)
    assert "Secret" not in parked.reason


def test_an_event_that_cannot_be_read_parks_its_stream(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, 2)
    offer(store, NOOR, 1)
    with psycopg.connect(tallied.url, options=f"-c search_path={tallied.schema}") as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER USER; ALTER TABLE events_p0 DISABLE TRIGGER USER")
        owner.execute("UPDATE events SET state = '{\"level\": 3}' WHERE position = 2")
    runner.catch_up(tallied, store, [TALLY])
    assert tallies(tallied) == {ADA: [1], NOOR: [1]}
    (parked,) = status(tallied).parked
    assert (parked.stream_id, parked.position) == (ADA, 2)
    assert "participant.competency_offered" in parked.reason


def test_retried_streams_are_replayed_from_where_they_stopped(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    offer(store, ADA, 2, competency=SQL_POISON)
    offer(store, NOOR, 1)
    offer(store, NOOR, 2, competency=PYTHON_POISON)
    tally.unrelated(store, ADA)
    offer(store, ADA, 3)
    runner.catch_up(tallied, store, [TALLY])
    offer(store, ADA, 4)

    assert runner.retry_parked(tallied, store, TALLY) == (0, 2)
    assert tallies(tallied) == {ADA: [1], NOOR: [1]}
    assert {parked.stream_id for parked in status(tallied).parked} == {ADA, NOOR}

    mended = replace(TALLY, apply=tally.forgiving)
    assert runner.retry_parked(tallied, store, mended) == (2, 0)
    assert tallies(tallied) == {ADA: [1, 2, 3], NOOR: [1, 2]}
    assert status(tallied).parked == ()
    runner.catch_up(tallied, store, [mended])
    assert tallies(tallied) == {ADA: [1, 2, 3, 4], NOOR: [1, 2]}


def test_a_retry_may_find_the_next_poison(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1, competency=SQL_POISON)
    second = offer(store, ADA, 2, competency=PYTHON_POISON)
    offer(store, NOOR, 1)
    runner.catch_up(tallied, store, [TALLY])

    def half_mended(sql: Statements, recorded: RecordedEvent) -> None:
        (tally.count if recorded.position == second else tally.forgiving)(sql, recorded)

    assert runner.retry_parked(tallied, store, replace(TALLY, apply=half_mended)) == (0, 1)
    assert tallies(tallied) == {ADA: [1], NOOR: [1]}
    (parked,) = status(tallied).parked
    assert parked.position == second


def test_a_stream_that_another_has_retried_is_not_replayed_again(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    offer(store, ADA, 2, competency=SQL_POISON)
    offer(store, NOOR, 1)
    runner.catch_up(tallied, store, [TALLY])
    with connect(tallied) as first, connect(tallied) as second:
        mended = replace(TALLY, apply=tally.forgiving)
        assert Runner(first, store, mended)._retry(ADA)
        assert Runner(second, store, mended)._retry(ADA)
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1]}


def test_an_erasure_reaches_a_parked_stream(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    offer(store, NOOR, 1)
    offer(store, ADA, 2, competency=SQL_POISON)
    happened(store, ADA, Erased())
    runner.catch_up(tallied, store, [TALLY])
    assert tallies(tallied) == {NOOR: [1]}
    assert [parked.stream_id for parked in status(tallied).parked] == [ADA]
    assert runner.retry_parked(tallied, store, replace(TALLY, apply=tally.forgiving)) == (1, 0)
    assert tallies(tallied) == {NOOR: [1]}


def test_a_connection_cut_in_the_middle_of_a_batch_leaves_nothing_of_it(
    tallied: Database, store: Store
) -> None:
    offer(store, ADA, 1, 2, 3)
    offer(store, NOOR, 1)
    with connect(tallied) as connection, psycopg.connect(tallied.url, autocommit=True) as admin:
        pid = connection.info.backend_pid

        def cut() -> None:
            admin.execute("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})

        with pytest.raises(psycopg.OperationalError):
            Runner(connection, store, tally.when(3, cut)).advance()
    assert (tallies(tallied), status(tallied).position, status(tallied).parked) == ({}, 0, ())
    runner.catch_up(tallied, store, [TALLY])
    assert tallies(tallied) == {ADA: [1, 2, 3], NOOR: [1]}


@pytest.mark.parametrize(
    "moment", [StoreUnavailable(), psycopg.errors.DeadlockDetected(), psycopg.errors.ReadOnlySqlTransaction()]
)
def test_a_bad_moment_parks_nothing(tallied: Database, store: Store, moment: Exception) -> None:
    offer(store, ADA, 1, 2)

    def fail() -> None:
        raise moment

    with connect(tallied) as connection, pytest.raises(type(moment)):
        Runner(connection, store, tally.when(2, fail)).advance()
    assert (tallies(tallied), status(tallied).position, status(tallied).parked) == ({}, 0, ())


def test_a_bad_moment_while_events_are_tried_singly_parks_nothing(tallied: Database, store: Store) -> None:
    offer(store, NOOR, 1)
    offer(store, ADA, 1, 2)
    faults: list[Exception] = [psycopg.errors.DeadlockDetected(), ValueError()]

    def fail() -> None:
        raise faults.pop()

    with connect(tallied) as connection, pytest.raises(psycopg.errors.DeadlockDetected):
        Runner(connection, store, tally.when(2, fail)).advance()
    assert (tallies(tallied), status(tallied).position, status(tallied).parked) == ({}, 0, ())


def test_a_missing_table_is_not_the_events_fault(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    with connect(tallied) as connection:
        connection.execute("DROP TABLE tallies")
        with pytest.raises(psycopg.errors.UndefinedTable):
            Runner(connection, store, TALLY).advance()
    assert (status(tallied).position, status(tallied).parked) == (0, ())


def test_what_is_not_installed_is_not_kept(organisation: Database, store: Store) -> None:
    with pytest.raises(ReadModelIsMissing):
        runner.catch_up(organisation, store, [TALLY])


def test_another_version_is_left_alone(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    with connect(tallied) as connection:
        ours = Runner(connection, store, TALLY)
        connection.execute("UPDATE projections SET version = 2 WHERE name = 'tally'")
        with pytest.raises(ReadModelIsOfAnotherVersion):
            ours.advance()
        with pytest.raises(ReadModelIsOfAnotherVersion):
            Runner(connection, store, TALLY)
    assert tallies(tallied) == {}


def test_only_one_connection_leads_until_it_closes(tallied: Database) -> None:
    with connect(tallied) as first, connect(tallied) as second, connect(tallied, rebuilding=True) as third:
        assert runner.lead(first, "tally")
        assert not runner.lead(second, "tally")
        assert runner.lead(second, "another")
        assert runner.lead(third, "tally")
        first.close()
        eventually(lambda: runner.lead(second, "tally"))


def test_installing_twice_changes_nothing(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    runner.catch_up(tallied, store, [TALLY])
    tally.install(tallied, replace(TALLY, version=2))
    assert (status(tallied).version, status(tallied).position) == (1, 1)
    assert tallies(tallied) == {ADA: [1]}


def test_statements_deallocated_by_somebody_park_nothing(tallied: Database, store: Store) -> None:
    offer(store, ADA, 1)
    with connect(tallied) as connection:
        follower = Runner(connection, store, TALLY)
        follower.advance()
        offer(store, ADA, 2)
        connection.execute("DEALLOCATE ALL")
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            follower.advance()
    runner.catch_up(tallied, store, [TALLY])
    assert (tallies(tallied), status(tallied).parked) == ({ADA: [1, 2]}, ())
