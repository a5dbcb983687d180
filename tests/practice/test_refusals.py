"""Each way in which Telegram says no, and the python-telegram-bot exception that makes of it."""

import json

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken
from telegram.request import HTTPXRequest

from followupbot.practice import FrozenClock, Person, Practice
from followupbot.practice.people import _grey_square


def keyboard(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows]
    )


async def test_a_bot_cannot_write_first(bot: Bot, practice: Practice) -> None:
    stranger = practice.user("Somebody")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(42, "hello")
    assert [call["accepted"] for call in practice.log(method="sendMessage")] == [False, False]


async def test_blocked_and_deactivated_people_cannot_be_reached(bot: Bot, maria: Person) -> None:
    maria.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(maria.id, "hello")
    maria.unblock()
    await bot.send_message(maria.id, "hello again")
    maria.deactivate()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(maria.id, "hello")


async def test_a_group_that_was_upgraded_names_its_new_number(bot: Bot, practice: Practice, maria: Person) -> None:
    group = practice.group("Spine team", [maria])
    await bot.send_message(group.id, "before")
    new = group.upgrade()
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(group.id, "after")
    assert migrated.value.new_chat_id == new.id
    await bot.send_message(new.id, "after")


async def test_a_bot_kicked_from_a_group_is_told_so(bot: Bot, practice: Practice, maria: Person) -> None:
    group = practice.group("Spine team", [maria])
    group.kick()
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "hello")


async def test_a_text_has_4096_utf16_units_after_parsing(bot: Bot, maria: Person) -> None:
    await bot.send_message(maria.id, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
    await bot.send_message(maria.id, "🦴" * 2048)
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(maria.id, "🦴" * 2048 + "x")


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_an_empty_text_is_refused(bot: Bot, maria: Person, text: str) -> None:
    with pytest.raises(BadRequest, match=r"Message text is empty|Text must be non-empty"):
        await bot.send_message(maria.id, text)


async def test_wrong_html_sends_nothing(bot: Bot, maria: Person) -> None:
    with pytest.raises(BadRequest, match="Can't parse entities: unsupported start tag"):
        await bot.send_message(maria.id, "pain < 5", parse_mode="HTML")
    assert [m["from"] for m in maria.chat()["messages"]] == ["user"]


async def test_more_than_100_entities_are_refused(bot: Bot, maria: Person) -> None:
    await bot.send_message(maria.id, "<b>x</b> " * 100, parse_mode="HTML")
    with pytest.raises(BadRequest, match="Entities_too_long"):
        await bot.send_message(maria.id, "<b>x</b> " * 101, parse_mode="HTML")


async def test_callback_data_has_64_bytes_not_letters(bot: Bot, maria: Person) -> None:
    await bot.send_message(maria.id, "?", reply_markup=keyboard([("ok", "é" * 32)]))
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(maria.id, "?", reply_markup=keyboard([("ok", "é" * 33)]))
    with pytest.raises(BadRequest, match=r"Button_data_invalid"):
        await bot.send_message(maria.id, "?", reply_markup=keyboard([("ok", "")]))


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ('{"inline_keyboard": [{"text": "x"}]}', "must be an Array of Arrays"),
        ('{"inline_keyboard": [["x"]]}', "InlineKeyboardButton must be an Object"),
        ('{"inline_keyboard": [[{"callback_data": "x"}]]}', 'Can\'t find field "text"'),
        ('{"inline_keyboard": [[{"text": "x"}]]}', "Text buttons are unallowed in the inline keyboard"),
        ('{"inline_keyboard": [[{"text": "x", "url": "nowhere"}]]}', "BUTTON_URL_INVALID"),
        ('{"inline_keyboard": [[{"text": "x", "callback_data": "y", "style": "pink"}]]}', "invalid button style"),
    ],
)
async def test_a_keyboard_of_the_wrong_shape_is_refused(address: str, maria: Person, markup: str, words: str) -> None:
    async with httpx.AsyncClient() as client:
        url = f"{address}/bot{maria.telegram.token}/sendMessage"
        answer = await client.post(url, data={"chat_id": maria.id, "text": "?", "reply_markup": markup})
    assert answer.status_code == 400
    assert words in answer.json()["description"]


async def test_parameters_come_as_json_as_a_form_or_in_the_address(address: str, maria: Person) -> None:
    url = f"{address}/bot{maria.telegram.token}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    async with httpx.AsyncClient() as client:
        await client.post(url, json={"chat_id": maria.id, "text": "1", "reply_markup": markup})
        await client.post(url, data={"chat_id": maria.id, "text": "2", "reply_markup": json.dumps(markup)})
        await client.get(url, params={"chat_id": maria.id, "text": "3", "reply_markup": json.dumps(markup)})
        half = await client.post(
            url, content=b'{"chat_id": 1, "text": "\\ud83e"}', headers={"content-type": "application/json"}
        )
    shown = [(m["text"], m["keyboard"]) for m in maria.chat()["messages"][1:]]
    assert shown == [(number, [[{"text": "Yes", "data": "y"}]]) for number in "123"]
    assert half.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_a_row_has_eight_buttons_at_most(bot: Bot, maria: Person) -> None:
    await bot.send_message(maria.id, "?", reply_markup=keyboard([(str(n), str(n)) for n in range(8)]))
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(maria.id, "?", reply_markup=keyboard([(str(n), str(n)) for n in range(9)]))


async def test_an_edit_must_change_something_that_is_there_and_our_own(bot: Bot, maria: Person) -> None:
    sent = await bot.send_message(maria.id, "<b>one</b>", parse_mode="HTML", reply_markup=keyboard([("a", "a")]))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("<b>one</b>", maria.id, sent.id, parse_mode="HTML", reply_markup=sent.reply_markup)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(maria.id, sent.id, reply_markup=keyboard([("a", "a")]))
    edited = await bot.edit_message_text("one", maria.id, sent.id)  # no markup given: the keyboard goes
    assert not isinstance(edited, bool)
    assert edited.reply_markup is None
    assert edited.edit_date is not None
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("two", maria.id, sent.id + 1000)
    own = maria.text("mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("yours", maria.id, own)


async def test_a_deleted_message_is_gone_and_an_old_one_stays(
    bot: Bot, practice: Practice, clock: FrozenClock, maria: Person
) -> None:
    sent = await bot.send_message(maria.id, "one")
    assert await bot.delete_message(maria.id, sent.id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(maria.id, sent.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("two", maria.id, sent.id)
    old = await bot.send_message(maria.id, "old")
    practice.advance(48 * 3600 + 1)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(maria.id, old.id)


async def test_a_press_is_answered_once_and_within_15_seconds(bot: Bot, practice: Practice, maria: Person) -> None:
    sent = await bot.send_message(maria.id, "Any pain?", reply_markup=keyboard([("Yes", "y")]))
    first, second = (maria.press(sent.id, label="Yes") for _ in range(2))
    assert await bot.answer_callback_query(first, "Noted")
    assert maria.chat()["notices"] == ["Noted"]
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await bot.answer_callback_query(first)
    practice.advance(16)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(second)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("12345")


async def test_pictures_and_documents_are_kept_and_checked(bot: Bot, maria: Person) -> None:
    sent = await bot.send_photo(maria.id, _grey_square(), caption="<b>Brace</b>", parse_mode="HTML")
    assert (sent.photo[0].width, sent.caption) == (96, "Brace")
    again = await bot.send_photo(maria.id, sent.photo[0].file_id)
    assert again.photo[0].file_unique_id == sent.photo[0].file_unique_id
    content = b"col\r\n--x\r\n" * 3
    document = await bot.send_document(maria.id, InputFile(content, filename="Übung 1.csv"))
    assert document.document is not None
    assert (document.document.file_name, document.document.file_size) == ("Übung 1.csv", len(content))
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == content
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(maria.id, b"no picture")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(maria.id, _grey_square(), caption="x" * 1025)


async def test_a_reply_needs_the_message_it_replies_to(bot: Bot, maria: Person) -> None:
    own = maria.text("a question")
    sent = await bot.send_message(maria.id, "an answer", reply_parameters=ReplyParameters(own))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.id == own
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(maria.id, "x", reply_parameters=ReplyParameters(own + 1000))


async def test_a_wrong_token_is_not_ours(address: str) -> None:
    async with HTTPXRequest() as request:
        somebody_elses = Bot("123456:AAsomebodyElses", base_url=f"{address}/bot", request=request)
        with pytest.raises(InvalidToken):
            await somebody_elses.get_me()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{address}/bot123456:AAsomebodyElses/getMe")).status_code == 401
        assert (await client.get(f"{address}/botnothing/getMe")).status_code == 404


async def test_a_method_that_is_not_there_is_not_found(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendSmoke")


async def test_silence_and_protection_are_remembered(bot: Bot, maria: Person) -> None:
    sent = await bot.send_message(maria.id, "quiet", disable_notification=True, protect_content=True)
    assert sent.has_protected_content
    shown = maria.chat()["messages"][-1]
    assert (shown["silent"], shown["protected"]) == (True, True)


async def test_the_menu_is_the_narrowest_that_was_set(bot: Bot, maria: Person) -> None:
    await bot.set_my_commands([("help", "Help")])
    await bot.set_my_commands([("help", "Hilfe")], language_code="de")
    assert maria.chat()["commands"] == [{"command": "help", "description": "Help"}]
    maria.user.language_code = "de-CH"
    assert maria.chat()["commands"] == [{"command": "help", "description": "Hilfe"}]
    assert [command.description for command in await bot.get_my_commands()] == ["Help"]
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Help-Me", "Help")])


async def test_chats_and_the_bot_describe_themselves(bot: Bot, practice: Practice, maria: Person) -> None:
    assert (await bot.get_me()).username == "fusion_bot"
    assert (await bot.get_chat(maria.id)).first_name == "Maria"
    assert (await bot.get_chat(practice.group("Spine team", [maria]).id)).title == "Spine team"
    assert await bot.set_my_description("Asks how you are after the operation.")
    assert maria.chat()["bot"]["description"] == "Asks how you are after the operation."
    assert await bot.set_my_name("Fusion")
    assert maria.chat()["bot"]["name"] == "Fusion"
    assert await bot.send_chat_action(maria.id, "typing")
