"""`chiron consumers`: how far each is behind, what it has parked, and how a retry ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import pytest

from deploy import wiring
from deploy.settings import load
from domain.store import Database
from projections import mail_log, webhook_log
from projections.projection import connect
from projections.webhook_log import Owed
from tests.deploy.conftest import Run
from tests.workers.brokers import everything, small_broker
from tests.workers.tallied import Counting, poison
from tests.workers.test_publisher import live, publish
from workers import consumer
from workers.broker import Broker
from workers.consumer import Message, Reader
from workers.mail import Mail
from workers.webhooks import Webhooks


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with small_broker(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def chiron_consumers(run: Run, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Of an organisation whose stream one consumer reads."""
    monkeypatch.setenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS", broker.servers[0])
    monkeypatch.setenv("CHIRON_KAFKA_PARTITIONS", "1")
    monkeypatch.setenv("CHIRON_KAFKA_TOPIC", uuid4().hex)
    monkeypatch.setattr(wiring, "consumers", lambda _: [Counting()])
    return partial(run, "consumers")


@pytest.fixture
def published(chiron_consumers: Run, organisation: Database) -> UUID:
    """A relationship's events stand in the topic, and nobody has read them. The relationship."""
    settings = load()
    with wiring.open_store(settings) as store:
        one = live(store, meetings=1)
        publish(organisation, store, wiring.event_stream(settings))
    return one


def rows(printed: str) -> list[list[str]]:
    """The cells of each line of the tables."""
    lines = (line for line in printed.splitlines() if line.startswith("│"))
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


@pytest.mark.usefixtures("published")
def test_it_shows_what_waits(chiron_consumers: Run) -> None:
    code, printed, _ = chiron_consumers()
    assert code == 0
    ((name, partition, read_to, newest, behind, seconds),) = rows(printed)
    assert (name, partition, read_to, newest, behind) == ("counting", "0", "0", "3", "3")
    assert float(seconds) >= 0


def test_what_is_parked_is_shown_and_dealt_with(
    chiron_consumers: Run, organisation: Database, published: UUID
) -> None:
    consumer.install(organisation, [Counting()])
    poison(organisation, published)
    stream = wiring.event_stream(load())
    reader = Reader(organisation, Counting(), stream.topic.name)
    sent = everything(stream.broker, stream.topic.name)[0]
    reader.read(0, [Message.of(record.value) for record in sent])
    reader.close()
    _, printed, _ = chiron_consumers()
    assert rows(printed)[0][:5] == ["counting", "0", "3", "3", "0"]
    name, position, reason = rows(printed)[1]
    assert (name, position) == ("counting", "1")
    assert reason.startswith("Poisonous in take")
    assert chiron_consumers("--retry", "counting")[1].startswith(
        "counting: 0 messages are dealt with, 1 stay parked."
    )
    poison(organisation)
    code, printed, _ = chiron_consumers("--retry", "counting")
    assert code == 0
    assert printed.startswith("counting: 1 messages are dealt with, 0 stay parked.")
    assert len(rows(printed)) == 1


@pytest.mark.usefixtures("published")
def test_mails_that_wait_or_have_failed_are_counted(
    chiron_consumers: Run, organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "consumers", lambda _: [Mail()])
    now, ids = datetime.now(UTC), [uuid4() for _ in range(3)]
    with connect(organisation) as connection:
        mail_log.wait(connection, [(one, 1, now) for one in ids])
        mail_log.failed(connection, ids[0], now, "550")
        mail_log.sent(connection, ids[1], now)
    _, printed, _ = chiron_consumers()
    assert rows(printed)[1:] == [["mails", "failed", "550", "1"], ["mails", "waiting", "", "1"]]


@pytest.mark.usefixtures("published")
def test_messages_that_webhooks_wait_for_are_counted(
    chiron_consumers: Run, organisation: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "consumers", lambda _: [Webhooks()])
    consumer.install(organisation, [Webhooks()])
    owed = [Owed(uuid4(), n, f"{uuid4()}.1", "org.chiron.mentorship.began.v1", uuid4()) for n in (1, 2)]
    with connect(organisation) as connection:
        webhook_log.owe(connection, owed, datetime.now(UTC))
    _, printed, _ = chiron_consumers()
    assert rows(printed)[1:] == [["messages to webhooks", "waiting", "", "2"]]


def test_an_unknown_consumer_is_told_with_those_there_are(chiron_consumers: Run) -> None:
    code, _, remark = chiron_consumers("--retry", "nobody")
    assert code == 2
    assert remark.startswith("CONSUMER_UNKNOWN: There is no consumer nobody: choose one of counting;")


def test_a_broker_that_does_not_answer(chiron_consumers: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    code, _, remark = chiron_consumers()
    assert code == 2
    assert "BROKER_UNREACHABLE: Kafka does not answer" in remark


def test_no_broker_is_named(chiron_consumers: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHIRON_KAFKA_BOOTSTRAP_SERVERS")
    code, _, remark = chiron_consumers()
    assert code == 2
    assert remark.startswith("BROKER_UNKNOWN")
