"""What happens with a flag that a rule raised, and with the alert that gets it into a clinician's hands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.alert_state import Flag, Ladder
from followupbot.domain.ids import AlertId, StaffId
from followupbot.domain.rules import Tier


@dataclass(frozen=True)
class FlagRecorded:
    """A flag of tier record: it is kept, and nobody is told."""

    at: datetime
    flag: Flag
    kind: Literal["flag_recorded"] = "flag_recorded"


@dataclass(frozen=True)
class AlertRaised:
    """A clinician must take this in hand."""

    at: datetime
    alert: AlertId
    flag: Flag
    ladder: Ladder
    due_at: datetime
    page_at: datetime | None
    kind: Literal["alert_raised"] = "alert_raised"


@dataclass(frozen=True)
class FlagJoined:
    """A further flag belongs to an alert that has no outcome yet."""

    at: datetime
    alert: AlertId
    flag: Flag
    kind: Literal["flag_joined"] = "flag_joined"


@dataclass(frozen=True)
class AlertRaisedAgain:
    """A worse tier joined: it is open again from the first step, whoever had it."""

    at: datetime
    alert: AlertId
    tier: Tier
    ladder: Ladder
    due_at: datetime
    page_at: datetime | None
    kind: Literal["alert_raised_again"] = "alert_raised_again"


@dataclass(frozen=True)
class AlertPaged:
    """A step of the ladder was paged; `staff` is empty where nobody on it can be reached."""

    at: datetime
    alert: AlertId
    step: int
    staff: tuple[StaffId, ...]
    next_step: int
    page_at: datetime
    kind: Literal["alert_paged"] = "alert_paged"


@dataclass(frozen=True)
class AlertTaken:
    """A clinician has the alert in hand."""

    at: datetime
    alert: AlertId
    by: StaffId
    reopen_at: datetime | None
    kind: Literal["alert_taken"] = "alert_taken"


@dataclass(frozen=True)
class AlertReopened:
    """It pages from the first step again: taken, but no outcome in time; or open, but the clinic closed meanwhile.

    Without `page_at` nobody is buzzed for it, and it is open in the list: who had it has left.
    """

    at: datetime
    alert: AlertId
    page_at: datetime | None
    kind: Literal["alert_reopened"] = "alert_reopened"


@dataclass(frozen=True)
class AlertResolved:
    """A human has said how it ended."""

    at: datetime
    alert: AlertId
    by: StaffId
    outcome: str
    kind: Literal["alert_resolved"] = "alert_resolved"


@dataclass(frozen=True)
class AlertOffered:
    """Who has the alert wants that colleague to take it over; until they do it is theirs, and its time runs on."""

    at: datetime
    alert: AlertId
    by: StaffId
    to: StaffId
    kind: Literal["alert_offered"] = "alert_offered"


AlertFact = (
    FlagRecorded
    | AlertRaised
    | FlagJoined
    | AlertRaisedAgain
    | AlertPaged
    | AlertTaken
    | AlertReopened
    | AlertResolved
    | AlertOffered
)
