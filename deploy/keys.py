"""The keys of the embedded default: made on its first start, kept in files that only their owner reads."""

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from deploy import trouble

KEY_BYTES = 32


def decode(text: str) -> bytes:
    """A key as settings and files write it: base64, at least 32 bytes. Raises ValueError."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    if len(key) < KEY_BYTES:
        raise ValueError(f"has {len(key)} bytes, {KEY_BYTES} are needed")
    return key


def folder(data: Path) -> Path:
    return data / "keys"


def keep(folder: Path, name: str, *, create: bool) -> bytes:
    """The key in `folder`, made when there is none yet and `create` says that no data depends on it."""
    file = folder / name
    try:
        if not file.exists():
            if not create:
                raise trouble.KeyMissing(file=file)
            _write(file, base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        return decode(file.read_text(encoding="ascii"))
    except OSError as error:
        raise trouble.of_folder(folder, error) from error
    except ValueError as error:
        raise trouble.KeyUnreadable(file=file) from error


def _write(file: Path, content: bytes) -> None:
    """Under its final name only once it is whole and on the disk: half a key would lock the data for good."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=file.parent, prefix=".")  # 0600, and nobody else's
    draft = Path(name)
    with os.fdopen(number, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
        os.link(draft, file)
    draft.unlink()
