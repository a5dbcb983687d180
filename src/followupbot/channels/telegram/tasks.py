"""Tasks that run beside each other: started, waited for no longer than so long, and ended."""

import asyncio
import logging
from collections.abc import Coroutine

from followupbot.application.futures import cancel
from followupbot.channels.telegram.polling import Sleep, place_of

log = logging.getLogger(__name__)


class Tasks:
    """Work that was started and has not ended. What one of them raises is in the log, and ends no other."""

    def __init__(self, sleep: Sleep) -> None:
        """None yet. `sleep` is the machine's."""
        self._sleep = sleep
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """It runs."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def finish(self) -> None:
        """All have ended by themselves, those too that they have started."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def cancel(self) -> None:
        """All have ended."""
        await cancel(self._running)

    async def within(self, seconds: float, work: Coroutine[object, object, object]) -> None:
        """The work is done, or the time is over."""
        waits = [asyncio.create_task(work), asyncio.create_task(self._pause(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel(waits)

    async def _pause(self, seconds: float) -> None:
        await self._sleep(seconds)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("a task of the intake ended: %s", place_of(error))


async def until(done: asyncio.Future[None]) -> None:
    """Waiting for it may be given up; it goes on."""
    await asyncio.wait({done})
