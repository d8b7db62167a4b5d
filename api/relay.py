"""Relay's vocabulary: global ids that name a type and a key, and cursors that nobody can read or forge."""

import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
import strawberry
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from api.refusals import Problem

NODE_TYPES: Final = (
    "Participant",
    "Program",
    "Enrollment",
    "Proposal",
    "Mentorship",
    "MatchRun",
    "Competency",
    "Meeting",
    "Conversation",
    "Resource",
    "Assignment",
    "Inquiry",
    "Notification",
    "Survey",
    "Webhook",
    "LogEntry",
    "HistoryEntry",
)
AT_A_POSITION: Final = frozenset({"LogEntry", "HistoryEntry"})
"""Their keys are positions in the log."""
Entity = TypeVar("Entity")


@strawberry.interface(description="Something with an id by which it can be read again.")
class Node:
    id: strawberry.ID


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[Entity]):
    node: Entity
    cursor: str


async def _count(root: Any, info: strawberry.Info) -> int:
    found: int = await root.count(info)
    return found


@strawberry.type
class Connection(Generic[Entity]):
    edges: list[Edge[Entity]]
    nodes: list[Entity]
    page_info: PageInfo
    count: strawberry.Private[Callable[[Any], Awaitable[int]]]

    total_count: int = strawberry.field(
        resolver=_count, description="How many there are for you, over all pages."
    )


class GlobalId(NamedTuple):
    type_name: str
    key: str

    def __str__(self) -> str:
        return base64.b64encode(f"{self.type_name}:{self.key}".encode()).decode()


def global_id(type_name: str, key: UUID | int) -> strawberry.ID:
    return strawberry.ID(str(GlobalId(type_name, str(key))))


def parse_global_id(text: str, *expected: str) -> GlobalId:
    """Only an id that we could have given out is read; raises a Problem coded BAD_ID."""
    try:
        type_name, _, key = base64.b64decode(text, validate=True).decode().partition(":")
        found = GlobalId(type_name, str(int(key)) if type_name in AT_A_POSITION else str(UUID(key)))
    except (ValueError, binascii.Error):
        found = None
    if found is None or str(found) != text or found.type_name not in NODE_TYPES:
        raise Problem("BAD_ID", "This is not an id of ours.")
    if expected and found.type_name not in expected:
        raise Problem("BAD_ID", f"This is the id of a {found.type_name}, not of a {' or '.join(expected)}.")
    if found.type_name in AT_A_POSITION and not 0 < int(found.key) < 2**63:
        raise Problem("BAD_ID", "This is not an id of ours.")
    return found


class Cursors:
    """Seals the order keys of a row: they may be personal, so a cursor is not only signed but encrypted.

    Deterministic (AES-SIV), so that equal pages are equal byte by byte; bound to one order of one list, so
    that a cursor from elsewhere is refused instead of misread.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(hashlib.blake2b(key, digest_size=64, person=b"chiron cursors").digest())

    def seal(self, order: bytes, keys: bytes) -> bytes:
        return base64.urlsafe_b64encode(self._cipher.encrypt(keys, [order]))

    def open(self, order: str, cursor: str) -> list[str]:
        """The order keys as text; raises a Problem coded BAD_CURSOR."""
        try:
            keys = self._cipher.decrypt(base64.urlsafe_b64decode(cursor.encode()), [order.encode()])
        except (InvalidTag, ValueError):
            raise Problem("BAD_CURSOR", "This is not a cursor of this list in this order.") from None
        return [str(key) for key in orjson.loads(keys)]

    def fill(self, json: bytes) -> bytes:
        """Seal what SQL left open: U+0001 order U+0001 keys U+0001. No JSON text holds that character raw."""
        if b"\x01" not in json:
            return json
        return OPEN_CURSOR.sub(lambda found: self.seal(found[1], found[2]), json)


OPEN_CURSOR: Final = re.compile(rb"\x01([^\x01]*)\x01([^\x01]*)\x01")


def open_cursor(order: str, keys: Iterable[str]) -> str:
    """SQL text of a cursor still to be sealed; `keys` are SQL expressions."""
    return f"E'\\x01{order}\\x01' || json_build_array({', '.join(keys)})::text || E'\\x01'"
