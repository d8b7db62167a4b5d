"""What not everybody may read, reached in other ways: by its global id, and by searching for its words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from uuid import uuid5

from api.relay import global_id
from tests.api import confidential_items, conversation_items, document_items, history_items
from tests.api.confidential_items import Item, Place

ALL: Final[Mapping[str, Item]] = {
    item.name: item
    for item in (
        *confidential_items.ITEMS,
        *conversation_items.ITEMS,
        *document_items.ITEMS,
        *history_items.TOLD_HERE,
    )
}


def _named(type_: str, word: str) -> Callable[[Place], Mapping[str, str]]:
    return lambda place: {"found": global_id(type_, uuid5(place.mentorship, word))}


def _by_id(name: str, type_: str, content: str, ids: Callable[[Place], Mapping[str, str]]) -> Item:
    return replace(
        ALL[name],
        name=f"{name}, by its id",
        content=f"node(id: $found) {{ ... on {type_} {{ {content} }} }}",
        happened="nodes(ids: [$found]) { id }",
        ids=ids,
    )


def _searched(name: str, kind: str, words: str) -> Item:
    """Found by whoever reads it alone; whoever knows of it finds it among all that happened."""
    nodes = f"history(filter: {{ mentorship: $mentorship, kinds: [{kind}] }}) {{ nodes {{ position }} }}"
    found = f'history(search: "{words}", filter: {{ mentorship: $mentorship }}) {{ nodes {{ position }} }}'
    return replace(ALL[name], name=f"{name}, by its words", content=found, happened=nodes)


ITEMS: Final = (
    _by_id("document", "Resource", "sha256", _named("Resource", "shared")),
    _by_id("meeting", "Meeting", "title", _named("Meeting", "meeting")),
    _by_id("assignment", "Assignment", "title", _named("Assignment", "assignment")),
    _searched("message", "MESSAGE", "hello"),
    _searched("confidential concern", "CONCERN", "worried"),
    _searched("check-in", "CHECK_IN", "well"),
    _searched("note", "NOTE", "walk -dinner"),
)
