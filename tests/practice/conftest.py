from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from followupbot.practice import FrozenClock, Person, Practice

TOKEN = "123456:AAHonestlyOnlyForTestsNothingIsReal-00"


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about its old way of giving durations, and a warning is an error here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def practice(clock: FrozenClock) -> Practice:
    return Practice(token=TOKEN, username="fusion_bot", clock=clock)


@pytest.fixture
async def address(practice: Practice) -> AsyncIterator[str]:
    async with practice.serve() as base:
        yield base


@pytest.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    """python-telegram-bot's own Bot, over real HTTP, with short patience so that a dropped call fails soon."""
    request = HTTPXRequest(read_timeout=2, connect_timeout=2)
    async with Bot(TOKEN, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot", request=request) as bot:
        yield bot


@pytest.fixture
def maria(practice: Practice) -> Person:
    """A patient who has pressed Start, and whose /start the bot has already confirmed."""
    person = practice.user("Maria")
    person.start()
    practice.telegram.updates.clear()
    return person
