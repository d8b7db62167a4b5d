"""A meeting as the API shows it: when it is, who comes, how it went, and what was noted of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry import UNSET

from api import edges
from api.context import Info
from api.enums import MeetingOrder, MeetingReply, MeetingState, NoteVisibility
from api.loading import load, resolve
from api.log import LogEntry
from api.relay import Connection, Node
from api.scalars import Position

if TYPE_CHECKING:
    from api.mentorship import Mentorship
    from api.participant import Participant

WORDS = "For whom the programme's confidentiality policy names."
CHANGED = "Null for who had left before it last changed."
Person = Annotated["Participant", strawberry.lazy("api.participant")]


@strawberry.type(description="A time that is proposed, to be confirmed.")
class MeetingSlot:
    starts_at: datetime
    minutes: int
    proposed_at: datetime
    key: strawberry.Private[str | None] = None


@strawberry.type(description="What somebody says to the time agreed on, else to those proposed.")
class MeetingAnswer:
    answer: MeetingReply | None = strawberry.field(description=WORDS)
    answered_at: datetime
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge, description=WORDS)


@strawberry.type(description="Somebody who was there, or did not come.")
class MeetingAttendance:
    came: bool | None = strawberry.field(description=WORDS)
    recorded_at: datetime
    key: strawberry.Private[str]

    participant: Person | None = strawberry.field(resolver=edges.edge, description=WORDS)


@strawberry.type(description="What somebody has noted of a meeting.")
class MeetingNote:
    note_id: UUID
    text: str | None = strawberry.field(description=f"For whom its visibility names. {WORDS}")
    visibility: NoteVisibility
    noted_at: datetime
    key: strawberry.Private[str]

    by: Person | None = strawberry.field(resolver=edges.edge)


@strawberry.type(description="Meetings that recur. Each of them is moved, confirmed and recorded by itself.")
class MeetingSeries:
    series_id: UUID
    key: strawberry.Private[str]

    meetings: list["Meeting"] = strawberry.field(
        resolver=edges.edge, description="In the order they were proposed."
    )


@strawberry.type(description="A meeting of a relationship. Times are moments, meant in its time zone.")
class Meeting(Node):
    id: strawberry.ID
    state: MeetingState | None = strawberry.field(
        description=f"What was to come when the relationship ended is cancelled. {CHANGED}"
    )
    time_zone: str = strawberry.field(description="Where its times were meant, such as Europe/Berlin.")
    starts_at: datetime | None = strawberry.field(
        description=f"The time agreed on, else the first of those proposed. {CHANGED}"
    )
    planned_minutes: int | None = strawberry.field(description=CHANGED)
    sequence: int | None = strawberry.field(
        description=f"As in its invitations: it grows when calendars have to ask again. {CHANGED}"
    )
    title: str | None = strawberry.field(description=WORDS)
    agenda: str | None = strawberry.field(description=WORDS)
    place: str | None = strawberry.field(description=WORDS)
    link: str | None = strawberry.field(description=WORDS)
    proposed_at: datetime
    confirmed_at: datetime | None
    late: bool | None = strawberry.field(description="Whether it was cancelled less than a day before it.")
    cancel_reason: str | None = strawberry.field(description=WORDS)
    held_at: datetime | None = strawberry.field(description="When it began in fact.")
    duration_minutes: int | None = strawberry.field(description="How long it took in fact.")
    minutes: str | None = strawberry.field(description=f"What was said and agreed. {WORDS}")
    ended_at: datetime | None = strawberry.field(description="When it was cancelled or recorded.")
    version: int = strawberry.field(description="Give it back as expectedVersion.")
    key: strawberry.Private[str]

    mentorship: Annotated["Mentorship", strawberry.lazy("api.mentorship")] | None = strawberry.field(
        resolver=edges.edge
    )
    series: MeetingSeries | None = strawberry.field(resolver=edges.edge, description="Where it recurs.")
    proposed_by: Person | None = strawberry.field(resolver=edges.edge)
    cancelled_by: Person | None = strawberry.field(resolver=edges.edge, description=WORDS)
    recorded_by: Person | None = strawberry.field(resolver=edges.edge, description=WORDS)
    slots: list[MeetingSlot] = strawberry.field(
        resolver=edges.edge, description="Those that can be confirmed; none once one of them is."
    )
    answers: list[MeetingAnswer] = strawberry.field(resolver=edges.edge)
    attendance: list[MeetingAttendance] = strawberry.field(resolver=edges.edge)
    notes: Connection[MeetingNote] | None = strawberry.field(
        resolver=edges.page, description="In the order they were written."
    )
    log: Connection[LogEntry] | None = edges.log_field()


@strawberry.type(description="The private address at which your calendar program reads your meetings.")
class CalendarFeed:
    issued_at: datetime
    key: strawberry.Private[str]


@strawberry.input(description="All conditions given must hold.")
class MeetingFilter:
    mentorship: strawberry.ID | None = UNSET
    states: list[MeetingState] | None = UNSET
    from_: datetime | None = strawberry.field(
        name="from", default=UNSET, description="Those that begin then or later."
    )
    to: datetime | None = strawberry.field(default=UNSET, description="Those that begin before.")


async def meetings_of_mentorship(
    root: Any,
    info: Info,
    *,
    states: list[MeetingState] | None = UNSET,
    from_: Annotated[datetime | None, strawberry.argument(name="from")] = UNSET,
    to: datetime | None = UNSET,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    order_by: MeetingOrder | None = UNSET,
) -> Any:
    return await resolve(root, info)


async def _one(info: Info, id: strawberry.ID, min_position: Position | None = UNSET) -> Any:  # noqa: A002 the argument's public name
    return await resolve(None, info)


async def _many(
    info: Info,
    *,
    first: int | None = UNSET,
    after: str | None = UNSET,
    last: int | None = UNSET,
    before: str | None = UNSET,
    filter: MeetingFilter | None = UNSET,  # noqa: A002 the argument's public name
    order_by: MeetingOrder | None = UNSET,
    min_position: Position | None = UNSET,
) -> Any:
    return await resolve(None, info)


@strawberry.type
class MeetingQueries:
    meeting: Meeting | None = strawberry.field(resolver=_one, description="One meeting.")
    meetings: Connection[Meeting] | None = strawberry.field(
        resolver=_many,
        description="Your own, and those of the programmes you staff; the newest proposed first.",
    )


async def load_meeting(info: Info, key: UUID) -> Meeting | None:
    found: Meeting | None = await load(info, "Meeting", key)
    return found


async def load_series(info: Info, key: UUID) -> MeetingSeries | None:
    found: MeetingSeries | None = await load(info, "MeetingSeries", key)
    return found


async def load_note(info: Info, key: UUID) -> MeetingNote | None:
    found: MeetingNote | None = await load(info, "MeetingNote", key)
    return found


async def load_feed(info: Info, key: UUID) -> CalendarFeed | None:
    found: CalendarFeed | None = await load(info, "CalendarFeed", key)
    return found
