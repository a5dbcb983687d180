"""The files that open everything: the master key and the key of backups. Read here, made here, and changed here."""

import base64
import binascii
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from followupbot.settings import Settings, SettingsWrong, credential, read_secret
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys, WrongMasterKey
from followupbot.upkeep.disk import settle_names

KEY_BYTES = 32

KEYS_FILE = "keys.db"
"""Beside a SQLite database."""

NEXT = "master.key.next"
"""The new master key, from before the first key is wrapped with it until it lies where the old one lay."""

RACES_MAX = 2
"""How often the files are looked at: between the first and the second file the new key may have moved."""


class HouseClosed(Exception):
    """The clinic can't be opened; the text says why, and what to do."""


def master_key(settings: Settings) -> bytes:
    """The master key's 32 bytes. HouseClosed says why there are none."""
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value(), "FOLLOWUPBOT_MASTER_KEY")
    path = settings.master_key_path
    if not path.exists():
        raise HouseClosed(
            f"There is no master key at {path}. Put it back from the recovery sheet, on one line. "
            "For a new clinic: followupbot init"
        )
    return _decoded(read_secret(path, "MASTER_KEY_FILE"), str(path))


def master_keys(settings: Settings) -> Iterator[bytes]:
    """The master key, then the new one where a change was cut off or is waiting for somebody to move it."""
    for _ in range(RACES_MAX):
        yield master_key(settings)
        for path in (next_path(settings), settings.data / NEXT):
            with suppress(SettingsWrong):
                if path.exists():
                    yield _decoded(read_secret(path, "MASTER_KEY_FILE"), str(path))


def open_keys(settings: Settings, database: Database, *, new: bool = True) -> Keys:
    """The clinic's keys. HouseClosed says why they can't be opened."""
    try:
        return Keys.open(database, lambda: master_keys(settings), new=new)
    except WrongMasterKey as error:
        where = "FOLLOWUPBOT_MASTER_KEY" if settings.master_key is not None else str(settings.master_key_path)
        wrapped = KEYS_FILE if database.sqlite else "the schema followupbot_keys"
        raise HouseClosed(
            f"The clinic's keys can't be opened: {error}.\n"
            f"Expected the master key that this clinic was made with ({where}), and the patient keys that it wraps "
            f"({wrapped})."
        ) from error


def rotate(settings: Settings, keys: Keys) -> tuple[int, Path | None]:
    """Every key is wrapped with a new master key; how many, and where it waits if it is for somebody to put it there.

    The old one opens everything until the moment in which the new one does. Killed anywhere in between, both are there
    and the program finds the one that fits; done again it begins anew.
    """
    path = next_path(settings)
    if path.exists():
        if not keys.fits(_decoded(read_secret(path, "MASTER_KEY_FILE"), str(path))):
            path.unlink()  # somebody pulled the plug before anything was wrapped with it
        elif not _settle(settings, path):
            raise HouseClosed(f"The new master key still waits in {path}. Put it where the old one comes from first.")
    make_key(path)
    count = keys.rewrap(_decoded(read_secret(path, "MASTER_KEY_FILE"), str(path)))
    return count, None if _settle(settings, path) else path


def next_path(settings: Settings) -> Path:
    """Where the new master key lies during a change: beside the old, or where that is not ours, in the data folder."""
    return settings.master_key_path.with_name(NEXT) if _ours(settings) else settings.data / NEXT


def backup_key(settings: Settings) -> bytes:
    """The key of backups. HouseClosed says why there is none."""
    path = settings.backup_key_path
    if not path.exists():
        raise HouseClosed(f"There is no backup key at {path}. Restore it; for new backups: followupbot init")
    return _decoded(read_secret(path, "BACKUP_KEY_FILE"), str(path))


def backups_folder(settings: Settings) -> Path:
    """Where backups go of which nobody said where."""
    return settings.backups or settings.data / "backups"


def as_text(key: bytes) -> str:
    """The key as it stands in its file."""
    return base64.urlsafe_b64encode(key).decode()


def make_key(path: Path) -> None:
    """A new key is in the file, which only this user can read."""
    write_new(path, f"{as_text(secrets.token_bytes(KEY_BYTES))}\n".encode(), mode=0o400)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """The file is there whole, or not at all, also where the plug is pulled."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        settle_names(path.parent)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise HouseClosed(f"{path} can't be written: {error.strerror}.") from error


def _ours(settings: Settings) -> bool:
    """Whether the master key is a file that we may replace."""
    if settings.master_key is not None or (settings.master_key_file is None and credential("master_key")):
        return False
    return os.access(settings.master_key_path.parent, os.W_OK)


def _settle(settings: Settings, path: Path) -> bool:
    """The new master key lies where the old one lay; False where that is for somebody else to do."""
    if not _ours(settings):
        return False
    path.rename(settings.master_key_path)
    settle_names(path.parent)
    return True


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise HouseClosed(f"{where}: expected {KEY_BYTES} bytes as URL-safe base64 (44 characters).")
    return key
