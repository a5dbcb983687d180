"""Conditions over what a patient has said, now and before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.questions import Value

READINGS_MAX = 6
"""Readings that a chart keeps of each question. `check` refuses a rule that looks further back."""


@dataclass(frozen=True)
class Reading:
    """One answer in a series."""

    value: Value
    at: datetime
    check_in: CheckInId


@dataclass(frozen=True)
class Series:
    """What a chart keeps of one question's answers: the last few, and running summaries of all since the operation.

    `readings` has the oldest first. `baseline` is the first since the operation. `best` is the lowest, over
    neighbouring readings, of the higher of the two, and the newest reading is never in it (clinical.md 0.10).
    """

    readings: tuple[Reading, ...] = ()
    baseline: Reading | None = None
    best: int | None = None

    def and_then(self, reading: Reading) -> "Series":
        """The series with one more reading. A second answer on the same occasion takes the first one's place."""
        readings = self.readings
        if readings and readings[-1].check_in == reading.check_in:
            baseline = reading if self.baseline == readings[-1] else self.baseline
            return Series((*readings[:-1], reading), baseline, self.best)
        best = self.best
        if len(readings) >= 2:
            earlier, later = readings[-2].value, readings[-1].value
            if isinstance(earlier, int) and isinstance(later, int):
                pair = max(earlier, later)
                best = pair if best is None else min(best, pair)
        return Series((*readings, reading)[-READINGS_MAX:], self.baseline or reading, best)

    @property
    def last(self) -> Reading | None:
        """The newest reading."""
        return self.readings[-1] if self.readings else None


@dataclass(frozen=True)
class Evidence:
    """What a condition may look at: the answers of this occasion, and each question's series."""

    answers: Mapping[QuestionId, Value]
    series: Mapping[QuestionId, Series] = field(default_factory=dict)


Truth = bool | None
"""None: it cannot be known, because something was not answered. A rule fires on True alone."""


@dataclass(frozen=True)
class Is:
    """The answer on this occasion is this one."""

    KEY: ClassVar[str] = "is"

    question: QuestionId
    value: Value

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where the question has no answer yet."""
        answer = evidence.answers.get(self.question)
        return None if answer is None else answer == self.value

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset((self.question,))


@dataclass(frozen=True)
class AnyOf:
    """The answer on this occasion is one of these."""

    KEY: ClassVar[str] = "any_of"

    question: QuestionId
    values: tuple[Value, ...]

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is one of them; None where the question has no answer yet."""
        answer = evidence.answers.get(self.question)
        return None if answer is None else answer in self.values

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset((self.question,))


@dataclass(frozen=True)
class AtLeast:
    """The number given on this occasion is this or more."""

    KEY: ClassVar[str] = "at_least"

    question: QuestionId
    value: int

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where the question has no number yet."""
        answer = evidence.answers.get(self.question)
        return answer >= self.value if isinstance(answer, int) else None

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset((self.question,))


@dataclass(frozen=True)
class All:
    """Every one of them holds."""

    KEY: ClassVar[str] = "all"

    conditions: "tuple[Condition, ...]"

    def holds(self, evidence: Evidence) -> Truth:
        """False as soon as one is false, else None where one is unknown."""
        truths = [condition.holds(evidence) for condition in self.conditions]
        return False if False in truths else None if None in truths else True

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset().union(*(condition.questions() for condition in self.conditions))


@dataclass(frozen=True)
class Any:
    """At least one of them holds."""

    KEY: ClassVar[str] = "any"

    conditions: "tuple[Condition, ...]"

    def holds(self, evidence: Evidence) -> Truth:
        """True as soon as one is true, else None where one is unknown."""
        truths = [condition.holds(evidence) for condition in self.conditions]
        return True if True in truths else None if None in truths else False

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset().union(*(condition.questions() for condition in self.conditions))


@dataclass(frozen=True)
class Not:
    """It does not hold. What is unknown stays unknown: silence is never read as "no"."""

    KEY: ClassVar[str] = "not"

    condition: "Condition"

    def holds(self, evidence: Evidence) -> Truth:
        """The opposite."""
        truth = self.condition.holds(evidence)
        return None if truth is None else not truth

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return self.condition.questions()


Condition = Is | AnyOf | AtLeast | All | Any | Not

CONDITION_TYPES: dict[str, type[Condition]] = {kind.KEY: kind for kind in (Is, AnyOf, AtLeast, All, Any, Not)}
"""A condition in a care protocol is picked by its one operator key."""
