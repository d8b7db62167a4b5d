"""A webhook as the API shows it, what has been sent to it, and the secret that its receiver checks by."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import WebhookDeliveryState, WebhookPauseReason
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Position
from domain.ids import WebhookId
from domain.permissions import Action, Thing, may
from projections import webhook_secrets


@strawberry.type(description="An event on its way to a webhook.")
class WebhookDelivery:
    position: Position = strawberry.field(description="Of the event, in the log.")
    replay: Position | None = strawberry.field(
        description="Where a replay was asked for, where one sends it; else null."
    )
    event_id: str = strawberry.field(
        description="The message's id, the same in every try; in `webhook-id`, _ stands for its full stop."
    )
    type: str
    state: WebhookDeliveryState
    attempts: int
    status: int | None = strawberry.field(description="What the receiver answered last, as HTTP has it.")
    code: str | None = strawberry.field(description="Why it waits or has failed, where no status says so.")
    due_at: datetime | None = strawberry.field(description="When it is tried next; null once it is settled.")
    settled_at: datetime | None
    key: strawberry.Private[str | None] = None


async def _deliveries(
    root: Any,
    info: Info,
    *,
    state: WebhookDeliveryState | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def _secret(root: "Webhook", info: Info) -> str | None:
    return secret_of(info, root)


@strawberry.type(description="An address elsewhere that is told of events.")
class Webhook(Node):
    id: strawberry.ID
    url: str
    types: list[str] = strawberry.field(description="Of which events it is told, as it was registered.")
    description: str | None
    registered_at: datetime
    paused: WebhookPauseReason | None = strawberry.field(
        description="Why nothing is sent at present; what happens meanwhile waits."
    )
    paused_at: datetime | None
    generation: int = strawberry.field(description="Counts the secrets that it has had.")
    waiting: int = strawberry.field(description="How many events are to be sent, or tried again.")
    failed: int = strawberry.field(description="How many events were tried in vain; a replay sends them.")
    last_delivered_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    secret: str | None = strawberry.field(
        resolver=_secret,
        description="What its messages are signed with; null for whoever may not manage webhooks.",
    )
    deliveries: Connection[WebhookDelivery] | None = strawberry.field(
        resolver=_deliveries, description="What was sent, or is to be; the latest event first."
    )
    log: Connection[LogEntry] | None = edges.log_field()


def secret_of(info: Info, webhook: Webhook) -> str | None:
    """For whoever may manage it."""
    if not may(info.context.actor, Action.MANAGE_WEBHOOKS, Thing()):
        return None
    return webhook_secrets.secret(info.context.store, WebhookId(UUID(webhook.key)), webhook.generation)


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class WebhookQueries:
    webhook: Webhook | None = strawberry.field(resolver=_one, description="One webhook.")
    webhooks: Connection[Webhook] | None = strawberry.field(
        resolver=_many, description="Who elsewhere is told of events; the oldest first."
    )


async def load_webhook(info: Info, key: UUID) -> Webhook | None:
    found: Webhook | None = await load(info, "Webhook", key)
    return found
