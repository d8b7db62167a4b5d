"""What the commands on notifications take."""

import strawberry

from api.command import CommandInput, VersionedInput


@strawberry.input
class MarkNotificationReadInput(VersionedInput):
    notification: strawberry.ID


@strawberry.input
class MarkNotificationsReadInput(CommandInput):
    up_to: strawberry.ID = strawberry.field(
        description="The newest notification that you have seen: what came since stays unread."
    )
