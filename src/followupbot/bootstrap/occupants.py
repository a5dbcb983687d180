"""Who else is at work on a clinic's database: nobody, while it is restored or moved, or while one runs on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from followupbot.bootstrap.house import shown
from followupbot.bootstrap.key_files import HouseClosed
from followupbot.settings import Settings
from followupbot.storage.engine import Database
from followupbot.storage.leases import RoleLock, RoleTaken


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """On SQLite no other process runs with this folder, for as long as the block does. HouseClosed where one does."""
    if not settings.on_sqlite:
        yield
        return
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    try:
        lock = RoleLock(folder).__enter__()
    except RoleTaken as error:
        raise HouseClosed(
            f"Another followupbot runs with {folder} already.\n"
            "On SQLite one process does everything: stop that one first."
        ) from error
    except OSError as error:
        raise HouseClosed(f"The data folder {folder} can't be written to: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def refuse_others(settings: Settings, database: Database) -> None:
    """HouseClosed where another process is connected to it now, which is all that PostgreSQL tells of a `run`."""
    others = ", ".join(database.used_by())
    if others:
        raise HouseClosed(f"{shown(settings)} is in use: {others}. Stop every followupbot there first.")
