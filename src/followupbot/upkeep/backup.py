"""Backups: everything of one moment but the keys, encrypted, in one file, with its manifest beside it."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from followupbot import __version__
from followupbot.storage import seals
from followupbot.storage.dumps import Dump, Row, Table
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from followupbot.storage.tombstones import erased_codes
from followupbot.upkeep.archive import Writer
from followupbot.upkeep.disk import settle_names
from followupbot.upkeep.manifest import Content, Manifest

SUFFIX: Final = ".backup"
PREFIX: Final = "followupbot-"
STAMP: Final = "%Y%m%dT%H%M%SZ"


class BackupFailed(Exception):
    """There is no backup; the text says why."""


@dataclass(frozen=True)
class Backup:
    """A backup that is there whole."""

    path: Path
    manifest: Manifest


def name_of(at: datetime) -> str:
    """The file's name."""
    return f"{PREFIX}{at:{STAMP}}{SUFFIX}"


def back_up(
    database: Database, keys: Keys, key: bytes, folder: Path, files: Mapping[str, bytes], now: datetime
) -> Backup:
    """Everything as it is now, in a new file in that folder, while others write on. `files` lie in the data folder.

    The file is there whole or not at all, also where the plug is pulled. `BackupFailed` says why there is none.
    """
    path = folder / name_of(now)
    unfinished = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{PREFIX}*.part"):  # by one that was killed
            left.unlink()
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            manifest = _write(database, keys, Writer(file, key), files, now)
            file.flush()
            os.fsync(file.fileno())
        beside = manifest_of(path)
        beside.write_text(manifest.to_json() + "\n", encoding="utf-8")
        unfinished.rename(path)
        settle_names(folder)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise BackupFailed(f"{folder}: {error.strerror}") from error
    return Backup(path, manifest)


def manifest_of(backup: Path) -> Path:
    """Where the backup's manifest lies."""
    return backup.with_suffix(".json")


def row_line(row: Row) -> str:
    """The row as it stands in a backup."""
    return json.dumps([_plain(value) for value in row], separators=(",", ":"), ensure_ascii=False)


def _write(database: Database, keys: Keys, writer: Writer, files: Mapping[str, bytes], now: datetime) -> Manifest:
    # Before the moment that is read: then everything that it covers is in it.
    chains, digest = seals.seal(database, keys)
    with Dump.open(database) as dump:
        writer.write(json.dumps({"revision": dump.revision, "at": now.isoformat()}).encode())
        tables = {table.name: _write_table(writer, table, dump) for table in dump.tables}
        erased = erased_codes(dump.connection) if "tombstones" in tables else ()
    for path, content in files.items():
        writer.write(json.dumps({"file": path, "content": base64.b64encode(content).decode()}).encode())
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    manifest = Manifest(now, __version__, dump.revision, tables, hashes, chains, digest, erased)
    writer.write(manifest.to_json().encode(), last=True)
    return manifest


def _write_table(writer: Writer, table: Table, dump: Dump) -> Content:
    count, digest = 0, hashlib.sha256()
    header = {"table": table.name, "columns": table.columns, "key": table.key}
    for rows in dump.rows(table):
        lines = [row_line(row) for row in rows]
        for line in lines:
            digest.update(line.encode() + b"\n")
        count += len(lines)
        writer.write((json.dumps(header) + "\n" + "\n".join(lines)).encode())
    return Content(count, digest.hexdigest())


def _plain(value: object) -> object:
    match value:
        case bytes() | memoryview():
            return {"b": base64.b64encode(value).decode()}
        case bool():
            return int(value)  # as SQLite has it
        case None | int() | str():
            return value
        case _:
            raise AssertionError(f"no column holds a {type(value).__name__}")


def rows_of(lines: Sequence[str]) -> list[Row]:
    """The rows of those lines."""
    return [tuple(_value(value) for value in json.loads(line)) for line in lines]


def _value(plain: object) -> int | str | bytes | None:
    match plain:
        case {"b": str(text)}:
            return base64.b64decode(text)
        case None | int() | str():
            return plain
        case _:
            raise AssertionError("no row holds that")
