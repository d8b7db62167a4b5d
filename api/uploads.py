"""A document comes in: looked at before it is read, kept while it is read, recorded once it is whole.

So there is no event without its content. Content without its event may remain where this process is killed in
between; workers.collector destroys it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson
import structlog
from starlette.types import Message
from strawberry import UNSET

from api.command import CommandInput, command, new_entity, until_unchanged, value
from api.context import Context
from api.document_links import address
from api.negotiation import JSON
from api.over_http import Exchange
from api.refusals import BadInput, Forbidden, Problem
from api.relay import global_id
from api.within import mentorship_key, within
from domain import resource
from domain.command import Command, Receipt
from domain.event import ERASED, DomainEvent
from domain.ids import MentorshipId, ParticipantId
from domain.permissions import Action
from domain.program_settings import DocumentLimits
from domain.refusal import Refusal
from domain.resource import RESOURCE, DocumentIsEmpty, DocumentShared, MediaType
from domain.store import CommandReused, Step
from domain.words import Line, Value
from projections.blobs import Blobs, BlobsUnavailable

STALLED_SECONDS: Final = 30
"""So long without a byte, and nothing more is expected."""
LONGEST_SECONDS: Final = 3_600
"""Far less than what the collector leaves untouched: what is recorded is still there."""

log = structlog.get_logger(__name__)


class CutOff(Exception):
    """The client has gone away before all had come: there is nobody to answer."""


class Announced(Value):
    """What is said of a document before its content comes."""

    name: Line
    media_type: MediaType
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """One document on its way in. `id` and `wished` follow from the idempotency key, where there is one."""

    context: Context
    blobs: Blobs
    mentorship: MentorshipId
    announced: Announced
    wished: Command
    id: UUID


async def serve(exchange: Exchange, context: Context, blobs: Blobs, query: Mapping[str, str]) -> None:
    """Answers the receipt. Raises what a mutation would raise, BlobsUnavailable, CutOff."""
    given = CommandInput(idempotency_key=exchange.headers.get(b"idempotency-key", UNSET))
    upload = Upload(
        context,
        blobs,
        mentorship_key(query.get("mentorship", ""), "mentorship"),
        _announced(exchange, query),
        command(context, given),
        new_entity(context, given),
    )
    shared, position = await _taken(upload, exchange)
    receipt = {
        "id": global_id("Resource", upload.id),
        "position": str(position),
        "bytes": shared.bytes,
        "sha256": shared.sha256,
        "mediaType": shared.media_type,
    }
    location = (b"location", address(upload.id).encode())
    await exchange.respond(201, orjson.dumps(receipt), JSON, location)


def _announced(exchange: Exchange, query: Mapping[str, str]) -> Announced:
    if exchange.headers.get(b"content-encoding", "identity") != "identity":
        raise Problem("UNSUPPORTED_MEDIA_TYPE", "A document is sent as it is, not compressed on its way.")
    media_type = exchange.headers.get(b"content-type", "").partition(";")[0].strip()
    if not media_type:
        raise Problem("UNSUPPORTED_MEDIA_TYPE", "Say by Content-Type what kind of document this is.")
    length = exchange.headers.get(b"content-length", "")
    said = {"name": query.get("name", ""), "media_type": media_type}
    return value(Announced, {**said, "length": int(length) if length.isdecimal() else None})


async def _taken(upload: Upload, exchange: Exchange) -> tuple[DocumentShared, int]:
    """What is recorded, and where."""
    announced, blob = upload.announced, str(upload.context.new_id())
    limits = await _permitted(upload)
    kept = await upload.blobs.keep(blob, _content(exchange, limits, announced.length))
    shared = DocumentShared(
        mentorship=upload.mentorship,
        by=_oneself(upload.context),
        name=announced.name,
        media_type=announced.media_type,
        bytes=kept.bytes,
        sha256=kept.sha256,
        blob=blob,
    )
    try:
        receipt = await _record(upload, shared)
    except (Refusal, Forbidden, BadInput):
        # Only where it is certain that nothing was recorded: all else is left to the collector.
        await _destroy(upload.blobs, blob)
        raise
    if receipt.repeated:
        await _destroy(upload.blobs, blob)
    return shared, receipt.position


async def _permitted(upload: Upload) -> DocumentLimits:
    """Before anything is read. A repetition is looked at no further: its first receipt is the answer."""
    context, announced = upload.context, upload.announced
    found = await within(context, upload.mentorship, Action.SHARE_DOCUMENT, "mentorship")
    known = (await context.store.load_async(RESOURCE.stream(upload.id))).state.shared
    if known is None:
        resource.refuse_document(
            found.relationship,
            by=found.oneself,
            name=announced.name,
            media_type=announced.media_type,
            bytes_=announced.length,
        )
    return found.relationship.settings.communications.documents


def _oneself(context: Context) -> ParticipantId:
    assert context.actor.participant is not None  # noqa: S101 only members are permitted to share
    return context.actor.participant


async def _content(exchange: Exchange, limits: DocumentLimits, announced: int | None) -> AsyncIterator[bytes]:
    """The body as it comes, refused as soon as it is more than may be."""
    taken, clock = 0, asyncio.get_running_loop().time
    latest = clock() + LONGEST_SECONDS
    more = True
    while more:
        message = await _next(exchange, min(latest, clock() + STALLED_SECONDS))
        chunk, more = message.get("body", b""), message.get("more_body", False)
        taken += len(chunk)
        resource.refuse_bytes(limits, taken)
        yield chunk
    if taken == 0:
        raise DocumentIsEmpty
    if announced not in {None, taken}:
        raise Problem("LENGTH_MISMATCH", "This is not as long as its Content-Length says.")


async def _next(exchange: Exchange, until: float) -> Message:
    try:
        async with asyncio.timeout_at(until):
            message = await exchange.receive()
    except TimeoutError:
        raise Problem("UPLOAD_STALLED", "Nothing more has come for too long. Send it again.") from None
    if message["type"] == "http.disconnect":
        raise CutOff
    return message


async def _record(upload: Upload, shared: DocumentShared) -> Receipt:
    """Once, under the terms that hold when it is recorded. Raises CommandReused for other content."""

    async def attempt() -> Receipt:
        found = await within(upload.context, upload.mentorship, Action.SHARE_DOCUMENT, "mentorship")
        wish = {"within": found.relationship, "shared": shared}
        step = Step(RESOURCE.stream(upload.id), resource.share_document, wish)
        return await upload.context.store.act_together_async(upload.wished, step, *found.guards)

    receipt = await until_unchanged(attempt)
    if receipt.repeated and not any(_same(event, shared) for event in receipt.events):
        raise CommandReused
    return receipt


def _same(first: DomainEvent, shared: DocumentShared) -> bool:
    """Wherever each copy is kept. A name that has been erased since is no difference."""
    if not isinstance(first, DocumentShared):
        return False
    name = ERASED if first.name is ERASED else shared.name
    return first == shared.model_copy(update={"blob": first.blob, "name": name})


async def _destroy(blobs: Blobs, key: str) -> None:
    """As well as can be: what is left, the collector destroys."""
    try:
        await asyncio.to_thread(blobs.destroy, key)
    except BlobsUnavailable as error:
        log.warning("blobs.left_to_the_collector", reason=str(error))
