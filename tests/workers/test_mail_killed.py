"""A sender that is killed: nothing is lost, and at most the mail in its hands is sent again, as the same."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.people import ADA, LIN, NOOR
from tests.projections.given import eventually
from tests.workers import at_mail
from tests.workers.locks import cut_off, held_up, waiting_for
from tests.workers.mailed import MailRoom, mail_room
from tests.workers.post_office import HOST, PostOffice, post_office


@pytest.fixture
def room(postgres_url: str) -> Iterator[MailRoom]:
    with mail_room(postgres_url) as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def sending(room: MailRoom, office: PostOffice) -> subprocess.Popen[bytes]:
    database, address = room.database, f"smtp://{HOST}:{office.port}"
    arguments = [database.url, database.schema, room.key.hex(), address]
    return subprocess.Popen([sys.executable, "-m", at_mail.__name__, *arguments])


def test_killed_between_sending_and_noting_one_mail_is_sent_again(room: MailRoom, office: PostOffice) -> None:
    told = [room.tell(one) for one in (NOOR, ADA, LIN)]
    room.read()
    room.catch_up()
    with ExitStack() as held:
        # From the second mail on nothing can be noted.
        office.on_data = lambda: office.taken and held.enter_context(held_up(room.database, "mails"))
        child = sending(room, office)
        try:
            eventually(lambda: waiting_for(room.database, "mails"))
        finally:
            child.kill()
            child.wait()
        office.on_data = lambda: None
        cut_off(room.database, "mails")
    assert [room.became(one)[0] for one in told] == ["sent", "waiting", "waiting"]
    room.send(office)
    ids = [one.mail["Message-ID"] for one in office.taken]
    first, second, third = (f"<{one}@velmora.example>" for one in told)
    assert ids == [first, second, second, third]
    assert [room.became(one) for one in told] == [("sent", None, 1)] * 3


def test_killed_before_the_server_has_answered_it_is_sent_by_the_next(
    room: MailRoom, office: PostOffice
) -> None:
    told = room.tell(NOOR)
    room.read()
    room.catch_up()
    children: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        office.on_data = lambda: None
        eventually(lambda: children)
        children[0].kill()
        children[0].wait()

    office.on_data = kill
    children.append(sending(room, office))
    children[0].wait()
    assert room.became(told) == ("waiting", None, 0)
    room.send(office)
    assert {one.mail["Message-ID"] for one in office.taken} == {f"<{told}@velmora.example>"}
    assert room.became(told) == ("sent", None, 1)
