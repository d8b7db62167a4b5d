"""Keys of the embedded default: made once, for their owner only, never made anew over data."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy import keys, trouble


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = keys.keep(folder, "kek", create=True)
    assert len(made) == keys.KEY_BYTES
    assert keys.keep(folder, "kek", create=True) == made
    assert keys.keep(folder, "token_key", create=True) != made
    assert stat.S_IMODE((folder / "kek").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(file.name for file in folder.iterdir()) == ["kek", "token_key"]


def test_many_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as callers:
        made = set(callers.map(lambda _: keys.keep(tmp_path, "kek", create=True), range(32)))
    assert len(made) == 1


def test_a_lost_key_is_not_replaced_where_data_depends_on_it(tmp_path: Path) -> None:
    with pytest.raises(trouble.KeyMissing, match="put it back"):
        keys.keep(tmp_path, "kek", create=False)
    assert not (tmp_path / "kek").exists()


@pytest.mark.parametrize("content", [b"", b"not base64!", base64.b64encode(b"short"), b"\xff\xfe"])
def test_a_damaged_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kek").write_bytes(content)
    with pytest.raises(trouble.KeyUnreadable, match="does not hold a key"):
        keys.keep(tmp_path, "kek", create=True)


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(trouble.FolderNotWritable):
        keys.keep(tmp_path / "keys", "kek", create=True)
