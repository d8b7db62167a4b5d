"""The log on its way to Kafka, in order for each relationship; nothing that the topic holds is sent again.

One process publishes. A page of the log is sent, waited for, and then the position is moved on. After a crash
the last message of each partition tells how far the page in between had come: positions only rise within a
partition. A topic that is empty, as after a broker without a memory, is filled from the log's beginning.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Final
from uuid import UUID

import orjson
import psycopg
import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2
from kafka.producer.future import FutureRecordMetadata

from domain.refusal import Refusal
from domain.store import RecordedEvent, Store
from projections.cloud_events import Keys, message
from workers.bookmark import Bookmark
from workers.broker import SECONDS, Broker, Topic

NAME: Final = "streaming"
PAGE: Final = 5_000
"""At the end of each the last acknowledgements are waited for; meanwhile the next one is read."""

log = structlog.get_logger()


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

    def copy(self, store: Store, after: int, last: float = inf) -> Iterator[tuple[int, int]]:
        """The log after a position, page by page: how far the topic holds it by now, and how many messages
        that took. Whatever it raises, some of what comes after may stand there, too.
        """

        def page_after(position: int) -> Sequence[RecordedEvent]:
            return store.page(position, int(max(0, min(PAGE, last - position))), sealed=True)

        page = page_after(after)
        while page:
            reached, sent = page[-1].position, self._send(page)
            page = page_after(reached)
            self._producer.flush(timeout=4 * SECONDS)
            for future in sent:
                if future.exception is not None:
                    raise future.exception
            yield reached, len(sent)

    def _send(self, page: Sequence[RecordedEvent]) -> list[FutureRecordMetadata]:
        """What of it the topic does not hold."""
        keys = self._keys.of(page)
        sent = []
        for recorded in page:
            key = keys[recorded.raw_stream_id]
            text, partition = _place(key, self._topic.partitions)
            if recorded.position > self._held.get(partition, 0):
                future = self._producer.send(
                    self._topic.name,
                    message(recorded, key, self._source),
                    key=text,
                    partition=partition,
                    timestamp_ms=recorded.recorded_ms,
                )
                sent.append(future.add_errback(self._give_up))
        return sent

    def _give_up(self, _: Exception) -> None:
        """Nothing may get there that comes after what did not: the last message of a partition would tell
        whoever begins anew that all before it is there. `close` would first send what is left.
        """
        drop_the_rest(self._producer)


def end(producer: KafkaProducer) -> None:
    """Nothing of it is left then that could still send, whatever could not be sent."""
    try:
        producer.close(timeout=SECONDS)
    except KafkaError as error:
        log.warning("publisher.dropped", reason=type(error).__name__)
    finally:
        drop_the_rest(producer)


def drop_the_rest(producer: KafkaProducer) -> None:
    producer._sender.force_close()  # noqa: SLF001 `close` goes on sending, also where it has given up waiting


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
        for reached, messages in sender.copy(store, start, last):
            sent += messages
            moved(reached)
    finally:
        end(producer)
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
        self._steps: Iterator[tuple[int, int]] = iter(())

    @property
    def position(self) -> int:
        return self._bookmark.position

    def advance(self) -> bool:
        """The next page; False: all of the log stands in the topic."""
        step = next(self._steps, None)
        if step is None:
            self._steps = self._sender.copy(self._store, self.position)
            step = next(self._steps, None)
        if step is None:
            return False
        self._bookmark.move_on(step[0])
        if self.position != step[0]:  # another has led meanwhile
            self._steps = iter(())
        return True

    def close(self) -> None:
        end(self._producer)


def position_in(value: bytes) -> int:
    return int(orjson.loads(value)["sequence"])


def _refuse_another_log(topic: Topic, held: Mapping[int, int], head: int) -> None:
    last = max(held.values(), default=0)
    if last > head:
        raise TopicIsAhead(topic=topic.name, held=last, head=head)
