"""The Bot API methods that put words before people: send, edit, delete."""

from typing import Any

from followupbot.practice import html, keyboards
from followupbot.practice.chats import Chat, MediaKind, Message
from followupbot.practice.entities import Entity, Styled, trimmed, utf16_length
from followupbot.practice.files import StoredFile
from followupbot.practice.keyboards import Markup
from followupbot.practice.limits import (
    CAPTION_UTF16_MAX,
    DELETE_WITHIN_SECONDS,
    ENTITIES_MAX,
    RAW_TEXT_BYTES_MAX,
    TEXT_UTF16_MAX,
)
from followupbot.practice.parameters import Params
from followupbot.practice.refusals import Json, bad_request
from followupbot.practice.telegram import Telegram

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)


def send_message(telegram: Telegram, params: Params) -> Json:
    """The text stands in the chat."""
    styled = _text(params)
    return _send(telegram, params, styled)


def send_photo(telegram: Telegram, params: Params) -> Json:
    """The picture, uploaded or known by its file_id, stands in the chat."""
    return _send_file(telegram, params, "photo")


def send_document(telegram: Telegram, params: Params) -> Json:
    """The file stands in the chat under its own name."""
    return _send_file(telegram, params, "document")


def edit_message_text(telegram: Telegram, params: Params) -> Json:
    """The bot's message has this text and this keyboard; without `reply_markup` it has none."""
    styled = _text(params)
    markup = _inline(params)
    message = _own(telegram, params)
    if message.media is not None:
        raise bad_request("there is no text in the message to edit")
    if (styled, markup) == (message.styled, _shown(message)):
        raise bad_request(_NOT_MODIFIED)
    telegram.limits.admit(message.chat_id, telegram.clock())
    message.styled = styled
    return _edited(telegram, message, markup)


def edit_message_reply_markup(telegram: Telegram, params: Params) -> Json:
    """The bot's message has this keyboard, or none."""
    markup = _inline(params)
    message = _own(telegram, params)
    if markup == _shown(message):
        raise bad_request(_NOT_MODIFIED)
    telegram.limits.admit(message.chat_id, telegram.clock())
    return _edited(telegram, message, markup)


def delete_message(telegram: Telegram, params: Params) -> bool:
    """The message is gone from everyone's phone."""
    if not params.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    number = params.whole("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    # Deleting needs no open door: a person who blocked the bot still loses the message.
    chat = telegram.chat_for_bot(params.text("chat_id"), write=False)
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    if chat.kind != "private" and not message.sender.is_bot:
        raise bad_request("message can't be deleted")
    if telegram.now() - message.date > DELETE_WITHIN_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    telegram.changed(message, "delete")
    return True


def _send(
    telegram: Telegram,
    params: Params,
    styled: Styled,
    media: MediaKind | None = None,
    file: StoredFile | None = None,
) -> Json:
    markup = keyboards.parse(params.values.get("reply_markup"))
    chat = telegram.chat_for_bot(params.text("chat_id"), write=True)
    replied = _replied(chat, params)
    telegram.limits.admit(chat.id, telegram.clock())
    message = telegram.add_message(
        chat,
        telegram.bot,
        styled,
        markup=markup,
        media=media,
        file=file,
        reply_to=replied,
        silent=params.flag("disable_notification"),
        protected=params.flag("protect_content"),
    )
    return telegram.shape(message)


def _send_file(telegram: Telegram, params: Params, media: MediaKind) -> Json:
    caption = Styled("")
    if params.text("caption"):
        caption = _styled(params, "caption", "caption_entities")
        if utf16_length(caption.text) > CAPTION_UTF16_MAX:
            raise bad_request("message caption is too long")
    # Checked before the file is kept, so that a refused call leaves nothing behind.
    telegram.chat_for_bot(params.text("chat_id"), write=True)
    return _send(telegram, params, caption, media, _file(telegram, params, media))


def _file(telegram: Telegram, params: Params, media: MediaKind) -> StoredFile:
    upload, given = params.upload(media), params.text(media)
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if media == "photo":
            return telegram.files.add_photo(upload.name, upload.content)
        return telegram.files.add(upload.name, upload.content, upload.mime_type)
    if not given:
        raise bad_request(f"there is no {media} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # nothing here reaches the network
    stored = telegram.files.get(given)
    if stored is None or (media == "photo" and not stored.width):
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _text(params: Params) -> Styled:
    if not params.text("text"):
        raise bad_request("message text is empty")
    styled = _styled(params, "text", "entities")
    if not styled.text:
        raise bad_request("text must be non-empty")
    if utf16_length(styled.text) > TEXT_UTF16_MAX:
        raise bad_request("message is too long")
    return styled


def _styled(params: Params, name: str, entities_name: str) -> Styled:
    source = params.text(name).replace("\r", "")
    if len(source.encode("utf-8", errors="replace")) > RAW_TEXT_BYTES_MAX:
        raise bad_request("text is too long")
    match params.text("parse_mode").lower():
        case "html":
            styled = html.parse(source)
        case "" | "none":
            styled = Styled(source, _entities(params.nested(entities_name), source))
        case _:
            # Both kinds of Markdown are left out on purpose: whoever needs one here has chosen the fragile way.
            raise bad_request("unsupported parse_mode")
    if len(styled.entities) > ENTITIES_MAX:
        raise bad_request("ENTITIES_TOO_LONG")
    return trimmed(styled)


def _entities(raw: Any, text: str) -> tuple[Entity, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise bad_request("can't parse entities JSON object")
    found = []
    for entity in raw:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse MessageEntity: Type is not specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
        if offset < 0 or length < 0 or offset + length > utf16_length(text):
            raise bad_request("ENTITY_BOUNDS_INVALID")
        found.append(Entity(entity["type"], offset, length, url=str(entity.get("url", ""))))
    return tuple(sorted(found, key=lambda e: (e.offset, -e.length)))


def _replied(chat: Chat, params: Params) -> int | None:
    reply = params.nested("reply_parameters") or {}
    if not isinstance(reply, dict):
        raise bad_request("object expected as reply parameters")
    number = reply.get("message_id") or params.whole("reply_to_message_id")
    if not number:
        return None
    message = chat.messages.get(int(number))
    if message is not None and not message.deleted:
        return message.id
    if reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _inline(params: Params) -> Markup | None:
    markup = keyboards.parse(params.values.get("reply_markup"))
    if markup is None or (not markup.inline and not markup.other):
        return None
    if not markup.inline:
        raise bad_request("inline keyboard expected")
    return markup


def _own(telegram: Telegram, params: Params) -> Message:
    number = params.whole("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    chat = telegram.chat_for_bot(params.text("chat_id"), write=True)
    message = chat.messages.get(number)
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if not message.sender.is_bot:
        raise bad_request("message can't be edited")
    return message


def _shown(message: Message) -> Markup | None:
    return message.markup if message.markup is not None and message.markup.inline else None


def _edited(telegram: Telegram, message: Message, markup: Markup | None) -> Json:
    message.markup = markup
    if markup is not None:
        message.shown_data |= markup.data
    message.edit_date = telegram.now()
    telegram.changed(message, "edit")
    return telegram.shape(message)
