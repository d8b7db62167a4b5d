"""GraphQL over HTTP: POST and GET, media types by negotiation, single results or an event stream."""

import re
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send
from uuid_utils.compat import uuid7

from api import graphiql
from api.context import Services
from api.limits import Excess
from api.negotiation import ANYTHING, GRAPHQL, HTML, JSON, Accepted, negotiate
from api.operations import Answer, Operations, Prepared, refusal
from api.params import Malformed, Params, from_json, from_query_string
from api.refusals import Problem, masked
from api.sse import Streams, last_event_id
from api.tokens import Tokens, Unauthenticated, bearer
from domain.permissions import Actor

log = structlog.get_logger(__name__)

UTF8: Final = frozenset({"utf-8", "utf8"})
CHARSET: Final = re.compile(r';\s*charset\s*=\s*"?([^";\s]+)', re.IGNORECASE)
STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "BODY_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INTERNAL": 500,
    "TIMEOUT": 503,
    "UNAVAILABLE": 503,
}
"""Codes that are about HTTP, or about us, whatever the media type; the rest are request errors."""


class BadRequest(Problem):
    """What is refused before there is a GraphQL request; `headers` go with the answer."""

    def __init__(self, code: str, message: str, *headers: tuple[bytes, bytes], **extensions: Any) -> None:
        super().__init__(code, message, **extensions)
        self.headers = headers


@dataclass(slots=True)
class Exchange:
    """One request and how it is answered."""

    scope: Scope
    receive: Receive
    send: Send
    headers: MutableMapping[bytes, str]
    request_id: UUID
    accepted: Accepted = ANYTHING

    @classmethod
    def of(cls, scope: Scope, receive: Receive, send: Send) -> "Exchange":
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        return cls(scope, receive, send, headers, _request_id(headers.get(b"x-request-id", "")))

    async def respond(self, status: int, body: bytes, content_type: str, *more: tuple[bytes, bytes]) -> None:
        headers = [
            (b"content-type", content_type.encode("ascii") + b"; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-request-id", str(self.request_id).encode("ascii")),
            *more,
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def code_of(problem: Problem) -> str:
    return str((problem.extensions or {}).get("code"))


async def refuse(
    exchange: Exchange, problem: Problem, statuses: Mapping[str, int], otherwise: int = 400
) -> None:
    """As JSON, whatever the answer would have been; `statuses` has the codes that have one of their own."""
    headers = problem.headers if isinstance(problem, BadRequest) else ()
    status = statuses.get(code_of(problem), otherwise)
    await exchange.respond(status, refusal(problem).body, JSON, *headers)


class GraphQLOverHTTP:
    """The ASGI endpoint. `graphiql` is the page for browsers, None where it is switched off."""

    def __init__(
        self,
        operations: Operations,
        tokens: Tokens,
        streams: Streams,
        *,
        graphiql: bytes | None = None,
        access_log: bool = False,
    ) -> None:
        self.operations, self.tokens, self.streams = operations, tokens, streams
        self.graphiql, self.access_log = graphiql, access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            status = await self._serve(exchange)
        except Problem as problem:
            status = await self._refuse(exchange, problem)
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            status = await self._refuse(exchange, masked(bug))
        if self.access_log:
            took = round((time.perf_counter() - started) * 1000, 1)
            log.info("graphql", method=scope["method"], status=status, milliseconds=took)

    async def _serve(self, exchange: Exchange) -> int:
        method = exchange.scope["method"]
        exchange.accepted = accepted = negotiate(exchange.headers.get(b"accept", ""))
        if method not in ("GET", "POST"):
            raise BadRequest(
                "METHOD_NOT_ALLOWED", "GraphQL is asked by POST or GET.", (b"allow", b"GET, POST")
            )
        if method == "GET" and self.graphiql and accepted.html and not exchange.scope["query_string"]:
            await exchange.respond(200, self.graphiql, HTML, *graphiql.HEADERS)
            return 200
        if accepted.response is None and not accepted.events:
            raise BadRequest("NOT_ACCEPTABLE", f"Answers are {GRAPHQL}, {JSON} or text/event-stream.")
        actor, expires = asking(exchange, self.tokens)
        params = await self._params(exchange)
        prepared = await self.operations.prepare(params)
        _check_kind(method, prepared, accepted)
        services: Services = exchange.scope["app"].state.services
        if prepared.kind is OperationType.SUBSCRIPTION or accepted.response is None:
            after = last_event_id(exchange.headers.get(b"last-event-id", ""))
            context = services.context(actor, exchange.request_id, after)
            await self.streams.serve(exchange.receive, exchange.send, context, prepared, expires)
            return 200
        answer = await self.operations.answer(services.context(actor, exchange.request_id), prepared)
        return await _answer(exchange, answer)

    async def _refuse(self, exchange: Exchange, problem: Problem) -> int:
        status = STATUS.get(code_of(problem))
        if status is None and isinstance(problem, Malformed):
            status = 400
        if status is None and exchange.accepted.response is None:
            await self.streams.refuse(exchange.send, exchange.request_id, problem)
            return 200
        headers = problem.headers if isinstance(problem, BadRequest) else ()
        return await _answer(exchange, refusal(problem), status, *headers)

    async def _params(self, exchange: Exchange) -> Params:
        if exchange.scope["method"] == "GET":
            return from_query_string(exchange.scope["query_string"])
        _check_content(exchange.headers)
        return from_json(await self._body(exchange))

    async def _body(self, exchange: Exchange) -> bytes:
        limit = self.operations.limits.body_bytes
        announced = exchange.headers.get(b"content-length", "")
        if announced.isdigit() and int(announced) > limit:
            raise Excess("BODY_TOO_LARGE", "The request body is too large.", limit, int(announced))
        body = b""
        while True:
            message = await exchange.receive()
            body += bytes(message.get("body", b""))
            if len(body) > limit:
                raise Excess("BODY_TOO_LARGE", "The request body is too large.", limit)
            if not message.get("more_body"):
                return body


def asking(exchange: Exchange, tokens: Tokens) -> tuple[Actor, float]:
    """Who asks, and the moment their token expires; raises BadRequest."""
    try:
        return tokens.verify(bearer(exchange.headers.get(b"authorization", "")))
    except Unauthenticated:
        given = b"authorization" in exchange.headers
        challenge = b'Bearer realm="chiron"' + (b', error="invalid_token"' if given else b"")
        sentence = "The bearer token is not valid, or no longer." if given else "A bearer token is needed."
        raise BadRequest("UNAUTHENTICATED", sentence, (b"www-authenticate", challenge)) from None


def _check_content(headers: MutableMapping[bytes, str]) -> None:
    content_type = headers.get(b"content-type", "")
    charset = CHARSET.search(content_type)
    if content_type.partition(";")[0].strip().lower() != JSON or (charset and charset[1].lower() not in UTF8):
        raise BadRequest(
            "UNSUPPORTED_MEDIA_TYPE",
            f"A request body is {JSON} in UTF-8.",
            (b"accept-post", b"application/json"),
        )
    if headers.get(b"content-encoding", "identity") != "identity":
        raise BadRequest(
            "UNSUPPORTED_MEDIA_TYPE", "A request body is not compressed.", (b"accept-encoding", b"identity")
        )


def _check_kind(method: str, prepared: Prepared, accepted: Accepted) -> None:
    if method == "GET" and prepared.kind is OperationType.MUTATION:
        raise BadRequest("METHOD_NOT_ALLOWED", "A mutation is asked by POST.", (b"allow", b"POST"))
    if prepared.kind is OperationType.SUBSCRIPTION and not accepted.events:
        raise BadRequest(
            "NOT_ACCEPTABLE", "A subscription answers with text/event-stream, or over a WebSocket."
        )


def _request_id(given: str) -> UUID:
    """The client's own, where it is a UUID; so nothing personal gets into the logs by it."""
    try:
        return UUID(given)
    except ValueError:
        return uuid7()


async def _answer(
    exchange: Exchange, answer: Answer, status: int | None = None, *more: tuple[bytes, bytes]
) -> int:
    """A request error is a 400, except to clients that take no other media type than plain JSON."""
    content_type = exchange.accepted.response or JSON
    if status is None:
        status = 200 if answer.executed or content_type == JSON else 400
    await exchange.respond(status, answer.body, content_type, (b"vary", b"accept"), *more)
    return status
