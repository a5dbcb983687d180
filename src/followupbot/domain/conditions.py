"""Conditions over what a patient has said, now and before, and over what was left unanswered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from followupbot.domain.comparisons import (
    AnyOf,
    AtLeast,
    AtMost,
    BaselineConfirmed,
    FallsBy,
    Flagged,
    Includes,
    Is,
    Leaf,
    Missed,
    Newly,
    NotAnsweredFor,
    OfSilence,
    RisesBy,
    Truth,
    Unanswered,
    WereAtMost,
)
from followupbot.domain.evidence import Evidence
from followupbot.domain.ids import QuestionId


class _OfAnother:
    """A condition on another one."""

    condition: "Condition"

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return self.condition.questions()


class _OfSeveral:
    """A condition on others."""

    conditions: "tuple[Condition, ...]"

    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at."""
        return self._questions

    @cached_property
    def _questions(self) -> frozenset[QuestionId]:
        return frozenset().union(*(condition.questions() for condition in self.conditions))


# -- of an earlier occasion -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldBefore(_OfAnother):
    """It held on the occasion before, which was no longer ago than `within`; without that, however long ago.

    The occasion before is the newest earlier one that asked anything of what the condition looks at.
    """

    KEY: ClassVar[str] = "held_before"

    condition: "Condition"
    within: timedelta | None = None

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it did; False where there was no such occasion, None where something was not answered on it."""
        before = evidence.before(self.condition.questions())
        if before is None or before.at is None:
            return False
        if self.within is not None and (evidence.at is None or evidence.at - before.at > self.within):
            return False
        return self.condition.holds(before)


@dataclass(frozen=True)
class ConfirmedWithin(_OfAnother):
    """It holds now, and held on the occasion before: two in a row."""

    KEY: ClassVar[str] = "confirmed_within"

    condition: "Condition"
    within: timedelta | None = None

    def holds(self, evidence: Evidence) -> Truth:
        """Whether it does; False as soon as one of the two is."""
        return All((self.condition, HeldBefore(self.condition, self.within))).holds(evidence)


# -- several -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class All(_OfSeveral):
    """Every one of them holds."""

    KEY: ClassVar[str] = "all"

    conditions: "tuple[Condition, ...]"

    def holds(self, evidence: Evidence) -> Truth:
        """False as soon as one is false, else None where one is unknown."""
        truth: Truth = True
        for condition in self.conditions:
            found = condition.holds(evidence)
            if found is False:
                return False
            truth = None if found is None else truth
        return truth


@dataclass(frozen=True)
class Any(_OfSeveral):
    """At least one of them holds."""

    KEY: ClassVar[str] = "any"

    conditions: "tuple[Condition, ...]"

    def holds(self, evidence: Evidence) -> Truth:
        """True as soon as one is true, else None where one is unknown."""
        truth: Truth = False
        for condition in self.conditions:
            found = condition.holds(evidence)
            if found is True:
                return True
            truth = None if found is None else truth
        return truth


@dataclass(frozen=True)
class Not(_OfAnother):
    """It does not hold. What is unknown stays unknown: silence is never read as "no"."""

    KEY: ClassVar[str] = "not"

    condition: "Condition"

    def holds(self, evidence: Evidence) -> Truth:
        """The opposite."""
        truth = self.condition.holds(evidence)
        return None if truth is None else not truth


Condition = Leaf | HeldBefore | ConfirmedWithin | All | Any | Not

CONDITION_TYPES: dict[str, type[Condition]] = {
    kind.KEY: kind
    for kind in (
        *(Is, AnyOf, Includes, AtLeast, AtMost, Flagged),
        *(RisesBy, FallsBy, Newly, WereAtMost, HeldBefore, ConfirmedWithin),
        BaselineConfirmed,
        *(Missed, NotAnsweredFor, Unanswered),
        *(All, Any, Not),
    )
}
"""A condition in a care protocol is picked by its one operator key."""


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every condition in it that holds no other, in the order written."""
    match condition:
        case All(conditions) | Any(conditions):
            for part in conditions:
                yield from leaves(part)
        case Not(part) | HeldBefore(part) | ConfirmedWithin(part):
            yield from leaves(part)
        case _:
            yield condition


def readings_needed(condition: Condition) -> int:
    """How many readings of one question, this occasion's among them, it may look at."""
    match condition:
        case All(conditions) | Any(conditions):
            return max((readings_needed(part) for part in conditions), default=0)
        case Not(part):
            return readings_needed(part)
        case HeldBefore(part) | ConfirmedWithin(part):
            return readings_needed(part) + 1
        case RisesBy() | FallsBy():
            return 1 + (condition.readings or 1)
        case WereAtMost():
            return 1 + condition.readings
        case Newly():
            return 2
        case _:
            return 1


def of_silence(condition: Condition) -> bool:
    """Whether it can come to hold by nobody's saying anything."""
    return any(isinstance(leaf, OfSilence) for leaf in leaves(condition))


def pauses(condition: Condition) -> Iterator[timedelta]:
    """After how long a pause it may come to hold, while a check-in is open."""
    for leaf in leaves(condition):
        if isinstance(leaf, Unanswered) and leaf.after is not None:
            yield leaf.after
