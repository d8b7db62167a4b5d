"""Contents of documents: there whole or not at all, and gone for good once destroyed."""

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest

from projections.blobs import PART, BlobIsGone, Blobs, BlobsUnavailable, Kept

T = TypeVar("T")
TOMORROW = datetime.now(UTC) + timedelta(days=1)


class Stopped(Exception):
    pass


async def content(*chunks: bytes, stopped: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if stopped:
        raise Stopped


async def read(blobs: Blobs, key: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await blobs.read(key, start, end)])


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs.at(str(tmp_path), "here") if request.param == "folder" else Blobs.in_memory()


def keys(blobs: Blobs) -> list[str]:
    return sorted(blob.key for page in blobs.all() for blob in page)


def test_what_is_kept_is_read_again(blobs: Blobs) -> None:
    large = bytes(range(256)) * (PART // 100)
    assert run(blobs.keep("1", content(b"ab", b"", b"c"))) == Kept(3, hashlib.sha256(b"abc").hexdigest())
    kept = run(blobs.keep("2", content(large[:1_000], large[1_000:])))
    assert kept == Kept(len(large), hashlib.sha256(large).hexdigest())
    assert run(read(blobs, "1", 0, 3)) == b"abc"
    assert run(read(blobs, "2", 0, len(large))) == large
    assert run(read(blobs, "2", 300, 1_300)) == large[300:1_300]
    assert keys(blobs) == ["1", "2"]
    [page] = blobs.all()
    assert all(datetime.now(UTC) - blob.since < timedelta(minutes=1) for blob in page)


def test_of_what_is_broken_off_nothing_stays(blobs: Blobs) -> None:
    for sent in (b"", b"abc", bytes(3 * PART)):
        with pytest.raises(Stopped):
            run(blobs.keep("1", content(sent, stopped=True)))
    assert keys(blobs) == []
    with pytest.raises(BlobIsGone):
        run(blobs.read("1", 0, 1))


def test_of_what_is_cancelled_nothing_stays(tmp_path: Path) -> None:
    blobs = Blobs.at(str(tmp_path), "here")

    async def cancelled() -> None:
        begun = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield bytes(2 * PART)
            begun.set()
            await asyncio.Event().wait()

        upload = asyncio.create_task(blobs.keep("1", endless()))
        await begun.wait()
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload

    run(cancelled())
    blobs.destroy_halves(TOMORROW)
    assert list((tmp_path / "here").iterdir()) == []


def test_what_is_destroyed_is_gone_and_destroyed_once(blobs: Blobs) -> None:
    for key in ("1", "2"):
        run(blobs.keep(key, content(b"abc")))
    blobs.destroy("1")
    blobs.destroy("1")
    with pytest.raises(BlobIsGone):
        run(blobs.read("1", 0, 1))
    assert keys(blobs) == ["2"]


def test_what_a_killed_process_began_is_destroyed_when_it_is_old(tmp_path: Path) -> None:
    blobs = Blobs.at(str(tmp_path), "here")
    run(blobs.keep("1", content(b"abc")))
    half = tmp_path / "here" / "2#1"
    half.write_bytes(b"half")
    assert keys(blobs) == ["1"]
    blobs.destroy_halves(TOMORROW - timedelta(days=2))
    assert half.exists()
    blobs.destroy_halves(TOMORROW)
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["1"]
    Blobs.in_memory().destroy_halves(TOMORROW)


def test_organisations_keep_theirs_apart(tmp_path: Path) -> None:
    ours, theirs = Blobs.at(str(tmp_path), "ours"), Blobs.at(str(tmp_path), "theirs")
    run(ours.keep("1", content(b"abc")))
    assert (keys(ours), keys(theirs)) == (["1"], [])


def test_a_folder_is_for_nobody_else(tmp_path: Path) -> None:
    Blobs.at(str(tmp_path / "new"), "here")
    assert (tmp_path / "new" / "here").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("address", ["{file}", "s3://", "s3:///prefix"])
def test_a_place_that_is_none_is_told(tmp_path: Path, address: str) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BlobsUnavailable):
        Blobs.at(address.format(file=file), "here")


def bucket(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> Blobs:
    settings = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "r", "ENDPOINT": endpoint}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return Blobs.at("s3://bucket/prefix/", "here")


class Empty(BaseHTTPRequestHandler):
    """A bucket in which there is nothing."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 as its base names it
        pass


def test_a_bucket_without_tls_is_asked_as_its_endpoint_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a cluster of one's own: the address was given on purpose."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            blobs = bucket(monkeypatch, f"http://127.0.0.1:{server.server_port}")
            with pytest.raises(BlobIsGone):
                run(blobs.read("1", 0, 1))
        finally:
            server.shutdown()


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Blobs:
    """A bucket where nobody listens."""
    return bucket(monkeypatch, "http://127.0.0.1:1")


def test_a_bucket_that_cannot_be_reached_says_so(unreachable: Blobs) -> None:
    works: list[Callable[[], object]] = [
        lambda: run(unreachable.read("1", 0, 1)),
        lambda: run(unreachable.keep("1", content(b"abc"))),
        lambda: keys(unreachable),
        lambda: unreachable.destroy("1"),
    ]
    for work in works:
        with pytest.raises(BlobsUnavailable, match=r"Error$"):
            work()


def test_a_store_that_fails_says_so(tmp_path: Path) -> None:
    blobs, folder = Blobs.at(str(tmp_path), "here"), tmp_path / "here"
    run(blobs.keep("1", content(b"abc")))
    (folder / "2").mkdir()
    (folder / "2" / "3").touch()
    for work in (lambda: run(blobs.keep("2", content(b"abc"))), lambda: blobs.destroy("2")):
        with pytest.raises(BlobsUnavailable):
            work()


def test_a_disk_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs.at(str(tmp_path), "here")

    def fails(_: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(BlobsUnavailable, match="OSError"):
        run(blobs.keep("1", content(b"abc")))
