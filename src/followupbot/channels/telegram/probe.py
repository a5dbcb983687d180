"""Asking Telegram who the bot is, once, for somebody who waits at a terminal."""

from dataclasses import dataclass

from telegram.error import InvalidToken, TelegramError

from followupbot.channels.telegram.http import Me, describe, make_bot


@dataclass(frozen=True)
class Refused:
    """Telegram knows no bot with this token, or it is no token at all."""

    error: str


@dataclass(frozen=True)
class Unreachable:
    """No answer that could be understood; the token may be right."""

    error: str


async def ask(token: str, api: str) -> Me | Refused | Unreachable:
    """Who the bot is, or why that could not be learnt. Nothing that is said bears the token."""
    try:
        bot = make_bot(token, api)
    except ValueError as error:
        return Refused(str(error))
    try:
        return await bot.introduce()
    except InvalidToken as error:
        return Refused(describe(error))
    except TelegramError as error:
        return Unreachable(describe(error))
    finally:
        await bot.close_connections()
