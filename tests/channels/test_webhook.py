"""Updates that Telegram brings: 200 only after the commit, 503 where it is to be brought again, by the same way in."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import pytest

from followupbot.channels.telegram.callback_data import encode
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.intake import Intake
from followupbot.channels.telegram.polling import Operator
from followupbot.channels.telegram.webhook import (
    BODY_BYTES_MAX,
    SECRET_HEADER,
    WebhookKeeper,
    WebhookSettings,
    application,
)
from followupbot.domain.ids import CardId, CheckInId, Language, PatientId, QuestionId
from followupbot.domain.presses import AnswerPress
from followupbot.practice import Person, Practice
from tests.channels.desk import House
from tests.channels.phones import texts
from tests.fakes import eventually

WEBHOOK = WebhookSettings("https://bot.example/telegram/in", "a-secret-of-16-or-more")
EMERGENCY = AnswerPress(
    PatientId("K7M2X"), CheckInId(3), QuestionId("bladder"), "new", CardId("cauda_equina"), Language("es")
)
CARD = "cards/cauda_equina es reached=False recorded=False"


def text(update: int, chat: int, words: str) -> dict[str, Any]:
    message = {"message_id": update, "chat": {"id": chat, "type": "private"}, "text": words}
    return {"update_id": update, "message": message}


def press(update: int, chat: int) -> dict[str, Any]:
    message = {"message_id": 7, "chat": {"id": chat, "type": "private"}}
    return {"update_id": update, "callback_query": {"id": "q1", "data": encode(EMERGENCY), "message": message}}


class Telegram:
    """Brings updates."""

    def __init__(self) -> None:
        self.client: httpx.AsyncClient | None = None

    async def listen(self, intake: Intake) -> None:
        transport = httpx.ASGITransport(application(WEBHOOK, intake.deliver))
        async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as self.client:
            await asyncio.Event().wait()

    async def bring(self, update: object, secret: str = WEBHOOK.secret, path: str = WEBHOOK.path) -> int:
        assert self.client is not None
        answer = await self.client.post(path, json=update, headers={SECRET_HEADER.encode(): secret.encode()})
        return answer.status_code


@pytest.fixture
async def telegram(house: House) -> AsyncIterator[Telegram]:
    telegram = Telegram()
    house.listen = telegram.listen
    async with house.open():
        await eventually(lambda: telegram.client)
        yield telegram


def start(work: Coroutine[Any, Any, int]) -> asyncio.Task[int]:
    return asyncio.create_task(work)


async def test_an_update_is_answered_after_its_commit(house: House, telegram: Telegram) -> None:
    house.writer.hangs = asyncio.Event()
    bringing = start(telegram.bring(text(1, 5, "hello")))
    await eventually(lambda: 8.0 in house.time.slept)
    assert (bringing.done(), house.desk.said()) == (False, [])
    house.writer.hangs.set()
    assert await bringing == 200
    assert house.desk.said() == ["hello"]


async def test_brought_again_it_is_handled_once(house: House, telegram: Telegram) -> None:
    """Also while the first is still in hand."""
    house.writer.hangs = asyncio.Event()
    both = [start(telegram.bring(text(1, 5, "hello"))) for _ in range(2)]
    await eventually(lambda: house.time.slept.count(8.0) == 2)
    house.writer.hangs.set()
    assert [await one for one in both] == [200, 200]
    assert await telegram.bring(text(1, 5, "hello")) == 200
    assert house.desk.said() == ["hello"]


async def test_without_a_database_it_is_to_be_brought_again_and_an_emergency_has_its_card(
    house: House, telegram: Telegram, maria: Person
) -> None:
    """It stays in hand meanwhile, and is handled once."""
    house.writer.away = True
    bringing = start(telegram.bring(press(1, maria.id)))
    await eventually(lambda: texts(maria) == [CARD])
    await eventually(lambda: 8.0 in house.time.slept)
    await house.time.pass_by(8)
    assert await bringing == 503
    house.writer.away = False
    await house.time.pass_by(5)
    await eventually(house.desk.said)
    assert await telegram.bring(press(1, maria.id)) == 200
    assert house.desk.said() == [EMERGENCY]


async def test_updates_of_a_chat_are_handled_by_number_whichever_was_brought_first(
    house: House, telegram: Telegram
) -> None:
    """And hold back no other chat."""
    house.writer.away = True
    brought = []
    for number, (update, chat) in enumerate([(1, 5), (4, 5), (2, 5), (3, 5), (9, 6)], 1):
        brought.append(start(telegram.bring(text(update, chat, str(update)))))
        await eventually(lambda number=number: house.time.slept.count(8.0) == number)  # type: ignore[misc]
    house.writer.away = False
    await house.time.pass_by(5)
    assert [await one for one in brought] == [200] * 5
    assert [said for _, chat, said in house.desk.done if chat == 5] == ["1", "2", "3", "4"]


async def test_one_that_fails_three_times_is_set_aside_and_answered(house: House, telegram: Telegram) -> None:
    house.desk.fails["poison"] = 99
    bringing = start(telegram.bring(text(1, 5, "poison")))
    await eventually(lambda: 0.2 in house.time.slept)
    await house.time.pass_by(1)
    assert await bringing == 200
    assert list(house.shelf.aside) == [1]


@pytest.mark.parametrize("secret", ["", "wrong", WEBHOOK.secret + "x", "é"])
async def test_who_does_not_know_the_secret_is_turned_away(house: House, telegram: Telegram, secret: str) -> None:
    assert await telegram.bring(text(1, 5, "hello"), secret) == 403
    assert house.desk.said() == []


async def test_what_is_no_update_does_no_harm(house: House, telegram: Telegram) -> None:
    client = telegram.client
    assert client is not None
    headers = {SECRET_HEADER: WEBHOOK.secret}
    assert (await client.post(WEBHOOK.path, content=b"{", headers=headers)).status_code == 400
    assert (await client.post(WEBHOOK.path, content=b" " * (BODY_BYTES_MAX + 1), headers=headers)).status_code == 413
    assert (await client.get(WEBHOOK.path, headers=headers)).status_code == 405
    assert await telegram.bring({"message": {}}) == 200
    assert await telegram.bring({}, path="/elsewhere") == 404
    assert house.desk.done == []


async def test_too_many_in_hand_are_to_be_brought_again_but_an_emergency_has_its_card(
    house: House, telegram: Telegram, maria: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followupbot.channels.telegram.intake.BROUGHT_MAX", 1)
    house.writer.hangs = asyncio.Event()
    first = start(telegram.bring(text(1, 5, "hello")))
    await eventually(lambda: 8.0 in house.time.slept)
    assert await telegram.bring(press(2, maria.id)) == 503
    await eventually(lambda: texts(maria) == [CARD])
    house.writer.hangs.set()
    assert await first == 200


async def test_telegram_is_told_of_the_webhook_and_asked_whether_it_still_knows(
    house: House, bot: BotApi, practice: Practice
) -> None:
    heard: list[bool] = []

    async def told(key: str, detail: str) -> None:
        pass

    operator = Operator(told, house.time, asyncio.ensure_future)
    keeper = WebhookKeeper(bot, WEBHOOK, operator, lambda: heard.append(True), house.time.sleep)
    running = asyncio.create_task(keeper.run())
    await eventually(lambda: len(heard) == 1)
    (call,) = practice.log(method="setWebhook")
    assert call["params"]["secret_token"] == WEBHOOK.secret
    await house.time.pass_by(30)
    await eventually(lambda: len(heard) == 2)
    assert len(practice.log(method="setWebhook")) == 1
    running.cancel()


async def test_a_start_tells_telegram_of_the_webhook_as_it_is_now(
    house: House, bot: BotApi, practice: Practice
) -> None:
    """Telegram never shows which secret it has: a new one arrives with the next start, at the address as it was."""
    await bot.call("setWebhook", {"url": WEBHOOK.url, "secret_token": "an-older-secret-of-16"})

    async def told(key: str, detail: str) -> None:
        pass

    keeper = WebhookKeeper(
        bot, WEBHOOK, Operator(told, house.time, asyncio.ensure_future), lambda: None, house.time.sleep
    )
    running = asyncio.create_task(keeper.run())
    await eventually(lambda: len(practice.log(method="setWebhook")) == 2)
    assert practice.log(method="setWebhook")[-1]["params"]["secret_token"] == WEBHOOK.secret
    running.cancel()


async def test_where_we_poll_a_webhook_that_was_set_once_is_deleted(
    house: House, bot: BotApi, practice: Practice, maria: Person
) -> None:
    await bot.call("setWebhook", {"url": WEBHOOK.url, "secret_token": WEBHOOK.secret})
    maria.text("hello")
    async with house.open():
        await eventually(lambda: practice.log(method="deleteWebhook"))
        await eventually(lambda: 5.0 in house.time.slept)
        await house.time.pass_by(5)
        await eventually(house.desk.said)
        await house.confirmed()
