"""PostgreSQL killed under the workers: rows and positions go back together, and come again."""

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.command import Command
from domain.event import DomainEvent
from domain.participant import PARTICIPANT, AvailabilitySet, CompetencyOffered, Registered
from domain.store import Database, Store, StoreUnavailable
from projections import catalogue, projection
from projections.rebuild import rebuild
from tests.domain.store.test_faults import Server
from tests.projections.given import ADA, NOOR, SAM, contents, eventually
from tests.workers.at_work import RING
from workers import app


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="chiron-killed-") as folder:
        running = Server(Path(folder))
        yield running
        running.stop()


def insist(store: Store, person: UUID, *events: DomainEvent) -> None:
    """The same command again until it is answered, as a client does."""
    wish = Command(uuid4(), "insistent")
    while True:
        try:
            store.act(wish, PARTICIPANT.stream(person), lambda _: list(events))
        except StoreUnavailable:
            continue
        return


@contextlib.contextmanager
def working(database: Database) -> Iterator[None]:
    stop = threading.Event()
    workers = threading.Thread(target=app.run, args=(database, RING, stop))
    workers.start()
    try:
        yield
    finally:
        stop.set()
        workers.join()


def test_postgresql_killed_under_the_workers(server: Server) -> None:
    database = Database(server.postgres.url, "crash")
    database.install()
    projection.install(database, catalogue.ALL)
    with Store.open(database, RING) as store:
        with working(database):
            for number in range(150):
                person = (ADA, NOOR, SAM)[number % 3]
                if number < 3:
                    insist(store, person, Registered(name="N", source="csv"))
                offered = CompetencyOffered(competency=f"Skill {number % 20}", level=number % 5 + 1)
                insist(store, person, offered, AvailabilitySet(hours_a_month=number % 20))
                if number in {50, 100}:
                    server.kill()
                    server.start()
            head = store.head()
            assert head == 3 + 2 * 150
            eventually(lambda: {status.position for status in projection.status(database)} == {head})
        kept_up = contents(database, catalogue.ALL)
        assert [status.parked for status in projection.status(database)] == [(), (), ()]
        assert len(kept_up["competency_offers"]) == 3 * 20
        for one in catalogue.ALL:
            assert rebuild(database, store, one)
        assert contents(database, catalogue.ALL) == kept_up
