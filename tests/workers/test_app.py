"""All workers in one program: killed again and again, they leave the read models a rebuild would make."""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

from domain.participant import AvailabilitySet, CompetencyOffered, CompetencySought, Registered
from domain.store import Database, Store
from projections import catalogue, projection
from projections.rebuild import rebuild
from tests.projections.given import ADA, NOOR, SAM, contents, eventually, happened
from tests.workers.at_work import RING


@contextlib.contextmanager
def start(database: Database) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.workers.at_work", database.url, database.schema]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as workers:
        try:
            yield workers
        finally:
            workers.kill()


def positions(database: Database) -> set[int]:
    return {status.position for status in projection.status(database)}


def at_work_until_killed(database: Database) -> None:
    before = min(positions(database))
    with start(database) as workers:
        eventually(lambda: min(positions(database)) > before)
    assert workers.returncode == -signal.SIGKILL


def test_killed_workers_leave_the_read_models_a_rebuild_would_make(organisation: Database) -> None:
    with Store.open(organisation, RING) as store:
        done = threading.Event()

        def busy() -> None:
            for person in (ADA, NOOR, SAM):
                happened(store, person, Registered(name="N", source="csv"))
            number = 0
            while not done.is_set():
                number += 1
                person = (ADA, NOOR, SAM)[number % 3]
                offered = CompetencyOffered(competency=f"Skill {number % 40}", level=number % 5 + 1)
                sought = CompetencySought(competency=f"Skill {number % 7}", level=1, priority=number % 5 + 1)
                happened(store, person, offered, sought, AvailabilitySet(hours_a_month=number % 20))

        thread = threading.Thread(target=busy, daemon=True)
        thread.start()
        for _ in range(3):
            at_work_until_killed(organisation)
        done.set()
        thread.join()
        with start(organisation) as workers:
            eventually(lambda: positions(organisation) == {store.head()})
            workers.send_signal(signal.SIGTERM)
            said, _ = workers.communicate()
        assert (workers.returncode, said.endswith("stopped\n")) == (0, True)
        kept_up = contents(organisation, catalogue.ALL)
        assert len(kept_up["competency_offers"]) > 3
        for one in catalogue.ALL:
            assert rebuild(organisation, store, one)
        assert contents(organisation, catalogue.ALL) == kept_up


def test_the_workers_of_two_programs_share_the_work(organisation: Database) -> None:
    with Store.open(organisation, RING) as store, start(organisation) as first, start(organisation) as second:
        for person in (ADA, NOOR, SAM):
            happened(store, person, Registered(name="N", source="csv"))
        eventually(lambda: positions(organisation) == {store.head()})
        first.kill()
        happened(store, ADA, AvailabilitySet(hours_a_month=3))
        eventually(lambda: positions(organisation) == {store.head()})
        second.terminate()
    assert {row["version"] for row in contents(organisation, catalogue.ALL)["profiles"]} == {1, 2}
