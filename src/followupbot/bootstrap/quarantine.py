"""Quarantine: a database that came out of a backup sends nothing and asks for nothing until somebody releases it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from followupbot.bootstrap.house import House
from followupbot.storage.marks import QUARANTINE, Marks
from followupbot.storage.status import status
from followupbot.storage.waiting import WaitingLine, waiting

WORDS = "restored from a backup and in quarantine: nothing is sent or taken in. See: followupbot release --list"


@dataclass(frozen=True)
class Quarantined:
    """Since when, of which backup, and what would be sent."""

    since: datetime
    backup: str
    count: int
    lines: Sequence[WaitingLine]
    charts_due: int


def is_on(house: House) -> bool:
    """Whether the database is in quarantine."""
    return Marks(house.database).get(QUARANTINE) is not None


def look(house: House) -> Quarantined | None:
    """What would be sent; None where there is no quarantine."""
    mark = Marks(house.database).get(QUARANTINE)
    if mark is None:
        return None
    now = house.clock.now()
    count, lines = waiting(house.database, now)
    due = status(house.database, now).charts_due
    return Quarantined(mark.at, mark.detail.partition(" ")[0], count, lines, due)


def release(house: House) -> None:
    """Messages go and updates come, from now on."""
    Marks(house.database).remove(QUARANTINE)
