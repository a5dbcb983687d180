"""Restoring a backup: into an empty database, whole or not at all, with erased patients erased, and in quarantine."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from followupbot.domain.ids import PatientId
from followupbot.storage import marks, migrations, tombstones
from followupbot.storage.dumps import Filling, NotEmpty, Table, filling
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys, patient_key, patient_of
from followupbot.storage.tombstones import LIST_FILE, Tombstone
from followupbot.upkeep import archive
from followupbot.upkeep.backup import PREFIX, SUFFIX, manifest_of, rows_of
from followupbot.upkeep.manifest import Content, Manifest, ManifestWrong

REASON = "erased_before_restore"


class RestoreRefused(Exception):
    """Nothing was restored; the text says why."""


@dataclass(frozen=True)
class Restored:
    """What there is now. `erased` were in the backup, and are not in the database."""

    manifest: Manifest
    erased: tuple[PatientId, ...]
    files: Mapping[str, bytes]


@dataclass
class _Counted:
    """What was read of a table so far."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def content(self) -> Content:
        return Content(self.rows, self.digest.hexdigest())


def erased_patients(keys: Keys, folders: Iterable[Path]) -> frozenset[PatientId]:
    """Everybody of whom it is known that they were erased: by their key, by lists and by manifests in those folders."""
    found = {patient for name in keys.destroyed() if (patient := patient_of(name)) is not None}
    for folder in folders:
        listed = folder / LIST_FILE
        if listed.is_file():
            found |= {PatientId(line) for line in listed.read_text(encoding="utf-8").split() if line}
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            try:
                manifest = Manifest.from_json(manifest_of(path).read_bytes())
            except (OSError, ManifestWrong):
                continue  # what it would tell, the backup's own tombstones and the keys tell too
            found |= {PatientId(code) for code in manifest.erased}
    return frozenset(found)


def restore(
    database: Database,
    keys: Keys,
    key: bytes,
    path: Path,
    erased: frozenset[PatientId],
    now: datetime,
    *,
    replace: bool = False,
) -> Restored:
    """The database is as the backup has it, but for those erased since, and nothing leaves it until it is released.

    All in one commit. `RestoreRefused` says why nothing was restored.
    """
    for patient in erased:  # before anything of theirs is there again
        keys.destroy(patient_key(patient))
    try:
        with path.open("rb") as file:
            return _restore(database, keys, archive.parts(file, key), erased, now, replace)
    except OSError as error:
        raise RestoreRefused(f"{path} can't be read: {error.strerror}") from error
    except archive.Unreadable as error:
        raise RestoreRefused(f"{path}: {error}") from error
    except NotEmpty as error:
        raise RestoreRefused(f"there are rows already, in {error}; --replace puts the backup in their place") from error


def _restore(
    database: Database,
    keys: Keys,
    parts: Iterable[bytes],
    erased: frozenset[PatientId],
    now: datetime,
    replace: bool,
) -> Restored:
    following = iter(parts)
    revision = json.loads(next(following)).get("revision")
    if revision is None:  # what else is closed with that key
        raise archive.Unreadable("this is no backup. For a copy of keys: followupbot keys put-back")
    if not migrations.knows(revision):
        raise archive.Unreadable(
            f"it is of revision {revision}, which this program does not know; is it a newer one's?"
        )
    tables: dict[str, _Counted] = {}
    files: dict[str, bytes] = {}
    with filling(database, revision, replace=replace) as fill:
        last = b""
        for part in following:
            last = part
            if part.startswith(b'{"table"'):
                _put(fill, tables, part)
            elif part.startswith(b'{"file"'):
                body = json.loads(part)
                files[body["file"]] = base64.b64decode(body["content"])
        manifest = Manifest.from_json(last)
        _compare(manifest, tables, files)
        fill.finish()
        buried = _bury(database, fill, keys, erased, now)
        detail = f"{manifest.at.isoformat()} {manifest.digest}"
        marks.put(database, fill.connection, marks.QUARANTINE, now, detail)
    for patient in buried:
        tombstones.finish(database, keys, patient, now)
    database.forget_remnants()
    return Restored(manifest, buried, files)


def _put(fill: Filling, tables: dict[str, _Counted], part: bytes) -> None:
    header, _, rest = part.decode().partition("\n")
    about = json.loads(header)
    lines = rest.split("\n")
    counted = tables.setdefault(about["table"], _Counted())
    for line in lines:
        counted.digest.update(line.encode() + b"\n")
    counted.rows += len(lines)
    fill.put(Table(about["table"], tuple(about["columns"]), tuple(about["key"])), rows_of(lines))


def _compare(manifest: Manifest, tables: Mapping[str, _Counted], files: Mapping[str, bytes]) -> None:
    empty = _Counted().content()
    for name, content in manifest.tables.items():
        counted = tables[name].content() if name in tables else empty
        if counted != content:
            raise RestoreRefused(f"{name} has {counted.rows} rows, and the manifest says {content.rows} others")
    if {path: hashlib.sha256(content).hexdigest() for path, content in files.items()} != dict(manifest.files):
        raise RestoreRefused("its files are not those of its manifest")


def _bury(
    database: Database, fill: Filling, keys: Keys, erased: frozenset[PatientId], now: datetime
) -> tuple[PatientId, ...]:
    """Those of the erased who are in the backup, and not yet as erased."""
    known = set(tombstones.erased_codes(fill.connection))
    back = tuple(sorted(one for one in erased if one not in known and tombstones.has_facts(fill.connection, one)))
    for patient in back:
        tombstones.bury(database, fill.connection, keys, Tombstone(patient, now, REASON))
    return back
