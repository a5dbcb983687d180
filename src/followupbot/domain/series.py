"""A question's answers over the years, bounded: the last few, and summaries of all since the operation."""

from dataclasses import dataclass
from datetime import datetime

from followupbot.domain.ids import CheckInId
from followupbot.domain.replies import Datum

READINGS_MAX = 6
"""Readings that a chart keeps of each question. `check` refuses a rule that looks further back."""


@dataclass(frozen=True)
class Reading:
    """One answer in a series."""

    value: Datum
    at: datetime
    check_in: CheckInId


@dataclass(frozen=True)
class Series:
    """What a chart keeps of one question's answers: the last few, and running summaries of all since the operation.

    `readings` has the oldest first. `baseline` is the first since the operation. `best` is the lowest, over
    neighbouring readings, of the higher of the two, and the newest reading is never in it (clinical.md 0.10).
    `best_before` is what `best` was one reading ago.
    """

    readings: tuple[Reading, ...] = ()
    baseline: Reading | None = None
    best: int | float | None = None
    best_before: int | float | None = None

    def and_then(self, reading: Reading) -> "Series":
        """The series with one more reading. A second answer on the same occasion takes the first one's place."""
        readings = self.readings
        if readings and readings[-1].check_in == reading.check_in:
            baseline = reading if self.baseline == readings[-1] else self.baseline
            return Series((*readings[:-1], reading), baseline, self.best, self.best_before)
        best = self.best
        if len(readings) >= 2:
            earlier, later = readings[-2].value, readings[-1].value
            if isinstance(earlier, int | float) and isinstance(later, int | float):
                pair = max(earlier, later)
                best = pair if best is None else min(best, pair)
        return Series((*readings, reading)[-READINGS_MAX:], self.baseline or reading, best, self.best)

    def since(self, operated_at: datetime) -> "Series":
        """The series of the readings from then on; of older ones the newest few are all that is known."""
        series = Series()
        for reading in self.readings:
            if reading.at >= operated_at:
                series = series.and_then(reading)
        return series

    @property
    def last(self) -> Reading | None:
        """The newest reading."""
        return self.readings[-1] if self.readings else None

    def before(self, check_in: CheckInId) -> tuple[Reading, ...]:
        """The readings of earlier occasions than that one, the oldest first."""
        return tuple(reading for reading in self.readings if reading.check_in < check_in)

    def until(self, check_in: CheckInId) -> "Series":
        """The series as it was once that occasion was over. More than one reading ago the best is no longer known."""
        readings = tuple(reading for reading in self.readings if reading.check_in <= check_in)
        later = len(self.readings) - len(readings)
        best = self.best if later == 0 else self.best_before if later == 1 else None
        return Series(readings, self.baseline, best, self.best_before if later == 0 else None)
