"""What can be done with notifications: they need no attention any more."""

import asyncio
from typing import Any, Final
from uuid import UUID

import strawberry
from psycopg import Connection

from api.command import Done, Payload, act, act_together, command, entity, mutation, permit
from api.context import Context, Info
from api.notification import Notification, load_notification
from api.notification_inputs import MarkNotificationReadInput, MarkNotificationsReadInput
from api.refusals import Problem
from domain import notification
from domain.ids import NotificationId, ParticipantId
from domain.notification import NOTIFICATION, Read
from domain.permissions import Action, Thing
from domain.store import Step
from projections.notification_shapes import MODELS

AT_ONCE: Final = 200
"""So many are marked by one command, the newest first."""
# A repeated command means those that it has marked, not what is unread since.
OLDER: Final = f"""
WITH marked AS (SELECT stream_id FROM events WHERE command_id = %(command)s AND name = '{Read.event_name}')
(SELECT n.notification_id
   FROM notifications n JOIN notifications seen ON seen.notification_id = %(up_to)s
  WHERE n.to_id = %(by)s AND n.read_at IS NULL AND n.sent_position < seen.sent_position
    AND NOT EXISTS (SELECT FROM marked)
  ORDER BY n.sent_position DESC LIMIT %(limit)s)
UNION ALL
SELECT stream_id FROM marked WHERE stream_id <> %(up_to)s
"""  # noqa: S608 every part of it is written here


@strawberry.type
class NotificationPayload(Payload):
    notification: Notification | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.notification = await load_notification(info, entity)


async def _own(context: Context, given: str, *path: str) -> tuple[NotificationId, ParticipantId]:
    """Only whom it is for may do anything with it; to anybody else there is none."""
    id_ = NotificationId(entity("Notification", given, *path))
    sent = (await context.store.load_async(NOTIFICATION.stream(id_))).state.sent
    by = context.actor.participant
    permit(context, Action.READ_NOTIFICATION, Thing(person=by if by and sent and sent.to == by else None))
    assert by is not None  # noqa: S101 permit() lets nobody else through
    return id_, by


async def _shown(context: Context, id_: NotificationId) -> None:
    """Until all are shown that were sent before it. Raises a Problem where that takes too long."""
    sent = await asyncio.to_thread(next, context.store.history(id_))
    if not await context.caught_up(MODELS, sent.position):
        raise Problem("STALE", "It cannot be told yet what came before it. Try again.", retryable=True)


def _older(connection: Connection[Any], given: dict[str, Any]) -> list[NotificationId]:
    return [NotificationId(one) for (one,) in connection.execute(OLDER, given)]


@strawberry.type
class NotificationCommands:
    @mutation(NotificationPayload)
    async def mark_notification_read(self, info: Info, input: MarkNotificationReadInput) -> Done:
        """It needs your attention no more."""
        id_, by = await _own(info.context, input.notification, "notification")
        return await act(info, input, NOTIFICATION.stream(id_), notification.read, by=by)

    @mutation(NotificationPayload)
    async def mark_notifications_read(self, info: Info, input: MarkNotificationsReadInput) -> Done:
        """This one and those before it need your attention no more; the newest 200 of them at once."""
        id_, by = await _own(info.context, input.up_to, "upTo")
        await _shown(info.context, id_)
        means = command(info.context, input)
        given = {"up_to": id_, "by": by, "command": means.id, "limit": AT_ONCE - 1}
        older = await info.context.in_thread(lambda _, connection: _older(connection, given))
        reads = [Step(NOTIFICATION.stream(one), notification.read, {"by": by}) for one in (id_, *older)]
        return await act_together(info, input, *reads)
