"""Meetings for calendar programs: the invitation to one as text, the reply to it, and the address of all."""

from enum import StrEnum
from uuid import UUID

import strawberry

from api import calendar_text
from api.context import Info
from api.relay import parse_global_id
from domain.ids import MeetingId
from domain.permissions import Action, Role, Scope, scopes_for
from projections import calendars


@strawberry.enum(description="What an invitation wants of a calendar.")
class InvitationMethod(StrEnum):
    REQUEST = "request"
    CANCEL = "cancel"


@strawberry.type(description="A meeting as a calendar program takes it: iTIP, to be sent or opened as it is.")
class MeetingInvitation:
    method: InvitationMethod
    body: str = strawberry.field(
        description="iCalendar with this method. It names the mail addresses of all members."
    )


async def _invitation(info: Info, meeting: strawberry.ID) -> MeetingInvitation | None:
    key = MeetingId(UUID(parse_global_id(meeting, "Meeting").key))
    person = info.context.actor.participant
    if person is None or not _may(info):
        return None
    found = await info.context.in_thread(lambda _, connection: calendars.invitation(connection, key, person))
    if found is None:
        return None
    stated = InvitationMethod(calendar_text.method(found))
    return MeetingInvitation(method=stated, body=calendar_text.itip(found))


def _may(info: Info) -> bool:
    """As a member: whatever else somebody is, their role gives them no mail addresses."""
    ways = scopes_for(info.context.actor, Action.SEE_MEETINGS)
    return bool(ways & {(Role.PARTICIPANT, Scope.OWN), (Role.GUEST, Scope.OWN)})


@strawberry.type
class CalendarQueries:
    meeting_invitation: MeetingInvitation | None = strawberry.field(
        resolver=_invitation,
        description="For the members of the relationship; as the meeting stands, or its cancellation.",
    )
