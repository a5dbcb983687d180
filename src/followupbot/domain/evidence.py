"""What a condition may look at: the answers of one occasion, and what was said before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.replies import Datum
from followupbot.domain.series import Reading, Series
from followupbot.domain.tiers import Tier


class Since(StrEnum):
    """What an answer is compared with."""

    LAST = "last"
    USUAL = "usual"
    BEST = "best"


@dataclass(frozen=True)
class Silence:
    """What is known of a check-in that has expired, or in which the patient has paused.

    `misses` counts those in a row; `lasted` is since when no check-in was answered; `unanswered` are the questions that
    apply and wait; `paused` is how long ago the newest answer came. `over`: it has expired.
    """

    misses: int
    lasted: timedelta
    unanswered: frozenset[QuestionId] = frozenset()
    paused: timedelta = timedelta()
    over: bool = True


@dataclass(frozen=True)
class Evidence:
    """What a condition may look at: the answers of this occasion, and each question's series.

    What was skipped is not among the answers. `orders` has the options of each question that has steps. `worst` is the
    most urgent tier that has been flagged on this occasion. `silence` is there when a check-in has expired or paused.
    `confirmed` has the items whose old, unchanged trouble a clinician has confirmed to be that.
    """

    answers: Mapping[QuestionId, Datum]
    series: Mapping[QuestionId, Series] = field(default_factory=dict)
    check_in: CheckInId | None = None
    at: datetime | None = None
    operated_at: datetime | None = None
    orders: Mapping[QuestionId, tuple[str, ...]] = field(default_factory=dict)
    worst: Tier | None = None
    silence: Silence | None = None
    confirmed: frozenset[QuestionId] = frozenset()

    def number(self, question: QuestionId) -> int | float | None:
        """The answer as a number: itself, or the option's place among the options; None where it is neither."""
        return self.place(question, self.answers.get(question))

    def place(self, question: QuestionId, value: Datum | None) -> int | float | None:
        """The value as a number, as above."""
        if isinstance(value, int | float):
            return value
        order = self.orders.get(question, ())
        return order.index(value) if isinstance(value, str) and value in order else None

    def earlier(self, question: QuestionId) -> tuple[Reading, ...]:
        """The readings of occasions before this one, the oldest first."""
        series = self.series.get(question, Series())
        return series.readings if self.check_in is None else series.before(self.check_in)

    def reading_before(self, question: QuestionId) -> Reading | None:
        """The newest reading of an occasion before this one."""
        return next(reversed(self.earlier(question)), None)

    def reference(
        self,
        question: QuestionId,
        since: Since,
        readings: int | None = None,
        settled_after: timedelta | None = None,
    ) -> int | float | None:
        """The number that an answer is compared with; None where too little was said before."""
        match since:
            case Since.LAST:
                before = self.reading_before(question)
                return None if before is None else self.place(question, before.value)
            case Since.USUAL:
                return self._usual(question, readings or 1, settled_after or timedelta())
            case Since.BEST:
                return self.series.get(question, Series()).best

    def before(self, questions: frozenset[QuestionId]) -> "Evidence | None":
        """The evidence as it was on the newest earlier occasion that asked one of these questions."""
        found = {question: reading for question in questions if (reading := self.reading_before(question))}
        if not found:
            return None
        occasion = max(reading.check_in for reading in found.values())
        then = {question: reading for question, reading in found.items() if reading.check_in == occasion}
        return replace(
            self,
            answers={question: reading.value for question, reading in then.items()},
            series={question: self.series[question].until(occasion) for question in found},
            check_in=occasion,
            at=max(reading.at for reading in then.values()),
            worst=None,
            silence=None,
            confirmed=frozenset(),
        )

    def _usual(self, question: QuestionId, readings: int, settled_after: timedelta) -> int | float | None:
        """The median of that many readings before this one, all of them so long after the latest operation."""
        if self.operated_at is None:
            return None
        settled_at = self.operated_at + settled_after
        settled = [
            number
            for reading in self.earlier(question)
            if reading.at >= settled_at and (number := self.place(question, reading.value)) is not None
        ]
        return median(settled[-readings:]) if len(settled) >= readings else None
