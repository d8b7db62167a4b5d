"""The catalogue notices whatever would make a stored event unreadable, however deep it hides."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from domain.catalogue import catalogue, shrunk
from domain.event import REGISTRY

BEFORE: dict[str, Any] = {
    "door.opened": {
        "version": 1,
        "personal": ["by"],
        "subject": "person",
        "schema": {
            "type": "object",
            "properties": {
                "by": {"type": "string", "maxLength": 20, "minLength": 1},
                "key": {"anyOf": [{"$ref": "#/$defs/Key"}, {"type": "null"}], "default": None},
                "rooms": {"type": "array", "items": {"$ref": "#/$defs/Room"}, "maxItems": 5},
                "notes": {"type": "object", "additionalProperties": {"type": "string"}},
                "person": {"type": "string", "format": "uuid"},
                "why": {"type": "string", "pattern": "^[a-z]+$"},
            },
            "required": ["by"],
            "$defs": {
                "Key": {"type": "string", "enum": ["brass", "iron"]},
                "Room": {"type": "object", "properties": {"floor": {"type": "integer", "minimum": 0}}},
            },
        },
    }
}

Change = Callable[[dict[str, Any]], Any]


def after(change: Change) -> dict[str, Any]:
    changed = copy.deepcopy(BEFORE)
    change(changed["door.opened"])
    return changed


def properties(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = event["schema"]["properties"]
    return found


def definitions(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = event["schema"]["$defs"]
    return found


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda e: properties(e).pop("key"), "the field key is gone"),
        (lambda e: e["schema"].update(required=["by", "why"]), "the field why is now required"),
        (lambda e: e.update(personal=[]), "the field by is no longer stored as it was"),
        (lambda e: e.update(personal=["by", "why"]), "the field why is no longer stored as it was"),
        (lambda e: e.update(subject="key"), "has another subject"),
        (lambda e: properties(e)["by"].update(type="integer"), "the field by changes its type from string"),
        (
            lambda e: properties(e)["by"].update(maxLength=19),
            "the field by is bound more tightly (maxLength)",
        ),
        (lambda e: properties(e)["by"].update(minLength=2), "the field by is bound more tightly (minLength)"),
        (lambda e: properties(e)["why"].update(minLength=1), "the field why is bound more tightly"),
        (lambda e: properties(e)["why"].update(pattern="^[a-y]+$"), "the field why changes its pattern"),
        (lambda e: properties(e)["why"].update(format="date"), "the field why changes its format"),
        (lambda e: properties(e)["why"].update(enum=["so"]), "the field why no longer knows every value"),
        (lambda e: definitions(e)["Key"].update(enum=["iron"]), "the field key no longer knows brass"),
        (
            lambda e: definitions(e).update(Key={"type": "string", "const": "iron"}),
            "the field key no longer knows brass",
        ),
        (lambda e: properties(e)["key"]["anyOf"].pop(), "the field key changes its type from null to string"),
        (lambda e: properties(e)["rooms"].update(maxItems=4), "the field rooms is bound more tightly"),
        (
            lambda e: definitions(e)["Room"]["properties"]["floor"].update(minimum=1),
            "the field rooms.floor is bound more tightly (minimum)",
        ),
        (lambda e: definitions(e)["Room"].update(properties={}), "the field rooms.floor is gone"),
        (lambda e: definitions(e)["Room"].update(required=["door"]), "the field rooms.door is now required"),
        (
            lambda e: properties(e)["notes"].update(additionalProperties={"type": "integer"}),
            "the field notes changes its type from string to integer",
        ),
    ],
)
def test_what_shrinks_is_refused(change: Change, fault: str) -> None:
    faults = shrunk(BEFORE, after(change))
    assert len(faults) == 1
    assert faults[0].startswith("door.opened: ")
    assert fault in faults[0]
    assert faults[0].endswith("raise the version and write an upcast.")


@pytest.mark.parametrize(
    "change",
    [
        lambda e: properties(e).update(more={"type": "string", "default": ""}),
        lambda e: properties(e).update(by={"type": "string", "maxLength": 40}),
        lambda e: properties(e).update(why={}),
        lambda e: properties(e).update(why={"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        lambda e: e["schema"].update(required=[]),
        lambda e: definitions(e)["Key"]["enum"].append("gold"),
        lambda e: definitions(e)["Room"]["properties"].update(name={"type": "string"}),
        lambda e: e.update(version=2, schema={}, personal=[]),
    ],
)
def test_what_grows_is_allowed(change: Change) -> None:
    assert shrunk(BEFORE, {**after(change), "door.closed": BEFORE["door.opened"]}) == []


def test_names_are_for_good_and_versions_never_go_back() -> None:
    assert shrunk(BEFORE, {}) == [
        "door.opened is gone: an event's name is permanent, stored ones carry it for good."
    ]
    second = after(lambda event: event.update(version=2))
    assert shrunk(second, BEFORE) == ["door.opened went back from version 2 to 1."]


def test_the_catalogue_is_of_every_event_and_has_not_shrunk_against_itself() -> None:
    found = catalogue()
    assert set(found) == {name for name, event in REGISTRY.items() if event.__module__.startswith("domain.")}
    assert found["participant.registered"]["subject"] == "the stream"
    assert found["enrollment.applied"]["subject"] == "participant"
    assert found["program.opened"] == {
        "version": 1,
        "personal": [],
        "subject": None,
        "schema": REGISTRY["program.opened"].model_json_schema(),
    }
    assert shrunk(found, found) == []
