"""GET /history and /history/<mentorship>, each also with .md or .json: one's own history, to take along.

It is read page by page through the very query that any client could ask, so with the same rights, and sent
as it is read. Errors are the same JSON, with the same codes, as a GraphQL request's.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.context import Context, Services
from api.history_written import WAYS, Fields, Header, Written
from api.negotiation import preferred
from api.operations import Execute
from api.over_http import STATUS, BadRequest, Exchange, asking, code_of, refuse
from api.refusals import Problem, masked
from api.relay import global_id, parse_global_id
from api.tokens import Tokens
from domain.permissions import Action, Thing, may
from projections.history_reading import relationships_of, shown

log = structlog.get_logger(__name__)

PATH: Final = "/history"
PATHS: Final = (PATH, f"{PATH}.{{suffix}}", f"{PATH}/{{named}}")
PAGE: Final = """
query ($id: ID!, $after: String, $asOf: AsOf!) {
  mentorship(id: $id) {
    kind members { participant { name } }
    history(first: 100, after: $after, asOf: $asOf) {
      nodes { position at kind name about sentence text facts actor { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
STATUS_OF: Final[Mapping[str, int]] = {**STATUS, "FORBIDDEN": 403, "NOT_FOUND": 404}


class Torn(Exception):
    """A page could not be read while others were sent already."""


@dataclass(frozen=True, slots=True)
class Export:
    context: Context
    header: Header
    relationships: list[UUID]
    written: Written


class HistoryExport:
    """The ASGI endpoint of all its addresses; `execute` answers a query."""

    def __init__(self, tokens: Tokens, execute: Execute) -> None:
        self.tokens, self._execute = tokens, execute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            export = await self._asked(exchange)
        except Problem as problem:
            await refuse(exchange, problem, STATUS_OF)
        except Exception as bug:  # noqa: BLE001 the last place where a bug becomes an answer
            await refuse(exchange, masked(bug), STATUS_OF)
        else:
            await self._send(exchange, export)

    async def _asked(self, exchange: Exchange) -> Export:
        """Raises Problem where it is not for who asks."""
        if exchange.scope["method"] != "GET":
            raise BadRequest("METHOD_NOT_ALLOWED", "A history is asked by GET.", (b"allow", b"GET"))
        services: Services = exchange.scope["app"].state.services
        actor, _ = asking(exchange, self.tokens)
        context = services.context(actor, exchange.request_id)
        named, written = _named(exchange)
        if actor.participant is None or not may(actor, Action.EXPORT_HISTORY, Thing(actor.participant)):
            raise Problem("FORBIDDEN", "Only who is in a relationship can take its history along.")
        async with services.pool.connection() as connection:
            own = await relationships_of(connection, actor.participant)
            position = await shown(connection)
        header = Header(global_id("Participant", actor.participant), context.now(), position)
        return Export(context, header, own if named is None else _one_of(own, named), written)

    async def _send(self, exchange: Exchange, export: Export) -> None:
        """Where it breaks off, so does the connection: nobody takes a half for a whole."""
        response = StreamingResponse(self._pieces(export), headers=_headers(exchange, export))
        try:
            await response(exchange.scope, exchange.receive, exchange.send)
        except Exception as bug:  # noqa: BLE001 as above
            log.warning("history.broken_off", code=code_of(masked(bug)))

    async def _pieces(self, export: Export) -> AsyncIterator[str]:
        yield export.written.begin(export.header)
        for mentorship in export.relationships:
            id_ = global_id("Mentorship", mentorship)
            first = True
            async for found in self._pages(export, id_):
                if first:
                    yield export.written.relationship(found)
                first = False
                yield export.written.entries(id_, found["history"]["nodes"])
        yield export.written.end()

    async def _pages(self, export: Export, mentorship: str) -> AsyncIterator[Fields]:
        asked: dict[str, Any] = {"id": mentorship, "after": None, "asOf": str(export.header.position)}
        more = True
        while more:
            answer = orjson.loads((await self._execute(export.context, PAGE, asked, None)).body)
            if "errors" in answer or answer["data"]["mentorship"] is None:
                raise Torn
            found = answer["data"]["mentorship"]
            yield found
            page = found["history"]["pageInfo"]
            more, asked = page["hasNextPage"], {**asked, "after": page["endCursor"]}


def _named(exchange: Exchange) -> tuple[str | None, Written]:
    """The relationship's id, None for all of them, and how it is to be written."""
    path = exchange.scope["path_params"]
    named, suffix = path.get("named"), path.get("suffix", "")
    if named is not None:
        named, _, suffix = named.partition(".")
    if not suffix:
        media_types = {way.media_type: way.suffix for way in WAYS.values()}
        chosen = preferred(exchange.headers.get(b"accept", ""), *media_types)
        if chosen is None:
            raise BadRequest("NOT_ACCEPTABLE", "A history is application/json or text/markdown.")
        suffix = media_types[chosen]
    if suffix not in WAYS:
        raise Problem("NOT_FOUND", "A history is asked as .md or as .json.")
    return named, WAYS[suffix]()


def _one_of(own: list[UUID], named: str) -> list[UUID]:
    """Whether others have such a relationship is not told."""
    try:
        mentorship = UUID(parse_global_id(named, "Mentorship").key)
    except Problem:
        mentorship = None
    if mentorship not in own:
        raise Problem("NOT_FOUND", "You are in no such relationship.")
    return [mentorship]


def _headers(exchange: Exchange, export: Export) -> dict[str, str]:
    return {
        "content-type": f"{export.written.media_type}; charset=utf-8",
        "content-disposition": f'attachment; filename="history.{export.written.suffix}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "vary": "accept",
        "x-request-id": str(exchange.request_id),
    }
