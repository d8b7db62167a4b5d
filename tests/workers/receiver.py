"""Somebody's server that takes webhooks, verified by the library that its owner would use."""

import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.workers.http_server import Handler, running
from tests.workers.post_office import Certificate

Answered = tuple[int, dict[str, str]]
TAKEN: Answered = (204, {})


class Receiver(ThreadingHTTPServer):
    """`came` are the messages that it took, as they came; `answer` may take it otherwise."""

    daemon_threads = True

    def __init__(self, certificate: Certificate | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.came: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.asked = 0
        self.secret: str | None = None
        self.answer: Callable[[dict[str, Any]], Answered] = lambda _: TAKEN
        self._tls = certificate is not None
        if certificate:
            context = certificate.context
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.server_port}/hook?of=velmora"

    @property
    def positions(self) -> list[int]:
        return [int(one["sequence"]) for one in self.came]

    def by_key(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for one in self.came:
            found[one["partitionkey"]].append(int(one["sequence"]))
        return found


class _Handler(Handler):
    server: Receiver

    def do_POST(self) -> None:  # noqa: N802 it is called so in the library
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        message = json.loads(body)
        if self.server.secret:
            Webhook(self.server.secret).verify(body, dict(self.headers))
        status, headers = self.server.answer(message)
        if status // 100 == 2:
            self.server.came.append(message)
            self.server.ids.append(self.headers["webhook-id"])
        self.answer(status, headers)


@contextlib.contextmanager
def receiver(certificate: Certificate | None = None) -> Iterator[Receiver]:
    with running(Receiver(certificate)) as server:
        yield server
