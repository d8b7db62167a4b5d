"""Serving the application with uvicorn, so that it stops without cutting anybody off in mid-sentence."""

import gc
import socket
import threading
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

GRACE_SECONDS: Final = 10
HEAD_BYTES: Final = 65_536


class BoundedHead(HttpToolsProtocol):
    """Headers come before any token, and uvicorn takes as many as come: whoever sends too much is cut off."""

    _awaits_head, _seams, _head_bytes = True, 0, 0
    """Whether headers are yet to end, how often headers or bodies have ended, and what has come since."""

    def data_received(self, data: bytes) -> None:
        seams = self._seams
        super().data_received(data)
        if seams != self._seams or not self._awaits_head:
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The headers are too large.")

    def on_headers_complete(self) -> None:
        self._awaits_head, self._seams = False, self._seams + 1
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaits_head, self._seams = True, self._seams + 1
        super().on_message_complete()


class Server(uvicorn.Server):
    """Says goodbye to those who stay connected for long before it waits for everyone to finish."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if threading.current_thread() is threading.main_thread():
            _settle()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.drain.drain()
        await super().shutdown(sockets)


def _settle() -> None:
    """What has been loaded stays: a full garbage collection need not go through it and stall everybody."""
    gc.collect()
    gc.freeze()


def server(
    app: Starlette, *, host: str = "127.0.0.1", port: int = 8000, body_bytes: int = 1_048_576
) -> Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="auto",
        http=BoundedHead,
        ws="wsproto",
        ws_max_size=body_bytes,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Server(config, app)
