"""The menu of slash commands that Telegram shows beside the text field, in each language.

Every private chat has the patients' menu. A staff member's chat is to get one of its own, by the scope `chat`, which
goes before this one.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence

from telegram.error import TelegramError

from followupbot.channels.telegram.http import BotApi, describe
from followupbot.channels.telegram.polling import PAUSES, Sleep, nth
from followupbot.domain.ids import Language

log = logging.getLogger(__name__)

PATIENTS_SCOPE = {"type": "all_private_chats"}

TRIES_MAX = 5
"""The menu is a convenience: what it offers can be typed, and `/help` lists it."""

CODE_LETTERS = 2
"""Of `language_code` (Bot API, setMyCommands: an ISO 639-1 code)."""

Menu = Sequence[tuple[str, str]]
"""Each command's name and what it does, in the order in which they are shown."""


async def set_menus(
    bot: BotApi, menus: Mapping[Language, Menu], default: Language, sleep: Sleep = asyncio.sleep
) -> None:
    """Telegram shows the patients' menu in the language of each one's phone; for others, in the default one."""
    for code, language in [("", default), *_codes(menus)]:
        commands = [{"command": name, "description": words} for name, words in menus[language]]
        await _insist(bot, {"commands": commands, "scope": PATIENTS_SCOPE, "language_code": code}, sleep)


def _codes(languages: Iterable[Language]) -> Iterator[tuple[str, Language]]:
    """Telegram knows a language by two letters: `es` stands for `es_MX` too where there is no `es` itself.

    One without such a code is left out, and its patients have the default menu.
    """
    known: dict[str, Language] = {}
    for language in sorted(languages):  # the plain language comes first
        known.setdefault(language.partition("_")[0], language)
    yield from ((code, language) for code, language in known.items() if len(code) == CODE_LETTERS)


async def _insist(bot: BotApi, menu: Mapping[str, object], sleep: Sleep) -> None:
    for tries in range(TRIES_MAX):
        try:
            await bot.call("setMyCommands", menu)
            return
        except TelegramError as error:
            log.warning("the menu of commands could not be set: %s", describe(error))
        await sleep(nth(PAUSES, tries))
