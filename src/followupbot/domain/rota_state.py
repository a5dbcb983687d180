"""The rota and leave: who is on call in which week, who is away, and who covers. Frozen state."""

from dataclasses import dataclass
from datetime import date, timedelta

from followupbot.domain.ids import StaffId

WEEKS_MAX = 120
"""Weeks that the rota keeps: two years ahead, and some behind."""

LEAVES_MAX = 500
"""Leave that is kept; what ended longest ago is in the facts only."""


@dataclass(frozen=True)
class Week:
    """Who is on call from that Monday 00:00 until the next one, on the clinic's wall clock."""

    monday: date
    staff: tuple[StaffId, ...]


@dataclass(frozen=True)
class Leave:
    """Somebody is away, from the first day through the last one. `cover` stands wherever they would."""

    staff: StaffId
    first: date
    last: date
    cover: StaffId | None = None

    def on(self, day: date) -> bool:
        """Whether they are away on that day."""
        return self.first <= day <= self.last

    def overlaps(self, other: "Leave") -> bool:
        """Whether it is the same person's, and they share a day."""
        return self.staff == other.staff and self.first <= other.last and other.first <= self.last


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())
