"""One POST to somebody else's server: no redirect is followed, no proxy asked, and it ends in time.

Where only public addresses are allowed, the name is looked up once, all of its addresses are looked at, and
the connection goes to one of just those: what the name stands for a moment later does not matter.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import SplitResult, urlsplit

SECONDS: Final = 10
"""For all of it, once the name is looked up."""
LONGEST_WAIT: Final = timedelta(minutes=5)
PORTS: Final = {"https": 443, "http": 80}
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` None: there was none, for the `reason`. `wait` is what the server asks for."""

    status: int | None
    reason: str
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and self.status // 100 == HTTPStatus.OK // 100


class AddressIsPrivate(OSError):
    """The host lies where only we can reach it."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, public_only: bool = False) -> Answer:
    """Its answer's status; of what else it answers nothing is read."""
    parts = urlsplit(url)
    try:
        connection = _connected(parts, public_only=public_only)
    except (
        OSError,
        ValueError,
        http.client.HTTPException,
    ) as error:  # a name may be one that no service takes
        return Answer(None, type(error).__name__)
    began = time.monotonic()
    clock = threading.Timer(SECONDS, _break_off, (connection.sock,))
    clock.start()
    try:
        connection.request("POST", _target(parts), body, dict(headers))
        response = connection.getresponse()
        answer = Answer(response.status, str(response.status), _wait(response))
    except (OSError, http.client.HTTPException) as error:
        answer = Answer(None, type(error).__name__)
    finally:
        clock.cancel()
        connection.close()
    # Broken off by the clock, it looks as if the other side had said all, or gone.
    return answer if time.monotonic() < began + SECONDS else Answer(None, TimeoutError.__name__)


def _connected(parts: SplitResult, *, public_only: bool) -> http.client.HTTPConnection:
    """Raises OSError, ValueError and HTTPException."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    if public_only and not all(map(is_public, addresses)):
        raise AddressIsPrivate
    made = http.client.HTTPConnection(host, parts.port)  # it names them in the header Host
    plain = _reach(addresses, port)
    made.sock = plain
    if parts.scheme == "https":
        try:
            made.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    return made


def _reach(addresses: Sequence[str], port: int) -> socket.socket:
    """The first that answers."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=SECONDS)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _break_off(connected: socket.socket) -> None:
    """Whoever reads from it hears the end. Not through TLS, which may be waiting for its own turn."""
    try:
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def is_public(address: str) -> bool:
    """Whether anybody could reach it: not this machine, nor its network, nor many at once."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (inner := _inner(found)):
        return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that is reached through it."""
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _wait(response: http.client.HTTPResponse) -> timedelta | None:
    """As it asks for, in seconds."""
    asked = response.getheader("Retry-After", "")
    return min(timedelta(seconds=int(asked)), LONGEST_WAIT) if asked.isdecimal() and len(asked) < 10 else None
