"""Whoever is killed while events leave: in the end the topic holds the log, in order, and nothing is lost.

What was sent before a kill, and not known of, may stand there twice; a reader drops it by its sequence, so
that what becomes of events elsewhere is the log's, too, whichever consumer is killed.
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest

from domain.command import Command
from domain.event import DomainEvent
from domain.ids import ParticipantId
from domain.meeting import MEETING, Answer, Answered
from domain.store import Database, Store
from tests.domain.samples import revived
from tests.projections.given import eventually
from tests.workers import at_publishing, at_reading
from tests.workers.apache import Cluster, three_brokers
from tests.workers.at_work import RING
from tests.workers.brokers import everything
from tests.workers.tallied import Counting, counted
from workers import consumer
from workers.publisher import PAGE, position_in

pytestmark = pytest.mark.long
A_SECOND = 500


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with three_brokers(tmp_path_factory.mktemp("kafka")) as started:
        yield started


class Publishing:
    """Two processes of which one publishes, while meetings are proposed and answered at their own pace."""

    def __init__(self, database: Database, store: Store, cluster: Cluster) -> None:
        self.database, self.store, self.cluster = database, store, cluster
        self.workers = [self.start(), self.start()]
        self._proposed = revived("meeting.proposed", 1)
        self._answered = Answered(by=ParticipantId(uuid4()), answer=Answer.ACCEPTED)

    def start(self, program: str = at_publishing.__name__) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", program, self.database.url, self.database.schema]
        return subprocess.Popen([*command, *self.cluster.broker.servers])

    @contextlib.contextmanager
    def told_of(self) -> Iterator[None]:
        """While the block runs, and until some seconds' worth of events have left after it."""
        stop = threading.Event()
        telling = threading.Thread(target=self._tell, args=(stop,))
        telling.start()
        try:
            yield
            self.sends(A_SECOND)
        finally:
            stop.set()
            telling.join()
        self._reaches(self.store.head())

    def _tell(self, stop: threading.Event) -> None:
        while not stop.wait(2 / A_SECOND):
            meeting = MEETING.stream(uuid4())
            self._record(meeting.id, self._proposed)
            self._record(meeting.id, self._answered)

    def _record(self, meeting: UUID, event: DomainEvent) -> None:
        self.store.act(Command(uuid4(), "tester"), MEETING.stream(meeting), lambda _: [event])

    def sends(self, more: int) -> None:
        """Some more events leave."""
        self._reaches(self.reached() + more)

    def reached(self) -> int:
        with self.database.connect() as connection:
            row = connection.execute("SELECT position FROM projections WHERE name = 'streaming'").fetchone()
        return int(row[0]) if row else 0

    def _reaches(self, position: int) -> None:
        eventually(lambda: self.reached() >= position)

    def held(self) -> dict[int, list[int]]:
        """The positions in each partition, as they stand there."""
        found = everything(self.cluster.broker, f"{self.database.schema}.events")
        return {number: [position_in(one.value) for one in records] for number, records in found.items()}


@pytest.fixture
def publishing(organisation: Database, cluster: Cluster) -> Iterator[Publishing]:
    with Store.open(organisation, RING) as store:
        one = Publishing(organisation, store, cluster)
        try:
            yield one
        finally:
            for worker in one.workers:
                worker.kill()
                worker.wait()


def kill_publishers(publishing: Publishing) -> None:
    """One after the other, each after it was seen to publish; two more take their places."""
    for worker in list(publishing.workers):
        worker.kill()
        worker.wait()
        publishing.workers.append(publishing.start())
        publishing.sends(A_SECOND)


def kill_a_broker(publishing: Publishing) -> None:
    node = publishing.cluster.nodes[1]
    node.kill()
    publishing.sends(A_SECOND)
    node.start()
    publishing.cluster.wait()


def kill_all_brokers(publishing: Publishing) -> None:
    for node in publishing.cluster.nodes:
        node.kill()
    for node in publishing.cluster.nodes:
        node.start()
    publishing.cluster.wait()


def read(held: list[int]) -> tuple[list[int], int]:
    """What a reader makes of a partition, and how many repeats it has dropped."""
    last, seen = 0, []
    for position in held:
        if position > last:
            seen.append(position)
            last = position
    return seen, len(held) - len(seen)


@pytest.mark.parametrize("wound", [kill_publishers, kill_a_broker, kill_all_brokers])
def test_nothing_is_lost_and_order_is_kept(
    publishing: Publishing, wound: Callable[[Publishing], None]
) -> None:
    with publishing.told_of():
        publishing.sends(A_SECOND)
        wound(publishing)
    partitions = [read(held) for held in publishing.held().values()]
    assert len(partitions) == at_publishing.PARTITIONS
    assert sorted(position for seen, _ in partitions for position in seen) == list(
        range(1, publishing.store.head() + 1)
    )
    assert sum(repeats for _, repeats in partitions) <= PAGE * len(publishing.workers)


def test_every_effect_is_the_log_s_whichever_consumer_is_killed(
    organisation: Database, publishing: Publishing
) -> None:
    consumer.install(organisation, [Counting()])
    reading = [publishing.start(at_reading.__name__) for _ in range(2)]
    publishing.workers += reading
    with publishing.told_of():
        for killed in reading:
            seen = len(counted(organisation))
            eventually(lambda: len(counted(organisation)) >= seen + A_SECOND // 5)  # noqa: B023 it is called at once
            killed.kill()
            publishing.workers.append(publishing.start(at_reading.__name__))
    eventually(lambda: counted(organisation) == list(range(1, publishing.store.head() + 1)))
