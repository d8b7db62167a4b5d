"""What is said of meetings, as items that not everybody may read."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid5

from domain import meeting as m
from domain.event import DomainEvent
from domain.meeting import MEETING
from tests.api.confidential_items import Item, Made, Place

SLOT: Final = m.Slot(starts_at=datetime(2026, 3, 9, 10, tzinfo=UTC), minutes=60)
Told = Callable[[Place], DomainEvent]


def _meeting(*events: Told) -> Callable[[Place], Made]:
    def made(place: Place) -> Made:
        stream = MEETING.stream(uuid5(place.mentorship, "meeting"))
        return ((stream, event(place)) for event in (_proposed, *events))

    return made


def _proposed(place: Place) -> DomainEvent:
    words = {"title": "First", "agenda": "Who we are", "place": "Room 4", "link": "https://example.org/"}
    meant: dict[str, Any] = {"time_zone": "Europe/Berlin", **words}
    return m.Proposed(mentorship=place.mentorship, by=place.author, slots=(SLOT,), **meant)


def _held(place: Place) -> DomainEvent:
    there = (place.author,)
    return m.Held(
        by=place.author,
        started_at=SLOT.starts_at,
        duration_minutes=50,
        attendance=there,
        minutes="Two goals",
    )


def _cancelled(place: Place) -> DomainEvent:
    return m.Cancelled(by=place.author, reason="I am ill")


def _noted(visibility: m.Visibility) -> Told:
    return lambda place: m.Noted(
        note=uuid5(place.mentorship, visibility), by=place.author, text="Ask more", visibility=visibility
    )


def _of(selection: str) -> str:
    return f"mentorship(id: $mentorship) {{ meetings {{ nodes {{ {selection} }} }} }}"


ITEMS: Final = (
    *(
        Item(f"{word} of a meeting", "meetings", _meeting(), content=_of(word), happened=_of("state"))
        for word in ("title", "agenda", "place", "link")
    ),
    Item(
        "answer to a meeting", "meetings", _meeting(),
        content=_of("answers { answer }"), happened=_of("answers { answeredAt }"),
    ),
    Item(
        "minutes of a meeting", "meetings", _meeting(_held),
        content=_of("minutes"), happened=_of("durationMinutes"),
    ),
    Item(
        "attendance of a meeting", "meetings", _meeting(_held),
        content=_of("attendance { came }"), happened=_of("attendance { recordedAt }"),
    ),
    Item(
        "reason for calling off", "meetings", _meeting(_cancelled),
        content=_of("cancelReason"), happened=_of("endedAt"),
    ),
    Item(
        "note for the staff", "notes", _meeting(_noted(m.Visibility.STAFF)),
        content=_of("notes { nodes { text } }"), happened=_of("notes { nodes { notedAt } }"),
    ),
    Item(
        "note for the members", "notes", _meeting(_noted(m.Visibility.MEMBERS)),
        content=_of("notes { nodes { text } }"), happened=_of("notes { nodes { notedAt } }"), staff=False,
    ),
)  # fmt: skip
