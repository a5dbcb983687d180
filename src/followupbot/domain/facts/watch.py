"""By which the program watches itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import StaffId


@dataclass(frozen=True)
class IntakeInterrupted:
    """Nothing was heard from patients for so long that Telegram may have dropped what they pressed."""

    at: datetime
    since: datetime
    until: datetime
    kind: Literal["intake_interrupted"] = "intake_interrupted"


@dataclass(frozen=True)
class InterruptionMended:
    """Everybody whose press may have been lost since then has been asked again."""

    at: datetime
    since: datetime
    kind: Literal["interruption_mended"] = "interruption_mended"


@dataclass(frozen=True)
class TroubleBegan:
    """The program found that something of it does not work: `key` names the words, `detail` says which."""

    at: datetime
    key: str
    detail: str
    kind: Literal["trouble_began"] = "trouble_began"


@dataclass(frozen=True)
class TroubleEnded:
    """That is over."""

    at: datetime
    key: str
    detail: str
    kind: Literal["trouble_ended"] = "trouble_ended"


@dataclass(frozen=True)
class CanaryPut:
    """The daily test of alerts has begun: a made-up press is on its way through the intake."""

    at: datetime
    number: int
    kind: Literal["canary_put"] = "canary_put"


@dataclass(frozen=True)
class CanaryRaised:
    """The made-up press has raised its alert, which goes to that staff member."""

    at: datetime
    number: int
    staff: StaffId
    kind: Literal["canary_raised"] = "canary_raised"


@dataclass(frozen=True)
class CanaryReceived:
    """Telegram has taken that alert."""

    at: datetime
    number: int
    kind: Literal["canary_received"] = "canary_received"


@dataclass(frozen=True)
class ClockDoubted:
    """The clock has jumped forward by so many seconds; until somebody has looked, nothing routine is done by it."""

    at: datetime
    seconds: int
    kind: Literal["clock_doubted"] = "clock_doubted"


@dataclass(frozen=True)
class ClockConfirmed:
    """Somebody has looked: the clock is right."""

    at: datetime
    kind: Literal["clock_confirmed"] = "clock_confirmed"


WatchFact = (
    IntakeInterrupted
    | InterruptionMended
    | TroubleBegan
    | TroubleEnded
    | CanaryPut
    | CanaryRaised
    | CanaryReceived
    | ClockDoubted
    | ClockConfirmed
)
