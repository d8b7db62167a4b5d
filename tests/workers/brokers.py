"""Brokers that speak Kafka, as children of the tests: the one that `chiron up` runs, and Apache Kafka."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from deploy import embedded
from deploy.supervisor import Supervisor
from tests.deploy.conftest import free_port
from workers.broker import Broker

SOURCE = "/organisations/velmora"


@contextlib.contextmanager
def small_broker(folder: Path, port: int | None = None) -> Iterator[Broker]:
    """Keeps everything in memory: gone when it stops."""
    at = port or free_port()
    with Supervisor(print) as supervisor:
        supervisor.start(embedded.broker(folder, at))
        yield Broker((f"127.0.0.1:{at}",))


def everything(broker: Broker, topic: str) -> dict[int, list[Any]]:
    """All records of a topic, by partition."""
    consumer = KafkaConsumer(bootstrap_servers=list(broker.servers), enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        if not partitions:
            return {}
        ends: Mapping[TopicPartition, int] = consumer.end_offsets(partitions)
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        found: dict[int, list[Any]] = {at.partition: [] for at in partitions}
        while any(len(found[at.partition]) < end for at, end in ends.items()):
            for at, records in consumer.poll(timeout_ms=10_000).items():
                found[at.partition] += records
        return found
    finally:
        consumer.close()
