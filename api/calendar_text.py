"""Meetings as iCalendar (RFC 5545) and iTIP (RFC 5546) have them.

One event a meeting, also of a series: so times are told in UTC and are right in every program, and any of
them can be moved by itself.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress

from domain.meeting import Answer, Status
from projections.calendars import Entry, Invitation, Invited

PRODUCT: Final = "-//Chiron//Mentoring//EN"
NAMELESS: Final = "Mentoring"
"""What a meeting is called that nobody has given a title."""
REFRESH: Final = timedelta(hours=1)
STATUS: Final = {Status.PROPOSED: "TENTATIVE", Status.CANCELLED: "CANCELLED"}
"""Everything else is confirmed, or was."""
PARTSTAT: Final = {
    Answer.ACCEPTED: "ACCEPTED",
    Answer.TENTATIVE: "TENTATIVE",
    Answer.DECLINED: "DECLINED",
    None: "NEEDS-ACTION",
}


def uid(meeting: UUID) -> str:
    """The same for ever, whatever becomes of the meeting."""
    return f"{meeting}@chiron"


def feed(entries: Iterable[Entry]) -> bytes:
    """Nothing in it depends on when it is read: the same meetings are the same bytes."""
    calendar = _calendar()
    calendar.add("X-WR-CALNAME", NAMELESS)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def method(invitation: Invitation) -> str:
    return "CANCEL" if invitation.entry.state is Status.CANCELLED else "REQUEST"


def itip(invitation: Invitation) -> str:
    """The invitation, its update or its cancellation, as it stands now."""
    calendar = _calendar()
    calendar.add("METHOD", method(invitation))
    event = _event(invitation.entry)
    for one in invitation.invited:
        if one.person == invitation.entry.proposed_by:
            event.add("ORGANIZER", _address(one))
        event.add("ATTENDEE", _attendee(one))
    if "ORGANIZER" not in event:
        event.add("ORGANIZER", vCalAddress(invitation.entry.proposed_by.urn))
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    return calendar


def _event(entry: Entry) -> Event:
    event, starts_at = Event(), entry.starts_at.astimezone(UTC)
    event.add("UID", uid(entry.meeting_id))
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.changed_at.astimezone(UTC))
    event.add("CREATED", entry.proposed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
    event.add("DTSTART", starts_at)
    event.add("DTEND", starts_at + timedelta(minutes=entry.minutes))
    event.add("STATUS", STATUS.get(entry.state, "CONFIRMED"))
    event.add("SUMMARY", entry.title or NAMELESS)
    said = {"DESCRIPTION": entry.agenda, "LOCATION": entry.place, "URL": entry.link}
    for name, words in said.items():
        if words is not None:
            event.add(name, words)
    return event


def _address(one: Invited) -> vCalAddress:
    """Who has no mail address is named by a URI that no program sends mail to."""
    address = vCalAddress(f"mailto:{one.email}" if one.email else one.person.urn)
    if one.name:
        address.params["CN"] = one.name
    return address


def _attendee(one: Invited) -> vCalAddress:
    address = _address(one)
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = PARTSTAT[one.answer]
    if one.answer is None:
        address.params["RSVP"] = "TRUE"
    return address
