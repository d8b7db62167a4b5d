"""PostgreSQL's binary array format, packed a column at a time: a batch's arrays are the hot path of
appending, and a dumper called an element at a time costs more than the insert it feeds.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from psycopg.abc import AdaptContext, Loader
from psycopg.pq import Format

NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_header = struct.Struct("!iiIii").pack
_length = struct.Struct("!i").pack


def read_raw(context: AdaptContext) -> None:
    """Ids and arrays of ids as bytes, moments as microseconds since 2000: what EventRow has."""
    # psycopg has had these loaders, for bytea and int8, since its first release.
    as_bytes = cast("type[Loader]", context.adapters.get_loader(17, Format.BINARY))
    as_number = cast("type[Loader]", context.adapters.get_loader(20, Format.BINARY))
    for oid in (2950, 2951):
        context.adapters.register_loader(oid, as_bytes)
    context.adapters.register_loader(1184, as_number)


def _pack(oid: int, count: int, elements: bytes, has_null: bool = False) -> bytes:
    """One dimension, lower bound 1."""
    return _header(1, has_null, oid, count, 1) + elements if count else struct.pack("!iiI", 0, 0, oid)


def uuids(values: Sequence[UUID]) -> bytes:
    return _pack(2950, len(values), b"".join([b"\0\0\0\x10" + value.bytes for value in values]))


def unpack_uuids(packed: bytes) -> tuple[UUID, ...]:
    """The other way: a header of 20 bytes (12 when empty), then 4 bytes of length and 16 of id for each."""
    return tuple(UUID(bytes=packed[at : at + 16]) for at in range(24, len(packed), 20))


def binaries(values: Sequence[bytes], oid: int = 17) -> bytes:
    return _pack(oid, len(values), b"".join([_length(len(value)) + value for value in values]))


def texts(values: Sequence[str]) -> bytes:
    return binaries([value.encode() for value in values], oid=25)


def _fixed(oid: int, code: str, values: Sequence[int]) -> bytes:
    pack = struct.Struct("!i" + code).pack
    width = struct.calcsize("!" + code)
    return _pack(oid, len(values), b"".join([pack(width, value) for value in values]))


def smallints(values: Sequence[int]) -> bytes:
    return _fixed(21, "h", values)


def integers(values: Sequence[int]) -> bytes:
    return _fixed(23, "i", values)


def bigints(values: Sequence[int]) -> bytes:
    return _fixed(20, "q", values)


def moments(values: Sequence[datetime | None]) -> bytes:
    """Microseconds since 2000."""
    elements = [
        NULL if value is None else b"\0\0\0\x08" + struct.pack("!q", microseconds(value)) for value in values
    ]
    return _pack(1184, len(values), b"".join(elements), has_null=None in values)


def microseconds(value: datetime) -> int:
    """Since 2000, as PostgreSQL counts."""
    since = value - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
