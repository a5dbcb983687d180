"""What the parts of one process share: the clinic's house, the one writer, and when they are to stop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import TypeVar

import structlog

from followupbot.application import admins
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.house import House
from followupbot.channels.telegram.polling import nth
from followupbot.domain.decision import ByClock
from followupbot.storage.engine import WriterThread

log = structlog.get_logger(__name__)

T = TypeVar("T")

STORAGE_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the next try, while the database is away; the last is repeated."""


class Part(StrEnum):
    """What one process can do. On SQLite one does everything."""

    INTAKE = "intake"
    SENDER = "sender"
    CLOCK = "clock"
    WEB = "web"


class Workplace:
    """Made where the event loop runs. `problem` is why the program has to end, where a part has found that."""

    def __init__(self, house: House, stop: asyncio.Event) -> None:
        self.house = house
        self.stop = stop
        self.writer = WriterThread()
        self.wake_sender = asyncio.Event()
        self.problem: str | None = None
        self.audited: tuple[str, ...] = ()
        """What the auditor has found, by key alone, for the health page."""
        self.doubts_clock = False
        """Whether nothing routine is done, because the clock has jumped and nobody has looked yet."""
        self.updates_wait_since: Callable[[], int | None] = lambda: None
        """Since when, by the machine's clock, the oldest update in hand has waited; None where none does."""
        self._began_machine = house.clock.machine_now()
        self._last_done: dict[Part, Callable[[], int | None]] = {}

    def reports(self, part: Part, last_done_machine: Callable[[], int | None]) -> None:
        """From now on this says when the part has last done its work; None where it never has."""
        self._last_done[part] = last_done_machine

    def age_ms(self, part: Part) -> int:
        """How long ago the part did its work; where it never has, how long the program has run."""
        done = self._last_done.get(part, lambda: None)()
        # Without its sign: where the clock was set back nobody knows how long ago it was; better one alarm too many.
        return abs(self.house.clock.machine_now() - (self._began_machine if done is None else done))

    async def insist(self, unit: Callable[[], T]) -> T | None:
        """What the unit gives back, as soon as the database takes it; None where the stop came first."""
        tries = 0
        while not self.stop.is_set():
            try:
                return await self.writer(unit)
            except StorageUnavailable as error:
                if not tries:
                    log.error("the database is away, and is tried again", reason=str(error))
            await self.pause(nth(STORAGE_PAUSES, tries))
            tries += 1
        return None

    async def pause(self, seconds: float) -> None:
        """So many seconds have passed, or the stop has come."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)

    async def tell_operator(self, key: str, detail: str) -> None:
        """Every admin has a message, and `status` shows it."""
        house = self.house
        log.error("operator", key=key, detail=detail)
        await self.writer(lambda: admins.notify_operator(house.store, key, detail, ByClock(), house.clock.now()))
        self.wake_sender.set()
