"""Reads `reply_markup`: the keyboards under messages and their buttons, with Telegram's limits and words."""

import json
from dataclasses import dataclass
from typing import Any

from followupbot.practice.limits import CALLBACK_DATA_BYTES_MAX, KEYBOARD_BUTTONS_MAX, KEYBOARD_ROW_BUTTONS_MAX
from followupbot.practice.refusals import Json, bad_request

_STYLES = {"danger", "success", "primary"}
_OTHER_KINDS = (
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
)


@dataclass(frozen=True)
class Markup:
    """Rows of inline buttons as the bot gave them, or another kind of keyboard kept as it came."""

    inline: tuple[tuple[Json, ...], ...] = ()
    other: tuple[tuple[str, Any], ...] = ()

    @property
    def data(self) -> frozenset[str]:
        """The callback data of every button."""
        return frozenset(button["callback_data"] for row in self.inline for button in row if "callback_data" in button)

    def to_json(self) -> Json:
        """The keyboard as a Bot API InlineKeyboardMarkup."""
        return {"inline_keyboard": [list(row) for row in self.inline]}

    def to_phone(self) -> list[list[Json]]:
        """The rows as a phone shows them: the words, and what a press does."""
        return [[_shown(button) for button in row] for row in self.inline]

    def button(self, *, data: str | None, label: str | None) -> Json | None:
        """The first button that has the data, or failing data the words; None when there is no such button."""
        for button in (button for row in self.inline for button in row):
            if data is not None and button.get("callback_data") == data:
                return button
            if data is None and button["text"] == label:
                return button
        return None


def _shown(button: Json) -> Json:
    shown = {"text": button["text"], "data": button.get("callback_data")}
    for key in ("url", "style"):
        if key in button:
            shown[key] = button[key]
    if "copy_text" in button:
        shown["copy"] = button["copy_text"]["text"]
    return shown


def parse(raw: Any) -> Markup | None:
    """The keyboard, or None when there is none; raises Refused 400 for one that Telegram would not show."""
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    rows = _rows(raw, "inline_keyboard", 'field "inline_keyboard" of the InlineKeyboardMarkup')
    inline = tuple(tuple(_button(button) for button in row) for row in rows)
    others = _rows(raw, "keyboard", 'field "keyboard"')
    _check_size([list(row) for row in inline if row] or others)
    inline = tuple(row for row in inline if row)
    if inline:
        return Markup(inline=inline)
    for row in others:
        for button in row:
            _keyboard_button(button)
    return Markup(other=tuple((key, value) for key, value in raw.items() if key != "inline_keyboard"))


def _rows(raw: Json, name: str, place: str) -> list[list[Any]]:
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f"{place} must be an Array of Arrays")
    return rows


def _check_size(rows: list[list[Any]]) -> None:
    if sum(map(len, rows)) > KEYBOARD_BUTTONS_MAX or any(len(row) > KEYBOARD_ROW_BUTTONS_MAX for row in rows):
        raise bad_request("reply markup is too long")


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _wrong("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _wrong('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _wrong('Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    if button.get("style") not in (None, *_STYLES):
        raise _wrong("invalid button style specified")
    if button.get("url"):
        # Telegram guesses a scheme for bare host names; nothing here needs that guess, so only whole addresses pass.
        if not str(button["url"]).startswith(("http://", "https://", "tg://")):
            raise bad_request("BUTTON_URL_INVALID")
        return button
    data = button.get("callback_data")
    if data:
        if not isinstance(data, str):
            raise _wrong('Field "callback_data" must be of type String')
        if len(data.encode()) > CALLBACK_DATA_BYTES_MAX:
            raise bad_request("BUTTON_DATA_INVALID")
        return button
    if any(kind in button for kind in _OTHER_KINDS):
        return button
    if data == "":
        raise bad_request("BUTTON_DATA_INVALID")
    raise _wrong("Text buttons are unallowed in the inline keyboard")


def _keyboard_button(button: Any) -> None:
    if isinstance(button, dict) and not isinstance(button.get("text"), str):
        raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    if not isinstance(button, (str, dict)):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")


def _wrong(words: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {words}")
