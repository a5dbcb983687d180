"""The first words with Telegram: who are we? Nothing comes in or goes out before it has told."""

import asyncio
import logging

from telegram.error import InvalidToken, TelegramError

from followupbot.channels.telegram.http import BotApi, Me, describe
from followupbot.channels.telegram.polling import PAUSES, Sleep, Tell, nth

log = logging.getLogger(__name__)

UNAUTHORIZED = "unauthorized"
"""What Telegram writes with a 401; PTB raises the same error for a 404, which a proxy may have sent."""

TELL_WITHIN = 5.0


class TokenRefused(Exception):
    """Telegram knows no bot with this token."""


async def introduce(bot: BotApi, stop: asyncio.Event, tell: Tell, sleep: Sleep = asyncio.sleep) -> Me | None:
    """Who we are; None where `stop` was set before Telegram could be reached.

    Without a network it is said once, and tried until there is one. `TokenRefused` on a 401; the operator hears of a
    404, which is tried again.
    """
    failures = 0
    while not stop.is_set():
        try:
            return await bot.introduce()
        except InvalidToken as error:
            if UNAUTHORIZED in str(error).lower():
                raise TokenRefused(describe(error)) from None
            if not failures:
                await _tell(tell, describe(error))
        except TelegramError as error:
            if not failures:
                log.warning("Telegram can't be reached, and is tried again until it can: %s", describe(error))
        pause = nth(PAUSES, failures)
        failures += 1
        waiting = [asyncio.ensure_future(sleep(pause)), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
    return None


async def _tell(tell: Tell, detail: str) -> None:
    """The operator is told, if that can be written down now; the log has it all the same."""
    log.error("Telegram answers oddly, and is asked again: %s", detail)
    try:
        async with asyncio.timeout(TELL_WITHIN):
            await tell("token_refused", detail)
    except Exception as error:
        log.error("the operator could not be told: %s", type(error).__name__)
