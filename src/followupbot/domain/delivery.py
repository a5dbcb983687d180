"""An attempt to send: what storage hands to deliveries, and what deliveries hand to a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from followupbot.domain.ids import ChatId, Language, MessageId, MessageKey, Version
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice, Press


class Act(StrEnum):
    """What is to be done in the chat."""

    SEND = "send"
    EDIT = "edit"
    """Words and buttons of `target` are replaced."""
    STRIP = "strip"
    """The buttons of `target` are taken away."""


@dataclass(frozen=True)
class Claim:
    """One row of the outbox in hand.

    `address` is the channel's own chat number, in memory only. `target` is the message that an edit or a strip names.
    `strip_also` names an older message of the chat whose buttons this one takes over. `payload` is what was rendered at
    the first claim; None at that claim. `attempts` counts this one; `uncertain` counts earlier ones that may have
    arrived. `token` fences: a claim that was lost confirms nothing.
    """

    id: int
    key: str
    token: str
    chat: ChatId
    address: int
    lane: Lane
    subject: str
    act: Act
    message: MessageKey | None
    words: Version
    language: Language
    params: Mapping[str, Param]
    choices: tuple[tuple[Choice, ...], ...]
    target: MessageId | None
    strip_also: MessageId | None
    payload: bytes | None
    silent: bool
    attempts: int
    uncertain: int
    decided_at: datetime


@dataclass(frozen=True)
class Button:
    """A button with its words, and what it says when it is pressed."""

    label: str
    press: Press


@dataclass(frozen=True)
class Attached:
    """A file that goes with a message; a picture is shown, any other can be opened."""

    name: str
    content: bytes
    picture: bool = False


@dataclass(frozen=True)
class Rendered:
    """A message in words: Telegram's HTML, and rows of buttons; with a file, the words stand below it."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    plain: bool = False
    """True: `html` is bare text, without any mark-up, and is to be sent as such."""
    file: Attached | None = None


@dataclass(frozen=True)
class Told:
    """A message that reached the patient's chat: when, and the bytes that went out for it."""

    at: datetime
    payload: bytes
