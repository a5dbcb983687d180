"""The menu of slash commands that Telegram shows beside the text field.

Every private chat has the patients' menu, in each language. A staff member's chat has one of its own, by the scope
`chat`, which goes before that: what their role may send, in the clinic's language.
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


class StaffMenus:
    """The menus of staff chats as Telegram was told them last."""

    def __init__(self, bot: BotApi, sleep: Sleep = asyncio.sleep) -> None:
        """Telegram has been told nothing yet."""
        self._bot = bot
        self._sleep = sleep
        self._told: dict[int, Menu] = {}

    async def show(self, menus: Mapping[int, Menu]) -> None:
        """Each of these chats, by its own number, has that menu, and one that is no longer among them has none."""
        for address, menu in menus.items():
            if self._told.get(address) != menu:
                commands = [{"command": name, "description": words} for name, words in menu]
                self._told[address] = menu
                await _insist(self._bot, {"commands": commands, "scope": _chat(address)}, self._sleep)
        for address in self._told.keys() - menus.keys():
            del self._told[address]
            await _insist(self._bot, {"scope": _chat(address)}, self._sleep, method="deleteMyCommands")


def _chat(address: int) -> Mapping[str, object]:
    return {"type": "chat", "chat_id": address}


def _codes(languages: Iterable[Language]) -> Iterator[tuple[str, Language]]:
    """Telegram knows a language by two letters: `es` stands for `es_MX` too where there is no `es` itself.

    One without such a code is left out, and its patients have the default menu.
    """
    known: dict[str, Language] = {}
    for language in sorted(languages):  # the plain language comes first
        known.setdefault(language.partition("_")[0], language)
    yield from ((code, language) for code, language in known.items() if len(code) == CODE_LETTERS)


async def _insist(bot: BotApi, menu: Mapping[str, object], sleep: Sleep, method: str = "setMyCommands") -> None:
    for tries in range(TRIES_MAX):
        try:
            await bot.call(method, menu)
            return
        except TelegramError as error:
            log.warning("the menu of commands could not be set: %s", describe(error))
        await sleep(nth(PAUSES, tries))
