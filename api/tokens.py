"""Bearer tokens: who asks, signed with HS256. Verified once, remembered until they expire."""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt

from domain.ids import ParticipantId
from domain.permissions import Actor, Role

ISSUER: Final = "chiron"
ALGORITHM: Final = "HS256"
KEY_BYTES: Final = 32
REMEMBERED: Final = 10_000
LONGEST: Final = 4_096


class Unauthenticated(Exception):
    """The bearer token is missing or not valid."""


class Tokens:
    """Signs with the first key; accepts all, so that a key can be changed without a break."""

    def __init__(self, key: bytes, *older: bytes, now: Callable[[], float] = time.time) -> None:
        if any(len(one) < KEY_BYTES for one in (key, *older)):
            raise ValueError(f"a token key has at least {KEY_BYTES} bytes")
        self._keys, self._now = (key, *older), now
        self._verified: Callable[[str], tuple[Actor, float]] = lru_cache(REMEMBERED)(self._verify)

    def issue(
        self,
        subject: str,
        roles: Iterable[Role],
        *,
        participant: UUID | None = None,
        scopes: Iterable[str] = (),
        seconds: float = 3600,
    ) -> str:
        now = int(self._now())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": subject,
            "iat": now,
            "exp": now + int(seconds),
            "roles": sorted(roles),
        }
        if participant is not None:
            claims["participant"] = str(participant)
        if scopes := sorted(scopes):
            claims["scopes"] = scopes
        return jwt.encode(claims, self._keys[0], ALGORITHM)

    def verify(self, token: str) -> tuple[Actor, float]:
        """The actor and the moment the token expires; raises Unauthenticated."""
        if len(token) > LONGEST:
            raise Unauthenticated
        actor, expires = self._verified(token)
        if expires <= self._now():
            raise Unauthenticated
        return actor, expires

    def _verify(self, token: str) -> tuple[Actor, float]:
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    issuer=ISSUER,
                    options={
                        "require": ["exp", "sub", "iss", "roles"],
                        "verify_exp": False,
                        "verify_iat": False,
                    },
                )
            except jwt.InvalidSignatureError:
                continue
            except jwt.InvalidTokenError as error:
                raise Unauthenticated from error
            return _actor(claims), _number(claims["exp"])
        raise Unauthenticated


def bearer(authorization: str) -> str:
    """The token in an Authorization header's value; raises Unauthenticated."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _actor(claims: dict[str, Any]) -> Actor:
    participant, scopes = claims.get("participant"), claims.get("scopes", [])
    try:
        roles = frozenset(Role(role) for role in _words(claims["roles"]))
        person = None if participant is None else ParticipantId(UUID(participant))
        return Actor(str(claims["sub"]), roles, person, frozenset(_words(scopes)))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated from error


def _words(claim: Any) -> list[str]:
    if not isinstance(claim, list) or not all(isinstance(word, str) for word in claim):
        raise Unauthenticated
    return claim


def _number(claim: Any) -> float:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise Unauthenticated
    return claim
