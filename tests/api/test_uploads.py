"""Rubbish that is sent as a document: refused by name, and nothing of it stays."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from domain.permissions import Role
from projections.blobs import Blobs
from tests.api.sharing import MOST, Pair, code, pair
from tests.house import open_house
from tests.projections.given import eventually


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(scope="module")
def shares(postgres_url: str, folder: Path) -> Iterator[Pair]:
    with open_house(postgres_url, blobs=Blobs.at(str(folder), "here")) as house:
        yield pair(house)


@pytest.fixture(autouse=True)
def _nothing_stays(request: pytest.FixtureRequest, shares: Pair, folder: Path) -> Iterator[None]:
    """Of what is refused neither event nor blob."""
    before, head = sorted((folder / "here").iterdir()), shares.house.store.head()
    yield
    if "keeps" not in request.fixturenames:
        eventually(lambda: sorted((folder / "here").iterdir()) == before)
        assert shares.house.store.head() == head


@pytest.fixture
def keeps() -> None:
    """For a test that does share something."""


def pieces(size: int, piece: int = 64_000) -> Iterator[bytes]:
    """Sent without a Content-Length."""
    for begin in range(0, size, piece):
        yield bytes(min(piece, size - begin))


def test_as_much_as_may_be_comes_through(shares: Pair, keeps: None) -> None:
    for body in (bytes(MOST), pieces(MOST)):
        found = shares.send(shares.ada, body)
        assert (found.status_code, found.json()["bytes"]) == (201, MOST)


def test_too_much_is_refused_before_it_is_read_or_as_soon_as_it_is(shares: Pair) -> None:
    for body in (bytes(MOST + 1), pieces(MOST + 1), pieces(3 * MOST)):
        assert code(shares.send(shares.ada, body)) == (413, "DOCUMENT_IS_TOO_LARGE")


def test_nothing_is_no_document(shares: Pair) -> None:
    for body in (b"", pieces(0)):
        assert code(shares.send(shares.ada, body)) == (400, "DOCUMENT_IS_EMPTY")


@pytest.mark.parametrize("media_type", ["application/x-msdownload", "imagex/png", "video/mp4"])
def test_a_type_that_the_programme_does_not_take_is_refused(shares: Pair, media_type: str) -> None:
    found = shares.send(shares.ada, media_type=media_type)
    assert code(found) == (415, "MEDIA_TYPE_IS_NOT_TAKEN")
    assert "application/pdf, image/*, text/*, application/zip" in found.text


@pytest.mark.parametrize("media_type", ["", ";charset=utf-8"])
def test_a_document_is_of_some_type(shares: Pair, media_type: str) -> None:
    assert code(shares.send(shares.ada, media_type=media_type)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("media_type", ["pdf", "a/b/c", "*/*", "text/", "/", "text/ä", "x" * 130 + "/y"])
def test_a_type_is_written_as_types_are(shares: Pair, media_type: str) -> None:
    status, told = code(shares.send(shares.ada, headers={"content-type": media_type.encode()}))
    assert (status, told) in {(400, "VALUE_ERROR"), (400, "STRING_TOO_LONG")}


def test_a_document_is_not_compressed_on_its_way(shares: Pair) -> None:
    found = shares.send(shares.ada, headers={"content-encoding": "gzip"})
    assert code(found) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", (400, "STRING_TOO_SHORT")), ("  ", (400, "STRING_TOO_SHORT")),
        ("x" * 201, (400, "STRING_TOO_LONG")), ("two\nlines", (400, "VALUE_ERROR")),
        ("a\0b", (400, "VALUE_ERROR")), ("a\x1b[2J", (400, "VALUE_ERROR")),
        ("../../etc/passwd", (409, "NAME_IS_PATH")), ("C:\\boot.ini", (409, "NAME_IS_PATH")),
        ("/", (409, "NAME_IS_PATH")), ("..", (409, "NAME_IS_PATH")),
    ],
)  # fmt: skip
def test_a_name_that_is_none_is_refused(shares: Pair, name: str, told: tuple[int, str]) -> None:
    assert code(shares.send(shares.ada, name=name)) == told


@pytest.mark.parametrize(
    "query", ["name=%ff&mentorship=x", "name=a&name=b", "%zz=" + "&a" * 20, "name=%ED%A0%80"]
)
def test_a_query_that_cannot_be_read_is_refused(shares: Pair, query: str) -> None:
    headers = {**shares.authorization(shares.ada), "content-type": "text/plain"}
    found = shares.http.post(f"/documents?{query}", content=b"x", headers=headers)
    assert code(found) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("mentorship", ["", "x", "UmVzb3VyY2U6MQ=="])
def test_a_relationship_is_named(shares: Pair, mentorship: str) -> None:
    found = shares.send(shares.ada, mentorship=mentorship)
    assert code(found) == (400, "BAD_ID")
    assert found.json()["errors"][0]["extensions"]["parameter"] == "mentorship"


def test_only_members_share(shares: Pair) -> None:
    others = (shares.lin, shares.met.fay, shares.met.sam, shares.house.registrar, shares.house.caller())
    for who in (*others, shares.house.caller(Role.AUDITOR)):
        assert code(shares.send(who)) == (403, "FORBIDDEN")


def test_who_asks_says_who_they_are(shares: Pair) -> None:
    for authorization in ("", "Bearer", "Bearer nonsense", "Basic YTpi"):
        found = shares.send(shares.ada, headers={"authorization": authorization})
        assert code(found) == (401, "UNAUTHENTICATED")
        assert found.headers["www-authenticate"].startswith("Bearer")


def test_there_is_no_other_way(shares: Pair) -> None:
    for method, path, allowed in (("GET", "", "POST"), ("PUT", "", "POST"), ("DELETE", "/x", "GET, HEAD")):
        found = shares.http.request(method, f"/documents{path}", headers=shares.authorization(shares.ada))
        assert code(found) == (405, "METHOD_NOT_ALLOWED")
        assert found.headers["allow"] == allowed


def raw(shares: Pair, length: str, body: bytes) -> socket.socket:
    """A request as no client library would send it."""
    address = urlsplit(str(shares.http.base_url))
    query = urlencode({"mentorship": shares.mentorship, "name": "Slides.pdf"})
    head = [
        f"POST /documents?{query} HTTP/1.1", "host: here", "content-type: application/pdf",
        f"authorization: Bearer {shares.ada.token}", f"content-length: {length}", "", "",
    ]  # fmt: skip
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall("\r\n".join(head).encode() + body)
    return connection


def test_a_connection_that_is_cut_leaves_nothing(shares: Pair) -> None:
    """At once, or when more has come than is held in memory, so that a file has been begun."""
    whole = str(MOST)
    for sent in (0, MOST - 1):
        raw(shares, whole, bytes(sent)).close()


def test_what_comes_after_the_length_that_is_said_is_another_request(shares: Pair, keeps: None) -> None:
    with raw(shares, "10", b"0123456789GET /health/live HTTP/1.1\r\nhost: here\r\n\r\n") as connection:
        answer = b""
        while b"live" not in answer:
            answer += connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 201")
    assert b'"bytes":10,' in answer


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 30, "0x10"])
def test_a_length_that_is_none_is_refused(shares: Pair, length: str) -> None:
    with raw(shares, length, b"abc") as connection:
        assert connection.recv(65_536).startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))
