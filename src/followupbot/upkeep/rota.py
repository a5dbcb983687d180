"""Which backups are kept: 7 daily ones, 5 weekly and 12 monthly, the oldest of each week and month."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from followupbot.upkeep.backup import PREFIX, STAMP, SUFFIX

DAILY = 7
WEEKLY = 5
MONTHLY = 12
"""A mistake that nobody notices for a year can still be looked up; what is older is in no backup (docs/dpia.md)."""


def backups_in(folder: Path) -> Sequence[Path]:
    """The backups of a folder, the oldest first; other files are not looked at."""
    return sorted(path for path in folder.glob(f"{PREFIX}*{SUFFIX}") if _stamp(path) is not None)


def made_at(path: Path) -> datetime:
    """When the backup was made."""
    found = _stamp(path)
    assert found is not None, "backups_in gives backups only"
    return found


def to_remove(made: Iterable[datetime]) -> frozenset[datetime]:
    """Those that are neither daily, weekly nor monthly ones any more. The newest always stays."""
    known = sorted(made)
    kept = {
        *_firsts(known, DAILY, lambda at: at.date()),
        *_firsts(known, WEEKLY, lambda at: at.isocalendar()[:2]),
        *_firsts(known, MONTHLY, lambda at: (at.year, at.month)),
        *known[-1:],
    }
    return frozenset(known) - kept


def _firsts(known: Sequence[datetime], count: int, span: Callable[[datetime], Hashable]) -> Sequence[datetime]:
    """The first of each of the last so many days, weeks or months in which there is one.

    The first, because it is still the first tomorrow: one that is kept for a month was there all the month.
    """
    first: dict[Hashable, datetime] = {}
    for at in known:
        first.setdefault(span(at), at)
    return list(first.values())[-count:]


def _stamp(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, f"{PREFIX}{STAMP}{SUFFIX}").replace(tzinfo=UTC)
    except ValueError:
        return None
