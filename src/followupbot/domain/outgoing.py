"""What is to be sent: keys and parameters, never words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Literal

from followupbot.domain.ids import (
    AlertId,
    CardId,
    ChatId,
    CheckInId,
    Language,
    MessageId,
    MessageKey,
    PatientId,
    QuestionId,
    StaffId,
    Version,
)
from followupbot.domain.schedule import Daytime


class Lane(IntEnum):
    """The outbox's priority. Lanes only rank: order is kept inside (chat, subject)."""

    ALERT = 0
    REPLY = 1
    CHECK_IN = 2
    EDUCATION = 3


# -- what a button says when it is pressed -----------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentPress:
    """The patient agrees to take part, or does not."""

    patient: PatientId
    agrees: bool
    kind: Literal["consent"] = "consent"


@dataclass(frozen=True)
class StartPress:
    """The patient begins the check-in that waits."""

    patient: PatientId
    check_in: CheckInId
    kind: Literal["start"] = "start"


@dataclass(frozen=True)
class AnswerPress:
    """The patient answers. `card` and `language` let an emergency be answered with no database (clinical.md 0.5)."""

    patient: PatientId
    check_in: CheckInId
    question: QuestionId
    value: str
    card: CardId | None = None
    language: Language | None = None
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True)
class TakePress:
    """A clinician takes the alert in hand."""

    patient: PatientId
    alert: AlertId
    kind: Literal["take"] = "take"


@dataclass(frozen=True)
class ResolvePress:
    """The clinician who has the alert says how it ended. `outcome` names the words `alerts/outcomes/<outcome>`."""

    patient: PatientId
    alert: AlertId
    outcome: str
    kind: Literal["resolve"] = "resolve"


Press = ConsentPress | StartPress | AnswerPress | TakePress | ResolvePress

# -- what a message is made of -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Instant:
    """A time to be shown on a wall clock in `zone`, in the reader's language."""

    at: datetime
    zone: str


@dataclass(frozen=True)
class Day:
    """A date to be shown in the reader's language."""

    on: date


@dataclass(frozen=True)
class Words:
    """The text of another message, put in place; what a code cannot say by itself."""

    key: MessageKey


Param = str | int | float | bool | Instant | Day | Words | None


@dataclass(frozen=True)
class Choice:
    """One button: `label` names it in the message's own `buttons`, or is a number shown as it is."""

    label: str
    press: Press
    chosen: bool | None = None
    """Of several that may be chosen together: whether this one is; None for every other button."""


@dataclass(frozen=True)
class ToPatient:
    """The patient whose chart decided it."""


@dataclass(frozen=True)
class ToClinician:
    """A staff member, in their private chat."""

    staff: StaffId


@dataclass(frozen=True)
class ToChat:
    """A chat that is nobody's yet: somebody pressed a link that leads nowhere."""

    chat: ChatId


Recipient = ToPatient | ToClinician | ToChat


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


@dataclass(frozen=True)
class Retire:
    """The buttons of a message in the recipient's chat are taken away; its words stay."""

    key: str
    to: Recipient
    subject: str
    message: MessageId


@dataclass(frozen=True)
class Amend:
    """Every copy of `subject` that staff were sent becomes this message; copies not yet sent are cancelled.

    `choices_for` keeps its buttons for that one staff member; the others' copies have none.
    """

    key: str
    subject: str
    message: MessageKey
    language: Language
    words: Version
    params: Mapping[str, Param] = field(default_factory=dict)
    choices: tuple[tuple[Choice, ...], ...] = ()
    choices_for: StaffId | None = None


Outgoing = OutgoingMessage | Retire | Amend


@dataclass(frozen=True)
class Notice:
    """What the one who pressed sees at once, above the chat; never more than a line, never the only answer."""

    message: MessageKey
    language: Language
    words: Version
    params: Mapping[str, Param] = field(default_factory=dict)
