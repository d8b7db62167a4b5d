"""GET /events: the event stream for those without Kafka, with the same messages.

As application/x-ndjson it is all there is after a position, and then it ends; as text/event-stream it goes
on, each message with its position as its id, and is taken up again by Last-Event-ID. Errors are the same
JSON, with the same codes, as a GraphQL request's.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.context import Services
from api.events_hub import SlowConsumer
from api.negotiation import EVENTS, preferred
from api.over_http import STATUS, BadRequest, Exchange, asking, code_of, refuse
from api.refusals import Problem, masked
from api.sse import Streams, last_event_id, send_chunk
from api.tokens import Tokens
from domain.event import REGISTRY
from domain.permissions import Action, Actor, scopes_for
from domain.permissions import Scope as Reach
from domain.store import RecordedEvent
from projections import cloud_events

log = structlog.get_logger(__name__)

PATH: Final = "/events"
NDJSON: Final = "application/x-ndjson"
PAGE: Final = 500
STATUS_OF: Final[Mapping[str, int]] = {**STATUS, "FORBIDDEN": 403}


@dataclass(frozen=True, slots=True)
class Asked:
    """`names` of the events; without any, all."""

    services: Services
    after: int
    names: frozenset[str]
    follows: bool
    expires: float


class EventFeed:
    """The ASGI endpoint."""

    def __init__(self, tokens: Tokens, streams: Streams) -> None:
        self._tokens, self._streams = tokens, streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            asked = await self._asked(exchange)
        except Problem as problem:
            await refuse(exchange, problem, STATUS_OF)
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            await refuse(exchange, masked(bug), STATUS_OF)
        else:
            await (self._follow(exchange, asked) if asked.follows else _send(exchange, asked))

    async def _asked(self, exchange: Exchange) -> Asked:
        """Raises Problem where it is not for who asks, or cannot be understood."""
        if exchange.scope["method"] != "GET":
            raise BadRequest("METHOD_NOT_ALLOWED", "Events are asked by GET.", (b"allow", b"GET"))
        actor, expires = asking(exchange, self._tokens)
        if not _sees_all(actor):
            raise Problem("FORBIDDEN", "Only who may read the whole log can follow it here.")
        media_type = preferred(exchange.headers.get(b"accept", ""), NDJSON, EVENTS)
        if media_type is None:
            raise BadRequest("NOT_ACCEPTABLE", f"Events are {NDJSON} or {EVENTS}.")
        services: Services = exchange.scope["app"].state.services
        given = parse_qs(exchange.scope["query_string"].decode("ascii", "replace"), keep_blank_values=True)
        if unknown := given.keys() - {"after", "type"}:
            raise Problem("BAD_ARGUMENT", f"Events are asked by after and type, not by {min(unknown)}.")
        after = last_event_id(exchange.headers.get(b"last-event-id", "")) or _position(given)
        if after > services.hub.head and after > await asyncio.to_thread(services.store.head):
            raise Problem("POSITION_UNKNOWN", "The log does not reach that position.")
        return Asked(services, after, _names(given), media_type == EVENTS, expires)

    async def _follow(self, exchange: Exchange, asked: Asked) -> None:
        receive, send = exchange.receive, exchange.send
        await self._streams.run(receive, send, exchange.request_id, _pump(send, asked), expires=asked.expires)


async def _pump(send: Send, asked: Asked) -> None:
    """Until whoever reads is gone, or reads too slowly: then they come again with the last id."""
    told = _Told(asked.services)
    async with aclosing(asked.services.hub.follow(asked.after, asked.names)) as followed:
        try:
            async for published in followed:
                (message,) = await told.messages([published.recorded])
                await send_chunk(send, b"id: %d\ndata: %s\n\n" % (published.recorded.position, message))
        except SlowConsumer as slow:
            log.info("events.cut_off", code="SLOW_CONSUMER", last=slow.last)


async def _send(exchange: Exchange, asked: Asked) -> None:
    """Where it breaks off, so does the connection: nobody takes a half for a whole."""
    headers = {
        "content-type": f"{NDJSON}; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "vary": "accept",
        "x-request-id": str(exchange.request_id),
    }
    response = StreamingResponse(_lines(asked), headers=headers)
    try:
        await response(exchange.scope, exchange.receive, exchange.send)
    except Exception as bug:  # noqa: BLE001 as above
        log.warning("events.broken_off", code=code_of(masked(bug)))


async def _lines(asked: Asked) -> AsyncIterator[bytes]:
    store, told, after = asked.services.store, _Told(asked.services), asked.after
    head = await asyncio.to_thread(store.head)
    while after < head:
        page = await asyncio.to_thread(store.page, after, PAGE, asked.names, sealed=True)
        shown = [recorded for recorded in page if recorded.position <= head]
        yield b"".join(message + b"\n" for message in await told.messages(shown))
        after = page[-1].position if len(page) == PAGE else head


class _Told:
    """Events as messages; the relationships of streams that were not met yet are looked up in a thread."""

    def __init__(self, services: Services) -> None:
        self._keys = cloud_events.Keys(services.store.beginnings)
        self._source = cloud_events.source(services.organisation)

    async def messages(self, page: list[RecordedEvent]) -> list[bytes]:
        met = self._keys.knows(page)
        keys = self._keys.of(page) if met else await asyncio.to_thread(self._keys.of, page)
        return [cloud_events.message(one, keys[one.raw_stream_id], self._source) for one in page]


def _sees_all(actor: Actor) -> bool:
    return any(reach is Reach.ANY for _, reach in scopes_for(actor, Action.SEE_LOG))


def _position(given: Mapping[str, list[str]]) -> int:
    (after,) = given.get("after", ["0"])[-1:]
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Problem("BAD_ARGUMENT", "after is a position: a whole number, 0 for the beginning.")
    return int(after)


def _names(given: Mapping[str, list[str]]) -> frozenset[str]:
    types = {cloud_events.type_of(name): name for name in REGISTRY}
    wanted = {one for listed in given.get("type", ()) for one in listed.split(",") if one}
    if unknown := wanted - types.keys():
        raise Problem("BAD_ARGUMENT", f"There is no type {min(unknown)[:100]}; asyncapi.yaml lists all.")
    return frozenset(types[one] for one in wanted)
