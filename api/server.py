"""Serving the application with uvicorn, so that it stops without cutting anybody off in mid-sentence."""

import gc
import socket
import threading
from typing import Final

import uvicorn
from starlette.applications import Starlette

GRACE_SECONDS: Final = 10


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
        http="httptools",
        ws="wsproto",
        ws_max_size=body_bytes,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Server(config, app)
