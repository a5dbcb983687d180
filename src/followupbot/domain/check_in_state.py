"""One occasion on which questions are put to one patient: frozen state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from followupbot.domain.ids import CheckInId, QuestionId, RuleId, TimingId, Version
from followupbot.domain.replies import SKIPPED, Answer, Datum, Value
from followupbot.domain.scores import Figure

SUPERSEDED_MAX = 8
"""Answers that were changed on one occasion and that rules still look at; with more, the oldest are facts only."""

RECHECK = TimingId("recheck")
"""What a re-check has in the place of a timing: no schedule asks it, a rule did."""

URGENT = TimingId("urgent")

REPORT = TimingId("report")
"""What a check-in has in that place that the patient asked for."""


@dataclass(frozen=True)
class Waiting:
    """Asked, and not begun."""

    kind: Literal["waiting"] = "waiting"


@dataclass(frozen=True)
class Begun:
    """The first button was pressed."""

    kind: Literal["begun"] = "begun"


@dataclass(frozen=True)
class Completed:
    """Every question that applies has an answer."""

    at: datetime
    kind: Literal["completed"] = "completed"


@dataclass(frozen=True)
class CutShort:
    """An emergency: the rest is dropped, without reminders (clinical.md 0.4)."""

    at: datetime
    kind: Literal["cut_short"] = "cut_short"


@dataclass(frozen=True)
class Expired:
    """Its time is over; what was answered is kept. `missed`: not even the gate was finished."""

    at: datetime
    missed: bool
    kind: Literal["expired"] = "expired"


EndReason = Literal["stopped", "paused", "halted", "reoperated"]


@dataclass(frozen=True)
class Ended:
    """The patient stopped, or paused, while it was open, or staff recorded why it is pointless (`EndReason`).

    What was answered is kept, and it is no miss.
    """

    at: datetime
    reason: EndReason
    kind: Literal["ended"] = "ended"


CheckInState = Waiting | Begun | Completed | CutShort | Expired | Ended


@dataclass(frozen=True)
class Scored:
    """A score as it was recorded. None: too much was missing."""

    score: QuestionId
    value: Figure | None


@dataclass(frozen=True)
class CheckIn:
    """One occasion on which questions are put to one patient, in the programme version it was asked in."""

    id: CheckInId
    timing: TimingId
    version: Version
    form: tuple[QuestionId, ...]
    asked_at: datetime
    expires_at: datetime
    state: CheckInState = Waiting()
    answers: tuple[Answer, ...] = ()
    fired: tuple[RuleId, ...] = ()
    """Rules that have raised a flag on this occasion; each does so once."""
    scores: tuple[Scored, ...] = ()
    answered_at: datetime | None = None
    """When the newest answer came."""
    remind_at: tuple[datetime, ...] = ()
    reminders: int = 0
    """How many of them have been sent or, for a reason that was recorded, not been sent."""
    since: datetime | None = None
    """When the check-in before was closed, as it was known when this one was asked; what "new" counts from."""
    reopened: QuestionId | None = None
    """The question that the patient has gone back to."""
    superseded: tuple[Answer, ...] = ()
    """What was said before it was changed: safety runs on the worse."""

    @property
    def open(self) -> bool:
        """Whether it still waits for answers."""
        return isinstance(self.state, Waiting | Begun)

    def answer(self, question: QuestionId) -> Value | None:
        """What was said to that question on this occasion."""
        return self._said.get(question)

    def answers_any(self, questions: Iterable[QuestionId]) -> bool:
        """Whether something was said to one of these on this occasion."""
        return not self._said.keys().isdisjoint(questions)

    def scored(self, score: QuestionId) -> bool:
        """Whether that score was recorded on this occasion, be it as one that could not be made."""
        return any(found.score == score for found in self.scores)

    @cached_property
    def known(self) -> Mapping[QuestionId, Datum]:
        """What rules may look at: every answer but those that were skipped, and every score that could be made."""
        answers: dict[QuestionId, Datum] = {
            answer.question: answer.value for answer in self.answers if answer.value != SKIPPED
        }
        return answers | {found.score: found.value for found in self.scores if found.value is not None}

    @cached_property
    def _said(self) -> Mapping[QuestionId, Value]:
        return {answer.question: answer.value for answer in self.answers}


@dataclass(frozen=True)
class PlannedRecheck:
    """A rule has asked for a smaller form, on that day."""

    rule: RuleId
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    planned_at: datetime
    reminders: tuple[timedelta, ...] = ()
