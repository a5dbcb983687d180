"""The files that open everything: what stands in them is on the disk before anything relies on it."""

import os
import stat
from pathlib import Path

import pytest

from followupbot.bootstrap.key_files import HouseClosed, write_new


def test_a_new_file_and_its_name_are_on_the_disk_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut after every key was wrapped anew could take the one key with it that opens them."""
    path, settled = tmp_path / "master.key.next", list[str]()

    def settle(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        settled.append(f"{'folder' if folder else 'file'}, {'named' if path.exists() else 'not yet named'}")

    monkeypatch.setattr(os, "fsync", settle)
    write_new(path, b"key", mode=0o400)
    assert settled == ["file, not yet named", "folder, named"]
    assert path.read_bytes() == b"key"


def test_what_can_not_be_named_leaves_nothing_behind(tmp_path: Path) -> None:
    """No half of a key lies about."""
    taken = tmp_path / "master.key"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(HouseClosed, match="can't be written"):
        write_new(taken, b"key", mode=0o400)
    assert list(tmp_path.iterdir()) == [taken]
