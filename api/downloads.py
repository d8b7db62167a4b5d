"""A document goes out: whole or a range of it, to be saved and never to be run by a browser."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

import structlog
from starlette.types import Receive

from api import byte_ranges
from api.byte_ranges import Bytes, Unsatisfiable
from api.context import Context
from api.loading import row_of
from api.over_http import BadRequest, Exchange
from api.refusals import Problem
from projections import program_shapes, relationship_shapes, resource_shapes
from projections.blobs import BlobIsGone, Blobs, BlobsUnavailable
from projections.resource_shapes import CONTENT_OF

MODELS: Final = (*resource_shapes.MODELS, *relationship_shapes.MODELS, *program_shapes.MODELS)
"""What decides who may have a document."""
UNSEEN: Final = "There is no such document, or none that you may see."
STALLED_SECONDS: Final = 60
ACTIVE: Final = re.compile(r".*(?:x?html|xml|svg|script|multipart|message/|shockwave).*")
"""What a browser might run, or read as something that it runs."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    media_type: str
    bytes: int
    tag: str
    blob: str


async def serve(exchange: Exchange, context: Context, blobs: Blobs, key: UUID) -> None:
    """Raises a Problem where there is nothing to hand out, and BlobsUnavailable."""
    document = await _document(context, key)
    if byte_ranges.names(exchange.headers.get(b"if-none-match", ""), document.tag, weak=True):
        await _head(exchange, 304, document)
        await exchange.send({"type": "http.response.body"})
        return
    part = _part(exchange, document)
    whole = part or Bytes(0, document.bytes)
    headers = [(b"content-range", part.of(document.bytes).encode())] if part else []
    headers += [(b"content-length", str(whole.end - whole.start).encode()), *_shown(document)]
    status = 206 if part else 200
    if exchange.scope["method"] == "HEAD":
        await _head(exchange, status, document, *headers)
        await exchange.send({"type": "http.response.body"})
        return
    try:
        content = await blobs.read(document.blob, whole.start, whole.end)
    except BlobIsGone:
        raise _gone() from None
    await _head(exchange, status, document, *headers)
    await _send(exchange, content)


async def _document(context: Context, key: UUID) -> Document:
    """What was shared a moment ago may not be shown yet: nobody is told too early that there is none."""
    found = await row_of(context, CONTENT_OF, key)
    if found is None:
        head = await asyncio.to_thread(context.store.head)
        if not await context.caught_up(MODELS, head):
            raise Problem("STALE", "It cannot be told yet whether there is one. Try again.", retryable=True)
        found = await row_of(context, CONTENT_OF, key)
    if found is None or found["kind"] != "document":
        raise Problem("NOT_FOUND", UNSEEN)
    if found["state"] != "shared":
        raise _gone()
    return Document(found["name"], found["media_type"], found["bytes"], f'"{found["sha256"]}"', found["blob"])


def _gone() -> Problem:
    return Problem(
        "DOCUMENT_IS_GONE", "This document has been withdrawn or erased; its content is destroyed."
    )


def _part(exchange: Exchange, document: Document) -> Bytes | None:
    """None: the whole. A range of what has changed since is the whole, too."""
    headers = exchange.headers
    if exchange.scope["method"] != "GET" or headers.get(b"if-range", document.tag).strip() != document.tag:
        return None
    try:
        return byte_ranges.asked(headers.get(b"range", ""), document.bytes)
    except Unsatisfiable:
        size = f"bytes */{document.bytes}".encode()
        sentence = "This document ends before the bytes that are asked for."
        raise BadRequest("RANGE_NOT_SATISFIABLE", sentence, (b"content-range", size)) from None


def inert(media_type: str) -> str:
    """What it is called on its way to a browser, so that the browser runs nothing of it."""
    if media_type.startswith("text/"):
        return "text/plain; charset=utf-8"
    return "application/octet-stream" if ACTIVE.fullmatch(media_type) else media_type


def disposition(name: str) -> str:
    """RFC 6266: saved under this name, without the marks that make a name look like another."""
    shown = "".join(each for each in name if unicodedata.category(each) not in {"Cc", "Cf"})
    plain = re.sub(r"[^ !#-\[\]-~]|[%;/]", "_", shown)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"


def _shown(document: Document) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", inert(document.media_type).encode("ascii")),
        (b"content-disposition", disposition(document.name).encode("ascii")),
    ]


async def _head(exchange: Exchange, status: int, document: Document, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"etag", document.tag.encode("ascii")),
        (b"accept-ranges", b"bytes"),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"authorization"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"sandbox; default-src 'none'"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-request-id", str(exchange.request_id).encode("ascii")),
        *more,
    ]
    await exchange.send({"type": "http.response.start", "status": status, "headers": headers})


async def _send(exchange: Exchange, content: AsyncIterator[bytes]) -> None:
    """As fast as the client takes it. Where it does not, or the store fails, the answer is left incomplete:
    its length then tells the client so.
    """
    gone = asyncio.ensure_future(gone_away(exchange.receive))
    try:
        async for chunk in content:
            if gone.done():
                return
            async with asyncio.timeout(STALLED_SECONDS):
                await exchange.send({"type": "http.response.body", "body": chunk, "more_body": True})
        await exchange.send({"type": "http.response.body"})
    except (TimeoutError, BlobsUnavailable) as error:
        log.warning("document.interrupted", reason=type(error).__name__)
    finally:
        gone.cancel()


async def gone_away(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
