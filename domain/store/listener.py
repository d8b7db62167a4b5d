"""Hints that the log has grown: one LISTEN connection a process, however many readers wait."""

import threading
from collections.abc import Callable

import psycopg
from psycopg import sql

from domain.store.database import Database

PAUSE = 0.5
"""Seconds between attempts to reconnect."""


class Listener:
    """Calls every subscriber after each hint and after each (re)connection. A hint may be late or lost, never
    wrong: whoever must not miss anything polls as well.
    """

    def __init__(self, database: Database, channel: str | None = None) -> None:
        self._database, self._channel = database, channel or database.channel
        self._subscribers: dict[object, Callable[[str], None]] = {}
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def subscribe(self, call: Callable[[str], None]) -> Callable[[], None]:
        """`call(payload)` runs in the listener's thread and must be quick; gives what ends it.

        The first one opens the connection: a process that only writes has none.
        """
        key = object()
        self._subscribers[key] = call
        with self._starting:
            if self._thread is None:
                name = f"listen-{self._channel}"
                self._thread = threading.Thread(target=self._listen, name=name, daemon=True)
                self._thread.start()
        return lambda: self._subscribers.pop(key, None) and None

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._database.connect() as connection:
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    self._tell("")
                    while not self._stopped.is_set():
                        for notify in connection.notifies(timeout=0.2):
                            self._tell(notify.payload)
            except psycopg.OperationalError:
                self._stopped.wait(PAUSE)

    def _tell(self, payload: str) -> None:
        for call in list(self._subscribers.values()):
            call(payload)
