"""Whoever erased a person and then crashed: the key is destroyed all the same, and only that person's."""

import threading

from domain.event import ERASED
from domain.participant import Erased, Registered
from domain.store import Database, KeyRing, Store
from projections import projection, runner
from projections.blobs import Blobs
from tests.projections.given import ADA, NOOR, SAM, eventually, happened
from workers import app
from workers.erasure import erasure

RING = KeyRing(bytes(32))


def names(database: Database) -> list[object]:
    """As another process reads them now."""
    with Store.open(database, RING) as another:
        registered = [recorded.event for recorded in another.log() if recorded.version == 1]
    return [event.name for event in registered if isinstance(event, Registered)]


def three_people(store: Store) -> None:
    for person, name in ((ADA, "Ada"), (NOOR, "Noor"), (SAM, "Sam")):
        happened(store, person, Registered(name=name, source="csv"))


def test_the_keys_of_the_erased_are_destroyed(organisation: Database) -> None:
    with Store.open(organisation, RING) as store:
        three_people(store)
        happened(store, ADA, Erased())
        happened(store, SAM, Erased())
        projection.install(organisation, [erasure(store)])
        assert names(organisation) == ["Ada", "Noor", "Sam"]
        runner.catch_up(organisation, store, [erasure(store)])
        assert names(organisation) == [ERASED, "Noor", ERASED]


def test_destroying_a_key_again_changes_nothing(organisation: Database) -> None:
    with Store.open(organisation, RING) as store:
        three_people(store)
        happened(store, ADA, Erased())
        store.forget(ADA)
        projection.install(organisation, [erasure(store)])
        runner.catch_up(organisation, store, [erasure(store)])
        happened(store, NOOR, Erased())
        runner.catch_up(organisation, store, [erasure(store)])
        runner.catch_up(organisation, store, [erasure(store)])
        assert names(organisation) == [ERASED, ERASED, "Sam"]


def test_the_running_workers_see_to_it(organisation: Database) -> None:
    stop = threading.Event()
    workers = threading.Thread(target=app.run, args=(organisation, RING, Blobs.in_memory(), stop))
    workers.start()
    try:
        with Store.open(organisation, RING) as store:
            three_people(store)
            happened(store, NOOR, Erased())
            eventually(lambda: names(organisation) == ["Ada", ERASED, "Sam"])
    finally:
        stop.set()
        workers.join()
