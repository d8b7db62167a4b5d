"""A message to a webhook as it is sent: the event's own CloudEvent, signed as the Standard Webhooks have it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from domain.ids import WebhookId
from domain.store import Store
from projections.webhook_secrets import key_of, secret

FORMER_SECRET: Final = timedelta(hours=24)
"""So long after a rotation the secret before it signs as well."""
MEDIA_TYPE: Final = "application/cloudevents+json"


def secrets(
    store: Store, webhook: WebhookId, generation: int, rotated_at: datetime | None, now: datetime
) -> Sequence[str]:
    """The newest first."""
    former = rotated_at is not None and now - rotated_at < FORMER_SECRET
    return [secret(store, webhook, one) for one in (generation, generation - 1)[: 1 + former]]


def headers(event: str, body: bytes, secrets: Sequence[str], now: datetime) -> Mapping[str, str]:
    """The same `webhook-id` whenever an event is sent again. No full stop in it: they part what is signed."""
    id_, moment = event.replace(".", "_"), str(int(now.timestamp()))
    signed = b".".join((id_.encode(), moment.encode(), body))
    return {
        "Content-Type": MEDIA_TYPE,
        "User-Agent": "Chiron",
        "webhook-id": id_,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(key_of(one), signed)}" for one in secrets),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
