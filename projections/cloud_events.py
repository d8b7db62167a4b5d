"""An event as it leaves the house: what it says to readers that we have never met.

A message is a CloudEvent 1.0 in structured JSON. Its `data` are the event's fields that are not personal;
ids are pseudonyms. `sequence` is the event's position in the log: whoever has seen this one or a higher one
of the same `partitionkey` has seen it. A type's fields only ever grow: ignore what you do not know.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

import orjson

from domain.event import REGISTRY, UPCASTS
from domain.store import EventUnreadable, RecordedEvent

PREFIX: Final = "org.chiron."
MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"
DIGITS: Final = 20
"""A position is written with so many, so that messages sort by it as text."""
MOST_KEYS: Final = 200_000


@cache
def type_of(name: str) -> str:
    """The version is the contract's own: fields that are added do not raise it."""
    return f"{PREFIX}{name}.v1"


@cache
def schema_urn(name: str) -> str:
    return f"urn:chiron:event:{name}:v1"


def source(organisation: str) -> str:
    return f"/organisations/{organisation}"


def id_of(recorded: RecordedEvent) -> str:
    return f"{_written(recorded.raw_stream_id)}.{recorded.version}"


def message(recorded: RecordedEvent, key: UUID, source: str) -> bytes:
    """Raises EventUnreadable where it is of a later version of Chiron than this one.

    Of a dictionary this would cost twice as much, and whatever is published passes here. Only the actor's and
    the organisation's names can need escapes.
    """
    stream, command = _written(recorded.raw_stream_id), recorded.raw_command_id
    commanded, correlation = _written(command), recorded.raw_correlation_id
    correlated = commanded if correlation == command else _written(correlation)
    head = (
        f'{{"specversion":"1.0","id":"{stream}.{recorded.version}","source":{_quoted(source)},'
        f'"type":"{type_of(recorded.name)}","subject":"{stream}","time":"{_time(recorded)}",'
        f'"datacontenttype":"application/json","dataschema":"{schema_urn(recorded.name)}",'
        f'"sequence":"{recorded.position:0{DIGITS}}","partitionkey":"{key}",'
        f'"streamversion":{recorded.version},"actor":{_quoted(recorded.actor)},"cause":"{recorded.cause}",'
        f'"commandid":"{commanded}","correlationid":"{correlated}","data":'
    )
    return b"%b%b}" % (head.encode(), public_data(recorded))


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _time(recorded: RecordedEvent) -> str:
    """Of the many events of a second only the first is told by the calendar."""
    second, rest = _second(recorded.recorded_ms // 1000), recorded.raw_recorded_at % 1_000_000
    return f"{second}.{rest:06}Z" if rest else f"{second}Z"


@lru_cache(maxsize=10_000)
def _second(since_1970: int) -> str:
    return datetime.fromtimestamp(since_1970, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _written(raw: bytes) -> str:
    """An id as text. A UUID in between would cost more than the rest of a message."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def public_data(recorded: RecordedEvent) -> bytes:
    """The fields that are not personal, in the event's present shape, as JSON; nothing is opened for it."""
    kind = REGISTRY.get(recorded.name)
    if kind is None or recorded.schema_version > kind.schema_version:
        version, position = recorded.schema_version, recorded.position
        raise EventUnreadable(f"{recorded.name} version {version} at position {position} is unknown here")
    if recorded.schema_version == kind.schema_version and not kind.personal_fields:
        return recorded.state
    data: dict[str, Any] = orjson.loads(recorded.state)
    data.pop("~", None)
    for version in range(recorded.schema_version, kind.schema_version):
        data = UPCASTS[recorded.name, version](data)
    return orjson.dumps({name: value for name, value in data.items() if name not in kind.personal_fields})


class Keys:
    """By what messages are kept in order: the relationship that an event belongs to, else its stream.

    Which relationship that is, the first event of the stream says; `beginnings` reads those of streams that
    were not met before.
    """

    def __init__(self, beginnings: Callable[[Collection[UUID]], Iterable[RecordedEvent]]) -> None:
        self._beginnings = beginnings
        self._known: MutableMapping[bytes, UUID] = {}

    def of(self, page: Iterable[RecordedEvent]) -> Mapping[bytes, UUID]:
        """Of every stream in the page, by its id as bytes."""
        if len(self._known) > MOST_KEYS:
            self._known.clear()
        streams = {recorded.raw_stream_id for recorded in page}
        self._learn(recorded for recorded in page if recorded.version == 1)
        if unmet := streams - self._known.keys():
            self._learn(self._beginnings([UUID(bytes=raw) for raw in unmet]))
        return self._known

    def knows(self, page: Iterable[RecordedEvent]) -> bool:
        """Whether nothing has to be read for `of`."""
        return all(one.version == 1 or one.raw_stream_id in self._known for one in page)

    def _learn(self, first: Iterable[RecordedEvent]) -> None:
        for recorded in first:
            named = orjson.loads(recorded.state).get("mentorship")
            self._known[recorded.raw_stream_id] = UUID(named) if named else recorded.stream_id
