"""What happens to documents when clients stall, stores fail and read models are late."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
import pytest
from starlette.types import Message

from api import downloads, uploads
from api.context import open_services
from api.documents import Documents
from api.relay import global_id
from api.tokens import Tokens
from domain.permissions import Role
from projections.blobs import Blobs
from tests.api.serving import CURSOR_KEY, TOKEN_KEY
from tests.api.sharing import BYTES, Pair, code, pair
from tests.house import Caller, House, open_house

Receive = Callable[[], Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(scope="module")
def shares(postgres_url: str, folder: Path) -> Iterator[Pair]:
    with open_house(postgres_url, blobs=Blobs.at(str(folder), "here")) as house:
        yield pair(house)


def file_of(shares: Pair, document: str, folder: Path) -> Path:
    [recorded] = shares.events(document)
    blob: str = recorded.event.model_dump()["blob"]
    return folder / "here" / blob


def test_a_store_that_fails_is_told_and_nothing_is_recorded(shares: Pair, folder: Path) -> None:
    document = shares.shared(shares.ada)
    head = shares.house.store.head()
    (folder / "here").rename(folder / "away")
    (folder / "here").write_text("no folder")
    assert code(shares.send(shares.ada)) == (503, "UNAVAILABLE")
    assert code(shares.get(shares.ada, document)) == (503, "UNAVAILABLE")
    (folder / "here").unlink()
    (folder / "away").rename(folder / "here")
    assert shares.house.store.head() == head
    assert shares.get(shares.ada, document).content == BYTES


def test_content_that_has_been_destroyed_is_gone(shares: Pair, folder: Path) -> None:
    document = shares.shared(shares.ada)
    file_of(shares, document, folder).unlink()
    assert code(shares.get(shares.ada, document)) == (410, "DOCUMENT_IS_GONE")


@dataclass
class Asked:
    """One request, spoken as an ASGI server would; `receive` is the client."""

    house: House
    folder: Path
    by: Caller
    receive: Receive
    mentorship: str = ""
    sent: list[Message] = field(default_factory=list)

    def post(self, **headers: str) -> "Asked":
        query = urlencode({"mentorship": self.mentorship, "name": "Slides.pdf"}).encode()
        given = {"content-type": "application/pdf", **headers}
        asyncio.run(self._ask("POST", {}, query, given))
        return self

    def get(self, document: str, send: Any = None) -> "Asked":
        asyncio.run(self._ask("GET", {"id": document}, b"", {}, send))
        return self

    async def _ask(
        self, method: str, path: dict[str, str], query: bytes, headers: dict[str, str], send: Any = None
    ) -> None:
        house, given = self.house, {"authorization": f"Bearer {self.by.token}", **headers}
        blobs = Blobs.at(str(self.folder), "here")
        async with open_services(house.database, house.keys, CURSOR_KEY, blobs=blobs) as services:
            services.freshness.patience = 0.05
            scope = {
                "type": "http", "method": method, "path_params": path, "query_string": query,
                "headers": [(name.replace("_", "-").encode(), given[name].encode()) for name in given],
                "app": SimpleNamespace(state=SimpleNamespace(services=services)),
            }  # fmt: skip
            await Documents(Tokens(TOKEN_KEY))(scope, self.receive, send or self._send)

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def told(self) -> tuple[int, str]:
        head, body = self.sent
        [error] = orjson.loads(body["body"])["errors"]
        return head["status"], error["extensions"]["code"]


def asked_by_ada(shares: Pair, folder: Path, receive: Receive) -> Asked:
    return Asked(shares.house, folder, shares.ada, receive, shares.mentorship)


def says(*messages: Message | Exception) -> Receive:
    """A client that says this, and then nothing for ever."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    return receive


def body(chunk: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": chunk, "more_body": more}


@pytest.fixture
def nothing_stays(shares: Pair, folder: Path) -> Iterator[None]:
    before, head = sorted((folder / "here").iterdir()), shares.house.store.head()
    yield
    assert sorted((folder / "here").iterdir()) == before
    assert shares.house.store.head() == head


@pytest.mark.usefixtures("nothing_stays")
@pytest.mark.parametrize("length", ["1", "3"])
def test_a_document_is_as_long_as_is_said(shares: Pair, folder: Path, length: str) -> None:
    asked = asked_by_ada(shares, folder, says(body(b"ab"))).post(content_length=length)
    assert asked.told == (400, "LENGTH_MISMATCH")


@pytest.mark.usefixtures("nothing_stays")
def test_nobody_is_waited_for_for_ever(shares: Pair, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "STALLED_SECONDS", 0.01)
    asked = asked_by_ada(shares, folder, says(body(b"ab", more=True))).post()
    assert asked.told == (408, "UPLOAD_STALLED")


@pytest.mark.usefixtures("nothing_stays")
def test_who_goes_away_is_not_answered(shares: Pair, folder: Path) -> None:
    gone = says(body(b"ab", more=True), {"type": "http.disconnect"})
    assert asked_by_ada(shares, folder, gone).post().sent == []


@pytest.mark.usefixtures("nothing_stays")
def test_a_bug_is_masked(shares: Pair, folder: Path) -> None:
    asked = asked_by_ada(shares, folder, says(KeyError("something personal"))).post()
    assert asked.told == (500, "INTERNAL")
    assert b"personal" not in asked.sent[1]["body"]


def test_who_reads_no_further_is_let_go(shares: Pair, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "STALLED_SECONDS", 0.01)
    document, begun = shares.shared(shares.ada), []

    async def send(message: Message) -> None:
        begun.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    asked_by_ada(shares, folder, says()).get(document, send)
    assert begun == ["http.response.start", "http.response.body"]


def test_who_goes_away_is_sent_nothing_more(shares: Pair, folder: Path) -> None:
    document = shares.shared(shares.ada, bytes(2_000_000))
    asked = asked_by_ada(shares, folder, says(body(b""), {"type": "http.disconnect"})).get(document)
    assert sum(len(message.get("body", b"")) for message in asked.sent) < 2_000_000
    assert asked.sent[-1].get("more_body", True)


def test_while_the_read_models_are_behind_nobody_is_told_that_there_is_none(
    postgres_url: str, folder: Path
) -> None:
    with open_house(postgres_url, kept_up=False, blobs=Blobs.at(str(folder), "here")) as house:
        house.done(house.registrar, "registerParticipant", {"name": "Ada", "email": "ada@example.org"})
        asked = Asked(house, folder, house.caller(Role.AUDITOR), says())
        asked.get(global_id("Resource", UUID(int=1)))
    assert asked.told == (503, "STALE")
