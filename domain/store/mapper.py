"""Between domain events and stored bytes: permanent names, checked shapes, sealed fields, upcasts."""

import base64
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from pydantic import ValidationError

from domain.event import ERASED, REGISTRY, THE_STREAM, UPCASTS, DomainEvent
from domain.store.arrays import unpack_uuids
from domain.store.errors import EventUnreadable, SubjectForgotten
from domain.store.keys import NONCE_BYTES, KeyVault, SubjectKey
from domain.store.records import EncodedEvent, EventRow, RecordedEvent

SEALED = "~"
"""The reserved key of stored JSON under which ciphertexts stand: {"~": [subject id, {field: base64}]}."""


NEVER: Final = (0, DomainEvent.model_validate_json)


class EventMapper(Mapper[UUID]):
    """The library's mapper stores module paths and skips validation; this one does neither."""

    def __init__(self, keys: KeyVault) -> None:
        super().__init__(JSONTranscoder())
        self.keys = keys
        self._at_once: dict[str, tuple[int, Callable[[bytes], DomainEvent]]] = {}

    def encode(self, event: DomainEvent, stream_id: UUID, version: int) -> EncodedEvent:
        """Raises SubjectForgotten where the event is personal and its subject's key is destroyed."""
        subject = _subject(event, stream_id)
        if event.personal_fields and subject:
            state = self._encode_personal(event, stream_id, version, subject)
        else:
            state = event.__pydantic_serializer__.to_json(event)
        subjects = (subject,) if subject else ()
        return EncodedEvent(stream_id, version, event.event_name, event.schema_version, state, subjects)

    def decode(self, row: RecordedEvent) -> DomainEvent:
        """Raises EventUnreadable."""
        current, validate = self._at_once.get(row[3], NEVER)
        try:
            if row[4] == current:
                return validate(row[5])
            return self._decode_in_full(row)
        except ValidationError as error:
            # The details would show values; the places and kinds of fault do not.
            faults = ", ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors())
            raise EventUnreadable(
                f"{row.name} at position {row.position} does not fit its shape ({faults})"
            ) from None
        except (ValueError, InvalidTag, LookupError, TypeError, AttributeError) as error:
            raise EventUnreadable(
                f"{row.name} at position {row.position} is damaged ({type(error).__name__})"
            ) from None

    def _decode_in_full(self, row: RecordedEvent) -> DomainEvent:
        kind = REGISTRY.get(row.name)
        if kind is None or row.schema_version > kind.schema_version:
            raise EventUnreadable(
                f"{row.name} version {row.schema_version} at position {row.position} is unknown here"
            )
        if kind.personal_fields or row.schema_version < kind.schema_version:
            return kind.model_validate(self._plain(row, kind.schema_version))
        validate: Callable[[bytes], DomainEvent] = kind.__pydantic_validator__.validate_json
        self._at_once[row.name] = kind.schema_version, validate
        return validate(row.state)

    def prepare(self, rows: Iterable[EventRow]) -> None:
        """Fetch the keys of a page at once instead of one by one."""
        self.keys.prepare(subject for row in rows if len(row[11]) > 12 for subject in unpack_uuids(row[11]))

    def make_keys(self, events: Iterable[tuple[UUID, DomainEvent]]) -> None:
        """Make the missing keys for `(stream id, event)`s at once instead of one by one."""
        self.keys.make(
            subject
            for stream, event in events
            if (subject := _subject(event, stream)) and event.personal_fields
        )

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The library's form of `(event, stream id, version)`."""
        event, stream_id, version = domain_event
        encoded = self.encode(event, stream_id, version)
        return StoredEvent(encoded.stream_id, encoded.version, encoded.name, encoded.state)

    def _encode_personal(self, event: DomainEvent, stream_id: UUID, version: int, subject: UUID) -> bytes:
        public = event.__pydantic_serializer__.to_python(event, mode="json")
        present = [field for field in public if field in event.personal_fields and public[field] is not None]
        personal = {field: public.pop(field) for field in present}
        if not personal:
            return orjson.dumps(public)
        if any(getattr(event, field) is ERASED for field in personal):
            raise SubjectForgotten
        key = self.keys.for_writing(subject)
        if key is None:
            raise SubjectForgotten
        name = event.event_name
        public[SEALED] = [
            str(subject),
            {
                field: _seal(key, _context(stream_id.bytes, version, name, field, key), v)
                for field, v in personal.items()
            },
        ]
        return orjson.dumps(public)

    def _plain(self, row: RecordedEvent, current_version: int) -> dict[str, Any]:
        data: dict[str, Any] = orjson.loads(row.state)
        if sealed := data.pop(SEALED, None):
            key = self.keys.for_reading(UUID(sealed[0]))
            for field, ciphertext in sealed[1].items():
                data[field] = (
                    ERASED if key is None else _open(key, _field_context(row, field, key), ciphertext)
                )
        for version in range(row.schema_version, current_version):
            data = UPCASTS[row.name, version](data)
        return data


def _subject(event: DomainEvent, stream_id: UUID) -> UUID | None:
    """Every event with personal fields has one; DomainEvent sees to that."""
    if event.subject is None:
        return None
    subject: UUID = stream_id if event.subject is THE_STREAM else getattr(event, event.subject)
    return subject


def _field_context(row: RecordedEvent, field: str, key: SubjectKey) -> bytes:
    return _context(row.raw_stream_id, row.version, row.name, field, key)


def _context(stream_id: bytes, version: int, name: str, field: str, key: SubjectKey) -> bytes:
    """The associated data: a ciphertext moved to any other place does not open."""
    return b"%b|%d|%b|%b|%b" % (stream_id, version, name.encode(), field.encode(), key.id.bytes)


_NONCES: Final[deque[bytes]] = deque()
os.register_at_fork(after_in_child=_NONCES.clear)  # no two processes may draw the same


def _nonce() -> bytes:
    """Random, and drawn many at once: each call to the system hands the interpreter to another thread."""
    while True:
        try:
            return _NONCES.pop()
        except IndexError:
            drawn = os.urandom(NONCE_BYTES * 256)
            _NONCES.extend(drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES))


def _seal(key: SubjectKey, context: bytes, value: Any) -> str:
    nonce = _nonce()
    return base64.b64encode(nonce + key.cipher.encrypt(nonce, orjson.dumps(value), context)).decode()


def _open(key: SubjectKey, context: bytes, sealed: str) -> Any:
    raw = base64.b64decode(sealed)
    return orjson.loads(key.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context))


def unknown_upcasts(names: Sequence[str]) -> list[str]:
    """Names with a version that no upcast leads on from; must be empty."""
    return [
        f"{name} v{version}"
        for name in names
        for version in range(1, REGISTRY[name].schema_version)
        if (name, version) not in UPCASTS
    ]
