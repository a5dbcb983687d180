"""Scores: several answers become one number, or none where too much is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from followupbot.domain.ids import QuestionId
from followupbot.domain.replies import Datum

Points = Mapping[str, int]
"""How many points the name of an option is worth."""

Figure = int | float
"""A score's number; as a table or a division gives it, with one decimal."""


@dataclass(frozen=True)
class Sum:
    """The points of all items that were answered, added up."""

    KIND: ClassVar[str] = "sum"

    id: QuestionId
    of: tuple[QuestionId, ...]
    items_at_least: int
    points: Points = field(default_factory=dict)

    def of_answers(self, answers: Mapping[QuestionId, Datum]) -> Figure | None:
        """The score; None where fewer items than `items_at_least` have points."""
        found = _points(self.of, self.points, answers)
        return sum(found) if len(found) >= self.items_at_least else None


@dataclass(frozen=True)
class Mean:
    """The mean of the items that were answered."""

    KIND: ClassVar[str] = "mean"

    id: QuestionId
    of: tuple[QuestionId, ...]
    items_at_least: int
    points: Points = field(default_factory=dict)

    def of_answers(self, answers: Mapping[QuestionId, Datum]) -> Figure | None:
        """The score; None where fewer items than `items_at_least` have points."""
        found = _points(self.of, self.points, answers)
        return _ratio(sum(found), len(found)) if len(found) >= max(1, self.items_at_least) else None


@dataclass(frozen=True)
class PercentOfMaximum:
    """How much of the points that could be had were had, in percent; an item without an answer counts in neither.

    Source for leaving missed items out of the maximum too: the ODI's manual, 16 of 45 = 35.5 % (clinical.md 4).
    """

    KIND: ClassVar[str] = "percent_of_maximum"

    id: QuestionId
    of: tuple[QuestionId, ...]
    items_at_least: int
    maximum_per_item: int
    points: Points = field(default_factory=dict)

    def of_answers(self, answers: Mapping[QuestionId, Datum]) -> Figure | None:
        """The score; None where fewer items than `items_at_least` have points."""
        found = _points(self.of, self.points, answers)
        if len(found) < max(1, self.items_at_least):
            return None
        return _ratio(100 * sum(found), self.maximum_per_item * len(found))


@dataclass(frozen=True)
class Table:
    """What the instrument's table says of the sum. With an item missing it is not scorable (clinical.md 4, PROMIS)."""

    KIND: ClassVar[str] = "table"

    id: QuestionId
    of: tuple[QuestionId, ...]
    table: Mapping[int, Figure]
    points: Points = field(default_factory=dict)

    def of_answers(self, answers: Mapping[QuestionId, Datum]) -> Figure | None:
        """The score; None where an item has no points or the table no line for the sum."""
        found = _points(self.of, self.points, answers)
        return self.table.get(sum(found)) if len(found) == len(self.of) else None


Score = Sum | Mean | PercentOfMaximum | Table

SCORE_TYPES: dict[str, type[Score]] = {kind.KIND: kind for kind in (Sum, Mean, PercentOfMaximum, Table)}
"""What a care protocol may name as a score's `how`."""


def _points(of: tuple[QuestionId, ...], points: Points, answers: Mapping[QuestionId, Datum]) -> list[int]:
    """The points of each item that was answered. What was skipped is not among the answers: missing is never 0."""
    found = (_worth(answers.get(item), points) for item in of)
    return [worth for worth in found if worth is not None]


def _worth(value: Datum | None, points: Points) -> int | None:
    if isinstance(value, int):
        return value
    return points.get(value) if isinstance(value, str) else None


def _ratio(dividend: int, divisor: int) -> Figure:
    """One decimal, cut off as published tables do it (16 of 45 is 35.5 %): no limit is ever reached by rounding."""
    tenths = 10 * dividend // divisor
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
