"""Conditions that hold no other: an answer and a value, an answer and earlier ones, or silence."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from followupbot.domain.evidence import Evidence, Since
from followupbot.domain.ids import QuestionId
from followupbot.domain.replies import Datum, Value
from followupbot.domain.tiers import Tier

Truth = bool | None
"""None: it cannot be known, because something was not answered. A rule fires on True alone."""

Amount = int | float
"""What an answer or a score is compared with."""


class _OfNone:
    """A condition on no question of its own."""

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at: none."""
        return frozenset()


class _OfOne:
    """A condition on one question."""

    question: QuestionId

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return frozenset((self.question,))


# -- on this occasion --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Is(_OfOne):
    """The answer on this occasion is this one."""

    KEY: ClassVar[str] = "is"

    question: QuestionId
    value: Value

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where the question has no answer yet."""
        answer = evidence.answers.get(self.question)
        return None if answer is None else answer == self.value


@dataclass(frozen=True)
class AnyOf(_OfOne):
    """The answer on this occasion is one of these."""

    KEY: ClassVar[str] = "any_of"

    question: QuestionId
    values: tuple[Value, ...]

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is one of them; None where the question has no answer yet."""
        answer = evidence.answers.get(self.question)
        return None if answer is None else answer in self.values


@dataclass(frozen=True)
class Includes(_OfOne):
    """Of several that may be chosen together, this one is chosen on this occasion."""

    KEY: ClassVar[str] = "includes"

    question: QuestionId
    value: str

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where nothing was answered yet."""
        answer = evidence.answers.get(self.question)
        return self.value in answer if isinstance(answer, tuple) else None


@dataclass(frozen=True)
class AtLeast(_OfOne):
    """The number given on this occasion is this or more."""

    KEY: ClassVar[str] = "at_least"

    question: QuestionId
    value: Amount

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where the question has no number yet."""
        answer = evidence.answers.get(self.question)
        return answer >= self.value if isinstance(answer, int | float) else None


@dataclass(frozen=True)
class AtMost(_OfOne):
    """The number given on this occasion is this or less."""

    KEY: ClassVar[str] = "at_most"

    question: QuestionId
    value: Amount

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None where the question has no number yet."""
        answer = evidence.answers.get(self.question)
        return answer <= self.value if isinstance(answer, int | float) else None


@dataclass(frozen=True)
class Flagged(_OfNone):
    """A rule of that tier or of a more urgent one has fired on this occasion. For `ask_if`: no rule waits for one."""

    KEY: ClassVar[str] = "flagged"

    at_least: Tier

    def holds(self, evidence: Evidence) -> Truth:
        """Whether one has, so far."""
        return evidence.worst is not None and evidence.worst.at_least(self.at_least)


# -- against earlier occasions -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _ChangesBy(_OfOne):
    """The number differs by so much from what it was, in one direction."""

    UP: ClassVar[bool]

    question: QuestionId
    value: Amount
    since: Since
    readings: int | None = None
    settled_after: timedelta | None = None

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it does; None without an answer now, or with too little before to compare it with."""
        now = evidence.number(self.question)
        then = evidence.reference(self.question, self.since, self.readings, self.settled_after)
        if now is None or then is None:
            return None
        return (now - then if self.UP else then - now) >= self.value


@dataclass(frozen=True)
class RisesBy(_ChangesBy):
    """The number, or the place of the option among the options, is higher by so much than it was.

    `since: last` compares with the reading before; `usual` with the median of that many `readings` before this one
    that are `settled_after` the operation; `best` with the best of the series (clinical.md 0.10).
    """

    KEY: ClassVar[str] = "rises_by"
    UP: ClassVar[bool] = True


@dataclass(frozen=True)
class FallsBy(_ChangesBy):
    """The number, or the place of the option among the options, is lower by so much than it was: as `rises_by`."""

    KEY: ClassVar[str] = "falls_by"
    UP: ClassVar[bool] = False


@dataclass(frozen=True)
class Newly(_OfOne):
    """It is, or includes, this one now and was not at the reading before. What was never asked before is new."""

    KEY: ClassVar[str] = "newly"

    question: QuestionId
    value: Value

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is so only now; None where the question has no answer yet."""
        answer = evidence.answers.get(self.question)
        if answer is None:
            return None
        before = evidence.reading_before(self.question)
        return self._so(answer) and (before is None or not self._so(before.value))

    def _so(self, answer: Datum) -> bool:
        return self.value in answer if isinstance(answer, tuple) else answer == self.value


@dataclass(frozen=True)
class WereAtMost(_OfOne):
    """Each of that many readings before this one was this or less."""

    KEY: ClassVar[str] = "were_at_most"

    question: QuestionId
    value: Amount
    readings: int

    def holds(self, evidence: Evidence) -> Truth:
        """Whether they were; None where there were fewer."""
        earlier = [evidence.place(self.question, reading.value) for reading in evidence.earlier(self.question)]
        newest = [number for number in earlier if number is not None][-self.readings :]
        return all(number <= self.value for number in newest) if len(newest) == self.readings else None


# -- what a clinician has said -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BaselineConfirmed(_OfOne):
    """A clinician has confirmed, after speaking to the patient, that this red-flag item's trouble is old and unchanged.

    Until the patient says that it is new or worse (clinical.md 0.2).
    """

    KEY: ClassVar[str] = "baseline_confirmed"

    question: QuestionId

    def holds(self, evidence: Evidence) -> Truth:
        """Whether one has."""
        return self.question in evidence.confirmed


# -- when a check-in expires -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missed(_OfNone):
    """So many check-ins in a row were missed. Known when one expires."""

    KEY: ClassVar[str] = "missed"

    times: int

    def holds(self, evidence: Evidence) -> Truth:
        """Whether so many were; None while a check-in is open."""
        silence = evidence.silence
        return None if silence is None or not silence.over else silence.misses >= self.times


@dataclass(frozen=True)
class NotAnsweredFor(_OfNone):
    """For so long no check-in was answered. Known when one expires."""

    KEY: ClassVar[str] = "not_answered_for"

    span: timedelta

    def holds(self, evidence: Evidence) -> Truth:
        """Whether none was; None while a check-in is open."""
        silence = evidence.silence
        return None if silence is None or not silence.over else silence.lasted >= self.span


@dataclass(frozen=True)
class Unanswered(_OfOne):
    """This question waits and is not answered, and the check-in has expired, or nothing was said `after` so long.

    Silence is no "no": what was half said is looked at (hazard H17).
    """

    KEY: ClassVar[str] = "unanswered"

    question: QuestionId
    after: timedelta | None = None

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it is; None while the patient may be about to answer."""
        silence = evidence.silence
        if silence is None or (not silence.over and (self.after is None or silence.paused < self.after)):
            return None
        return self.question in silence.unanswered


Compared = RisesBy | FallsBy | Newly | WereAtMost
"""Conditions that set an answer beside earlier ones."""

OfSilence = Missed | NotAnsweredFor | Unanswered
"""Conditions that become known by nobody's saying anything."""

Leaf = Is | AnyOf | Includes | AtLeast | AtMost | Flagged | Compared | BaselineConfirmed | OfSilence
