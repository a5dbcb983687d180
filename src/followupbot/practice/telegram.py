"""The state of the practice Telegram: who is there, what was said, what waits for the bot."""

import itertools
from typing import Any

from followupbot.practice import chats
from followupbot.practice.chats import Chat, Message, Press, User
from followupbot.practice.clock import Clock
from followupbot.practice.entities import Styled
from followupbot.practice.events import Events
from followupbot.practice.files import FileStore
from followupbot.practice.happenings import Happenings
from followupbot.practice.limits import (
    MEMBERSHIP_KEPT_SECONDS,
    MESSAGE_KEPT_SECONDS,
    MESSAGES_PER_CHAT_MAX,
    PRESS_KEPT_SECONDS,
    USERS_MAX,
    RateLimits,
)
from followupbot.practice.profile import Profile
from followupbot.practice.refusals import Json, Malformed, NotPossible, Refused, UnknownPerson, bad_request, forbidden
from followupbot.practice.updates import UpdateQueue

USER_ID_FIRST = 700_000_001
GROUP_ID_FIRST = -4_000_000_001
SUPERGROUP_ID_FIRST = -1_002_000_000_001  # needs more than 32 bits, as the real ones do
QUERY_ID_FIRST = 4_611_686_018_427_000_001


class Telegram:
    """One bot and everyone it could talk to. Not safe for threads: one event loop calls it."""

    def __init__(
        self, *, token: str, username: str, name: str, clock: Clock, limits: bool = True, dates: Clock | None = None
    ) -> None:
        bot_id, separator, _ = token.partition(":")
        if not (separator and bot_id.isdigit()):
            raise Malformed("a bot token is a number, a colon and a secret")
        self.token = token
        self.clock = clock
        self.dates = dates or clock
        self.bot = User(int(bot_id), name, username=username, is_bot=True)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.updates = UpdateQueue(clock)
        self.limits = RateLimits(enabled=limits)
        self.files = FileStore()
        self.profile = Profile()
        self.events = Events()
        self.happenings = Happenings()
        self._user_ids = itertools.count(USER_ID_FIRST)
        self._group_ids = itertools.count(GROUP_ID_FIRST, -1)
        self._supergroup_ids = itertools.count(SUPERGROUP_ID_FIRST, -1)
        self._query_ids = itertools.count(QUERY_ID_FIRST)
        self._messages_counted = 0

    def now(self) -> int:
        """The date a message gets now: whole seconds since 1970."""
        return int(self.dates())

    # --- who is there ----------------------------------------------------------------------------------------------

    def add_user(self, name: str, language_code: str = "", username: str = "", user_id: int | None = None) -> User:
        """A person who has not yet opened the bot; raises NotPossible when the number is taken."""
        if user_id is None:
            user_id = next(number for number in self._user_ids if number not in self.users)
        if user_id in self.users or user_id == self.bot.id:
            raise NotPossible(f"there is a user {user_id} already")
        if len(self.users) >= USERS_MAX:
            raise NotPossible(f"there are {USERS_MAX} users already")
        user = User(user_id, name, username=username, language_code=language_code)
        self.users[user_id] = user
        self.chats[user_id] = Chat(user_id, "private")
        return user

    def add_group(self, title: str, members: list[int]) -> Chat:
        """A group of these people and the bot; the bot is told that it was added."""
        if not members:
            raise Malformed("a group has at least one member")
        people = [self.user(member) for member in members]
        chat = Chat(next(self._group_ids), "group", title, [person.id for person in people])
        self.chats[chat.id] = chat
        self.tell_membership(chat, people[0], old="left", new="member")
        self.add_message(chat, people[0], service={"group_chat_created": True})
        return chat

    def upgrade(self, chat: Chat) -> Chat:
        """The group has become a supergroup with another id, and both say so; sending to the old one is refused."""
        if chat.kind != "group" or chat.upgraded_to is not None:
            raise NotPossible(f"chat {chat.id} is no group that can be upgraded")
        new = Chat(next(self._supergroup_ids), "supergroup", chat.title, list(chat.members), kicked=chat.kicked)
        self.chats[new.id] = new
        owner = self.user(chat.members[0])
        self.add_message(chat, owner, service={"migrate_to_chat_id": new.id})
        chat.upgraded_to = new.id
        self.add_message(new, owner, service={"migrate_from_chat_id": chat.id})
        return new

    def user(self, user_id: int) -> User:
        """The person; raises UnknownPerson."""
        if user_id not in self.users:
            raise UnknownPerson(f"there is no user {user_id}")
        return self.users[user_id]

    def chat(self, chat_id: int) -> Chat:
        """The chat; raises UnknownPerson."""
        if chat_id not in self.chats:
            raise UnknownPerson(f"there is no chat {chat_id}")
        return self.chats[chat_id]

    def chat_for_bot(self, chat_id: str, *, write: bool) -> Chat:
        """The chat as the bot may use it; raises Refused with Telegram's reason when it may not."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(_whole(chat_id))
        if chat is None:
            raise bad_request("chat not found")
        if chat.kind == "private":
            self._check_person(self.users[chat.id], write=write)
        elif write and chat.upgraded_to is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, words, {"migrate_to_chat_id": chat.upgraded_to})
        elif chat.kicked and (write or chat.kind == "supergroup"):
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        return chat

    def _check_person(self, user: User, *, write: bool) -> None:
        if not user.started:
            if write:
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        if write and user.deactivated:
            raise forbidden("user is deactivated")
        if write and user.blocked:
            raise forbidden("bot was blocked by the user")

    # --- what is said ----------------------------------------------------------------------------------------------

    def add_message(self, chat: Chat, sender: User, styled: Styled | None = None, **details: Any) -> Message:
        """The message stands in the chat, everyone's page is told, and the bot too when it is somebody else's."""
        if len(chat.messages) >= MESSAGES_PER_CHAT_MAX:
            raise NotPossible(f"chat {chat.id} has {MESSAGES_PER_CHAT_MAX} messages already")
        if chat.kind == "supergroup":
            chat.messages_counted += 1
            number = chat.messages_counted
        else:
            self._messages_counted += 1
            number = self._messages_counted
        message = Message(number, chat.id, sender, self.now(), styled or Styled(""), **details)
        if message.markup is not None:
            message.shown_data |= message.markup.data
        chat.messages[number] = message
        self.happenings.note(self.dates(), "sent" if sender.is_bot else "wrote", self.title(chat), message.styled.text)
        self.events.tell("message", chat=chat.id, message_id=number, bot=sender.is_bot)
        if not sender.is_bot and self._reaches_bot(chat, message):
            self.updates.push("message", self.shape(message), MESSAGE_KEPT_SECONDS)
        return message

    def _reaches_bot(self, chat: Chat, message: Message) -> bool:
        """Privacy mode, which is on for every new bot: in groups only commands, replies, mentions and service words."""
        if chat.kicked:
            return False
        if chat.kind == "private" or message.service:
            return True
        text, mention = message.styled.text, f"@{self.bot.username}".lower()
        words = text.lower().split()
        if words and words[0].startswith("/"):
            _, at, addressed = words[0].partition("@")
            return not at or f"@{addressed}" == mention
        replied = chat.messages.get(message.reply_to or 0)
        return mention in words or (replied is not None and replied.sender.is_bot)

    def changed(self, message: Message, kind: str) -> None:
        """Everyone's page looks at the message again; `kind` is "edit" or "delete"."""
        self.events.tell(kind, chat=message.chat_id, message_id=message.id)

    def title(self, chat: Chat) -> str:
        """What the chat is called: the person's name, or the group's title."""
        person = self.users.get(chat.id)
        return chat.title if person is None else person.first_name

    def chat_shape(self, chat: Chat) -> Json:
        """The chat as a Bot API Chat."""
        return chat.to_json(self.users.get(chat.id))

    def shape(self, message: Message) -> Json:
        """The message as a Bot API Message, with the one it replies to."""
        chat = self.chats[message.chat_id]
        replied = chat.messages.get(message.reply_to or 0)
        shape = self.chat_shape(chat)
        return chats.to_bot(message, shape, chats.to_bot(replied, shape, None) if replied else None)

    def tell_membership(self, chat: Chat, by: User, *, old: str, new: str) -> None:
        """The bot is told that its place in the chat has changed: "member", "kicked" or "left"."""
        bot = self.bot.to_json()
        body = {
            "chat": self.chat_shape(chat),
            "from": by.to_json(),
            "date": self.now(),
            "old_chat_member": _member(bot, old),
            "new_chat_member": _member(bot, new),
        }
        self.updates.push("my_chat_member", body, MEMBERSHIP_KEPT_SECONDS)

    # --- presses ---------------------------------------------------------------------------------------------------

    def press(self, user: User, message: Message, data: str) -> Press:
        """The press waits for the bot, and for 15 s for its answer."""
        press = Press(str(next(self._query_ids)), user.id, message.chat_id, message.id, data, self.clock())
        self.presses[press.id] = press
        button = message.markup.button(data=data, label=None) if message.markup else None
        label = "" if button is None else str(button["text"])
        self.happenings.note(self.dates(), "pressed", user.first_name, label)
        self.chats[message.chat_id].presses.append(press)
        body = {
            "id": press.id,
            "from": user.to_json(),
            "message": self.shape(message),
            "chat_instance": str(abs(message.chat_id) * 7919),
            "data": data,
        }
        self.updates.push("callback_query", body, PRESS_KEPT_SECONDS)
        self.events.tell("press", chat=message.chat_id, user=user.id, query_id=press.id)
        return press

    def answer(self, query_id: str, text: str, *, show_alert: bool, url: str) -> None:
        """The person who pressed sees the notice; raises Refused 400 when it is too late, or was answered already."""
        press = self.presses.get(query_id)
        now = self.clock()
        if press is None or press.is_late(now) or press.answered_at is not None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        press.answered_at, press.text, press.show_alert, press.url = now, text, show_alert, url
        self.events.tell(
            "notice", chat=press.chat_id, user=press.user_id, query_id=press.id, text=text, show_alert=show_alert
        )


def _member(user: Json, status: str) -> Json:
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def _whole(text: str) -> int:
    """The number, or 0, which no chat has, for what is none (such as "@name": nobody here is found by name)."""
    return int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else 0
