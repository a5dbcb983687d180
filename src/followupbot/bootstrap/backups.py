"""One clinic's backups: made, thinned out, and put back, with the keys that they need and the lists that go before."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.house import House, cannot_open
from followupbot.bootstrap.key_files import HouseClosed, backup_key, backups_folder, open_keys, write_new
from followupbot.bootstrap.occupants import refuse_others
from followupbot.domain.ids import PatientId
from followupbot.protocol_files.sources import own_files
from followupbot.settings import Settings
from followupbot.storage import tombstones
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys, patient_key
from followupbot.storage.marks import BACKED_UP, Marks
from followupbot.storage.tombstones import LIST_FILE
from followupbot.upkeep import archive, rota
from followupbot.upkeep.backup import Backup, BackupFailed, back_up, manifest_of
from followupbot.upkeep.restore import Restored, RestoreRefused, erased_patients, restore


@dataclass(frozen=True)
class Made:
    """A new backup, and how many older ones went."""

    backup: Backup
    removed: int


def make(house: House, folder: Path | None = None) -> Backup:
    """A backup of now is in that folder, or where the settings say. HouseClosed says why not."""
    settings, now = house.settings, house.clock.now()
    try:
        made = back_up(
            house.database,
            house.keys,
            backup_key(settings),
            folder or backups_folder(settings),
            own_files(settings.data),
            now,
        )
    except BackupFailed as error:
        raise HouseClosed(f"There is no backup: {error}") from error
    remember_erased(settings, made.manifest.erased)
    copy_keys(settings, house.keys)
    return made


def make_daily(house: House) -> Made | None:
    """A backup where the settings name a folder and today's is not there yet, and the rota thinned out."""
    folder = house.settings.backups
    remember_erased(house.settings, tombstones.known(house.database))
    if folder is None:
        return None
    now = house.clock.now()
    if folder.is_dir() and any(rota.made_at(path).date() == now.date() for path in rota.backups_in(folder)):
        return None
    made = make(house, folder)
    Marks(house.database).put(BACKED_UP, now, made.path.name)
    gone = rota.to_remove([rota.made_at(path) for path in rota.backups_in(folder)])
    for path in rota.backups_in(folder):
        if rota.made_at(path) in gone:
            manifest_of(path).unlink(missing_ok=True)
            path.unlink()
    return Made(made, len(gone))


def put_back(settings: Settings, path: Path, now: datetime, *, replace: bool) -> Restored:
    """The database is as that backup has it, in quarantine. HouseClosed says why nothing was changed."""
    key = backup_key(settings)
    with closing(Database(settings.database)) as database:
        try:
            keys = open_keys(settings, database, new=False)
        except StorageUnavailable as error:
            raise HouseClosed(cannot_open(settings, error)) from error
        with closing(keys):
            refuse_others(settings, database)
            erased = erased_patients(keys, _folders(settings, path)) | tombstones.known(database)
            try:
                restored = restore(database, keys, key, path, erased, now, replace=replace)
            except RestoreRefused as error:
                raise HouseClosed(f"Nothing was restored: {error}.") from error
            except StorageUnavailable as error:
                raise HouseClosed(cannot_open(settings, error)) from error
    for name, content in restored.files.items():
        target = settings.data / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_new(target, content, mode=0o600)
    return restored


def remember_erased(settings: Settings, erased: Iterable[str]) -> None:
    """They stand in the lists beside the backups and in the data folder, so that no backup brings them back.

    Of the erased only: whoever stands there is erased again by the next `restore`.
    """
    for folder in {settings.data, backups_folder(settings)}:
        if folder.is_dir():
            listed = folder / LIST_FILE
            known = listed.read_text(encoding="utf-8").split() if listed.exists() else []
            new = sorted(set(erased) - set(known))
            if new:
                write_new(listed, "".join(f"{code}\n" for code in [*known, *new]).encode(), mode=0o600)


def copy_keys(settings: Settings, keys: Keys, path: Path | None = None) -> Path | None:
    """The newest copy of the keys lies in that file, or where the settings say, in the place of the one before."""
    path = path or settings.keys_copy
    if path is None:
        return None
    if settings.backups is not None and path.resolve().parent == settings.backups.resolve():
        raise HouseClosed(f"{path}: keys don't lie with backups that they open. Set FOLLOWUPBOT_KEYS_COPY elsewhere.")
    plain = {name: None if key is None else b64encode(key).decode() for name, key in keys.wrapped().items()}
    sealed = BytesIO()
    archive.Writer(sealed, backup_key(settings)).write(json.dumps(plain).encode(), last=True)
    write_new(path, sealed.getvalue(), mode=0o600)
    return path


def put_keys_back(settings: Settings, path: Path) -> Sequence[PatientId]:
    """The keys of that copy are there again, but for those of patients known to be erased since; who these are."""
    try:
        with path.open("rb") as file:
            parts = archive.parts(file, backup_key(settings))
            part, more = next(parts), next(parts, None)
    except (OSError, archive.Unreadable) as error:
        raise HouseClosed(f"{path} can't be read: {error}") from error
    if more is not None:
        raise HouseClosed(f"{path} is no copy of keys. For a backup: followupbot restore")
    wrapped = {name: None if key is None else b64decode(key) for name, key in json.loads(part).items()}
    with closing(Database(settings.database)) as database:
        if not Keys.put_back(database, wrapped):
            raise HouseClosed("There are keys already; nothing was changed. A copy is for where they are lost.")
        with closing(open_keys(settings, database, new=False)) as keys:
            known = set(keys.destroyed())
            late = [one for one in erased_patients(keys, _folders(settings, path)) if patient_key(one) not in known]
            for patient in late:
                keys.destroy(patient_key(patient))
    return sorted(late)


def _folders(settings: Settings, path: Path) -> set[Path]:
    """Where lists of erased patients may lie."""
    return {path.parent, settings.data, backups_folder(settings)}
