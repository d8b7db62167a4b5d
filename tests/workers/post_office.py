"""A mail server over SMTP, in a thread: it keeps what it takes, and answers otherwise when it is told to."""

import asyncio
import contextlib
import ipaddress
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME, PASSWORD = "chiron", "very secret/@:"
HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class Taken:
    """A mail, from whom and for whom by its envelope, and whether it came over TLS."""

    sender: str
    to: list[str]
    mail: EmailMessage
    raw: bytes
    over_tls: bool
    beyond_ascii: bool

    def part(self, kind: str) -> str:
        """`plain` or `html`, as a mail program shows it."""
        found = self.mail.get_body((kind,))
        assert found is not None
        return str(found.get_content())


class PostOffice:
    """`answers` are given to the next commands of a name, in place of taking them; before a mail is taken,
    `on_data` is called.
    """

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.on_data: Callable[[], object] = lambda: None
        self.calls, self.port = 0, 0

    def to(self) -> list[str]:
        return [address for one in self.taken for address in one.to]

    async def handle_MAIL(  # noqa: N802 they are called so in the library
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, options
        return self._answer("MAIL")

    async def handle_RCPT(  # noqa: N802 as above
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if (answer := self._answer("RCPT")).startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 as above
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        self.on_data()
        if (answer := self._answer("DATA")) == "hang up":
            assert server.transport is not None
            server.transport.close()
        elif answer.startswith("250"):
            self.taken.append(_taken(server, envelope))
        return answer

    def _answer(self, command: str) -> str:
        waiting = self.answers[command]
        return waiting.pop(0) if waiting else "250 OK"


def _taken(server: SMTP, envelope: Envelope) -> Taken:
    raw = envelope.content
    assert isinstance(raw, bytes)
    assert envelope.mail_from is not None
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    utf8 = "SMTPUTF8" in envelope.mail_options
    to = list(envelope.rcpt_tos)
    assert server.transport is not None
    over_tls = server.transport.get_extra_info("ssl_object") is not None
    return Taken(envelope.mail_from, to, mail, raw, over_tls, utf8)


def _known(_: SMTP, __: Session, ___: Envelope, ____: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and given == LoginPassword(USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@contextlib.contextmanager
def post_office(
    *,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    auth: bool = False,
    utf8: bool = True,
) -> Iterator[PostOffice]:
    """With `tls` it offers STARTTLS, or speaks nothing else where that is `implicit`."""
    office, ready, end = PostOffice(), threading.Event(), asyncio.Event()
    given: dict[str, Any] = {"enable_SMTPUTF8": utf8, "hostname": HOST}
    given |= {"authenticator": _known, "auth_required": True, "auth_require_tls": False} if auth else {}
    given |= {"tls_context": tls} if tls and not implicit else {}

    def speaker() -> SMTP:
        office.calls += 1
        return SMTP(office, **given)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(speaker, HOST, port, ssl=tls if implicit else None)
        office.port = server.sockets[0].getsockname()[1]
        runs.append(loop)
        ready.set()
        async with server:
            await end.wait()

    runs: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield office
    finally:
        runs[0].call_soon_threadsafe(end.set)
        thread.join()


@dataclass(frozen=True)
class Certificate:
    """`file` is what to trust."""

    file: Path
    context: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """For this machine's own address, by nobody else's authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret, file = folder / "key.pem", folder / "certificate.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return Certificate(file, context)
