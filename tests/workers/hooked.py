"""An organisation with webhooks: what they are owed, and a sender whose clock is moved by hand."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from domain.event import DomainEvent
from domain.ids import WebhookId
from domain.store import Database, KeyRing, Store
from domain.webhook import Registered
from projections import catalogue, projection, runner
from projections.projection import connect
from projections.webhook_secrets import secret
from tests.organisations import organisation
from tests.projections.given import happened, rows
from tests.workers.brokers import SOURCE
from tests.workers.lain import messages
from workers import consumer
from workers.consumer import Reader
from workers.webhook_sender import WebhookSender
from workers.webhooks import Webhooks

TOPIC: Final = "velmora.events"


@dataclass
class Hooks:
    database: Database
    store: Store
    key: bytes
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def clock(self) -> datetime:
        return self.now

    def later(self, **by: float) -> "Hooks":
        self.now += timedelta(**by)
        return self

    def hook(self, url: str, *types: str) -> WebhookId:
        webhook = WebhookId(uuid4())
        self.tell(webhook, Registered(url=url, types=types or ("*",)))
        return webhook

    def tell(self, webhook: UUID, *events: DomainEvent) -> None:
        happened(self.store, webhook, *events, at=self.now)
        self.catch_up()

    def secret(self, webhook: WebhookId, generation: int = 1) -> str:
        return secret(self.store, webhook, generation)

    def catch_up(self) -> None:
        runner.catch_up(self.database, self.store, catalogue.ALL)

    def read(self, topic: str = TOPIC) -> None:
        """All that is in the log, as it would stand in the topic."""
        self.catch_up()
        reader = Reader(self.database, Webhooks(self.clock), topic)
        reader.read(0, messages(self.store))
        reader.close()

    def send(self) -> None:
        """Until there is nothing to do at this moment."""
        with self.sender() as sender:
            while sender.advance():
                pass
        self.catch_up()

    @contextmanager
    def sender(self, *, allow_private: bool = True) -> Iterator[WebhookSender]:
        with connect(self.database) as connection:
            sender = WebhookSender(
                connection, self.store, SOURCE, allow_private=allow_private, now=self.clock
            )
            try:
                yield sender
            finally:
                sender.close()

    def log(self, webhook: UUID) -> list[dict[str, Any]]:
        """What it is owed, and what has become of that."""
        found = rows(self.database, "webhook_deliveries")
        mine = [row for row in found if row["webhook_id"] == webhook]
        return sorted(mine, key=lambda row: (row["position"], row["round"]))

    def states(self, webhook: UUID) -> list[str]:
        return [row["state"] for row in self.log(webhook)]


@contextmanager
def hooks(postgres_url: str) -> Iterator[Hooks]:
    key = os.urandom(32)
    with organisation(postgres_url, "hooks") as database:
        projection.install(database, catalogue.ALL)
        consumer.install(database, [Webhooks()])
        with Store.open(database, KeyRing(key)) as store:
            yield Hooks(database, store, key)
