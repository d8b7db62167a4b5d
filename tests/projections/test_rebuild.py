"""A read model made anew beside the live one, which is served until the two are swapped at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from domain.store import Database, Store
from projections import projection, runner
from projections import rebuild as rebuilding
from projections.projection import Projection, connect
from projections.rebuild import RebuildIsRunning, rebuild
from projections.runner import Runner
from tests.projections import tally
from tests.projections.given import ADA, NOOR, SAM, eventually, rows
from tests.projections.tally import SQL_POISON, TALLY, offer, tallies

SECOND = replace(
    TALLY,
    version=2,
    ddl=TALLY.ddl + "ALTER TABLE tallies ADD COLUMN said text NOT NULL DEFAULT 'by version 2';",
    apply=tally.forgiving,
)


@pytest.fixture
def tallied(organisation: Database, store: Store) -> Database:
    """Ada and Noor are counted; Ada's stream is parked at her second offer."""
    tally.install(organisation)
    offer(store, ADA, 1)
    offer(store, ADA, 2, competency=SQL_POISON)
    offer(store, NOOR, 1, 2)
    runner.catch_up(organisation, store, [TALLY])
    return organisation


def status(database: Database) -> projection.Status:
    (found,) = (status for status in projection.status(database) if status.name == "tally")
    return found


def stop_at(position: int) -> tuple[threading.Event, rebuilding.OnProgress]:
    stop = threading.Event()

    def on_progress(reached: int, head: int) -> None:
        if reached >= position:
            stop.set()

    return stop, on_progress


@pytest.fixture
def batches_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def small(connection: psycopg.Connection, store: Store, one: Projection) -> Runner:
        return Runner(connection, store, one, batch=1)

    monkeypatch.setattr(rebuilding, "Runner", small)


def test_the_rebuilt_read_model_takes_the_place_of_the_live_one(tallied: Database, store: Store) -> None:
    assert status(tallied).parked != ()
    seen: list[tuple[int, int]] = []
    assert rebuild(tallied, store, SECOND, lambda position, head: seen.append((position, head)))
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2]}
    assert {row["said"] for row in rows(tallied, "tallies")} == {"by version 2"}
    found = status(tallied)
    assert (found.version, found.position, found.lag, found.parked, found.rebuilt_to) == (2, 4, 0, (), None)
    assert (seen[0], seen[-1]) == ((0, 4), (4, 4))


def test_a_table_that_the_new_version_gave_up_goes_with_the_swap(tallied: Database, store: Store) -> None:
    renamed = replace(
        SECOND,
        ddl=TALLY.ddl.replace("tallies", "counts"),
        tables=("counts",),
        retired=("tallies",),
        apply=lambda sql, recorded: None,
    )
    assert rebuild(tallied, store, renamed)
    assert rows(tallied, "counts") == []
    with pytest.raises(psycopg.errors.UndefinedTable):
        rows(tallied, "tallies")


def test_nothing_is_left_beside_it_and_the_application_still_owns_it(tallied: Database, store: Store) -> None:
    assert rebuild(tallied, store, SECOND)
    with connect(tallied, rebuilding=True) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        ).fetchall()
        assert found == [("parked_streams",), ("projections",)]
        assert connection.execute("SELECT count(*) FROM projections").fetchone() == (0,)
    offer(store, SAM, 5)
    runner.catch_up(tallied, store, [SECOND])
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2], SAM: [5]}
    assert rebuild(tallied, store, SECOND)
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2], SAM: [5]}


def test_streams_parked_by_the_rebuild_are_parked_after_it(tallied: Database, store: Store) -> None:
    assert rebuild(tallied, store, replace(SECOND, apply=tally.count))
    assert tallies(tallied) == {ADA: [1], NOOR: [1, 2]}
    (parked,) = status(tallied).parked
    assert (parked.stream_id, parked.position, parked.reason) == (ADA, 2, "DivisionByZero (22012)")


@pytest.mark.usefixtures("batches_of_one")
def test_the_live_one_is_kept_and_served_meanwhile(tallied: Database, store: Store) -> None:
    served = []

    def on_progress(reached: int, head: int) -> None:
        if reached in {1, 3}:
            offer(store, SAM, reached)
            runner.catch_up(tallied, store, [TALLY])
            served.append(tallies(tallied))

    assert rebuild(tallied, store, SECOND, on_progress)
    assert served == [
        {ADA: [1], NOOR: [1, 2], SAM: [1]},
        {ADA: [1], NOOR: [1, 2], SAM: [1, 3]},
    ]
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2], SAM: [1, 3]}


@pytest.mark.usefixtures("batches_of_one")
def test_a_stopped_rebuild_goes_on_from_where_it_stopped(tallied: Database, store: Store) -> None:
    stop, on_progress = stop_at(2)
    assert not rebuild(tallied, store, SECOND, on_progress, stop)
    assert status(tallied).rebuilt_to == 2
    assert (status(tallied).version, tallies(tallied)) == (1, {ADA: [1], NOOR: [1, 2]})
    seen: list[int] = []
    assert rebuild(tallied, store, SECOND, lambda position, _: seen.append(position))
    assert seen == [2, 3, 4]
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2]}


@pytest.mark.usefixtures("batches_of_one")
def test_what_was_begun_for_another_version_is_begun_anew(tallied: Database, store: Store) -> None:
    stop, on_progress = stop_at(2)
    assert not rebuild(tallied, store, SECOND, on_progress, stop)
    third = replace(TALLY, version=3, apply=tally.forgiving)
    seen: list[int] = []
    assert rebuild(tallied, store, third, lambda position, _: seen.append(position))
    assert seen[0] == 0
    assert "said" not in rows(tallied, "tallies")[0]
    assert (status(tallied).version, tallies(tallied)) == (3, {ADA: [1, 2], NOOR: [1, 2]})


def test_the_new_one_is_never_behind_what_the_live_one_has_shown(tallied: Database, store: Store) -> None:
    with connect(tallied, rebuilding=True) as connection:
        rebuilding._begin_or_resume(connection, SECOND)
        beside = Runner(connection, store, SECOND, batch=1)
        assert beside.advance()
        assert rebuilding._swap(connection, tallied, SECOND, beside)
    assert (status(tallied).position, tallies(tallied)) == (4, {ADA: [1, 2], NOOR: [1, 2]})


def test_a_program_of_the_old_version_stops_keeping_what_was_swapped(tallied: Database, store: Store) -> None:
    with connect(tallied) as connection:
        old = Runner(connection, store, TALLY)
        assert rebuild(tallied, store, SECOND)
        offer(store, NOOR, 3)
        with pytest.raises(runner.ReadModelIsOfAnotherVersion):
            old.advance()
    runner.catch_up(tallied, store, [SECOND])
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2, 3]}


def test_whoever_keeps_the_same_version_goes_on_with_the_new_tables(tallied: Database, store: Store) -> None:
    with connect(tallied) as connection:
        live = Runner(connection, store, TALLY)
        offer(store, NOOR, 3)
        assert live.advance()
        assert rebuild(tallied, store, TALLY)
        offer(store, NOOR, 4)
        while live.advance():
            pass
    assert tallies(tallied) == {ADA: [1], NOOR: [1, 2, 3, 4]}


def test_the_swap_waits_for_a_reader_that_holds_the_old_tables(tallied: Database, store: Store) -> None:
    done: list[bool] = []
    with connect(tallied) as reader, reader.transaction():
        reader.execute("SELECT FROM tallies")
        thread = threading.Thread(target=lambda: done.append(rebuild(tallied, store, SECOND)), daemon=True)
        thread.start()
        eventually(_somebody_waits_for_a_lock(tallied))
        assert reader.execute("SELECT count(*) FROM tallies").fetchone() == (2,)
    thread.join()
    assert done == [True]
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2]}


def _somebody_waits_for_a_lock(database: Database) -> Callable[[], bool]:
    waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'tallies'::regclass"

    def look() -> bool:
        with connect(database) as connection:
            return connection.execute(waiting).rowcount > 0

    return look


def test_the_swap_is_tried_until_the_reader_lets_go(
    tallied: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []
    swap = rebuilding._swap

    def counted(*given: Any) -> bool:
        tried.append(swap(*given))
        return tried[-1]

    monkeypatch.setattr(rebuilding, "_swap", counted)
    monkeypatch.setattr(rebuilding, "PATIENCE", "SET LOCAL lock_timeout = '1ms'")
    with connect(tallied) as reader, reader.transaction():
        reader.execute("SELECT FROM tallies")
        thread = threading.Thread(target=rebuild, args=(tallied, store, SECOND), daemon=True)
        thread.start()
        eventually(lambda: len(tried) > 1)
    thread.join()
    assert tried == [False] * (len(tried) - 1) + [True]
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2]}


def test_a_reader_that_never_lets_go_is_given_up_on_for_now(tallied: Database, store: Store) -> None:
    with connect(tallied) as reader, connect(tallied, rebuilding=True) as connection:
        rebuilding._begin_or_resume(connection, SECOND)
        beside = Runner(connection, store, SECOND)
        with reader.transaction():
            reader.execute("SELECT FROM tallies")
            assert not rebuilding._swap(connection, tallied, SECOND, beside)
        assert (status(tallied).version, tallies(tallied)) == (1, {ADA: [1], NOOR: [1, 2]})
        while beside.advance():
            pass
        assert rebuilding._swap(connection, tallied, SECOND, beside)
    assert tallies(tallied) == {ADA: [1, 2], NOOR: [1, 2]}


def test_one_rebuild_at_a_time(tallied: Database, store: Store) -> None:
    with connect(tallied, rebuilding=True) as connection:
        assert runner.lead(connection, "tally")
        with pytest.raises(RebuildIsRunning):
            rebuild(tallied, store, SECOND)


def test_only_an_older_version_is_outdated(tallied: Database) -> None:
    with connect(tallied) as connection:
        assert rebuilding.is_outdated(connection, SECOND)
        assert not rebuilding.is_outdated(connection, TALLY)
        assert not rebuilding.is_outdated(connection, replace(TALLY, version=0))
        assert not rebuilding.is_outdated(connection, replace(SECOND, name="unknown"))
