"""Buttons, and what each says when it is pressed: which decision is meant, by ids and names alone."""

from dataclasses import dataclass
from typing import Literal

from followupbot.domain.ids import (
    AlertId,
    CardId,
    CarerId,
    CheckInId,
    Language,
    MessageId,
    PatientId,
    QuestionId,
    StaffId,
    TopicId,
)
from followupbot.domain.params import Said


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
    """The patient says once a year what was said at enrolment: `what` is `born`, `consent` or `taught`."""

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
    """The patient goes back to the question before this one; without one, to the list of what was said.

    "Change an answer" bore the latter until it had a press of its own: such buttons stand in people's chats.
    """

    patient: PatientId
    check_in: CheckInId
    question: QuestionId | None = None
    kind: Literal["back"] = "back"


@dataclass(frozen=True)
class ChangePress:
    """The patient answers that question anew; without one, it is asked which, from the `first` answer on."""

    patient: PatientId
    check_in: CheckInId
    question: QuestionId | None = None
    first: int = 0
    kind: Literal["change"] = "change"


@dataclass(frozen=True)
class SaidPress:
    """The patient leaves everything as it is, and sees once more what they said."""

    patient: PatientId
    check_in: CheckInId
    kind: Literal["said"] = "said"


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
class CarerPress:
    """Whoever opened a carer's link helps the patient, or does not."""

    patient: PatientId
    carer: CarerId
    agrees: bool
    kind: Literal["carer"] = "carer"


@dataclass(frozen=True)
class MeantPress:
    """Of several patients who are followed in one chat, this one was meant by the message of that number."""

    patient: PatientId
    message: MessageId
    kind: Literal["meant"] = "meant"


@dataclass(frozen=True)
class TakePress:
    """A clinician takes the alert in hand."""

    patient: PatientId
    alert: AlertId
    kind: Literal["take"] = "take"


@dataclass(frozen=True)
class StaffCommandPress:
    """A staff member's button that does what their slash command with that argument does: `review`, `7F3K9`."""

    command: str
    argument: str = ""
    kind: Literal["staff_command"] = "staff_command"


@dataclass(frozen=True)
class ResolvePress:
    """The clinician who has the alert says how it ended. `outcome` names the words `alerts/outcomes/<outcome>`.

    `sure`: what that outcome confirms has been shown.
    """

    patient: PatientId
    alert: AlertId
    outcome: str
    sure: bool = False
    kind: Literal["resolve"] = "resolve"


@dataclass(frozen=True)
class ReachPress:
    """What we send is read here. `whom` is the id of the staff member, or of the group, who was asked."""

    whom: str
    kind: Literal["reach"] = "reach"


@dataclass(frozen=True)
class AlertPress:
    """The clinician who has the alert wants to see it again, and what can be done with it.

    `below`: as a new message; what was pressed stays as it is.
    """

    patient: PatientId
    alert: AlertId
    below: bool = False
    kind: Literal["alert"] = "alert"


@dataclass(frozen=True)
class DetailsPress:
    """The clinician who has the alert wants to know why: what was said, which rules fired, how it has gone."""

    patient: PatientId
    alert: AlertId
    kind: Literal["details"] = "details"


@dataclass(frozen=True)
class HandOverPress:
    """That colleague is asked to take it over; without one, it is asked who, from the `first` name of the list on."""

    patient: PatientId
    alert: AlertId
    to: StaffId | None = None
    first: int = 0
    kind: Literal["hand_over"] = "hand_over"


@dataclass(frozen=True)
class ExpectPress:
    """What the alert tells of is expected for so many days, for that reason; what is missing is asked."""

    patient: PatientId
    alert: AlertId
    reason: str | None = None
    days: int | None = None
    kind: Literal["expect"] = "expect"


@dataclass(frozen=True)
class EndExpectedPress:
    """Nothing of that patient is expected any more."""

    patient: PatientId
    kind: Literal["end_expected"] = "end_expected"


EnrolmentPress = (
    NextPress | ConsentPress | ConfirmPlanPress | ChangePlanPress | TeachBackPress | PracticePress | YearlyPress
)

CheckInPress = StartPress | AnswerPress | BackPress | ChangePress | SaidPress | LaterPress

CardPress = AnswerPress | HelpPress | CrisisPress
"""What may bear a card, and is then answered even where nothing can be recorded (clinical.md 0.5)."""

AnytimePress = HelpPress | CrisisPress | CheckNowPress | TopicPress

PatientPress = EnrolmentPress | CheckInPress | AnytimePress | CommandPress | CarerPress
"""What counts in a patient's chat, or in that of somebody who helps them."""

AlertsPress = TakePress | ResolvePress | AlertPress | DetailsPress | HandOverPress | ExpectPress | EndExpectedPress
"""What is done with an alert, or with what came of one."""

StaffPress = AlertsPress | ReachPress | StaffCommandPress
"""What only staff may press."""


@dataclass(frozen=True)
class CanaryPress:
    """Nobody's: the made-up emergency of the daily test of alerts. No message bears it."""

    number: int
    kind: Literal["canary"] = "canary"


Press = PatientPress | MeantPress | StaffPress | CanaryPress


@dataclass(frozen=True)
class Choice:
    """One button: `label` names it in the message's own `buttons`, or is a number shown as it is.

    With `said` it bears the title of that question, and of what was said to it as much as there is room for.
    """

    label: str
    press: Press
    chosen: bool | None = None
    """Of several that may be chosen together: whether this one is; None for every other button."""
    said: Said | None = None
