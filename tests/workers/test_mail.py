"""People are told by mail what they are told, once, unless they or their programme want it otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.event import DomainEvent
from domain.notification import Read
from domain.occasions import Occasion
from domain.participant import Erased, Left, RecordSynced
from domain.preferences import NotificationsPreferred, QuietHours
from domain.profile import LeavingReason
from domain.program import CommunicationsSet
from domain.program_settings import Channel, CommunicationsSettings
from projections import mail_links, mail_log, notifications
from projections.parking import park
from projections.projection import connect
from tests.people import ADA, LIN, NOOR, ONBOARDING
from tests.projections.given import happened
from tests.workers.mailed import CLIENT, Clock, MailRoom, mail_room
from tests.workers.post_office import PostOffice, post_office
from workers.mail_sender import PAUSES, RETRIES
from workers.mail_server import Place

LEFT = Left(reason=LeavingReason.OWN_WISH)
DAY = timedelta(days=1)


@pytest.fixture
def room(postgres_url: str) -> Iterator[MailRoom]:
    with mail_room(postgres_url) as opened:
        yield opened


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


def test_what_somebody_is_told_comes_by_mail(room: MailRoom, office: PostOffice) -> None:
    about = UUID(int=0xF1)
    told = room.tell(NOOR, about=about, mentorship=about)
    room.tell(ADA)
    room.send(office)
    assert sorted(office.to()) == ["ada@example.org", "noor@example.org"]
    (taken,) = [one for one in office.taken if one.to == ["noor@example.org"]]
    mail = taken.mail
    assert (taken.sender, mail["From"]) == (
        "mentoring@velmora.example",
        "Velmora mentoring <mentoring@velmora.example>",
    )
    assert mail["To"] == "Noor Haddad <noor@example.org>"
    assert mail["Subject"] == "When will you and your partner meet?"
    assert mail["Message-ID"] == f"<{told}@velmora.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    unsubscribe = CLIENT + mail_links.path(room.store, NOOR.id)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (
        f"<{unsubscribe}>",
        "List-Unsubscribe=One-Click",
    )
    assert mail.get_content_type() == "multipart/alternative"
    link = f"{CLIENT}/mentorship/TWVudG9yc2hpcDowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwZjE="
    assert "Hello Noor Haddad," in taken.part("plain")
    assert link in taken.part("plain")
    assert unsubscribe in taken.part("plain")
    assert f'<a href="{link}"' in taken.part("html")
    assert unsubscribe in taken.part("html")
    assert room.became(told) == ("sent", None, 1)


def test_a_topic_that_is_read_again_mails_nothing_twice(room: MailRoom, office: PostOffice) -> None:
    told = [room.tell(NOOR), room.tell(ADA)]
    room.send(office)
    room.read(topic="anew")
    room.send(office)
    assert sorted(office.to()) == ["ada@example.org", "noor@example.org"]
    assert [room.became(one) for one in told] == [("sent", None, 1)] * 2


def test_mails_come_in_order_over_one_connection(room: MailRoom, office: PostOffice) -> None:
    told = [room.tell(NOOR) for _ in range(5)]
    room.send(office)
    assert [one.mail["Message-ID"] for one in office.taken] == [f"<{one}@velmora.example>" for one in told]
    assert office.calls == 1


UNSENT: list[tuple[list[DomainEvent], str]] = [
    ([LEFT], "left"),
    ([Erased()], "erased"),
    ([RecordSynced(source="csv", changed=("email",))], "no_address"),
    ([NotificationsPreferred(mail=False)], "mail_off"),
    ([NotificationsPreferred(muted=(Occasion.MEETING,))], "muted"),
]


@pytest.mark.parametrize(("since", "code"), UNSENT, ids=[code for _, code in UNSENT])
def test_who_cannot_or_will_not_be_told_gets_none(
    room: MailRoom, office: PostOffice, since: list[DomainEvent], code: str
) -> None:
    told, other = room.tell(NOOR), room.tell(ADA)
    happened(room.store, NOOR.id, *since)
    room.send(office)
    assert office.to() == ["ada@example.org"]
    assert room.became(told) == ("unsent", code, 0)
    assert room.became(other) == ("sent", None, 1)


def test_nothing_is_mailed_to_whom_was_erased_before_the_read_models_knew(
    room: MailRoom, office: PostOffice
) -> None:
    told = room.tell(NOOR)
    room.read()
    room.catch_up()
    happened(room.store, NOOR.id, Erased())
    room.store.forget(NOOR.id)
    with room.sender(office) as sender:
        sender.advance()
    assert (office.taken, room.became(told)) == ([], ("unsent", "erased", 0))


def test_what_is_read_already_is_not_mailed(room: MailRoom, office: PostOffice) -> None:
    told = room.tell(NOOR)
    happened(room.store, told, Read(by=NOOR.id))
    room.send(office)
    assert (office.taken, room.became(told)) == ([], ("unsent", "read", 0))


def test_a_programme_may_tell_its_people_in_the_inbox_alone(room: MailRoom, office: PostOffice) -> None:
    inbox = CommunicationsSettings(channels=(Channel.INBOX,))
    happened(room.store, ONBOARDING, CommunicationsSet(settings=inbox))
    told = room.tell(NOOR, settings_version=2)
    outside = room.tell(NOOR, program=None, settings_version=0)
    room.send(office)
    assert room.became(told) == ("unsent", "no_channel", 0)
    assert room.became(outside) == ("sent", None, 1)


def test_nothing_old_is_mailed_when_mail_is_switched_on(room: MailRoom, office: PostOffice) -> None:
    now = datetime.now(UTC)
    old, young = room.tell(NOOR, at=now - 3 * DAY), room.tell(NOOR, at=now - 2 * DAY)
    room.send(office)
    assert room.became(old) == ("unsent", "too_old", 0)
    assert room.became(young) == ("sent", None, 1)


def test_a_notification_that_this_log_does_not_have_is_none(room: MailRoom, office: PostOffice) -> None:
    stray = uuid4()
    room.tell(ADA)
    room.catch_up()
    with connect(room.database) as connection:
        mail_log.wait(connection, [(stray, 1, datetime.now(UTC))])
    with room.sender(office) as sender:
        sender.advance()
    assert (office.taken, room.log()[0]["code"]) == ([], "unknown")


def test_what_its_read_model_no_longer_follows_waits_and_holds_up_nothing(
    room: MailRoom, office: PostOffice
) -> None:
    told = room.tell(NOOR)
    with connect(room.database) as connection:
        park(connection, notifications.PROJECTION.name, told, 1, "planted")
    other = room.tell(ADA)
    room.send(office)
    assert office.to() == ["ada@example.org"]
    assert room.became(told) == ("waiting", "not_shown", 0)
    assert room.became(other) == ("sent", None, 1)


def test_a_mail_waits_until_the_read_models_show_what_it_tells(room: MailRoom, office: PostOffice) -> None:
    room.catch_up()
    told = room.tell(NOOR)
    room.read()
    with room.sender(office) as sender:
        assert not sender.advance()
        assert room.became(told) == ("waiting", None, 0)
        room.catch_up()
        assert sender.advance()
    assert room.became(told) == ("sent", None, 1)


@pytest.mark.parametrize(
    ("told_at", "over"),
    [
        ("2026-03-28T22:30:00+01:00", "2026-03-29T07:00:00+02:00"),
        ("2026-10-24T22:30:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
    ids=["the night is an hour shorter", "the night is an hour longer"],
)
def test_quiet_hours_hold_it_back_until_they_are_over(
    room: MailRoom, office: PostOffice, told_at: str, over: str
) -> None:
    berlin = RecordSynced(source="csv", changed=("time_zone",), time_zone="Europe/Berlin")
    quiet = QuietHours(since="22:00", until="07:00")
    happened(room.store, NOOR.id, berlin, NotificationsPreferred(quiet=quiet))
    clock, end = Clock(datetime.fromisoformat(told_at)), datetime.fromisoformat(over)
    told = room.tell(NOOR, at=clock.at)
    room.send(office, clock)
    assert (office.taken, room.became(told)) == ([], ("waiting", "quiet_hours", 0))
    clock.at = end - timedelta(seconds=1)
    room.send(office, clock)
    assert office.taken == []
    clock.at = end
    room.send(office, clock)
    assert (office.to(), room.became(told)) == (["noor@example.org"], ("sent", None, 1))


def test_whom_the_server_refuses_holds_up_nobody(room: MailRoom, office: PostOffice) -> None:
    told = [room.tell(one) for one in (NOOR, ADA, LIN)]
    office.answers = {"RCPT": ["550 5.1.1 no Noor here"], "DATA": ["554 unwanted"], "MAIL": []}
    room.send(office)
    assert office.to() == ["lin@example.org"]
    states = [room.became(one) for one in told]
    assert states == [("failed", "550", 1), ("failed", "554", 1), ("sent", None, 1)]


def test_whom_it_does_not_take_yet_is_tried_ever_later_and_given_up_with_its_code(
    room: MailRoom, office: PostOffice
) -> None:
    clock = Clock()
    told, other = room.tell(NOOR, at=clock.at), room.tell(ADA, at=clock.at)
    office.answers = {"RCPT": ["451 greylisted"], "DATA": [], "MAIL": []}
    room.send(office, clock)
    assert room.became(told) == ("waiting", "451", 1)
    assert room.became(other) == ("sent", None, 1)
    waits, tries = list[timedelta](), 1
    with room.sender(office, clock) as sender:
        began = clock.at
        while room.became(told)[0] == "waiting":
            office.answers["RCPT"] = ["452 full"]
            clock.at += timedelta(minutes=5)
            sender.advance()
            if room.became(told)[2] > tries:
                tries, waits, began = room.became(told)[2], [*waits, clock.at - began], clock.at
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    assert minutes[:7] == [5, 10, 20, 40, 80, 160, 240]
    assert set(minutes[7:]) == {RETRIES[1] // timedelta(minutes=1)}
    assert room.became(told) == ("failed", "452", tries)
    assert office.to() == ["ada@example.org"]


def test_a_mail_that_is_taken_in_the_end_is_the_same(room: MailRoom, office: PostOffice) -> None:
    clock = Clock()
    told = room.tell(NOOR, at=clock.at)
    office.answers = {"DATA": ["451 later"], "RCPT": [], "MAIL": []}
    room.send(office, clock)
    clock.at += RETRIES[0]
    room.send(office, clock)
    assert [one.mail["Message-ID"] for one in office.taken] == [f"<{told}@velmora.example>"]
    assert room.became(told) == ("sent", None, 2)


AWAY = ["421 closing", "450 not now", "550 we know no such sender", "421 closing", *["451 busy"] * 8]


def test_while_the_server_is_away_all_wait_ever_longer(room: MailRoom, office: PostOffice) -> None:
    clock, waits = Clock(), list[int]()
    told = [room.tell(one, at=clock.at) for one in (NOOR, ADA)]
    room.read()
    room.catch_up()
    office.answers = {"MAIL": list(AWAY), "RCPT": [], "DATA": []}
    with room.sender(office, clock) as sender:
        assert not sender.advance()
        while left := len(office.answers["MAIL"]):
            began = clock.at
            while len(office.answers["MAIL"]) == left:
                clock.at += timedelta(seconds=1)
                assert not sender.advance()
            waits.append((clock.at - began).seconds)
        assert [room.became(one) for one in told] == [("waiting", None, 0)] * 2
        clock.at += PAUSES[1]
        assert sender.advance()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert sorted(office.to()) == ["ada@example.org", "noor@example.org"]


def test_a_mail_that_makes_the_server_hang_up_is_not_the_next_again(
    room: MailRoom, office: PostOffice
) -> None:
    clock = Clock()
    told, other = room.tell(NOOR, at=clock.at), room.tell(ADA, at=clock.at)
    office.answers = {"DATA": ["hang up"], "MAIL": [], "RCPT": []}
    room.send(office, clock)
    assert office.taken == []
    assert room.became(told) == ("waiting", "SMTPServerDisconnected", 1)
    clock.at += PAUSES[0]
    room.send(office, clock)
    assert (office.to(), room.became(other)) == (["ada@example.org"], ("sent", None, 1))


def test_after_a_weeks_outage_what_is_young_is_told_and_the_rest_is_past(
    room: MailRoom, office: PostOffice
) -> None:
    clock = Clock()
    first = room.tell(NOOR, at=clock.at)
    room.send(Place("127.0.0.1", 1, tls=False), clock)
    assert room.became(first) == ("waiting", None, 0)
    later = [room.tell(NOOR, at=clock.at + day * DAY) for day in range(1, 8)]
    clock.at += 7 * DAY
    room.send(office, clock)
    states = [room.became(one)[:2] for one in (first, *later)]
    assert states == [("unsent", "too_old")] * 4 + [("sent", None)] * 4
    assert [one.mail["Message-ID"] for one in office.taken] == [
        f"<{one}@velmora.example>" for one in later[3:]
    ]


def test_an_address_of_any_script_is_reached_where_the_server_can(room: MailRoom, office: PostOffice) -> None:
    emails = {ADA: "ada@bücher.example", NOOR: "nöör@bücher.example"}
    told = []
    for who, email in emails.items():
        happened(room.store, who.id, RecordSynced(source="csv", changed=("email",), email=email))
        told.append(room.tell(who))
    room.send(office)
    assert office.to() == ["ada@xn--bcher-kva.example", "nöör@xn--bcher-kva.example"]
    assert [one.beyond_ascii for one in office.taken] == [False, True]
    with post_office(utf8=False) as plain:
        again = room.tell(NOOR)
        room.send(plain)
        assert (plain.taken, room.became(again)) == ([], ("failed", "smtputf8_missing", 1))


def test_an_address_that_no_mail_can_be_sent_to_fails_by_itself(room: MailRoom, office: PostOffice) -> None:
    odd = RecordSynced.model_construct(source="csv", changed=("email",), email="noor@xn--a.example")
    happened(room.store, NOOR.id, odd)
    told, other = room.tell(NOOR), room.tell(ADA)
    room.send(office)
    assert room.became(told) == ("failed", "address_unusable", 1)
    assert room.became(other) == ("sent", None, 1)


def test_no_address_and_no_word_is_logged(
    room: MailRoom, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    for who in (NOOR, ADA):
        room.tell(who)
    office.answers = {"RCPT": ["550 noor@example.org is not known here"], "MAIL": [], "DATA": ["421 ada"]}
    room.send(office)
    logged = capsys.readouterr().out
    assert "mail.refused" in logged
    assert "mail.held_up" in logged
    for word in ("noor", "ada@", "haddad", "example.org", "meet"):
        assert word not in logged.lower()


def test_how_many_wait_and_have_failed_is_counted(room: MailRoom, office: PostOffice) -> None:
    told = [room.tell(one) for one in (NOOR, ADA, LIN)]
    office.answers = {"RCPT": ["550 no", "451 later"], "MAIL": [], "DATA": []}
    room.send(office)
    room.tell(NOOR)
    room.read()
    with connect(room.database) as connection:
        found = mail_log.counted(connection)
    counts = [(one.state, one.code, one.count) for one in found]
    assert counts == [("failed", "550", 1), ("waiting", "", 1), ("waiting", "451", 1)]
    assert room.became(told[2]) == ("sent", None, 1)
