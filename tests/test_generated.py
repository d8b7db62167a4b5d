"""Generated files say what the code says, and the catalogue of events only grows."""

import copy
import json
from pathlib import Path
from typing import Any

from deploy import generate
from domain.catalogue import catalogue, shrunk

SHOWN: dict[str, Any] = {
    "door.opened": {
        "version": 1,
        "personal": ["by"],
        "schema": {"properties": {"by": {"type": "string"}, "key": {"type": "string"}}, "required": ["by"]},
    }
}


def changed(**shape: Any) -> dict[str, Any]:
    after = copy.deepcopy(SHOWN)
    after["door.opened"].update(shape)
    return after


def test_every_generated_file_is_current() -> None:
    assert generate.stale() == [], "run `make generate`: reviewers read these files to see a contract change"


def test_no_stored_event_has_become_unreadable() -> None:
    assert shrunk(generate.committed_catalogue(), catalogue()) == []


def test_the_catalogue_names_every_event_with_its_schema() -> None:
    committed = json.loads((generate.ROOT / generate.EVENTS).read_text(encoding="utf-8"))
    assert committed["participant.registered"]["schema"]["type"] == "object"
    assert "name" in committed["participant.registered"]["personal"]
    assert {name.partition(".")[0] for name in committed} == {"participant", "program", "enrollment"}


def test_a_file_that_is_missing_or_differs_is_stale(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "events.json").write_text("{}", encoding="utf-8")
    assert set(generate.stale(tmp_path)) == set(generate.GENERATED)


def test_growing_is_allowed() -> None:
    properties = {
        "by": {"type": "string"},
        "key": {"type": "string"},
        "at": {"type": "string", "default": ""},
    }
    grown = changed(schema={"properties": properties, "required": ["by"]})
    assert shrunk(SHOWN, {**grown, "door.closed": SHOWN["door.opened"]}) == []


def test_a_name_that_is_gone_is_refused() -> None:
    assert "door.opened is gone" in shrunk(SHOWN, {})[0]


def test_a_field_that_is_gone_is_refused() -> None:
    after = changed(schema={"properties": {"by": {"type": "string"}}, "required": ["by"]})
    assert "the field key is gone" in shrunk(SHOWN, after)[0]


def test_a_field_that_is_now_required_is_refused() -> None:
    schema = {**SHOWN["door.opened"]["schema"], "required": ["by", "key"]}
    assert "the field key is now required" in shrunk(SHOWN, changed(schema=schema))[0]


def test_a_field_that_stops_being_personal_is_refused() -> None:
    assert "no longer stored as it was" in shrunk(SHOWN, changed(personal=[]))[0]


def test_a_new_version_may_change_the_shape_and_never_goes_back() -> None:
    second = changed(version=2, schema={"properties": {}, "required": []}, personal=[])
    assert shrunk(SHOWN, second) == []
    assert "went back" in shrunk(second, SHOWN)[0]
