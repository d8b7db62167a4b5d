"""What can be done about meetings that recur."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import strawberry

from api import meeting_inputs as inputs
from api.command import Done, Payload, first_sent, mutation, new_entity, plain, value
from api.context import Info
from api.conversation_commands import said_id
from api.meeting import MeetingSeries, load_series
from api.meeting_commands import proposal
from api.within import Within, act_within, mentorship_key
from domain import meeting, meeting_series
from domain.aggregate import Stream
from domain.ids import MentorshipId, meeting_id
from domain.meeting import MEETING, Meeting, Slot
from domain.meeting_series import MOST, Recurrence, SeriesIsUnknown
from domain.permissions import Action
from domain.store import Decision, Step


@strawberry.type
class MeetingSeriesPayload(Payload):
    series: MeetingSeries | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.series = await load_series(info, entity)


async def _propose(info: Info, given: inputs.ProposeMeetingSeriesInput) -> Done:
    mentorship = mentorship_key(given.mentorship, "mentorship")
    series = new_entity(info.context, given)
    told = {name: word for name, word in plain(given).items() if name in Recurrence.model_fields}
    recurrence = value(Recurrence, told)
    minutes = value(Slot, {"starts_at": given.starts_at, "minutes": given.minutes}).minutes

    now = await first_sent(info.context, MEETING.stream(meeting_id(series, 1)))

    def steps(found: Within) -> list[Step]:
        slots = [Slot(starts_at=one, minutes=minutes) for one in meeting_series.starts(recurrence, now=now)]
        return [
            Step(
                MEETING.stream(meeting_id(series, number)),
                meeting.propose,
                {
                    "within": found.relationship,
                    "proposed": proposal(given, found, (slot,), series),
                    "now": now,
                },
            )
            for number, slot in enumerate(slots, 1)
        ]

    return replace(await act_within(info, given, mentorship, Action.PROPOSE_MEETING, steps), entity=series)


async def _meetings(info: Info, series: UUID, mentorship: MentorshipId) -> list[Stream[Meeting]]:
    """Those of this series, where it is of this relationship."""
    found: list[Stream[Meeting]] = []
    for number in range(1, MOST + 1):
        stream = MEETING.stream(meeting_id(series, number))
        proposed = (await info.context.store.load_async(stream)).state.proposed
        if proposed is None or proposed.mentorship != mentorship:
            break
        found.append(stream)
    return found


async def _every(
    info: Info, given: inputs.MeetingSeriesInput, action: Action, decision: Decision, **more: Any
) -> Done:
    mentorship, series = mentorship_key(given.mentorship, "mentorship"), said_id(given.series, "series")
    streams = await _meetings(info, series, mentorship)

    def steps(found: Within) -> list[Step]:
        if not streams:
            raise SeriesIsUnknown
        wish = {"within": found.relationship, "by": found.oneself, "now": info.context.now(), **more}
        return [Step(stream, decision, wish) for stream in streams]

    return replace(await act_within(info, given, mentorship, action, steps), entity=series)


@strawberry.type
class MeetingSeriesCommands:
    @mutation(MeetingSeriesPayload)
    async def propose_meeting_series(self, info: Info, input: inputs.ProposeMeetingSeriesInput) -> Done:
        """Propose meetings that recur at the same time of day, whatever the clocks do."""
        return await _propose(info, input)

    @mutation(MeetingSeriesPayload)
    async def confirm_meeting_series(self, info: Info, input: inputs.ConfirmMeetingSeriesInput) -> Done:
        """Confirm every meeting of a series that is still proposed, at its time."""
        decision = meeting_series.confirm_what_is_proposed
        return await _every(info, input, Action.CONFIRM_MEETING, decision)

    @mutation(MeetingSeriesPayload)
    async def cancel_meeting_series(self, info: Info, input: inputs.CancelMeetingSeriesInput) -> Done:
        """Call off what is still to come of a series."""
        decision = meeting_series.cancel_what_is_to_come
        return await _every(info, input, Action.CANCEL_MEETING, decision, reason=input.reason)
