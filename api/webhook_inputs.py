"""What the commands on webhooks take."""

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput
from api.scalars import Position

TYPES = "Such as `org.chiron.meeting.held.v1`; all that begin alike, as `org.chiron.meeting.*`; or `*`."


@strawberry.input
class WebhookCommandInput(VersionedInput):
    webhook: strawberry.ID


@strawberry.input
class RegisterWebhookInput(CommandInput):
    url: str = strawberry.field(description="Begins with https://; everybody who reads the log can read it.")
    types: list[str] = strawberry.field(description=TYPES)
    description: str | None = None


@strawberry.input
class ChangeWebhookInput(WebhookCommandInput):
    url: str | None = strawberry.field(default=UNSET, description="Stays as it is when left out.")
    types: list[str] | None = strawberry.field(
        default=UNSET, description="All of them; they stay as they are when left out."
    )
    description: str | None = strawberry.field(default=UNSET, description="Stays as it is when left out.")


@strawberry.input
class PauseWebhookInput(WebhookCommandInput):
    pass


@strawberry.input
class ResumeWebhookInput(WebhookCommandInput):
    pass


@strawberry.input
class RotateWebhookSecretInput(WebhookCommandInput):
    generation: int = strawberry.field(
        description="That of the secret to replace; where it is replaced already, nothing is done."
    )


@strawberry.input
class ReplayWebhookInput(WebhookCommandInput):
    after: Position = strawberry.field(description="What happened after this position is sent again.")


@strawberry.input
class PingWebhookInput(WebhookCommandInput):
    pass


@strawberry.input
class RemoveWebhookInput(WebhookCommandInput):
    pass
