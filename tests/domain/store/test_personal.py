"""Personal fields: unreadable in the database, bound to their place, gone with their key."""

import os
from uuid import uuid4

import pytest

from domain.enrollment import ENROLLMENT, Applied
from domain.event import ERASED, REGISTRY, THE_STREAM, UPCASTS, DomainEvent, Personal, upcasts
from domain.ids import ParticipantId, ProgramId
from domain.participant import ListedAsExpert, Registered
from domain.program_settings import Side
from domain.store import Database, EventUnreadable, KeyRing, Store, SubjectForgotten
from domain.store.mapper import unknown_upcasts
from tests.domain.store.lives import ADA, NOOR, command, register, stream, work
from tests.domain.store.test_store import any_store

__all__ = ["any_store"]


def listed(_: object) -> list[DomainEvent]:
    return [ListedAsExpert(headline="Asks good questions", topics=("Python",))]


def test_the_database_holds_no_personal_value(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada Lovelace")
    (recorded,) = any_store.page(0)
    assert b"Ada" not in recorded.state
    assert b'"source":"csv"' in recorded.state
    assert recorded.event == Registered(name="Ada Lovelace", source="csv")


def test_an_absent_personal_value_needs_no_key(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada")
    assert b'"email":null' in any_store.page(0)[0].state


def test_a_forgotten_subject_reads_as_erased(any_store: Store) -> None:
    for person, name in ((ADA, "Ada"), (NOOR, "Noor")):
        any_store.act(command(), stream(person), register, name=name)
        any_store.act(command(), stream(person), listed)
    any_store.forget(ADA)
    any_store.forget(ADA)
    ada, headline, noor, _ = (recorded.event for recorded in any_store.page(0))
    assert ada == Registered(name=ERASED, source="csv")
    assert headline == ListedAsExpert(headline=ERASED, topics=("Python",))
    assert noor == Registered(name="Noor", source="csv")


def test_a_destroyed_key_is_never_made_anew(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada")
    any_store.forget(ADA)
    any_store.forget(NOOR)
    for person in (ADA, NOOR):
        with pytest.raises(SubjectForgotten):
            any_store.act(command(), stream(person), register, name="Ada again")
    any_store.act(command(), stream(ADA), work, hours=1)
    assert any_store.head() == 2


def test_an_erasure_elsewhere_ends_what_this_process_remembers(store: Store, organisation: Database) -> None:
    ring = store._ring
    with Store.open(organisation, ring) as other:
        store.act(command(), stream(ADA), register, name="Ada")
        assert store.page(0)[0].event == Registered(name="Ada", source="csv")
        other.forget(ADA)
        assert store.page(0)[0].event == Registered(name=ERASED, source="csv")


def test_a_key_made_elsewhere_is_found_where_there_was_none_before(
    store: Store, organisation: Database
) -> None:
    with Store.open(organisation, store._ring) as other:
        unanswered = Applied(program=ProgramId(uuid4()), participant=ParticipantId(ADA), role=Side.MENTEE)
        store.act(command(), ENROLLMENT.stream(uuid4()), lambda _: [unanswered])
        assert other.page(0)[0].event == unanswered
        store.act(command(), stream(ADA), register, name="Ada")
        assert other.page(1)[0].event == Registered(name="Ada", source="csv")


def test_a_ciphertext_opens_only_where_it_was_sealed(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada")
    (recorded,) = any_store.page(0)
    for moved in (
        recorded._replace(version=2),
        recorded._replace(raw_stream_id=NOOR.bytes),
        recorded._replace(name="participant.listed_as_expert"),
        recorded._replace(state=recorded.state.replace(b'"name":', b'"email":')),
    ):
        with pytest.raises(EventUnreadable, match=f"{moved.name} at position 1 is damaged"):
            _ = moved.event


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (b'{"hours_a_month": "many"}', "does not fit its shape \\(hours_a_month: int_parsing\\)"),
        (b'{"hours_a_month": 1, "secret": 2}', "does not fit its shape \\(secret: extra_forbidden\\)"),
        (b"not json", "does not fit its shape"),
    ],
)
def test_a_damaged_event_is_named_by_its_place_not_its_values(
    any_store: Store, state: bytes, said: str
) -> None:
    any_store.act(command(), stream(ADA), work, hours=1)
    with pytest.raises(EventUnreadable, match=said) as unreadable:
        _ = any_store.page(0)[0]._replace(state=state).event
    assert "many" not in str(unreadable.value)


@pytest.mark.parametrize(
    "sealed",
    [b'["ada", {}]', b'["%b", {"name": "abc"}]', b'["%b", {"name": ""}]', b'["%b", 1]', b'["%b"]', b"1"],
)
def test_damage_to_what_is_sealed_is_unreadable_too(any_store: Store, sealed: bytes) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada")
    state = b'{"source": "csv", "~": ' + sealed.replace(b"%b", str(ADA).encode()) + b"}"
    with pytest.raises(EventUnreadable, match="at position 1 is damaged"):
        _ = any_store.page(0)[0]._replace(state=state).event


def test_a_name_or_version_of_the_future_is_unreadable(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), work, hours=1)
    recorded = any_store.page(0)[0]
    with pytest.raises(EventUnreadable, match="is unknown here"):
        _ = recorded._replace(name="participant.flew_to_the_moon").event
    with pytest.raises(EventUnreadable, match="version 99 at position 1 is unknown here"):
        _ = recorded._replace(schema_version=99).event


def test_old_shapes_are_upcast_also_where_they_are_personal(any_store: Store) -> None:
    any_store.act(command(), stream(ADA), register, name="Ada Lovelace")
    recorded = any_store.page(0)[0]
    original = REGISTRY.pop("participant.registered")
    try:

        class Newer(DomainEvent, name="participant.registered", version=3, subject=THE_STREAM):
            name: Personal[str]
            email: Personal[str | None] = None
            external_id: Personal[str | None] = None
            source: str
            language: str
            greeting: Personal[str]

        upcasts("participant.registered", 1)(lambda old: {**old, "language": "en"})
        assert unknown_upcasts(["participant.registered"]) == ["participant.registered v2"]
        upcasts("participant.registered", 2)(lambda old: {**old, "greeting": old["name"]})
        assert unknown_upcasts(["participant.registered"]) == []
        assert recorded.event == Newer(
            name="Ada Lovelace", source="csv", language="en", greeting="Ada Lovelace"
        )
        with pytest.raises(TypeError, match="already has an upcast"):
            upcasts("participant.registered", 2)(dict)
    finally:
        REGISTRY["participant.registered"] = original
        UPCASTS.pop(("participant.registered", 1))
        UPCASTS.pop(("participant.registered", 2))


def test_the_key_encryption_key_can_be_changed(organisation: Database) -> None:
    old, new = os.urandom(32), os.urandom(32)
    with Store.open(organisation, KeyRing(old)) as before:
        before.act(command(), stream(ADA), register, name="Ada")
        pseudonym = before.pseudonym("participant", "csv", "4711")
    with Store.open(organisation, KeyRing(new, old)) as after:
        assert after.page(0)[0].event == Registered(name="Ada", source="csv")
        assert after.pseudonym("participant", "csv", "4711") == pseudonym
    with (
        Store.open(organisation, KeyRing(new)) as without,
        pytest.raises(ValueError, match="not in the settings"),
    ):
        without.page(0)


def test_a_key_encryption_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyRing(b"short")


def test_pseudonyms_are_keyed_and_unambiguous() -> None:
    ring, other = KeyRing(b"k" * 32), KeyRing(b"o" * 32)
    ids = {
        ring.pseudonym("a", "bc"),
        ring.pseudonym("ab", "c"),
        ring.pseudonym("abc"),
        other.pseudonym("a", "bc"),
    }
    assert len(ids) == 4
    assert {(made.version, made.variant) for made in ids} == {(8, "specified in RFC 4122")}
    assert ring.pseudonym("a", "bc") == KeyRing(b"k" * 32).pseudonym("a", "bc")


def test_an_erased_value_cannot_be_recorded(any_store: Store) -> None:
    with pytest.raises(SubjectForgotten):
        any_store.act(command(), stream(uuid4()), lambda _: [Registered(name=ERASED, source="csv")])
    assert any_store.head() == 0
