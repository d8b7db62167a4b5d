"""The ASGI application: GraphQL over HTTP, server-sent events and WebSocket; health; GraphiQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import orjson
import psycopg
from graphql import GraphQLSchema
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api import calendar_feed, graphiql
from api.calendar_address import PATH as CALENDAR
from api.context import Services
from api.document_links import PATH as DOCUMENTS
from api.documents import Documents
from api.drain import Drain
from api.event_feed import PATH as EVENTS
from api.event_feed import EventFeed
from api.history_export import PATHS as HISTORY
from api.history_export import HistoryExport
from api.limits import Limits
from api.operations import Execute, Operations
from api.over_http import GraphQLOverHTTP
from api.report_files import PATH as REPORT_FILES
from api.report_files import ReportFiles
from api.sse import KEEP_ALIVE_SECONDS, Streams
from api.tokens import Tokens
from api.trusted import TrustedDocuments
from api.unsubscribe import Unsubscribe
from api.websocket import INIT_SECONDS, GraphQLOverWebSocket
from projections.mail_links import PATH as UNSUBSCRIBE

PATH: Final = "/graphql"
READY_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """How open the API is. The defaults are those of production."""

    limits: Limits = field(default_factory=Limits)
    trusted: TrustedDocuments = field(default_factory=TrustedDocuments)
    introspection: bool = False
    graphiql: bool = False
    access_log: bool = False
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS
    init_seconds: float = INIT_SECONDS


class Application(Starlette):
    """Requests to the one busy path go straight to it: routing them would cost a tenth of a cheap query."""

    graphql: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            scope["app"] = self
            await self.graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    services: AbstractAsyncContextManager[Services],
    tokens: Tokens,
    options: Options | None = None,
    graphql: tuple[GraphQLSchema, Execute] | None = None,
) -> Starlette:
    """`services` opens with the application and closes with it: api.context.open_services.

    Raises BadManifest when a trusted document could never be executed. `graphql` is another schema than ours,
    with what executes it. `app.state.drain` says goodbye to everyone connected.
    """
    options = options or Options()
    schema, execute = graphql or _ours()
    operations = Operations(
        schema, execute, options.limits, options.trusted, introspection=options.introspection
    )
    operations.check_trusted()
    drain = Drain()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with services as opened:
            app.state.services = opened
            yield
            drain.drain()

    over_websocket = GraphQLOverWebSocket(operations, tokens, drain, init_seconds=options.init_seconds)
    streams = Streams(operations, drain, keep_alive=options.keep_alive_seconds)
    routes = [
        WebSocketRoute(PATH, over_websocket),
        *_beside_graphql(tokens, execute, streams),
        *([graphiql.ASSETS] if options.graphiql else []),
    ]
    app = Application(routes=routes, lifespan=lifespan)
    app.graphql = GraphQLOverHTTP(
        operations,
        tokens,
        streams,
        graphiql=graphiql.PAGE if options.graphiql else None,
        access_log=options.access_log,
    )
    app.state.drain = drain
    return app


def _beside_graphql(tokens: Tokens, execute: Execute, streams: Streams) -> Iterator[Route]:
    """What files, feeds and probes are asked by."""
    documents, history = Documents(tokens), HistoryExport(tokens, execute)
    yield from (Route(path, documents) for path in (DOCUMENTS, f"{DOCUMENTS}/{{id:path}}"))
    yield from (Route(path, history) for path in HISTORY)
    yield Route(EVENTS, EventFeed(tokens, streams))
    yield Route(REPORT_FILES, ReportFiles(tokens))
    yield Route(CALENDAR, calendar_feed.serve)
    yield Route(UNSUBSCRIBE, Unsubscribe())
    yield Route("/health/live", _live)
    yield Route("/health/ready", _ready)


def _ours() -> tuple[GraphQLSchema, Execute]:
    from api.execution import execute  # noqa: PLC0415 the schema takes long to build, and tests bring their own
    from api.schema import GRAPHQL  # noqa: PLC0415 as above

    return GRAPHQL, execute


async def _live(_: Request) -> Response:
    return _health(200, "live")


async def _ready(request: Request) -> Response:
    """Not ready while it stops, or cannot reach its database."""
    state = request.app.state
    if state.drain.draining:
        return _health(503, "stopping")
    try:
        async with asyncio.timeout(READY_SECONDS), state.services.pool.connection() as connection:
            await connection.execute("SELECT 1")
    except (TimeoutError, PoolTimeout, psycopg.Error):
        return _health(503, "the database does not answer")
    return _health(200, "ready")


def _health(status: int, word: str) -> Response:
    return Response(orjson.dumps({"status": word}), status, {"cache-control": "no-store"}, "application/json")
