"""A consumer's effect is the log's, each event once, whatever comes again, chokes, or is away for a while."""

import contextlib
import threading
from collections.abc import Iterator

import pytest

from domain.store import Database, Store
from projections.projection import connect
from tests.projections.given import eventually
from tests.workers.brokers import SOURCE
from tests.workers.tallied import Counting, counted, poison
from tests.workers.test_publisher import live, publish, publishing
from workers import consumer
from workers.consumer import Message, Reader, Readers
from workers.publisher import EventStream


@contextlib.contextmanager
def reading(database: Database, stream: EventStream) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Readers(database, stream, [Counting()]).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def everything(store: Store) -> list[int]:
    return list(range(1, store.head() + 1))


def is_counted(database: Database, positions: list[int]) -> None:
    eventually(lambda: counted(database) == positions)


@pytest.fixture
def installed(organisation: Database) -> Database:
    consumer.install(organisation, [Counting()])
    return organisation


def test_every_event_has_its_effect_once_also_for_two_who_read(
    installed: Database, store: Store, stream: EventStream
) -> None:
    with publishing(installed, store, stream), reading(installed, stream), reading(installed, stream):
        for _ in range(5):
            live(store)
        is_counted(installed, everything(store))


def test_what_comes_again_is_dropped(installed: Database, store: Store, stream: EventStream) -> None:
    live(store)
    publish(installed, store, stream)
    with reading(installed, stream):
        is_counted(installed, everything(store))
    twice = Message.of(
        b'{"sequence": "1", "id": "a.1", "type": "org.chiron.participant.left.v1",'
        b' "subject": "00000000-0000-0000-0000-000000000001", "time": "2026-03-02T15:04:05Z", "data": {},'
        b' "partitionkey": "00000000-0000-0000-0000-000000000001"}'
    )
    with connect(installed) as connection:
        held = connection.execute("SELECT partition FROM consumer_positions").fetchall()
    reader = Reader(installed, Counting(), stream.topic.name)
    for (partition,) in held:
        reader.read(partition, [twice])
    reader.close()
    assert counted(installed) == everything(store)
    assert twice.name == "participant.left"


def test_what_can_never_be_dealt_with_is_parked_and_the_rest_goes_on(
    installed: Database, store: Store, stream: EventStream
) -> None:
    healthy, strange = live(store, meetings=1), live(store, meetings=1)
    poison(installed, strange)
    bad = next(one.position for one in store.log() if one.stream_id == strange)
    with publishing(installed, store, stream), reading(installed, stream):
        is_counted(installed, [position for position in everything(store) if position != bad])
    with connect(installed) as connection:
        (parked,) = consumer.parked(connection, Counting.name)
    assert parked.position == bad
    assert parked.reason.startswith("Poisonous in take")
    assert consumer.retry(installed, store, Counting(), SOURCE) == (0, 1)
    poison(installed, healthy)
    assert consumer.retry(installed, store, Counting(), SOURCE) == (1, 0)
    assert counted(installed) == everything(store)


def test_what_passes_is_waited_for(installed: Database, store: Store, stream: EventStream) -> None:
    """A table that is not there is nobody's fault but the installation's."""
    live(store)
    with connect(installed) as connection, publishing(installed, store, stream):
        publish(installed, store, stream)
        connection.execute("ALTER TABLE counted RENAME stream_id TO stream_uuid")
        connection.execute("ALTER TABLE counted RENAME TO elsewhere")
        with reading(installed, stream):
            eventually(lambda: connection.execute("SELECT to_regclass('counted')").fetchone() != (None,))
            connection.execute("DROP TABLE counted")
            connection.execute("ALTER TABLE elsewhere RENAME stream_uuid TO stream_id")
            connection.execute("ALTER TABLE elsewhere RENAME TO counted")
            is_counted(installed, everything(store))
