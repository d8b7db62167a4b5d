"""A broker for the tests of a module, and a topic in it for each test."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.workers.brokers import SOURCE, small_broker
from workers.broker import Broker, Topic
from workers.publisher import EventStream


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with small_broker(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def stream(broker: Broker) -> EventStream:
    return EventStream(broker, Topic(f"t{uuid4().hex}.events", partitions=3), SOURCE)
