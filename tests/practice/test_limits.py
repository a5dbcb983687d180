"""How fast a bot may send; the clock is ours, so nothing sleeps."""

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from followupbot.practice import Person, Practice


async def flood(bot: Bot, chat: int) -> tuple[int, int]:
    """How many messages go through before Telegram says stop, and the seconds it names."""
    for sent in range(200):
        try:
            await bot.send_message(chat, f"message {sent}")
        except RetryAfter as refused:
            wait = refused.retry_after
            return sent, wait if isinstance(wait, int) else int(wait.total_seconds())
    raise AssertionError("never told to stop")


async def test_a_private_chat_takes_a_burst_of_five_then_one_a_second(
    bot: Bot, practice: Practice, maria: Person
) -> None:
    assert await flood(bot, maria.id) == (5, 1)
    assert await flood(bot, maria.id) == (0, 1)  # being refused costs nothing and gains nothing
    practice.advance(2)
    assert await flood(bot, maria.id) == (2, 1)


async def test_a_group_takes_twenty_a_minute(bot: Bot, practice: Practice, maria: Person) -> None:
    group = practice.group("Spine team", [maria])
    assert await flood(bot, group.id) == (20, 3)
    practice.advance(60)
    assert await flood(bot, group.id) == (20, 3)


async def test_the_bot_as_a_whole_takes_thirty_a_second(bot: Bot, practice: Practice) -> None:
    people = [practice.user(f"Patient {number}") for number in range(31)]
    for person in people:
        person.start()
    for person in people[:30]:
        await bot.send_message(person.id, "hello")
    with pytest.raises(RetryAfter):
        await bot.send_message(people[30].id, "hello")
    practice.advance(1)
    await bot.send_message(people[30].id, "hello")


async def test_the_limits_can_be_switched_off(bot: Bot, practice: Practice, maria: Person) -> None:
    practice.limits(enabled=False)
    for count in range(40):
        await bot.send_message(maria.id, str(count))
    assert len(maria.chat()["messages"]) == 41


async def test_a_refused_message_is_in_the_log_and_not_in_the_chat(bot: Bot, practice: Practice, maria: Person) -> None:
    sent, _ = await flood(bot, maria.id)
    last = practice.log()[-1]
    assert (last["status"], last["accepted"], last["parameters"]) == (429, False, {"retry_after": 1})
    assert len(maria.chat()["messages"]) == sent + 1
