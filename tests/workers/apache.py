"""Apache Kafka in KRaft mode: brokers that are controllers, too, which tests may kill and start again."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from tests.deploy.conftest import free_port
from tests.npm import ROOT
from tests.projections.given import eventually
from tests.workers.brokers import small_broker
from workers.broker import Broker

POM: Final = Path(__file__).parent / "kafka" / "pom.xml"
JARS: Final = ROOT / "build" / "kafka"
CLUSTER: Final = "q1Sh-9_ISia_zwGINzRvyQ"
JAVA: Final = (
    "java", "-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)  # fmt: skip
PROPERTIES: Final = """
process.roles=broker,controller
node.id={number}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}
default.replication.factor={copies}
min.insync.replicas={in_sync}
offsets.topic.replication.factor={copies}
offsets.topic.num.partitions=3
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
auto.create.topics.enable=false
"""


class KafkaMissing(Exception):
    """It cannot be had on this machine; the text says what it lacks."""


def class_path() -> str:
    """That of TEST_KAFKA_HOME, else of what Maven fetches.

    Raises KafkaMissing.
    """
    home = os.environ.get("TEST_KAFKA_HOME")
    if home:
        return f"{home}/libs/*"
    if shutil.which("java") is None or shutil.which("mvn") is None:
        raise KafkaMissing(
            "Java 17 and Maven, or TEST_KAFKA_HOME with a Kafka, are needed to try Apache Kafka"
        )
    asked, fetched = POM.read_text(), JARS / "pom.xml"
    if not fetched.exists() or fetched.read_text() != asked:
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={JARS}"]
        command = ["mvn", "-q", "-B", "-f", str(POM), *goal]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            raise KafkaMissing(f"Maven could not fetch Apache Kafka: {done.stdout[-300:]}")
        fetched.write_text(asked)
    return f"{JARS}/*"


class Node:
    """One broker, with its data."""

    def __init__(self, number: int, ports: Sequence[tuple[int, int]], folder: Path, path: str) -> None:
        self.number, self.port, self._path = number, ports[number][0], path
        self._properties, self._log = folder / f"{number}.properties", folder / f"{number}.log"
        voters = ",".join(f"{n}@127.0.0.1:{controller}" for n, (_, controller) in enumerate(ports))
        self._properties.write_text(
            PROPERTIES.format(
                number=number, voters=voters, port=self.port, controller=ports[number][1],
                folder=folder / f"data-{number}", copies=len(ports), in_sync=len(ports) // 2 + 1,
            )
        )  # fmt: skip
        tool = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._properties)]
        subprocess.run([*JAVA, "-cp", path, *tool], check=True, capture_output=True, timeout=120)

    def start(self) -> None:
        with self._log.open("a") as log:
            command = [*JAVA, "-cp", self._path, "kafka.Kafka", str(self._properties)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Cluster:
    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.broker = Broker(tuple(f"127.0.0.1:{node.port}" for node in nodes))

    def wait(self) -> None:
        """Until all are there."""
        eventually(lambda: self._known() == len(self.nodes))

    def _known(self) -> int:
        try:
            admin = KafkaAdminClient(bootstrap_servers=list(self.broker.servers), bootstrap_timeout_ms=2000)
        except KafkaError:
            return 0
        try:
            return len(admin.describe_cluster()["brokers"])
        except KafkaError:
            return 0
        finally:
            admin.close()


@contextmanager
def apache_kafka(folder: Path, brokers: int = 3) -> Iterator[Cluster]:
    """Raises KafkaMissing."""
    path = class_path()
    ports = [(free_port(), free_port()) for _ in range(brokers)]
    nodes = [Node(number, ports, folder, path) for number in range(brokers)]
    with ExitStack() as stack:
        for node in nodes:
            node.start()
            stack.callback(node.kill)
        cluster = Cluster(nodes)
        cluster.wait()
        yield cluster


def unless_required(missing: KafkaMissing) -> None:
    if os.environ.get("TEST_KAFKA") == "required":
        pytest.fail(str(missing))


@contextmanager
def three_brokers(folder: Path) -> Iterator[Cluster]:
    """For tests: skips where it cannot be had, and says so; with TEST_KAFKA=required that is a failure."""
    try:
        with apache_kafka(folder) as cluster:
            yield cluster
    except KafkaMissing as missing:
        unless_required(missing)
        pytest.skip(f"NOT TRIED: {missing}")


@contextmanager
def one_broker(folder: Path) -> Iterator[tuple[Broker, bool]]:
    """Apache Kafka where it can be had, else the one that `chiron up` runs; and whether it is Apache's."""
    with ExitStack() as stack:
        try:
            yield stack.enter_context(apache_kafka(folder, brokers=1)).broker, True
        except KafkaMissing as missing:
            unless_required(missing)
            yield stack.enter_context(small_broker(folder)), False
