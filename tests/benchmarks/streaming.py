"""Events on their way to Kafka: a backlog in bulk, and one by one from the commit to a consumer."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import uuid_utils.compat
from kafka import KafkaConsumer

from domain import participant
from domain.command import Command
from domain.participant import PARTICIPANT
from projections.cloud_events import Keys, message, source
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Goal, Incomplete, Row, Work, percentile
from tests.benchmarks.notebook import Notebook
from tests.projections.given import eventually
from tests.workers import at_publishing
from tests.workers.apache import one_broker
from tests.workers.brokers import everything
from workers.broker import Broker, Topic
from workers.publisher import PAGE, EventStream, backfill, partition_of, position_in

GROUP = "streaming"
BACKLOG: Final = 200_000
PARTITIONS: Final = 6
RATE: Final = 200
EVENTS: Final = 2_000
WARM_UP: Final = 200
PEER = "kafka-python sending the same bytes"
BULK = Work(GROUP, "publish a backlog", "events/s", Goal(">=", 20_000))
SHARE = Work(GROUP, "the same next to the client alone", "events/s", Goal(">=", 0.6))
LATE = Work(GROUP, f"committed to consumed, {RATE} events/s, p99", "ms", Goal("<=", 150))
USUAL = Work(GROUP, "the same, p50", "ms")

Record = tuple[bytes, bytes, int, int]
"""Value, key, partition and milliseconds."""


def measure(bench: Bench) -> Iterator[Row]:
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(dir=bench.folder))
        broker, apache = stack.enter_context(one_broker(Path(folder)))
        kind = "Apache Kafka, one broker" if apache else "THE SMALL BROKER (no Apache Kafka here)"
        bench.say("streaming: writing the log to publish")
        notes = stack.enter_context(closing(Notebook(bench.server, "streaming", BACKLOG)))
        records = _as_sent(notes)
        rates = bench.interleaved(
            BULK.name, {"Chiron": lambda: _published(notes, broker), PEER: lambda: _sent(records, broker)}
        )
        late = _lateness(bench, broker)
    checked = f"{kind}: {BACKLOG:,} positions once each, rising in {PARTITIONS} partitions"
    yield BULK.alone(sorted(rates["Chiron"])[len(rates["Chiron"]) // 2], checked)
    yield SHARE.against(PEER, rates["Chiron"], rates[PEER], f"{checked}; peer: all acknowledged")
    arrived = f"{kind}: {EVENTS:,} events, each arrived once, publisher in a process of its own"
    yield LATE.alone(percentile(late, 0.99), arrived)
    yield USUAL.alone(percentile(late, 0.5), arrived)


def _topic(broker: Broker) -> Topic:
    topic = Topic(uuid4().hex, PARTITIONS)
    broker.ensure(topic)
    return topic


def _published(notes: Notebook, broker: Broker) -> float:
    stream = EventStream(broker, _topic(broker), source(notes.database.schema))
    began = time.perf_counter()
    backfill(notes.store, stream, 0, BACKLOG, lambda _: None)
    took = time.perf_counter() - began
    _check_order(broker, stream.topic.name)
    return BACKLOG / took


def _check_order(broker: Broker, topic: str) -> None:
    held = [[position_in(one.value) for one in records] for records in everything(broker, topic).values()]
    if any(later <= earlier for positions in held for earlier, later in pairwise(positions)):
        raise Incomplete("a partition is out of order, or holds something twice")
    if sorted(position for positions in held for position in positions) != list(range(1, BACKLOG + 1)):
        raise Incomplete("the topic is not the log")


def _as_sent(notes: Notebook) -> list[Record]:
    keys, records, position = Keys(notes.store.beginnings), [], 0
    while page := notes.store.page(position, PAGE, sealed=True):
        known = keys.of(page)
        for one in page:
            key = known[one.raw_stream_id]
            value = message(one, key, source(notes.database.schema))
            records.append((value, str(key).encode(), partition_of(key, PARTITIONS), one.recorded_ms))
        position = page[-1].position
    return records


def _sent(records: list[Record], broker: Broker) -> float:
    """With the settings of ours, and nothing else to do."""
    topic, producer = _topic(broker).name, broker.producer()
    began = time.perf_counter()
    for value, key, partition, at in records:
        producer.send(topic, value, key=key, partition=partition, timestamp_ms=at)
    producer.flush()
    took = time.perf_counter() - began
    producer.close()
    return len(records) / took


def _lateness(bench: Bench, broker: Broker) -> list[float]:
    """Milliseconds from each commit to its consumer, sorted."""
    bench.say(LATE.name)
    with closing(Notebook(bench.server, "streaming_one_by_one", 0)) as notes, ExitStack() as stack:
        topic = Topic(f"{notes.database.schema}.events", at_publishing.PARTITIONS)
        broker.ensure(topic)
        stack.enter_context(_publisher(notes, broker))
        arrived = stack.enter_context(_arrivals(broker, topic.name))
        committed = _committed(notes, arrived)
        eventually(lambda: len(arrived) >= WARM_UP + EVENTS)
        if sorted(arrived) != list(range(1, WARM_UP + EVENTS + 1)):
            raise Incomplete("the consumer has not seen every event")
    return sorted((arrived[position] - at) * 1000 for position, at in committed.items())


def _committed(notes: Notebook, arrived: dict[int, float]) -> dict[int, float]:
    """The moment of each event, by its position; the first warm up and have none."""
    moments: dict[int, float] = {}
    for number in range(WARM_UP + EVENTS):
        if number == WARM_UP:
            eventually(lambda: len(arrived) >= WARM_UP)
            began = time.perf_counter()
        if number > WARM_UP:
            time.sleep(max(0.0, began + (number - WARM_UP) / RATE - time.perf_counter()))
        one = Command(uuid_utils.compat.uuid7(), "benchmark")
        receipt = notes.store.act(one, PARTICIPANT.stream(uuid4()), lambda _: [participant.Returned()])
        if number >= WARM_UP:
            moments[receipt.position] = time.perf_counter()
    return moments


@contextmanager
def _publisher(notes: Notebook, broker: Broker) -> Iterator[None]:
    at = (notes.database.url, notes.database.schema, *broker.servers)
    publishing = subprocess.Popen([sys.executable, "-m", at_publishing.__name__, *at])
    try:
        yield
    finally:
        publishing.terminate()
        publishing.wait()


@contextmanager
def _arrivals(broker: Broker, topic: str) -> Iterator[dict[int, float]]:
    """When each position was first consumed, as it fills."""
    arrived: dict[int, float] = {}
    stop = threading.Event()

    def consume() -> None:
        with closing(
            KafkaConsumer(topic, bootstrap_servers=list(broker.servers), auto_offset_reset="earliest")
        ) as at:
            while not stop.is_set():
                for records in at.poll(timeout_ms=100).values():
                    now = time.perf_counter()
                    for record in records:
                        arrived.setdefault(position_in(record.value), now)

    thread = threading.Thread(target=consume)
    thread.start()
    try:
        yield arrived
    finally:
        stop.set()
        thread.join()
