"""What people do with their phones: press Start, write, press buttons, send pictures, block the bot."""

import re
import struct
import zlib
from dataclasses import dataclass

from followupbot.practice import chats
from followupbot.practice.chats import Chat, Message, User
from followupbot.practice.entities import Styled, utf16_length
from followupbot.practice.limits import START_PAYLOAD_CHARS_MAX, TEXT_UTF16_MAX
from followupbot.practice.refusals import Json, Malformed, NotPossible, UnknownPerson
from followupbot.practice.telegram import Telegram

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Person:
    """Somebody with a phone. What the app would not offer raises NotPossible, and nothing has happened."""

    telegram: Telegram
    id: int

    @property
    def user(self) -> User:
        """The Telegram user."""
        return self.telegram.user(self.id)

    def start(self, payload: str = "") -> int:
        """Start was pressed, as after opening t.me/<bot>?start=<payload>; the number of the message that sent."""
        if len(payload) > START_PAYLOAD_CHARS_MAX or not _PAYLOAD.fullmatch(payload):
            raise Malformed(f"a start payload has up to {START_PAYLOAD_CHARS_MAX} characters of A-Z a-z 0-9 _ and -")
        user = self._alive()
        if user.blocked:
            self.unblock()
        user.started = True
        return self._say(self._private(), Styled(f"/start {payload}".strip()))

    def came_long_ago(self) -> None:
        """Start was pressed at some time before this practice was opened; the bot hears nothing of it now."""
        self._alive().started = True

    def text(self, text: str, chat: int | None = None, reply_to: int | None = None) -> int:
        """The person wrote this in the private chat, or in the group `chat`; the number of the message."""
        text = text.strip()
        if not text or utf16_length(text) > TEXT_UTF16_MAX:
            raise Malformed(f"a message has 1 to {TEXT_UTF16_MAX} UTF-16 units")
        place = self._place(chat)
        if reply_to is not None and reply_to not in place.messages:
            raise UnknownPerson(f"there is no message {reply_to} to reply to")
        return self._say(place, Styled(text), reply_to=reply_to)

    def press(
        self,
        message_id: int,
        data: str | None = None,
        label: str | None = None,
        *,
        stale: bool = False,
        chat: int | None = None,
    ) -> str:
        """A button under the message was pressed; the id of the callback query.

        The button is named by its data or by its words. A `stale` press, from a screen that has not yet heard of an
        edit, may press any data the message has ever shown, also after the message was deleted.
        """
        place = self._place(chat)
        message = place.messages.get(message_id)
        if message is None:
            raise UnknownPerson(f"there is no message {message_id} in this chat")
        return self.telegram.press(self.user, message, _pressed(message, data, label, stale=stale)).id

    def photo(self, caption: str = "", content: bytes | None = None, chat: int | None = None) -> int:
        """The person sent a picture (a grey square, unless the bytes of a PNG or JPEG are given)."""
        place = self._place(chat)
        file = self.telegram.files.add_photo("photo.png", content or _grey_square())
        return self._say(place, Styled(caption), media="photo", file=file)

    def voice(self, seconds: int = 3, chat: int | None = None) -> int:
        """The person sent a voice message of that length; it holds silence, not sound."""
        place = self._place(chat)
        file = self.telegram.files.add("voice.ogg", b"OggS" + bytes(96), "audio/ogg", duration=seconds)
        return self._say(place, Styled(""), media="voice", file=file)

    def block(self) -> None:
        """The person blocked the bot, and the bot is told."""
        user = self._alive()
        if not user.started or user.blocked:
            raise NotPossible(f"user {self.id} has no chat with the bot to block")
        user.blocked = True
        self.telegram.tell_membership(self._private(), user, old="member", new="kicked")
        self.telegram.happenings.note(self.telegram.dates(), "blocked", user.first_name)
        self.telegram.events.tell("blocked", chat=self.id)

    def unblock(self) -> None:
        """The person let the bot write again, and the bot is told."""
        user = self._alive()
        if not user.blocked:
            raise NotPossible(f"user {self.id} has not blocked the bot")
        user.blocked = False
        self.telegram.tell_membership(self._private(), user, old="kicked", new="member")
        self.telegram.events.tell("blocked", chat=self.id)

    def deactivate(self) -> None:
        """The account is gone; the bot is not told until it writes."""
        self._alive().deactivated = True

    def chat(self, chat: int | None = None) -> Json:
        """The chat as this person's phone shows it, oldest message first."""
        place = self.telegram.chat(self.id if chat is None else chat)
        if place.kind != "private" and self.id not in place.members:
            raise NotPossible(f"user {self.id} is not in chat {place.id}")
        user, bot, profile = self.user, self.telegram.bot, self.telegram.profile
        language = user.language_code[:2]
        presses = [press for press in place.presses if press.user_id == self.id]
        return {
            "chat": {"id": place.id, "kind": place.kind, "title": place.title},
            "user": {"id": user.id, "name": user.first_name, "started": user.started, "blocked": user.blocked},
            "bot": {
                "name": profile.text("name", language) or bot.first_name,
                "username": bot.username,
                "description": profile.text("description", language),
            },
            "now": self.telegram.now(),
            "commands": profile.menu(place.id, self.id, language),
            "messages": [chats.to_phone(m, user) for m in place.messages.values() if not m.deleted],
            "notices": [press.text for press in presses if press.text],
            "presses": [press.to_json(self.telegram.clock()) for press in presses],
        }

    def _alive(self) -> User:
        user = self.user
        if user.deactivated:
            raise NotPossible(f"user {self.id} has deleted the account")
        return user

    def _private(self) -> Chat:
        return self.telegram.chat(self.id)

    def _place(self, chat_id: int | None) -> Chat:
        """The chat in which the person may write."""
        user = self._alive()
        place = self.telegram.chat(self.id if chat_id is None else chat_id)
        if place.kind == "private":
            if place.id != self.id:
                raise NotPossible(f"chat {place.id} is somebody else's")
            if not user.started:
                raise NotPossible(f"user {self.id} has not pressed Start yet")
            if user.blocked:
                raise NotPossible(f"user {self.id} has blocked the bot; unblock it or press Start first")
        elif self.id not in place.members:
            raise NotPossible(f"user {self.id} is not in chat {place.id}")
        elif place.upgraded_to is not None:
            raise NotPossible(f"chat {place.id} has become {place.upgraded_to}")
        return place

    def _say(self, place: Chat, styled: Styled, **details: object) -> int:
        return self.telegram.add_message(place, self.user, styled, **details).id


@dataclass(frozen=True)
class Group:
    """A group that the bot was added to."""

    telegram: Telegram
    id: int

    def upgrade(self) -> "Group":
        """The group is a supergroup now; the new one, with another id."""
        return Group(self.telegram, self.telegram.upgrade(self.telegram.chat(self.id)).id)

    def kick(self) -> None:
        """The first member removed the bot."""
        self._move(kicked=True, old="member", new="kicked")

    def add(self) -> None:
        """The first member let the bot in again."""
        self._move(kicked=False, old="kicked", new="member")

    def _move(self, *, kicked: bool, old: str, new: str) -> None:
        chat = self.telegram.chat(self.id)
        if chat.kind == "private" or chat.kicked is kicked:
            raise NotPossible(f"nothing to do: the bot is {'not ' if kicked else ''}in chat {self.id}")
        chat.kicked = kicked
        self.telegram.tell_membership(chat, self.telegram.user(chat.members[0]), old=old, new=new)


def _pressed(message: Message, data: str | None, label: str | None, *, stale: bool) -> str:
    if data is None and label is None:
        raise Malformed("name the button by data or by label")
    if stale:
        if data not in message.shown_data:
            raise NotPossible(f"message {message.id} never had a button with the data {data!r}")
        return str(data)
    button = message.markup.button(data=data, label=label) if message.markup and not message.deleted else None
    if button is None:
        there = [button["text"] for row in (message.markup.inline if message.markup else ()) for button in row]
        raise NotPossible(f"message {message.id} has no button {data if data is not None else label!r}, only {there}")
    if "callback_data" not in button:
        raise NotPossible(f"the button {button['text']!r} opens something on the phone; the bot never hears of it")
    return str(button["callback_data"])


def _grey_square(side: int = 96) -> bytes:
    """A PNG of one grey."""
    rows = (b"\x00" + b"\x9a" * side) * side

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
