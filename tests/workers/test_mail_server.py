"""How a mail server is spoken to: over TLS where it can be, and never with a password without."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from projections.notification_texts import Message
from tests.workers.post_office import (
    HOST,
    PASSWORD,
    USERNAME,
    Certificate,
    PostOffice,
    certificate,
    post_office,
)
from workers.mail_letter import Letter, Mailbox
from workers.mail_server import Answer, Fate, MailServer, Place

US, NOOR = Mailbox("", "mentoring", "velmora.example"), Mailbox.of("Noor", "noor@example.org")


def letter(to: Mailbox = NOOR) -> Letter:
    said = Message("Hello", "How are you?", "https://mentoring.example.org/mentorship/1")
    return Letter(
        uuid4(), US, to, said, "https://mentoring.example.org/mail/unsubscribe/1", datetime.now(UTC)
    )


def given(place: Place, *letters: Letter) -> list[Answer]:
    with closing(MailServer(place)) as server:
        return [server.send(one) for one in letters or [letter()]]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def known_at(office: PostOffice, ours: Certificate | None = None, *, tls: bool = False) -> Place:
    return Place(HOST, office.port, tls, USERNAME, PASSWORD, ours.file if ours else None)


TAKEN = [Answer(Fate.TAKEN)]


def test_starttls_is_taken_where_it_is_offered(opened: ExitStack, ours: Certificate) -> None:
    office = opened.enter_context(post_office(tls=ours.context))
    assert given(Place(HOST, office.port, tls=False, ca_file=ours.file)) == TAKEN
    assert [one.over_tls for one in office.taken] == [True]


def test_a_server_without_it_is_spoken_to_plainly(opened: ExitStack) -> None:
    office = opened.enter_context(post_office())
    assert given(Place(HOST, office.port, tls=False)) == TAKEN
    assert [one.over_tls for one in office.taken] == [False]


def test_tls_from_the_first_byte(opened: ExitStack, ours: Certificate) -> None:
    office = opened.enter_context(post_office(tls=ours.context, implicit=True))
    assert given(Place(HOST, office.port, tls=True, ca_file=ours.file)) == TAKEN
    assert [one.over_tls for one in office.taken] == [True]


def test_a_server_that_nobody_vouches_for_gets_nothing(opened: ExitStack, ours: Certificate) -> None:
    office = opened.enter_context(post_office(tls=ours.context, auth=True))
    for place in (known_at(office), Place(HOST, office.port, tls=False)):
        assert given(place) == [Answer(Fate.AWAY, "SSLCertVerificationError")]
    assert office.taken == []


def test_the_password_is_proved_over_tls(opened: ExitStack, ours: Certificate) -> None:
    office = opened.enter_context(post_office(tls=ours.context, auth=True))
    assert given(known_at(office, ours)) == TAKEN
    wrong = Place(HOST, office.port, tls=False, username=USERNAME, password="guessed", ca_file=ours.file)
    assert given(wrong) == [Answer(Fate.AWAY, "535")]


def test_a_password_is_never_told_without_tls(opened: ExitStack) -> None:
    office = opened.enter_context(post_office(auth=True))
    (answer,) = given(known_at(office))
    assert (answer.fate, office.taken) == (Fate.AWAY, [])


def test_a_server_that_is_not_there_is_away() -> None:
    (answer,) = given(Place(HOST, 1, tls=False))
    assert (answer.fate, answer.code) == (Fate.AWAY, "SMTPConnectError")


@pytest.mark.parametrize(
    ("command", "said", "fate"),
    [
        ("MAIL", "451 not now", Fate.AWAY),
        ("MAIL", "553 we do not know you", Fate.AWAY),
        ("MAIL", "552 too large", Fate.REFUSED),
        ("RCPT", "421 closing", Fate.HELD_UP),
        ("RCPT", "450 later", Fate.LATER),
        ("RCPT", "550 unknown", Fate.REFUSED),
        ("DATA", "421 closing", Fate.HELD_UP),
        ("DATA", "452 full", Fate.LATER),
        ("DATA", "554 unwanted", Fate.REFUSED),
    ],
)
def test_what_a_server_says_is_of_one_mail_or_of_all(
    opened: ExitStack, command: str, said: str, fate: Fate
) -> None:
    office = opened.enter_context(post_office())
    office.answers[command].append(said)
    first, second = given(Place(HOST, office.port, tls=False), letter(), letter())
    assert first == Answer(fate, said[:3])
    assert second.fate is Fate.TAKEN


def test_a_server_that_hangs_up_is_called_again(opened: ExitStack) -> None:
    office = opened.enter_context(post_office())
    office.answers["DATA"].append("hang up")
    first, second = given(Place(HOST, office.port, tls=False), letter(), letter())
    assert (first.fate, second.fate, office.calls) == (Fate.HELD_UP, Fate.TAKEN, 2)


def test_a_server_that_has_gone_meanwhile_is_no_trouble_when_we_leave() -> None:
    with post_office() as office:
        server = MailServer(Place(HOST, office.port, tls=False))
        assert server.send(letter()).fate is Fate.TAKEN
    server.close()


def test_an_address_that_could_say_more_than_an_address_is_refused(opened: ExitStack) -> None:
    office = opened.enter_context(post_office())
    odd = Mailbox("Noor", "noor\r\nBcc: eve", "example.org")
    answers = given(Place(HOST, office.port, tls=False), letter(odd))
    assert answers == [Answer(Fate.REFUSED, "address_unusable")]
    assert office.taken == []


def test_a_place_is_told_by_its_address() -> None:
    assert Place.parse("smtp://mail.example.org") == Place("mail.example.org", 587, tls=False)
    file = Path("ca.pem")
    whole = Place.parse("smtps://chiron%40example.org:p%40ss%2Fword@mail.example.org:2465", file)
    assert whole == Place("mail.example.org", 2465, True, "chiron@example.org", "p@ss/word", file)
    assert "p@ss" not in repr(whole)
