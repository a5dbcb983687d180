"""Each fault once: what the bot sees, and whether the message arrived all the same."""

import asyncio
import time

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from followupbot.practice import FaultKind, NotPossible, Person, Practice

ARRIVES, LOST = True, False

KINDS: list[tuple[FaultKind, type[TelegramError], int | None, bool]] = [
    (FaultKind.FLOOD, RetryAfter, 429, LOST),
    (FaultKind.FLOOD_BARE, NetworkError, 429, LOST),
    (FaultKind.SERVER_ERROR_BEFORE, NetworkError, 500, LOST),
    (FaultKind.SERVER_ERROR_AFTER, NetworkError, 500, ARRIVES),
    (FaultKind.BAD_GATEWAY, NetworkError, 502, LOST),
    (FaultKind.DROP_BEFORE, NetworkError, None, LOST),
    (FaultKind.DROP_AFTER, NetworkError, None, ARRIVES),
    (FaultKind.BROKEN_JSON, TelegramError, 200, ARRIVES),
    (FaultKind.CANT_PARSE, BadRequest, 400, LOST),
    (FaultKind.CHAT_NOT_FOUND, BadRequest, 400, LOST),
    (FaultKind.MIGRATE, ChatMigrated, 400, LOST),
    (FaultKind.BLOCKED, Forbidden, 403, LOST),
    (FaultKind.CONFLICT, Conflict, 409, LOST),
    (FaultKind.UNAUTHORIZED, InvalidToken, 401, LOST),
    (FaultKind.NOT_FOUND, InvalidToken, 404, LOST),
    (FaultKind.HANG, TimedOut, None, LOST),
    (FaultKind.HANG_AFTER, TimedOut, None, ARRIVES),
]


def test_every_kind_of_fault_is_tried_here() -> None:
    assert {kind for kind, *_ in KINDS} | {FaultKind.SLOW} == set(FaultKind)


@pytest.mark.parametrize(("kind", "error", "status", "arrives"), KINDS)
async def test_a_fault_raises_its_exception_once_and_the_log_tells_the_truth(
    bot: Bot,
    practice: Practice,
    maria: Person,
    kind: FaultKind,
    error: type[TelegramError],
    status: int | None,
    arrives: bool,
) -> None:
    practice.fault("sendMessage", kind)
    with pytest.raises(TelegramError) as raised:
        await bot.send_message(maria.id, "first", read_timeout=0.3)
    assert type(raised.value) is error
    (call,) = practice.log(method="sendMessage")
    assert (call["status"], call["accepted"], call["fault"]) == (status, arrives, kind)
    assert call["params"]["text"] == "first"
    assert [m["text"] for m in maria.chat()["messages"]][1:] == (["first"] if arrives else [])
    await bot.send_message(maria.id, "second")  # and the next call is well


async def test_a_slow_call_is_late_and_otherwise_as_usual(bot: Bot, practice: Practice, maria: Person) -> None:
    practice.fault("sendMessage", "slow", seconds=0.2)
    began = time.monotonic()
    await bot.send_message(maria.id, "late")
    assert time.monotonic() - began >= 0.2


async def test_a_fault_waits_for_its_chat_its_turn_and_its_count(bot: Bot, practice: Practice, maria: Person) -> None:
    other = practice.user("Ito")
    other.start()
    practice.fault("sendMessage", "403_blocked", chat=maria.id, after=1, times=2)
    await bot.send_message(maria.id, "let pass")
    await bot.send_message(other.id, "another chat")
    for _ in range(2):
        with pytest.raises(Forbidden):
            await bot.send_message(maria.id, "refused")
    await bot.send_message(maria.id, "well again")


async def test_a_fault_for_every_method_leaves_the_intake_alone(bot: Bot, practice: Practice, maria: Person) -> None:
    practice.fault("*", "500_before", times=None)
    await bot.get_updates(timeout=0)
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_chat_action(maria.id, "typing")
    assert practice.faults.clear() == 1
    await bot.send_chat_action(maria.id, "typing")


async def test_updates_survive_an_answer_that_got_lost(bot: Bot, practice: Practice, maria: Person) -> None:
    maria.text("hello")
    practice.fault("getUpdates", "drop_after")
    with pytest.raises(NetworkError):
        await bot.get_updates(timeout=0)
    assert len(await bot.get_updates(timeout=0)) == 1


async def test_a_hung_call_does_not_keep_the_practice_from_closing(practice: Practice) -> None:
    maria = practice.user("Maria")
    maria.start()
    practice.fault("sendMessage", "hang")
    began = time.monotonic()
    async with HTTPXRequest() as request:
        async with practice.serve() as address:
            bot = Bot(practice.telegram.token, base_url=f"{address}/bot", request=request)
            hung = asyncio.create_task(bot.send_message(maria.id, "x", read_timeout=30))
            while not practice.log(method="sendMessage"):
                await asyncio.sleep(0.01)
        with pytest.raises(NetworkError):
            await hung
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "sulk"}, {"kind": "429", "times": 0}, {"kind": "slow", "seconds": 1e9}, {"kind": "429", "often": 3}],
)
def test_a_fault_nobody_knows_is_refused(practice: Practice, wrong: dict[str, object]) -> None:
    with pytest.raises(NotPossible):
        practice.fault("sendMessage", **wrong)  # type: ignore[arg-type]  # on purpose
    assert practice.faults.waiting() == []
