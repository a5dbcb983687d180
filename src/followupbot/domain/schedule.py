"""When a care protocol asks: an anchor, an offset and a local hour become an instant.

Everything is anchored and nothing is chained: occurrence k is anchor + offset + k x repeat, never the one before it
plus something, so that a short month or a late answer shifts nothing after it.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from followupbot.domain.ids import QuestionId, TimingId, TopicId

DAY_STARTS = time(9)
DAY_ENDS = time(20)
"""Nothing that we start goes out before the one or from the other on, in the patient's zone (clinical.md 0.11)."""

SURGERY_YEAR_MIN = 1950
SURGERY_AHEAD = timedelta(days=366)
"""Surgery dates run from 1950 to 12 months ahead (clinical.md 0.12)."""

OCCURRENCES_MAX = 200
"""So many days a repeating timing gives at a time, from wherever one looks on: it ends for nobody who grows old."""

MONTH_DAYS_MAX = 31


@dataclass(frozen=True)
class PartialDate:
    """A day, a month or a year, as precisely as it is known (clinical.md 0.12)."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Reads `2019-03-14`, `2019-03` or `2019`. ValueError where it is none of them or no real date."""
        parts = text.strip().split("-")
        if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdecimal() for part in parts):
            raise ValueError(text)
        if [len(part) for part in parts] != [4, 2, 2][: len(parts)]:
            raise ValueError(text)
        found = cls(*(int(part) for part in parts))
        found.anchor()
        return found

    def anchor(self) -> date:
        """The day that offsets count from: the day itself, the 15th of the month, or 1 July of the year."""
        if self.month is None:
            return date(self.year, 7, 1)
        return date(self.year, self.month, 15 if self.day is None else self.day)

    def __str__(self) -> str:
        """ISO 8601, as precise as it is known."""
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)


@dataclass(frozen=True)
class Offset:
    """A distance in calendar terms. Days add up; months keep the day of the month, clamped to the month's end."""

    days: int = 0
    months: int = 0

    def after(self, anchor: date, times: int = 1) -> date:
        """The day that lies `times` x this offset after the anchor."""
        months = anchor.year * 12 + anchor.month - 1 + self.months * times
        year, month = divmod(months, 12)
        day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
        return date(year, month + 1, day) + timedelta(days=self.days * times)


SURGERY = "surgery"
"""The anchor that every plan has a date for."""


@dataclass(frozen=True)
class Timing:
    """One line of the schedule: ask `form` at `anchor` + `offset`, then at every `repeat` after that, up to `until`.

    `open_for` counts from asking to expiry; `open_before` is how much earlier it may start where something else brings
    the patient here (clinical.md 0.11). `hour` is this timing's own, in place of the patient's. `reminders` count from
    asking. Timings of one `group` are asked all, or none where the first of them is over when the patient enrols.
    `teaches` is the topic that follows a check-in which raised nothing with a topic of its own.
    """

    id: TimingId
    offset: Offset
    form: tuple[QuestionId, ...]
    open_for: timedelta
    repeat: Offset | None = None
    until: Offset | None = None
    anchor: str = SURGERY
    open_before: timedelta = timedelta()
    hour: time | None = None
    reminders: tuple[timedelta, ...] = ()
    group: str | None = None
    teaches: TopicId | None = None

    def days(self, anchor: date, after: date = date.min) -> Iterator[date]:
        """The days after that one on which it asks, the earliest first; of many the first `OCCURRENCES_MAX`."""
        last = None if self.until is None else self.until.after(anchor)
        for day in self._days(anchor, after):
            if last is not None and day > last:
                return
            if day > after:
                yield day

    def _days(self, anchor: date, after: date) -> Iterator[date]:
        """From no later than the last occurrence that is not after that day."""
        begins = self.offset.after(anchor)
        yield begins
        if self.repeat is None:
            return
        longest = self.repeat.days + self.repeat.months * MONTH_DAYS_MAX
        passed = max(0, (after - begins).days) // longest if longest > 0 else 0
        # Months are counted from the anchor's own day, so that a short month clamps its own occurrence and no other.
        start = anchor + timedelta(days=self.offset.days)
        for times in range(max(1, passed - 1), max(1, passed - 1) + OCCURRENCES_MAX - 1):
            yield Offset(self.repeat.days * times, self.offset.months + self.repeat.months * times).after(start)


@lru_cache(maxsize=1024)
def resolve(on: date, at: time, zone: str) -> datetime:
    """The instant (UTC) of a wall-clock time: the later where a clock change skips it, the first where it repeats it.

    Example: 02:30 on the night when Berlin's clocks go from 02:00 to 03:00 is 03:30 summer time.
    """
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """The same instant on a wall clock in that zone."""
    return instant.astimezone(ZoneInfo(zone))


@dataclass(frozen=True)
class QuietHours:
    """From when to when, over midnight, a care protocol starts no conversation; never shorter than 20–09."""

    starts: time = DAY_ENDS
    ends: time = DAY_STARTS

    def daytime(self, zone: str) -> "Daytime":
        """The hours in which it may, in that zone."""
        return Daytime(zone, self.ends, self.starts)


DEFAULT_QUIET_HOURS = QuietHours()


@dataclass(frozen=True)
class Daytime:
    """The hours in which we may start a conversation, on the patient's wall clock. May only be narrower than 09–20."""

    zone: str
    starts: time = DAY_STARTS
    ends: time = DAY_ENDS

    def next(self, now: datetime) -> datetime:
        """`now` where it is daytime, else the instant at which the next day starts."""
        wall = local(now, self.zone)
        if self.starts <= wall.time() < self.ends:
            return now
        day = wall.date() if wall.time() < self.starts else wall.date() + timedelta(days=1)
        return resolve(day, self.starts, self.zone)
