"""The log on its way to Kafka, in order for each relationship; nothing that the topic holds is sent again.

One process publishes. A page of the log is sent, waited for, and then the position is moved on. After a crash
the last message of each partition tells how far the page in between had come: positions only rise within a
partition. A topic that is empty, as after a broker without a memory, is filled from the log's beginning.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

import orjson
import psycopg
from kafka import KafkaProducer
from kafka.partitioner.default import murmur2

from domain.refusal import Refusal
from domain.store import RecordedEvent, Store
from projections.cloud_events import Keys, message
from workers.bookmark import Bookmark
from workers.broker import SECONDS, Broker, Topic

NAME: Final = "streaming"
PAGE: Final = 5_000
"""At the end of each the last acknowledgements are waited for, and nothing is sent meanwhile."""


class TopicIsAhead(Refusal):
    """The topic {topic} holds position {held}, and the log ends at {head}: it is another organisation's, or
    the log was restored from a backup. Name another topic with CHIRON_KAFKA_TOPIC.
    """


class Sender:
    """Pages of the log into one topic. `held` has of each partition the last position that stands there."""

    def __init__(
        self, store: Store, producer: KafkaProducer, topic: Topic, source: str, held: Mapping[int, int]
    ) -> None:
        self._producer, self._topic, self._source, self._held = producer, topic, source, held
        self._keys = Keys(store.beginnings)

    def send(self, page: Sequence[RecordedEvent]) -> int:
        """How many had to be sent, once all stand in the topic. Raises KafkaError: some may stand there."""
        keys = self._keys.of(page)
        sent = []
        for recorded in page:
            key = keys[recorded.raw_stream_id]
            text, partition = _place(key, self._topic.partitions)
            if recorded.position > self._held.get(partition, 0):
                sent.append(
                    self._producer.send(
                        self._topic.name,
                        message(recorded, key, self._source),
                        key=text,
                        partition=partition,
                        timestamp_ms=int(recorded.recorded_at.timestamp() * 1000),
                    )
                )
        self._producer.flush(timeout=4 * SECONDS)
        for future in sent:
            if future.exception is not None:
                raise future.exception
        return len(sent)


@lru_cache(maxsize=100_000)
def _place(key: UUID, partitions: int) -> tuple[bytes, int]:
    """A key as it is sent, and where to."""
    return str(key).encode(), partition_of(key, partitions)


def partition_of(key: UUID, partitions: int) -> int:
    """As Kafka's own clients would choose."""
    return int(murmur2(str(key).encode()) & 0x7FFFFFFF) % partitions


@dataclass(frozen=True, slots=True)
class EventStream:
    """Where events leave to; `source` says in every message whose they are."""

    broker: Broker
    topic: Topic
    source: str


def backfill(store: Store, stream: EventStream, start: int, last: int, moved: Callable[[int], None]) -> int:
    """How many messages were sent of the positions after `start` up to `last`; `moved` hears how far it is.

    Nothing is looked up in the topic: sent again, a message stands there twice.
    """
    stream.broker.ensure(stream.topic)
    sent, producer = 0, stream.broker.producer()
    try:
        sender = Sender(store, producer, stream.topic, stream.source, held={})
        while start < last:
            page = store.page(start, min(PAGE, last - start), sealed=True)
            sent += sender.send(page)
            start = page[-1].position
            moved(start)
    finally:
        producer.close(timeout=SECONDS)
    return sent


class Publisher:
    """Follows the log to its end, page by page. Whoever publishes leads, as the keeper of a read model."""

    def __init__(self, connection: psycopg.Connection, store: Store, stream: EventStream) -> None:
        self.connection, self._store = connection, store
        broker, topic = stream.broker, stream.topic
        self._bookmark = Bookmark(connection, NAME)
        broker.ensure(topic)
        last = broker.last_values(topic.name)
        if not last:
            self._bookmark.begin_anew()
        held = {number: position_in(value) for number, value in last.items() if value}
        _refuse_another_log(topic, held, store.head())
        self._producer = broker.producer()
        self._sender = Sender(store, self._producer, topic, stream.source, held)

    @property
    def position(self) -> int:
        return self._bookmark.position

    def advance(self) -> bool:
        """The next page; False: all of the log stands in the topic."""
        page = self._store.page(self.position, PAGE, sealed=True)
        if not page:
            return False
        self._sender.send(page)
        return self._bookmark.move_on(page[-1].position)

    def close(self) -> None:
        self._producer.close(timeout=SECONDS)


def position_in(value: bytes) -> int:
    return int(orjson.loads(value)["sequence"])


def _refuse_another_log(topic: Topic, held: Mapping[int, int], head: int) -> None:
    last = max(held.values(), default=0)
    if last > head:
        raise TopicIsAhead(topic=topic.name, held=last, head=head)
