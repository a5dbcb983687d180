"""Whose turn it is: with PostgreSQL several processes may do the same part for one bot, and one of them works."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.storage.leases import Lease

log = structlog.get_logger(__name__)

TURN_MS = 3_000
RENEWS_AFTER = 1.0
"""A turn is held by a lease of three seconds, renewed each second. Short, because after a crash alerts wait for it (the
next takes over within four); a process alone loses nothing where it is late to renew."""


ASKS_FOR = 1.0
"""Seconds within which the database is to say whose turn it is, where the work can begin without it."""


class Turn:
    """The turn of one part, for one bot. On SQLite it always is: no other process runs with the folder."""

    def __init__(self, workplace: Workplace, part: Part, bot: int, *, without_database: bool = False) -> None:
        """Nothing is held yet. `bot` is the bot's number, as its token begins with.

        `without_database`: where nobody can say whose turn it is the work begins, and ends when it is another's.
        """
        self._workplace = workplace
        self._part = part
        self._name = f"{part}:{bot}"
        self._without_database = without_database
        self._lease: Lease | None = None

    def lasts(self) -> bool:
        """Whether it is still ours by our own clock, also where the process has slept or the database is away."""
        lease = self._lease
        return lease is None or self._workplace.house.clock.machine_now() < lease.until_machine_ms

    async def run(self, work: Callable[[Lease | None, asyncio.Event], Awaitable[None]]) -> None:
        """The work is done whenever it is our turn, with the event that ends it: the stop, or another's turn."""
        workplace = self._workplace
        if workplace.house.database.path is not None:
            await work(None, workplace.stop)
            return
        while await self._comes():
            over = asyncio.Event()
            # Each by itself: a renewal hangs with the database, and no stop waits for that.
            holding = asyncio.create_task(self._hold(over))
            stopping = asyncio.create_task(self._stop(over))
            try:
                await work(self._lease, over)
            finally:
                holding.cancel()
                stopping.cancel()
            lease = self._lease
            if workplace.stop.is_set() and lease is not None:
                with suppress(StorageUnavailable):
                    await workplace.writer(lambda: workplace.house.leases.release(lease))  # noqa: B023 # it ends here

    async def _comes(self) -> bool:
        """As soon as it is our turn; False where the stop came first."""
        workplace, house = self._workplace, self._workplace.house
        while not workplace.stop.is_set():
            asked_machine = house.clock.machine_now()
            if self._without_database:
                try:
                    async with asyncio.timeout(ASKS_FOR):
                        self._lease = await workplace.writer(self._acquire)
                except (StorageUnavailable, TimeoutError):
                    log.warning("nobody can say whose turn it is", part=self._part)
                    self._lease = None
                    return True
            else:
                self._lease = await workplace.insist(self._acquire)
            if self._lease is not None:
                log.info("our turn", part=self._part, epoch=self._lease.epoch)
                return True
            workplace.reports(self._part, lambda: asked_machine)  # noqa: B023 # standing by is its work now
            await workplace.pause(RENEWS_AFTER)
        return False

    async def _stop(self, over: asyncio.Event) -> None:
        await self._workplace.stop.wait()
        over.set()

    async def _hold(self, over: asyncio.Event) -> None:
        """`over` is set when another process has the turn, or nobody renews it any more."""
        workplace = self._workplace
        try:
            while not workplace.stop.is_set():
                await workplace.pause(RENEWS_AFTER)
                with suppress(StorageUnavailable):  # then nobody else can have it either
                    held = await workplace.writer(self._renew)
                    if held is None:
                        log.warning("another process has the turn", part=self._part)
                        break
                    self._lease = held
        except Exception as error:  # a part that ends by itself is worse than one that stumbles
            log.error("the turn could not be renewed, and is acquired anew", error=type(error).__name__)
        finally:
            over.set()

    def _acquire(self) -> Lease | None:
        house = self._workplace.house
        return house.leases.acquire(self._name, house.clock.machine_now(), TURN_MS)

    def _renew(self) -> Lease | None:
        house, lease = self._workplace.house, self._lease
        return self._acquire() if lease is None else house.leases.renew(lease, house.clock.machine_now(), TURN_MS)
