"""Whatever not everybody may read, as the history shows it: to the same people, whatever it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid5

from domain import assignment as a
from domain import meeting as g
from domain.assignment import ASSIGNMENT
from domain.meeting import MEETING
from tests.api import confidential_items, conversation_items, document_items
from tests.api.confidential_items import Item, Made, Place

SLOT: Final = g.Slot(starts_at=datetime(2026, 4, 1, 9, tzinfo=UTC), minutes=60)

KIND_OF: Final[Mapping[str, str]] = {
    "goal": "GOAL",
    "step of a goal": "GOAL",
    "check-in": "CHECK_IN",
    "open concern": "CONCERN",
    "confidential concern": "CONCERN",
    "settling of a concern": "CONCERN",
    "settling in confidence": "CONCERN",
    "message": "MESSAGE",
    "question": "QUESTION",
    "answer": "QUESTION",
    "document": "DOCUMENT",
    "link": "LINK",
    "meeting": "MEETING",
    "note": "NOTE",
    "assignment": "ASSIGNMENT",
}
"""The kind of the entry that an item leaves; its last one is what the item is about."""


def _meeting(place: Place) -> Made:
    slots = {"slots": (SLOT,), "time_zone": "UTC", "title": "A walk"}
    proposed = g.Proposed.model_validate({"mentorship": place.mentorship, "by": place.author, **slots})
    yield MEETING.stream(uuid5(place.mentorship, "meeting")), proposed


def _note(place: Place) -> Made:
    yield from _meeting(place)
    note, seen = uuid5(place.mentorship, "note"), g.Visibility.STAFF
    noted = g.Noted(note=note, by=place.author, text="A good walk", visibility=seen)
    yield MEETING.stream(uuid5(place.mentorship, "meeting")), noted


def _assignment(place: Place) -> Made:
    given = a.Assigned(mentorship=place.mentorship, by=place.author, to=place.author, title="Read")
    yield ASSIGNMENT.stream(uuid5(place.mentorship, "assignment")), given


TOLD_HERE: Final = (
    Item("meeting", "meetings", _meeting, content="", happened=""),
    Item("note", "notes", _note, content="", happened=""),
    Item("assignment", "goals", _assignment, content="", happened=""),
)
"""What is shown in the history is asked for in the way of all others."""


def _entry(item: Item) -> Item:
    of_kind = f"history(kinds: [{KIND_OF[item.name]}], last: 1)"
    return replace(
        item,
        name=f"{item.name}, in the history",
        content=f"mentorship(id: $mentorship) {{ {of_kind} {{ nodes {{ text }} }} }}",
        happened=f"mentorship(id: $mentorship) {{ {of_kind} {{ nodes {{ position }} }} }}",
    )


ITEMS: Final = tuple(
    _entry(item)
    for item in (*confidential_items.ITEMS, *conversation_items.ITEMS, *document_items.ITEMS, *TOLD_HERE)
    if item.name in KIND_OF
)
