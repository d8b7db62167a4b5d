"""The link in each mail by which whoever got it turns mail off: good for ever, and for nothing else.

It holds the person's id and the organisation's own mark of it, which nobody can make without the oldest
key-encryption key; so it outlives all keys that are exchanged.
"""

import base64
import hmac
from typing import Final
from uuid import UUID

from domain.ids import ParticipantId
from domain.store import Store

PATH: Final = "/mail/unsubscribe/{secret}"
PURPOSE: Final = "turn mail off"
ID_BYTES: Final = 16


def path(store: Store, person: ParticipantId) -> str:
    return PATH.format(secret=_secret(store, person))


def person_of(store: Store, secret: str) -> ParticipantId | None:
    """None: it is not as it stood in a mail."""
    try:
        told = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        person = ParticipantId(UUID(bytes=told[:ID_BYTES]))
    except ValueError:
        return None
    ours = hmac.compare_digest(secret.encode(), _secret(store, person).encode())
    return person if ours else None


def _secret(store: Store, person: ParticipantId) -> str:
    mark = store.pseudonym(PURPOSE, str(person))
    return base64.urlsafe_b64encode(person.bytes + mark.bytes).rstrip(b"=").decode()
