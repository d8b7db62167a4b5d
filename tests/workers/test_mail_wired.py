"""Mail as it is wired: from a command over the log and the broker to a mail server."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy import trouble, wiring
from deploy.settings import Settings
from domain import program
from domain.command import Command
from domain.enrollment import Applied, Approved
from domain.ids import enrollment_id
from domain.notification import NOTIFICATION
from domain.program import PROGRAM
from domain.program_settings import Side
from domain.store import KeyRing
from projections.projection import connect
from tests.people import KIM, NOOR, ONBOARDING
from tests.projections.given import eventually, happened
from tests.workers.announced import notice
from tests.workers.mailed import MailRoom, mail_room
from tests.workers.post_office import HOST, PostOffice, post_office
from tests.workers.wired import working
from workers.mail import NAME
from workers.publisher import EventStream


@pytest.fixture
def room(postgres_url: str) -> Iterator[MailRoom]:
    with mail_room(postgres_url) as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def settings(office: PostOffice, **more: str) -> Settings:
    given = {
        "mail_url": f"smtp://{HOST}:{office.port}",
        "mail_from": "Velmora mentoring <mentoring@velmora.example>",
        "public_url": "https://mentoring.example.org/",
    }
    return Settings.model_validate({**given, **more})


def test_what_is_announced_reaches_people_by_mail(
    room: MailRoom, office: PostOffice, stream: EventStream
) -> None:
    enrollment = enrollment_id(ONBOARDING, NOOR.id)
    applied = Applied(program=ONBOARDING, participant=NOOR.id, role=Side.MENTEE)
    happened(room.store, enrollment, applied, Approved())
    with working(room.database, KeyRing(room.key), stream, settings(office)):
        news = uuid4()
        command = Command(uuid4(), KIM.actor.id)
        words: dict[str, Any] = {"title": "It begins", "text": "On Monday, {{ name }}."}
        room.store.act(command, PROGRAM.stream(ONBOARDING), program.announce, announcement=news, **words)
        eventually(lambda: office.taken)
        eventually(lambda: [row["state"] for row in room.log()] == ["sent"])
    (taken,) = office.taken
    assert taken.to == [NOOR.email]
    assert "On Monday, Noor Haddad." in taken.part("plain")
    assert "https://mentoring.example.org/program/" in taken.part("html")
    assert taken.mail["Message-ID"] == f"<{notice(NOOR.id, news)}@velmora.example>"
    assert room.store.load(NOTIFICATION.stream(notice(NOOR.id, news))).state.sent is not None


def test_it_is_sent_as_the_settings_say(room: MailRoom, office: PostOffice) -> None:
    asked = settings(office, mail_days="1")
    mail = next(one for one in wiring.consumers(asked) if one.name == NAME)
    assert mail.name in wiring.following(asked, room.store)
    old = room.tell(NOOR)
    room.read()
    room.catch_up()
    with connect(room.database) as connection:
        late = {"days": timedelta(days=1, seconds=1)}
        connection.execute("UPDATE mails SET told_at = told_at - %(days)s", late)
        sender = wiring.following(asked, room.store)[mail.name](connection, threading.Event())
        assert sender is not None
        assert not sender.advance()
    assert room.became(old) == ("unsent", "too_old", 0)


@pytest.mark.parametrize(
    "wrong",
    [{"mail_from": "a@xn--a.example"}, {"mail_ca_file": "nowhere.pem"}],
    ids=["no such domain", "no such file"],
)
def test_what_no_mail_can_be_sent_with_is_told(
    room: MailRoom, office: PostOffice, wrong: dict[str, str]
) -> None:
    with pytest.raises(trouble.MailUnusable, match="CHIRON_MAIL_FROM"):
        wiring.following(settings(office, **wrong), room.store)
