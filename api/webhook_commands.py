"""What can be done with webhooks."""

import asyncio
from typing import Any
from uuid import UUID

import strawberry

from api import webhook_inputs as inputs
from api.command import CommandInput, Done, Payload, act, entity, mutation, new_entity, permit, said
from api.context import Context, Info
from api.webhook import Webhook, load_webhook, secret_of
from api.webhook_inputs import WebhookCommandInput
from domain import webhook
from domain.event import REGISTRY
from domain.ids import WebhookId
from domain.permissions import Action, Thing
from domain.store import Decision
from domain.webhook import WEBHOOK
from projections.cloud_events import type_of


@strawberry.type
class WebhookPayload(Payload):
    webhook: Webhook | None = strawberry.field(default=None, description="Null once it is removed.")

    async def read(self, info: Info, entity: UUID) -> None:
        self.webhook = await load_webhook(info, entity)


@strawberry.type
class SecretPayload(WebhookPayload):
    secret: str | None = strawberry.field(
        default=None, description="What its messages are signed with from now on: give it to the receiver."
    )

    async def read(self, info: Info, entity: UUID) -> None:
        await super().read(info, entity)
        if self.webhook is not None:
            self.secret = secret_of(info, self.webhook)


async def _register(info: Info, given: inputs.RegisterWebhookInput) -> Done:
    permit(info.context, Action.MANAGE_WEBHOOKS, Thing())
    stream = WEBHOOK.stream(WebhookId(new_entity(info.context, given)))
    wish = {**_told(given, CommandInput), **_known(info.context)}
    return await act(info, given, stream, webhook.register, **wish)


async def _act(info: Info, given: WebhookCommandInput, decision: Decision, **wish: Any) -> Done:
    permit(info.context, Action.MANAGE_WEBHOOKS, Thing())
    stream = WEBHOOK.stream(WebhookId(entity("Webhook", given.webhook, "webhook")))
    return await act(info, given, stream, decision, **wish)


def _told(given: CommandInput, within: type[CommandInput]) -> dict[str, Any]:
    """Where to and of what, as far as it was given."""
    told = said(given, within)
    return {**told, "types": tuple(told["types"])} if told.get("types") is not None else told


def _known(context: Context) -> dict[str, Any]:
    """What there is to be told of, and whether that may go where nothing is encrypted."""
    known = frozenset(type_of(name) for name in REGISTRY)
    return {"known": known, "plain_http": context.private_webhooks}


@strawberry.type
class WebhookCommands:
    @mutation(SecretPayload)
    async def register_webhook(self, info: Info, input: inputs.RegisterWebhookInput) -> Done:
        """Have an address elsewhere told of events from now on."""
        return await _register(info, input)

    @mutation(WebhookPayload)
    async def change_webhook(self, info: Info, input: inputs.ChangeWebhookInput) -> Done:
        """Say otherwise where to, or of which events, it is told."""
        wish = {**_told(input, WebhookCommandInput), **_known(info.context)}
        return await _act(info, input, webhook.change, **wish)

    @mutation(WebhookPayload)
    async def pause_webhook(self, info: Info, input: inputs.PauseWebhookInput) -> Done:
        """Send nothing for a while; what happens meanwhile waits."""
        return await _act(info, input, webhook.pause)

    @mutation(WebhookPayload)
    async def resume_webhook(self, info: Info, input: inputs.ResumeWebhookInput) -> Done:
        """Send again, first what has waited."""
        return await _act(info, input, webhook.resume)

    @mutation(SecretPayload)
    async def rotate_webhook_secret(self, info: Info, input: inputs.RotateWebhookSecretInput) -> Done:
        """Sign with a new secret; for a day, with the one before it as well."""
        return await _act(info, input, webhook.rotate_secret, former=input.generation)

    @mutation(WebhookPayload)
    async def replay_webhook(self, info: Info, input: inputs.ReplayWebhookInput) -> Done:
        """Send again what has happened since a position, for whoever has lost it or never got it."""
        head = await asyncio.to_thread(info.context.store.head)
        wish = {"replay": new_entity(info.context, input), "after": input.after, "head": head}
        return await _act(info, input, webhook.ask_replay, **wish)

    @mutation(WebhookPayload)
    async def ping_webhook(self, info: Info, input: inputs.PingWebhookInput) -> Done:
        """Send it a message that says nothing, to see whether it arrives."""
        return await _act(info, input, webhook.send_ping, ping=new_entity(info.context, input))

    @mutation(WebhookPayload)
    async def remove_webhook(self, info: Info, input: inputs.RemoveWebhookInput) -> Done:
        """Tell it of nothing any more, not even of what waits."""
        return await _act(info, input, webhook.remove)
