"""A practice Telegram, our own bot against it over real HTTP, and time that passes when a test says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from followupbot.channels.telegram.http import BotApi, make_bot
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.practice import Person, Practice
from tests.channels.desk import House
from tests.channels.phones import TOKEN, newcomer
from tests.fakes import Phrases, VirtualTime


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def phrases() -> Phrases:
    return Phrases()


@pytest.fixture
def practice() -> Practice:
    return Practice(token=TOKEN, username="fusion_bot", limits=False)


@pytest.fixture
async def address(practice: Practice) -> AsyncIterator[str]:
    async with practice.serve() as base:
        yield f"{base}/bot"


@pytest.fixture
async def bot(address: str) -> AsyncIterator[BotApi]:
    bot = make_bot(TOKEN, address)
    yield bot
    await bot.close_connections()


@pytest.fixture
def channel(bot: BotApi) -> TelegramChannel:
    return TelegramChannel(bot)


@pytest.fixture
def maria(practice: Practice) -> Person:
    """A patient who has pressed Start; the bot has already dealt with that."""
    return newcomer(practice, "Maria")


@pytest.fixture
def house(practice: Practice, bot: BotApi, time: VirtualTime, phrases: Phrases, tmp_path: Path) -> House:
    return House(practice, bot, time, phrases, tmp_path / "cards_sent.log")
