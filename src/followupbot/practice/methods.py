"""The table of Bot API methods, and those that send nothing: who the bot is, its menu, its webhook, its answers."""

from collections.abc import Callable
from typing import Any, TypeAlias

from followupbot.practice import profile, sending
from followupbot.practice.entities import utf16_length
from followupbot.practice.limits import (
    DOWNLOAD_BYTES_MAX,
    NOTICE_UTF16_MAX,
    WEBHOOK_CONNECTIONS_DEFAULT,
    WEBHOOK_CONNECTIONS_MAX,
)
from followupbot.practice.parameters import Params
from followupbot.practice.profile import Webhook
from followupbot.practice.refusals import Json, bad_request
from followupbot.practice.telegram import Telegram
from followupbot.practice.updates import allowed_kinds

Method: TypeAlias = Callable[[Telegram, Params], Any]

_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def _get_me(telegram: Telegram, _params: Params) -> Json:
    return {
        **telegram.bot.to_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _answer_callback_query(telegram: Telegram, params: Params) -> bool:
    text = params.text("text")
    if utf16_length(text) > NOTICE_UTF16_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = params.text("callback_query_id")
    telegram.answer(query_id, text, show_alert=params.flag("show_alert"), url=params.text("url"))
    return True


def _send_chat_action(telegram: Telegram, params: Params) -> bool:
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = telegram.chat_for_bot(params.text("chat_id"), write=True)
    telegram.events.tell("typing", chat=chat.id, action=params.text("action"))
    return True


def _get_chat(telegram: Telegram, params: Params) -> Json:
    chat = telegram.chat_for_bot(params.text("chat_id"), write=False)
    return {
        **telegram.chat_shape(chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def _get_file(telegram: Telegram, params: Params) -> Json:
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = telegram.files.get(file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    return {**stored.to_json(), "file_path": stored.path}


def _set_my_commands(telegram: Telegram, params: Params) -> bool:
    commands = params.values.get("commands", "")
    telegram.profile.set_commands(commands, params.nested("scope"), params.text("language_code"))
    telegram.events.tell("commands")
    return True


def _get_my_commands(telegram: Telegram, params: Params) -> list[Json]:
    return telegram.profile.commands(params.nested("scope"), params.text("language_code"))


def _delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.profile.delete_commands(params.nested("scope"), params.text("language_code"))
    telegram.events.tell("commands")
    return True


def _set_text(kind: str) -> Method:
    def method(telegram: Telegram, params: Params) -> bool:
        telegram.profile.set_text(kind, params.text(kind), params.text("language_code"))
        if kind == "name" and not params.text("language_code") and params.text("name"):
            telegram.bot.first_name = params.text("name")
        telegram.events.tell("commands")
        return True

    return method


def _get_text(kind: str) -> Method:
    def method(telegram: Telegram, params: Params) -> Json:
        text = telegram.profile.text(kind, profile.language_code(params.text("language_code")))
        return {kind: text or (telegram.bot.first_name if kind == "name" else "")}

    return method


def _set_webhook(telegram: Telegram, params: Params) -> bool:
    url = params.text("url")
    if not url:
        return _delete_webhook(telegram, params)
    connections = params.whole("max_connections", WEBHOOK_CONNECTIONS_DEFAULT)
    connections = max(1, min(connections, WEBHOOK_CONNECTIONS_MAX))
    telegram.profile.webhook = profile.webhook_from(url, params.text("secret_token"), connections)
    take_allowed(telegram, params)
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.updates.set_webhook(active=True)
    return True


def _delete_webhook(telegram: Telegram, params: Params) -> bool:
    telegram.profile.webhook = Webhook()
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.updates.set_webhook(active=False)
    return True


def _get_webhook_info(telegram: Telegram, _params: Params) -> Json:
    webhook = telegram.profile.webhook
    info: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": telegram.updates.pending_count(),
        "max_connections": webhook.max_connections,
    }
    if webhook.url:
        info["ip_address"] = "127.0.0.1"
    if telegram.updates.allowed is not None:
        info["allowed_updates"] = telegram.updates.allowed
    return info


def take_allowed(telegram: Telegram, params: Params) -> None:
    """The kinds of update the call asks for are those queued from now on; a call that names none changes nothing."""
    if "allowed_updates" in params.values:
        telegram.updates.allow(allowed_kinds(params.nested("allowed_updates")))


# getUpdates is not in the table: it waits, so `bot_api` runs it. Names are compared in lower case, as Telegram does.
METHODS: dict[str, Method] = {
    name.lower(): method
    for name, method in {
        "getMe": _get_me,
        "sendMessage": sending.send_message,
        "sendPhoto": sending.send_photo,
        "sendDocument": sending.send_document,
        "editMessageText": sending.edit_message_text,
        "editMessageReplyMarkup": sending.edit_message_reply_markup,
        "deleteMessage": sending.delete_message,
        "answerCallbackQuery": _answer_callback_query,
        "sendChatAction": _send_chat_action,
        "getChat": _get_chat,
        "getFile": _get_file,
        "setMyCommands": _set_my_commands,
        "getMyCommands": _get_my_commands,
        "deleteMyCommands": _delete_my_commands,
        "setMyName": _set_text("name"),
        "getMyName": _get_text("name"),
        "setMyDescription": _set_text("description"),
        "getMyDescription": _get_text("description"),
        "setMyShortDescription": _set_text("short_description"),
        "getMyShortDescription": _get_text("short_description"),
        "setWebhook": _set_webhook,
        "deleteWebhook": _delete_webhook,
        "getWebhookInfo": _get_webhook_info,
    }.items()
}
