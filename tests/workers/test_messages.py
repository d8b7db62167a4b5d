"""The contract: every message is a CloudEvent that fits its published schema; nothing in it is personal."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator, FormatChecker

from deploy.generate import ROOT
from domain.catalogue import catalogue
from domain.event import REGISTRY
from domain.store import EventUnreadable, RecordedEvent
from domain.store.mapper import SEALED
from projections.cloud_events import DIGITS, Keys, message, public_data, source
from tests import npm
from tests.domain.samples import EVERY, NAMES, stored
from workers import messages

KEY, STREAM = uuid4(), uuid4()


def recorded(name: str, version: int, *, position: int = 7) -> RecordedEvent:
    """As the log has it: what is personal stands sealed beside the rest."""
    data = stored(name, version)
    personal = {field: data.pop(field) for field in REGISTRY[name].personal_fields & data.keys()}
    if personal:
        data[SEALED] = [str(uuid4()), dict.fromkeys(personal, "c2VhbGVk")]
    return RecordedEvent(
        position, STREAM.bytes, 3, name, version, orjson.dumps(data), 0, uuid4().bytes, "tester",
        uuid4().bytes, "command", b"", 0, _never,
    )  # fmt: skip


def _never(_: RecordedEvent) -> Any:
    raise AssertionError("nothing is opened for a message")


def told(name: str, version: int) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(message(recorded(name, version), KEY, source("velmora")))
    return read


@pytest.mark.parametrize(("name", "version"), EVERY)
def test_every_event_ever_stored_leaves_as_a_cloud_event_of_its_type(name: str, version: int) -> None:
    value = message(recorded(name, version), KEY, source("velmora"))
    kafka = KafkaMessage({"content-type": b"application/cloudevents+json"}, str(KEY).encode(), value)
    event = from_structured_event(kafka, JSONFormat())
    assert event.get_type() == f"org.chiron.{name}.v1"
    assert (event.get_source(), event.get_subject()) == ("/organisations/velmora", str(STREAM))
    assert event.get_extension("sequence") == f"{7:0{DIGITS}}"
    assert event.get_extension("partitionkey") == str(KEY)
    document = {**messages.message_schema(name), "components": {"schemas": messages.data_models(name)}}
    Draft202012Validator(document, format_checker=FormatChecker()).validate(orjson.loads(value))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_personal_stands_in_a_message_or_its_schema(name: str) -> None:
    personal = REGISTRY[name].personal_fields
    data = told(name, REGISTRY[name].schema_version)["data"]
    assert not personal & data.keys()
    assert SEALED not in data
    assert not personal & messages.message_schema(name)["properties"]["data"]["properties"].keys()


def test_names_are_escaped_and_moments_told_to_the_microsecond() -> None:
    """Messages are written by hand, as it were: nothing in them may break out of its place."""
    actor, source_ = 'rule "\\" of Zoë\n', '/organisations/"x"'
    one = recorded("mentorship.paused", 1)._replace(actor=actor)
    for raw, time in (
        (817_000_000_000_042, "2025-11-21T00:26:40.000042Z"),
        (0, "2000-01-01T00:00:00Z"),
    ):
        sent = orjson.loads(message(one._replace(raw_recorded_at=raw), UUID(int=7), source_))
        assert (sent["actor"], sent["source"], sent["time"]) == (actor, source_, time)
        assert datetime.fromisoformat(sent["time"]) == one._replace(raw_recorded_at=raw).recorded_at


def test_what_a_later_version_has_recorded_is_not_guessed() -> None:
    strange = recorded("participant.left", 1)._replace(schema_version=99)
    unheard = recorded("participant.left", 1)._replace(name="participant.sang")
    for event in (strange, unheard):
        with pytest.raises(EventUnreadable, match="is unknown here"):
            public_data(event)


def test_a_key_is_the_relationship_else_the_stream() -> None:
    mentorship = str(uuid4())
    first = recorded("meeting.proposed", 1)
    first = first._replace(version=1, state=orjson.dumps({"mentorship": mentorship}))
    later = recorded("meeting.answered", 1)
    alone = recorded("participant.left", 1)._replace(raw_stream_id=uuid4().bytes, version=1)
    asked: list[list[UUID]] = []

    def beginnings(streams: Any) -> list[RecordedEvent]:
        asked.append(list(streams))
        return [first]

    keys = Keys(beginnings)
    assert keys.of([later])[STREAM.bytes] == UUID(mentorship)
    assert keys.of([later, alone])[alone.raw_stream_id] == alone.stream_id
    assert asked == [[STREAM]], "asked for once"


def test_the_contract_only_grows() -> None:
    now = catalogue()
    assert messages.broken(now, now) == []
    meeting = json.loads(json.dumps(now["meeting.proposed"]))
    del meeting["schema"]["properties"]["slots"]
    meeting["schema"]["required"].remove("mentorship")
    assert messages.broken(now, {**now, "meeting.proposed": {**meeting, "version": 9}}) == [
        "The message meeting.proposed may lack mentorship, which it always had.",
        "The message meeting.proposed: the field slots is gone; raise the version and write an upcast.",
    ]
    without = {name: event for name, event in now.items() if name != "participant.left"}
    (gone,) = messages.broken(now, without)
    assert gone.startswith("The message participant.left is gone")
    hidden = {**now["participant.left"], "personal": ["reason"]}
    assert any("reason" in fault for fault in messages.broken(now, {**now, "participant.left": hidden}))


def test_the_document_names_every_event() -> None:
    document = messages.asyncapi()
    assert set(document["components"]["messages"]) == set(catalogue())
    assert set(document["channels"]["events"]["messages"]) == set(catalogue())


def test_asyncapis_own_parser_accepts_the_published_document(worker_id: str) -> None:
    folder = npm.installed(Path(__file__).parent / "asyncapi", worker_id)
    found = npm.ran(folder, "parse.mjs", str(ROOT / "workers" / "asyncapi.yaml"))
    assert found["faults"] == []
    assert found["messages"] >= len(catalogue())
