"""What somebody has been told, as the API shows it to them alone."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry import UNSET
from strawberry.dataloader import DataLoader

from api import edges
from api.context import Context, Info
from api.enums import MailState, Occasion
from api.loading import load, resolve
from api.relay import Connection, Node
from api.scalars import Position
from projections.notification_texts import Message, messages

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.program import Program

WORDINGS: Final = "wordings of notifications"


@strawberry.type(description="In the programme's words for the occasion, with what is known now.")
class Wording:
    subject: str
    body: str


async def _worded(context: Context, keys: Sequence[str]) -> list[Wording]:
    """Those of a page are read at once."""
    ids = list(map(UUID, keys))
    found: dict[UUID, Message] = await context.in_thread(lambda _, connection: messages(connection, ids))
    return [Wording(subject=found[id_].subject, body=found[id_].body) for id_ in ids]


async def _wording(root: Any, info: Info) -> Wording:
    loaders = info.context.loaders
    if WORDINGS not in loaders:
        loaders[WORDINGS] = DataLoader(partial(_worded, info.context), cache=False)
    worded: Wording = await loaders[WORDINGS].load(root.key)
    return worded


@strawberry.type(description="What has become of the mail that tells the same.")
class MailDelivery:
    state: MailState
    at: datetime | None = strawberry.field(description="Since when that is settled.")
    attempts: int = strawberry.field(description="How often it was given to the mail server.")
    code: str | None = strawberry.field(
        description="Why it waits, is not sent or has failed: a word, or the mail server's number."
    )
    key: strawberry.Private[str | None] = None


@strawberry.type(description="Something you have been told; nobody else sees it.")
class Notification(Node):
    id: strawberry.ID
    occasion: Occasion
    about: strawberry.ID = strawberry.field(description="What it leads to, as a global id.")
    about_type: str = strawberry.field(description="What that is, such as Mentorship or Survey.")
    link: str = strawberry.field(description="The way there: a path to put your client's address before.")
    rung: int = strawberry.field(description="1 for the first reminder of a thing, 2 for the next.")
    due_on: date | None = strawberry.field(description="When it fell due, where it is about such a thing.")
    sent_at: datetime
    read_at: datetime | None
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    wording: Wording = strawberry.field(resolver=_wording)
    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    program: Annotated["Program", strawberry.lazy("api.program")] | None = strawberry.field(
        resolver=edges.edge
    )
    mail: MailDelivery | None = strawberry.field(
        resolver=edges.edge, description="Where this organisation sends mail."
    )


@strawberry.input(description="All conditions given must hold.")
class NotificationFilter:
    unread: bool | None = UNSET
    occasions: list[Occasion] | None = UNSET


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: NotificationFilter | None = UNSET,  # noqa: A002 the argument's public name
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class NotificationQueries:
    notification: Notification | None = strawberry.field(resolver=_one, description="One of yours.")
    notifications: Connection[Notification] | None = strawberry.field(
        resolver=_many, description="What you have been told; the newest first."
    )


async def load_notification(info: Info, key: UUID) -> Notification | None:
    found: Notification | None = await load(info, "Notification", key)
    return found
