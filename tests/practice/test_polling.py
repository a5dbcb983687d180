"""How updates are handed out, confirmed, forgotten and fought over."""

import asyncio

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

from followupbot.practice import FrozenClock, Person, Practice

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="y"), InlineKeyboardButton("No", callback_data="n")]]
)


async def texts(bot: Bot, offset: int | None = None, limit: int | None = None) -> dict[int, str]:
    updates = await bot.get_updates(offset=offset, limit=limit, timeout=0)
    return {update.update_id: str(update.message.text) for update in updates if update.message}


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(bot: Bot, maria: Person) -> None:
    for word in ("one", "two", "three"):
        maria.text(word)
    first = min(await texts(bot))
    assert list((await texts(bot)).values()) == ["one", "two", "three"]
    assert list((await texts(bot, offset=first)).values()) == ["one", "two", "three"]  # its own id confirms nothing
    assert list((await texts(bot, offset=first + 2)).values()) == ["three"]
    assert list((await texts(bot, offset=first)).values()) == ["three"]  # the first two are gone for good


async def test_limit_hands_out_the_oldest_and_forgets_nothing(bot: Bot, maria: Person) -> None:
    for word in ("one", "two", "three"):
        maria.text(word)
    assert list((await texts(bot, limit=2)).values()) == ["one", "two"]
    assert list((await texts(bot)).values()) == ["one", "two", "three"]


async def test_a_negative_offset_keeps_only_the_newest(bot: Bot, maria: Person) -> None:
    for word in ("one", "two", "three"):
        maria.text(word)
    assert list((await texts(bot, offset=-1)).values()) == ["three"]
    assert list((await texts(bot)).values()) == ["three"]


async def test_a_long_poll_ends_as_soon_as_something_happens(bot: Bot, maria: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=40, read_timeout=41))
    await asyncio.sleep(0.1)
    assert not poll.done()
    maria.text("at last")
    (update,) = await asyncio.wait_for(poll, 2)
    assert update.message is not None
    assert update.message.text == "at last"


async def test_the_older_of_two_polls_is_ended_with_a_conflict(bot: Bot, address: str, maria: Person) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=40, read_timeout=41))
    await asyncio.sleep(0.1)
    async with Bot(bot.token, base_url=f"{address}/bot") as second:
        newer = asyncio.create_task(second.get_updates(timeout=40, read_timeout=41))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await asyncio.wait_for(older, 2)
        maria.text("for the newer")
        assert len(await asyncio.wait_for(newer, 2)) == 1


async def test_polling_while_a_webhook_is_set_is_a_conflict(bot: Bot, practice: Practice, maria: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=40, read_timeout=41))
    await asyncio.sleep(0.1)
    assert await bot.set_webhook("https://clinic.example/hook", secret_token="s3cret_")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await asyncio.wait_for(poll, 2)
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates(timeout=0)
    maria.text("waits")
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("https://clinic.example/hook", 1)
    assert await bot.delete_webhook()
    assert list((await texts(bot)).values()) == ["waits"]


async def test_a_press_is_kept_150_seconds_and_a_message_a_day(
    bot: Bot, practice: Practice, clock: FrozenClock, maria: Person
) -> None:
    sent = await bot.send_message(maria.id, "Any pain?", reply_markup=YES_NO)
    maria.press(sent.message_id, data="y")
    maria.text("a word")
    practice.advance(149)
    assert [bool(update.callback_query) for update in await bot.get_updates(timeout=0)] == [True, False]
    practice.advance(1)
    assert [bool(update.callback_query) for update in await bot.get_updates(timeout=0)] == [False]
    practice.advance(24 * 3600 - 151)
    assert len(await bot.get_updates(timeout=0)) == 1
    practice.advance(1)
    assert await bot.get_updates(timeout=0) == ()


async def test_allowed_updates_hold_for_what_comes_after_the_call(bot: Bot, practice: Practice, maria: Person) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["my_chat_member"])
    maria.text("nobody asked for this")
    maria.block()
    updates = await bot.get_updates(timeout=0)
    assert [update.my_chat_member is not None for update in updates] == [True]


async def test_blocking_and_coming_back_is_told(bot: Bot, maria: Person) -> None:
    maria.block()
    maria.start("token-1")
    kicked, member, started = await bot.get_updates(timeout=0)
    assert kicked.my_chat_member is not None
    assert kicked.my_chat_member.new_chat_member.status == "kicked"
    assert member.my_chat_member is not None
    assert member.my_chat_member.new_chat_member.status == "member"
    assert started.message is not None
    assert started.message.text == "/start token-1"
    assert started.message.parse_entities(["bot_command"]) != {}


async def test_an_update_is_delivered_again_whatever_was_confirmed(bot: Bot, practice: Practice, maria: Person) -> None:
    maria.text("once")
    ((number, _),) = (await texts(bot)).items()
    assert await texts(bot, offset=number + 1) == {}
    practice.redeliver(number)
    assert await texts(bot, offset=number + 1) == {number: "once"}
    assert await texts(bot, offset=number + 1) == {}  # once more, not for ever


async def test_any_json_can_be_put_before_the_bot(bot: Bot, practice: Practice) -> None:
    number = practice.updates({"message": {"not": "a message"}})
    log_before = len(practice.log())
    with pytest.raises(Exception):  # noqa: B017, PT011  # whatever the library makes of it
        await bot.get_updates(timeout=0)
    (call,) = practice.log(log_before)
    assert call["result"] == [{"update_id": number, "message": {"not": "a message"}}]


async def test_a_bot_that_hangs_up_leaves_no_poll_behind(bot: Bot, practice: Practice, maria: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=40, read_timeout=41))
    await asyncio.sleep(0.1)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    for _ in range(100):
        if practice.log(method="getUpdates"):
            break
        await asyncio.sleep(0.01)
    assert [call["description"] for call in practice.log(method="getUpdates")] == ["the bot hung up"]
    maria.text("kept")
    assert list((await texts(bot)).values()) == ["kept"]  # and no conflict with the dead poll
