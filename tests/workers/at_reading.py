"""A consumer as a program of its own, so that it can be killed."""

import signal
import sys
import threading

from domain.store import Database
from tests.workers.at_publishing import stream_of
from tests.workers.tallied import Counting
from workers.consumer import Readers

if __name__ == "__main__":
    url, schema, *brokers = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Readers(Database(url, schema), stream_of(schema, brokers), [Counting()]).run(stop)
