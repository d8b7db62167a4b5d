"""GET /calendar/<secret>.ics: one person's meetings, for the calendar program that knows the address.

The address is all that is asked for, so it is written nowhere: what serves it logs no paths, and this logs
nothing.
"""

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response

from api import calendar_text
from api.calendar_address import digest_of
from api.context import Services
from projections import calendars

HEADERS: Final = {
    "cache-control": "private, no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
"""It is read again each time, and told by its ETag whether it has changed."""


async def serve(request: Request) -> Response:
    services: Services = request.app.state.services
    try:
        body = await asyncio.to_thread(_read, services, request.path_params["secret"])
    except (PoolTimeout, psycopg.OperationalError):
        return Response(status_code=503, headers={"cache-control": "no-store", "retry-after": "30"})
    if body is None:
        return Response(status_code=404, headers={"cache-control": "no-store"})
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**HEADERS, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'inline; filename="chiron.ics"'
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")


def _read(services: Services, secret: str) -> bytes | None:
    with services.readers.connection() as connection:
        person = calendars.owner(connection, digest_of(secret))
        if person is None:
            return None
        return calendar_text.feed(calendars.entries(connection, person, datetime.now(UTC)))
