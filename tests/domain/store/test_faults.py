"""Whatever dies in between: the log is whole, and a repeated command gets its first receipt."""

import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid5

import psycopg
import pytest

from deploy.embedded import Postgres
from domain.command import Command
from domain.store import Database, KeyRing, Store, StoreUnavailable
from tests.domain.store.cutting import CuttingProxy
from tests.domain.store.hammer import SEED, hammer, start
from tests.domain.store.lives import ADA, command, stream, work
from tests.domain.store.test_concurrency import whole


class Server:
    """A PostgreSQL of our own that can be killed; durable, unlike the one that all other tests share."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder)
        self.postgres.prepare()
        self.start()

    def start(self) -> None:
        """Again while it gives up at once: what a killed server has left may need a moment to end."""
        self._launch()
        while not self.postgres.answers():
            if self.process.poll() is not None:
                self._launch()

    def _launch(self) -> None:
        program = self.postgres.program()
        groups: list[str] | None = [] if program.user else None
        self.process = subprocess.Popen(
            program.command, user=program.user, group=program.user, extra_groups=groups, cwd="/",
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="chiron-fault-") as folder:
        running = Server(Path(folder))
        yield running
        running.stop()


def test_a_connection_cut_at_commit(organisation: Database) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cut-") as folder,
        CuttingProxy(organisation.url, Path(folder)) as proxy,
        Store.open(Database(proxy.url, organisation.schema), KeyRing.random()) as store,
    ):
        store.act(command(), stream(ADA), work, hours=1)
        for n in range(5):
            proxy.cut_next_answer()
            receipt = store.act(command(), stream(ADA), work, hours=n)
            assert (receipt.position, receipt.version) == (n + 2, n + 2)
        assert proxy.cuts == 5
        assert store.head() == 6
        whole(store)


def test_many_callers_when_a_connection_is_cut_at_commit(organisation: Database) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cut-") as folder,
        CuttingProxy(organisation.url, Path(folder)) as proxy,
        Store.open(Database(proxy.url, organisation.schema), KeyRing.random()) as store,
    ):
        done = threading.Event()

        def cut() -> None:
            while not done.wait(0.1):
                proxy.cut_next_answer()

        cutter = threading.Thread(target=cut, daemon=True)
        cutter.start()
        told = hammer(store, seed=1, threads=16, commands=150)
        done.set()
        cutter.join()
        assert proxy.cuts > 0
        assert {str(c): max(positions) for c, positions in whole(store).items()} == told


def test_a_writer_killed_in_mid_batch(organisation: Database, store: Store) -> None:
    """Killed three times, at whatever it was doing, and begun again with the same wishes."""
    for least in (50, 200, 400):
        with start(organisation, seed=7, threads=8, commands=120) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            while store.head() < least:
                assert process.poll() is None
            process.kill()
        whole(store)
    told = hammer(store, seed=7, threads=8, commands=120)
    commands = whole(store)
    assert len(commands) == 8 * 120
    assert {str(command): max(positions) for command, positions in commands.items()} == told


def test_postgresql_killed_in_mid_batch(server: Server) -> None:
    """What was acknowledged is there after the crash; what was not is recorded once when it is repeated."""
    database = Database(server.postgres.url, "crash")
    database.install()
    told: dict[str, int] = {}
    with Store.open(database, KeyRing.random()) as store:

        def insist(thread: int) -> None:
            for n in range(60):
                wish = Command(uuid5(SEED, f"{thread}/{n}"), "insistent")
                while str(wish.id) not in told:
                    try:
                        receipt = store.act(wish, stream(uuid5(SEED, f"s{n % 5}")), work, hours=n)
                        told[str(wish.id)] = receipt.position
                    except StoreUnavailable:
                        continue

        callers = [threading.Thread(target=insist, args=(n,), daemon=True) for n in range(8)]
        for caller in callers:
            caller.start()
        for least in (60, 200):
            while len(told) < least:
                callers[0].join(timeout=0.01)
            server.kill()
            server.start()
        for caller in callers:
            caller.join()
        commands = whole(store)
    assert {str(command): positions for command, positions in commands.items()} == {
        command: [position] for command, position in told.items()
    }
    assert len(commands) == 8 * 60


def test_a_follower_whose_connections_are_cut(organisation: Database, store: Store) -> None:
    stop = threading.Event()
    followed: list[int] = []

    def read() -> None:
        for page in store.follow(0, stop, limit=7):
            followed.extend(recorded.position for recorded in page)
            if followed[-1] == 120:
                stop.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    with psycopg.connect(organisation.url, autocommit=True) as axe:
        for n in range(120):
            store.act(command(), stream(ADA), work, hours=n)
            if n % 20 == 10:
                axe.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = %(name)s AND query LIKE %(ours)s",
                    {"name": organisation.name, "ours": "%recorded_events%"},
                )
    reader.join(timeout=60)
    assert followed == list(range(1, 121))
