"""A mail as it is sent: what is said as text and as HTML, and headers that say who may stop it, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from projections.notification_texts import Message


class Unfolded(UnstructuredHeader, BaseHeader):
    """A line as it stands: the library would take a long address in it apart, and nobody could follow it."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy(*, utf8: bool) -> "Policy[EmailMessage]":
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", Unfolded)
    return SMTP.clone(cte_type="7bit", utf8=utf8, header_factory=headers)


_HTML: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
).get_template("mail_letter.html")
_ASCII: Final = _policy(utf8=False)
_UTF8: Final = _policy(utf8=True)
FOOTER: Final = "You can have less of this mail, or none: {unsubscribe}"


ENCODED: Final = "=?"
"""By which mail knows that text in a header is encoded: the library would decode it, line ends and all."""


class AddressUnusable(Exception):
    """No mail can be sent to such an address."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Whose name and address; a domain of any script is named as the DNS does."""

    name: str
    username: str
    domain: str

    @classmethod
    def of(cls, name: str, address: str) -> Self:
        """Raises AddressUnusable."""
        username, _, domain = address.rpartition("@")
        if ENCODED in username:
            raise AddressUnusable
        try:
            return cls(_plain(name), username, idna.encode(domain, uts46=True).decode("ascii"))
        except idna.IDNAError:
            raise AddressUnusable from None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`Name <address>`, or an address alone. Raises AddressUnusable."""
        name, address = parseaddr(text)
        if not address.rpartition("@")[0]:
            raise AddressUnusable
        return cls.of(name, address)

    @property
    def address(self) -> str:
        return f"{self.username}@{self.domain}"

    @property
    def written(self) -> Address:
        return Address(self.name, self.username, self.domain)


@dataclass(frozen=True, slots=True)
class Letter:
    """`unsubscribe` is the address by which this person alone turns mail off."""

    id: UUID
    sender: Mailbox
    to: Mailbox
    said: Message
    unsubscribe: str
    written_at: datetime

    @property
    def beyond_ascii(self) -> bool:
        """Whether only servers that know SMTPUTF8 can take it."""
        return not (self.sender.address + self.to.address).isascii()

    def content(self) -> bytes:
        """Raises AddressUnusable."""
        mail = EmailMessage(_UTF8 if self.beyond_ascii else _ASCII)
        try:
            mail["From"], mail["To"] = self.sender.written, self.to.written
        except ValueError:
            raise AddressUnusable from None
        mail["Subject"], mail["Date"] = _plain(self.said.subject), self.written_at
        mail["Message-ID"] = f"<{self.id}@{self.sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["List-Unsubscribe"] = f"<{self.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(self._text())
        mail.add_alternative(self._html(), subtype="html")
        return mail.as_bytes()

    def _text(self) -> str:
        body, link = self.said.body, self.said.link
        told = body if link in body else f"{body}\n\n{link}"
        return f"{told}\n\n-- \n{FOOTER.format(unsubscribe=self.unsubscribe)}\n"

    def _html(self) -> str:
        """The link, where the text has it first, is a button."""
        before, _, after = self.said.body.partition(self.said.link)
        return _HTML.render(
            subject=self.said.subject,
            before=_paragraphs(before),
            after=_paragraphs(after),
            link=self.said.link,
            unsubscribe=self.unsubscribe,
        )


def _paragraphs(text: str) -> Sequence[Sequence[str]]:
    """Each as its lines."""
    parts = (part.strip() for part in text.split("\n\n"))
    return [part.splitlines() for part in parts if part]


def _plain(text: str) -> str:
    return text.replace(ENCODED, "= ?")
