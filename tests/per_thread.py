"""HTTP by many threads with one client."""

import threading

import httpx
from httpx import Request, Response


class PerThread(httpx.BaseTransport):
    """Connections of its own for each thread.

    A pool that threads share takes an answer that another thread is about to read for the server's goodbye,
    and closes that connection: `has_expired` of httpcore looks at the state, then at the socket.
    """

    def __init__(self) -> None:
        self._tls = httpx.create_ssl_context()
        self._here = threading.local()
        self._all: list[httpx.HTTPTransport] = []

    def handle_request(self, request: Request) -> Response:
        if not hasattr(self._here, "transport"):
            self._here.transport = httpx.HTTPTransport(verify=self._tls)
            self._all.append(self._here.transport)
        response: Response = self._here.transport.handle_request(request)
        return response

    def close(self) -> None:
        for transport in self._all:
            transport.close()
