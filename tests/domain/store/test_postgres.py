"""What only PostgreSQL can promise: append-only by privilege and trigger, partitions, organisations apart."""

import threading
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from psycopg.conninfo import conninfo_to_dict

from domain.store import Database, KeyRing, StoreUnavailable
from domain.store.postgres import Datastore, Recorder
from domain.store.store import Store
from tests.domain.store.lives import ADA, NOOR, command, stream, work, work_again_and_again


@pytest.fixture
def small_database(organisation: Database) -> Iterator[Database]:
    """A log with partitions of a hundred events, beside the organisation's own."""
    database = Database(organisation.url, f"small{uuid.uuid4().hex[:8]}")
    database.install(partition_size=100)
    yield database
    database.drop()


@pytest.fixture
def small(small_database: Database) -> Iterator[Store]:
    with Store.open(small_database, KeyRing.random()) as opened:
        yield opened


CHANGES = [
    "UPDATE events SET actor = 'somebody else'",
    "DELETE FROM events",
    "TRUNCATE events",
    "TRUNCATE events_p0",
    "DELETE FROM events_p0",
    "UPDATE quiet_commands SET version = 0",
    "TRUNCATE quiet_commands",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_app_role_may_only_append(organisation: Database, store: Store, change: str) -> None:
    store.act(command(), stream(ADA), work, hours=1)
    with organisation.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(change)


@pytest.mark.parametrize("statement", ["INSERT INTO events SELECT * FROM events", "SELECT add_partition(7)"])
def test_and_only_through_the_function(organisation: Database, store: Store, statement: str) -> None:
    store.act(command(), stream(ADA), work, hours=1)
    with organisation.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("change", CHANGES)
def test_even_the_owner_is_refused_by_trigger(organisation: Database, store: Store, change: str) -> None:
    store.act(command(), stream(ADA), work, hours=1)
    store.act(command(), stream(ADA), lambda _: [])
    with organisation.connect() as connection:
        connection.execute("SET ROLE NONE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute(change)
    assert store.head() == 1


def test_no_temporary_table_stands_in_for_the_logs(organisation: Database) -> None:
    """Its triggers would act as the owner, who may switch off those of the log."""
    with organisation.connect() as connection:
        connection.execute("CREATE TEMPORARY TABLE subject_keys (LIKE subject_keys INCLUDING ALL)")
        connection.execute(
            "SELECT subject_key(%(new)s, %(new)s, %(sealed)s)", {"new": uuid.uuid4(), "sealed": b"sealed"}
        )
        assert connection.execute("SELECT count(*) FROM pg_temp.subject_keys").fetchone() == (0,)


IN_PLACE_OF_POSTGRES = """
CREATE FUNCTION array_length(int[], int) RETURNS int LANGUAGE sql RETURN 1 / 0;
CREATE FUNCTION array_position(int[], int) RETURNS int LANGUAGE sql RETURN 1 / 0;
CREATE FUNCTION array_cat(int[], int[]) RETURNS int[] LANGUAGE sql RETURN ARRAY[1 / 0];
CREATE FUNCTION divide(text, bigint) RETURNS text LANGUAGE sql RETURN (1 / 0)::text;
CREATE FUNCTION format(text, text) RETURNS text LANGUAGE sql RETURN (1 / 0)::text;
CREATE FUNCTION format(text, bigint) RETURNS text LANGUAGE sql RETURN (1 / 0)::text;
CREATE FUNCTION format(text, text, bigint, bigint) RETURNS text LANGUAGE sql RETURN (1 / 0)::text;
CREATE FUNCTION unnest(int[]) RETURNS SETOF int LANGUAGE sql BEGIN ATOMIC SELECT 1 / 0; END;
CREATE FUNCTION unnest(uuid[]) RETURNS SETOF uuid LANGUAGE sql BEGIN ATOMIC SELECT (1 / 0)::text::uuid; END;
CREATE FUNCTION add_partition(int) RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1 / 0; END;
CREATE FUNCTION pg_advisory_xact_lock(int) RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1 / 0; END;
CREATE FUNCTION remainder(int, int) RETURNS int LANGUAGE sql RETURN 1 / 0;
CREATE AGGREGATE array_agg(int) (SFUNC = remainder, STYPE = int, INITCOND = '0');
CREATE OPERATOR || (FUNCTION = array_cat, LEFTARG = int[], RIGHTARG = int[]);
CREATE OPERATOR || (FUNCTION = divide, LEFTARG = text, RIGHTARG = bigint);
"""
"""Each fits its call better than PostgreSQL's own, and fails when it is called."""


def test_no_function_of_the_app_role_runs_as_the_owner(small: Store, small_database: Database) -> None:
    with small_database.connect() as connection:
        connection.execute(IN_PLACE_OF_POSTGRES)
    small_database.install(partition_size=100)
    once = command()
    small.act(once, stream(ADA), work_again_and_again, times=150)
    assert small.act(once, stream(ADA), work_again_and_again, times=150).repeated
    small.act(command(), stream(ADA), lambda _: [])
    small.forget(ADA)
    assert small.head() == 150


def test_a_key_cannot_be_brought_back(organisation: Database, store: Store) -> None:
    store.forget(ADA)
    with organisation.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM subject_keys")


def test_installing_again_changes_nothing(organisation: Database, store: Store) -> None:
    store.act(command(), stream(ADA), work, hours=1)
    organisation.install()
    assert store.head() == 1
    store.act(command(), stream(ADA), work, hours=2)
    assert store.head() == 2


def test_the_log_grows_across_partitions(small: Store) -> None:
    for _ in range(7):
        small.act(command(), stream(ADA), work_again_and_again, times=33)
    small.act(command(), stream(NOOR), work_again_and_again, times=500)
    small.act(command(), stream(ADA), work, hours=1)
    assert [e.position for e in small.log()] == list(range(1, 733))
    assert small.load(stream(ADA)).version == 232
    assert small.load(stream(NOOR)).version == 500


def test_a_repetition_is_found_in_an_old_partition(small: Store) -> None:
    once = command()
    small.act(once, stream(ADA), work, hours=1)
    small.act(command(), stream(NOOR), work_again_and_again, times=450)
    assert small.act(once, stream(ADA), work, hours=1).repeated


def test_a_stuck_transaction_elsewhere_holds_nobody_up(organisation: Database, store: Store) -> None:
    """Neither a transaction of another organisation with an open write, nor a reader of this one."""
    with psycopg.connect(organisation.url) as stuck, psycopg.connect(organisation.conninfo) as reader:
        stuck.execute("CREATE TEMPORARY TABLE elsewhere (n int)")
        stuck.execute("INSERT INTO elsewhere VALUES (1)")
        reader.execute("SELECT count(*) FROM events")
        store.act(command(), stream(ADA), work, hours=1)
        assert [e.position for e in store.page(0)] == [1]


def test_organisations_append_beside_each_other(organisation: Database, store: Store, small: Store) -> None:
    """The lock of one is held by a transaction that does not end; the other appends all the same."""
    with psycopg.connect(organisation.conninfo) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(1, 'events'::regclass::oid::int)")
        small.act(command(), stream(ADA), work, hours=1)
        waiting = threading.Thread(target=lambda: store.act(command(), stream(ADA), work, hours=1))
        waiting.start()
        assert small.head() == 1
        assert store.head() == 0
    waiting.join(timeout=30)
    assert store.head() == 1


def test_the_librarys_own_applications_can_use_the_recorder(organisation: Database, store: Store) -> None:
    recorder = Recorder(Datastore(organisation))
    try:
        events = [StoredEvent(ADA, version, "note:said", b'{"n": %d}' % version) for version in (1, 2, 3)]
        assert list(recorder.insert_events(events)) == [1, 2, 3]
        assert list(recorder.select_events(ADA, gt=1)) == events[1:]
        assert list(recorder.select_events(ADA, desc=True, lte=2, limit=1)) == [events[1]]
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent(ADA, 3, "note:said", b"{}")])
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent(ADA, 5, "note:said", b"{}")])
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent(ADA, version, "note:said", b"{}") for version in (4, 6)])
        assert [n.id for n in recorder.select_notifications(2, 10)] == [2, 3]
        assert [n.id for n in recorder.select_notifications(1, 10, stop=2, inclusive_of_start=False)] == [2]
        assert [n.id for n in recorder.select_notifications(None, 10, topics=["note:said"])] == [1, 2, 3]
        assert recorder.max_notification_id() == 3
        with recorder.subscribe(gt=1) as subscription:
            assert [next(subscription).id, next(subscription).id] == [2, 3]
            recorder.insert_events([StoredEvent(ADA, 4, "note:said", b"{}")])
            assert next(subscription).id == 4
        assert list(subscription) == []
    finally:
        recorder.close()


def test_an_unreachable_database_is_said(organisation: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.store.postgres.PATIENCE", 0.1)
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere", organisation.schema)
    with Store.open(nowhere, KeyRing.random()) as lost:
        with pytest.raises(StoreUnavailable):
            lost.head()
        with pytest.raises(StoreUnavailable):
            lost.act(command(), stream(ADA), work, hours=1)


def test_every_connection_notices_a_machine_that_has_gone() -> None:
    url = "postgresql://chiron@db.example.org/chiron?connect_timeout=3&options=-c%20jit%3Doff"
    said = conninfo_to_dict(Database(url, "acme").conninfo)
    assert (said["connect_timeout"], said["keepalives_idle"], said["tcp_user_timeout"]) == ("3", "5", "10000")
    assert said["options"] == "-c jit=off -c search_path=acme -c role=acme_app"
