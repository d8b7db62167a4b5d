"""GraphQL over WebSocket, the graphql-transport-ws protocol: https://github.com/enisdenjo/graphql-ws."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Final

import orjson
import structlog
from starlette.types import Message, Receive, Scope, Send

from api.context import Context, Services
from api.drain import Drain
from api.operations import Operations, StreamRefused
from api.params import Malformed, from_value
from api.refusals import Problem, formatted, masked
from api.tokens import Tokens, Unauthenticated, bearer
from domain.permissions import Actor

PROTOCOL: Final = "graphql-transport-ws"
INIT_SECONDS: Final = 10.0
OPERATIONS: Final = 64
LONGEST_ID: Final = 128


class Closed(Exception):
    """The protocol wants the connection closed, with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class GraphQLOverWebSocket:
    """The ASGI endpoint."""

    def __init__(
        self,
        operations: Operations,
        tokens: Tokens,
        drain: Drain,
        *,
        init_seconds: float = INIT_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.operations, self.tokens, self.drain = operations, tokens, drain
        self.init_seconds, self.now = init_seconds, now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        offered = PROTOCOL in scope["subprotocols"]
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if offered else None})
        if not offered:
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        connection = Connection(self, scope, send)
        with self.drain.present(connection.say_goodbye):
            await connection.run(receive)


class Connection:
    __slots__ = (
        "_actor",
        "_closed",
        "_endpoint",
        "_goodbye",
        "_initialised",
        "_running",
        "_scope",
        "_send",
        "_timer",
    )

    def __init__(self, endpoint: GraphQLOverWebSocket, scope: Scope, send: Send) -> None:
        self._endpoint, self._scope, self._send = endpoint, scope, send
        self._initialised = self._closed = False
        self._actor: Actor | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._goodbye: asyncio.Task[None] | None = None
        self._timer = self._close_in(endpoint.init_seconds, 4408, "Connection initialisation timeout")

    async def run(self, receive: Receive) -> None:
        try:
            while (message := await receive())["type"] == "websocket.receive":
                await self._take(message)
        except Closed as closed:
            await self._close(closed.code, closed.reason)
        finally:
            self._closed = True
            self._timer.cancel()
            await self._stop_all()

    def say_goodbye(self) -> None:
        self._close_soon(1012, "Service restart")

    # -- what the client says

    async def _take(self, received: Message) -> None:
        match _message(received.get("text"), self._endpoint.operations.limits.body_bytes):
            case {"type": "connection_init", **rest}:
                await self._initialise(_payload(rest))
            case {"type": "ping", **rest}:
                _payload(rest)
                await self._tell({"type": "pong"})
            case {"type": "pong", **rest}:
                _payload(rest)
            case {"type": "subscribe", "id": str(operation_id), "payload": dict(payload)} if operation_id:
                await self._subscribe(operation_id, payload)
            case {"type": "complete", "id": str(operation_id)} if operation_id:
                if task := self._running.pop(operation_id, None):
                    task.cancel()
            case _:
                raise Closed(4400, "Invalid message received")

    async def _initialise(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Closed(4429, "Too many initialisation requests")
        self._initialised = True
        try:
            self._actor, expires = self._endpoint.tokens.verify(bearer(self._authorization(payload)))
        except Unauthenticated:
            raise Closed(4403, "Forbidden") from None
        self._timer.cancel()
        self._timer = self._close_in(expires - self._endpoint.now(), 4403, "The bearer token has expired")
        await self._tell({"type": "connection_ack"})

    def _authorization(self, payload: dict[str, Any]) -> str:
        """From the payload: browsers set no headers on a WebSocket. Else from the upgrade request."""
        for name, value in payload.items():
            if name.lower() == "authorization" and isinstance(value, str):
                return value
        headers = dict(self._scope["headers"])
        return str(headers.get(b"authorization", b""), "latin-1")

    async def _subscribe(self, operation_id: str, payload: dict[str, Any]) -> None:
        if self._actor is None:
            raise Closed(4401, "Unauthorized")
        if len(operation_id) > LONGEST_ID:
            raise Closed(4400, "Invalid message received")
        if operation_id in self._running:
            raise Closed(4409, f"Subscriber for {operation_id} already exists"[:120])
        if len(self._running) >= OPERATIONS:
            sentence = "There are too many operations on this connection."
            problem = Problem("TOO_MANY_OPERATIONS", sentence, limit=OPERATIONS)
            await self._fail(operation_id, [problem.formatted])
            return
        services: Services = self._scope["app"].state.services
        run = self._run(operation_id, payload, services.context(self._actor))
        self._running[operation_id] = asyncio.create_task(run)

    async def _run(self, operation_id: str, payload: dict[str, Any], context: Context) -> None:
        structlog.contextvars.bind_contextvars(request_id=str(context.request_id))
        head = f'{{"id":{orjson.dumps(operation_id).decode()},"type":"next","payload":'
        operations = self._endpoint.operations
        try:
            prepared = await operations.prepare(from_value(payload))
            async with aclosing(operations.stream(context, prepared)) as frames:
                async for frame in frames:
                    await self._send_text(head + frame.body.decode() + "}")
        except Malformed as malformed:
            self._close_soon(4400, malformed.message)
        except Problem as problem:
            await self._end(operation_id, [formatted(problem)])
        except StreamRefused as refused:
            await self._end(operation_id, refused.errors)
        except OSError:
            self._closed = True
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            await self._end(operation_id, [masked(bug).formatted])
        else:
            await self._end(operation_id)

    # -- what we say

    async def _end(self, operation_id: str, errors: list[Any] | None = None) -> None:
        """The id is free again before the client can know."""
        if self._running.get(operation_id) is not asyncio.current_task():
            return
        del self._running[operation_id]
        if errors is None:
            await self._tell({"id": operation_id, "type": "complete"})
        else:
            await self._fail(operation_id, errors)

    async def _fail(self, operation_id: str, errors: list[Any]) -> None:
        await self._tell({"id": operation_id, "type": "error", "payload": errors})

    async def _tell(self, message: dict[str, Any]) -> None:
        await self._send_text(orjson.dumps(message).decode())

    async def _send_text(self, text: str) -> None:
        if not self._closed:
            await self._send({"type": "websocket.send", "text": text})

    async def _close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def _close_soon(self, code: int, reason: str) -> None:
        self._goodbye = self._goodbye or asyncio.create_task(self._close(code, reason))

    def _close_in(self, seconds: float, code: int, reason: str) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._close_soon, code, reason)

    async def _stop_all(self) -> None:
        tasks = [*self._running.values(), *([self._goodbye] if self._goodbye else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _message(text: str | None, longest: int) -> Any:
    if text is None:
        raise Closed(4400, "Invalid message received")
    if len(text) > longest:
        raise Closed(1009, "Message too big")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closed(4400, "Invalid message received") from None


def _payload(rest: dict[Any, Any]) -> dict[str, Any]:
    payload = rest.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise Closed(4400, "Invalid message received")
    return payload
