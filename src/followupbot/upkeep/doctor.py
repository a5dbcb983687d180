"""What is wrong here, and how to mend it: each thing that `run` needs, looked at by itself."""

import os
import stat
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

from followupbot.domain.clinic import Clinic, Role
from followupbot.settings import Settings

FSYNC_TRIES = 100
FSYNC_SECONDS_MAX = 2.0
FSYNC_MEDIAN_MS_MAX = 20.0
"""Above that, one disk write for each press holds up everybody else (reliability.md 8)."""

CLOCK_OFF_SECONDS_MAX = 30.0
"""A machine whose clock is off by more asks at the wrong hour and confuses leases between machines."""


class Level(StrEnum):
    """How bad it is; only `WRONG` keeps the program from doing its work."""

    OK = "ok"
    DOUBT = "doubt"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    level: Level
    what: str
    mend: str = ""


def files(settings: Settings) -> Iterator[Finding]:
    """The data folder, its rights, and the master key's."""
    data = settings.data
    if not data.is_dir():
        mend = "For a new clinic: followupbot init. If it is in another place: set FOLLOWUPBOT_DATA."
        yield Finding(Level.WRONG, f"there is no data folder {data}", mend)
        return
    if not os.access(data, os.W_OK | os.X_OK):
        yield Finding(Level.WRONG, f"the data folder {data} can't be written to", "Give this user the right to write.")
        return
    yield Finding(Level.OK, f"data folder {data}")
    if data.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(Level.DOUBT, f"others can look into {data}", f"Run: chmod 700 {data}")
    key = settings.master_key_path
    if settings.master_key is not None:
        yield Finding(Level.OK, "master key from the environment")
    elif not key.exists():
        mend = "Put it back from the recovery sheet, on one line. For a new clinic: followupbot init"
        yield Finding(Level.WRONG, f"there is no master key at {key}", mend)
    elif key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(Level.DOUBT, f"others can read the master key {key}", f"Run: chmod 400 {key}")
    else:
        yield Finding(Level.OK, f"master key {key}")


def disk(settings: Settings) -> Iterator[Finding]:
    """How long the disk takes to say that something is really written."""
    if not settings.data.is_dir() or not os.access(settings.data, os.W_OK):
        return
    took = list(_fsyncs(settings.data))
    median = statistics.median(took)
    found = f"the disk confirms a write in {median:.1f} ms (median of {len(took)})"
    if median > FSYNC_MEDIAN_MS_MAX:
        yield Finding(Level.WRONG, found, f"Expected at most {FSYNC_MEDIAN_MS_MAX:.0f} ms: use a local disk.")
    else:
        yield Finding(Level.OK, found)


def clock(date_header: str | None, now: datetime) -> Iterator[Finding]:
    """This machine's clock against that of Telegram's server, as its answer's `Date` says."""
    if date_header is None:
        yield Finding(Level.DOUBT, "the clock could not be compared with Telegram's", "Check it: timedatectl")
        return
    off = abs((now - parsedate_to_datetime(date_header).astimezone(UTC)).total_seconds())
    if off > CLOCK_OFF_SECONDS_MAX:
        yield Finding(Level.WRONG, f"this machine's clock is off by {off:.0f} s", "Run: timedatectl set-ntp true")
    else:
        yield Finding(Level.OK, f"this machine's clock is right (within {CLOCK_OFF_SECONDS_MAX:.0f} s)")


def staff(clinic: Clinic) -> Iterator[Finding]:
    """Whether anybody would hear of an alert, and of trouble with the program."""
    ladder = clinic.settings.ladder
    if not any(clinic.reachable(role) for role in ladder):
        mend = f'Run: followupbot invite staff --role {ladder[0]} --name "NAME"'
        yield Finding(Level.DOUBT, "nobody who can be paged is connected: an alert would reach nobody", mend)
    if not clinic.reachable(Role.ADMIN):
        mend = 'Run: followupbot invite staff --role admin --name "NAME"'
        yield Finding(Level.DOUBT, "no admin is connected: nobody is told when something is wrong", mend)


def opening(open_clinic: Callable[[], str]) -> Iterator[Finding]:
    """Whether the clinic opens: keys, database and schema. `open_clinic` gives what is published, or raises.

    What is raised says in its first line what is wrong, and from the second on what to do about it.
    """
    try:
        yield Finding(Level.OK, open_clinic())
    except Exception as error:
        what, _, mend = str(error).partition("\n")
        yield Finding(Level.WRONG, what.rstrip(".") or type(error).__name__, mend)


def _fsyncs(folder: Path) -> Iterator[float]:
    """Milliseconds of each write that the disk confirmed."""
    path = folder / f".doctor.{os.getpid()}"
    started = time.monotonic()
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(FSYNC_TRIES):
                file.write(b"\0" * 4096)
                before = time.monotonic()
                os.fsync(file.fileno())
                yield (time.monotonic() - before) * 1000
                if time.monotonic() - started > FSYNC_SECONDS_MAX:
                    return
    finally:
        path.unlink(missing_ok=True)
