"""Who is on call in which week, and who is away."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from followupbot.domain.ids import StaffId
from followupbot.domain.rota_state import Leave


@dataclass(frozen=True)
class WeekAssigned:
    """These are on call in the week of that Monday, and nobody else; none: the week has nobody."""

    at: datetime
    monday: date
    staff: tuple[StaffId, ...]
    kind: Literal["week_assigned"] = "week_assigned"


@dataclass(frozen=True)
class LeaveEntered:
    """They are away from the first day through the last; it takes the place of whatever leave of theirs it overlaps."""

    at: datetime
    leave: Leave
    kind: Literal["leave_entered"] = "leave_entered"


@dataclass(frozen=True)
class LeaveEnded:
    """They are back, or will not be away: the leave that began, or was to begin, on that day holds no more."""

    at: datetime
    staff: StaffId
    first: date
    kind: Literal["leave_ended"] = "leave_ended"


RotaFact = WeekAssigned | LeaveEntered | LeaveEnded
