"""What a calendar program sends back to an invitation: an answer, or another time (RFC 5546)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress, vDDDTypes, vDuration
from icalendar.parser import Contentline, Contentlines

from api.calendar_text import uid
from domain.ids import MeetingId, ParticipantId
from domain.meeting import Answer
from domain.refusal import Refusal

LONGEST: Final = 100_000
ANSWERS: Final = frozenset(one.value for one in Answer)


class ReplyIsUnreadable(Refusal):
    """This is no reply to an invitation: iCalendar with METHOD:REPLY or METHOD:COUNTER and one event."""


class ReplyIsToAnotherMeeting(Refusal):
    """This replies to another meeting."""


class ReplyIsOfSomebodyElse(Refusal):
    """You are not among those who reply here: the ATTENDEE is somebody else."""


class ReplySaysNothing(Refusal):
    """The reply neither accepts, nor declines, nor says that you may come."""


class ReplyHasNoTime(Refusal):
    """The reply proposes another time, but does not say which: a day, or a time in no known zone, is none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`counters`: it proposes another time instead of the one it was asked about."""

    event: Event
    counters: bool

    @property
    def sequence(self) -> int:
        return int(self.event.get("sequence", 0))

    def refuse_other(self, meeting: MeetingId) -> None:
        if str(self.event.get("uid", "")) != uid(meeting):
            raise ReplyIsToAnotherMeeting

    def answer_of(self, person: ParticipantId, email: str | None) -> Answer:
        """What they say themself; raises a Refusal where they say nothing."""
        stated = str(self._attendee(person, email).params.get("partstat", "")).lower()
        if stated not in ANSWERS:
            raise ReplySaysNothing
        return Answer(stated)

    def slot_of(self, person: ParticipantId, email: str | None) -> dict[str, Any]:
        """The time they propose, as a Slot takes it; raises a Refusal where there is none."""
        self._attendee(person, email)
        starts, ends = _moment(self.event, "dtstart"), _moment(self.event, "dtend")
        lasts = _told(self.event, "duration")
        if starts is not None and ends is None and isinstance(lasts, timedelta):
            return {"starts_at": starts, "minutes": lasts // timedelta(minutes=1)}
        if starts is None or ends is None:
            raise ReplyHasNoTime
        return {"starts_at": starts, "minutes": (ends - starts) // timedelta(minutes=1)}

    def _attendee(self, person: ParticipantId, email: str | None) -> vCalAddress:
        own = {UUID(int=person.int).urn, f"mailto:{email}".casefold()}
        found = self.event.get("attendee", [])
        for one in found if isinstance(found, list) else [found]:
            if str(one).casefold() in own and isinstance(one, vCalAddress):
                return one
        raise ReplyIsOfSomebodyElse


def read_reply(body: str) -> Reply:
    """Raises ReplyIsUnreadable for whatever is none."""
    try:
        calendar = Calendar.from_ical(_without_zones(body)) if len(body) <= LONGEST else None
    except ValueError:
        raise ReplyIsUnreadable from None
    if not isinstance(calendar, Calendar):
        raise ReplyIsUnreadable
    stated, events = str(calendar.get("method", "")).lower(), calendar.events
    if stated not in {"reply", "counter"} or len(events) != 1:
        raise ReplyIsUnreadable
    [event] = events
    if not isinstance(event.get("sequence", 0), int):
        raise ReplyIsUnreadable
    return Reply(event, stated == "counter")


def _without_zones(body: str) -> bytes:
    """The library keeps each zone that is described for all who come later, and reckons its changes one by
    one, of which there can be a million: so no zone is but those that everybody knows.
    """
    lines = Contentlines.from_ical(body)  # type: ignore[no-untyped-call]  # the library says no types here
    kept = Contentlines(line for line in lines if line and not _bounds_zone(line))
    return bytes(kept.to_ical())  # type: ignore[no-untyped-call]  # as above


def _bounds_zone(line: Contentline) -> bool:
    try:
        name, _, told = line.parts()
    except ValueError:
        return False
    return name.lower() in {"begin", "end"} and told.lower() == "vtimezone"


def _moment(event: Event, name: str) -> datetime | None:
    """A moment, not a day, nor a time that is another one elsewhere."""
    found = _told(event, name)
    return found if isinstance(found, datetime) and found.tzinfo is not None else None


def _told(event: Event, name: str) -> Any:
    """None where there is no such property, where it is told twice, and where it cannot be read."""
    found = event.get(name)
    return found.dt if isinstance(found, vDDDTypes | vDuration) else None
