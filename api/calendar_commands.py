"""What can be done with calendar programs: read one's meetings there, and reply from there."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry

from api import meeting_inputs as inputs
from api.calendar_address import digest_of
from api.calendar_reply import Reply, read_reply
from api.command import Done, Payload, act, entity, mutation, new_entity, permit, value
from api.context import Info
from api.meeting import CalendarFeed, load_feed
from api.meeting_commands import MeetingPayload, Offer, about_meeting
from api.participant_commands import whose
from api.within import Within
from domain import calendar_feed, meeting_times
from domain.calendar_feed import CALENDAR_FEED
from domain.ids import MeetingId, ParticipantId, calendar_feed_id
from domain.participant import PARTICIPANT
from domain.permissions import Action, Thing

PATH = (
    "Where it is read, below the address of this API. Whoever knows it reads your meetings, so it is shown "
    "here and never again."
)


@strawberry.type
class CalendarFeedPayload(Payload):
    calendar_feed: CalendarFeed | None = strawberry.field(
        default=None, description="Null once it is revoked."
    )

    async def read(self, info: Info, entity: UUID) -> None:
        person = info.context.actor.participant
        self.calendar_feed = await load_feed(info, person) if person else None


@strawberry.type
class IssuedPayload(CalendarFeedPayload):
    path: str | None = strawberry.field(default=None, description=PATH)

    async def read(self, info: Info, entity: UUID) -> None:
        """`entity` is what the address is told from."""
        await super().read(info, entity)
        self.path = info.context.calendars.path(entity)


async def _issue(info: Info, given: inputs.IssueCalendarFeedInput) -> Done:
    person = info.context.actor.participant
    permit(info.context, Action.ISSUE_CALENDAR, Thing(person=person))
    assert person is not None  # noqa: S101 no row of the permissions lets anybody else do it
    issued = new_entity(info.context, given)
    told = {"participant": person, "digest": digest_of(info.context.calendars.secret(issued))}
    stream = CALENDAR_FEED.stream(calendar_feed_id(person))
    return replace(await act(info, given, stream, calendar_feed.issue, **told), entity=issued)


async def _revoke(info: Info, given: inputs.RevokeCalendarFeedInput) -> Done:
    person = whose(info, given.participant)
    permit(info.context, Action.REVOKE_CALENDAR, Thing(person=person))
    stream = CALENDAR_FEED.stream(calendar_feed_id(person))
    return await act(info, given, stream, calendar_feed.revoke, participant=person)


async def _reply(info: Info, given: inputs.RecordCalendarReplyInput) -> Done:
    meeting = MeetingId(entity("Meeting", given.meeting, "meeting"))
    reply = await asyncio.to_thread(read_reply, given.body)
    email = await _email(info)
    action = Action.PROPOSE_MEETING if reply.counters else Action.ANSWER_MEETING
    decision = meeting_times.propose_slots if reply.counters else meeting_times.answer

    def told(found: Within) -> dict[str, Any]:
        reply.refuse_other(meeting)
        said = _said(reply, found.oneself, email)
        return {"by": found.oneself, "now": info.context.now(), "sequence": reply.sequence, **said}

    return await about_meeting(info, given, action, decision, told)


def _said(reply: Reply, person: ParticipantId, email: str | None) -> dict[str, Any]:
    if not reply.counters:
        return {"answer": reply.answer_of(person, email)}
    return {"slots": value(Offer, {"slots": [reply.slot_of(person, email)]}, "body").slots}


async def _email(info: Info) -> str | None:
    person = info.context.actor.participant
    if person is None:
        return None
    state = (await info.context.store.load_async(PARTICIPANT.stream(person))).state
    email = state.said.get("email")
    return email if isinstance(email, str) else None


@strawberry.type
class CalendarCommands:
    @mutation(IssuedPayload)
    async def issue_calendar_feed(self, info: Info, input: inputs.IssueCalendarFeedInput) -> Done:
        """Get the private address of your meetings; the one you had before is good no more."""
        return await _issue(info, input)

    @mutation(CalendarFeedPayload)
    async def revoke_calendar_feed(self, info: Info, input: inputs.RevokeCalendarFeedInput) -> Done:
        """Let nobody read your meetings by their address any more."""
        return await _revoke(info, input)

    @mutation(MeetingPayload)
    async def record_calendar_reply(self, info: Info, input: inputs.RecordCalendarReplyInput) -> Done:
        """Take in what your calendar program sends back: an answer, or another time you propose."""
        return await _reply(info, input)
