"""Personal data under its subject's own key: wrapped by the organisation's key-encryption key."""

import hashlib
import hmac
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
KEY_BYTES = 32
MOST_CACHED_KEYS = 10_000
"""At 2.5 kB each."""


class KeyRing:
    """The key-encryption key (32 bytes), and older ones that may still have wrapped something."""

    def __init__(self, current: bytes, *older: bytes) -> None:
        if any(len(key) != KEY_BYTES for key in (current, *older)):
            raise ValueError(f"a key-encryption key must have {KEY_BYTES} bytes")
        self._wrappers = tuple(AESGCM(key) for key in (current, *older))
        oldest = older[-1] if older else current
        # Ids must not change when the key-encryption key does, hence the oldest.
        self._pseudonyms = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"chiron pseudonyms").derive(oldest)

    @classmethod
    def random(cls) -> "KeyRing":
        return cls(os.urandom(KEY_BYTES))

    def wrap(self, key: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrappers[0].encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Raises ValueError when none of the keys has wrapped it."""
        for wrapper in self._wrappers:
            try:
                return wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
            except InvalidTag:
                continue
        raise ValueError("a subject's key was wrapped by a key-encryption key that is not in the settings")

    def pseudonym(self, *parts: str) -> UUID:
        """The same parts give the same id; without the key nobody can tell which (RFC 9562, version 8)."""
        text = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
        digest = hmac.new(self._pseudonyms, text, hashlib.sha256).digest()
        return UUID(int=int.from_bytes(digest[:16]) & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)


class SubjectKey(NamedTuple):
    id: UUID
    cipher: AESGCM


class WrappedKey(NamedTuple):
    """`wrapped` None: destroyed."""

    key_id: UUID
    wrapped: bytes | None


class KeyShelf(Protocol):
    """Where wrapped keys are kept."""

    def fetch(self, subjects: Iterable[UUID]) -> dict[UUID, WrappedKey]: ...

    def offer(self, keys: Mapping[UUID, WrappedKey]) -> dict[UUID, WrappedKey]:
        """Keep each key unless one, or a tombstone, stands there already; give what stands there then."""

    def destroy(self, subject: UUID) -> None: ...


class KeyVault:
    """Unwrapped keys of this process, valid until the next erasure anywhere."""

    def __init__(self, ring: KeyRing, shelf: KeyShelf, new_id: Callable[[], UUID] = uuid4) -> None:
        self._ring, self._shelf, self._new_id = ring, shelf, new_id
        self._known: dict[UUID, SubjectKey | None] = {}
        self._erasure = 0

    def heed(self, erasure: int) -> None:
        """A reader saw this number of the last erasure: an unseen one makes every cached key doubtful."""
        if erasure > self._erasure:
            self._known, self._erasure = {}, erasure

    def for_reading(self, subject: UUID) -> SubjectKey | None:
        """None: destroyed, or never made."""
        known = self._known
        try:
            return known[subject]
        except KeyError:
            return self._fetch([subject], known)[subject]

    def for_writing(self, subject: UUID) -> SubjectKey | None:
        """Made on first use; None: destroyed."""
        return self._known.get(subject) or self.make([subject])[subject]

    def prepare(self, subjects: Iterable[UUID]) -> None:
        """Fetch the keys of a page at once instead of one by one."""
        known = self._known
        if missing := {subject for subject in subjects if subject not in known}:
            self._fetch(missing, known)

    def make(self, subjects: Iterable[UUID]) -> dict[UUID, SubjectKey | None]:
        """Make what is missing, for many people at once."""
        known = self._known
        offered = {subject: self._fresh(subject) for subject in subjects if not known.get(subject)}
        standing = self._shelf.offer(offered) if offered else {}
        return {subject: self._remember(subject, key, known) for subject, key in standing.items()}

    def _fetch(
        self, subjects: Collection[UUID], known: dict[UUID, SubjectKey | None]
    ) -> dict[UUID, SubjectKey | None]:
        """A key not made yet is not remembered: nothing would tell us that it has been made elsewhere."""
        found = self._shelf.fetch(subjects)
        opened = {subject: self._remember(subject, key, known) for subject, key in found.items()}
        return {subject: opened.get(subject) for subject in subjects}

    def destroy(self, subject: UUID) -> None:
        self._shelf.destroy(subject)
        self._known.pop(subject, None)

    def _fresh(self, subject: UUID) -> WrappedKey:
        key_id = self._new_id()
        return WrappedKey(key_id, self._ring.wrap(os.urandom(KEY_BYTES), subject.bytes + key_id.bytes))

    def _remember(
        self, subject: UUID, key: WrappedKey, known: dict[UUID, SubjectKey | None]
    ) -> SubjectKey | None:
        """`known` is the cache as it was when `key` was asked for: where an erasure has replaced it since,
        what was found then must not enter the new one.
        """
        opened = None
        if key.wrapped is not None:
            plain = self._ring.unwrap(key.wrapped, subject.bytes + key.key_id.bytes)
            opened = SubjectKey(key.key_id, AESGCM(plain))
        if len(known) >= MOST_CACHED_KEYS:
            known.clear()
        known[subject] = opened
        return opened
