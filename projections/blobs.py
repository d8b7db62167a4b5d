"""Blobs: the contents of documents, kept beside the log in a folder or an object store such as S3.

A key is made up for each upload and never used again. What it names is there whole or not at all.
"""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store

if TYPE_CHECKING:  # the library has these types in its stubs alone
    from obstore import BytesStream
    from obstore.store import ClientConfig, RetryConfig

PART: Final = 5 * 2**20
"""Bytes sent to the store at once: the least that S3 takes as a part."""
PARTS_UNDER_WAY: Final = 2
CHUNK: Final = 256 * 2**10
PAGE: Final = 1_000
S3: Final = "s3://"
CLIENT: "Final[ClientConfig]" = {
    "connect_timeout": timedelta(seconds=5),
    "read_timeout": timedelta(seconds=30),
    "timeout": timedelta(hours=1),
    "allow_http": True,
}
"""A download lasts as long as its reader takes; an endpoint that is named as http:// is meant so."""
RETRIES: "Final[RetryConfig]" = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}


class BlobIsGone(Exception):
    """There is no blob under this key, or no longer."""


class BlobsUnavailable(Exception):
    """The store cannot take or give what it is asked for; the text says what kind of fault it met."""


@dataclass(frozen=True, slots=True)
class Kept:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Blob:
    key: str
    since: datetime


class Blobs:
    """One organisation's. Safe for any number of threads and loops."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    @classmethod
    def in_memory(cls) -> Self:
        """For who keeps no documents."""
        return cls(MemoryStore())

    @classmethod
    def at(cls, address: str, organisation: str) -> Self:
        """`s3://bucket/prefix`, with AWS_... in the environment for credentials and endpoint; else a folder.

        Raises BlobsUnavailable where that is no place to keep anything.
        """
        try:
            if address.startswith(S3):
                bucket = f"{address.rstrip('/')}/{organisation}"
                return cls(S3Store.from_url(bucket, client_options=CLIENT, retry_config=RETRIES))
            folder = (Path(address) / organisation).absolute()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(LocalStore(prefix=folder), folder)
        except (BaseError, OSError, ValueError) as error:
            raise BlobsUnavailable(type(error).__name__) from error

    async def keep(self, key: str, content: AsyncIterable[bytes]) -> Kept:
        """On the disk once this returns. Whatever `content` raises is raised, and nothing remains; so it is
        when this is cancelled. No more than a few parts of it are in memory at a time.
        """
        counted = _Counted(content)
        try:
            await obstore.put_async(
                self._store, key, aiter(counted), chunk_size=PART, max_concurrency=PARTS_UNDER_WAY
            )
            if self._folder:
                await asyncio.to_thread(_settle, self._folder, key)
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(type(error).__name__) from error
        return Kept(counted.bytes, counted.hash.hexdigest())

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, a chunk at a time. Raises BlobIsGone before the first."""
        try:
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        except FileNotFoundError:
            raise BlobIsGone from None
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(type(error).__name__) from error
        return _chunks(found.stream(min_chunk_size=CHUNK))

    def all(self) -> Iterator[list[Blob]]:
        """Every blob, a page at a time. Raises BlobsUnavailable."""
        try:
            for page in obstore.list(self._store, chunk_size=PAGE):
                yield [Blob(found["path"], found["last_modified"]) for found in page]
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(type(error).__name__) from error

    def destroy(self, key: str) -> None:
        """For good; once is enough. Raises BlobsUnavailable."""
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise BlobsUnavailable(type(error).__name__) from error

    def destroy_halves(self, before: datetime) -> None:
        """What a process that was killed had begun to write: in a folder. Of a bucket, a rule does this."""
        for half in self._folder.glob("*#*") if self._folder else ():
            with contextlib.suppress(FileNotFoundError):  # it has become whole just now
                if half.stat().st_mtime < before.timestamp():
                    half.unlink()


class _Counted:
    """The same content, measured on its way."""

    def __init__(self, content: AsyncIterable[bytes]) -> None:
        self._content = content
        self.bytes, self.hash = 0, hashlib.sha256()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._content:
            self.bytes += len(chunk)
            self.hash.update(chunk)
            yield chunk


async def _chunks(stream: "BytesStream") -> AsyncIterator[bytes]:
    try:
        async for chunk in stream:
            yield bytes(chunk)
    except (BaseError, OSError) as error:
        raise BlobsUnavailable(type(error).__name__) from error


def _settle(folder: Path, key: str) -> None:
    """The file and its name are on the disk before anybody is told that they are."""
    for path in (folder / key, folder):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
