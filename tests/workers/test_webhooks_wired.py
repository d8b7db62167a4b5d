"""Webhooks as they are wired: from a decision over the log and the broker to somebody's server."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from deploy.settings import Settings
from domain import webhook
from domain.command import Command
from domain.ids import WebhookId
from domain.participant import PARTICIPANT, Returned
from domain.store import KeyRing, Store
from domain.webhook import WEBHOOK
from projections.webhook_secrets import secret
from tests.organisations import organisation
from tests.projections.given import eventually
from tests.workers.receiver import Receiver, receiver
from tests.workers.test_publisher import tell
from tests.workers.wired import working
from workers.publisher import EventStream

TYPE = "org.chiron.participant.returned.v1"


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


def test_what_happens_reaches_a_server_elsewhere(
    postgres_url: str, server: Receiver, stream: EventStream
) -> None:
    keys, asked = KeyRing.random(), Settings.model_validate({"webhooks_allow_private": True})
    with (
        organisation(postgres_url, "hooks") as database,
        working(database, keys, stream, asked),
        Store.open(database, keys) as store,
    ):
        hook = WebhookId(uuid4())
        server.secret = secret(store, hook, 1)
        wish: dict[str, Any] = {"url": server.url, "types": (TYPE,), "plain_http": True}
        store.act(Command(uuid4(), "tester"), WEBHOOK.stream(hook), webhook.register, known={TYPE}, **wish)
        for _ in range(3):
            tell(store, PARTICIPANT.stream(uuid4()), Returned())
        eventually(lambda: len(server.came) == 3)
        assert sorted(server.positions) == [2, 3, 4]
