"""A publisher as a program of its own, so that it can be killed."""

import signal
import sys
import threading
from collections.abc import Sequence

from domain.store import Database, Store
from projections.cloud_events import source
from tests.workers.at_work import RING
from workers import publisher
from workers.broker import Broker, Topic
from workers.leader import Leader
from workers.publisher import EventStream, Publisher

PARTITIONS = 3


def stream_of(schema: str, brokers: Sequence[str]) -> EventStream:
    topic = Topic(f"{schema}.events", PARTITIONS, replication=len(brokers))
    return EventStream(Broker(tuple(brokers)), topic, source(schema))


if __name__ == "__main__":
    url, schema, *brokers = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    stream = stream_of(schema, brokers)
    database = Database(url, schema)
    with Store.open(database, RING) as store:
        leader = Leader(database, store, publisher.NAME, lambda at, _: Publisher(at, store, stream))
        leader.run(stop)
