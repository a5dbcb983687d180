"""Messages out: text and buttons as the Bot API takes them, and what its answers mean for us."""

import asyncio
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, assert_never

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from followupbot.application.ports import (
    Ambiguous,
    Blocked,
    Malformed,
    Migrated,
    Misconfigured,
    NotSent,
    Outcome,
    Sent,
    TargetGone,
    TooFast,
)
from followupbot.channels.telegram import callback_data
from followupbot.channels.telegram.http import CALL_WITHIN, BotApi, FloodControl, describe, never_left
from followupbot.domain.delivery import Act, Claim, Rendered
from followupbot.domain.ids import MessageId

log = logging.getLogger(__name__)

STRIP_WITHIN = 3.0
"""Seconds for taking old buttons away after a send. Together with the send still below the 20 s lease."""

ANSWER_WITHIN = 3.0

ANSWERS_MAX = 6
"""Presses that are answered at once. A hundred that come together would else take every connection from an alert."""

ANSWER_CHARS_MAX = 200
"""Telegram's limit for what is shown above the chat (Bot API, answerCallbackQuery)."""

# What Telegram writes behind "Bad Request: ", in small letters. It has no codes for these.
NOT_MODIFIED = "message is not modified"
TARGET_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
CHAT_REFUSES = (
    "chat not found",
    "peer_id_invalid",
    "user not found",
    "chat_write_forbidden",
    "not enough rights to send",
    "have no rights to send",
)


class TelegramChannel:
    """Satisfies the port `Channel`."""

    def __init__(self, bot: BotApi) -> None:
        self._bot = bot
        self._answering = asyncio.Semaphore(ANSWERS_MAX)

    def compose(self, rendered: Rendered) -> bytes:
        """Text, mark-up, buttons and file as canonical JSON. ValueError where a press does not fit a button."""
        message: dict[str, object] = {"text": rendered.html}
        if rendered.file is not None:
            kind = "photo" if rendered.file.picture else "document"
            content = b64encode(rendered.file.content).decode()
            message = {"caption": rendered.html, kind: {"name": rendered.file.name, "content": content}}
        if not rendered.plain:
            message["parse_mode"] = "HTML"
        if rendered.buttons:
            message["reply_markup"] = {
                "inline_keyboard": [
                    [{"text": button.label, "callback_data": callback_data.encode(button.press)} for button in row]
                    for row in rendered.buttons
                ]
            }
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    async def deliver(self, claim: Claim, payload: bytes) -> Outcome:
        """Try once. After a send that worked the buttons of `strip_also` are gone, if Telegram let us."""
        match claim.act:
            case Act.SEND:
                outcome = await self.send(claim.address, payload, silent=claim.silent)
                if isinstance(outcome, Sent) and claim.strip_also is not None:
                    stripped = await self._edit("editMessageReplyMarkup", claim.address, claim.strip_also, {})
                    if not isinstance(stripped, Sent):
                        log.info("delivery %d: old buttons stay: %s", claim.id, type(stripped).__name__)
                return outcome
            case Act.EDIT:
                assert claim.target is not None, "an edit names its message"
                content = {**json.loads(payload), "link_preview_options": {"is_disabled": True}}
                return await self._edit("editMessageText", claim.address, claim.target, content, CALL_WITHIN)
            case Act.STRIP:
                assert claim.target is not None, "a strip names its message"
                return await self._edit("editMessageReplyMarkup", claim.address, claim.target, {}, CALL_WITHIN)
            case _:
                assert_never(claim.act)

    async def send(self, address: int, payload: bytes, *, silent: bool = False, within: float = CALL_WITHIN) -> Outcome:
        """Send a new message; what came of it is known within so many seconds."""
        method, content = _method(json.loads(payload))
        to: dict[str, object] = {"chat_id": address, "disable_notification": silent}
        try:
            answer = await self._bot.call(method, content | to, within=within)
        except TelegramError as error:
            return outcome_of(error)
        match answer:
            case {"message_id": int(message)}:
                return Sent(MessageId(message))
            case _:
                return Ambiguous("an answer without a message_id")

    async def answer(self, callback_query: str, text: str) -> None:
        """The press is answered, with that line above the chat if it is not empty. Too late, or failed: no matter."""
        content = {"callback_query_id": callback_query, "text": text[:ANSWER_CHARS_MAX] or None}
        try:
            async with self._answering:
                await self._bot.call("answerCallbackQuery", content, within=ANSWER_WITHIN)
        except TelegramError as error:
            log.info("a press was not answered: %s", describe(error))

    async def _edit(
        self, method: str, address: int, message: MessageId, content: dict[str, object], within: float = STRIP_WITHIN
    ) -> Outcome:
        try:
            await self._bot.call(method, {**content, "chat_id": address, "message_id": message}, within=within)
        except TelegramError as error:
            return outcome_of(error)
        return Sent(None)


def _method(message: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """What Telegram is asked to do with it, and what with."""
    for kind, method in (("photo", "sendPhoto"), ("document", "sendDocument")):
        if kind in message:
            content, name = b64decode(message[kind]["content"]), message[kind]["name"]
            return method, {**message, kind: InputFile(content, filename=name, attach=False)}
    return "sendMessage", {**message, "link_preview_options": {"is_disabled": True}}


def outcome_of(error: TelegramError) -> Outcome:
    """What an error means for the message that was to be sent. The order counts: BadRequest is a NetworkError."""
    match error:
        case FloodControl():
            return TooFast(error.seconds)
        case RetryAfter():  # from another back-end than ours
            wait = error.retry_after
            return TooFast(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case InvalidToken() | Conflict():
            return Misconfigured(describe(error))
        case Forbidden():
            return Blocked(describe(error))
        case ChatMigrated():
            return Migrated(error.new_chat_id)
        case BadRequest():
            return _refused(error)
        case _ if never_left(error):
            return NotSent(describe(error))
        case _:
            return Ambiguous(describe(error))


def _refused(error: BadRequest) -> Outcome:
    words = str(error).lower()
    if NOT_MODIFIED in words:
        return Sent(None)
    if any(gone in words for gone in TARGET_GONE):
        return TargetGone()
    if any(refuses in words for refuses in CHAT_REFUSES):
        return Blocked(describe(error))
    return Malformed(describe(error))
