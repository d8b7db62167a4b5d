"""Whether anything personal leaves: all of it that a log holds, opened, held against all its messages."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from domain.event import REGISTRY
from domain.participant import RecordSynced
from domain.store import Store
from projections.cloud_events import Keys, message, public_data, source

SAID_OF_NOBODY: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"
)
"""Ids and moments, which would be most of what has to be looked through."""


def leaked(store: Store, organisation: str) -> tuple[int, set[str]]:
    """How many personal texts were looked for, and which of them stand in a message."""
    looked_for, sent = personal_texts(store) - words_of_all(store), sent_texts(store, organisation)
    return len(looked_for), {text for text in looked_for if text in sent}


def words_of_all(store: Store) -> set[str]:
    """Job titles, and what programmes say to all their people: somebody's own text may be the same."""
    found: set[str] = set()
    for recorded in store.log():
        data = orjson.loads(public_data(recorded))
        if recorded.name.startswith("program."):
            found.update(_texts(data))
        elif recorded.name == RecordSynced.event_name:
            found.update(_texts([data["job_title"]]))
    return found


def personal_texts(store: Store) -> set[str]:
    """Of two words or six letters at least: shorter ones stand in anything."""
    found: set[str] = set()
    for recorded in store.log():
        personal = REGISTRY[recorded.name].personal_fields
        if personal:
            told = recorded.event.model_dump(mode="json", include=set(personal))
            found.update(_texts(told.values()))
    return {text for text in found if len(text) >= 6 or len(text.split()) >= 2}


def sent_texts(store: Store, organisation: str) -> str:
    """Every text in every message, each once."""
    keys, found = Keys(store.beginnings), set[str]()
    for recorded in store.log():
        sent = orjson.loads(
            message(recorded, keys.of([recorded])[recorded.raw_stream_id], source(organisation))
        )
        found.update(SAID_OF_NOBODY.sub("", text) for text in _texts(sent, keys=True))
    return "\n".join(sorted(found))


def _texts(value: Any, *, keys: bool = False) -> Iterator[str]:
    """`keys`: those of mappings, too. In what is personal they are the names of its parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if keys:
            yield from value
        yield from _texts(value.values(), keys=keys)
    elif isinstance(value, Iterable):
        for one in value:
            yield from _texts(one, keys=keys)
