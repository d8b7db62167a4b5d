"""Whatever not everybody may read, as the history shows it: to the same people, whatever it is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tests.api import confidential_items, conversation_items
from tests.api.confidential_items import Item

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
}
"""The kind of the entry that an item leaves; its last one is what the item is about."""


def _entry(item: Item) -> Item:
    of_kind = f"history(kinds: [{KIND_OF[item.name]}], last: 1)"
    return replace(
        item,
        name=f"{item.name}, in the history",
        content=f"mentorship(id: $mentorship) {{ {of_kind} {{ nodes {{ text }} }} }}",
        happened=f"mentorship(id: $mentorship) {{ {of_kind} {{ nodes {{ position }} }} }}",
    )


ITEMS: Final = tuple(
    _entry(item) for item in (*confidential_items.ITEMS, *conversation_items.ITEMS) if item.name in KIND_OF
)
