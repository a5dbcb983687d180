"""What Telegram tells us, read from its JSON. Only what we use is looked at, so no new field makes it unreadable."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import assert_never

from followupbot.channels.telegram import callback_data
from followupbot.domain.ids import Language, MessageId
from followupbot.domain.presses import Press

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

ATTACHMENTS = (
    "voice",
    "audio",
    "photo",
    "video_note",
    "video",
    "animation",
    "document",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
    "story",
    "checklist",
)
"""What a message bears besides text. In this order, because an animation is also a document, and a venue a location."""

EDITED = "edited"
"""What was sent, where somebody has put right what they wrote before."""

UNKNOWN_BUTTON = "button"
"""What was sent, where a button was pressed that no version of ours can read."""

NUMBER_MAX = 2**53
"""Telegram's numbers have at most 52 significant bits (Bot API, User and Chat)."""

OLDEST_MESSAGE = MessageId(1)
"""Stands for a message that Telegram does not name: whatever is to stand in its place is sent anew."""

ELSEWHERE = frozenset({"message", "inline_message_id"})

_HALF = re.compile("[\ud800-\udfff]")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:[\s.,;:!?…]+(.*))?", re.DOTALL)
"""Whoever types `/urgent!` means `/urgent`."""


@dataclass(frozen=True)
class Pressed:
    """A button of ours was pressed in a private chat. `press` is None where its data is nothing that we wrote."""

    chat: int
    message: MessageId
    callback_query: str
    press: Press | None
    language: Language | None = None
    """What the person's Telegram speaks, where it says so."""


@dataclass(frozen=True)
class Commanded:
    """A slash command was sent, whether or not we know it; `argument` is what stood behind it on the line."""

    chat: int
    command: str
    argument: str
    message: MessageId
    language: Language | None = None
    """What the person's Telegram speaks, where it says so."""


@dataclass(frozen=True)
class Wrote:
    """Text came, word for word."""

    chat: int
    text: str
    message: MessageId
    language: Language | None = None
    """What the person's Telegram speaks, where it says so."""


@dataclass(frozen=True)
class SentSomethingElse:
    """No plain text came; `what` is Telegram's word for what it was, `text` the words below it, or those put right."""

    chat: int
    what: str
    message: MessageId
    text: str = ""


@dataclass(frozen=True)
class BlockedUs:
    """The person in that chat has blocked the bot."""

    chat: int


@dataclass(frozen=True)
class UnblockedUs:
    """The person in that chat takes messages from the bot again."""

    chat: int


@dataclass(frozen=True)
class PressedInGroup:
    """A button of ours was pressed in a group, by the person whose private chat is `by`."""

    chat: int
    by: int
    callback_query: str
    press: Press


@dataclass(frozen=True)
class CommandedInGroup:
    """A slash command was sent in a group, by the person whose private chat is `by`."""

    chat: int
    by: int
    command: str
    argument: str


@dataclass(frozen=True)
class GroupMoved:
    """The group has become a supergroup, which has another number."""

    chat: int
    to: int


@dataclass(frozen=True)
class RemovedFromGroup:
    """The bot is no member of that group any more, or may not write there."""

    chat: int


@dataclass(frozen=True)
class Passed:
    """Nothing for us: a group, an edit, a kind that we did not ask for."""

    why: str


@dataclass(frozen=True)
class Unreadable:
    """Not of the form that Telegram documents."""

    why: str


InGroup = PressedInGroup | CommandedInGroup | GroupMoved | RemovedFromGroup

Incoming = Pressed | Commanded | Wrote | SentSomethingElse | BlockedUs | UnblockedUs | InGroup | Passed | Unreadable


def read(raw: Mapping[str, object]) -> Incoming:
    """What the update says. Never raises. Each number in it fits a database, and each text is whole Unicode."""
    incoming = _read(raw)
    bears = (getattr(incoming, field.name) for field in fields(incoming))
    return incoming if all(map(_can_be, bears)) else Unreadable("value")


def _can_be(value: object) -> bool:
    """Whether Telegram could mean that. For Python `true` is a number, and half of a letter is a text."""
    match value:
        case bool():
            return False
        case int():
            return abs(value) <= NUMBER_MAX
        case str():
            return value.isascii() or not _HALF.search(value)
        case _:
            return True


def _read(raw: Mapping[str, object]) -> Incoming:
    match raw:
        case {"callback_query": query}:
            return _read_press(query)
        case {"message": message}:
            return _read_message(message)
        case {"edited_message": message}:
            return _read_edit(message)
        case {"my_chat_member": member}:
            return _read_membership(member)
        case _:
            return Passed("other")


def chat_of(incoming: Incoming) -> int | None:
    """The chat in which it happened; None where that is no matter."""
    match incoming:
        case Passed() | Unreadable():
            return None
        case (
            Pressed(chat=chat)
            | Commanded(chat=chat)
            | Wrote(chat=chat)
            | SentSomethingElse(chat=chat)
            | BlockedUs(chat)
            | UnblockedUs(chat)
            | PressedInGroup(chat=chat)
            | CommandedInGroup(chat=chat)
            | GroupMoved(chat=chat)
            | RemovedFromGroup(chat)
        ):
            return chat
        case _:
            assert_never(incoming)


def _read_press(query: object) -> Incoming:
    match query:
        case {
            "id": str(name),
            "data": str(data),
            "message": {"message_id": int(message), "chat": {"id": int(chat), "type": "private"}},
        }:
            return Pressed(chat, MessageId(message), name, callback_data.decode(data), _language_of(query))
        case {
            "id": str(name),
            "from": {"id": int(by)},
            "data": str(data),
            "message": {"chat": {"id": int(chat), "type": "group" | "supergroup"}},
        }:
            press = callback_data.decode(data)
            return Passed("unknown_button_in_group") if press is None else PressedInGroup(chat, by, name, press)
        case {"id": str(name), "from": {"id": int(by)}, "data": str(data), **rest} if not rest.keys() & ELSEWHERE:
            # Of a message so old that Telegram shows it no more. Only in a private chat is it sure whose press that is.
            return Pressed(by, OLDEST_MESSAGE, name, callback_data.decode(data), _language_of(query))
        case {"id": str(), "message": {"chat": {"type": str()}}} | {"id": str(), "inline_message_id": str()}:
            return Passed("press_elsewhere")
        case _:
            return Unreadable("callback_query")


def _read_message(message: object) -> Incoming:
    match message:
        case {"message_id": int(number), "chat": {"id": int(chat), "type": "private"}}:
            return _read_private(message, chat, MessageId(number))
        case {"chat": {"id": int(chat), "type": "group"}, "migrate_to_chat_id": int(to)} if chat < 0 and to < 0:
            return GroupMoved(chat, to)
        case {"chat": {"id": int(to), "type": "supergroup"}, "migrate_from_chat_id": int(chat)} if chat < 0 and to < 0:
            return GroupMoved(chat, to)
        case {"chat": {"id": int(chat), "type": "group" | "supergroup"}, "from": {"id": int(by)}, "text": str(text)}:
            return _read_in_group(text, chat, by)
        case {"chat": {"type": str()}}:
            return Passed("not_private")
        case _:
            return Unreadable("message")


def _read_private(message: object, chat: int, number: MessageId) -> Incoming:
    match message:
        case {"text": str(text)}:
            return _read_text(text, chat, number, _language_of(message))
        case {"text": _}:
            return Unreadable("text")
        case {**fields}:
            what = next((kind for kind in ATTACHMENTS if kind in fields), None)
            # The rest is Telegram telling that something was pinned, or a timer set: nobody said anything.
            if what is None:
                return Passed("service_message")
            return SentSomethingElse(chat, what, number, _caption(message))
        case _:
            return Unreadable("message")


def _read_edit(message: object) -> Incoming:
    """Words that were put right in a private chat are read anew; a place that moves on says nothing."""
    match message:
        case {"message_id": int(number), "chat": {"id": int(chat), "type": "private"}, "text": str(text)}:
            return SentSomethingElse(chat, EDITED, MessageId(number), text)
        case {"message_id": int(number), "chat": {"id": int(chat), "type": "private"}, "caption": str(text)}:
            return SentSomethingElse(chat, EDITED, MessageId(number), text)
        case _:
            return Passed("edited_message")


def _caption(message: object) -> str:
    match message:
        case {"caption": str(text)}:
            return text
        case _:
            return ""


def _read_text(text: str, chat: int, number: MessageId, language: Language | None) -> Incoming:
    found = _COMMAND.fullmatch(text)
    if found is None:
        return Wrote(chat, text, number, language)
    return Commanded(chat, found[1].lower(), (found[2] or "").strip(), number, language)


def _language_of(what: object) -> Language | None:
    """Telegram says `es`, or `es-ES`."""
    match what:
        case {"from": {"language_code": str(code)}}:
            return Language(code.partition("-")[0].lower())
        case _:
            return None


def _read_in_group(text: str, chat: int, by: int) -> Incoming:
    """Only commands are for us; what people say to each other in a group is none of our business."""
    found = _COMMAND.fullmatch(text)
    if found is None:
        return Passed("not_private")
    return CommandedInGroup(chat, by, found[1].lower(), (found[2] or "").strip())


def _read_membership(member: object) -> Incoming:
    match member:
        case {"chat": {"id": int(chat), "type": "private"}, "new_chat_member": {"status": "kicked"}}:
            return BlockedUs(chat)
        case {"chat": {"id": int(chat), "type": "private"}, "new_chat_member": {"status": "member"}}:
            return UnblockedUs(chat)
        case {
            "chat": {"id": int(chat), "type": "group" | "supergroup"},
            "new_chat_member": {"status": "left" | "kicked"} | {"status": "restricted", "can_send_messages": False},
        }:
            return RemovedFromGroup(chat)
        case {"chat": {"type": str()}, "new_chat_member": {"status": str()}}:
            return Passed("membership_elsewhere")
        case _:
            return Unreadable("my_chat_member")
