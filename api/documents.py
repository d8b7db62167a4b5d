"""Documents over HTTP: POST /documents takes one, GET and HEAD /documents/<id> hand it out.

Errors are the same JSON, with the same codes, as a GraphQL request's.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import structlog
from starlette.types import Receive, Scope, Send

from api import downloads, uploads
from api.context import Services
from api.document_links import SIGNATURE
from api.over_http import STATUS, BadRequest, Exchange, code_of, refuse
from api.query_string import query_of
from api.refusals import ForbiddenError, InputError, Problem, as_data, masked
from api.relay import parse_global_id
from api.tokens import Tokens, Unauthenticated, bearer
from domain.permissions import Actor
from projections.blobs import BlobsUnavailable

log = structlog.get_logger(__name__)

STATUS_OF: Final[Mapping[str, int]] = {
    **STATUS,
    "BAD_REQUEST": 400,
    "LENGTH_MISMATCH": 400,
    "DOCUMENT_IS_EMPTY": 400,
    "NOT_FOUND": 404,
    "UPLOAD_STALLED": 408,
    "DOCUMENT_IS_GONE": 410,
    "DOCUMENT_IS_TOO_LARGE": 413,
    "MEDIA_TYPE_IS_NOT_TAKEN": 415,
    "RANGE_NOT_SATISFIABLE": 416,
    "STALE": 503,
}
"""Every other refusal is a 409: it is not possible as things stand."""
CONFLICT: Final = 409
CHALLENGE: Final = b'Bearer realm="chiron"'


class Documents:
    """The ASGI endpoint of both addresses."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange.of(scope, receive, send)
        structlog.contextvars.bind_contextvars(request_id=str(exchange.request_id))
        try:
            await self._serve(exchange)
        except uploads.CutOff:
            log.info("document.cut_off")
        except Problem as problem:
            await refuse(exchange, problem, STATUS_OF, CONFLICT)
        except Exception as error:  # noqa: BLE001 the last place where a bug becomes an answer
            told, status = _told(error)
            await refuse(exchange, told, {}, status)

    async def _serve(self, exchange: Exchange) -> None:
        services: Services = exchange.scope["app"].state.services
        named = exchange.scope["path_params"].get("id")
        methods = ("POST",) if named is None else ("GET", "HEAD")
        if exchange.scope["method"] not in methods:
            allowed = ", ".join(methods)
            raise BadRequest(
                "METHOD_NOT_ALLOWED", f"This is asked by {allowed}.", (b"allow", allowed.encode())
            )
        query = query_of(exchange)
        if named is None:
            context = services.context(self._bearer(exchange), exchange.request_id)
            await uploads.serve(exchange, context, services.blobs, query)
            return
        key = _key(named)
        context = services.context(self._actor(exchange, services, key, query), exchange.request_id)
        await downloads.serve(exchange, context, services.blobs, key)

    def _actor(self, exchange: Exchange, services: Services, key: UUID, query: Mapping[str, str]) -> Actor:
        if SIGNATURE not in query:
            return self._bearer(exchange)
        try:
            return services.links.open(key, query)
        except Unauthenticated:
            sentence = "This link is out of date, or was not made here. Ask for another."
            raise BadRequest("UNAUTHENTICATED", sentence, (b"www-authenticate", CHALLENGE)) from None

    def _bearer(self, exchange: Exchange) -> Actor:
        try:
            return self.tokens.verify(bearer(exchange.headers.get(b"authorization", "")))[0]
        except Unauthenticated:
            sentence = "A bearer token is needed that is valid, and still is."
            raise BadRequest("UNAUTHENTICATED", sentence, (b"www-authenticate", CHALLENGE)) from None


def _key(named: str) -> UUID:
    try:
        return UUID(parse_global_id(named, "Resource").key)
    except Problem:
        raise Problem("NOT_FOUND", downloads.UNSEEN) from None


def _told(error: Exception) -> tuple[Problem, int]:
    """What a mutation would have answered as data."""
    if isinstance(error, BlobsUnavailable):
        log.error("blobs.unavailable", reason=str(error))
        problem = Problem(
            "UNAVAILABLE", "Documents cannot be kept or read now. Try again soon.", retryable=True
        )
        return problem, STATUS["UNAVAILABLE"]
    for told in as_data(error):
        by_kind = {InputError: 400, ForbiddenError: 403}.get(type(told), CONFLICT)
        at = {"parameter": told.path[-1]} if told.path else {}
        return Problem(told.code, told.message, **at), STATUS_OF.get(told.code, by_kind)
    problem = masked(error)
    return problem, STATUS_OF[code_of(problem)]
