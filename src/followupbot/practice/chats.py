"""People, chats and messages, and the shapes in which the Bot API and the phones see them."""

from dataclasses import dataclass, field
from typing import Literal

from followupbot.practice import entities
from followupbot.practice.entities import Styled
from followupbot.practice.files import StoredFile
from followupbot.practice.keyboards import Markup
from followupbot.practice.limits import PRESS_ANSWERED_WITHIN_SECONDS
from followupbot.practice.refusals import Json

ChatKind = Literal["private", "group", "supergroup"]
MediaKind = Literal["photo", "document", "voice"]


@dataclass
class User:
    """A person, or the bot itself; `started` once Start was pressed in the private chat."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def to_json(self) -> Json:
        """The user as a Bot API User."""
        shape: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shape["username"] = self.username
        if self.language_code:
            shape["language_code"] = self.language_code
        return shape


@dataclass
class Message:
    """One message in a chat. A deleted one is kept, so that an old screen can still press its buttons."""

    id: int
    chat_id: int
    sender: User
    date: int
    styled: Styled = field(default_factory=lambda: Styled(""))
    markup: Markup | None = None
    media: MediaKind | None = None
    file: StoredFile | None = None
    reply_to: int | None = None
    edit_date: int | None = None
    silent: bool = False
    protected: bool = False
    deleted: bool = False
    service: Json = field(default_factory=dict)
    shown_data: set[str] = field(default_factory=set)  # the callback data of every keyboard it ever had


@dataclass
class Press:
    """A button that was pressed, and what the bot answered; `answered_at` is None until it did."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    pressed_at: float
    answered_at: float | None = None
    text: str = ""
    show_alert: bool = False
    url: str = ""

    def is_late(self, now: float) -> bool:
        """Whether it can no longer be answered."""
        return now - self.pressed_at > PRESS_ANSWERED_WITHIN_SECONDS

    def to_json(self, now: float) -> Json:
        """The press as a phone shows it; `waiting` while the button turns."""
        return {
            "query_id": self.id,
            "message_id": self.message_id,
            "data": self.data,
            "answered": self.answered_at is not None,
            "waiting": self.answered_at is None and not self.is_late(now),
            "text": self.text,
            "show_alert": self.show_alert,
            "url": self.url,
        }


@dataclass
class Chat:
    """A private chat (its id is the user's) or a group; messages in order of arrival."""

    id: int
    kind: ChatKind
    title: str = ""
    members: list[int] = field(default_factory=list)
    upgraded_to: int | None = None
    kicked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    presses: list[Press] = field(default_factory=list)
    messages_counted: int = 0  # a supergroup numbers its own; the others share the bot's count

    def to_json(self, user: User | None) -> Json:
        """The chat as a Bot API Chat; `user` is the person of a private one."""
        if user is None:
            return {"id": self.id, "type": self.kind, "title": self.title}
        shape: Json = {"id": self.id, "type": "private", "first_name": user.first_name}
        return {**shape, "username": user.username} if user.username else shape


def to_bot(message: Message, chat: Json, replied: Json | None) -> Json:
    """The message as a Bot API Message; an inaccessible one when it was deleted."""
    if message.deleted:
        return {"message_id": message.id, "chat": chat, "date": 0}
    shape: Json = {"message_id": message.id, "from": message.sender.to_json(), "chat": chat, "date": message.date}
    if message.edit_date is not None:
        shape["edit_date"] = message.edit_date
    if replied is not None:
        shape["reply_to_message"] = replied
    if message.protected:
        shape["has_protected_content"] = True
    shape.update(message.service)
    shape.update(_media(message))
    found = [entity.to_json() for entity in entities.with_found(message.styled)]
    if message.media is not None and message.styled.text:
        shape["caption"] = message.styled.text
        if found:
            shape["caption_entities"] = found
    elif message.styled.text:
        shape["text"] = message.styled.text
        if found:
            shape["entities"] = found
    if message.markup is not None and message.markup.inline:
        shape["reply_markup"] = message.markup.to_json()
    return shape


def _media(message: Message) -> Json:
    file = message.file
    if file is None or message.media is None:
        return {}
    match message.media:
        case "photo":
            return {"photo": file.to_photo()}
        case "document":
            return {"document": {**file.to_json(), "file_name": file.name, "mime_type": file.mime_type}}
        case "voice":
            return {"voice": {**file.to_json(), "duration": file.duration, "mime_type": file.mime_type}}


def to_phone(message: Message, viewer: User) -> Json:
    """The message as the viewer's phone shows it; `html` is safe to put into the page."""
    shape: Json = {
        "message_id": message.id,
        "from": "bot" if message.sender.is_bot else "user",
        "sender": {"id": message.sender.id, "name": message.sender.first_name},
        "mine": message.sender.id == viewer.id,
        "text": message.styled.text,
        "html": entities.to_page(message.styled),
        "date": message.date,
        "edited": message.edit_date is not None,
        "keyboard": message.markup.to_phone() if message.markup else [],
        "silent": message.silent,
        "protected": message.protected,
        "reply_to": message.reply_to,
    }
    if message.service:
        shape["service"] = next(iter(message.service))
    if message.file is not None:
        shape[message.media or "document"] = {
            "file_id": message.file.id,
            "name": message.file.name,
            "bytes": len(message.file.content),
            "width": message.file.width,
            "height": message.file.height,
            "url": f"practice/files/{message.file.id}",
        }
    return shape
