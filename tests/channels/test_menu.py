"""The menu of slash commands: each patient's in the language of their phone."""

from collections.abc import Mapping
from typing import Any

import pytest

from followupbot.application import commands, staff_commands
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.menu import StaffMenus, set_menus
from followupbot.domain.ids import Language
from followupbot.domain.manual import COMMANDS
from followupbot.domain.staff_manual import STAFF_COMMANDS
from followupbot.practice import Practice
from followupbot.protocol_files.sources import shipped

EN, ES = Language("en"), Language("es")
MENUS = {EN: [("stop", "Stop"), ("help", "Help")], ES: [("stop", "Dejarlo"), ("help", "Ayuda")]}


async def test_each_language_has_its_menu_and_the_rest_the_clinics(bot: BotApi, practice: Practice) -> None:
    """In private chats; a group shows none."""
    await set_menus(bot, MENUS, default=ES)
    for code, first in (("en", "Stop"), ("es", "Dejarlo"), ("de", "Dejarlo")):
        menu = practice.telegram.profile.menu(1001, 1001, code)
        assert [command["command"] for command in menu] == ["stop", "help"]
        assert menu[0]["description"] == first
    assert practice.telegram.profile.menu(-5, 1001, "en") == []


@pytest.mark.parametrize(
    ("languages", "codes"),
    [
        (("fil", "fi"), {"": "fil", "fi": "fi"}),
        (("fil",), {"": "fil"}),
        (("es", "es_MX"), {"": "es", "es": "es"}),
        (("es_MX", "es"), {"": "es_MX", "es": "es"}),
        (("pt_BR", "pt_AO"), {"": "pt_BR", "pt": "pt_AO"}),
    ],
)
async def test_telegram_knows_a_language_by_two_letters(
    bot: BotApi, monkeypatch: pytest.MonkeyPatch, languages: tuple[str, ...], codes: dict[str, str]
) -> None:
    """One without them has the default menu; of a country's and the plain language, the plain one is shown."""
    calls: list[Mapping[str, Any]] = []

    async def call(_: BotApi, __: str, content: Mapping[str, Any]) -> None:
        calls.append(content)

    monkeypatch.setattr(BotApi, "call", call)
    menus = {Language(language): [("stop", language)] for language in languages}
    await set_menus(bot, menus, default=Language(languages[0]))
    shown = [(content["language_code"], content["commands"][0]["description"]) for content in calls]
    assert (len(shown), dict(shown)) == (len(codes), codes)


async def test_a_menu_that_telegram_refuses_is_tried_again_and_given_up(bot: BotApi, practice: Practice) -> None:
    """It holds nothing up for ever, and the other languages have theirs."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    await set_menus(bot, {EN: [("NOT A NAME", "x")], ES: MENUS[ES]}, default=ES, sleep=sleep)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert len(practice.telegram.profile.menu(1001, 1001, "es")) == 2


async def test_a_staff_member_has_a_menu_of_their_own_until_they_leave(bot: BotApi, practice: Practice) -> None:
    """Beside the patients' menu, and told again only where it has changed."""
    await set_menus(bot, MENUS, default=EN)
    staff = StaffMenus(bot)
    await staff.show({1001: [("alerts", "Open alerts")], 1002: [("status", "How it runs")]})
    assert [command["command"] for command in practice.telegram.profile.menu(1001, 1001, "es")] == ["alerts"]
    assert [command["command"] for command in practice.telegram.profile.menu(1002, 1002, "en")] == ["status"]
    await staff.show({1002: [("status", "How it runs")]})
    assert [command["command"] for command in practice.telegram.profile.menu(1001, 1001, "es")] == ["stop", "help"]
    assert [command["command"] for command in practice.telegram.profile.menu(1002, 1002, "en")] == ["status"]


def test_the_staffs_menu_offers_what_can_be_carried_out_and_nothing_else() -> None:
    """A row in the table and a name in the menu's order belong together."""
    assert sorted(STAFF_COMMANDS) == sorted(staff_commands.STAFF_COMMANDS)


def test_the_menu_offers_what_can_be_carried_out_and_nothing_else() -> None:
    """Whether it reads the patient's own record or not."""
    assert sorted(COMMANDS) == sorted([*commands.COMMANDS, *commands.RECORD_COMMANDS])


@pytest.mark.parametrize("language", [EN, ES])
def test_help_lists_every_command(language: Language) -> None:
    """And nothing that there is not."""
    help_file = shipped(f"messages/{language}/replies/help.j2")
    assert help_file is not None
    text = help_file.read_text(encoding="utf-8")
    listed = [line.split()[0] for line in text.splitlines() if line.startswith("/")]
    assert listed == [f"/{name}" for name in COMMANDS]
