"""What becomes of events elsewhere: FastStream subscribers, each a group of its own, each effect once.

How far a consumer has read a partition stands beside its effect and is moved on in the same transaction, so
a message that comes again is dropped, whoever was killed and whichever process reads the partition now. What
can never be dealt with is parked with its reason, and the rest goes on; what passes is tried till it is over.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
import psycopg
import structlog
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from psycopg.rows import class_row

from domain.store import Database, Store
from projections import cloud_events, parking
from projections.projection import connect
from workers.patience import Patience
from workers.publisher import EventStream

MOST: Final = 500

TABLES: Final = """
CREATE TABLE IF NOT EXISTS consumer_positions (
    consumer  text   NOT NULL,
    topic     text   NOT NULL,
    partition int    NOT NULL,
    position  bigint NOT NULL,
    PRIMARY KEY (consumer, topic, partition)
);
CREATE TABLE IF NOT EXISTS parked_messages (
    consumer  text        NOT NULL,
    position  bigint      NOT NULL,
    reason    text        NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, position)
);
"""
INSTALLING: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended('install consumers in ' || current_schema(), 0))"
)
HOLD: Final = """
INSERT INTO consumer_positions (consumer, topic, partition, position)
VALUES (%(consumer)s, %(topic)s, %(partition)s, 0)
ON CONFLICT (consumer, topic, partition) DO UPDATE SET position = consumer_positions.position
RETURNING position
"""
MOVE_ON: Final = """
UPDATE consumer_positions SET position = %(position)s
 WHERE consumer = %(consumer)s AND topic = %(topic)s AND partition = %(partition)s
"""
PARK: Final = """
INSERT INTO parked_messages (consumer, position, reason) VALUES (%(consumer)s, %(position)s, %(reason)s)
ON CONFLICT (consumer, position) DO UPDATE SET reason = excluded.reason, parked_at = now()
"""
RELEASE: Final = "DELETE FROM parked_messages WHERE consumer = %(consumer)s AND position = %(position)s"
PARKED: Final = """
SELECT position, reason FROM parked_messages WHERE consumer = %(consumer)s ORDER BY position
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One event, as it was sent; `name` is the event's, `key` what it is kept in order by."""

    position: int
    id: str
    type: str
    stream: UUID
    key: UUID
    time: datetime
    data: Mapping[str, Any]
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> "Message":
        sent = orjson.loads(raw)
        return cls(
            int(sent["sequence"]),
            sent["id"],
            sent["type"],
            UUID(sent["subject"]),
            UUID(sent["partitionkey"]),
            datetime.fromisoformat(sent["time"]),
            sent["data"],
            raw,
        )

    @property
    def name(self) -> str:
        return self.type.removeprefix(cloud_events.PREFIX).rpartition(".")[0]


class Consumer(Protocol):
    """`tables` are made where they are missing. `take` brings about what messages mean, in the transaction
    that also notes they were read; what it raises that does not pass is the message's own fault.
    """

    @property
    def name(self) -> str: ...
    @property
    def tables(self) -> str: ...
    def take(self, connection: psycopg.Connection, messages: Sequence[Message]) -> None: ...


@dataclass(frozen=True, slots=True)
class Parked:
    position: int
    reason: str


def install(database: Database, consumers: Sequence[Consumer]) -> None:
    with connect(database) as connection, connection.transaction():
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(INSTALLING)
        connection.execute(TABLES)
        for consumer in consumers:
            connection.execute(consumer.tables)


class Reader:
    """One consumer's reading of a topic, over a connection of its own that is made anew when it is lost."""

    def __init__(self, database: Database, consumer: Consumer, topic: str) -> None:
        self._database, self.consumer, self._topic = database, consumer, topic
        self._connection: psycopg.Connection | None = None

    def read(self, partition: int, messages: Sequence[Message]) -> None:
        """What was read before is dropped. Raises what passes, and nothing has been read then."""
        where = {"consumer": self.consumer.name, "topic": self._topic, "partition": partition}
        try:
            connection = self._connected()
            with connection.transaction():
                row = connection.execute(HOLD, where).fetchone()
                read_to = row[0] if row else 0
                new = [message for message in messages if message.position > read_to]
                if new:
                    self._take(connection, new)
                    connection.execute(MOVE_ON, {**where, "position": new[-1].position})
        except psycopg.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._database)
            self._connection.execute(
                "SET synchronous_commit = on"
            )  # what is told elsewhere is not told again
        return self._connection

    def _take(self, connection: psycopg.Connection, new: Sequence[Message]) -> None:
        """All at once; where that fails for good, one by one, and what fails is parked."""
        try:
            with connection.transaction():
                self.consumer.take(connection, new)
        except Exception as error:
            if not parking.is_poison(error):
                raise
            for message in new:
                self._take_one(connection, message)

    def _take_one(self, connection: psycopg.Connection, message: Message) -> None:
        try:
            with connection.transaction():
                self.consumer.take(connection, [message])
        except Exception as error:
            if not parking.is_poison(error):
                raise
            _park(connection, self.consumer.name, message, error)


class Readers:
    """All consumers of a process, in a thread with a loop of its own."""

    def __init__(self, database: Database, stream: EventStream, consumers: Sequence[Consumer]) -> None:
        self._database, self._stream, self._consumers = database, stream, consumers

    def run(self, stop: threading.Event) -> None:
        """Until `stop`: through outages of Kafka and of PostgreSQL."""
        patience = Patience("consumers.interrupted")
        while not stop.is_set():
            try:
                install(self._database, self._consumers)
                self._stream.broker.ensure(self._stream.topic)
                asyncio.run(self._read(stop))
            except Exception as error:  # noqa: BLE001 whatever it was, it is told and tried again
                stop.wait(patience.after(error))

    async def _read(self, stop: threading.Event) -> None:
        topic, broker = self._stream.topic.name, self._stream.broker.faststream()
        readers = [Reader(self._database, consumer, topic) for consumer in self._consumers]
        for reader in readers:
            subscribe(broker, topic, reader, stop)
        try:
            async with broker:
                await broker.start()
                await asyncio.to_thread(stop.wait)
        finally:
            for reader in readers:
                reader.close()


def subscribe(broker: KafkaBroker, topic: str, reader: Reader, stop: threading.Event) -> None:
    """As a group of its own, from the topic's beginning."""

    @broker.subscriber(
        topic,
        group_id=f"{topic}.{reader.consumer.name}",
        batch=True,
        max_records=MOST,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        decoder=_as_sent,
    )
    async def take(_: list[bytes], message: KafkaMessage) -> None:
        records: Any = message.raw_message
        for partition, some in groupby(sorted(records, key=_place), attrgetter("partition")):
            messages = [Message.of(record.value) for record in some]
            await _insist(reader.consumer.name, partial(reader.read, partition, messages), stop)


async def _as_sent(message: Any) -> Any:
    return message.body


def _place(record: Any) -> tuple[int, int]:
    return record.partition, record.offset


async def _insist(name: str, read: Callable[[], None], stop: threading.Event) -> None:
    """Until what passes is over. Raises it once all is to stop: the next who reads begins there."""
    patience = Patience("consumer.interrupted", name=name)
    while True:
        try:
            return await asyncio.to_thread(read)
        except Exception as error:
            if stop.is_set():
                raise
            pause = patience.after(error)
        await asyncio.sleep(pause)


def _park(connection: psycopg.Connection, name: str, message: Message, error: Exception) -> None:
    row = {"consumer": name, "position": message.position, "reason": parking.reason_of(error)}
    log.warning("message.parked", **row)
    connection.execute(PARK, row)


def parked(connection: psycopg.Connection, name: str) -> list[Parked]:
    """What a consumer could not deal with, in order."""
    with connection.cursor(row_factory=class_row(Parked)) as cursor:
        return cursor.execute(PARKED, {"consumer": name}).fetchall()


def retry(database: Database, store: Store, consumer: Consumer, source: str) -> tuple[int, int]:
    """Deal with what was parked once more, out of the log: how many could be, and how many could not."""
    keys = cloud_events.Keys(store.beginnings)
    with connect(database) as connection:
        waiting = parked(connection, consumer.name)
        for one in waiting:
            (recorded,) = store.page(one.position - 1, 1, sealed=True)
            sent = cloud_events.message(recorded, keys.of([recorded])[recorded.raw_stream_id], source)
            _retry(connection, consumer, Message.of(sent))
        left = len(parked(connection, consumer.name))
    return len(waiting) - left, left


def _retry(connection: psycopg.Connection, consumer: Consumer, message: Message) -> None:
    try:
        with connection.transaction():
            connection.execute(RELEASE, {"consumer": consumer.name, "position": message.position})
            consumer.take(connection, [message])
    except Exception as error:
        if not parking.is_poison(error):
            raise
        _park(connection, consumer.name, message, error)
