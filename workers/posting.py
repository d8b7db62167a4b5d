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
ADDRESSES: Final = 4
"""So many of a name's are tried."""
NOT_PUBLIC: Final = tuple(
    map(ipaddress.ip_network, ("192.0.0.0/24", "168.63.129.16/32", "fec0::/10", "3fff::/20", "5f00::/16"))
)
"""What the library takes for public: services of clouds, and what is set apart."""
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


class AddressIsNotSecure(OSError):
    """It would go over public networks without TLS."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, public_only: bool = False) -> Answer:
    """Its answer's status; of what else it answers nothing is read. `public_only` goes with TLS alone."""
    parts, ends = urlsplit(url), time.monotonic() + SECONDS
    try:
        connection = _connected(parts, ends, public_only=public_only)
    except (
        OSError,
        ValueError,
        http.client.HTTPException,
    ) as error:  # a name may be one that no service takes
        return Answer(None, type(error).__name__)
    clock = threading.Timer(_left(ends), _break_off, (connection.sock,))
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
    return answer if time.monotonic() < ends else Answer(None, TimeoutError.__name__)


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 0.001)


def _connected(parts: SplitResult, ends: float, *, public_only: bool) -> http.client.HTTPConnection:
    """Raises OSError, ValueError and HTTPException."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    if public_only and not all(map(is_public, addresses)):
        raise AddressIsPrivate
    if public_only and parts.scheme != "https":
        raise AddressIsNotSecure
    made = http.client.HTTPConnection(host, parts.port)  # it names them in the header Host
    plain = _reach(addresses[:ADDRESSES], port, ends)
    made.sock = plain
    if parts.scheme == "https":
        try:
            plain.settimeout(_left(ends))
            made.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        except OSError:
            plain.close()
            raise
    return made


def _reach(addresses: Sequence[str], port: int, ends: float) -> socket.socket:
    """The first that answers."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=_left(ends))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=_left(ends))


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
    if any(found in one for one in NOT_PUBLIC):
        return False
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
