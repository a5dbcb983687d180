"""An update in hand, and what keeps it where the intake can't."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from followupbot.channels.telegram.updates import Incoming


class Failures(Protocol):
    """What of the port `Store` the intake itself needs."""

    def update_failed(self, update: int, error: str) -> int:
        """Count a failure of the handler; how many there have been, also before a restart."""

    def set_aside(self, update: int, raw: bytes, error: str, now: datetime) -> None:
        """Keep the update for people to look at. Kept again it is kept once."""


class Spool(Protocol):
    """Updates on the disk of this machine, where no database is needed for it."""

    def keep(self, updates: Sequence[Mapping[str, object]]) -> bool:
        """Whether all of them are on the disk."""

    def waiting(self) -> Sequence[Mapping[str, object]]:
        """What is kept, in order."""

    def clear(self) -> None:
        """Nothing is, any more."""


@dataclass(eq=False)
class Held:
    """An update in hand."""

    id: int
    raw: Mapping[str, object]
    incoming: Incoming
    since_machine: int
    failures: int = 0
    error: str = ""
    answered: bool = False
    deadline: asyncio.Task[None] | None = None
    seen: bool = False
    """Whether it was there already when Telegram was asked before."""
    spooled: bool = False
    """Whether it is on the disk, and Telegram may forget it; the window counts it no more."""
    brought: asyncio.Future[None] | None = None
    """For whom it is done when it is finished, where it was brought to us; else the window counts it."""

    @property
    def at_telegram(self) -> bool:
        """Whether Telegram still keeps it for us, to be asked for again."""
        return self.brought is None and not self.spooled
