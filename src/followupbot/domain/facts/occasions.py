"""What happens with the days on which a patient is to be asked, before anything is asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from followupbot.domain.ids import CheckInId, QuestionId, RuleId, TimingId


@dataclass(frozen=True)
class OccasionSkipped:
    """The schedule had a day that was not asked, and why: nothing is dropped without a trace."""

    at: datetime
    timing: TimingId
    for_day: date
    reason: str
    kind: Literal["occasion_skipped"] = "occasion_skipped"


@dataclass(frozen=True)
class OccasionCancelled:
    """Staff took that day out of what is to be asked."""

    at: datetime
    day: date
    kind: Literal["occasion_cancelled"] = "occasion_cancelled"


@dataclass(frozen=True)
class OccasionAdded:
    """Staff want these questions asked on that day."""

    at: datetime
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    reminders: tuple[timedelta, ...] = ()
    kind: Literal["occasion_added"] = "occasion_added"


@dataclass(frozen=True)
class RecheckPlanned:
    """A rule that fired in that check-in wants a smaller form asked on that day."""

    at: datetime
    check_in: CheckInId
    rule: RuleId
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    reminders: tuple[timedelta, ...] = ()
    kind: Literal["recheck_planned"] = "recheck_planned"


OccasionFact = OccasionSkipped | OccasionCancelled | OccasionAdded | RecheckPlanned
