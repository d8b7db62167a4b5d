"""What the commands on meetings and calendars take."""

from datetime import date, datetime

import strawberry
from strawberry import UNSET

from api.command import CommandInput, VersionedInput
from api.enums import MeetingReply, NoteVisibility, Period
from api.scalars import CalendarText

TIME_ZONE = "Where the times are meant, such as Europe/Berlin."
SLOTS = "One to ten times, one of which is to be confirmed."


@strawberry.input
class SlotInput:
    starts_at: datetime
    minutes: int = strawberry.field(description="From 5 to 480.")


@strawberry.input
class NewMeetingInput(CommandInput):
    mentorship: strawberry.ID
    time_zone: str = strawberry.field(description=TIME_ZONE)
    title: str | None = None
    agenda: str | None = None
    place: str | None = None
    link: str | None = strawberry.field(default=None, description="Where it takes place in the web.")


@strawberry.input
class ProposeMeetingInput(NewMeetingInput):
    slots: list[SlotInput] = strawberry.field(description=SLOTS)


@strawberry.input
class ProposeMeetingSeriesInput(NewMeetingInput):
    starts_at: datetime
    minutes: int = strawberry.field(description="From 5 to 480.")
    period: Period
    interval: int = strawberry.field(default=1, description="Every so many periods, from 1 to 52.")
    count: int | None = strawberry.field(default=None, description="How many meetings; or else `until`.")
    until: date | None = strawberry.field(default=None, description="The last day that may have one.")


@strawberry.input
class MeetingSeriesInput(CommandInput):
    mentorship: strawberry.ID
    series: strawberry.ID = strawberry.field(description="A seriesId.")


@strawberry.input
class ConfirmMeetingSeriesInput(MeetingSeriesInput):
    pass


@strawberry.input
class CancelMeetingSeriesInput(MeetingSeriesInput):
    reason: str | None = None


@strawberry.input
class MeetingCommandInput(VersionedInput):
    meeting: strawberry.ID


@strawberry.input(description="What was said before is replaced whole: what is left out is no more.")
class DescribeMeetingInput(MeetingCommandInput):
    title: str | None = None
    agenda: str | None = None
    place: str | None = None
    link: str | None = None


@strawberry.input
class ProposeMeetingSlotsInput(MeetingCommandInput):
    slots: list[SlotInput] = strawberry.field(description=SLOTS)


@strawberry.input
class AnswerMeetingInput(MeetingCommandInput):
    answer: MeetingReply


@strawberry.input
class ConfirmMeetingInput(MeetingCommandInput):
    slot: SlotInput = strawberry.field(description="One of those proposed, as it was proposed.")


@strawberry.input
class RescheduleMeetingInput(MeetingCommandInput):
    slot: SlotInput


@strawberry.input
class CancelMeetingInput(MeetingCommandInput):
    reason: str | None = None


@strawberry.input
class RecordMeetingHeldInput(MeetingCommandInput):
    started_at: datetime
    duration_minutes: int
    attendance: list[strawberry.ID] = strawberry.field(description="The members who were there.")
    minutes: str | None = strawberry.field(default=None, description="What was said and agreed.")


@strawberry.input
class RecordMeetingMissedInput(MeetingCommandInput):
    missed_by: list[strawberry.ID] = strawberry.field(description="The members who did not come.")


@strawberry.input
class NoteMeetingInput(MeetingCommandInput):
    text: str
    visibility: NoteVisibility = NoteVisibility.MEMBERS


@strawberry.input
class RecordCalendarReplyInput(MeetingCommandInput):
    body: CalendarText = strawberry.field(
        description="What your calendar program sends back: iCalendar with METHOD:REPLY or COUNTER."
    )


@strawberry.input
class IssueCalendarFeedInput(CommandInput):
    pass


@strawberry.input
class RevokeCalendarFeedInput(CommandInput):
    participant: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Whose it is; your own when left out."
    )
