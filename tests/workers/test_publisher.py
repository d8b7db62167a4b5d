"""Events leave in order for each relationship, each once, and come again where the broker has forgotten."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from kafka import KafkaProducer
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError

from domain import participant
from domain.aggregate import Stream
from domain.command import Command
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.meeting import MEETING, Answer, Answered
from domain.mentorship import MENTORSHIP
from domain.participant import PARTICIPANT
from domain.store import Database, Store
from projections.projection import connect
from tests.domain.samples import revived
from tests.projections.given import eventually
from tests.workers.brokers import SOURCE, everything, small_broker
from workers import publisher
from workers.broker import Broker, Topic, TopicIsNarrow
from workers.leader import Leader
from workers.publisher import (
    EventStream,
    Publisher,
    Sender,
    TopicIsAhead,
    backfill,
    partition_of,
    position_in,
)


def tell(store: Store, stream: Stream[Any], *events: DomainEvent) -> None:
    store.act(Command(uuid4(), "tester"), stream, lambda _: events)


def live(store: Store, meetings: int = 3, mentorship: UUID | None = None) -> UUID:
    """A relationship with meetings of its own, whose later events do not say whose they are."""
    began = revived("mentorship.began", 2)
    mentorship = mentorship or uuid4()
    tell(store, MENTORSHIP.stream(mentorship), began)
    for _ in range(meetings):
        meeting = uuid4()
        proposed = revived("meeting.proposed", 1).model_copy(update={"mentorship": mentorship})
        tell(store, MEETING.stream(meeting), proposed)
        tell(store, MEETING.stream(meeting), Answered(by=ParticipantId(uuid4()), answer=Answer.ACCEPTED))
    return mentorship


def test_nothing_overtakes_what_could_not_be_sent(store: Store, tmp_path: Path) -> None:
    """The broker is away. When the first message has waited too long, the one after it is not sent either,
    though it has not: else it would stand there, should the broker come back now, and the first never.
    """
    for _ in range(3):
        live(store, meetings=0)
    page = store.page(0, 3, sealed=True)
    topic = Topic(uuid4().hex, partitions=1)
    with small_broker(tmp_path) as broker:
        broker.ensure(topic)
        producer = KafkaProducer(
            bootstrap_servers=list(broker.servers),
            enable_idempotence=True,
            acks="all",
            batch_size=1,  # each message in a batch of its own
            request_timeout_ms=1_000,
            delivery_timeout_ms=8_000,
        )
        sender = Sender(store, producer, topic, SOURCE, held={})
        assert list(sender.copy(store, 0, last=1)) == [(1, 1)]
    (early,) = sender._send(page[1:2])
    time.sleep(3)
    (late,) = sender._send(page[2:])
    with pytest.raises(KafkaTimeoutError, match="Expiring"):
        early.get(timeout=30)
    with pytest.raises(IllegalStateError, match="closed"):
        late.get(timeout=30)
    producer.close()


def publish(database: Database, store: Store, stream: EventStream) -> int:
    """Everything; where it stands then."""
    with connect(database) as connection:
        follower = Publisher(connection, store, stream)
        try:
            while follower.advance():
                pass
            return follower.position
        finally:
            follower.close()


def sequences(stream: EventStream) -> list[int]:
    """The positions that the topic holds, each as often as it does."""
    found = everything(stream.broker, stream.topic.name)
    return sorted(position_in(record.value) for records in found.values() for record in records)


def held(stream: EventStream) -> list[int]:
    """The same while the broker, or the topic, may not be there yet."""
    try:
        return sequences(stream)
    except KafkaError:
        return []


@contextlib.contextmanager
def publishing(database: Database, store: Store, stream: EventStream) -> Iterator[None]:
    stop = threading.Event()
    leader = Leader(database, store, publisher.NAME, lambda at, _: Publisher(at, store, stream))
    thread = threading.Thread(target=leader.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_every_event_leaves_once_in_order_and_by_its_relationship(
    organisation: Database, store: Store, stream: EventStream
) -> None:
    relationships = {live(store, mentorship=UUID(int=number)) for number in range(8)}
    assert publish(organisation, store, stream) == store.head()
    records = everything(stream.broker, stream.topic.name)
    assert Counter(len(r) > 0 for r in records.values()) == {True: 3}, "the keys spread over the partitions"
    for number, found in records.items():
        told = [orjson.loads(record.value) for record in found]
        assert all(earlier["sequence"] < later["sequence"] for earlier, later in pairwise(told))
        assert {partition_of(UUID(one["partitionkey"]), 3) for one in told} == {number}
        assert [record.key.decode() for record in found] == [one["partitionkey"] for one in told]
    told = [orjson.loads(record.value) for found in records.values() for record in found]
    assert sorted(int(one["sequence"]) for one in told) == list(range(1, store.head() + 1))
    assert {UUID(one["partitionkey"]) for one in told} == relationships


def test_what_was_sent_before_a_crash_is_not_sent_again(
    organisation: Database, store: Store, stream: EventStream
) -> None:
    """The position was not moved on, as when the process was killed after its messages had arrived."""
    live(store)
    half = store.head()
    publish(organisation, store, stream)
    live(store)
    with connect(organisation) as connection:
        connection.execute("UPDATE projections SET position = 2 WHERE name = %(n)s", {"n": publisher.NAME})
    assert publish(organisation, store, stream) == store.head() > half
    assert sequences(stream) == list(range(1, store.head() + 1))


def test_a_topic_that_has_forgotten_is_filled_from_the_beginning(
    organisation: Database, store: Store, broker: Broker
) -> None:
    live(store)
    for name in ("before", "after"):
        anew = EventStream(broker, Topic(f"{name}-{uuid4().hex}", partitions=2), SOURCE)
        publish(organisation, store, anew)
        assert sequences(anew) == list(range(1, store.head() + 1))


def test_another_logs_topic_is_refused(organisation: Database, store: Store, stream: EventStream) -> None:
    live(store)
    backfill(store, stream, 0, store.head(), lambda _: None)
    with Store.in_memory() as empty, connect(organisation) as connection, pytest.raises(TopicIsAhead):
        Publisher(connection, empty, stream)


def test_a_topic_of_other_partitions_is_refused(
    organisation: Database, store: Store, stream: EventStream
) -> None:
    publish(organisation, store, stream)
    wider = EventStream(stream.broker, Topic(stream.topic.name, partitions=5), SOURCE)
    with connect(organisation) as connection, pytest.raises(TopicIsNarrow, match="3 partitions, not 5"):
        Publisher(connection, store, wider)


def test_a_backfill_sends_the_part_that_is_asked_for(store: Store, stream: EventStream) -> None:
    live(store, meetings=5)
    heard: list[int] = []
    assert backfill(store, stream, 3, 9, heard.append) == 6
    assert heard == [9]
    assert sequences(stream) == [4, 5, 6, 7, 8, 9]


def test_a_broker_that_stops_holds_publishing_up_and_no_command(
    organisation: Database, store: Store, tmp_path: Path
) -> None:
    """It comes back on the same port without a memory, and has everything again."""
    with small_broker(tmp_path / "first") as first:
        stream = EventStream(first, Topic("org.events", partitions=2), SOURCE)
        live(store)
        publish(organisation, store, stream)
    port = int(stream.broker.servers[0].rpartition(":")[2])
    with publishing(organisation, store, stream):
        live(store)
        with small_broker(tmp_path / "second", port):
            wanted = list(range(1, store.head() + 1))
            eventually(lambda: held(stream) == wanted)


def test_it_follows_what_is_added(organisation: Database, store: Store, stream: EventStream) -> None:
    with publishing(organisation, store, stream):
        for number in range(1, 4):
            tell(store, PARTICIPANT.stream(uuid4()), participant.Returned())
            wanted = list(range(1, number + 1))
            eventually(lambda: held(stream) == wanted)  # noqa: B023 it is called at once
