"""What can be done about a meeting."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import strawberry

from api import meeting_inputs as inputs
from api.command import Done, Payload, entity, mutation, new_entity, plain, value
from api.context import Info
from api.enums import MeetingReply
from api.meeting import Meeting, MeetingNote, load_meeting, load_note
from api.meeting_inputs import MeetingCommandInput
from api.participant_commands import person_id
from api.refusals import Forbidden
from api.within import Within, act_within, mentorship_key
from domain import meeting, meeting_times
from domain.ids import MeetingId, MentorshipId
from domain.meeting import (
    MEETING,
    Described,
    Held,
    Missed,
    Noted,
    Proposed,
    Slot,
    Slots,
)
from domain.permissions import Action
from domain.store import Decision, Step
from domain.words import Value


@strawberry.type
class MeetingPayload(Payload):
    meeting: Meeting | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.meeting = await load_meeting(info, entity)


@strawberry.type
class MeetingNotePayload(Payload):
    note: MeetingNote | None = None

    async def read(self, info: Info, entity: UUID) -> None:
        self.note = await load_note(info, entity)


class Offer(Value):
    slots: Slots


Wish = Callable[[Within], dict[str, Any]]


async def about_meeting(
    info: Info, given: MeetingCommandInput, action: Action, decision: Decision, wish: Wish
) -> Done:
    """`wish` tells the decision's arguments from the relationship that the meeting is in."""
    stream = MEETING.stream(MeetingId(entity("Meeting", given.meeting, "meeting")))
    proposed = (await info.context.store.load_async(stream)).state.proposed
    if proposed is None:
        raise Forbidden  # only members may, and nobody is one of what is not

    def steps(found: Within) -> list[Step]:
        return [Step(stream, decision, {"within": found.relationship, **wish(found)})]

    return await act_within(info, given, proposed.mentorship, action, steps, "meeting")


def now_by(info: Info, **more: Any) -> Wish:
    """Whoever asks wishes it, now."""
    return lambda found: {"by": found.oneself, "now": info.context.now(), **more}


def _words(given: inputs.NewMeetingInput | inputs.DescribeMeetingInput) -> dict[str, Any]:
    return {name: getattr(given, name) for name in ("title", "agenda", "place", "link")}


def proposal(
    given: inputs.NewMeetingInput, found: Within, slots: Slots, series: UUID | None = None
) -> Proposed:
    return Proposed(
        mentorship=found.relationship.mentorship,
        by=found.oneself,
        slots=slots,
        time_zone=given.time_zone,
        series=series,
        **_words(given),
    )


async def _propose(info: Info, given: inputs.ProposeMeetingInput) -> Done:
    mentorship: MentorshipId = mentorship_key(given.mentorship, "mentorship")
    stream = MEETING.stream(MeetingId(new_entity(info.context, given)))
    slots = value(Offer, {"slots": plain(given.slots)}).slots

    def steps(found: Within) -> list[Step]:
        wish = {"proposed": proposal(given, found, slots), "now": info.context.now()}
        return [Step(stream, meeting.propose, {"within": found.relationship, **wish})]

    return await act_within(info, given, mentorship, Action.PROPOSE_MEETING, steps)


@strawberry.type
class MeetingCommands:
    @mutation(MeetingPayload)
    async def propose_meeting(self, info: Info, input: inputs.ProposeMeetingInput) -> Done:
        """Propose to meet, at one of these times."""
        return await _propose(info, input)

    @mutation(MeetingPayload)
    async def describe_meeting(self, info: Info, input: inputs.DescribeMeetingInput) -> Done:
        """Say anew what a meeting that is to come is about, and where it is."""
        told = lambda found: {"described": Described(by=found.oneself, **_words(input))}
        return await about_meeting(info, input, Action.DESCRIBE_MEETING, meeting.describe, told)

    @mutation(MeetingPayload)
    async def propose_meeting_slots(self, info: Info, input: inputs.ProposeMeetingSlotsInput) -> Done:
        """Propose other times; a time agreed on stands until one of them is confirmed."""
        told = now_by(info, slots=value(Offer, {"slots": plain(input.slots)}).slots)
        decision = meeting_times.propose_slots
        return await about_meeting(info, input, Action.PROPOSE_MEETING, decision, told)

    @mutation(MeetingPayload)
    async def answer_meeting(self, info: Info, input: inputs.AnswerMeetingInput) -> Done:
        """Say whether you come: to the time agreed on, else to those proposed."""
        told = now_by(info, answer=MeetingReply(input.answer))
        return await about_meeting(info, input, Action.ANSWER_MEETING, meeting_times.answer, told)

    @mutation(MeetingPayload)
    async def confirm_meeting(self, info: Info, input: inputs.ConfirmMeetingInput) -> Done:
        """Agree on one of the times proposed: somebody else's, or your own once another has accepted."""
        told = now_by(info, slot=value(Slot, input.slot, "slot"))
        return await about_meeting(info, input, Action.CONFIRM_MEETING, meeting_times.confirm, told)

    @mutation(MeetingPayload)
    async def reschedule_meeting(self, info: Info, input: inputs.RescheduleMeetingInput) -> Done:
        """Move a meeting whose time is agreed on; the others are asked again."""
        told = now_by(info, slot=value(Slot, input.slot, "slot"))
        return await about_meeting(info, input, Action.RESCHEDULE_MEETING, meeting_times.reschedule, told)

    @mutation(MeetingPayload)
    async def cancel_meeting(self, info: Info, input: inputs.CancelMeetingInput) -> Done:
        """Call a meeting off before it begins; less than a day before it is late."""
        told = now_by(info, reason=input.reason)
        return await about_meeting(info, input, Action.CANCEL_MEETING, meeting_times.cancel, told)

    @mutation(MeetingPayload)
    async def record_meeting_held(self, info: Info, input: inputs.RecordMeetingHeldInput) -> Done:
        """Say that it took place, who was there, and what came of it."""
        there = tuple(person_id(one, "attendance", str(place)) for place, one in enumerate(input.attendance))

        def told(found: Within) -> dict[str, Any]:
            held = Held(
                by=found.oneself,
                started_at=input.started_at,
                duration_minutes=input.duration_minutes,
                attendance=there,
                minutes=input.minutes,
            )
            return {"held": held, "now": info.context.now()}

        return await about_meeting(info, input, Action.RECORD_MEETING, meeting.hold, told)

    @mutation(MeetingPayload)
    async def record_meeting_missed(self, info: Info, input: inputs.RecordMeetingMissedInput) -> Done:
        """Say that it did not take place, because these did not come."""
        absent = tuple(person_id(one, "missedBy", str(place)) for place, one in enumerate(input.missed_by))
        told = lambda found: {
            "missed": Missed(by=found.oneself, missed_by=absent),
            "now": info.context.now(),
        }
        return await about_meeting(info, input, Action.RECORD_MEETING, meeting.miss, told)

    @mutation(MeetingNotePayload)
    async def note_meeting(self, info: Info, input: inputs.NoteMeetingInput) -> Done:
        """Write a note about it: for yourself, for the members, or for the staff as well."""
        return await _note(info, input)


async def _note(info: Info, given: inputs.NoteMeetingInput) -> Done:
    note = new_entity(info.context, given)

    def told(found: Within) -> dict[str, Any]:
        noted = Noted(note=note, by=found.oneself, text=given.text, visibility=given.visibility)
        return {"noted": noted}

    done = await about_meeting(info, given, Action.NOTE_MEETING, meeting.note, told)
    return Done(note, done.position)
