"""What the bot has set about itself: commands for each scope and language, its name, its descriptions, its webhook."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from followupbot.practice.limits import (
    BOT_DESCRIPTION_CHARS_MAX,
    BOT_NAME_CHARS_MAX,
    BOT_SHORT_DESCRIPTION_CHARS_MAX,
    COMMAND_CHARS_MAX,
    COMMAND_DESCRIPTION_CHARS_MAX,
    COMMANDS_MAX,
    WEBHOOK_CONNECTIONS_DEFAULT,
    WEBHOOK_SECRET_CHARS_MAX,
)
from followupbot.practice.refusals import Json, Refused, bad_request

_LANGUAGE = re.compile(r"[a-z]{2}$")
_COMMAND = re.compile(r"[a-z0-9_]+$")
_SECRET = re.compile(r"[A-Za-z0-9_-]*$")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_TEXT_LIMITS = {
    "name": BOT_NAME_CHARS_MAX,
    "description": BOT_DESCRIPTION_CHARS_MAX,
    "short_description": BOT_SHORT_DESCRIPTION_CHARS_MAX,
}
DEFAULT_SCOPE = "default"


@dataclass
class Webhook:
    """Where updates would be posted; the practice remembers the address and delivers nothing to it."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = WEBHOOK_CONNECTIONS_DEFAULT


@dataclass
class Profile:
    """Everything set so far. Commands are kept under (scope, language), an empty language being for everyone else."""

    webhook: Webhook = field(default_factory=Webhook)
    _commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    _texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def set_commands(self, raw: Any, scope: Any, language: str) -> None:
        """The menu for the scope and language is this list."""
        self._commands[scope_key(scope), language_code(language)] = commands_from(raw)

    def commands(self, scope: Any, language: str) -> list[Json]:
        """The menu set for exactly that scope and language."""
        return self._commands.get((scope_key(scope), language_code(language)), [])

    def delete_commands(self, scope: Any, language: str) -> None:
        """That scope and language have no menu of their own."""
        self._commands.pop((scope_key(scope), language_code(language)), None)

    def menu(self, chat_id: int, user_id: int, language: str) -> list[Json]:
        """The menu a person sees in a chat: the narrowest scope first, in their language before the one for all."""
        wide = "all_private_chats" if chat_id > 0 else "all_group_chats"
        for scope in (f"chat_member:{chat_id}:{user_id}", f"chat:{chat_id}", wide, DEFAULT_SCOPE):
            for code in (language, ""):
                if found := self._commands.get((scope, code)):
                    return found
        return []

    def set_text(self, kind: str, text: str, language: str) -> None:
        """The bot's name or description in that language; an empty one takes it away."""
        if len(text) > _TEXT_LIMITS[kind]:
            raise bad_request(f"bot {kind.replace('_', ' ')} is too long")
        self._texts[kind, language_code(language)] = text

    def text(self, kind: str, language: str) -> str:
        """The bot's name or description for someone of that language; empty when none was set."""
        return self._texts.get((kind, language)) or self._texts.get((kind, ""), "")


def commands_from(raw: Any) -> list[Json]:
    """The checked list of commands; raises Refused 400 for one that Telegram would not take."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw or "[]")
        except ValueError:
            raise bad_request("can't parse commands JSON object") from None
    if not isinstance(raw, list):
        raise bad_request("expected an Array of BotCommand")
    if len(raw) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in raw]


def _command(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name = str(raw.get("command", "")).strip().removeprefix("/")
    description = str(raw.get("description", "")).strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > COMMAND_CHARS_MAX:
        raise bad_request(f"command length must not exceed {COMMAND_CHARS_MAX}")
    if not _COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > COMMAND_DESCRIPTION_CHARS_MAX:
        raise bad_request(f"command description length must not exceed {COMMAND_DESCRIPTION_CHARS_MAX}")
    return {"command": name, "description": description}


def scope_key(raw: Any) -> str:
    """One word for a scope, with the chat and user it names."""
    if raw in (None, ""):
        return DEFAULT_SCOPE
    if not isinstance(raw, dict) or raw.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    kind = str(raw["type"])
    missing = [name for name in _SCOPES[kind] if raw.get(name) in (None, "")]
    if missing:
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
    return ":".join([kind, *(str(raw[name]) for name in _SCOPES[kind])])


def language_code(raw: str) -> str:
    """A two-letter code or nothing."""
    if raw and not _LANGUAGE.match(raw):
        raise bad_request("invalid language code specified")
    return raw


def webhook_from(url: str, secret_token: str, max_connections: int) -> Webhook:
    """The webhook to set; loopback addresses may be plain HTTP, as with a Bot API server of one's own."""
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret_token) > WEBHOOK_SECRET_CHARS_MAX:
        raise Refused(400, "Bad Request: secret token is too long")
    if not _SECRET.match(secret_token):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    return Webhook(url, secret_token, max_connections)
