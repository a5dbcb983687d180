"""What people can do with their phones, and what the bot hears of it."""

from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from followupbot.practice import NotPossible, Person, Practice

ONE_TWO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("One", callback_data="1")], [InlineKeyboardButton("Two", callback_data="2")]]
)


async def test_a_press_tells_who_pressed_what_under_which_message(bot: Bot, maria: Person) -> None:
    sent = await bot.send_message(maria.id, "Which?", reply_markup=ONE_TWO)
    query_id = maria.press(sent.id, label="Two")
    (update,) = await bot.get_updates(timeout=0)
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (query_id, "2", maria.id)
    assert query.message is not None
    assert query.message.message_id == sent.id


async def test_a_button_that_is_not_shown_cannot_be_pressed_but_by_an_old_screen(bot: Bot, maria: Person) -> None:
    sent = await bot.send_message(maria.id, "Which?", reply_markup=ONE_TWO)
    await bot.edit_message_reply_markup(maria.id, sent.id)
    with pytest.raises(NotPossible, match="has no button"):
        maria.press(sent.id, data="1")
    with pytest.raises(NotPossible, match="never had a button"):
        maria.press(sent.id, data="3", stale=True)
    maria.press(sent.id, data="1", stale=True)
    await bot.delete_message(maria.id, sent.id)
    maria.press(sent.id, data="2", stale=True)
    edited, deleted = await bot.get_updates(timeout=0)
    assert edited.callback_query is not None
    assert edited.callback_query.message is not None
    assert edited.callback_query.message.is_accessible
    assert deleted.callback_query is not None
    assert deleted.callback_query.message is not None
    assert not deleted.callback_query.message.is_accessible


def test_nobody_can_write_before_start_or_to_a_bot_they_blocked(practice: Practice) -> None:
    stranger = practice.user("Somebody")
    with pytest.raises(NotPossible, match="not pressed Start"):
        stranger.text("hello")
    stranger.start()
    stranger.block()
    with pytest.raises(NotPossible, match="blocked"):
        stranger.text("hello")


@pytest.mark.parametrize("payload", ["x" * 65, "a b", "ä", "a.b"])
def test_a_deep_link_carries_64_plain_characters_at_most(practice: Practice, payload: str) -> None:
    person = practice.user("Maria")
    person.start("x" * 64)
    with pytest.raises(NotPossible):
        person.start(payload)


async def test_in_a_group_the_bot_hears_commands_replies_and_mentions_only(
    bot: Bot, practice: Practice, maria: Person
) -> None:
    ito = practice.user("Dr Ito")  # need not have pressed Start to be in a group
    group = practice.group("Spine team", [ito, maria])
    question = await bot.send_message(group.id, "Who takes it?", reply_markup=ONE_TWO)
    last = (await bot.get_updates(timeout=0))[-1].update_id
    ito.text("just talking", chat=group.id)
    ito.text("/take", chat=group.id)
    ito.text("/take@fusion_bot now", chat=group.id)
    ito.text("/take@another_bot", chat=group.id)
    ito.text("ask @Fusion_Bot about it", chat=group.id)
    ito.text("I do", chat=group.id, reply_to=question.id)
    ito.press(question.id, data="1", chat=group.id)
    updates = await bot.get_updates(offset=last + 1, timeout=0)
    heard = [update.message.text for update in updates if update.message]
    assert heard == ["/take", "/take@fusion_bot now", "ask @Fusion_Bot about it", "I do"]
    assert updates[-1].callback_query is not None
    assert len(maria.chat(group.id)["messages"]) == 8  # people see everything


async def test_a_group_that_becomes_a_supergroup_says_so_in_both(bot: Bot, practice: Practice, maria: Person) -> None:
    group = practice.group("Spine team", [maria])
    new = group.upgrade()
    updates = await bot.get_updates(timeout=0)
    service = [update.message for update in updates if update.message]
    assert [message.migrate_to_chat_id for message in service] == [None, new.id, None]
    assert [message.migrate_from_chat_id for message in service] == [None, None, group.id]
    with pytest.raises(NotPossible, match="has become"):
        maria.text("/old", chat=group.id)
    maria.text("/new", chat=new.id)


async def test_pictures_and_voices_reach_the_bot(bot: Bot, maria: Person) -> None:
    maria.photo("my scar")
    maria.voice(7)
    photo, voice = (update.message for update in await bot.get_updates(timeout=0))
    assert photo is not None
    assert (photo.caption, photo.photo[-1].width) == ("my scar", 96)
    assert voice is not None
    assert voice.voice is not None
    assert voice.voice.duration == timedelta(seconds=7)
    file = await bot.get_file(photo.photo[-1].file_id)
    assert (await file.download_as_bytearray()).startswith(b"\x89PNG")


async def test_message_numbers_are_shared_but_a_supergroup_counts_its_own(
    bot: Bot, practice: Practice, maria: Person
) -> None:
    new = practice.group("Spine team", [maria]).upgrade()
    private = await bot.send_message(maria.id, "private")
    grouped = await bot.send_message(new.id, "grouped")
    assert (private.id, grouped.id) == (4, 2)  # /start, group made, group left, this; group moved, this
