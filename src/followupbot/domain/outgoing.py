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
    TopicId,
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
class NextPress:
    """The patient has read that screen of what consent is about."""

    patient: PatientId
    screen: int
    kind: Literal["next"] = "next"


@dataclass(frozen=True)
class ConfirmPlanPress:
    """Language, zone and hour are right."""

    patient: PatientId
    kind: Literal["confirm_plan"] = "confirm_plan"


@dataclass(frozen=True)
class ChangePlanPress:
    """A part of the plan, `language`, `zone` or `hour`, is not right; without a value, what else it may be is asked."""

    patient: PatientId
    part: str
    value: str | None = None
    kind: Literal["change_plan"] = "change_plan"


@dataclass(frozen=True)
class TeachBackPress:
    """The patient says what they do when something red happens."""

    patient: PatientId
    answer: str
    kind: Literal["teach_back"] = "teach_back"


@dataclass(frozen=True)
class PracticePress:
    """The patient tries a button; which one is nobody's business."""

    patient: PatientId
    answer: str
    kind: Literal["practice"] = "practice"


@dataclass(frozen=True)
class YearlyPress:
    """The patient says once a year what was said at enrolment: `what` is `born` or `consent`."""

    patient: PatientId
    what: str
    value: str
    kind: Literal["yearly"] = "yearly"


@dataclass(frozen=True)
class StartPress:
    """The patient begins the check-in that waits, or goes on with it."""

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
class BackPress:
    """The patient goes back to the question before this one; without one, to the last."""

    patient: PatientId
    check_in: CheckInId
    question: QuestionId | None = None
    kind: Literal["back"] = "back"


@dataclass(frozen=True)
class LaterPress:
    """The patient goes on another time."""

    patient: PatientId
    check_in: CheckInId
    kind: Literal["later"] = "later"


@dataclass(frozen=True)
class HelpPress:
    """The patient says whether help is there. `card` and `language` are for "not yet", as in `AnswerPress`."""

    patient: PatientId
    alert: AlertId
    getting: bool
    card: CardId | None = None
    language: Language | None = None
    kind: Literal["help"] = "help"


@dataclass(frozen=True)
class CrisisPress:
    """The patient thinks of harming themselves. `card` and `language` as in `AnswerPress`."""

    patient: PatientId
    card: CardId
    language: Language
    kind: Literal["crisis"] = "crisis"


@dataclass(frozen=True)
class CheckNowPress:
    """Something has changed: the patient wants to be asked about every red flag now."""

    patient: PatientId
    kind: Literal["check_now"] = "check_now"


@dataclass(frozen=True)
class TopicPress:
    """The patient wants to read about that; with `sources`, where it comes from."""

    patient: PatientId
    topic: TopicId
    sources: bool = False
    kind: Literal["topic"] = "topic"


@dataclass(frozen=True)
class CommandPress:
    """A button that does what that slash command with that argument does: `pause` with `4w`."""

    patient: PatientId
    command: str
    argument: str = ""
    kind: Literal["command"] = "command"


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


EnrolmentPress = (
    NextPress | ConsentPress | ConfirmPlanPress | ChangePlanPress | TeachBackPress | PracticePress | YearlyPress
)
CheckInPress = StartPress | AnswerPress | BackPress | LaterPress

CardPress = AnswerPress | HelpPress | CrisisPress
"""What may bear a card, and is then answered even where nothing can be recorded (clinical.md 0.5)."""

AnytimePress = HelpPress | CrisisPress | CheckNowPress | TopicPress

Press = EnrolmentPress | CheckInPress | AnytimePress | CommandPress | TakePress | ResolvePress

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


@dataclass(frozen=True)
class Said:
    """What was said to the question of that message: the names of its buttons, or a value that is shown as it is."""

    question: MessageKey
    labels: tuple[str, ...]
    value: int | Day | None = None


@dataclass(frozen=True)
class Summary:
    """Everything that was said, a line for each question."""

    lines: tuple[Said, ...]


@dataclass(frozen=True)
class Title:
    """The title of that message: what its question is called."""

    of: MessageKey


@dataclass(frozen=True)
class Markup:
    """The words of a message that was sent, in Telegram's HTML; shown without the mark-up."""

    html: str


Shown = str | int | float | bool | Instant | Day | Words | Title | Said | Summary | Markup | None
"""What stands in a line of text."""


@dataclass(frozen=True)
class Line:
    """One line in words of its own."""

    in_words: MessageKey
    params: Mapping[str, Shown]


@dataclass(frozen=True)
class Lines:
    """Each of these below the other. What they name may be of old programmes: without words it is shown as it is."""

    each: tuple[Line, ...]


@dataclass(frozen=True)
class Document:
    """A file that goes with the message, and is never shown in it: text for people, or, as it stands, for machines."""

    file: str
    content: Lines | str


@dataclass(frozen=True)
class Point:
    """What was said on that day, from 0 to 10."""

    on: date
    value: int


@dataclass(frozen=True)
class Trend:
    """What was said to one question over time, the oldest first."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Picture:
    """A picture that goes with the message: a line for each trend, numbered from 1 as the words number them."""

    trends: tuple[Trend, ...]


Param = Shown | Lines | Document | Picture


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
