"""States kept in mind: what was read is not read again, and what happened elsewhere is."""

from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID, uuid4

import pytest

from domain.aggregate import Aggregate, Stream
from domain.conversation import CONVERSATION, Conversation, MessageSent
from domain.event import ERASED, DomainEvent
from domain.ids import MentorshipId
from domain.participant import PARTICIPANT
from domain.store import Database, KeyRing, Loaded, NothingOfThisKind, RecordedEvent, Store
from domain.store.remembered import Remembered
from tests.domain.store.lives import command
from tests.people import ADA

THEIRS = MentorshipId(UUID(int=0xE))


def talk(stream: UUID | None = None) -> Stream[Conversation]:
    return CONVERSATION.stream(stream or uuid4())


def message() -> MessageSent:
    return MessageSent(mentorship=THEIRS, message=uuid4(), by=ADA.id, text="Hello")


def happen(_: object, events: Sequence[DomainEvent]) -> Sequence[DomainEvent]:
    return events


def say(store: Store, stream: Stream[Conversation], times: int = 1) -> None:
    store.act(command(), stream, partial(happen, events=[message() for _ in range(times)]))


@pytest.fixture
def read_after(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions after which streams were read."""
    seen: list[int] = []
    history = store.history

    def watched(stream_id: UUID, after: int = 0) -> Iterator[RecordedEvent]:
        seen.append(after)
        return history(stream_id, after)

    monkeypatch.setattr(store, "history", watched)
    return seen


def test_the_next_decision_reads_only_what_has_happened_since(store: Store, read_after: list[int]) -> None:
    stream = talk()
    say(store, stream, 3)
    say(store, stream)
    assert store.load(stream).version == 4
    assert read_after == [0, 0, 3]


def test_other_streams_are_read_anew(store: Store, read_after: list[int]) -> None:
    stream = PARTICIPANT.stream(ADA.id)
    store.act(command(), stream, partial(happen, events=[ADA.registered]))
    assert store.load(stream) == store.load(stream)
    assert read_after == [0, 0, 0]


def test_what_another_process_has_recorded_is_seen(organisation: Database) -> None:
    keys, stream = KeyRing.random(), talk()
    with Store.open(organisation, keys) as one, Store.open(organisation, keys) as other:
        for number in range(4):
            say((one, other)[number % 2], stream)
        assert one.load(stream) == other.load(stream)
        assert one.load(stream).version == 4


def test_another_kind_is_refused_as_ever(store: Store) -> None:
    stream = talk()
    say(store, stream)
    assert store.load(stream).version == 1
    with pytest.raises(NothingOfThisKind):
        store.load(PARTICIPANT.stream(stream.id))


def test_an_erasure_changes_nothing_that_is_remembered(store: Store) -> None:
    stream = talk()
    say(store, stream)
    before = store.load(stream)
    store.forget(ADA.id)
    assert [event.event.text for event in store.history(stream.id)] == [ERASED]  # type: ignore[attr-defined]  # only messages
    assert Remembered().of(stream) != store.load(stream) == before


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    remembered, old, new, newest = Remembered(most=25), talk(), talk(), talk()
    for stream in (old, new):
        remembered.keep(stream, Loaded(Conversation(), 10, 1))
    assert remembered.of(old).version == 10
    remembered.keep(newest, Loaded(Conversation(), 10, 1))
    assert [remembered.of(one).version for one in (old, new, newest)] == [10, 0, 10]


def test_a_longer_life_takes_the_place_of_a_shorter_one_never_the_other_way() -> None:
    remembered, stream = Remembered(most=25), talk()
    for version in (10, 20, 15):
        remembered.keep(stream, Loaded(Conversation(), version, 1))
    assert remembered.of(stream).version == 20
    remembered.keep(stream, Loaded(Conversation(), 26, 1))
    assert remembered.of(stream).version == 0


def test_only_what_holds_nothing_personal_is_kept() -> None:
    remembered = Remembered()
    plain: Aggregate[int] = Aggregate("plain", 0, lambda state, _: state)
    remembered.keep(plain.stream(ADA.id), Loaded(7, 1, 1))
    assert remembered.of(plain.stream(ADA.id)).state == 0
