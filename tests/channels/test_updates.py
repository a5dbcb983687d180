"""What each update says: of what Telegram documents, and of what it does besides."""

import json

import pytest

from followupbot.channels.telegram.callback_data import encode
from followupbot.channels.telegram.unrecorded import owed
from followupbot.channels.telegram.updates import (
    BlockedUs,
    Commanded,
    CommandedInGroup,
    Incoming,
    Passed,
    Pressed,
    SentSomethingElse,
    Unreadable,
    Wrote,
    read,
)
from followupbot.domain.ids import CardId, CheckInId, Language, MessageId, PatientId, QuestionId
from followupbot.domain.presses import AnswerPress

RED = AnswerPress(
    PatientId("K7M2X"), CheckInId(3), QuestionId("bladder"), "new", CardId("cauda_equina"), Language("en")
)
PERSON = {"id": 5, "is_bot": False, "first_name": "M", "language_code": "es-ES"}
PRIVATE = {"id": 5, "type": "private"}
GROUP = {"id": -5, "type": "group"}


def press(**more: object) -> dict[str, object]:
    return {"update_id": 1, "callback_query": {"id": "9", "from": PERSON, "data": encode(RED), **more}}


@pytest.mark.parametrize(
    "more",
    [
        {"message": {"message_id": 7, "date": 1, "chat": PRIVATE, "text": "x"}},
        {"message": {"message_id": 7, "date": 0, "chat": PRIVATE}},
        {"chat_instance": "1"},
    ],
)
def test_a_red_button_is_understood_also_on_a_message_that_telegram_shows_no_more(more: dict[str, object]) -> None:
    """An inaccessible message has the date 0; older servers left it out. The card is owed all the same."""
    incoming = read(press(**more))
    assert isinstance(incoming, Pressed)
    assert (incoming.chat, incoming.press, incoming.message) == (5, RED, MessageId(7 if "message" in more else 1))
    assert owed(incoming) is not None


def said(text: str, chat: object = PRIVATE, **more: object) -> Incoming:
    return read({"update_id": 1, "message": {"message_id": 7, "chat": chat, "from": PERSON, "text": text, **more}})


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/urgent", "urgent", ""),
        ("/URGENT!!!", "urgent", ""),
        ("/urgent, I can't feel my legs", "urgent", "I can't feel my legs"),
        ("/urgent@fusion_bot\nmy legs", "urgent", "my legs"),
        ("/start a b", "start", "a b"),
        ("/start " + "x" * 600, "start", "x" * 600),
    ],
)
def test_a_command_is_one_however_hastily_it_was_typed(text: str, command: str, argument: str) -> None:
    found = said(text)
    assert isinstance(found, Commanded)
    assert (found.command, found.argument) == (command, argument)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (
            {"edited_message": {"message_id": 7, "chat": PRIVATE, "text": "yes"}},
            SentSomethingElse(5, "edited", MessageId(7), "yes"),
        ),
        ({"channel_post": {"message_id": 7, "chat": {"id": -5, "type": "channel"}, "text": "x"}}, Passed("other")),
        ({"message": {"message_id": 7, "chat": {"id": -5, "type": "channel"}, "text": "x"}}, Passed("not_private")),
        ({"my_chat_member": {"chat": PRIVATE, "new_chat_member": {"status": "kicked"}}}, BlockedUs(5)),
        (
            {
                "message": {
                    "message_id": 7,
                    "chat": {"id": -5, "type": "group"},
                    "from": PERSON,
                    "text": "/take@any_bot",
                }
            },
            CommandedInGroup(-5, 5, "take", ""),
        ),
        ({"message": {"message_id": 7, "chat": PRIVATE, "voice": {}}}, SentSomethingElse(5, "voice", MessageId(7))),
        ({"message": {"message_id": 7, "chat": PRIVATE, "brain_wave": {}}}, Passed("service_message")),
        (
            {"callback_query": {"id": "9", "from": PERSON, "inline_message_id": "4", "data": "x"}},
            Passed("press_elsewhere"),
        ),
        ({"callback_query": {"id": "9", "data": "x"}}, Unreadable("callback_query")),
        ({"callback_query": {"id": "9", "from": PERSON, "game_short_name": "x"}}, Unreadable("callback_query")),
    ],
)
def test_what_else_telegram_tells(raw: dict[str, object], says: Incoming) -> None:
    assert read({"update_id": 1, **raw}) == says


def test_the_longest_text_that_telegram_takes_is_read_whole() -> None:
    """4,096 UTF-16 units of emoji, and a press that comes through JSON as Telegram writes it."""
    text = "😀" * 2_048
    assert json.loads(json.dumps(text)) == text
    assert said(text) == Wrote(5, text, MessageId(7), Language("es"))
