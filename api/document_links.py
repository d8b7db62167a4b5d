"""Signed links: a document's address that works without a token, for a few minutes and for one person."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

import orjson

from api.relay import global_id
from api.tokens import Unauthenticated
from domain.ids import ParticipantId
from domain.permissions import Actor, Role

PATH: Final = "/documents"
SECONDS: Final = 300
BEARER, SIGNATURE = "for", "signature"


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    expires_at: datetime


class Links:
    """A link says who asks, as a bearer token does; what they may see is looked up whenever it is used."""

    def __init__(self, key: bytes, *, now: Callable[[], float] = time.time) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"chiron documents").digest()
        self._now = now

    def issue(self, actor: Actor, resource: UUID) -> Link:
        expires = int(self._now()) + SECONDS
        bearer = _packed(orjson.dumps({**_claims(actor), "expires": expires}))
        query = urlencode({BEARER: bearer, SIGNATURE: self._signature(resource, bearer)})
        return Link(f"{address(resource)}?{query}", datetime.fromtimestamp(expires, UTC))

    def open(self, resource: UUID, query: Mapping[str, str]) -> Actor:
        """Who asks. Raises Unauthenticated where we did not sign this, or too long ago."""
        bearer = query.get(BEARER, "")
        expected = self._signature(resource, bearer)
        if not hmac.compare_digest(expected.encode(), query.get(SIGNATURE, "").encode()):
            raise Unauthenticated
        claims = orjson.loads(_unpacked(bearer))
        if claims["expires"] <= self._now():
            raise Unauthenticated
        return _actor(claims)

    def _signature(self, resource: UUID, bearer: str) -> str:
        return _packed(hmac.digest(self._key, f"{resource} {bearer}".encode(), "sha256"))


def address(resource: UUID) -> str:
    return f"{PATH}/{quote(global_id('Resource', resource))}"


def _claims(actor: Actor) -> dict[str, Any]:
    return {
        "actor": actor.id,
        "roles": sorted(actor.roles),
        "participant": actor.participant,
        "scopes": sorted(actor.scopes),
    }


def _actor(claims: Mapping[str, Any]) -> Actor:
    participant = claims["participant"]
    return Actor(
        claims["actor"],
        frozenset(map(Role, claims["roles"])),
        None if participant is None else ParticipantId(UUID(participant)),
        frozenset(claims["scopes"]),
    )


def _packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _unpacked(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
