"""Where the lake's files lie: a folder, or an object store such as S3. A file is there whole or not."""

import os
from pathlib import Path
from typing import Final, Self

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from projections.blobs import CLIENT, RETRIES, S3

HALVES: Final = "date=*/type=*/*#*"


class LakeUnavailable(Exception):
    """The lake cannot take or give what it is asked for; the text says what kind of fault it met."""


class Place:
    """One organisation's."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    @classmethod
    def at(cls, address: str, organisation: str) -> Self:
        """`s3://bucket/prefix`, with AWS_... in the environment for credentials and endpoint; else a folder.

        Raises LakeUnavailable where that is no place to keep anything.
        """
        try:
            if address.startswith(S3):
                bucket = f"{address.rstrip('/')}/{organisation}"
                return cls(S3Store.from_url(bucket, client_options=CLIENT, retry_config=RETRIES))
            folder = (Path(address) / organisation).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            return cls(LocalStore(prefix=folder), folder)
        except (BaseError, OSError, ValueError) as error:
            raise LakeUnavailable(type(error).__name__) from error

    def put(self, path: str, content: bytes) -> None:
        """On the disk once this returns; what was there under this path is replaced."""
        try:
            obstore.put(self._store, path, content)
            if self._folder:
                _settle(self._folder, path)
        except (BaseError, OSError) as error:
            raise LakeUnavailable(type(error).__name__) from error

    def read(self, path: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except (BaseError, OSError) as error:
            raise LakeUnavailable(type(error).__name__) from error

    def destroy(self, path: str) -> None:
        """Once is enough."""
        try:
            obstore.delete(self._store, path)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise LakeUnavailable(type(error).__name__) from error

    def destroy_halves(self) -> None:
        """What a process that was killed had begun to write, in a folder; only while nobody writes."""
        for half in self._folder.glob(HALVES) if self._folder else ():
            half.unlink(missing_ok=True)


def _settle(folder: Path, path: str) -> None:
    """The file, its name and the folders made for it are on the disk before the database says so."""
    whole = folder / path
    for part in (whole, *whole.parents[: len(Path(path).parts)]):
        opened = os.open(part, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
