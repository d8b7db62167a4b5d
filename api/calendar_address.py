"""The private addresses of calendar feeds: whoever knows one reads it, so nobody can guess one."""

import base64
import hashlib
from typing import Final
from uuid import UUID

PATH: Final = "/calendar/{secret}.ics"


class CalendarAddresses:
    """Told from the command that issues one: a repeated command shows the same, and nothing is kept."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"chiron calendar").digest()

    def secret(self, issued: UUID) -> str:
        told = hashlib.blake2b(issued.bytes, digest_size=32, key=self._key).digest()
        return base64.urlsafe_b64encode(told).rstrip(b"=").decode()

    def path(self, issued: UUID) -> str:
        return PATH.format(secret=self.secret(issued))


def digest_of(secret: str) -> str:
    """All that is kept of an address."""
    return hashlib.sha256(secret.encode()).hexdigest()
