"""The workers as a program of their own, so that they can be killed."""

import signal
import sys
import threading

from domain.store import Database, KeyRing
from projections.blobs import Blobs
from workers import app

RING = KeyRing(bytes(32))

if __name__ == "__main__":
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    app.run(Database(sys.argv[1], sys.argv[2]), RING, Blobs.in_memory(), stop)
    print("stopped", flush=True)
