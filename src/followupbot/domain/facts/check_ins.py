"""What happens with a check-in, from its first question to its end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from followupbot.domain.check_in_state import EndReason
from followupbot.domain.ids import CarerId, CheckInId, QuestionId, TimingId, Version
from followupbot.domain.replies import Value
from followupbot.domain.scores import Figure


@dataclass(frozen=True)
class CheckInAsked:
    """A check-in was put to the patient. `for_day` is the schedule's day; None where it was not the schedule's."""

    at: datetime
    check_in: CheckInId
    timing: TimingId
    version: Version
    form: tuple[QuestionId, ...]
    expires_at: datetime
    for_day: date | None = None
    remind_at: tuple[datetime, ...] = ()
    kind: Literal["check_in_asked"] = "check_in_asked"


@dataclass(frozen=True)
class CheckInBegun:
    """The patient pressed Start."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_begun"] = "check_in_begun"


@dataclass(frozen=True)
class CheckInReminded:
    """The patient was reminded; `number` counts from 1."""

    at: datetime
    check_in: CheckInId
    number: int
    kind: Literal["check_in_reminded"] = "check_in_reminded"


@dataclass(frozen=True)
class ReminderWithheld:
    """A reminder was due and not sent, and why: `urgent_flag` while one is open, `late` where a newer was due too.

    `stopped` or `paused` where the patient has gone back to answers after that.
    """

    at: datetime
    check_in: CheckInId
    number: int
    reason: str
    kind: Literal["reminder_withheld"] = "reminder_withheld"


@dataclass(frozen=True)
class QuestionAnswered:
    """The patient answered one question, or one item of a gate screen.

    `entered_by` heard it on the telephone; `carer` gave it for the patient; both None where it came from the patient's
    own chat.
    """

    at: datetime
    check_in: CheckInId
    question: QuestionId
    value: Value
    entered_by: str | None = None
    carer: CarerId | None = None
    kind: Literal["question_answered"] = "question_answered"


@dataclass(frozen=True)
class QuestionReopened:
    """The patient went back to a question that has its answer. None: they let the answer stand."""

    at: datetime
    check_in: CheckInId
    question: QuestionId | None
    kind: Literal["question_reopened"] = "question_reopened"


@dataclass(frozen=True)
class ScoreRecorded:
    """A score was made of its items. None: too many of them were missing."""

    at: datetime
    check_in: CheckInId
    score: QuestionId
    value: Figure | None
    kind: Literal["score_recorded"] = "score_recorded"


@dataclass(frozen=True)
class CheckInCompleted:
    """Every question that applies has its answer."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_completed"] = "check_in_completed"


@dataclass(frozen=True)
class CheckInCutShort:
    """An emergency was reported: the rest of the check-in is dropped."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_cut_short"] = "check_in_cut_short"


@dataclass(frozen=True)
class CheckInExpired:
    """Its time is over. `missed`: not even the gate was finished."""

    at: datetime
    check_in: CheckInId
    missed: bool
    kind: Literal["check_in_expired"] = "check_in_expired"


@dataclass(frozen=True)
class CheckInReplaced:
    """The patient asked for the red-flag screens anew: another check-in asks them, and what was left of this one."""

    at: datetime
    check_in: CheckInId
    kind: Literal["check_in_replaced"] = "check_in_replaced"


@dataclass(frozen=True)
class CheckInEnded:
    """The patient stopped, or paused, while it was open, or staff recorded why it is pointless. It is no miss."""

    at: datetime
    check_in: CheckInId
    reason: EndReason
    kind: Literal["check_in_ended"] = "check_in_ended"


CheckInFact = (
    CheckInAsked
    | CheckInBegun
    | CheckInReminded
    | ReminderWithheld
    | QuestionAnswered
    | QuestionReopened
    | ScoreRecorded
    | CheckInCompleted
    | CheckInCutShort
    | CheckInExpired
    | CheckInReplaced
    | CheckInEnded
)
