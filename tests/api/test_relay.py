"""Ids are what we gave out or nothing; cursors cannot be read, forged or used elsewhere."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.refusals import Problem
from api.relay import Cursors, global_id, open_cursor, parse_global_id

CURSORS = Cursors(b"a key of this organisation, and of no other")
KEYS = b'["Ada Lovelace", "0190a3c0-1111-7111-8111-111111111111"]'


def code(found: pytest.ExceptionInfo[Problem]) -> str:
    return str((found.value.extensions or {})["code"])


@given(st.uuids(), st.sampled_from(["Participant", "Program", "Enrollment"]))
def test_an_id_names_its_type_and_key(key: object, type_name: str) -> None:
    text = global_id(type_name, key)  # type: ignore[arg-type] # a UUID, as hypothesis types it
    assert parse_global_id(text) == (type_name, str(key))
    assert parse_global_id(text, "Program", type_name).key == str(key)


@given(st.integers(1, 2**63 - 1))
def test_a_log_entry_is_named_by_its_position(position: int) -> None:
    assert parse_global_id(global_id("LogEntry", position)) == ("LogEntry", str(position))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "Participant",
        encoded("Participant:"),
        encoded("Participant:7"),
        encoded("Participant:{0190A3C0-1111-7111-8111-111111111111}"),
        encoded("Participant:0190A3C0-1111-7111-8111-111111111111"),
        encoded("participant:0190a3c0-1111-7111-8111-111111111111"),
        encoded("Secret:0190a3c0-1111-7111-8111-111111111111"),
        encoded("LogEntry:0"),
        encoded("LogEntry:07"),
        encoded("LogEntry:-1"),
        encoded("LogEntry:٣"),
        encoded(f"LogEntry:{2**63}"),
        encoded("Program:0190a3c0-1111-7111-8111-111111111111") + "\n",
        base64.b64encode(b"\xff\xfe:").decode(),
    ],
)
def test_what_is_no_id_of_ours_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_global_id(text)
    assert code(refused) == "BAD_ID"


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(Problem, match="Participant, not of a Program or Enrollment") as refused:
        parse_global_id(encoded("Participant:0190a3c0-1111-7111-8111-111111111111"), "Program", "Enrollment")
    assert code(refused) == "BAD_ID"


def test_a_cursor_opens_to_the_keys_it_was_made_of() -> None:
    cursor = CURSORS.seal(b"Query.participants.name", KEYS).decode()
    assert CURSORS.open("Query.participants.name", cursor) == [
        "Ada Lovelace",
        "0190a3c0-1111-7111-8111-111111111111",
    ]
    assert b"Ada" not in base64.urlsafe_b64decode(cursor)


def test_the_same_row_has_the_same_cursor() -> None:
    assert CURSORS.seal(b"order", KEYS) == CURSORS.seal(b"order", KEYS)


@given(st.data())
def test_a_changed_cursor_is_refused(data: st.DataObject) -> None:
    raw = bytearray(base64.urlsafe_b64decode(CURSORS.seal(b"order", KEYS)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Problem) as refused:
        CURSORS.open("order", base64.urlsafe_b64encode(raw).decode())
    assert code(refused) == "BAD_CURSOR"


@pytest.mark.parametrize("cursor", ["", "bad", "é", "AAAA", "A" * 4000])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        CURSORS.open("order", cursor)
    assert code(refused) == "BAD_CURSOR"


def test_a_cursor_of_another_list_order_or_organisation_is_refused() -> None:
    cursor = CURSORS.seal(b"Query.participants.name", KEYS).decode()
    with pytest.raises(Problem):
        CURSORS.open("Query.participants.name_desc", cursor)
    with pytest.raises(Problem):
        CURSORS.open("Participant.reports.name", cursor)
    with pytest.raises(Problem):
        Cursors(b"another").open("Query.participants.name", cursor)


def test_cursors_left_open_are_sealed_in_place() -> None:
    sealed = CURSORS.seal(b"order", b"[7]")
    assert CURSORS.fill(
        b'{"a":"\x01order\x01[7]\x01","b":"\x01order\x01[7]\x01"}'
    ) == b'{"a":"%b","b":"%b"}' % (
        sealed,
        sealed,
    )
    assert CURSORS.fill(b'{"a":"\\u0001order"}') == b'{"a":"\\u0001order"}'
    assert "json_build_array(t1.name, t1.id)" in open_cursor("order", ["t1.name", "t1.id"])
