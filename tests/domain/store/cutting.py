"""A proxy before PostgreSQL that can lose an answer: a command is recorded, its caller never hears of it."""

import contextlib
import selectors
import socket
import threading
from pathlib import Path
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class CuttingProxy:
    """`cut_next_answer()` drops the next answer to a connection that appends, and that connection with it."""

    def __init__(self, url: str, folder: Path) -> None:
        upstream = conninfo_to_dict(url)
        self._upstream = f"{upstream['host']}/.s.PGSQL.{upstream.get('port', 5432)}"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self.url = make_conninfo(url, host=str(folder), port="5432")
        self.cuts = 0
        self._due = threading.Event()
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next_answer(self) -> None:
        self._due.set()

    def close(self) -> None:
        self._closed.set()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._upstream)
                threading.Thread(target=self._pump, args=(client, server), daemon=True).start()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        appends = False
        with client, server, selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while not self._closed.is_set():
                for key, _ in ready.select(timeout=0.2):
                    data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]  # registered as a socket
                    if not data:
                        return
                    appends = appends or b"append_commands" in data
                    if key.fileobj is server and appends and self._due.is_set():
                        self._due.clear()
                        self.cuts += 1
                        return
                    key.data.sendall(data)
