"""What is sent to somebody else's server goes there and nowhere else, and never waits for long."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.workers.post_office import certificate
from tests.workers.receiver import Receiver, receiver
from workers import posting
from workers.posting import Answer, is_public, post

HEADERS = {"Content-Type": "application/json", "webhook-id": "1"}
BODY = b'{"sequence": "7", "partitionkey": "a"}'


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.1",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2001:db8::1", "fec0::1", "3fff::1", "5f00::1", "192.0.0.192", "168.63.129.16",
    ],
)  # fmt: skip
def test_nobody_is_reached_where_only_we_could_reach_them(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_whoever_anybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "127.1"]
)
def test_however_it_is_written_a_private_address_is_not_asked(server: Receiver, host: str) -> None:
    answer = post(f"http://{host}:{server.server_port}/", BODY, HEADERS, public_only=True)
    assert answer.status is None
    assert answer.reason in {"AddressIsPrivate", "gaierror"}
    assert server.asked == 0


def looked_up(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name service says one after the other; the hosts that it was asked for."""
    asked, left = [], list(answers)

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in left.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_with_one_private_address_among_others_is_not_asked(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    assert post(server.url, BODY, HEADERS, public_only=True).reason == "AddressIsPrivate"
    assert server.asked == 0


def test_what_a_name_stands_for_a_moment_later_does_not_matter(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked up once; what the connection is made with is an address."""
    reached: list[str] = []

    def create_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError

    asked = looked_up(monkeypatch, ["8.8.8.8", "8.8.4.4"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "create_connection", create_connection)
    answer = post(f"https://hooks.example:{server.server_port}/", BODY, HEADERS, public_only=True)
    assert answer == Answer(None, "ConnectionRefusedError")
    assert (asked, reached) == (["hooks.example"], ["8.8.8.8", "8.8.4.4"])


def test_nothing_goes_over_public_networks_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up(monkeypatch, ["8.8.8.8"])
    assert post("http://hooks.example/", BODY, HEADERS, public_only=True).reason == "AddressIsNotSecure"


def test_the_second_address_is_tried_where_the_first_does_not_answer(
    server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up(monkeypatch, ["127.0.0.2", "127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"])
    assert post(server.url, BODY, HEADERS).taken


def test_a_redirect_is_an_answer(server: Receiver) -> None:
    server.answer = lambda _: (307, {"Location": "http://169.254.169.254/"})
    answer = post(server.url, BODY, HEADERS)
    assert (answer.status, answer.taken, server.asked) == (307, False, 1)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("7", timedelta(seconds=7)), ("99999", timedelta(minutes=5)), ("soon", None), ("", None)],
)
def test_it_may_ask_for_patience(server: Receiver, asked: str, wait: timedelta | None) -> None:
    server.answer = lambda _: (429, {"Retry-After": asked})
    assert post(server.url, BODY, HEADERS) == Answer(429, "429", wait)


def test_its_certificate_must_be_one_that_we_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = certificate(tmp_path)
    with receiver(own) as server:
        assert post(server.url, BODY, HEADERS).reason == "SSLCertVerificationError"
        monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
        assert post(server.url, BODY, HEADERS).taken
        other = server.url.replace("127.0.0.1", "localhost")
        assert post(other, BODY, HEADERS).reason == "SSLCertVerificationError"


@contextlib.contextmanager
def peculiar(*said: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that says these things, one after the other for ever, without listening."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connected, _ = listening.accept()
            with contextlib.suppress(OSError), connected:
                spoken = context.wrap_socket(connected, server_side=True) if context else connected
                while not stop.is_set():
                    for one in said:
                        spoken.sendall(one)
                        stop.wait(0.02)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("said", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b""], ids=["drips", "header", "silent"])
def test_it_ends_in_time_whatever_the_other_side_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, *, tls: bool
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    own = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    with peculiar(said, b"T" if said else b"", context=own.context if tls else None) as port:
        answer = post(f"http{'s' if tls else ''}://127.0.0.1:{port}/", BODY, HEADERS)
    assert answer == Answer(None, "TimeoutError")


def test_a_huge_answer_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with peculiar(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 65_536) as port:
        assert post(f"http://127.0.0.1:{port}/", BODY, HEADERS).taken


def test_what_is_no_http_is_no_answer() -> None:
    with peculiar(b"SMTP ready\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/", BODY, HEADERS).reason == "BadStatusLine"


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example", "nobody.invalid"])
def test_a_name_of_nobody_is_no_answer(host: str) -> None:
    assert post(f"https://{host}/", BODY, HEADERS).status is None


def test_nobody_there_is_no_answer() -> None:
    assert post("http://127.0.0.1:1/", BODY, HEADERS) == Answer(None, "ConnectionRefusedError")
