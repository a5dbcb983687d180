"""What is to be sent: keys and parameters, never words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from followupbot.domain.ids import ChatId, GroupId, Language, MessageId, MessageKey, StaffId, Version
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice
from followupbot.domain.schedule import Daytime


class Lane(IntEnum):
    """The outbox's priority. Lanes only rank: order is kept inside (chat, subject)."""

    ALERT = 0
    REPLY = 1
    CHECK_IN = 2
    EDUCATION = 3


@dataclass(frozen=True)
class ToPatient:
    """The patient whose chart decided it."""


@dataclass(frozen=True)
class ToClinician:
    """A staff member, in their private chat."""

    staff: StaffId


@dataclass(frozen=True)
class ToGroup:
    """A group of staff that is paged; what goes there names no concern (clinical.md 0.9)."""

    group: GroupId


@dataclass(frozen=True)
class ToChat:
    """A chat that is nobody's yet: somebody pressed a link that leads nowhere."""

    chat: ChatId


Recipient = ToPatient | ToClinician | ToGroup | ToChat


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to be sent, or to take the place of one that was.

    `key` is unique for ever: the same decision taken twice sends once. `subject` keeps order: messages of one subject
    reach a chat in the order in which they were decided. With `in_place_of`, a message that the chat has, the new one
    replaces that one where it is still the newest in the chat, and is sent anew, the old buttons taken away, where it
    is not. `daytime` is set on what we start: outside those hours it waits.
    """

    key: str
    to: Recipient
    lane: Lane
    subject: str
    message: MessageKey
    language: Language
    words: Version
    params: Mapping[str, Param] = field(default_factory=dict)
    choices: tuple[tuple[Choice, ...], ...] = ()
    in_place_of: MessageId | None = None
    daytime: Daytime | None = None
    expires_at: datetime | None = None
    silent: bool = False
    private: bool = False
    """For whoever it answers, or the patient: nobody else is sent a copy (clinical.md 0.19)."""


@dataclass(frozen=True)
class Retire:
    """The buttons of a message in the recipient's chat are taken away; its words stay."""

    key: str
    to: Recipient
    subject: str
    message: MessageId


@dataclass(frozen=True)
class OwnCopy:
    """What stands in the chat of the one whom it is about, with buttons that nobody else has."""

    staff: StaffId
    message: MessageKey
    params: Mapping[str, Param] = field(default_factory=dict)
    choices: tuple[tuple[Choice, ...], ...] = ()


@dataclass(frozen=True)
class Amend:
    """Every copy of `subject` that staff were sent becomes this message; copies not yet sent are cancelled.

    The copy in the chat of the one whom `own` names becomes that; where there is none, because they pressed in a group,
    or took it from a list, they are sent one, silently.
    """

    key: str
    subject: str
    message: MessageKey
    language: Language
    words: Version
    params: Mapping[str, Param] = field(default_factory=dict)
    own: OwnCopy | None = None


@dataclass(frozen=True)
class Recall:
    """What we have started with the chart's patient, and has not gone out, never goes out."""


@dataclass(frozen=True)
class Rehour:
    """What we have started with the chart's patient, and has not gone out, waits for these hours instead."""

    daytime: Daytime


Outgoing = OutgoingMessage | Retire | Amend | Recall | Rehour


@dataclass(frozen=True)
class Notice:
    """What the one who pressed sees at once, above the chat; never more than a line, never the only answer."""

    message: MessageKey
    language: Language
    words: Version
    params: Mapping[str, Param] = field(default_factory=dict)
