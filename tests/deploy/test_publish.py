"""`chiron publish`: what it sends, and how it says that it cannot."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from deploy import wiring
from deploy.settings import Settings, SettingsInvalid, load
from domain.command import Command
from domain.participant import PARTICIPANT, register
from tests.deploy.conftest import Run
from tests.workers.brokers import everything, small_broker
from workers.broker import Broker
from workers.publisher import position_in

PEOPLE = 7


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with small_broker(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def chiron_publish(run: Run) -> Run:
    """Over a log of PEOPLE events."""
    with wiring.open_store(load()) as store:
        for number in range(PEOPLE):
            person = PARTICIPANT.stream(uuid4())
            store.act(Command(uuid4(), "import"), person, register, name=f"Person {number}", source="csv")
    return partial(run, "publish")


def test_it_sends_what_is_asked_for(
    chiron_publish: Run, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS", broker.servers[0])
    topic = uuid4().hex
    code, said, _ = chiron_publish("--from", "2", "--to", "5", "--to-topic", topic)
    assert (code, said) == (0, f"3 messages were sent to {topic}: positions 3 to 5.\n")
    code, said, _ = chiron_publish("--from", "5", "--to-topic", topic)
    assert (code, said) == (0, f"2 messages were sent to {topic}: positions 6 to 7.\n")
    found = everything(broker, topic)
    assert len(found) == Settings().kafka_partitions
    assert sorted(position_in(one.value) for records in found.values() for one in records) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("positions", [("--from", "7"), ("--from", "100"), ("--from", "5", "--to", "2")])
def test_nothing_to_send_is_no_fault(
    chiron_publish: Run, broker: Broker, monkeypatch: pytest.MonkeyPatch, positions: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS", broker.servers[0])
    code, said, _ = chiron_publish(*positions, "--to-topic", uuid4().hex)
    assert code == 0
    assert said.startswith("0 messages were sent")


def test_no_broker_is_named(chiron_publish: Run) -> None:
    code, _, remark = chiron_publish("--to-topic", "anything")
    assert code == 2
    assert remark.startswith("BROKER_UNKNOWN: No broker is named: set CHIRON_KAFKA_BOOTSTRAP_SERVERS")


def test_a_broker_that_does_not_answer(chiron_publish: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    code, _, remark = chiron_publish("--to-topic", "anything")
    assert code == 2
    assert "BROKER_UNREACHABLE: Kafka does not answer" in remark


@pytest.mark.parametrize("wrong", [(), ("--to-topic", "t", "--from", "-1"), ("--to-topic", "t", "--to", "x")])
def test_bad_arguments_are_told(chiron_publish: Run, wrong: tuple[str, ...]) -> None:
    code, _, remark = chiron_publish(*wrong)
    assert code == 2
    assert remark.startswith("USAGE: ")


def test_a_password_is_needed_where_brokers_ask_for_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIRON_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("CHIRON_KAFKA_USERNAME", "chiron")
    with pytest.raises(SettingsInvalid) as raised:
        load()
    assert raised.value.faults == [
        ("SETTINGS_DISAGREE", "CHIRON_KAFKA_SECURITY_PROTOCOL with SASL needs CHIRON_KAFKA_PASSWORD.")
    ]


def test_how_brokers_are_reached_comes_from_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "BOOTSTRAP_SERVERS": "one:9092,two:9092",
        "SECURITY_PROTOCOL": "SASL_SSL",
        "USERNAME": "chiron",
        "PASSWORD": "secret",
        "CA_FILE": "/ca.pem",
        "RETENTION_DAYS": "30",
        "REPLICATION": "3",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CHIRON_KAFKA_{name}", value)
    stream = wiring.event_stream(load())
    assert stream.broker == Broker(
        ("one:9092", "two:9092"),
        {
            "security_protocol": "SASL_SSL",
            "ssl_cafile": "/ca.pem",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": "chiron",
            "sasl_plain_password": "secret",
        },
    )
    assert (stream.topic.name, stream.topic.replication) == ("chiron.events", 3)
    assert stream.topic.configuration == {"cleanup.policy": "delete", "retention.ms": str(30 * 86_400_000)}
    assert wiring.event_stream(load(), "another").topic.configuration["retention.ms"] == str(30 * 86_400_000)
