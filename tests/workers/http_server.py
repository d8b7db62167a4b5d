"""Somebody's HTTP server elsewhere, in a thread of the test's process."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, TypeVar

ServerType = TypeVar("ServerType", bound=HTTPServer)


class Handler(BaseHTTPRequestHandler):
    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 it is called so in the library
        """Nobody reads it."""


@contextlib.contextmanager
def running(server: ServerType) -> Iterator[ServerType]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
