"""Contents that nobody may have any more are destroyed, and no other; whoever is killed meanwhile."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest

from api.relay import global_id
from api.tokens import Tokens
from domain.ids import MentorshipId
from domain.mentorship import Began
from domain.participant import Erased, Registered
from domain.permissions import Role
from domain.program_settings import Side
from domain.relationship import Member
from domain.resource import DocumentShared, Withdrawn
from domain.store import Database, Store
from projections import catalogue, runner
from projections.blobs import Blobs
from projections.projection import connect
from tests.api.serving import TOKEN_KEY
from tests.people import ADA, NOOR, Person
from tests.programs import PAIR
from tests.projections.given import eventually, happened
from tests.workers.at_work import RING
from workers.collector import EVERY, UNTOUCHED, Collector

MENTORSHIP = MentorshipId(UUID(int=31))


def document(blob: str, by: Person = ADA) -> DocumentShared:
    return DocumentShared(
        mentorship=MENTORSHIP, by=by.id, name="Slides.txt", media_type="text/plain", bytes=3,
        sha256="ab" * 32, blob=blob,
    )  # fmt: skip


async def _content() -> AsyncIterator[bytes]:
    yield b"abc"


@dataclass
class Attic:
    """Where blobs lie; `passed` is how long ago they were put there."""

    database: Database
    store: Store
    folder: Path
    passed: timedelta = field(default_factory=timedelta)

    @property
    def blobs(self) -> Blobs:
        return Blobs.at(str(self.folder), "here")

    def keep(self, *keys: str) -> None:
        for key in keys:
            asyncio.run(self.blobs.keep(key, _content()))

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "here").iterdir())

    def collect(self, *, shown: bool = True) -> None:
        """As a worker that has just begun to lead; `shown`: once the read models have caught up."""
        if shown:
            runner.catch_up(self.database, self.store, catalogue.ALL)
        with connect(self.database) as connection:
            collector = Collector(connection, self.store, self.blobs, now=self.now)
            while collector.advance():
                pass

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed


@pytest.fixture
def attic(organisation: Database, store: Store, tmp_path: Path) -> Attic:
    return Attic(organisation, store, tmp_path)


def test_what_is_withdrawn_is_destroyed_at_once(attic: Attic) -> None:
    attic.keep("1", "2")
    happened(attic.store, UUID(int=61), document("1"))
    happened(attic.store, UUID(int=62), document("2"))
    attic.collect()
    assert attic.kept() == ["1", "2"]
    happened(attic.store, UUID(int=61), Withdrawn())
    attic.collect()
    assert attic.kept() == ["2"]


def test_what_an_erased_person_shared_is_destroyed_at_once(attic: Attic) -> None:
    attic.keep("1", "2", "3")
    for person in (ADA, NOOR):
        happened(attic.store, person.id, Registered(name=person.name, source="csv"))
    for number, (blob, by) in enumerate({"1": ADA, "2": NOOR, "3": ADA}.items(), 61):
        happened(attic.store, UUID(int=number), document(blob, by))
    happened(attic.store, ADA.id, Erased())
    attic.collect()
    assert attic.kept() == ["2"]


def test_what_no_event_names_is_destroyed_after_a_day(attic: Attic) -> None:
    attic.keep("1", "2")
    happened(attic.store, UUID(int=61), document("1"))
    half = attic.folder / "here" / "3#1"
    half.touch()
    attic.passed = UNTOUCHED - timedelta(minutes=5)
    attic.collect()
    assert attic.kept() == ["1", "2", "3#1"]
    attic.passed = UNTOUCHED + timedelta(minutes=5)
    attic.collect()
    assert attic.kept() == ["1"]


def test_what_the_read_model_does_not_show_yet_is_left(attic: Attic) -> None:
    attic.passed = 2 * UNTOUCHED
    attic.keep("1")
    happened(attic.store, UUID(int=61), document("1"))
    attic.collect(shown=False)
    assert attic.kept() == ["1"]


def test_while_a_stream_is_parked_nothing_is_taken_for_nobodys(attic: Attic) -> None:
    attic.passed = 2 * UNTOUCHED
    attic.keep("1", "2")
    happened(attic.store, UUID(int=61), document("1"), Withdrawn())
    runner.catch_up(attic.database, attic.store, catalogue.ALL)
    with connect(attic.database) as connection:
        connection.execute(
            "INSERT INTO parked_streams (projection, stream_id, position, reason)"
            " VALUES ('resources', gen_random_uuid(), 1, 'unreadable')"
        )
    attic.collect()
    assert attic.kept() == ["2"]
    with connect(attic.database) as connection:
        connection.execute("DELETE FROM parked_streams")
    attic.collect()
    assert attic.kept() == []


def test_what_came_back_with_a_backup_is_destroyed_on_the_next_round(attic: Attic) -> None:
    attic.keep("1")
    happened(attic.store, UUID(int=61), document("1"), Withdrawn())
    attic.collect()
    attic.keep("1")
    runner.catch_up(attic.database, attic.store, catalogue.ALL)
    with connect(attic.database) as connection:
        collector = Collector(connection, attic.store, attic.blobs, now=attic.now)
        assert collector.advance()
        assert attic.kept() == []
        assert not collector.advance()
        attic.keep("1")
        assert not collector.advance()
        attic.passed += EVERY
        assert collector.advance()
    assert attic.kept() == []


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextlib.contextmanager
def served(database: Database, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.workers.at_upload", database.url, database.schema]
    with subprocess.Popen([*command, str(folder), str(port)]) as process:
        try:
            yield process
        finally:
            process.kill()


def answers(http: httpx.Client) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return http.get("/health/ready").status_code == 200
    return False


def begun() -> Began:
    members = (
        Member(participant=ADA.id, role=Side.MENTOR),
        Member(participant=NOOR.id, role=Side.MENTEE),
    )
    return Began(type=PAIR, members=members, planned_end=date(2030, 1, 1))


def test_a_process_killed_between_content_and_event_leaves_what_is_collected(
    organisation: Database, tmp_path: Path
) -> None:
    port, folder = free_port(), tmp_path / organisation.schema
    token = Tokens(TOKEN_KEY).issue(str(ADA.id), [Role.PARTICIPANT], participant=ADA.id)
    query = {"mentorship": global_id("Mentorship", MENTORSHIP), "name": "Slides.txt"}
    headers = {"authorization": f"Bearer {token}", "content-type": "text/plain"}
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    with Store.open(organisation, RING) as store, http, served(organisation, tmp_path, port) as process:
        happened(store, ADA.id, Registered(name="Ada", source="csv"))
        happened(store, MENTORSHIP, begun())
        head = store.head()
        eventually(lambda: answers(http))

        def send() -> None:
            with contextlib.suppress(httpx.TransportError):
                http.post("/documents", params=query, content=b"abc", headers=headers)

        owner = f"-c search_path={organisation.schema}"
        with psycopg.connect(organisation.url, options=owner) as holding:
            # Nothing can be appended, so that the process waits between the two.
            holding.execute("LOCK TABLE events IN SHARE MODE")
            sending = threading.Thread(target=send)
            sending.start()
            eventually(lambda: [path.stat().st_size for path in folder.iterdir()] == [3])
            process.send_signal(signal.SIGKILL)
            sending.join()
        assert store.head() == head
        attic = Attic(organisation, store, tmp_path, 2 * UNTOUCHED)
        runner.catch_up(organisation, store, catalogue.ALL)
        with connect(organisation) as connection:
            blobs = Blobs.at(str(tmp_path), organisation.schema)
            collector = Collector(connection, store, blobs, now=attic.now)
            while collector.advance():
                pass
        assert list(folder.iterdir()) == []
