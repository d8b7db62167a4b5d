"""The application behind a real uvicorn, in a thread of the test's process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from graphql import GraphQLSchema

from api.app import Options, create_app
from api.context import open_services
from api.operations import Execute
from api.server import Server, server
from api.tokens import Tokens
from domain.permissions import Role
from domain.store import Database, KeyRing
from projections.blobs import Blobs
from tests.organisations import organisation
from tests.per_thread import PerThread

TOKEN_KEY = b"a key for tests that opens nothing"
CURSOR_KEY = b"another key for tests, as harmless"


@dataclass(frozen=True, slots=True)
class Served:
    """A running server; `thread` ends when it has stopped."""

    url: str
    tokens: Tokens
    server: Server
    thread: threading.Thread

    @property
    def websocket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def authorization(self, *roles: Role, seconds: float = 3600) -> dict[str, str]:
        token = self.tokens.issue("tester", roles or (Role.ORGANISATION_ADMIN,), seconds=seconds)
        return {"authorization": f"Bearer {token}"}

    def client(self, *roles: Role) -> httpx.Client:
        headers = self.authorization(*roles)
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, transport=PerThread())

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@contextmanager
def bare_organisation(postgres_url: str) -> Iterator[Database]:
    """Just the log: what transports need, for a whole module."""
    with organisation(postgres_url, "bare", read_models=False) as database:
        yield database


@contextmanager
def serving(
    database: Database,
    options: Options | None = None,
    graphql: tuple[GraphQLSchema, Execute] | None = None,
    *,
    keys: KeyRing | None = None,
    buffer: int = 4_096,
    patience: float = 2.0,
    statement_seconds: float = 10.0,
    blobs: Blobs | None = None,
) -> Iterator[Served]:
    tokens = Tokens(TOKEN_KEY)
    services = open_services(
        database,
        keys or KeyRing.random(),
        CURSOR_KEY,
        connections=4,
        buffer=buffer,
        patience=patience,
        statement_seconds=statement_seconds,
        blobs=blobs,
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = server(create_app(services, tokens, options, graphql))
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        served = Served(url, tokens, running, thread)
        try:
            _wait_until_ready(served)
            yield served
        finally:
            served.stop()


def _wait_until_ready(served: Served) -> None:
    while not served.server.started:
        served.thread.join(0.005)
        assert served.thread.is_alive(), "the application did not start"
