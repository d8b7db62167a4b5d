"""The consumers that docs/event-stream.md shows: each is run as it stands, with our broker and topic."""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest

from domain.meeting import MEETING, Held
from domain.store import Database, Store
from tests import organisations
from tests.domain.samples import revived
from tests.npm import ROOT
from tests.projections.given import eventually
from tests.workers.apache import one_broker
from tests.workers.at_work import RING
from tests.workers.brokers import SOURCE
from tests.workers.test_publisher import live, publish, tell
from workers.broker import Broker, Topic
from workers.publisher import EventStream, partition_of

PAGE = ROOT / "docs" / "event-stream.md"
PARTITIONS = 3
Line = tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """What stands in the topic, as whoever reads it could print it."""

    broker: Broker
    apache: bool
    topic: str
    messages: Sequence[dict[str, str]]
    held: UUID
    minutes: int

    def block(self, language: str, holds: str) -> str:
        """The one of the page, with the names of this test instead of its own."""
        blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
        (found,) = [block for block in blocks if holds in block]
        return found.replace("127.0.0.1:9092", self.broker.servers[0]).replace("velmora.events", self.topic)


@pytest.fixture(scope="module")
def sent(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """A few relationships; one meeting was held."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(organisations.organisation(postgres_url, "documented"))
        store = stack.enter_context(Store.open(database, RING))
        broker, apache = stack.enter_context(one_broker(tmp_path_factory.mktemp("broker")))
        yield _sent(database, store, broker, apache)


def _sent(database: Database, store: Store, broker: Broker, apache: bool) -> Sent:
    for _ in range(3):
        live(store)
    meeting, held = uuid4(), revived("meeting.held", 1)
    assert isinstance(held, Held)
    tell(store, MEETING.stream(meeting), held)
    topic = Topic(f"t{uuid4().hex}.events", PARTITIONS)
    stream = EventStream(broker, topic, SOURCE)
    publish(database, store, stream)
    log = [
        {"name": one.name, "subject": str(one.stream_id), "sequence": f"{one.position:020}"}
        for one in store.log()
    ]
    return Sent(broker, apache, topic.name, log, meeting, held.duration_minutes)


def printed(program: str, folder: Path, wanted: Sequence[Line]) -> list[Line]:
    """The lines it has printed by the time that all wanted ones are there; it would go on for ever."""
    said = folder / "said"
    (folder / "consumer.py").write_text(program)
    with said.open("w") as out:
        running = subprocess.Popen([sys.executable, "consumer.py"], cwd=folder, stdout=out)

    def lines() -> list[Line]:
        return [tuple(line.split()) for line in said.read_text().splitlines()]

    try:
        eventually(lambda: running.poll() is not None or set(wanted) <= set(lines()))
    finally:
        running.kill()
        running.wait()
    return lines()


def test_faststream(sent: Sent, tmp_path: Path) -> None:
    """Its own log stands between the lines."""
    told = (str(sent.held), str(sent.minutes))
    assert printed(sent.block("python", "KafkaBroker("), tmp_path, [told]).count(told) == 1


def test_kafka_python(sent: Sent, tmp_path: Path) -> None:
    wanted = [(one["sequence"], f"org.chiron.{one['name']}.v1", one["subject"]) for one in sent.messages]
    assert sorted(printed(sent.block("python", "KafkaConsumer("), tmp_path, wanted)) == wanted


@pytest.mark.skipif(
    shutil.which("kcat") is None, reason="NOT TRIED: kcat is not installed (apt install kcat)"
)
def test_kcat(sent: Sent) -> None:
    if not sent.apache:
        pytest.skip("NOT TRIED: the broker that `chiron up` runs does not answer kcat, and there is no other")
    command = sent.block("sh", "kcat -C")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)  # noqa: S607 as whoever pastes it would
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    events = [orjson.loads(value) for _, _, value in lines]
    assert sorted(event["sequence"] for event in events) == [one["sequence"] for one in sent.messages]
    for (partition, key, _), event in zip(lines, events, strict=True):
        assert key == event["partitionkey"]
        assert int(partition) == partition_of(UUID(key), PARTITIONS)
