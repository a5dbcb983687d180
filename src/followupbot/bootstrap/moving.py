"""Moving house: a clinic's database, with its keys, into another one of either kind."""

from collections.abc import Callable
from dataclasses import dataclass

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.house import House, build, open_house, shown
from followupbot.bootstrap.key_files import HouseClosed
from followupbot.bootstrap.occupants import alone, refuse_others
from followupbot.settings import Settings
from followupbot.storage import migrations, removal
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Moved:
    """What both databases have now, found equal by count and hash."""

    tables: int
    rows: int
    keys: int


def move(settings: Settings, to: Settings, progress: Progress = lambda *_: None) -> Moved:
    """The database that `to` names has what this one has, keys included. This one is as it was.

    HouseClosed says why not; then nothing that was there before has changed.
    """
    if settings.database == to.database:
        raise HouseClosed(f"--to: {shown(to)} is where the clinic is already.")
    with open_house(settings) as source, alone(settings):
        target = Database(to.database)
        try:
            refuse_others(settings, source.database)
            refuse_others(to, target)
            migrations.upgrade(target)
            removal.refuse_used(target)
            wrapped = source.keys.wrapped()
            if not Keys.put_back(target, wrapped):
                _require_same_keys(to, source)  # a move that was interrupted has left them
            contents = removal.copy(source.database, target, source.clock.machine_now(), progress)
        except removal.TargetInUse as error:
            raise HouseClosed(f"--to: expected an empty database; {shown(to)} has something in {error}.") from error
        except removal.SourceInUse as error:
            raise HouseClosed(f"A followupbot runs with this database ({error}). Stop every `run` first.") from error
        except removal.CopyDiffers as error:
            raise HouseClosed(f"What was written is not what was read, and was taken back: {error}") from error
        except migrations.SchemaUnknown as error:
            raise HouseClosed(f"--to: expected an empty database; {shown(to)}: {error}") from error
        except StorageUnavailable as error:
            reason = str(error).partition("\n")[0]
            raise HouseClosed(f"Nothing was moved: a database can't be used: {reason}") from error
        finally:
            target.close()
        _require_same_keys(to, source)
    return Moved(len(contents), sum(content.rows for content in contents.values()), len(wrapped))


def _require_same_keys(to: Settings, source: House) -> None:
    """HouseClosed where the keys over there are not those here, or the master key does not open them."""
    there = build(to, source.clock)
    try:
        if there.keys.wrapped() != source.keys.wrapped():
            raise HouseClosed(f"--to: expected an empty database; {shown(to)} has other keys.")
    finally:
        there.close()
