"""The rare turns: a poisoned batch, a race that is never won, a log that is away for a while."""

import asyncio
import threading
from collections.abc import Sequence

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from domain.command import Command
from domain.event import DomainEvent
from domain.participant import AvailabilitySet, Registered
from domain.store import Act, Conflict, Database, KeyRing, Step, Store, StoreUnavailable
from domain.store.postgres import Datastore, Recorder
from domain.store.records import Append, EventRow, Outcome
from tests.domain.store.lives import ADA, NOOR, command, register, stream, work


def poisoned() -> Command:
    """PostgreSQL stores no NUL."""
    return Command(command().id, "some\x00body")


def test_a_command_that_cannot_be_stored_fails_alone_in_its_batch(store: Store) -> None:
    bad = Append(poisoned(), {ADA: 0}, [store._mapper.encode(AvailabilitySet(hours_a_month=1), ADA, 1)])
    good = Append(command(), {NOOR: 0}, [store._mapper.encode(AvailabilitySet(hours_a_month=2), NOOR, 1)])
    failed, recorded = store._recorder.append_all([bad, good])
    assert isinstance(failed, psycopg.errors.CharacterNotInRepertoire)
    assert recorded == Outcome("recorded", 1)
    with pytest.raises(psycopg.errors.CharacterNotInRepertoire):
        store.act(poisoned(), stream(ADA), work, hours=1)
    with pytest.raises(psycopg.errors.CharacterNotInRepertoire):
        store.act_all([Act(poisoned(), stream(ADA), work, {"hours": 1})])
    assert store.act(command(), stream(ADA), work, hours=1).position == 2


def test_a_race_that_is_never_won_ends_in_a_conflict(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Store(store._recorder, store._mapper, store._ring)

    def always_too_late(_: object) -> Sequence[DomainEvent]:
        other.act(command(), stream(ADA), work, hours=1)
        return [AvailabilitySet(hours_a_month=2)]

    monkeypatch.setattr("domain.store.store.ATTEMPTS", 3)
    with pytest.raises(Conflict) as conflict:
        store.act(command(), stream(ADA), always_too_late)
    assert conflict.value.current_version == 3
    assert store.head() == 3


def test_an_asyncio_caller_joins_the_same_queue(store: Store) -> None:
    async def both() -> tuple[int, int, int]:
        one, two = await asyncio.gather(
            store.act_async(command(), stream(ADA), work, hours=1),
            store.act_together_async(command(), Step(stream(NOOR), work, {"hours": 2})),
        )
        loaded = await store.load_async(stream(ADA))
        return one.position, two.position, loaded.version

    one, two, version = asyncio.run(both())
    assert ({one, two}, version) == ({1, 2}, 1)


def test_a_follower_waits_for_a_log_that_is_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.act(command(), stream(ADA), work, hours=1)
    read, away = store._recorder.page, [StoreUnavailable(), StoreUnavailable()]

    def page(after: int, limit: int, names: Sequence[str] = ()) -> list[EventRow]:
        if away:
            raise away.pop()
        return read(after, limit, names)

    monkeypatch.setattr(store._recorder, "page", page)
    following = store.follow(0, threading.Event(), poll=0.01)
    assert [event.position for event in next(following)] == [1]
    following.close()  # type: ignore[attr-defined]  # a generator


def test_appending_to_an_unreachable_database_says_so(
    organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.store.postgres.PATIENCE", 0.1)
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere", organisation.schema)
    with Store.open(nowhere, KeyRing.random()) as lost:
        (said,) = lost._recorder.append_all([Append(command(), {ADA: 0}, [])])
    assert isinstance(said, StoreUnavailable)


def test_a_key_is_fetched_again_when_the_cache_was_emptied_after_reading(store: Store) -> None:
    store.act(command(), stream(ADA), register, name="Ada")
    (recorded,) = store.page(0)
    store._mapper.keys.heed(1_000)
    assert recorded.event == Registered(name="Ada", source="csv")


def test_a_full_cache_of_keys_begins_anew(memory_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.store.keys.MOST_CACHED_KEYS", 1)
    for person, name in ((ADA, "Ada"), (NOOR, "Noor")):
        memory_store.act(command(), stream(person), register, name=name)
    names = [Registered(name=name, source="csv") for name in ("Ada", "Noor")]
    assert [recorded.event for recorded in memory_store.page(0)] == names


def test_the_mapper_speaks_the_librarys_form_too(memory_store: Store) -> None:
    stored = memory_store._mapper.to_stored_event((AvailabilitySet(hours_a_month=1), ADA, 7))
    assert (stored.originator_id, stored.originator_version) == (ADA, 7)
    assert stored.topic == "participant.availability_set"


def test_a_subscription_of_the_library_waits_for_what_comes(organisation: Database) -> None:
    recorder = Recorder(Datastore(organisation))
    try:
        recorder.create_table()
        with recorder.subscribe() as subscription:
            later = threading.Timer(0.2, recorder.insert_events, ([StoredEvent(ADA, 1, "note:said", b"{}")],))
            later.start()
            assert next(subscription).id == 1
    finally:
        recorder.close()


def test_an_organisation_may_be_dropped_twice(postgres_url: str) -> None:
    database = Database(postgres_url, "passing")
    database.install()
    database.drop()
    database.drop()
    with pytest.raises(psycopg.OperationalError, match="passing_app"):
        database.connect()
