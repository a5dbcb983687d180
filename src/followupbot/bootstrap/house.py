"""One clinic on this machine, opened: settings, keys, database and words, put together."""

import asyncio
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from followupbot.application import admins
from followupbot.application.ports import Clock, StorageUnavailable
from followupbot.bootstrap.clocks import SystemClock
from followupbot.bootstrap.key_files import (
    KEYS_FILE,
    HouseClosed,
    backup_key,
    backups_folder,
    make_key,
    master_key,
    open_keys,
    write_new,
)
from followupbot.channels.telegram import probe
from followupbot.channels.telegram.http import Me
from followupbot.checking.check import check_gathered
from followupbot.domain import wake
from followupbot.domain.clinic import ClinicSettings, Programme
from followupbot.domain.decision import Actor, ByShell
from followupbot.domain.ids import Version
from followupbot.protocol_files.problems import Severity
from followupbot.protocol_files.programme import in_use, read_programme
from followupbot.protocol_files.sources import CLINIC_FILE, gather, own_files, shipped, with_shipped_messages
from followupbot.rendering.renderer import Renderer
from followupbot.rendering.words import Words
from followupbot.settings import Settings
from followupbot.storage import migrations
from followupbot.storage.charts import Charts
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from followupbot.storage.leases import Leases
from followupbot.storage.outbox import Outbox
from followupbot.storage.programmes import LoadProgramme
from followupbot.upkeep.backup import BackupFailed, back_up


@dataclass
class House:
    """Everything that the program needs of one clinic."""

    settings: Settings
    clock: Clock
    database: Database
    keys: Keys
    store: Charts
    outbox: Outbox
    leases: Leases
    renderer: Renderer

    def close(self) -> None:
        """No connection is open any more."""
        self.keys.close()
        self.database.close()


def initialise(settings: Settings, clock: Clock | None = None, by: Actor | None = None) -> list[str]:
    """Data folder, keys, database, clinic.yaml and a published programme are there; what was made now, a line each.

    Run again it changes nothing, but brings an older database up to date. HouseClosed says what stands in the way.
    """
    made = _make_folder(settings) + _make_keys(settings) + _make_clinic_file(settings)
    database = Database(settings.database)
    try:
        before = migrations.current(database)
        migrations.upgrade(database, lambda: made.append(_back_up_first(settings, database)))
        if before is None:
            made.append(f"database: {shown(settings)}")
        elif before != migrations.head():
            made.append(f"database brought from {before} to {migrations.head()}")
    except migrations.SchemaUnknown as error:
        raise HouseClosed(f"{shown(settings)}: {error}") from error
    except StorageUnavailable as error:
        raise HouseClosed(cannot_open(settings, error)) from error
    finally:
        database.close()
    with open_house(settings, clock, published=False) as opened:
        if opened.store.clinic().programme_version is None:
            files = gather(settings.data)
            _refuse_broken(settings, files, opened.clock.now().date())
            version, _ = admins.publish(opened.store, in_use(files), by or ByShell("init"), opened.clock.now())
            made.append(f"programme published: {version[:12]}")
    return made or ["Everything is there already; nothing was changed."]


@contextmanager
def open_house(settings: Settings, clock: Clock | None = None, *, published: bool = True) -> Iterator[House]:
    """The clinic, for as long as the block runs. HouseClosed says why it can't be opened."""
    opened = build(settings, clock or SystemClock())
    try:
        opened.store.finish_erasures()
        opened.store.list_anew()
        if published and opened.store.clinic().programme_version is None:
            raise HouseClosed("Nothing is published yet. Run: followupbot init")
        yield opened
    except StorageUnavailable as error:
        raise HouseClosed(cannot_open(settings, error)) from error
    finally:
        opened.close()


def build(settings: Settings, clock: Clock) -> House:
    """The clinic, opened; the caller closes it."""
    if not settings.data.is_dir():
        raise HouseClosed(
            f"There is no data folder {settings.data}. For a new clinic: followupbot init. "
            "If it is in another place: set FOLLOWUPBOT_DATA."
        )
    master_key(settings)
    database = Database(settings.database)
    try:
        migrations.require_current(database)
        keys = open_keys(settings, database)
    except (migrations.SchemaOutdated, migrations.SchemaUnknown) as error:
        database.close()
        raise HouseClosed(f"{shown(settings)}: {error}") from error
    except HouseClosed:
        database.close()
        raise
    except StorageUnavailable as error:
        database.close()
        raise HouseClosed(cannot_open(settings, error)) from error
    return put_together(settings, clock, database, keys)


def put_together(
    settings: Settings, clock: Clock, database: Database, keys: Keys, load_programme: LoadProgramme | None = None
) -> House:
    """The clinic on that database, which has the schema, and with those keys."""
    store = Charts(database, keys, load_programme or read_and_label, wake.next_wake_at, clock.now)

    def settings_of(version: Version) -> ClinicSettings:
        return store.programme(version).settings

    renderer = Renderer(lambda version: with_shipped_messages(store.programme_files(version)), settings_of)
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    outbox, leases = Outbox(database, keys, holder), Leases(database, holder)
    return House(settings, clock, database, keys, store, outbox, leases, renderer)


@dataclass(frozen=True)
class BotName:
    """The bot's name, or why it is not known."""

    name: str | None
    problem: str | None = None


def learn_bot_name(opened: House) -> BotName:
    """The bot's name as Telegram says it now; it is kept. The problem says what to do where it can't be learnt."""
    unknown = "A link needs the bot's name, which is not known yet."
    token = opened.settings.token()
    if token is None:
        return BotName(None, f"{unknown} Set FOLLOWUPBOT_TELEGRAM_TOKEN (or ..._FILE).")
    match asyncio.run(probe.ask(token, opened.settings.telegram_api)):
        case Me(_, username):
            admins.name_bot(opened.store, username, ByShell("getMe"), opened.clock.now())
            return BotName(username)
        case probe.Refused(error):
            return BotName(None, f"{unknown} Telegram refuses the token ({error}). Check FOLLOWUPBOT_TELEGRAM_TOKEN.")
        case probe.Unreachable(error):
            api = opened.settings.telegram_api
            return BotName(None, f"{unknown} Telegram can't be reached at {api} ({error}). Try again when it can.")


def read_and_label(version: Version, files: Mapping[str, bytes]) -> Programme:
    """The programme in those files, with the words on its buttons."""
    return replace(read_programme(version, files), labels=Words(files).labels())


def _make_folder(settings: Settings) -> list[str]:
    if settings.data.is_dir():
        if not os.access(settings.data, os.W_OK | os.X_OK):
            raise HouseClosed(f"The data folder {settings.data} can't be written to. Give this user the right to.")
        return []
    try:
        settings.data.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise HouseClosed(f"The data folder {settings.data} can't be made: {error.strerror}.") from error
    return [f"data folder: {settings.data}"]


def _make_keys(settings: Settings) -> list[str]:
    made = []
    path = settings.master_key_path
    if settings.master_key is None and not path.exists():
        if _is_founded(settings):
            raise HouseClosed(
                f"This clinic's master key is missing: {path}. Put it back from the recovery sheet, on one line; "
                "a new one would open nothing."
            )
        make_key(path)
        made.append(f"master key: {path} (keep a copy apart from all backups; without it nothing can be read)")
    path = settings.backup_key_path
    if not path.exists():
        make_key(path)
        made.append(f"backup key: {path} (keep a copy; without it no backup can be restored)")
    return made


def _back_up_first(settings: Settings, database: Database) -> str:
    """The schema is about to change; the line that says where the backup is."""
    keys = open_keys(settings, database)
    try:
        key, folder, now = backup_key(settings), backups_folder(settings), SystemClock().now()
        made = back_up(database, keys, key, folder, own_files(settings.data), now)
    except BackupFailed as error:
        raise HouseClosed(f"The database is not changed without a backup, and there is none: {error}") from error
    finally:
        keys.close()
    return f"backup: {made.path}"


def _is_founded(settings: Settings) -> bool:
    """Whether a clinic is there already, whose keys a new master key would not open. It makes no database."""
    database = Database(settings.database)
    try:
        if database.path is not None:
            return any(path.exists() for path in (database.path, database.path.with_name(KEYS_FILE)))
        return migrations.current(database) is not None
    except StorageUnavailable as error:
        raise HouseClosed(cannot_open(settings, error)) from error
    finally:
        database.close()


def _refuse_broken(settings: Settings, files: Mapping[str, bytes], today: date) -> None:
    """HouseClosed where `check` finds an error in the files: what is published first is whole, too."""
    found = check_gathered(settings.data, files, today)
    problems = [problem for problem in found if problem.severity is Severity.ERROR]
    if problems:
        lines = "\n".join(str(problem) for problem in problems)
        raise HouseClosed(f"{lines}\nNothing is published yet. Mend the files, then run: followupbot init")


def _make_clinic_file(settings: Settings) -> list[str]:
    path = settings.data / CLINIC_FILE
    template = shipped(CLINIC_FILE)
    assert template is not None, "the template lies beside the module that reads it"
    if path.exists():
        return []
    write_new(path, template.read_bytes(), mode=0o600)
    return [f"settings of the clinic: {path}"]


def shown(settings: Settings) -> str:
    """The database without a password."""
    if settings.database_url is None:
        return str(settings.data / "followupbot.db")
    return settings.database.removeprefix("sqlite:///").rpartition("@")[2].partition("?")[0]


def cannot_open(settings: Settings, error: Exception) -> str:
    """What to say where the database can't be used."""
    hint = (
        "Expected a SQLite database on a local disk that is not full, and the right to write to its folder."
        if settings.on_sqlite
        else "Expected a server that runs, with the database and user that FOLLOWUPBOT_DATABASE_URL names."
    )
    reason = str(error).partition("\n")[0]
    return f"The database {shown(settings)} can't be used: {reason}\n{hint}"
