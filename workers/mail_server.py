"""The mail server that mails are given to, and what it says of each: one at a time, over one connection."""

import asyncio
import ssl
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from workers.mail_letter import AddressUnusable, Letter

SECONDS: Final = 30.0
TAKING_SECONDS: Final = 600.0
"""A server may look through a mail for so long before it takes it (RFC 5321, 4.5.3.2.6)."""
PORTS: Final = {"smtp": 587, "smtps": 465}
GOING: Final = 421
"""The server closes the connection, perhaps because of the mail."""
TOO_LARGE: Final = 552


class Fate(Enum):
    """What became of a mail. AWAY: nothing, as of any other; HELD_UP: the same, perhaps because of it."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    AWAY = "away"
    HELD_UP = "held_up"


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the server's number, or what kept it from answering; never its words, which name people."""

    fate: Fate
    code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is, and who we are to it. Who gives a password insists on TLS; else it is offered."""

    host: str
    port: int
    tls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    @classmethod
    def parse(cls, url: str, ca_file: Path | None = None) -> Self:
        parts = urlsplit(url)
        return cls(
            parts.hostname or "",
            parts.port or PORTS[parts.scheme],
            parts.scheme == "smtps",
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
            ca_file,
        )

    def client(self) -> SMTP:
        return SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.tls,
            start_tls=False if self.tls else True if self.password else None,
            username=self.username,
            password=self.password,
            timeout=SECONDS,
            tls_context=ssl.create_default_context(cafile=self.ca_file),
        )


class MailServer:
    """Over a connection that is made when it is needed, and let go when there is nothing to send."""

    def __init__(self, place: Place) -> None:
        self._place, self._runner = place, asyncio.Runner()
        self._client: SMTP | None = None

    def send(self, letter: Letter) -> Answer:
        return self._runner.run(self._send(letter))

    def rest(self) -> None:
        """A server need not wait for what may never come."""
        client, self._client = self._client, None
        if client:
            self._runner.run(_leave(client))

    def close(self) -> None:
        self.rest()
        self._runner.close()

    async def _send(self, letter: Letter) -> Answer:
        try:
            content = letter.content()
        except AddressUnusable:
            return Answer(Fate.REFUSED, "address_unusable")
        try:
            client = self._client = self._client or await self._connected()
        except (SMTPException, OSError) as error:
            return Answer(Fate.AWAY, _code(error))
        answer = await _given(client, letter, content)
        if answer.fate in {Fate.AWAY, Fate.HELD_UP}:
            self._client = None
            client.close()
        return answer

    async def _connected(self) -> SMTP:
        client = self._place.client()
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client


async def _given(client: SMTP, letter: Letter, content: bytes) -> Answer:
    options = ["SMTPUTF8"] if letter.beyond_ascii else []
    try:
        await client.sendmail(
            letter.sender.address, letter.to.address, content, mail_options=options, timeout=TAKING_SECONDS
        )
    except SMTPRecipientsRefused as refused:
        return _of(refused.recipients[0].code)
    except SMTPSenderRefused as refused:
        if refused.code == TOO_LARGE:
            return _of(refused.code)
        return Answer(Fate.AWAY, str(refused.code))  # it would refuse the next one's, too
    except SMTPResponseException as refused:
        return _of(refused.code)
    except SMTPNotSupported:
        return Answer(Fate.REFUSED, "smtputf8_missing")
    except ValueError:
        return Answer(Fate.REFUSED, "address_unusable")
    except (SMTPException, OSError) as error:
        return Answer(Fate.HELD_UP, _code(error))
    return Answer(Fate.TAKEN)


def _of(code: int) -> Answer:
    if code == GOING:
        return Answer(Fate.HELD_UP, str(code))
    return Answer(Fate.REFUSED if code >= 500 else Fate.LATER, str(code))


def _code(error: Exception) -> str:
    return str(error.code) if isinstance(error, SMTPResponseException) else type(error).__name__


async def _leave(client: SMTP) -> None:
    """Politely, where it can still be told."""
    try:
        await client.quit()
    except (SMTPException, OSError):
        client.close()
