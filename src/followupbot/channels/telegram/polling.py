"""Asking Telegram for updates, whatever is in the way: raw JSON, with nothing confirmed that the caller did not say."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import PurePath
from typing import TypeVar

from telegram.error import Conflict, InvalidToken, TelegramError

from followupbot.application.ports import Clock
from followupbot.channels.telegram.http import LONG_POLL_SECONDS, BotApi, FloodControl, describe
from followupbot.channels.telegram.updates import ALLOWED_UPDATES

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH_MAX = 100
"""Telegram's limit, and so the most that is in hand at once."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds to wait after a poll that failed; the last is repeated."""

CONFLICT_PAUSE = 5.0
CONFIRM_WITHIN = 1.0
TOLD_AGAIN_AFTER_MS = 3_600_000

Sleep = Callable[[float], Awaitable[None]]
Tell = Callable[[str, str], Awaitable[None]]
"""Tells the operator: a notice's key, and a detail that bears ids and numbers only."""


class Operator:
    """Tells the operator, the same thing once an hour, and holds nobody up."""

    def __init__(self, tell: Tell, clock: Clock, start: Callable[[Coroutine[object, object, None]], object]) -> None:
        self._tell = tell
        self._clock = clock
        self._start = start
        self._told: dict[str, int] = {}

    def tell(self, key: str, detail: str) -> None:
        """The notice is on its way. Where it can't be written down, the next one tries again."""
        now = self._clock.machine_now()
        if now - self._told.get(f"{key}:{detail}", now - TOLD_AGAIN_AFTER_MS) < TOLD_AGAIN_AFTER_MS:
            return
        self._told[f"{key}:{detail}"] = now
        self._start(self._try(key, detail))

    async def _try(self, key: str, detail: str) -> None:
        try:
            await self._tell(key, detail)
        except Exception as error:  # with the database away there is still the log
            self._told.pop(f"{key}:{detail}", None)
            log.error("operator not told %s %s: %s", key, detail, type(error).__name__)


class Poller:
    """Polls until there is an answer. `last_good_machine` is when there was one last; None before the first."""

    def __init__(self, bot: BotApi, clock: Clock, operator: Operator, sleep: Sleep) -> None:
        self._bot = bot
        self._clock = clock
        self._operator = operator
        self._sleep = sleep
        self._failures = 0
        self.confirmed: int | None = None
        """Telegram has forgotten everything below."""
        self.last_good_machine: int | None = None

    async def poll(self, offset: int | None) -> Sequence[object]:
        """The next updates from `offset` on, as JSON; Telegram forgets those below it. Never raises, never gives up."""
        while True:
            wanted = {
                "offset": offset,
                "limit": BATCH_MAX,
                # The first answer, and the first after a failure, comes at once: then it is known how long nobody was
                # heard, and not half a minute later.
                "timeout": 0 if self._failures or self.last_good_machine is None else LONG_POLL_SECONDS,
                "allowed_updates": list(ALLOWED_UPDATES),
            }
            try:
                batch = await self._bot.call(
                    "getUpdates", wanted, within=LONG_POLL_SECONDS + 10.0, read_within=LONG_POLL_SECONDS + 5.0
                )
                if not isinstance(batch, list):
                    raise TelegramError("Invalid server response")
            except Conflict as error:
                if "webhook" in str(error).lower():
                    await self._delete_webhook()
                await self._sleep(self._failed(error))
                continue
            except Exception as error:  # whatever it is: an intake that ends by itself is the worst failure of all
                await self._sleep(self._failed(error))
                continue
            if self._failures:
                log.warning("Telegram can be polled again")
            self._failures = 0
            self.confirmed = offset
            self.last_good_machine = self._clock.machine_now()
            return batch

    async def confirm(self, offset: int | None) -> None:
        """Telegram has forgotten those below, if it can be reached at once; else they come again, and do no harm."""
        if offset == self.confirmed:
            return
        try:
            wanted = {"offset": offset, "limit": 1, "timeout": 0}
            await self._bot.call("getUpdates", wanted, within=CONFIRM_WITHIN)
        except TelegramError as error:
            log.info("what is finished is not confirmed: %s", describe(error))

    async def _delete_webhook(self) -> None:
        """One that was set once stands in the way of polling; the updates that wait are kept."""
        try:
            await self._bot.call("deleteWebhook", {"drop_pending_updates": False})
            log.warning("a webhook was set, and is deleted: we poll")
        except TelegramError as error:
            log.warning("a webhook is set, and can't be deleted: %s", describe(error))

    def _failed(self, error: Exception) -> float:
        """It is logged, or told; how many seconds to wait."""
        first, pause = not self._failures, nth(PAUSES, self._failures)
        self._failures += 1
        match error:
            case FloodControl():
                pause = error.seconds
            case Conflict():
                self._operator.tell("poll_conflict", "")
                pause = CONFLICT_PAUSE
            case InvalidToken():  # a proxy's stray 404, too; PTB's own polling would end here
                self._operator.tell("token_refused", "")
            case _:
                pass
        if not isinstance(error, TelegramError):
            log.error("polling failed: %s", place_of(error))
        elif first:
            log.warning("Telegram can't be polled, and is tried again until it can: %s", describe(error))
        return pause


def nth(row: Sequence[T], n: int) -> T:
    """The n-th, from 0; the last where there are not so many."""
    return row[min(n, len(row) - 1)]


def place_of(error: BaseException) -> str:
    """What was raised, and where. Not its text, which may bear a patient's."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {PurePath(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"
