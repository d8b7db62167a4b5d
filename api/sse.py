"""GraphQL over server-sent events: one connection an operation, resumed by Last-Event-ID."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final
from uuid import UUID

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Send

from api.context import Context
from api.drain import Drain
from api.operations import Frame, Operations, Prepared, StreamRefused
from api.refusals import Problem, formatted

KEEP_ALIVE_SECONDS: Final = 12.0
COMPLETE: Final = b"event: complete\ndata:\n\n"
KEEP_ALIVE: Final = b":\n\n"
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]


def last_event_id(header: str) -> int | None:
    """The position after which the client wants to go on; what is not one of ours is ignored."""
    return int(header) if header.isascii() and header.isdigit() and len(header) < 19 else None


class Streams:
    def __init__(
        self,
        operations: Operations,
        drain: Drain,
        *,
        keep_alive: float = KEEP_ALIVE_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.operations, self.drain = operations, drain
        self.keep_alive, self.now = keep_alive, now

    async def serve(
        self, receive: Receive, send: Send, context: Context, prepared: Prepared, expires: float
    ) -> None:
        """Until the operation completes, the client goes, the token expires, or the process stops.

        A stop ends the body without `complete`, so that clients come back.
        """
        pumped = self._pump(send, context, prepared)
        await self.run(receive, send, context.request_id, pumped, expires=expires, farewell=EXPIRED)

    async def run(
        self,
        receive: Receive,
        send: Send,
        request_id: UUID,
        pumped: Coroutine[Any, Any, None],
        *,
        expires: float,
        farewell: bytes = b"",
    ) -> None:
        """What `pumped` sends, kept alive, until one of the above; `farewell` where the token expires."""
        await _start(send, request_id)
        pump = asyncio.create_task(pumped)
        gone = asyncio.create_task(_gone(receive))
        left = False
        try:
            with self.drain.present(pump.cancel):
                while not pump.done() and not gone.done() and self.now() < expires:
                    patience = max(min(self.keep_alive, expires - self.now()), 0)
                    done, _ = await asyncio.wait(
                        {pump, gone}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                    )
                    if not done:
                        await send_chunk(send, KEEP_ALIVE)
            left = gone.done()
        finally:
            await _cancel(pump, gone)
        if not left and not pump.cancelled():
            pump.result()
        if not left and farewell and self.now() >= expires:
            await send_chunk(send, farewell)
        if not left:
            await send({"type": "http.response.body", "body": b""})

    async def refuse(self, send: Send, request_id: UUID, problem: GraphQLError) -> None:
        """A request error, told as the protocol wants it: through the stream."""
        await _start(send, request_id)
        await send({"type": "http.response.body", "body": _errors([formatted(problem)])})

    async def _pump(self, send: Send, context: Context, prepared: Prepared) -> None:
        try:
            async with aclosing(self.operations.stream(context, prepared)) as frames:
                async for frame in frames:
                    await send_chunk(send, _next(frame))
        except StreamRefused as refused:
            await send_chunk(send, _errors(refused.errors))
        except Problem as problem:
            await send_chunk(send, _errors([formatted(problem)]))
        else:
            await send_chunk(send, COMPLETE)


def _next(frame: Frame) -> bytes:
    """JSON holds newlines only between its tokens, where a space means the same."""
    head = (
        b"event: next\n" if frame.cursor is None else b"event: next\nid: %s\n" % frame.cursor.encode("ascii")
    )
    return b"%sdata: %s\n\n" % (head, frame.body.replace(b"\n", b" "))


def _errors(errors: list[Any]) -> bytes:
    return _next(Frame(orjson.dumps({"errors": errors}), None)) + COMPLETE


EXPIRED: Final = _errors([Problem("UNAUTHENTICATED", "The bearer token has expired.").formatted])


async def _start(send: Send, request_id: UUID) -> None:
    headers = [*HEADERS, (b"x-request-id", str(request_id).encode("ascii"))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send_chunk(send, KEEP_ALIVE)


async def send_chunk(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
