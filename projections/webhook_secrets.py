"""What messages to a webhook are signed with: derived anew whenever it is needed, and stored nowhere.

Written as the Standard Webhooks have it: `whsec_` and the key in base64, which is what a receiver is given.
"""

import base64
from typing import Final

from domain.ids import WebhookId
from domain.store import Store

PREFIX: Final = "whsec_"
PURPOSE: Final = "webhook secret"


def secret(store: Store, webhook: WebhookId, generation: int) -> str:
    """Good as long as the oldest key-encryption key is kept. 32 bytes, of which nobody can guess 244 bits."""
    halves = (store.pseudonym(PURPOSE, str(webhook), str(generation), half) for half in ("first", "second"))
    return PREFIX + base64.b64encode(b"".join(half.bytes for half in halves)).decode()


def key_of(secret: str) -> bytes:
    """What is put into the HMAC."""
    return base64.b64decode(secret.removeprefix(PREFIX))
