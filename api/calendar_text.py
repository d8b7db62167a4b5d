"""Meetings as iCalendar (RFC 5545) and iTIP (RFC 5546) have them.

One event a meeting, also of a series: so times are told in UTC and are right in every program, and any of
them can be moved by itself.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress

from domain.meeting import Status
from projections.calendars import Entry, Invitation, Invited

PRODUCT: Final = "-//Chiron//Mentoring//EN"
NAMELESS: Final = "Mentoring"
"""What a meeting is called that nobody has given a title."""
REFRESH: Final = timedelta(hours=1)
STATUS: Final = {Status.PROPOSED: "tentative", Status.CANCELLED: "cancelled"}
"""Everything else is confirmed, or was."""
UNANSWERED: Final = "needs-action"


def uid(meeting: UUID) -> str:
    """The same for ever, whatever becomes of the meeting."""
    return f"{meeting}@chiron"


def feed(entries: Iterable[Entry]) -> bytes:
    """Nothing in it depends on when it is read: the same meetings are the same bytes."""
    calendar = _calendar()
    calendar.calendar_name = NAMELESS
    calendar.refresh_interval = REFRESH
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def method(invitation: Invitation) -> str:
    return "cancel" if invitation.entry.state is Status.CANCELLED else "request"


def itip(invitation: Invitation) -> str:
    """The invitation, its update or its cancellation, as it stands now."""
    calendar = _calendar()
    calendar.add("method", method(invitation).upper())
    event = _event(invitation.entry)
    for one in invitation.invited:
        if one.person == invitation.entry.proposed_by:
            event.add("organizer", _address(one))
        event.add("attendee", _attendee(one))
    if "organizer" not in event:
        event.add("organizer", vCalAddress(invitation.entry.proposed_by.urn))
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    return calendar


def _event(entry: Entry) -> Event:
    event, starts_at = Event(), entry.starts_at.astimezone(UTC)
    event.add("uid", uid(entry.meeting_id))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("created", entry.proposed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=entry.minutes))
    event.add("status", STATUS.get(entry.state, "confirmed").upper())
    event.add("summary", entry.title or NAMELESS)
    said = {"description": entry.agenda, "location": entry.place, "url": entry.link}
    for name, words in said.items():
        if words is not None:
            event.add(name, words)
    return event


def _address(one: Invited) -> vCalAddress:
    """Who has no mail address is named by a URI that no program sends mail to."""
    address = vCalAddress(f"mailto:{one.email}" if one.email else one.person.urn)
    if one.name:
        # Before a mark some readers take it for an escape, and the address for a part of the name.
        address.params["cn"] = one.name.replace("\\", "/")
    return address


def _attendee(one: Invited) -> vCalAddress:
    address = _address(one)
    address.params["role"] = "REQ-PARTICIPANT"
    address.params["partstat"] = (one.answer or UNANSWERED).upper()
    if one.answer is None:
        address.params["rsvp"] = "TRUE"
    return address
