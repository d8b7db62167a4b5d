"""PostgreSQL killed under the workers: rows and positions go back together, and come again."""

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.command import Command
from domain.enrollment import Withdrawn
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.participant import PARTICIPANT, AvailabilitySet, CompetencyOffered, Left, Registered
from domain.profile import LeavingReason
from domain.store import Database, Store, StoreUnavailable
from projections import catalogue, projection
from projections.blobs import Blobs
from projections.rebuild import rebuild
from tests.domain.store.test_faults import Server
from tests.people import LEADERSHIP, ONBOARDING
from tests.projections.given import ADA, NOOR, SAM, contents, eventually, happened
from tests.workers.at_work import RING
from tests.workers.brokers import small_broker
from tests.workers.enrolled import became, joined
from tests.workers.test_projector import leaders
from tests.workers.test_publisher import held, publishing
from workers import app
from workers.broker import Topic
from workers.membership import NAME
from workers.publisher import EventStream


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
    """Once they have begun: that is what a supervisor sees to."""
    stop = threading.Event()
    workers = threading.Thread(target=app.run, args=(database, RING, Blobs.in_memory(), stop))
    workers.start()
    try:
        eventually(lambda: leaders(database, NAME))
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
        assert {status.parked for status in projection.status(database)} == {()}
        assert len(kept_up["competency_offers"]) == 3 * 20
        for one in catalogue.ALL:
            assert rebuild(database, store, one)
        assert contents(database, catalogue.ALL) == kept_up


def test_postgresql_killed_under_the_rules(server: Server) -> None:
    """Each leaver's membership ends, and ends once, whatever was lost with the server."""
    database = Database(server.postgres.url, "rules")
    database.install()
    projection.install(database, catalogue.ALL)
    people = (ADA, NOOR, SAM)
    with Store.open(database, RING) as store:
        for person in people:
            happened(store, person, Registered(name="N", source="csv"))
            for program in (ONBOARDING, LEADERSHIP):
                joined(store, ParticipantId(person), program)
        before = store.head()
        with working(database):
            for person in people:
                insist(store, person, Left(reason=LeavingReason.LEFT_ORGANISATION))
                server.kill()
                server.start()
            eventually(lambda: {status.position for status in projection.status(database)} == {before + 9})
        for person in people:
            ended = [became(store, ParticipantId(person), program) for program in (ONBOARDING, LEADERSHIP)]
            assert ended == [[Withdrawn()], [Withdrawn()]]


def test_postgresql_killed_under_the_publisher(server: Server, tmp_path: Path) -> None:
    database = Database(server.postgres.url, "crash")
    database.install()
    projection.install(database, ())
    with small_broker(tmp_path) as broker, Store.open(database, RING) as store:
        stream = EventStream(broker, Topic("crash.events", partitions=2), "/organisations/crash")
        with publishing(database, store, stream):
            for number in range(150):
                insist(store, uuid4(), Registered(name="N", source="csv"))
                if number in {50, 100}:
                    server.kill()
                    server.start()
            wanted = list(range(1, 151))
            eventually(lambda: sorted(set(held(stream))) == wanted)
        assert held(stream) == wanted, "what was sent before the fall is not sent again"
