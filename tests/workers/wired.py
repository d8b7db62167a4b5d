"""All workers of an organisation as settings wire them, in a thread of the test's process."""

import contextlib
import threading
from collections.abc import Iterator

from deploy import wiring
from deploy.settings import Settings
from domain.store import Database, KeyRing
from projections.blobs import Blobs
from workers import app
from workers.publisher import EventStream


@contextlib.contextmanager
def working(database: Database, keys: KeyRing, stream: EventStream, asked: Settings) -> Iterator[None]:
    stop = threading.Event()
    works = threading.Thread(
        target=lambda: app.run(
            database,
            keys,
            Blobs.in_memory(),
            stop,
            stream=stream,
            consumers=wiring.consumers(asked),
            following=lambda store: wiring.following(asked, store),
        )
    )
    works.start()
    try:
        yield
    finally:
        stop.set()
        works.join()
