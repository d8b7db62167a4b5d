"""A mail as it is sent: whatever stands in names and texts, it stays a name and a text."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from projections.notification_texts import Message
from workers.mail_letter import AddressUnusable, Letter, Mailbox

LINK: Final = "https://mentoring.example.org/mentorship/TWVudG9yc2hpcDoxMjM0"
UNSUBSCRIBE: Final = "https://mentoring.example.org/a/long/way/mail/unsubscribe/" + "A" * 43
US: Final = Mailbox.parse("Velmora mentoring <mentoring@velmora.example>")
NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def letter(
    body: str = f"Hello,\n\nhave a look:\n{LINK}\n\nBye", subject: str = "Hello", name: str = "Noor"
) -> Letter:
    said = Message(subject, body, LINK)
    return Letter(UUID(int=7), US, Mailbox.of(name, "noor@example.org"), said, UNSUBSCRIBE, NOW)


def parsed(one: Letter) -> EmailMessage:
    return message_from_bytes(one.content(), policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    found: Any = mail.get_body((kind,))
    return str(found.get_content()).replace("\r\n", "\n")


class Shown(HTMLParser):
    """What a mail program shows of HTML: its text, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", list[str](), set[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_headers_say_what_it_is_and_who_may_stop_it() -> None:
    mail = parsed(letter())
    assert {name: str(mail[name]) for name in mail if name != "Content-Type"} == {
        "From": "Velmora mentoring <mentoring@velmora.example>",
        "To": "Noor <noor@example.org>",
        "Subject": "Hello",
        "Date": "Mon, 02 Mar 2026 09:30:00 +0000",
        "Message-ID": "<00000000-0000-0000-0000-000000000007@velmora.example>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{UNSUBSCRIBE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }


def test_the_address_to_unsubscribe_stands_in_one_line_for_whoever_reads_no_encodings() -> None:
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n".encode() in letter().content()


def test_the_same_letter_is_the_same_again() -> None:
    assert parsed(letter())["Message-ID"] == parsed(letter())["Message-ID"]


def test_text_and_html_say_the_same_and_the_link_is_a_button() -> None:
    mail = parsed(letter())
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    footer = f"-- \nYou can have less of this mail, or none: {UNSUBSCRIBE}\n"
    assert part(mail, "plain") == f"Hello,\n\nhave a look:\n{LINK}\n\nBye\n\n{footer}"
    shown = Shown(part(mail, "html"))
    assert shown.links == [LINK, UNSUBSCRIBE]
    words = " ".join(shown.text.split())
    assert words == "Hello Hello, have a look: Open Bye You can have less of this mail, or none: unsubscribe."
    assert "img" not in shown.tags


def test_a_text_without_the_link_gets_it_all_the_same() -> None:
    mail = parsed(letter("It begins."))
    assert part(mail, "plain").startswith(f"It begins.\n\n{LINK}\n\n-- \n")
    assert Shown(part(mail, "html")).links == [LINK, UNSUBSCRIBE]


def test_markup_in_a_text_stays_a_text() -> None:
    sly = '<script>alert(1)</script> & "<img src=x>"'
    shown = Shown(part(parsed(letter(sly, subject=sly)), "html"))
    assert not shown.tags & {"script", "img"}
    assert shown.text.count(sly) == 2


NAMES: Final = [
    "Noor Haddad",
    'Noor "the fox" Haddad',
    "Häddad, Noor",
    "李 明",
    "Noor <eve@example.org>",
    "🎉",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_a_name(name: str) -> None:
    (to,) = parsed(letter(name=name))["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "noor@example.org")


lines = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=300)


@drawn(lines, st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=500))
def test_whatever_is_said_arrives_as_it_was_said_in_ascii(subject: str, body: str) -> None:
    raw = letter(body, subject).content()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = message_from_bytes(raw, policy=policy.default)
    assert str(mail["Subject"]) == subject
    assert mail.keys().count("To") == 1
    assert part(mail, "plain").startswith(body.rstrip("\n"))


def test_a_header_is_one_line_whatever_is_put_into_it() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        letter(subject="Hello\r\nBcc: eve@example.org").content()
    with pytest.raises(AddressUnusable):
        letter(name="Noor\r\nBcc: eve@example.org").content()


def test_a_mailbox_is_written_as_people_write_it() -> None:
    assert Mailbox.parse("mentoring@velmora.example") == Mailbox("", "mentoring", "velmora.example")
    assert Mailbox.parse("Bücher <mail@bücher.example>") == Mailbox("Bücher", "mail", "xn--bcher-kva.example")
    for wrong in ("", "nobody", "Velmora <>", "a@xn--a.example", "a@"):
        with pytest.raises(AddressUnusable):
            Mailbox.parse(wrong)


INJECTED: Final = "=?utf-8?q?x=0D=0AReply-To:_mallory@example.net=0D=0A=0D=0Aclick?="
"""A line that says it is encoded, and has line ends in it once it is decoded."""


@pytest.mark.parametrize("given", [{"subject": INJECTED}, {"name": INJECTED}])
def test_what_looks_encoded_is_not_decoded(given: dict[str, str]) -> None:
    written = letter(**given)
    head, _, _ = written.content().partition(b"\r\n\r\n")
    assert b"\nReply-To" not in head
    mail = parsed(written)
    assert mail["Reply-To"] is None
    assert (
        "= ?utf-8?q?x=0D=0AReply-To:_mallory@example.net=0D=0A=0D=0Aclick?="
        in f"{mail['Subject']} {mail['To']}"
    )


def test_an_address_that_looks_encoded_is_unusable() -> None:
    with pytest.raises(AddressUnusable):
        Mailbox.of("Noor", "=?utf-8?q?a=0D=0Ab?=@example.org")
