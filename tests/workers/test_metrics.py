"""What is told to Prometheus: each figure from the log and the topic, and what cannot be reached as such."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from domain.store import Database, Store
from projections import mail_log
from projections.projection import connect
from tests.deploy.conftest import free_port
from tests.workers.brokers import SOURCE, everything
from tests.workers.tallied import Counting, poison
from tests.workers.test_publisher import live, publish
from workers import consumer, publisher
from workers.broker import Broker, Topic
from workers.consumer import Message, Reader
from workers.mail import Mail
from workers.metrics import Lag, served
from workers.publisher import EventStream
from workers.standing import last_positions

NOWHERE = Broker(("127.0.0.1:9",))


@pytest.fixture
def stream(broker: Broker) -> EventStream:
    return EventStream(broker, Topic(f"t{uuid4().hex}.events", partitions=1), SOURCE)


def figure(lag: Lag, name: str, /, **labels: str) -> float | None:
    registry = CollectorRegistry()
    registry.register(lag)
    return registry.get_sample_value(name, labels)


def test_lag_is_told_of_whoever_follows_the_log(
    organisation: Database, store: Store, stream: EventStream
) -> None:
    live(store)
    publish(organisation, store, stream)
    told = store.head()
    live(store)
    lag = Lag(organisation, None, [])
    assert figure(lag, "chiron_log_head") == store.head()
    assert figure(lag, "chiron_position", name=publisher.NAME) == told
    assert figure(lag, "chiron_events_behind", name=publisher.NAME) == store.head() - told
    assert (figure(lag, "chiron_seconds_behind", name=publisher.NAME) or 0) > 0
    assert figure(lag, "chiron_parked_streams", name="profiles") == 0
    assert figure(lag, "chiron_broker_reached") is None


def test_lag_is_told_of_consumers(organisation: Database, store: Store, stream: EventStream) -> None:
    strange = live(store)
    publish(organisation, store, stream)
    consumer.install(organisation, [Counting()])
    lag = Lag(organisation, stream, [Counting.name])
    labels = {"consumer": Counting.name, "partition": "0"}
    assert figure(lag, "chiron_broker_reached") == 1
    assert figure(lag, "chiron_consumer_events_behind", **labels) == last_positions(stream)[0] == store.head()
    assert (figure(lag, "chiron_consumer_seconds_behind", **labels) or 0) > 0
    poison(organisation, strange)
    reader = Reader(organisation, Counting(), stream.topic.name)
    sent = everything(stream.broker, stream.topic.name)[0]
    reader.read(0, [Message.of(record.value) for record in sent])
    reader.close()
    assert figure(lag, "chiron_consumer_position", **labels) == store.head()
    assert figure(lag, "chiron_consumer_events_behind", **labels) == 0
    assert figure(lag, "chiron_consumer_seconds_behind", **labels) == 0
    assert figure(lag, "chiron_consumer_parked", consumer=Counting.name) == 1


def test_mails_that_wait_or_have_failed_are_counted(
    organisation: Database, store: Store, stream: EventStream
) -> None:
    live(store)
    publish(organisation, store, stream)
    consumer.install(organisation, [Mail()])
    now, ids = datetime.now(UTC), [uuid4() for _ in range(2)]
    with connect(organisation) as connection:
        mail_log.wait(connection, [(one, 1, now) for one in ids])
        mail_log.failed(connection, ids[0], now, "550")
    lag = Lag(organisation, stream, [Mail.name])
    assert figure(lag, "chiron_mails", state="failed", code="550") == 1
    assert figure(lag, "chiron_mails", state="waiting", code="") == 1


def test_what_does_not_answer_is_told_as_such(organisation: Database, stream: EventStream) -> None:
    away = EventStream(NOWHERE, stream.topic, SOURCE)
    consumer.install(organisation, [Counting()])
    lag = Lag(organisation, away, [Counting.name])
    assert figure(lag, "chiron_broker_reached") == 0
    assert figure(lag, "chiron_database_reached") == 1
    gone = Lag(Database("postgresql://nobody@127.0.0.1:1/none"), None, [])
    assert figure(gone, "chiron_database_reached") == 0
    assert figure(gone, "chiron_log_head") is None


def test_it_is_served_as_openmetrics(organisation: Database) -> None:
    port = free_port()
    with served(Lag(organisation, None, []), "127.0.0.1", port):
        answer = httpx.get(
            f"http://127.0.0.1:{port}/metrics", headers={"Accept": "application/openmetrics-text"}
        )
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    families = {family.name for family in text_string_to_metric_families(answer.text)}  # type: ignore[no-untyped-call]  # its parser has no types
    assert {"chiron_log_head", "chiron_position", "chiron_database_reached"} <= families
