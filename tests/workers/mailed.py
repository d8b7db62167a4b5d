"""A programme whose people are told things by mail, and what becomes of that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from domain.ids import NotificationId
from domain.notification import Sent
from domain.occasions import Occasion
from domain.store import Database, KeyRing, Store
from projections import catalogue, projection, runner
from projections.projection import connect
from tests.organisations import organisation
from tests.people import ADA, LIN, NOOR, ONBOARDING, Person
from tests.programs import OPENED
from tests.projections.given import happened, rows
from tests.workers.lain import messages
from tests.workers.post_office import HOST, PostOffice
from workers import consumer
from workers.consumer import Reader
from workers.mail import Mail
from workers.mail_letter import Mailbox
from workers.mail_sender import MailSender, Terms
from workers.mail_server import MailServer, Place

CLIENT: Final = "https://mentoring.example.org"
TERMS: Final = Terms(Mailbox("Velmora mentoring", "mentoring", "velmora.example"), CLIENT)


@dataclass(frozen=True)
class MailRoom:
    """`key` is the key-encryption key of `store`."""

    database: Database
    store: Store
    key: bytes = field(repr=False)

    def people_are_there(self) -> None:
        happened(self.store, ONBOARDING, *OPENED)
        for who in (ADA, NOOR, LIN):
            happened(self.store, who.id, who.registered)

    def tell(
        self, to: Person, occasion: Occasion = Occasion.MEETING, *, at: datetime | None = None, **more: Any
    ) -> NotificationId:
        key = NotificationId(uuid4())
        terms = {"about": uuid4(), "program": ONBOARDING, "settings_version": 1, **more}
        happened(self.store, key, Sent(to=to.id, occasion=occasion, **terms), at=at)
        return key

    def read(self, topic: str = "velmora.events") -> None:
        """What the topic has."""
        reader = Reader(self.database, Mail(), topic)
        reader.read(0, messages(self.store))
        reader.close()

    def catch_up(self) -> None:
        runner.catch_up(self.database, self.store, catalogue.ALL)

    @contextmanager
    def sender(self, office: PostOffice | Place, now: "Clock | None" = None) -> Iterator[MailSender]:
        place = office if isinstance(office, Place) else place_of(office)
        with connect(self.database) as connection:
            clock = now or Clock()
            sender = MailSender(connection, self.store, MailServer(place), TERMS, now=clock.now)
            yield sender
            sender.close()

    def send(self, office: PostOffice | Place, now: "Clock | None" = None) -> None:
        """All that was told and can be sent, once the read models show it."""
        self.read()
        self.catch_up()
        with self.sender(office, now) as sender:
            while sender.advance():
                pass

    def became(self, id_: NotificationId) -> tuple[str, str | None, int]:
        """Its state and code, and how often it was tried."""
        (row,) = [row for row in self.log() if row["notification_id"] == id_]
        return row["state"], row["code"], row["attempts"]

    def log(self) -> list[dict[str, Any]]:
        return rows(self.database, "mails")


@dataclass
class Clock:
    """Goes only when it is put on."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.at


def place_of(office: PostOffice) -> Place:
    return Place(HOST, office.port, tls=False)


@contextmanager
def mail_room(postgres_url: str) -> Iterator[MailRoom]:
    key = os.urandom(32)
    with organisation(postgres_url, "mail") as database, Store.open(database, KeyRing(key)) as store:
        projection.install(database, catalogue.ALL)
        consumer.install(database, [Mail()])
        room = MailRoom(database, store, key)
        room.people_are_there()
        yield room
